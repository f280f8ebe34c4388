//! Drafts of what is published, as Invenio has them: of a record, which they take the place of, and of a new version. All are
//! records of their own, and have a part in common.

use super::request::stored;
use super::{Work, conflict, field, put};
use crate::facts::{Change, EntityKey, Facts};
use crate::model::{Value, id_of};
use crate::policy::Policy;
use crate::terms::ErrorCode;
use crate::workflow::Stop;

/// What follows a record's id in its draft's.
const DRAFT: &str = ".draft";
/// What a new version does not have of the one before.
const ANEW: [&str; 7] = ["external_doi", "files", "pid", "pids", "publication_date", "version", "versions"];

impl Work<'_, '_> {
    /// In the state the transition names. A draft that takes the record's place later has an id that follows from the record's,
    /// so there is one at most; that of a new version comes with the call.
    pub(super) fn draft(&mut self) -> Result<(), Stop> {
        let version = !self.transition.required.is_empty();
        let id = if version { self.required("record")? } else { self.own() + DRAFT };
        let id = self.free("record", id)?;
        self.records(&[self.id(), Value::from(id.as_str())])?;
        let mut value = self.document.clone();
        if version {
            for address in ANEW.iter().filter_map(|name| field(self.kind, name)) {
                address.prune(&mut value);
            }
        }
        if let Some(state) = self.transition.directly {
            put(&self.kind.fields.state, &mut value, Value::from(self.ask.policy.states.name(state)))?;
        }
        self.more.push(Change::Put { key: EntityKey::Record { id }, value });
        Ok(())
    }

    /// What is published is as the draft was, once that is in the state it reaches.
    pub(super) fn replace(&mut self) -> Result<(), Stop> {
        let own = self.own();
        let id = own.strip_suffix(DRAFT).unwrap_or_default();
        let state = &self.kind.fields.state;
        let published = stored(self.ask.identity.facts(), id)?;
        if published.is_none_or(|document| state.get(&document) != state.get(&self.document)) {
            return Err(conflict(ErrorCode::WrongState, "the record is not published any more"));
        }
        self.records(&[Value::from(id)])?;
        self.more.push(Change::Put { key: EntityKey::Record { id: id.to_string() }, value: self.document.clone() });
        Ok(())
    }

    /// Which records have a part in common: those there were but this one, and these.
    fn records(&mut self, and: &[Value]) -> Result<(), Stop> {
        let mut all = self.list("records");
        let own = self.id();
        all.retain(|one| *one != own && !and.contains(one));
        all.extend_from_slice(and);
        self.write("records", Value::Array(all))
    }

    fn own(&self) -> String {
        self.record.id.clone().unwrap_or_default()
    }
}

/// What versions and drafts have in common is changed in all of them. Only those belong together that name each other: the id of
/// one that is gone may be another's by now.
pub fn share(main: &Policy, facts: &Facts, changes: &mut Vec<Change>) -> Result<(), Stop> {
    let mut wanted = Vec::new();
    for index in 0..changes.len() {
        let Some(Change::Put { key: EntityKey::Record { id }, value }) = changes.get(index) else { continue };
        let kind = main.of_document(value).type_of(value);
        let Some(shared) = kind.and_then(|kind| field(kind, "shared")) else { continue };
        let (Some(part), Some(before)) = (shared.get(value).cloned(), facts.records.get(id)) else { continue };
        if shared.get(&before.read()) == Some(&part) {
            continue;
        }
        let own = Value::from(id.as_str());
        for id in named(&part).iter().filter(|id| **id != own).filter_map(id_of) {
            match stored(facts, &id) {
                Err(Stop::Need(keys)) => wanted.extend(keys),
                Ok(Some(mut value)) if shared.get(&value).is_some_and(|part| named(part).contains(&own)) => {
                    put(shared, &mut value, part.clone())?;
                    changes.push(Change::Put { key: EntityKey::Record { id }, value });
                }
                _ => {}
            }
        }
    }
    if wanted.is_empty() { Ok(()) } else { Err(Stop::Need(wanted)) }
}

fn named(part: &Value) -> &[Value] {
    part.get("records").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
