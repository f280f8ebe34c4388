//! Requests: records of machines of their own that come with another record.

use super::{Work, put, wrong};
use crate::facts::{Change, EntityKey, Facts, Key};
use crate::model::{At, Reader, Value, object};
use crate::policy::TYPE;
use crate::terms::{ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

impl Work<'_, '_> {
    /// Makes a request about this record, for a community to answer, in a status: of the type the transition says, else of
    /// the usual one. Its id comes with the call.
    pub(super) fn make_request(&mut self, usual: &str, community: Option<&str>, status: &str) -> Result<String, Stop> {
        let kind = self.transition.request.as_ref().map_or(usual, |made| made.kind.as_str());
        let id = self.free("request", self.required("request")?)?;
        let mut fields = vec![(TYPE, Value::from(kind)), ("topic", object(vec![("record", self.id())]))];
        if let Some(time) = self.ask.time {
            fields.push(("made", Value::from(time.0)));
        }
        let mut document = object(fields);
        let Some(machine) =
            self.main.machine(kind).map_or_else(|| self.main.record_type(kind), |own| own.record_type(kind))
        else {
            return Err(Stop::refused(Refusal::new(
                ErrorCode::UnknownType,
                400,
                format!("this policy has no requests of type `{kind}`"),
            )));
        };
        if let Some(community) = community {
            put(&machine.fields.primary, &mut document, Value::from(community))?;
        }
        if let Some(user) = self.ask.identity.subject().id() {
            let creator = machine.fields.owner_form.written(user, |id| id);
            put(&machine.fields.owners, &mut document, creator)?;
        }
        put(&machine.fields.state, &mut document, Value::from(status))?;
        let key = EntityKey::Record { id: id.clone() };
        self.more.push(Change::Put { key, value: document });
        Ok(id)
    }

    /// An id, given as a parameter, that a new record can have.
    pub(super) fn free(&self, name: &str, id: String) -> Result<String, Stop> {
        let mut reader = Reader::new();
        if !reader.valid_id(&id, &At::Root("call.params")) {
            return Err(wrong(name, "an id of 1 to 255 bytes without control characters"));
        }
        match stored(self.ask.identity.facts(), &id)? {
            Some(_) => Err(super::conflict(ErrorCode::Duplicate, "there is a record with this id already")),
            None => Ok(id),
        }
    }

    /// Changes a stored request: its status, and what else is to be said.
    pub(super) fn close_request(&mut self, id: &str, status: &str, said: Vec<(&str, Value)>) -> Result<(), Stop> {
        // A host may have lost it; the record itself goes on.
        let Some(mut document) = stored(self.ask.identity.facts(), id)? else { return Ok(()) };
        let policy = self.main.of_document(&document);
        let Some(kind) = policy.type_of(&document) else { return Ok(()) };
        put(&kind.fields.state, &mut document, Value::from(status))?;
        for (name, value) in said {
            if let Some(map) = document.as_object_mut() {
                map.insert(name.to_string(), value);
            }
        }
        self.more.push(Change::Put { key: EntityKey::Record { id: id.to_string() }, value: document });
        Ok(())
    }

    pub(super) fn id(&self) -> Value {
        Value::from(self.record.id.as_deref().unwrap_or_default())
    }
}

/// A user's id as documents hold it: an integer where it is one.
pub(super) fn owner(user: &str) -> Value {
    user.parse::<i64>().map_or_else(|_| Value::from(user), Value::from)
}

/// Another record's document, if there is one; wanted, if it is not known whether.
pub(super) fn stored(facts: &Facts, id: &str) -> Result<Option<Value>, Stop> {
    match facts.records.get(id) {
        Some(found) => Ok(Some(found.read().as_ref().clone())),
        None if facts.absent(Relation::Record, id) => Ok(None),
        None => Err(Stop::Need(vec![Key::Record { id: Some(id.to_string()), field: None }])),
    }
}
