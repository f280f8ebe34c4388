//! What a transition does beside changing the state: reviews, tombstones, grants, the communities of a record. Each effect
//! is a word of a closed list that policy documents use; what it writes are the fields the document names.

mod access;
mod communities;
mod deletion;
mod draft;
mod given;
mod prepared;
mod request;
mod review;

pub use draft::share;

use super::guard::{guard_all, shown};
use super::{Refusal, Stop};
use crate::facts::{Change, Key};
use crate::model::{Address, At, Attributes, Faults, Map, Seen, StateId, Value};
use crate::policy::{Ask, Policy, RecordType, Shown, Transition};
use crate::terms::{Door, Effect, ErrorCode};

/// A transition under way: the subject may run it, and nothing is written yet.
#[derive(Debug)]
pub struct Work<'a, 'w> {
    /// Who runs it, under the machine of the record's type.
    pub ask: &'w Ask<'a>,
    /// The whole document's policy.
    pub main: &'a Policy,
    /// The record's type.
    pub kind: &'a RecordType,
    /// What rules saw in the record.
    pub record: &'w Attributes,
    /// Which.
    pub transition: &'a Transition,
    /// Its parameters.
    pub params: &'w Map<String, Value>,
    /// The record's document as it becomes.
    pub document: Value,
    /// The state it reaches.
    pub to: Option<StateId>,
    /// What else is written.
    pub more: Vec<Change>,
}

/// What a transition comes to.
#[derive(Debug)]
pub struct After {
    /// The record's document.
    pub document: Value,
    /// What rules see in it.
    pub attributes: Attributes,
    /// What else is written.
    pub more: Vec<Change>,
}

