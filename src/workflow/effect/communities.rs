//! The communities of a published record: it joins more of them with their consent, and leaves them.

use super::prepared::read;
use super::request::stored;
use super::{Work, conflict, put};
use crate::facts::{Change, EntityKey};
use crate::model::{Attributes, Seen, Value, id_of, object, ordered, texts};
use crate::policy::{Ask, RecordType};
use crate::terms::{Answer, Door, ErrorCode};
use crate::workflow::guard::guard;
use crate::workflow::{Refusal, Stop};

impl<'w> Work<'_, 'w> {
    /// At once where the subject may publish there, else by a request the community answers.
    pub(super) fn include(&mut self) -> Result<(), Stop> {
        let community = self.required("community")?;
        if self.primary()?.as_ref() == Some(&community) || self.secondary()?.contains(&community) {
            self.known(&community, &|| Stop::refused(Refusal::not_found()))?;
            return Err(conflict(ErrorCode::Duplicate, "the record belongs to this community already"));
        }
        let mut open = self.list("inclusions");
        if open.iter().any(|entry| entry.get("community").and_then(id_of).as_ref() == Some(&community)) {
            self.known(&community, &|| Stop::refused(Refusal::not_found()))?;
            return Err(conflict(ErrorCode::Duplicate, "this community has been asked already; wait for its answer"));
        }
        self.permitted_in(&community, "submit")?;
        guard(self.ask, self.record, &community, Door::Ask)?;
        if !self.flag("review")? && self.may_in(&community, "publish-directly")? {
            guard(self.ask, self.record, &community, Door::Join)?;
            if self.transition.request.as_ref().is_some_and(|made| made.always) {
                self.make_request("inclusion", Some(&community), "accepted")?;
            }
            return join(&mut self.document, self.kind, self.record, &community, false);
        }
        let id = self.make_request("inclusion", Some(&community), "submitted")?;
        open.push(object(vec![("community", Value::from(community)), ("request", Value::from(id))]));
        self.write("inclusions", Value::Array(open))
    }

    /// From the primary community a record is removed by those who may remove it, if the policy has such an action; from others
    /// as the transition's own rule says, asked of that community alone.
    pub(super) fn exclude(&mut self) -> Result<(), Stop> {
        let community = self.required("community")?;
        let mut ids = self.secondary()?;
        let primary = self.primary()?.as_ref() == Some(&community);
        let policy = self.ask.policy;
        let elsewhere = || conflict(ErrorCode::NotFound, "the record does not belong to this community");
        if !primary && !ids.contains(&community) {
            return Err(elsewhere());
        }
        let (rule, record) = match policy.action("remove").filter(|_| primary) {
            Some(removal) => (policy.permission(removal), self.record.clone()),
            None => {
                let alone = Seen::Known(vec![community.clone()]);
                let record = Attributes { primary: Seen::Known(None), secondary: alone, ..self.record.clone() };
                (policy.permission(self.transition.action), record)
            }
        };
        match self.ask.evaluate(rule, &record) {
            Answer::Allow => {}
            Answer::Unknown => return Err(Stop::Need(self.ask.gaps(rule, &record))),
            Answer::Deny => {
                self.known(&community, &elsewhere)?;
                let message = "you may not take the record out of this community";
                return Err(Stop::refused(Refusal::new(ErrorCode::Denied, 403, message)));
            }
        }
        if primary {
            self.kind.fields.primary.prune(&mut self.document);
        }
        if ids.contains(&community) {
            ids.retain(|id| *id != community);
            put(&self.kind.fields.secondary, &mut self.document, texts(&ids))?;
        }
        Ok(())
    }

    /// Of a community that the subject may not know of it is told what it would be told of any other id.
    fn known(&self, community: &str, otherwise: &dyn Fn() -> Stop) -> Result<(), Stop> {
        if Stop::may_know(self.ask, community)? { Ok(()) } else { Err(otherwise()) }
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

    /// The record an inclusion request is about joins the community that accepts, if the record still names this request: one
    /// it knows nothing of is no consent of whoever manages it.
    pub(super) fn included(&mut self) -> Result<(), Stop> {
        let Some(community) = self.primary()? else { return Err(Stop::refused(Refusal::not_found())) };
        let to = self.to.map(|state| self.ask.policy.states.name(state));
        if to == Some("submitted") {
            return Ok(());
        }
        let accepted = to == Some("accepted");
        let own = [("community", Some(community.clone())), ("request", self.record.id.clone())];
        self.with_topic(accepted, &mut |topic, ask, kind| {
            let field = kind.fields.placed().find(|(_, field, _)| field.name == "inclusions");
            if let Some((.., address)) = field {
                let mut open = address.get(topic).and_then(Value::as_array).cloned().unwrap_or_default();
                let before = open.len();
                open.retain(|entry| own.iter().any(|(name, id)| entry.get(*name).and_then(id_of) != *id));
                if open.len() == before {
                    let message = "the record is no longer offered by this request; decline or cancel it";
                    return if accepted { Err(conflict(ErrorCode::NotFound, message)) } else { Ok(()) };
                }
                match open.is_empty() {
                    true => address.prune(topic),
                    false => put(address, topic, Value::Array(open))?,
                }
            }
            if !accepted {
                return Ok(());
            }
            let record = read(topic, None, ask.policy, kind)?;
            guard(ask, &record, &community, Door::Join)?;
            join(topic, kind, &record, &community, false)
        })
    }

    /// Changes the record a request is about. Where it is gone there is nothing to change, and only what `needs` it fails.
    pub(super) fn with_topic(
        &mut self,
        needs: bool,
        change: &mut dyn FnMut(&mut Value, &Ask<'w>, &'w RecordType) -> Result<(), Stop>,
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
        let Some(mut document) = stored(facts, &id)? else { return gone() };
        let policy = self.main.of_document(&document);
        let Some(kind) = policy.type_of(&document) else { return gone() };
        let ask = Ask::new(policy, self.ask.identity.subject(), facts).about(kind);
        change(&mut document, &ask, kind)?;
        self.more.push(Change::Put { key: EntityKey::Record { id }, value: document });
        Ok(())
    }
}

/// The record joins a community: as its primary one, or where the type says that the first one is, or else as one more. One
/// it belongs to already it does not join again.
pub(super) fn join(
    document: &mut Value,
    kind: &RecordType,
    record: &Attributes,
    community: &str,
    primary: bool,
) -> Result<(), Stop> {
    let own = record.primary.known().cloned().flatten();
    let mut ids = record.secondary.known().cloned().unwrap_or_default();
    let whole = kind.fields.whole_list;
    let leads = primary || (whole && own.is_none() && ids.is_empty());
    if leads {
        put(&kind.fields.primary, document, Value::from(community))?;
    }
    let there = ids.iter().any(|id| id == community) || own.as_deref() == Some(community);
    if (leads && !whole) || there {
        return Ok(());
    }
    ids.extend(own.filter(|own| whole && !ids.contains(own)));
    ids.push(community.to_string());
    put(&kind.fields.secondary, document, texts(&ordered(ids)))
}
