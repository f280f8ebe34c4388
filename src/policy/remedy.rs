//! What would change a denial, as it is told.

use serde::Serialize;

use super::Question;
use super::remedy_search::search;
use crate::terms::ChangeCode;

/// Whether remedies are sought. `lictor/check` says what is allowed and why, and leaves it to the whole engine to try what would help.
pub const SOUGHT: bool = cfg!(feature = "whole");

/// One thing that would have to become so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemedyChange {
    /// Which.
    pub change: ChangeCode,
    /// The community concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The role to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The state to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The action concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The record's field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The community's setting concerned, by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// The value of the field or setting, the level to be given, or the operation of access lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The day, or the moment, from which it is so: `2027-01-01`, or `2027-01-01T12:00:00.000Z`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl RemedyChange {
    pub(super) fn new(change: ChangeCode) -> Self {
        Self {
            change,
            community: None,
            role: None,
            state: None,
            action: None,
            field: None,
            setting: None,
            value: None,
            until: None,
        }
    }
}

impl Question<'_, '_> {
    /// The smallest sets of changes that would allow the action; empty if it is allowed or nothing tried would help.
    pub fn remedies(&self) -> Vec<Vec<RemedyChange>> {
        search(self, |step, atom| step.touches(atom, self))
    }
}
