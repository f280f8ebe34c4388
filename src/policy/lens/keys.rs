//! What the dictionaries of the compiled form are looked up by, as text: so they all share one map, and no two things
//! have the same text (an id stands with its length before it).

use std::fmt::Write as _;

use super::index::Profile;
use crate::model::{Seen, StateId, Table};
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
    key
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
