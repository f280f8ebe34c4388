//! The hall: questions and operations enter, each as plain data, and leave as plain data. No clock, no storage, no
//! randomness: ids come in with the call, and the host writes what comes out.

mod about_list;
mod acls;
mod answer;
mod call;
mod counting;
mod evaluation;
mod machine;
mod members;
mod membership;
mod options;
mod step;

use std::rc::Rc;

use serde::Serialize;

use crate::facts::Facts;
use crate::model::{Address, At, Attributes, Error, Faults, Seen, StateId, Value, merge_patch};
use crate::policy::{Policy, preset};
use crate::terms::ErrorCode;
use crate::view;

pub use acls::{ExplainedLists, Operations, Speaks};
pub use answer::{ListQuery, TransitionLists};
pub use call::Call;
pub(crate) use call::read_changes;
pub use evaluation::{Evaluation, Found, Target};
pub use options::Choice;
pub use step::{Done, StepResult};

/// What lists look at in a record, for a database to keep in columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// The key of its type.
    pub r#type: String,
    /// Its state, by the policy's name for it.
    pub state: String,
    /// Its primary community.
    pub primary: Option<String>,
    /// Its secondary communities, in order.
    pub secondary: Vec<String>,
    /// Its owners, in order.
    pub owners: Vec<String>,
    /// What its named fields hold, as terms of an index, in order.
    pub terms: Vec<String>,
}

/// An engine over one policy.
///
/// ```
/// use lictor::engine::Engine;
/// use serde_json::json;
///
/// let engine = Engine::preset("oarepo").unwrap();
/// let facts = engine.facts(&json!({
///     "communities": {"cesnet": {"grants": {"curator": ["read", "approve"]}}},
///     "memberships": [{"community": "cesnet", "user": 4, "role": "curator"}],
///     "complete": true,
/// })).unwrap();
/// let decision = engine.check(&json!({
///     "subject": {"type": "user", "id": 4},
///     "action": "approve",
///     "resource": {"type": "record", "properties": {
///         "oarepo:primaryCommunity": "cesnet", "oarepo:recordStatus": "pending-approval"}},
/// }), &facts).unwrap();
/// assert_eq!(decision.decision.as_str(), "allow");
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    policy: Rc<Policy>,
}

impl From<Rc<Policy>> for Engine {
    fn from(policy: Rc<Policy>) -> Self {
        Self { policy }
    }
}

impl Engine {
    /// An engine over a policy document.
    pub fn new(document: &Value) -> Result<Self, Error> {
        Ok(Self { policy: Rc::new(Policy::read(document)?) })
    }

    /// An engine over a shipped policy.
    pub fn preset(name: &str) -> Result<Self, Error> {
        Self::new(&preset(name)?)
    }

    /// An engine over a document with changes (JSON Merge Patch).
    pub fn with_changes(mut document: Value, changes: &Value) -> Result<Self, Error> {
        merge_patch(&mut document, changes);
        Self::new(&document)
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy, to be shared.
    pub fn shared_policy(&self) -> Rc<Policy> {
        Rc::clone(&self.policy)
    }

    /// Reads facts.
    pub fn facts(&self, value: &Value) -> Result<Facts, Error> {
        Facts::read(value, &self.policy.words)
    }

    /// The value of a record's field, by the field's name in the policy: `primary`, `secondary`, `state`, `owners`.
    pub fn field(&self, record: &Value, name: &str) -> Result<Value, Error> {
        Ok(self.address(name)?.get(record).cloned().unwrap_or(Value::Null))
    }

    /// The record with a field set.
    pub fn set_field(&self, mut record: Value, name: &str, value: Value) -> Result<Value, Error> {
        let set = self.address(name)?.set(&mut record, value);
        set.map(|()| record).map_err(|message| Error::new(ErrorCode::Malformed, "record", message))
    }

    /// What lists look at in a record.
    pub fn columns(&self, record: &Value) -> Result<Columns, Error> {
        let engine = self.for_document(record);
        let policy = engine.policy();
        let at = At::Root("record");
        let mut faults = Faults::new();
        let Some(kind) = policy.type_of(record) else {
            return Err(Error::new(ErrorCode::UnknownType, "record.$type", "the policy has no such record type"));
        };
        let read = Attributes::read(record, None, &[], &kind.fields, &policy.states, &at, &mut faults);
        let read = faults.give(read)?;
        let text = |word: Option<&Value>| word.and_then(Value::as_str).map(str::to_string);
        let state = match read.state {
            // A word the policy does not name stands for itself.
            Seen::Known(StateId::OTHER) => text(kind.fields.state.get(record)),
            Seen::Known(state) => Some(policy.states.name(state).to_string()),
            Seen::Missing => None,
        };
        Ok(Columns {
            r#type: kind.key.clone(),
            state: state.unwrap_or_default(),
            primary: read.primary.known().cloned().flatten(),
            secondary: read.secondary.known().cloned().unwrap_or_default(),
            owners: read.owners.known().cloned().unwrap_or_default(),
            terms: read.terms(&policy.fields),
        })
    }

    /// The route of transitions, from the route of an item.
    pub fn transition_route(&self, item_route: &str) -> String {
        let names: Vec<&str> = self.policy.transitions.iter().map(|transition| transition.name.as_str()).collect();
        view::transition_route(item_route, &names)
    }

    fn address(&self, name: &str) -> Result<&Address, Error> {
        let fields = self.policy.default_type().map(|kind| &kind.fields);
        let found = fields.and_then(|fields| match name {
            "primary" => Some(&fields.primary),
            "secondary" => Some(&fields.secondary),
            "state" => Some(&fields.state),
            "owners" => Some(&fields.owners),
            _ => None,
        });
        let message = "a field is primary, secondary, state or owners";
        found.ok_or_else(|| Error::new(ErrorCode::UnknownField, "name", message))
    }
}
