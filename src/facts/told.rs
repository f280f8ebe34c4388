//! What access lists come to for one subject, on its way to a device or a page: `{any?, in?, now?}`. Each operation with those of the
//! words `allow`, `deny`, `allow?`, `deny?` that hold. One that is left out is one of which no list speaks; in `now`, one of which no
//! more is known than the others say.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Facts;
use crate::model::{At, Error, Listed, Reader, Spoken, Told, Value, object, texts};
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
pub fn read_told(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Told> {
    let map = reader.object_of(value, at, &["any", "in", "now"])?;
    let mut told = Told::default();
    if let Some(any) = map.get("any") {
        told.any = read_said(any, &at.key("any"), reader)?;
    }
    for (key, place) in [("in", &mut told.states), ("now", &mut told.now)] {
        let Some(states) = map.get(key) else { continue };
        let at = at.key(key);
        for (state, said) in reader.object(states, &at)? {
            place.push((state.clone(), read_said(said, &at.key(state), reader)?));
        }
    }
    Some(told)
}

fn read_said(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Spoken> {
    let mut said = Spoken::new();
    for (operation, words) in reader.object(value, at)? {
        let at = at.key(operation);
        let [mut allows, mut denies] = [Answer::Deny; 2];
        for word in reader.names(words, &at)? {
            match word.as_str() {
                "allow" => allows = Answer::Allow,
                "allow?" => allows = Answer::Unknown,
                "deny" => denies = Answer::Allow,
                "deny?" => denies = Answer::Unknown,
                _ => reader.faults.add(ErrorCode::Malformed, &at, "one of: allow, deny, allow?, deny?"),
            }
        }
        said.push((operation.clone(), [allows, denies]));
    }
    Some(said)
}

impl Facts {
    /// Reads `{user?, records?, new?}`: what lists come to for a user, or for nobody who is signed in, of the records among these facts
    /// and of those of a schema that are yet to be made. Of what is left out no list speaks.
    pub(super) fn read_outcomes(&mut self, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<()> {
        let map = reader.object_of(value, at, &["user", "records", "new"])?;
        self.told_for = Some(match map.get("user") {
            Some(user) => reader.user_id(user, &at.key("user"))?,
            None => String::new(),
        });
        for (key, table) in [("records", &mut self.told), ("new", &mut self.told_new)] {
            let Some(told) = map.get(key) else { continue };
            let at = at.key(key);
            for (name, told) in reader.object(told, &at)? {
                table.insert(name.clone(), Listed::Told(Arc::new(read_told(told, &at.key(name), reader)?)));
            }
        }
        Some(())
    }

    /// An error if these facts hold both, access lists and what they come to.
    pub fn one_way_of_lists(&self) -> Result<(), Error> {
        if self.told_for.is_none() || self.acls.is_empty() {
            return Ok(());
        }
        let message = "these facts hold access lists: leave out what they come to, or the lists";
        Err(Error::new(ErrorCode::Malformed, "facts.acl_outcomes", message))
    }
}
