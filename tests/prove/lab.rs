//! A world with an engine over it, and the views it gives: as they are, or with a fault planted in them.

use std::collections::{BTreeMap, BTreeSet};

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::terms::Answer;
use serde_json::{Value, json};

use super::facts::{about_new, about_record};
use super::product::{self, Device};
use super::rng::Rng;
use super::truth::{Told, Truth};
use super::world::{GHOST, NOTHING, NOWHERE, Record, Whole};
use crate::bridge;
use crate::oracle::world::{Asker, actions};

/// What a check counted, by name.
pub type Figures = BTreeMap<String, usize>;

pub fn count(figures: &mut Figures, name: impl Into<String>) {
    *figures.entry(name.into()).or_default() += 1;
}

/// Which records a device holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subs {
    Everywhere,
    Mine,
    Community(String),
    MineAnd(String),
}

impl Subs {
    pub fn value(&self) -> Value {
        match self {
            Self::Everywhere => json!(["everywhere"]),
            Self::Mine => json!(["mine"]),
            Self::Community(id) => json!([{"community": id}]),
            Self::MineAnd(id) => json!(["mine", {"community": id}]),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub entries: Vec<Value>,
    pub closed: Vec<Value>,
}

impl View {
    pub fn bytes(&self) -> String {
        json!([self.entries, self.closed]).to_string()
    }

    /// Ids of the records in it.
    pub fn records(&self) -> BTreeSet<String> {
        self.of("record").filter_map(|entry| entry["k"]["id"].as_str().map(str::to_string)).collect()
    }

    pub fn of<'v>(&'v self, relation: &'v str) -> impl Iterator<Item = &'v Value> {
        self.entries.iter().filter(move |entry| entry["k"]["relation"] == relation)
    }
}

/// A fault: what a broken server would send instead of a view, and instead of the operations of a patch.
#[derive(Clone, Copy)]
pub struct Fault {
    pub view: fn(&Lab, &Asker, &Subs, View) -> View,
    pub ops: fn(&View, Vec<Value>) -> Vec<Value>,
}

/// None.
pub const HONEST: Fault = Fault { view: |_, _, _, view| view, ops: |_, ops| ops };

pub struct Lab {
    pub seed: u64,
    pub whole: Whole,
    pub engine: Engine,
    pub facts: Facts,
}

impl Lab {
    pub fn new(seed: u64) -> Self {
        let whole = super::generate::world(seed);
        let engine = whole.engine();
        Self::of(seed, whole, engine)
    }

    /// Another world under the same policy.
    pub fn changed(&self, whole: Whole) -> Self {
        Self::of(self.seed, whole, self.engine.clone())
    }

    fn of(seed: u64, whole: Whole, engine: Engine) -> Self {
        let facts = whole.read_facts(&engine);
        Self { seed, whole, engine, facts }
    }

    pub fn rng(&self, salt: u64) -> Rng {
        Rng::new(self.seed.wrapping_mul(977).wrapping_add(salt))
    }

    pub fn truth(&self, asker: &Asker) -> Truth<'_> {
        Truth::new(&self.whole, asker)
    }

    /// The view a server would give.
    pub fn view(&self, fault: &Fault, asker: &Asker, subs: &Subs) -> View {
        let truth = self.truth(asker);
        let mine = |record: &Record| {
            let rec = &record.rec;
            rec.secondary.iter().chain([&rec.primary]).any(|id| !truth.world.roles_in(asker, id).is_empty())
        };
        let inside = |id: &str, record: &Record| {
            // A community that is not shown has no list.
            let rec = &record.rec;
            truth.sees_community(id) && (rec.primary == id || rec.secondary.iter().any(|one| one == id))
        };
        let records = self.whole.documents(|_, record| match subs {
            Subs::Everywhere => true,
            Subs::Mine => mine(record),
            Subs::Community(id) => inside(id, record),
            Subs::MineAnd(id) => mine(record) || inside(id, record),
        });
        let subject = bridge::subject(asker);
        let (mut entries, closed) = product::project_base(&self.engine, &subject, &subs.value(), &self.facts);
        entries.extend(product::project_records(&self.engine, &subject, &records, &self.facts));
        (fault.view)(self, asker, subs, View { entries, closed })
    }

    pub fn device(&self, asker: &Asker, view: &View) -> Result<Device, String> {
        let mut device = Device::new(&self.engine, &bridge::subject(asker));
        device.reset(&view.entries, &view.closed)?;
        Ok(device)
    }

    /// The server's own answer.
    pub fn told(&self, asker: &Asker, question: &Question) -> Told {
        self.told_at(asker, question, &self.facts)
    }

    /// The same at other facts.
    pub fn told_at(&self, asker: &Asker, question: &Question, facts: &Facts) -> Told {
        let evaluation = json!({
            "subject": bridge::subject(asker), "action": question.action, "resource": question.resource()});
        let decision = self.engine.check(&evaluation, facts).unwrap();
        match (decision.decision, decision.conceal) {
            (Answer::Allow, _) => Told::Allow,
            (Answer::Deny, true) => Told::NotFound,
            (Answer::Deny, false) => Told::Deny,
            (Answer::Unknown, _) => panic!("unknown on complete facts: {question:?} by {asker:?} in {:?}", self.whole),
        }
    }

    /// Every action on every record there is, and on one there is not; and making one in every community.
    pub fn questions(&self) -> Vec<Question> {
        let ids = self.whole.records.keys().map(String::as_str).chain([NOTHING]);
        let on = |id: &str, action: &'static str| Question { action, record: Some(id.to_string()), community: None };
        let mut all: Vec<Question> =
            ids.flat_map(|id| actions().into_iter().map(move |action| on(id, action))).collect();
        let communities = self.whole.communities.keys().map(String::as_str).chain([NOWHERE, GHOST]);
        all.extend(communities.map(|id| Question { action: "create", record: None, community: Some(id.to_string()) }));
        all
    }

    /// All, and parts: what is mine, and communities, shown to the asker or not.
    pub fn subs(&self, rng: &mut Rng) -> [Subs; 4] {
        let ids: Vec<String> = self.whole.communities.keys().cloned().chain([NOWHERE.to_string()]).collect();
        let (one, other) = (rng.pick(&ids).clone(), rng.pick(&ids).clone());
        [Subs::Everywhere, Subs::Mine, Subs::Community(one), Subs::MineAnd(other)]
    }

    /// For a report: enough to find the world again.
    pub fn place(&self, asker: &Asker) -> String {
        format!("seed {} {} for {asker:?}", self.seed, self.whole.preset().name)
    }
}

/// One question; about a record, or about making one in a community.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub action: &'static str,
    pub record: Option<String>,
    pub community: Option<String>,
}

impl Question {
    pub fn resource(&self) -> Value {
        match (&self.record, &self.community) {
            (Some(id), _) => about_record(id),
            (None, Some(id)) => about_new(id),
            (None, None) => Value::Null,
        }
    }
}
