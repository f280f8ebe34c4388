//! A record as one subject sees it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{LinkOptions, links};
use crate::model::{Attributes, Table};
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
    /// Every action of the policy and whether it is permitted.
    pub actions: Table<Answer>,
    /// Links.
    pub links: Map<String, Value>,
}

impl RecordView {
    /// What the subject sees. Only for a subject who may read the record.
    pub fn new(ask: &Ask<'_>, record: &Attributes, document: &Value, options: &LinkOptions) -> Self {
        let policy = ask.policy;
        let actions = policy
            .action_ids()
            .map(|action| (policy.action_name(action).to_string(), Question { ask, record, action }.answer()))
            .collect();
        let transitions = available(ask, record).now;
        let links = match ask.kind {
            Some(kind) => links(kind, record, &transitions, options),
            None => options.own.clone(),
        };
        Self { id: record.id.clone().unwrap_or_default(), record: document.clone(), actions, links }
    }
}
