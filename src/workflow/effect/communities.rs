//! The communities of a published record: it joins more of them with their consent, and leaves them.

use serde_json::Value;

use super::{Work, conflict, missing, put};
use crate::facts::{Change, EntityKey, Key};
use crate::model::{At, Attributes, Faults, Seen, id_of, object, texts};
use crate::policy::{Ask, RecordType};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::guard::guard;
use crate::workflow::{Refusal, Stop};

impl Work<'_, '_> {
    /// At once where the subject may publish there, else by a request the community answers.
    pub(super) fn include(&mut self) -> Result<(), Stop> {
        let community = self.required("community")?;
        if self.primary()?.as_ref() == Some(&community) || self.secondary()?.contains(&community) {
            return Err(conflict(ErrorCode::Duplicate, "the record belongs to this community already"));
        }
        let mut open = self.list("inclusions");
        if open.iter().any(|entry| entry.get("community").and_then(id_of).as_ref() == Some(&community)) {
            return Err(conflict(ErrorCode::Duplicate, "this community has been asked already; wait for its answer"));
        }
        self.permitted_in(&community, "submit")?;
        guard(self.ask, self.record, &community)?;
        if !self.flag("review")? && self.may_in(&community, "publish-directly")? {
            return self.join(&community);
        }
        let id = self.make_request("inclusion", Some(&community))?;
        open.push(object(vec![("community", Value::from(community)), ("request", Value::from(id))]));
        self.write("inclusions", Value::Array(open))
    }

    fn join(&mut self, community: &str) -> Result<(), Stop> {
        let mut ids = self.secondary()?;
        ids.push(community.to_string());
        ids.sort();
        put(&self.kind.fields.secondary, &mut self.document, texts(&ids))
    }

    /// From the primary community a record is removed by those who may delete it; from others as the action's rule says,
    /// asked of that community alone.
    pub(super) fn exclude(&mut self) -> Result<(), Stop> {
        let community = self.required("community")?;
        let mut ids = self.secondary()?;
        let primary = self.primary()?.as_ref() == Some(&community);
        let policy = self.ask.policy;
        let (rule, record) = if primary {
            let removal = policy.action("remove").map(|action| policy.permission(action));
            (removal.ok_or_else(|| missing("community"))?, self.record.clone())
        } else if ids.contains(&community) {
            let alone = Seen::Known(vec![community.clone()]);
            let record = Attributes { primary: Seen::Known(None), secondary: alone, ..self.record.clone() };
            (policy.permission(self.transition.action), record)
        } else {
            return Err(conflict(ErrorCode::NotFound, "the record does not belong to this community"));
        };
        match self.ask.evaluate(rule, &record) {
            Answer::Allow => {}
            Answer::Unknown => return Err(Stop::Need(self.ask.gaps(rule, &record))),
            Answer::Deny => {
                let message = "you may not take the record out of this community";
                return Err(Stop::refused(Refusal::new(ErrorCode::Denied, 403, message)));
            }
        }
        if primary {
            self.kind.fields.primary.prune(&mut self.document);
            return Ok(());
        }
        ids.retain(|id| *id != community);
        put(&self.kind.fields.secondary, &mut self.document, texts(&ids))
    }

    /// All inclusion requests that are open end.
    pub(super) fn close_inclusions(&mut self, status: &str) -> Result<(), Stop> {
        for entry in self.list("inclusions") {
            if let Some(id) = entry.get("request").and_then(id_of) {
                self.close_request(&id, status, Vec::new())?;
            }
        }
        self.clear("inclusions");
        Ok(())
    }

    /// The record an inclusion request is about joins the community that accepts.
    pub(super) fn included(&mut self) -> Result<(), Stop> {
        let Some(community) = self.primary()? else { return Err(Stop::refused(Refusal::not_found())) };
        let accepted = self.to.is_some_and(|state| self.ask.policy.states.name(state) == "accepted");
        self.with_topic(accepted, |topic, ask, kind| {
            let mut faults = Faults::new();
            let (states, at) = (&ask.policy.states, At::Root("topic"));
            let read = Attributes::read(topic, None, &[], &kind.fields, states, &at, &mut faults);
            let record = faults.give(read).map_err(|error| {
                let fault = error.faults.first().map(|fault| Refusal::of_fault(fault, 409));
                Stop::refused(fault.unwrap_or_else(Refusal::not_found))
            })?;
            let field = kind.fields.placed().find(|(_, field, _)| field.name == "inclusions");
            if let Some((.., address)) = field {
                let mut open = address.get(topic).and_then(Value::as_array).cloned().unwrap_or_default();
                open.retain(|entry| entry.get("community").and_then(id_of).as_ref() != Some(&community));
                match open.is_empty() {
                    true => address.prune(topic),
                    false => put(address, topic, Value::Array(open))?,
                }
            }
            if !accepted {
                return Ok(());
            }
            guard(ask, &record, &community)?;
            let mut ids = record.secondary.known().cloned().unwrap_or_default();
            if !ids.contains(&community) && record.primary.known() != Some(&Some(community.clone())) {
                ids.push(community.clone());
                ids.sort();
                put(&kind.fields.secondary, topic, texts(&ids))?;
            }
            Ok(())
        })
    }

    /// Changes the record a request is about. Where it is gone there is nothing to change, and only what `needs` it fails.
    pub(super) fn with_topic(
        &mut self,
        needs: bool,
        change: impl FnOnce(&mut Value, &Ask<'_>, &RecordType) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let gone = || match needs {
            true => {
                Err(conflict(ErrorCode::NotFound, "the record this request is about is gone; decline or cancel it"))
            }
            false => Ok(()),
        };
        let topic = self.document.get("topic").and_then(|topic| topic.get("record")).and_then(id_of);
        let Some(id) = topic else { return gone() };
        let facts = self.ask.identity.facts();
        let Some(found) = facts.records.get(&id) else {
            if facts.absent(Relation::Record, &id) {
                return gone();
            }
            return Err(Stop::Need(vec![Key::Record { id: Some(id), field: None }]));
        };
        let mut document = found.read().as_ref().clone();
        let policy = self.main.of_document(&document);
        let Some(kind) = policy.type_of(&document) else { return gone() };
        let ask = Ask::new(policy, self.ask.identity.subject(), facts).about(kind);
        change(&mut document, &ask, kind)?;
        self.more.push(Change::Put { key: EntityKey::Record { id }, value: document });
        Ok(())
    }
}
