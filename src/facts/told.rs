//! What access lists come to for one subject, on its way to a device: `{any?, in?, now?}`. Each operation with those of the words
//! `allow`, `deny`, `allow?`, `deny?` that hold. One that is left out is one of which no list speaks; in `now`, one of which no more is
//! known than the others say.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::{At, Map, Reader, Spoken, Told, Value, object, texts};
use crate::terms::{Answer, ErrorCode};

/// What a list that allows comes to, and one that denies: certain, or perhaps.
const WORDS: [[&str; 2]; 2] = [["allow", "allow?"], ["deny", "deny?"]];

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        if !self.any.is_empty() {
            map.serialize_entry("any", &said(&self.any))?;
        }
        let states = |states: &mut dyn Iterator<Item = &(String, Spoken)>| {
            object(states.map(|(state, own)| (state.as_str(), said(own))).collect())
        };
        if !self.states.is_empty() {
            map.serialize_entry("in", &states(&mut self.states.iter()))?;
        }
        if !self.now.is_empty() {
            map.serialize_entry("now", &states(&mut self.now.iter()))?;
        }
        map.end()
    }
}

fn said(said: &Spoken) -> Value {
    let words = |both: &[Answer; 2]| {
        let word = |(answer, [certain, perhaps]): (&Answer, [&str; 2])| match answer {
            Answer::Allow => Some(certain.to_string()),
            Answer::Unknown => Some(perhaps.to_string()),
            Answer::Deny => None,
        };
        texts(&both.iter().zip(WORDS).filter_map(word).collect::<Vec<_>>())
    };
    object(said.iter().map(|(operation, both)| (operation.as_str(), words(both))).collect())
}

/// Reads it.
pub(super) fn read_told(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Told> {
    let map = reader.object_of(value, at, &["any", "in", "now"])?;
    let any = match map.get("any") {
        Some(any) => read_said(any, &at.key("any"), reader)?,
        None => Spoken::new(),
    };
    let states = read_states(map, "in", at, reader)?;
    let now = read_states(map, "now", at, reader)?;
    Some(Told { any, states, now })
}

fn read_states(map: &Map<String, Value>, key: &str, at: &At<'_>, reader: &mut Reader) -> Option<Vec<(String, Spoken)>> {
    let Some(states) = map.get(key) else { return Some(Vec::new()) };
    let at = at.key(key);
    let states = reader.object(states, &at)?.iter();
    states.map(|(state, said)| Some((state.clone(), read_said(said, &at.key(state), reader)?))).collect()
}

fn read_said(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Spoken> {
    let mut said = Spoken::new();
    for (operation, words) in reader.object(value, at)? {
        let mut both = [Answer::Deny; 2];
        for word in reader.names(words, &at.key(operation))? {
            let places = both.iter_mut().zip(WORDS);
            let found = places.filter(|(_, words)| words.contains(&word.as_str())).map(|(place, [certain, _])| {
                *place = if word == certain { Answer::Allow } else { Answer::Unknown };
            });
            if found.count() == 0 {
                let message = "one of: allow, deny, allow?, deny?";
                reader.faults.add(ErrorCode::Malformed, &at.key(operation), message);
            }
        }
        said.push((operation.clone(), both));
    }
    Some(said)
}
