//! Views: made on a server, held on a device. Entries come as JSON text, because a view is megabytes and text is read four
//! times faster than objects.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::engine::{WasmEngine, WasmFacts};
use crate::model::{Error, Limits, Value, parse_text_with};
use crate::offline::{Clock, Entry, Replica, read_key};

fn text(text: &str, root: &str) -> Result<Value, JsValue> {
    parse_text_with(text, root, Limits::FACTS, number).map_err(|error| to_error(&error))
}

/// JavaScript has the tables that make a number from its digits.
fn number(text: &str) -> f64 {
    JSON::parse(text).ok().and_then(|number| number.as_f64()).unwrap_or(f64::INFINITY)
}

fn entries_of(text: &str) -> Result<Vec<Entry>, JsValue> {
    // Memory that grows page by page costs the host a collection each time; once is enough.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(text.len().saturating_mul(4))));
    Entry::read_text(text, number).map_err(|error| to_error(&error))
}

fn out<T: Serialize>(result: Result<T, Error>) -> Result<JsValue, JsValue> {
    to_js(&result.map_err(|error| to_error(&error))?)
}

fn done(result: Result<(), Error>) -> Result<(), JsValue> {
    result.map_err(|error| to_error(&error))
}

#[wasm_bindgen]
impl WasmEngine {
    /// What lists look at in a record.
    pub fn columns(&self, record: JsValue) -> Result<JsValue, JsValue> {
        let record = from_js(record, "record", Limits::CALL)?;
        out(self.inner().columns(&record))
    }

    /// All of a subject's view but its records.
    pub fn project_base(&self, query: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        out(self.inner().project_base(&query, facts.inner()))
    }

    /// Of some records, those a subject may see; the query is text.
    pub fn project_records(&self, query: &str, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        let query = text(query, "query")?;
        out(self.inner().project_records(&query, facts.inner()))
    }

    /// What an intent comes to.
    pub fn decide(&self, query: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        out(self.inner().decide(&query, facts.inner()))
    }

    /// An empty view of a subject.
    pub fn replica(&self, subject: JsValue) -> Result<WasmReplica, JsValue> {
        let subject = from_js(subject, "subject", Limits::CALL)?;
        let replica = self.inner().replica(&subject).map_err(|error| to_error(&error))?;
        Ok(WasmReplica { replica })
    }
}

/// A device's view with pending work over it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmReplica {
    replica: Replica,
}

#[wasm_bindgen]
impl WasmReplica {
    /// Replaces everything.
    pub fn reset(&mut self, entries: &str, closed: &str, locked: &str) -> Result<(), JsValue> {
        done(self.replica.reset(entries_of(entries)?, &text(closed, "closed")?, &text(locked, "locked")?))
    }

    /// Adds a chunk of a view: text in UTF-8, as it is stored. What is none holds no entries, which is a fault.
    pub fn load(&mut self, entries: &[u8]) -> Result<(), JsValue> {
        let text = std::str::from_utf8(entries).unwrap_or_default();
        done(self.replica.load(entries_of(text)?))
    }

    /// Applies a patch.
    pub fn patch(&mut self, ops: &str, closed: &str) -> Result<(), JsValue> {
        done(self.replica.patch(text(ops, "ops")?, &text(closed, "closed")?))
    }

    /// Until when answers are good.
    pub fn leases(&mut self, leases: JsValue) -> Result<(), JsValue> {
        let leases = from_js(leases, "leases", Limits::CALL)?;
        done(self.replica.set_leases(&leases))
    }

    /// Replays pending intents.
    pub fn rebase(&mut self, intents: &str) -> Result<JsValue, JsValue> {
        out(self.replica.rebase(&text(intents, "intents")?))
    }

    /// May the subject do it?
    pub fn can(&self, evaluation: JsValue, clock: JsValue) -> Result<JsValue, JsValue> {
        let evaluation = from_js(evaluation, "evaluation", Limits::CALL)?;
        let clock = from_js(clock, "clock", Limits::CALL)?;
        out(Clock::read(&clock).and_then(|clock| self.replica.can(&evaluation, clock)))
    }

    /// Every action on a resource.
    pub fn actions(&self, resource: JsValue, clock: JsValue) -> Result<JsValue, JsValue> {
        let resource = from_js(resource, "resource", Limits::CALL)?;
        let clock = from_js(clock, "clock", Limits::CALL)?;
        out(Clock::read(&clock).and_then(|clock| self.replica.actions(&resource, clock)))
    }

    /// The same, with what is in the way of those that are allowed.
    pub fn options(&self, resource: JsValue, clock: JsValue) -> Result<JsValue, JsValue> {
        let resource = from_js(resource, "resource", Limits::CALL)?;
        let clock = from_js(clock, "clock", Limits::CALL)?;
        out(Clock::read(&clock).and_then(|clock| self.replica.options(&resource, clock)))
    }

    /// Records the subject may do an action to.
    pub fn list(&self, query: JsValue) -> Result<JsValue, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        out(self.replica.list(&query))
    }

    /// A record as it is shown; `undefined` if there is none.
    pub fn record(&self, id: &str) -> Result<JsValue, JsValue> {
        match self.replica.record(id) {
            Some(record) => to_js(&record),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// An entity as the server confirmed it; `undefined` if there is none.
    pub fn confirmed(&self, key: JsValue) -> Result<JsValue, JsValue> {
        let key = from_js(key, "key", Limits::CALL)?;
        let key = read_key(&key).map_err(|error| to_error(&error))?;
        match self.replica.confirmed(&key) {
            Some(entry) => to_js(entry),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// Everything confirmed.
    pub fn entries(&self) -> Result<JsValue, JsValue> {
        to_js(&self.replica.entries())
    }

    /// Proofs that hold as they came.
    pub fn closed(&self) -> Result<JsValue, JsValue> {
        to_js(&self.replica.closed())
    }

    /// Entities that pending work changed.
    pub fn speculative(&self) -> Result<JsValue, JsValue> {
        to_js(&self.replica.speculative())
    }
}
