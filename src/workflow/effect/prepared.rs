//! Reviews as Invenio has them: prepared first and submitted later, and answered through their own request. The record
//! keeps the review until it is accepted, cancelled or dropped.

use super::communities::join;
use super::{Work, conflict, field, put};
use crate::model::{At, Attributes, Faults, Map, Value, id_of};
use crate::policy::{Ask, Policy, RecordType, Transition};
use crate::terms::{Door, Effect, ErrorCode};
use crate::workflow::guard::guard;
use crate::workflow::{Refusal, Stop, attempt};

/// Where a record keeps its review: as a whole, if it does, and what of it is looked at here.
const KEPT: [&str; 4] = ["review_whole", "review", "review_request", "review_status"];

impl Work<'_, '_> {
    /// Whether the community would take the record is asked when it is submitted.
    pub(super) fn prepare_review(&mut self) -> Result<(), Stop> {
        let community = self.required("community")?;
        self.unless_open()?;
        self.take_back()?;
        unset(&mut self.document, self.kind);
        let id = self.make_request("review", Some(&community), "created")?;
        self.write("review", Value::from(community))?;
        self.write("review_request", Value::from(id))?;
        self.write("review_status", Value::from("created"))
    }

    pub(super) fn drop_review(&mut self) -> Result<(), Stop> {
        if self.kept("review_request")?.is_none() {
            return Err(conflict(ErrorCode::NotFound, "the record has no review"));
        }
        self.unless_open()?;
        self.take_back()?;
        unset(&mut self.document, self.kind);
        Ok(())
    }

    /// The engine's part: that no review of it is open, and that one which was only prepared goes with it.
    pub(super) fn discard(&mut self) -> Result<(), Stop> {
        self.unless_open()?;
        self.take_back()
    }

    /// In this order: is there a review? may the subject submit to that community, and submit this request? may it be
    /// published at once? else the community is asked.
    pub(super) fn submit_review(&mut self) -> Result<(), Stop> {
        let (Some(community), Some(id)) = (self.kept("review")?, self.kept("review_request")?) else {
            return Err(conflict(ErrorCode::NotFound, "the record has no review; prepare one first"));
        };
        self.permitted_in(&community, "submit")?;
        self.permitted_of(&id, "submit")?;
        guard(self.ask, self.record, &community, Door::Ask)?;
        if self.flag("review")? || !self.may_in(&community, "publish-directly")? {
            self.write("review_status", Value::from("submitted"))?;
            return self.close_request(&id, "submitted", Vec::new());
        }
        guard(self.ask, self.record, &community, Door::Join)?;
        // To which communities it belongs must be known before it joins one more.
        self.primary()?;
        self.secondary()?;
        join(&mut self.document, self.kind, self.record, &community, true)?;
        unset(&mut self.document, self.kind);
        self.published()?;
        self.to = self.transition.directly.or(self.to);
        self.close_request(&id, "accepted", Vec::new())
    }

    /// Accepted: the record joins the community and is what a direct submission makes it. Cancelled or deleted: the review
    /// is gone. Otherwise the record keeps it, with what became of it.
    pub(super) fn reviewed(&mut self) -> Result<(), Stop> {
        let answer = self.to.map(|state| self.ask.policy.states.name(state).to_string()).unwrap_or_default();
        let Some(community) = self.primary()? else { return Err(Stop::refused(Refusal::not_found())) };
        let request = self.record.id.clone();
        let accepted = answer == "accepted";
        self.with_topic(accepted, &mut |topic, ask, kind| {
            let own = field(kind, "review_request").and_then(|address| address.get(topic)).and_then(id_of);
            if own != request {
                let message = "the record is no longer offered by this request; decline or cancel it";
                return if accepted { Err(conflict(ErrorCode::NotFound, message)) } else { Ok(()) };
            }
            let record = read(topic, None, ask.policy, kind)?;
            if accepted {
                return accept(topic, ask, kind, &record, &community);
            }
            match answer.as_str() {
                "cancelled" | "deleted" => unset(topic, kind),
                _ => set(topic, kind, "review_status", Value::from(answer.as_str()))?,
            }
            // Another spelling of its state may tell of the review as it was.
            let state = record.state.known().map(|state| Value::from(ask.policy.states.name(*state)));
            state.map_or(Ok(()), |state| put(&kind.fields.state, topic, state))
        })
    }

