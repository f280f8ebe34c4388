//! Access rows: an action allowed or denied to a user, a role or a system role, for one argument or for all.

use crate::model::{At, Map, Reader, Value};
use crate::terms::ErrorCode;

/// Whom a row speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowSubject {
    /// A user by id.
    User(String),
    /// Everybody with a global role, a community's internal roles included.
    Role(String),
    /// Everybody with a system role.
    SystemRole(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// The action need, for example `community-approve` or `superuser-access`.
    pub action: String,
    /// The community it is limited to; none covers all.
    pub argument: Option<String>,
    /// Whether the row denies.
    pub exclude: bool,
    /// Whom it speaks of.
    pub subject: RowSubject,
    /// Its id where it came with one.
    pub id: Option<String>,
}

impl AccessRow {
    /// Reads `{action, argument?, exclude?, user | role | system_role}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object_of(value, at, &["action", "argument", "exclude", "user", "role", "system_role"])?;
        let action = reader.required_name(map, "action", at)?;
        let argument = match map.get("argument") {
            None | Some(Value::Null) => None,
            Some(value) => Some(reader.user_id(value, &at.key("argument"))?),
        };
        let exclude = match map.get("exclude") {
            None => false,
            Some(value) => reader.boolean(value, &at.key("exclude"))?,
        };
        let subject = match (map.get("user"), map.get("role"), map.get("system_role")) {
            (Some(user), None, None) => RowSubject::User(reader.user_id(user, &at.key("user"))?),
            (None, Some(role), None) => RowSubject::Role(reader.name(role, &at.key("role"))?),
            (None, None, Some(role)) => RowSubject::SystemRole(reader.name(role, &at.key("system_role"))?),
            _ => {
                let message = "a row names exactly one of `user`, `role`, `system_role`";
                reader.faults.add(ErrorCode::Malformed, at, message);
                return None;
            }
        };
        Some(Self { action, argument, exclude, subject, id: None })
    }

    /// An id made of what the row says: the same row given twice is one row.
    pub fn name(&self) -> String {
        let (kind, name) = match &self.subject {
            RowSubject::User(id) => ("user", id),
            RowSubject::Role(name) => ("role", name),
            RowSubject::SystemRole(name) => ("system_role", name),
        };
        let effect = if self.exclude { "deny" } else { "allow" };
        let argument = self.argument.as_deref().unwrap_or_default();
        // Lengths, because names may hold any character that could part them.
        format!("{effect} {} {} {} {argument} {kind} {name}", self.action.len(), self.action, argument.len())
    }

    /// The row as it is given.
    pub fn value(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("action".to_string(), Value::from(self.action.as_str()));
        if let Some(argument) = &self.argument {
            map.insert("argument".to_string(), Value::from(argument.as_str()));
        }
        if self.exclude {
            map.insert("exclude".to_string(), Value::Bool(true));
        }
        let (kind, name) = match &self.subject {
            RowSubject::User(id) => ("user", id),
            RowSubject::Role(name) => ("role", name),
            RowSubject::SystemRole(name) => ("system_role", name),
        };
        map.insert(kind.to_string(), Value::from(name.as_str()));
        map
    }

    /// Whether the row covers this argument. Without an argument only rows without one count.
    pub fn covers(&self, argument: Option<&str>) -> bool {
        match (&self.argument, argument) {
            (None, _) => true,
            (Some(mine), Some(asked)) => mine == asked,
            (Some(_), None) => false,
        }
    }
}
