//! What of a record's document somebody who may read it is shown: all but the ids of communities they may not know of.

use serde_json::Value;

use crate::facts::Key;
use crate::model::{Attributes, Seen};
use crate::policy::{Ask, RecordType};
use crate::terms::{Answer, Relation};

/// A document as one subject sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The document without what is withheld.
    pub document: Value,
    /// Addresses of what is withheld, wholly or in part.
    pub missing: Vec<Vec<String>>,
    /// The record's communities that are shown, the primary first.
    pub communities: Vec<String>,
}

/// The document as the subject sees it, or the facts that say which communities it may know of.
pub fn redact(ask: &Ask<'_>, kind: &RecordType, record: &Attributes, document: &Value) -> Result<Shown, Vec<Key>> {
    let mut shown = Shown { document: document.clone(), missing: Vec::new(), communities: Vec::new() };
    let mut wanted = Vec::new();
    let facts = ask.identity.facts();
    let mut seen = |id: &String| {
        // The name of a community that does not exist reveals nothing.
        if !facts.communities.contains_key(id) && facts.absent(Relation::Community, id) {
            return true;
        }
        let answer = ask.sees_community(id);
        if answer == Answer::Unknown {
            let target = Attributes::target(id, &ask.policy.states);
            wanted.extend(ask.gaps(&ask.policy.community.read, &target));
        }
        answer == Answer::Allow
    };
    let fields = &kind.fields;
    match &record.primary {
        Seen::Known(Some(id)) if seen(id) => shown.communities.push(id.clone()),
        Seen::Known(None) => {}
        Seen::Known(Some(_)) | Seen::Missing => {
            fields.primary.remove(&mut shown.document);
            shown.missing.push(fields.primary.keys().to_vec());
        }
    }
    match &record.secondary {
        Seen::Known(ids) => {
            let kept: Vec<&String> = ids.iter().filter(|id| seen(id)).collect();
            if kept.len() < ids.len() {
                let list = kept.iter().map(|id| Value::from(id.as_str())).collect();
                // The field is there: its value was read.
                let _ = fields.secondary.set(&mut shown.document, Value::Array(list));
                shown.missing.push(fields.secondary.keys().to_vec());
            }
            shown.communities.extend(kept.into_iter().cloned());
        }
        Seen::Missing => shown.missing.push(fields.secondary.keys().to_vec()),
    }
    if wanted.is_empty() { Ok(shown) } else { Err(wanted) }
}