    fn kept(&self, name: &str) -> Result<Option<String>, Stop> {
        Ok(self.seen(name)?.and_then(id_of))
    }

    fn unless_open(&self) -> Result<(), Stop> {
        if self.kept("review_status")?.as_deref() == Some("submitted") {
            let message = "the review is open; cancel it first, or wait for its answer";
            return Err(conflict(ErrorCode::OpenRequests, message));
        }
        Ok(())
    }

    /// A request that was never submitted goes with its review; one that is closed stays, with all that was said.
    fn take_back(&mut self) -> Result<(), Stop> {
        let created = self.kept("review_status")?.as_deref() == Some("created");
        match self.kept("review_request")?.filter(|_| created) {
            Some(id) => {
                self.permitted_of(&id, "delete")?;
                self.close_request(&id, "deleted", Vec::new())
            }
            None => Ok(()),
        }
    }

    /// Goes on only if a request's own machine lets the subject do this to it now.
    fn permitted_of(&self, id: &str, transition: &str) -> Result<(), Stop> {
        let facts = self.ask.identity.facts();
        let Some(found) = facts.records.get(id) else {
            // Closing it says the same of one that is gone, and of one that is not at hand.
            return Ok(());
        };
        let document = found.read();
        let policy = self.main.of_document(&document);
        let gone = || conflict(ErrorCode::NotFound, "this policy does not know the type of the record's request");
        let kind = policy.type_of(&document).ok_or_else(gone)?;
        let request = read(&document, Some(id.to_string()), policy, kind)?;
        let ask = Ask::new(policy, self.ask.identity.subject(), facts).about(kind);
        attempt(&ask, &request, transition, &Map::new()).map(|_| ())
    }
}

fn accept(
    topic: &mut Value,
    ask: &Ask<'_>,
    kind: &RecordType,
    record: &Attributes,
    community: &str,
) -> Result<(), Stop> {
    let submits = |transition: &&Transition| transition.effect == Some(Effect::SubmitReview);
    let Some(submission) = ask.policy.transitions.iter().find(submits) else {
        return Err(Stop::refused(Refusal::not_found()));
    };
    if !record.state.known().is_some_and(|state| submission.from.contains(state)) {
        return Err(conflict(ErrorCode::WrongState, "the record is past its review; decline or cancel it"));
    }
    guard(ask, record, community, Door::Join)?;
    join(topic, kind, record, community, true)?;
    unset(topic, kind);
    set(topic, kind, "once_published", Value::Bool(true))?;
    match submission.directly {
        Some(state) => put(&kind.fields.state, topic, Value::from(ask.policy.states.name(state))),
        None => Ok(()),
    }
}

/// What rules see in another record than the one the transition is about.
pub(super) fn read(
    document: &Value,
    id: Option<String>,
    policy: &Policy,
    kind: &RecordType,
) -> Result<Attributes, Stop> {
    let mut faults = Faults::new();
    let read = Attributes::read(document, id, &[], &kind.fields, &policy.states, &At::Root("topic"), &mut faults);
    faults.give(read).map_err(|error| Stop::unreadable(&error, 409))
}

fn set(document: &mut Value, kind: &RecordType, name: &str, value: Value) -> Result<(), Stop> {
    field(kind, name).map_or(Ok(()), |address| put(address, document, value))
}

fn unset(document: &mut Value, kind: &RecordType) {
    for address in KEPT.iter().filter_map(|name| field(kind, name)) {
        address.prune(document);
    }
}
