//! The engine's functions behind a view and a device: the one place that knows their names and shapes.

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::offline::{Clock, Entry, Replica};
use lictor::terms::Answer;
use serde::Serialize;
use serde_json::{Value, json};

use super::truth::Told;

/// Any moment: no lease ends.
const NOW: Clock = Clock { lo: 0, hi: 0 };

fn value(of: impl Serialize) -> Value {
    serde_json::to_value(of).unwrap()
}

fn list(of: impl Serialize) -> Vec<Value> {
    value(of).as_array().unwrap().clone()
}

/// Entries but for records, and proofs.
pub fn project_base(engine: &Engine, subject: &Value, subs: &Value, facts: &Facts) -> (Vec<Value>, Vec<Value>) {
    let base = engine.project_base(&json!({"subject": subject, "subs": subs}), facts).unwrap();
    (list(base.entries), list(base.closed))
}

pub fn project_records(engine: &Engine, subject: &Value, records: &Value, facts: &Facts) -> Vec<Value> {
    list(engine.project_records(&json!({"subject": subject, "records": records}), facts).unwrap())
}

/// What a device says.
pub struct Predicted {
    /// None for unknown.
    pub told: Option<Told>,
    /// All of it.
    pub whole: Value,
}

/// A device's replica.
pub struct Device(Replica);

impl Device {
    pub fn new(engine: &Engine, subject: &Value) -> Self {
        Self(engine.replica(subject).unwrap())
    }

    /// An error where the view cannot be read.
    pub fn reset(&mut self, entries: &[Value], closed: &[Value]) -> Result<(), String> {
        Entry::read_text(&json!(entries).to_string(), |number| number.parse().unwrap())
            .and_then(|entries| self.0.reset(entries, &json!(closed), &json!([])))
            .map_err(|error| error.to_string())
    }

    pub fn patch(&mut self, ops: &[Value], closed: &[Value]) -> Result<(), String> {
        self.0.patch(json!(ops), &json!(closed)).map_err(|error| error.to_string())
    }

    pub fn rebase(&mut self, intents: &[Value]) -> Value {
        value(self.0.rebase(&json!(intents)).unwrap())
    }

    /// What the server writes for an intent at these facts; none if it refuses.
    pub fn written(
        engine: &Engine,
        subject: &Value,
        intent: &Value,
        facts: &Facts,
    ) -> Result<Option<Vec<Value>>, String> {
        let decided = engine.decide(&json!({"subject": subject, "intent": intent}), facts);
        let decided = value(decided.map_err(|error| error.to_string())?);
        match decided["verdict"]["r"].as_str() {
            Some("rejected") => Ok(None),
            Some(_) => Ok(Some(decided["changes"].as_array().unwrap().clone())),
            None => Err(format!("undecided at complete facts: {decided}")),
        }
    }

    pub fn can(&self, action: &str, resource: &Value) -> Result<Predicted, String> {
        let asked = json!({"action": action, "resource": resource});
        let prediction = self.0.can(&asked, NOW).map_err(|error| error.to_string())?;
        let told = match (prediction.decision, prediction.conceal) {
            (Answer::Allow, _) => Some(Told::Allow),
            (Answer::Deny, true) => Some(Told::NotFound),
            (Answer::Deny, false) => Some(Told::Deny),
            (Answer::Unknown, _) => None,
        };
        Ok(Predicted { told, whole: value(prediction) })
    }

    /// Ids listed, and ids of which that is unknown.
    pub fn list(&self, community: Option<&str>) -> (Vec<String>, Vec<String>) {
        let listed = match community {
            None => self.0.list(&json!({})),
            Some(id) => self.0.list(&json!({"scope": {"community": id}})),
        };
        let listed = listed.unwrap();
        (listed.ids, listed.unknown)
    }

    pub fn record(&self, id: &str) -> Value {
        value(self.0.record(id))
    }

    pub fn entries(&self) -> Vec<Value> {
        list(self.0.entries())
    }
}
