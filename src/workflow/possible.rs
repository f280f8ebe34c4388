//! What can be done now, beside what is permitted.

use serde::Serialize;

use super::Refusal;
use crate::facts::Key;
use crate::terms::Answer;

/// An action, beside its decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Possible {
    /// Whether permission is there, were the record in the right state.
    pub allowed: Answer,
    /// Whether it can be done now: permission, state and guards. Parameters that are not known here may still be refused.
    pub executable: Answer,
    /// What is in the way though permission is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Refusal>,
    /// Parameters that must be given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// The roles it can be done with, where a member is given one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Facts that would tell what is not known of this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<Key>,
}

impl Possible {
    /// What is decided can be done, as far as the decision goes.
    pub fn new(decision: Answer) -> Self {
        let (parameters, roles, wanted) = Default::default();
        Self { allowed: decision, executable: decision, blocked: None, parameters, roles, wanted }
    }
}
