//! A record as one subject sees it.

use serde::Serialize;

use super::{LinkOptions, Shown, links, redact};
use crate::facts::Key;
use crate::model::{Attributes, Map, Table, Value};
use crate::policy::{Ask, Question};
use crate::terms::Answer;
use crate::workflow::available;

/// The document, the answer for every action, and the links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// The record's id.
    pub id: String,
    /// Its document.
    pub record: Value,
    /// Addresses of what it has and the subject may not see: communities it may not know of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Vec<String>>,
    /// Every action of the policy and whether it is permitted.
    pub actions: Table<Answer>,
    /// Links.
    pub links: Map<String, Value>,
}

/// The community a record is linked under: one of its own that is shown. One that reviews it is none yet.
fn home<'s>(record: &Attributes, shown: &'s Shown) -> Option<&'s str> {
    let own = |id: &&String| {
        record.primary.known().is_some_and(|primary| primary.as_ref() == Some(*id))
            || record.secondary.known().is_some_and(|ids| ids.contains(id))
    };
    shown.communities.iter().find(own).map(String::as_str)
}

impl RecordView {
    /// What the subject sees, or the facts that are missing. Only for a subject who may read the record.
    pub fn new(ask: &Ask<'_>, record: &Attributes, document: &Value, options: &LinkOptions) -> Result<Self, Vec<Key>> {
        let policy = ask.policy;
        let shown = match ask.kind {
            Some(kind) => redact(ask, kind, record, document)?,
            None => Shown { document: document.clone(), missing: Vec::new(), communities: Vec::new() },
        };
        let actions = policy
            .action_ids()
            .map(|action| (policy.action_name(action).to_string(), Question { ask, record, action }.answer()))
            .collect();
        let transitions = available(ask, record).now;
        let links = match ask.kind {
            Some(kind) => links(kind, record, home(record, &shown), &transitions, options),
            None => options.own.clone(),
        };
        Ok(Self {
            id: record.id.clone().unwrap_or_default(),
            record: shown.document,
            missing: shown.missing,
            actions,
            links,
        })
    }
}
