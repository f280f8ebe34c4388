//! Of whom an access list speaks.

use super::{AclSettings, Pointer};
use crate::model::{At, Limits, Reader, Value, listed};
use crate::terms::ErrorCode;

/// Those who stand in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordActor {
    /// Users.
    Users(Pointer),
    /// Whoever has one of the roles.
    Roles(Pointer),
    /// Whoever has the role for one of the values: `role[parameter=value]`.
    RoleFor(String, String, Pointer),
}

/// Of whom a list speaks.
#[derive(Debug, Default)]
pub(super) struct Actors {
    pub users: Vec<String>,
    pub roles: Vec<String>,
    pub system_roles: Vec<String>,
    pub in_record: Vec<RecordActor>,
}

/// Actors every deployment has.
const TYPES: [&str; 6] = ["user", "role", "system_role", "record_user", "record_role", "parametrised_role"];

impl Actors {
    /// Adds one actor, `{type, ...}`. One of a type of the host's own comes with what the host found it to mean: users, roles and system
    /// roles.
    pub fn add(&mut self, value: &Value, settings: &AclSettings, at: &At<'_>, reader: &mut Reader) -> Option<()> {
        let map = reader.object(value, at)?;
        let kind = reader.required(map, "type", at)?;
        let kind = reader.text(kind, &at.key("type"))?;
        let known: &[&str] = match kind {
            "user" => &["type", "users"],
            "role" => &["type", "roles"],
            "system_role" => &["type", "system_role"],
            "record_user" | "record_role" => &["type", "path"],
            "parametrised_role" => &["type", "role", "parameter", "path"],
            own if settings.actors.contains(own) => &["type", "users", "roles", "system_roles"],
            _ => {
                let all = TYPES.into_iter().chain(settings.actors.iter().map(String::as_str));
                let message = format!("unknown type of actor; known: {}", listed(all));
                reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
                return None;
            }
        };
        reader.object_of(value, at, known)?;
        match kind {
            "user" => {
                let users = reader.required(map, "users", at)?;
                self.users.extend(names(users, &at.key("users"), reader)?);
            }
            "role" => {
                let roles = reader.required(map, "roles", at)?;
                self.roles.extend(names(roles, &at.key("roles"), reader)?);
            }
            "system_role" => {
                let role = reader.required(map, "system_role", at)?;
                let role = reader.name(role, &at.key("system_role"))?;
                self.system_roles.push(system_role(role));
            }
            "record_user" | "record_role" => {
                let path = reader.required(map, "path", at)?;
                let path = Pointer::read(path, &settings.fields, &at.key("path"), reader)?;
                let make = if kind == "record_user" { RecordActor::Users } else { RecordActor::Roles };
                self.in_record.push(make(path));
            }
            "parametrised_role" => {
                let role = reader.required(map, "role", at)?;
                let role = reader.name(role, &at.key("role"))?;
                let parameter = reader.required(map, "parameter", at)?;
                let parameter = reader.name(parameter, &at.key("parameter"))?;
                let path = reader.required(map, "path", at)?;
                let path = Pointer::read(path, &settings.fields, &at.key("path"), reader)?;
                self.in_record.push(RecordActor::RoleFor(role, parameter, path));
            }
            _ => {
                for (key, own) in
                    [("users", &mut self.users), ("roles", &mut self.roles), ("system_roles", &mut self.system_roles)]
                {
                    if let Some(list) = map.get(key) {
                        own.extend(names(list, &at.key(key), reader)?);
                    }
                }
            }
        }
        Some(())
    }
}

impl RecordActor {
    /// Where in the record.
    pub fn pointer(&self) -> &Pointer {
        match self {
            Self::Users(pointer) | Self::Roles(pointer) | Self::RoleFor(_, _, pointer) => pointer,
        }
    }

    /// The role that somebody has who has a role for a value.
    pub fn role_for(role: &str, parameter: &str, value: &str) -> String {
        let mut name = role.to_string();
        for part in ["[", parameter, "=", value, "]"] {
            name.push_str(part);
        }
        name
    }
}

/// Ids or names in a list that may be long, but not endless.
fn names(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<String>> {
    let list = super::read::limited(value, Limits::ACL_NAMES, at, reader)?;
    Some(list.iter().enumerate().filter_map(|(i, entry)| reader.user_id(entry, &at.index(i))).collect())
}

/// The name a system role goes by everywhere else.
fn system_role(name: String) -> String {
    match name.as_str() {
        "everyone" => "any_user".to_string(),
        "authenticated" => "authenticated_user".to_string(),
        _ => name,
    }
}
