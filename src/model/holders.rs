//! Reads fields that name users, roles and system roles together: `{"users": [1], "roles": ["curators"], "systemroles": []}`,
//! or one list of ids and names, where digits are a user.

use super::{At, FieldValue, Given, Holder, Limits, Reader, Value, id_of, ordered};
use crate::terms::ErrorCode;

/// What stands for the level of somebody who is only named.
pub const NAMED: &str = "named";

/// Everybody who is named. Names of roles are compared in lower case, so they are kept in it; letters beyond A to Z stay, and
/// so do names with a colon: those of communities' roles, which hold an id.
pub(super) fn holders(value: &Value, keys: bool, at: &At<'_>, reader: &mut Reader) -> Option<FieldValue> {
    let mut found = Vec::new();
    match value {
        // As upstream reads it, which goes through an object as if it were the list of its keys.
        Value::Object(map) if keys => {
            let mut list = Vec::new();
            for key in map.keys() {
                list.push(Value::from(key.as_str()));
            }
            add(&list, "", at, reader, &mut found)?;
        }
        Value::Object(_) => {
            for (key, list) in reader.object_of(value, at, &["users", "roles", "systemroles"])? {
                let at = at.key(key);
                add(reader.list(list, &at)?, key, &at, reader, &mut found)?;
            }
        }
        list => add(reader.list(list, at)?, "", at, reader, &mut found)?,
    }
    if found.len() > Limits::GIVEN {
        reader.faults.add(ErrorCode::TooLarge, at, "names too many users and roles");
        return None;
    }
    Some(FieldValue::Given(ordered(found)))
}

/// The entries of one list: all of one sort, or mixed.
fn add(list: &[Value], sort: &str, at: &At<'_>, reader: &mut Reader, found: &mut Vec<Given>) -> Option<()> {
    for (index, entry) in list.iter().enumerate() {
        let at = at.index(index);
        let user = match sort {
            "" => id_of(entry).is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())),
            sort => sort == "users",
        };
        let to = if user {
            Holder::User(reader.user_id(entry, &at)?)
        } else if sort == "systemroles" {
            Holder::SystemRole(reader.name(entry, &at)?)
        } else {
            Holder::Role(folded(&reader.name(entry, &at)?))
        };
        found.push(Given { to, level: NAMED.to_string(), until: None });
    }
    Some(())
}

/// The name of a role as it compares.
pub fn folded(name: &str) -> String {
    if is_key(name) { name.to_string() } else { name.to_ascii_lowercase() }
}

/// Whether the name of a role has a colon, as those of communities' roles have.
pub fn is_key(name: &str) -> bool {
    name.bytes().any(|byte| byte == b':')
}
