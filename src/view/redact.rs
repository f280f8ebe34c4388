//! What of a record's document somebody who may read it is shown: all but the ids of communities they may not know of, and
//! fields that the policy shows to some only.

use crate::facts::Key;
use crate::model::{Address, Attributes, FieldKind, Map, Seen, Subject, Value, fill, id_of};
use crate::policy::{Ask, RecordType, Shows};
use crate::terms::Answer;

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

/// Of a record that is gone: what the policy shows of it to those who may know that it was there.
fn tombstone(kind: &RecordType, document: &Value, shows: &[Address]) -> Shown {
    let mut left = Value::Object(Map::new());
    for address in shows {
        if let Some(value) = address.get(document) {
            // Nothing stands in the way in a document that is made of these addresses alone.
            let _ = address.set(&mut left, value.clone());
        }
    }
    let fields = &kind.fields;
    let plain = [&fields.primary, &fields.secondary, &fields.state, &fields.owners];
    let all = plain.into_iter().chain(fields.placed().map(|(.., address)| address));
    let hidden = all.filter(|address| !shows.iter().any(|shown| shown.overlaps(address)));
    let missing = hidden.map(|address| address.keys().to_vec()).collect();
    Shown { document: left, missing, communities: Vec::new() }
}

/// The document as the subject sees it, or the facts that say which communities it may know of.
pub fn redact(ask: &Ask<'_>, kind: &RecordType, record: &Attributes, document: &Value) -> Result<Shown, Vec<Key>> {
    let mut shown = Shown { document: document.clone(), missing: Vec::new(), communities: Vec::new() };
    if let (Shows::Tombstone, Some((_, shows))) = (ask.shows(record)?, &ask.policy.tombstone) {
        shown = tombstone(kind, document, shows);
    }
    let gone: Vec<Vec<String>> = shown.missing.clone();
    let shows = |address: &Address| !gone.iter().any(|keys| keys == address.keys());
    let (mut wanted, mut unsure, mut withheld) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = |id: &String| {
        let answer = ask.names_community(id);
        if answer == Answer::Unknown {
            let target = Attributes::target(id, &ask.policy.states);
            wanted.extend(ask.gaps(&ask.policy.community.read, &target));
        }
        answer == Answer::Allow
    };
    let fields = &kind.fields;
    match &record.primary {
        _ if !shows(&fields.primary) => {}
        Seen::Known(Some(id)) if seen(id) => shown.communities.push(id.clone()),
        Seen::Known(None) => {}
        Seen::Known(Some(_)) | Seen::Missing => {
            fields.primary.remove(&mut shown.document);
            shown.missing.push(fields.primary.keys().to_vec());
        }
    }
    match &record.secondary {
        _ if !shows(&fields.secondary) => {}
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
    for (id, field, address) in fields.placed().filter(|(.., address)| shows(address)) {
        let value = record.named.get(id);
        let mut hidden = value == Some(Seen::Missing);
        // Rules may look away from the primary community here; its id is one all the same.
        let named = matches!(field.kind, FieldKind::Community { .. }).then(|| address.get(document).and_then(id_of));
        if let Some(community) = named.flatten().as_ref().filter(|_| !hidden) {
            hidden = !seen(community);
            shown.communities.extend((!hidden).then(|| community.clone()));
        }
        withheld.extend(hidden.then(|| address.clone()));
        if let (false, Some(rule)) = (hidden, ask.policy.shown(id)) {
            match ask.evaluate(rule, record) {
                Answer::Allow => {}
                Answer::Deny => withheld.push(address.clone()),
                Answer::Unknown => unsure.extend(ask.gaps(rule, record)),
            }
        }
    }
    // Whether such a field is there at all is not shown either.
    for address in withheld {
        address.prune(&mut shown.document);
        shown.missing.push(address.keys().to_vec());
    }
    // What an index keeps of access lists says who is on them. It is not named either: there may be none.
    if let Some(settings) = ask.policy.acls.as_ref().filter(|_| !matches!(ask.identity.subject(), Subject::System)) {
        settings.materialised.prune(&mut shown.document);
    }
    fill(&kind.entries, &mut shown.document, false);
    wanted.extend(unsure);
    if wanted.is_empty() { Ok(shown) } else { Err(wanted) }
}
