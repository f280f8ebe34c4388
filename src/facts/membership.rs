//! Memberships: a user, or everybody with a global role, holds roles in a community.

use serde::Serialize;

use super::Words;
use super::snapshot::known_role;
use crate::model::{At, Map, Reader, Set, Value, id_of, texts};
use crate::terms::ErrorCode;

/// Who holds a membership.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Member {
    /// A user, by id.
    User(String),
    /// Everybody with a global role.
    Group(String),
}

impl Member {
    /// Reads the one of `user` and `group` that is given.
    pub fn read(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        match (map.get("user"), map.get("group")) {
            (None, Some(group)) => reader.name(group, &at.key("group")).map(Self::Group),
            (Some(_), Some(_)) => {
                reader.faults.add(ErrorCode::Malformed, at, "a membership is held by a `user` or by a `group`");
                None
            }
            _ => reader.required_id(map, "user", at).map(Self::User),
        }
    }

    /// The user, unless it is a group.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::User(id) => Some(id),
            Self::Group(_) => None,
        }
    }
}

/// What one membership says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// The roles held. A pending one (an invitation, a request to join) holds a reserved role alone.
    pub roles: Set<String>,
    /// Whether the roles are not shown: there is a membership, and that is all that is known of it.
    pub withheld: bool,
    /// The rest of the row: what it says of itself, and the host's own fields.
    pub row: Map<String, Value>,
}

/// Only operations look at the rest of a row.
const ROW_KEPT: bool = cfg!(feature = "whole");

/// Keys of a row that are kept apart from the rest.
const APART: [&str; 4] = ["community", "user", "group", "role"];

impl Membership {
    /// Reads `{role, visible?, as?, request?, ...}`. A membership may carry more (when it began, who invited).
    pub(super) fn read(
        map: &Map<String, Value>,
        withheld: bool,
        words: &Words,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Self> {
        let mut roles = Vec::new();
        if !withheld {
            let role = reader.required(map, "role", at)?;
            let at = at.key("role");
            roles = read_roles(role, &at, words, reader)?;
            for role in &roles {
                if !words.pending.contains(role) {
                    known_role(role, words, &at, reader);
                } else if roles.len() > 1 {
                    let message = format!("`{role}` marks a pending membership, which holds no other role");
                    reader.faults.add(ErrorCode::Malformed, &at, message);
                }
            }
        }
        if let Some(visible) = map.get("visible") {
            reader.boolean(visible, &at.key("visible"))?;
        }
        let mut offered = None;
        if let Some(value) = map.get("as") {
            let at = at.key("as");
            let roles = read_roles(value, &at, words, reader)?;
            for role in &roles {
                known_role(role, words, &at, reader);
            }
            offered = Some(roles);
        }
        if let Some(request) = map.get("request") {
            reader.user_id(request, &at.key("request"))?;
        }
        let mut row = Map::new();
        if ROW_KEPT {
            for (key, value) in map.iter().filter(|(key, _)| !APART.contains(&key.as_str())) {
                row.insert(key.clone(), value.clone());
            }
            row.extend(offered.map(|roles| ("as".to_string(), roles_value(&roles))));
        }
        Some(Self { roles: roles.into_iter().collect(), withheld, row })
    }

    /// Adds what another row about the same member says.
    pub(super) fn merge(&mut self, other: Self) {
        self.roles.extend(other.roles);
        if ROW_KEPT {
            self.row.extend(other.row);
        }
    }

    /// Whether its member made it public.
    pub fn visible(&self) -> bool {
        self.row.get("visible") == Some(&Value::Bool(true))
    }

    /// The roles a pending membership would get.
    pub fn offered(&self) -> Vec<String> {
        let mut reader = Reader::new();
        self.row.get("as").and_then(|value| one_or_more(value, &At::Root("as"), &mut reader)).unwrap_or_default()
    }

    /// The request that a pending membership waits for.
    pub fn request(&self) -> Option<String> {
        self.row.get("request").and_then(id_of)
    }

    /// The row as it is stored.
    pub fn value(&self) -> Value {
        let mut map = self.row.clone();
        map.insert("role".to_string(), roles_value(self.roles.as_slice()));
        Value::Object(map)
    }
}

/// Roles as they are written: one as text, more as a list.
pub fn roles_value(roles: &[String]) -> Value {
    match roles {
        [one] => Value::from(one.as_str()),
        many => texts(many),
    }
}

fn read_roles(value: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) -> Option<Vec<String>> {
    let mut roles = Vec::new();
    for word in one_or_more(value, at, reader)? {
        roles.push(words.role(word));
    }
    Some(roles)
}

fn one_or_more(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<String>> {
    match value {
        Value::Array(_) => reader.names(value, at),
        one => Some(vec![reader.name(one, at)?]),
    }
}
