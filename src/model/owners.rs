//! Who owns a record, in the forms found in the field.

use super::{At, Faults, Reader, Value, id_of, ordered};
use crate::terms::ErrorCode;

/// A form in which owners are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerForm {
    /// One integer id; anything else counts as no owner (upstream 3.0.5).
    Integer,
    /// One integer or text id, a list of ids, or a list of `{user: id}`.
    Any,
    /// Read as any form; written as one id.
    One,
}

impl OwnerForm {
    /// A user as the only owner; `entry` makes what stands in a list.
    pub fn written(self, user: &str, entry: impl FnOnce(Value) -> Value) -> Value {
        let id = user.parse::<i64>().map_or_else(|_| Value::from(user), Value::from);
        match self {
            Self::Any => Value::Array(vec![entry(id)]),
            Self::Integer | Self::One => id,
        }
    }
}

/// The owners written in a field. `None` after a fault was noted.
pub fn read_owners(value: Option<&Value>, form: OwnerForm, at: &At<'_>, faults: &mut Faults) -> Option<Vec<String>> {
    let Some(value) = value else { return Some(Vec::new()) };
    if form == OwnerForm::Integer {
        return Some(value.as_i64().and_then(|_| id_of(value)).into_iter().collect());
    }
    let mut owners = Vec::new();
    match value {
        Value::Array(list) => {
            for (index, entry) in list.iter().enumerate() {
                let id = match entry {
                    Value::Object(map) if map.len() == 1 => map.get("user").and_then(id_of),
                    other => id_of(other),
                };
                owners.push(owner(id, &at.index(index), faults)?);
            }
        }
        other => owners.push(owner(id_of(other), at, faults)?),
    }
    Some(ordered(owners))
}

fn owner(id: Option<String>, at: &At<'_>, faults: &mut Faults) -> Option<String> {
    let id = id.filter(|id| Reader::new().valid_id(id, at));
    if id.is_none() {
        faults.add(ErrorCode::InvalidOwners, at, "owners are an id, a list of ids, or a list of {user: id}");
    }
    id
}

/// The documented schema of owners on write: a list of at least one `{user: integer}`, unique, no other key.
pub fn check_owner_schema(value: Option<&Value>, at: &At<'_>, faults: &mut Faults) {
    let Some(value) = value else { return };
    let Some(list) = value.as_array() else {
        faults.add(ErrorCode::InvalidOwners, at, "owners are written as a list of {user: integer}");
        return;
    };
    if list.is_empty() {
        faults.add(ErrorCode::InvalidOwners, at, "at least one owner must be given");
    }
    let mut seen = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let at = at.index(index);
        let Some(map) = entry.as_object() else {
            faults.add(ErrorCode::InvalidOwners, &at, "expected {user: integer}");
            continue;
        };
        for key in map.keys().filter(|key| key.as_str() != "user") {
            faults.add(ErrorCode::InvalidOwners, &at.key(key), "an owner has no other key than `user`");
        }
        match map.get("user").and_then(Value::as_i64) {
            None => faults.add(ErrorCode::InvalidOwners, &at.key("user"), "must be an integer"),
            Some(id) if seen.contains(&id) => {
                faults.add(ErrorCode::InvalidOwners, &at, format!("user {id} is named twice"));
            }
            Some(id) => seen.push(id),
        }
    }
}