impl<'a> Work<'a, '_> {
    /// Carries the transition out.
    pub fn run(mut self) -> Result<After, Stop> {
        match self.transition.effect {
            None | Some(Effect::Join | Effect::Withdraw | Effect::Replace) => {}
            Some(Effect::Close) => {
                if let Some(reason) = self.text("reason")?.map(Value::from)
                    && let Some(map) = self.document.as_object_mut()
                {
                    map.insert("reason".to_string(), reason);
                }
            }
            Some(Effect::Submit) => self.submit()?,
            Some(Effect::Accept) => self.accept()?,
            Some(Effect::Decline) => self.decline()?,
            Some(Effect::Cancel) => self.close_review("cancelled")?,
            Some(Effect::Expire) => self.close_review("expired")?,
            Some(Effect::Reopen) => self.reopen()?,
            Some(Effect::Publish) => self.published()?,
            Some(Effect::Remove) => self.remove()?,
            Some(Effect::Retell) => self.retell()?,
            Some(Effect::Restore) => self.restore()?,
            Some(Effect::Mark) => self.write("marked", Value::Bool(true))?,
            Some(Effect::Unmark) => self.write("marked", Value::Bool(false))?,
            Some(Effect::LiftEmbargo) => self.lift_embargo()?,
            Some(Effect::Grant) => self.grant()?,
            Some(Effect::Revoke) => self.revoke()?,
            Some(Effect::Link) => self.link()?,
            Some(Effect::Unlink) => self.unlink()?,
            Some(Effect::PrepareReview) => self.prepare_review()?,
            Some(Effect::DropReview) => self.drop_review()?,
            Some(Effect::Discard) => self.discard()?,
            Some(Effect::SubmitReview) => self.submit_review()?,
            Some(Effect::Reviewed) => self.reviewed()?,
            Some(Effect::Include) => self.include()?,
            Some(Effect::Exclude) => self.exclude()?,
            Some(Effect::AskAccess) => self.ask_access()?,
            Some(Effect::Included) => self.included()?,
            Some(Effect::GiveAccess) => self.give_access()?,
            Some(Effect::Draft) => self.draft()?,
            Some(Effect::Removed) => self.removed()?,
            Some(Effect::Extend) => {
                let before = self.seen("extensions")?.and_then(Value::as_u64).unwrap_or(0);
                self.write("extensions", Value::from(before.saturating_add(1)))?;
            }
        }
        if let Some(state) = self.to {
            let name = Value::from(self.ask.policy.states.name(state));
            put(&self.kind.fields.state, &mut self.document, name)?;
        }
        if self.transition.effect == Some(Effect::Replace) {
            self.replace()?;
        }
        let attributes = self.read()?;
        // Whatever led here: what must not come together does not.
        if self.joins() {
            guard_all(self.ask, &attributes, Door::Publish)?;
        }
        Ok(After { document: self.document, attributes, more: self.more })
    }

    /// Whether the record comes nearer to a community, or to the public, by this.
    fn joins(&self) -> bool {
        use Effect::{Accept, Include, Publish, Reopen, Replace, Restore, Submit};
        matches!(self.transition.effect, Some(Submit | Accept | Reopen | Publish | Replace | Restore | Include))
    }

    fn read(&self) -> Result<Attributes, Stop> {
        let mut faults = Faults::new();
        let missing = self.record.withheld(&self.kind.fields);
        let shown = Shown { id: self.record.id.as_deref(), document: &self.document, missing: &missing, stored: false };
        let facts = self.ask.identity.facts();
        let read = self.ask.policy.attributes(self.kind, shown, facts, &At::Root("record"), &mut faults);
        faults.give(read).map_err(|error| Stop::unreadable(&error, 400))
    }

    /// Where a named field stands. A policy whose effect writes a field its type does not have cannot do it.
    fn address(&self, name: &str) -> Result<&'a Address, Stop> {
        field(self.kind, name).ok_or_else(|| {
            let message = format!("this policy keeps no field `{name}` in records of type `{}`", self.kind.key);
            Stop::refused(Refusal::new(ErrorCode::UnknownField, 400, message))
        })
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.address(name).ok()?.get(&self.document)
    }

    /// The same; wanted, if it is withheld.
    fn seen(&self, name: &str) -> Result<Option<&Value>, Stop> {
        let placed = self.kind.fields.placed().find(|(_, field, _)| field.name == name);
        if let Some((id, _, address)) = placed
            && self.record.named.get(id) == Some(Seen::Missing)
        {
            let key = Key::Record { id: self.record.id.clone(), field: Some(address.to_string()) };
            return Err(Stop::Need(vec![key]));
        }
        Ok(self.value(name))
    }

    fn write(&mut self, name: &str, value: Value) -> Result<(), Stop> {
        let address = self.address(name)?;
        put(address, &mut self.document, value)
    }

    /// A field is emptied; what held it and holds nothing else goes with it.
    fn clear(&mut self, name: &str) {
        if let Ok(address) = self.address(name) {
            address.prune(&mut self.document);
        }
    }

    /// A parameter of a kind; none if it was not given.
    fn text(&self, name: &str) -> Result<Option<&str>, Stop> {
        match self.params.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(name, "expected text")),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, Stop> {
        match self.params.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(wrong(name, "expected true or false")),
        }
    }

    fn required(&self, name: &str) -> Result<String, Stop> {
        match self.text(name)? {
            Some(text) => Ok(text.to_string()),
            None => Err(missing(name)),
        }
    }

    /// The record's primary community; wanted, if it is withheld.
    fn primary(&self) -> Result<Option<String>, Stop> {
        shown(self.record, &self.record.primary, Some(&self.kind.fields.primary)).cloned()
    }

    fn secondary(&self) -> Result<Vec<String>, Stop> {
        shown(self.record, &self.record.secondary, Some(&self.kind.fields.secondary)).cloned()
    }
}

/// Where a record type keeps a named field.
fn field<'k>(kind: &'k RecordType, name: &str) -> Option<&'k Address> {
    kind.fields.placed().find(|(_, field, _)| field.name == name).map(|(.., address)| address)
}

fn put(address: &Address, document: &mut Value, value: Value) -> Result<(), Stop> {
    let refused = |message| Stop::refused(Refusal::new(ErrorCode::Malformed, 400, message));
    address.set(document, value).map_err(refused)
}

fn wrong(name: &str, message: &str) -> Stop {
    let refusal = Refusal::new(ErrorCode::Malformed, 400, message);
    Stop::refused(Refusal { path: Some(format!("call.params.{name}")), ..refusal })
}

fn missing(name: &str) -> Stop {
    let refusal = Refusal::new(ErrorCode::MissingParameter, 400, format!("needs the parameter `{name}`"));
    Stop::refused(Refusal { path: Some(format!("call.params.{name}")), ..refusal })
}

fn conflict(code: ErrorCode, message: &str) -> Stop {
    Stop::refused(Refusal::new(code, 409, message))
}
