//! Which machine a question or operation belongs to: that of the record type it is about.

use std::rc::Rc;

use crate::model::Value;

use super::Engine;
use crate::policy::{Policy, TYPE};

impl Engine {
    /// The engine over the machine of a record type; the same engine if the type has none of its own.
    pub fn of_type(&self, key: &str) -> Self {
        match self.policy.machine(key) {
            Some(machine) => Self { policy: Rc::clone(machine) },
            None => self.clone(),
        }
    }

    /// The engine for a question about a resource. Of a community one may ask both what can be done in it and to it, so
    /// there the action tells.
    pub fn for_question(&self, resource: Option<&Value>, action: Option<&Value>) -> Self {
        let Some(key) = resource.and_then(|resource| resource.get("type")).and_then(Value::as_str) else {
            return self.clone();
        };
        let machine = self.of_type(key);
        let name = action.and_then(|action| action.get("name").unwrap_or(action).as_str());
        let own = |name: &str| machine.policy.action(name).is_some();
        match name {
            Some(name) if key == "community" && !own(name) && self.policy.action(name).is_some() => self.clone(),
            _ => machine,
        }
    }

    /// The engine for a call: of the record it is about, or of the type it makes.
    pub(super) fn for_call(&self, call: &Value) -> Self {
        match (call.get("resource"), call.get("type").and_then(Value::as_str)) {
            (None, Some(key)) if call.get("do").and_then(Value::as_str) == Some("create") => self.of_type(key),
            (resource, _) => self.for_question(resource, None),
        }
    }

    /// The engine for a stored record.
    pub fn for_document(&self, document: &Value) -> Self {
        document.get(TYPE).and_then(Value::as_str).map_or_else(|| self.clone(), |key| self.of_type(key))
    }

    /// Every policy there is: the document's own, then its machines.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(self.policy()).chain(self.policy.machines().iter().map(Rc::as_ref))
    }
}
