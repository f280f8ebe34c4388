//! The hall: questions and operations enter, each as plain data, and leave as plain data. No clock, no storage, no
//! randomness: ids come in with the call, and the host writes what comes out.

mod answer;
mod call;
mod evaluation;
mod step;

use std::rc::Rc;

use serde_json::Value;

use crate::facts::Facts;
use crate::model::{Error, merge_patch};
use crate::policy::{Policy, preset};

pub use answer::TransitionLists;
pub use call::Call;
pub use evaluation::{Evaluation, Found, Target};
pub use step::{Done, StepResult};

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
}
