//! A world with an engine over it: the view a server gives, a device that holds it, and what both are asked.

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::offline::{Clock, Entry, Replica};
use lictor::terms::Answer;
use serde::Serialize;
use serde_json::{Value, json};

use super::world::{NOTHING, Whole};
use crate::oracle::repository::random::Rng;
use crate::oracle::repository::space::{COMMUNITIES, NOW};
use crate::oracle::repository::world::{Record, Visitor};
use crate::oracle::repository::{ACTIONS, act};
use crate::whole;

/// An answer as somebody who asks is given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Allow,
    Deny,
    NotFound,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subs {
    Everywhere,
    Community(String),
}

#[derive(Clone, Debug, Default)]
pub struct View {
    pub entries: Vec<Value>,
    pub closed: Vec<Value>,
}

impl View {
    pub fn bytes(&self) -> String {
        json!([self.entries, self.closed]).to_string()
    }

    pub fn holds(&self, record: &str) -> bool {
        self.entries.iter().any(|entry| entry["k"]["relation"] == "record" && entry["k"]["id"] == record)
    }
}

pub struct Lab {
    pub seed: u64,
    pub whole: Whole,
    pub engine: Engine,
    pub facts: Facts,
}

pub struct Question {
    pub action: &'static str,
    pub record: Option<String>,
    pub resource: Value,
}

fn list(of: impl Serialize) -> Vec<Value> {
    serde_json::to_value(of).unwrap().as_array().unwrap().clone()
}

impl Lab {
    pub fn new(seed: u64) -> Self {
        let whole = super::world::whole(seed);
        let engine = whole::engine(&whole::document_of_preset(), &whole.world);
        Self::of(seed, whole, engine)
    }

    pub fn changed(&self, whole: Whole) -> Self {
        Self::of(self.seed, whole, self.engine.clone())
    }

    fn of(seed: u64, whole: Whole, engine: Engine) -> Self {
        let facts = engine.facts(&whole.facts_value()).unwrap();
        Self { seed, whole, engine, facts }
    }

    pub fn rng(&self, salt: u64) -> Rng {
        Rng::new(self.seed.wrapping_mul(977).wrapping_add(salt))
    }

    pub fn subs(&self, rng: &mut Rng) -> [Subs; 2] {
        [Subs::Everywhere, Subs::Community(rng.pick(&COMMUNITIES).to_string())]
    }

    pub fn view(&self, visitor: &Visitor, subs: &Subs) -> View {
        let subject = whole::subject(visitor);
        let within =
            |record: &Record, id: &String| record.primary.as_ref() == Some(id) || record.secondary.contains(id);
        // A community that is not shown has no list.
        let kept = |record: &Record| match subs {
            Subs::Everywhere => true,
            Subs::Community(id) => act::sees_community(&self.whole.world, visitor, id) && within(record, id),
        };
        // The library is in no community.
        let documents = self.whole.documents(kept, *subs == Subs::Everywhere);
        let wanted = match subs {
            Subs::Everywhere => json!(["everywhere"]),
            Subs::Community(id) => json!([{"community": id}]),
        };
        let base = self.engine.project_base(&json!({"subject": subject, "subs": wanted}), &self.facts).unwrap();
        let (mut entries, closed) = (list(base.entries), list(base.closed));
        let records = self.engine.project_records(&json!({"subject": subject, "records": documents}), &self.facts);
        entries.extend(list(records.unwrap()));
        View { entries, closed }
    }

    pub fn device(&self, visitor: &Visitor, view: &View) -> Result<Replica, String> {
        let mut device = self.engine.replica(&whole::subject(visitor)).unwrap();
        Entry::read_text(&json!(view.entries).to_string(), |number| number.parse().unwrap())
            .and_then(|entries| device.reset(entries, &json!(view.closed), &json!([])))
            .map_err(|error| error.to_string())?;
        Ok(device)
    }

    /// The server's own answer.
    pub fn told(&self, visitor: &Visitor, question: &Question) -> Told {
        let subject = whole::subject(visitor);
        let asked = json!({"subject": subject, "action": question.action, "resource": question.resource});
        let decision = self.engine.check(&asked, &self.facts).unwrap();
        match (decision.decision, decision.conceal) {
            (Answer::Allow, _) => Told::Allow,
            (Answer::Deny, true) => Told::NotFound,
            (Answer::Deny, false) => Told::Deny,
            (Answer::Unknown, _) => panic!("unknown on complete facts: {asked}"),
        }
    }

    /// Every action on every record there is, and on one there is not; and making one in every community.
    pub fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for id in self.whole.records.keys().map(String::as_str).chain([NOTHING]) {
            for action in ACTIONS.into_iter().filter(|action| *action != "create") {
                let resource = json!({"type": "record", "id": id});
                all.push(Question { action, record: Some(id.to_string()), resource });
            }
        }
        for (id, thing) in &self.whole.things {
            for action in thing.kind.actions().iter().filter(|action| **action != "create") {
                let resource = json!({"type": whole::library::key(thing.kind), "id": id});
                all.push(Question { action, record: Some(id.clone()), resource });
            }
        }
        for id in self.whole.world.communities.keys() {
            all.push(Question { action: "create", record: None, resource: json!({"type": "record", "community": id}) });
        }
        all
    }

    pub fn place(&self, visitor: &Visitor) -> String {
        format!("seed {} for {visitor:?}", self.seed)
    }
}

/// What a device says; none for unknown.
pub fn says(device: &Replica, question: &Question) -> Result<Option<Told>, String> {
    let now = Clock { lo: NOW, hi: NOW };
    let asked = json!({"action": question.action, "resource": question.resource});
    let said = device.can(&asked, now).map_err(|error| format!("{asked}: {error}"))?;
    Ok(match (said.decision, said.conceal) {
        (Answer::Allow, _) => Some(Told::Allow),
        (Answer::Deny, true) => Some(Told::NotFound),
        (Answer::Deny, false) => Some(Told::Deny),
        (Answer::Unknown, _) => None,
    })
}
