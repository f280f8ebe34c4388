//! Who asks.

use super::{At, Reader, Value, object, texts};
use crate::terms::ErrorCode;

/// The one a question is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Nobody in particular: not signed in.
    Anonymous {
        /// System roles the host vouches for.
        system_roles: Vec<String>,
        /// Ids of secret links whose token the host has verified.
        links: Vec<String>,
    },
    /// A signed-in user.
    User {
        /// The user's id.
        id: String,
        /// Global roles, if the host vouches for the whole list.
        roles: Option<Vec<String>>,
        /// System roles the host vouches for.
        system_roles: Vec<String>,
        /// Ids of secret links whose token the host has verified.
        links: Vec<String>,
    },
    /// The host's own process.
    System,
}

impl Subject {
    /// A signed-in user of whom nothing else is said.
    pub fn user(id: impl Into<String>) -> Self {
        Self::User { id: id.into(), roles: None, system_roles: Vec::new(), links: Vec::new() }
    }

    /// Somebody signed in of whom the facts say nothing and who holds nothing: no user has the empty id.
    pub const fn stranger() -> Self {
        Self::User { id: String::new(), roles: Some(Vec::new()), system_roles: Vec::new(), links: Vec::new() }
    }

    /// Somebody who is not signed in.
    pub fn anonymous() -> Self {
        Self::Anonymous { system_roles: Vec::new(), links: Vec::new() }
    }

    /// The user's id, if signed in.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::User { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The subject as it is given; of a user without what the host vouches for, but for system roles.
    pub fn value(&self) -> Value {
        let (kind, id, system_roles) = match self {
            Self::Anonymous { system_roles, .. } => ("anonymous", None, system_roles.as_slice()),
            Self::User { id, system_roles, .. } => ("user", Some(id), system_roles.as_slice()),
            Self::System => ("system", None, &[][..]),
        };
        let mut properties = Vec::new();
        let mut fields = vec![("type", Value::from(kind))];
        if let Some(id) = id {
            fields.push(("id", Value::from(id.as_str())));
        }
        if !system_roles.is_empty() {
            properties.push(("system_roles", texts(system_roles)));
        }
        if !self.links().is_empty() {
            properties.push(("links", texts(self.links())));
        }
        if !properties.is_empty() {
            fields.push(("properties", object(properties)));
        }
        object(fields)
    }

    /// Ids of the secret links it holds.
    pub fn links(&self) -> &[String] {
        match self {
            Self::Anonymous { links, .. } | Self::User { links, .. } => links,
            Self::System => &[],
        }
    }

    /// Reads `{type, id?, properties?}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object_of(value, at, &["type", "id", "properties"])?;
        let kind = reader.required_text(map, "type", at)?;
        let mut roles = None;
        let (mut system_roles, mut links) = (Vec::new(), Vec::new());
        if let Some(properties) = map.get("properties") {
            let at = at.key("properties");
            let properties = reader.object_of(properties, &at, &["roles", "system_roles", "links"])?;
            if let Some(list) = properties.get("roles") {
                roles = Some(reader.names(list, &at.key("roles"))?);
            }
            if let Some(list) = properties.get("system_roles") {
                system_roles = reader.names(list, &at.key("system_roles"))?;
            }
            if let Some(list) = properties.get("links") {
                links = reader.names(list, &at.key("links"))?;
            }
        }
        match kind {
            "anonymous" => Some(Self::Anonymous { system_roles, links }),
            "system" => Some(Self::System),
            "user" => {
                let id = reader.required_id(map, "id", at)?;
                Some(Self::User { id, roles, system_roles, links })
            }
            _ => {
                let message = "a subject is `anonymous`, `user` or `system`";
                reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
                None
            }
        }
    }
}
