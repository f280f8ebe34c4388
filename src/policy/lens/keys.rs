//! What the dictionaries of the compiled form are looked up by, as text: so they all share one map, and no two things
//! have the same text (an id stands with its length before it).

use std::fmt::Write as _;
use std::sync::Arc;

use super::index::Profile;
use crate::model::{FieldValue, Listed, Named, Seen, StateId, Table, Told};
use crate::terms::Answer;

/// Gives a key its number: the one it has, or the next.
pub(super) fn number(numbers: &mut Table<u32>, key: String, next: u32) -> u32 {
    match numbers.get(&key) {
        Some(number) => *number,
        None => {
            numbers.insert(key, next);
            next
        }
    }
}

pub(super) fn of_profile(profile: &Profile) -> String {
    let mut key = of_primary(&profile.primary);
    key.push_str(&of_list(&profile.secondary));
    if let Named::Missing = profile.named {
        key.push('?');
    }
    if let Named::Read(values) = &profile.named {
        for value in values {
            key.push('|');
            of_field(value, &mut key);
        }
    }
    of_lists(&profile.listed, &mut key);
    key
}

/// Lists that are read again are others, whatever they say: a key that lasts as long as the profile that holds them will do.
fn of_lists(listed: &Listed, key: &mut String) {
    let entries = match listed {
        Listed::Nothing => return,
        Listed::Unknown => return key.push_str("!?"),
        Listed::Told(told) => return of_told(told, key),
        Listed::Entries(entries) => entries,
    };
    for entry in entries.iter() {
        key.push('!');
        key.push_str(&Arc::as_ptr(&entry.list).addr().to_string());
        key.push(char::from(b'0' + entry.matches.code()));
        key.push_str(&of_list(&entry.users));
        key.push('|');
        key.push_str(&of_list(&entry.roles));
    }
}

fn of_told(told: &Told, key: &mut String) {
    let whatever = told.states.iter().map(|(state, said)| (state.as_str(), said)).chain([("", &told.any)]);
    for (state, said) in whatever.chain(told.now.iter().map(|(state, said)| (state.as_str(), said))) {
        key.push('!');
        key.push_str(&with_length(state));
        for (operation, both) in said {
            key.push('|');
            key.push_str(&with_length(operation));
            key.push_str(&of_answers(both));
        }
    }
}

fn of_field(value: &Seen<FieldValue>, key: &mut String) {
    match value {
        Seen::Missing => key.push('?'),
        Seen::Known(FieldValue::Word(None) | FieldValue::Community(None)) => {}
        Seen::Known(FieldValue::Word(Some(text)) | FieldValue::Community(Some(text))) => {
            key.push_str(&with_length(text))
        }
        Seen::Known(FieldValue::Moment(moment)) => {
            key.push_str(&moment.map_or_else(String::new, |moment| moment.to_string()));
        }
        Seen::Known(FieldValue::Ids(ids)) => ids.iter().for_each(|id| key.push_str(&with_length(id))),
        Seen::Known(FieldValue::Given(list)) => {
            for given in list {
                key.push_str(&with_length(&given.term("")));
                if let Some(until) = given.until {
                    key.push('<');
                    key.push_str(&until.to_string());
                }
            }
        }
    }
}

pub(super) fn of_primary(primary: &Seen<Option<String>>) -> String {
    match primary {
        Seen::Missing => "?".to_string(),
        Seen::Known(None) => "-".to_string(),
        Seen::Known(Some(id)) => with_length(id),
    }
}

pub(super) fn of_list(ids: &Seen<Vec<String>>) -> String {
    match ids {
        Seen::Missing => "?".to_string(),
        Seen::Known(ids) => ids.iter().map(|id| with_length(id)).collect(),
    }
}

pub(super) fn of_state(number: u32, state: &Seen<StateId>) -> String {
    let mut key = number.to_string();
    if let Seen::Known(state) = state {
        // Writing to a string cannot fail.
        let _ = write!(key, "/{}", state.0);
    }
    key
}

pub(super) fn of_answers(answers: &[Answer]) -> String {
    answers.iter().map(|answer| char::from(b'0' + answer.code())).collect()
}

fn with_length(id: &str) -> String {
    format!("{}:{id}", id.len())
}
