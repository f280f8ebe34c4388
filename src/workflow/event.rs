//! What listeners hear.

use serde::Serialize;

use crate::model::{Map, Subject, Value, object};

/// An event, named as the documents name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its name, for example `on-community-approve`.
    pub name: String,
    /// Who caused it.
    pub subject: Value,
    /// What it happened to.
    pub resource: Value,
    /// What the call carried.
    pub payload: Map<String, Value>,
    /// Whether the change is written at once; if not, a listener must commit it (compat presets).
    pub commit: bool,
}

impl Event {
    /// An event about a resource.
    pub fn new(name: &str, subject: &Subject, kind: &str, id: &str) -> Self {
        let named = |kind: &str, id: Option<&str>| {
            let mut fields = vec![("type", Value::from(kind))];
            fields.extend(id.map(|id| ("id", Value::from(id))));
            object(fields)
        };
        let subject = match subject {
            Subject::Anonymous { .. } => named("anonymous", None),
            Subject::System => named("system", None),
            Subject::User { id, .. } => named("user", Some(id)),
        };
        let resource = named(kind, Some(id));
        Self { name: name.to_string(), subject, resource, payload: Map::new(), commit: true }
    }
}
