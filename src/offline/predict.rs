//! Answers from a view: allow or deny where the view settles it, unknown where it does not, with what is missing and how
//! to get it. What the server derived for a record counts until pending work changes that record.

use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::replica::{LookedAt, Replica};
use crate::engine::{Evaluation, Found};
use crate::facts::{Document, EntityKey, Key};
use crate::model::{Address, At, Attributes, Error, Faults, Reader, Seen, Table, Value, object};
use crate::policy::{Ask, Decision, Question, Reason, RemedyChange, Shown};
use crate::terms::{Answer, ErrorCode, ReasonCode};

/// What a device knows of the time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// It is not before this.
    pub lo: i64,
    /// It is not after this.
    pub hi: i64,
}

impl Clock {
    /// Reads `{lo, hi}`.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let bound = |name: &str| value.get(name).and_then(Value::as_i64);
        match (bound("lo"), bound("hi")) {
            (Some(lo), Some(hi)) if lo <= hi => Ok(Self { lo, hi }),
            _ => Err(Error::new(ErrorCode::Malformed, "clock", "a clock is {lo, hi}, milliseconds, lo at most hi")),
        }
    }
}

/// What would settle an unknown answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolve {
    /// Asking the server.
    Online,
    /// A pull.
    Sync,
    /// The server's verdict on pending work.
    Wait,
    /// The key of a locked part of the view.
    Unlock,
}

/// An answer from a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// Allow, deny or unknown.
    pub decision: Answer,
    /// Why; never empty.
    pub reasons: Vec<Reason>,
    /// For unknown: the facts that could settle it.
    pub missing: Vec<Key>,
    /// For deny: the smallest sets of changes that would allow it.
    pub remedies: Vec<Vec<RemedyChange>>,
    /// Answer this as not found.
    pub conceal: bool,
    /// It rests on something the server has not confirmed.
    pub speculative: bool,
    /// For unknown: what would settle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Resolve>,
    /// The policy's content hash.
    pub policy: String,
}

/// A list from a view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Listed {
    /// Ids of records the subject may do it to.
    pub ids: Vec<String>,
    /// Ids of those of which it is not known.
    pub unknown: Vec<String>,
    /// Whether none can be among what is locked.
    pub complete: bool,
}

/// A record as a device shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRecord<'r> {
    /// The document, with pending work applied.
    pub value: Arc<Value>,
    /// Addresses of what it has and the user may not see.
    pub missing: Vec<&'r [String]>,
    /// Whether pending work changed it.
    pub speculative: bool,
}

impl Serialize for ShownRecord<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        map.serialize_entry("value", self.value.as_ref())?;
        map.serialize_entry("missing", &self.missing)?;
        map.serialize_entry("speculative", &self.speculative)?;
        map.end()
    }
}

impl Replica {
    /// May the subject do it? Reads `{action, resource}`.
    pub fn can(&self, evaluation: &Value, clock: Clock) -> Result<Prediction, Error> {
        self.can_at(evaluation, Some(clock))
    }

    /// The same; without a clock, of work that is decided later, leases are taken to live and nothing is said that rests
    /// on the time.
    pub(super) fn can_at(&self, evaluation: &Value, clock: Option<Clock>) -> Result<Prediction, Error> {
        let given = |name: &'static str| (name, evaluation.get(name).cloned().unwrap_or_default());
        let question = object(vec![("subject", self.subject.value()), given("action"), given("resource")]);
        if self.engine.lists(&question).is_some() {
            return self.of_list(&question, clock);
        }
        let engine = self.engine.for_question(question.get("resource"), question.get("action"));
        let policy = engine.policy();
        let asked = Evaluation::read(&question, &["action", "resource"], policy, &self.facts)?;
        let (Some(action), Some(target)) = (asked.action, &asked.target) else {
            return Err(Error::new(ErrorCode::MissingField, "evaluation", "an action and a resource must be given"));
        };
        let entity = match (&target.found, &target.community, &target.attributes.id) {
            (Found::New, Some(community), _) => Some(EntityKey::Community { id: community.clone() }),
            (_, Some(community), _) if target.kind.key == "community" => {
                Some(EntityKey::Community { id: community.clone() })
            }
            (_, _, Some(id)) => Some(EntityKey::Record { id: id.clone() }),
            _ => None,
        };
        let speculative = self.rests_on_pending(entity.as_ref(), &target.attributes);
        if let Some(stale) = clock.and_then(|clock| self.lease_over(clock)) {
            return Ok(Prediction { speculative, ..stale });
        }
        let confirmed = entity.as_ref().filter(|key| !self.touched.contains_key(&key.text()));
        let entry = confirmed.and_then(|key| self.entries.get(&key.text()));
        // Of a record nothing is known of, nothing is said: not even that it would be concealed.
        if target.found == Found::Unknown {
            return Ok(Prediction { speculative, ..self.not_held(vec![target.key()], &target.attributes) });
        }
        let create = policy.action_name(action) == "create";
        let hidden = create && target.attributes.primary == Seen::Missing && self.facts.hides();
        let mut ask = Ask::new(policy, &self.subject, &self.facts).about(target.kind);
        let there = match target.under_path(&ask) {
            Ok(there) => there && !hidden && target.found != Found::Absent,
            Err(doubts) => return Ok(Prediction { speculative, ..self.not_held(doubts, &target.attributes) }),
        };
        let decision = if !there {
            engine.nothing(&self.facts)
        } else {
            ask.time = clock.map(|clock| (clock.lo, clock.hi));
            // Whatever is in the view was shown. Creation is asked of the community, whatever else is in the question.
            ask.shown = entry.is_some() && !create;
            Question { ask: &ask, record: &target.attributes, action }.decide()
        };
        let settled = decision.unsure.is_empty();
        let mut prediction = self.predicted(decision, speculative, &target.attributes);
        if settled && prediction.decision == Answer::Unknown {
            let name = policy.action_name(action);
            if let Some(answer) = entry.and_then(|entry| entry.derived.get(name)?.now(clock)) {
                prediction.decision = answer;
                prediction.reasons = vec![Reason::new(ReasonCode::Derived, Answer::Allow)];
                (prediction.missing, prediction.resolve) = (Vec::new(), None);
            }
        }
        Ok(prediction)
    }

    /// What a decision at the facts of the view says, and what would settle it if it is none.
    pub(super) fn predicted(&self, decision: Decision, speculative: bool, record: &Attributes) -> Prediction {
        if !decision.unsure.is_empty() {
            return Prediction { speculative, ..self.not_held(decision.unsure, record) };
        }
        let unknown = decision.decision == Answer::Unknown;
        let resolve = unknown.then(|| self.resolve(speculative, &decision.missing, record));
        Prediction {
            decision: decision.decision,
            reasons: decision.reasons,
            missing: decision.missing,
            remedies: decision.remedies,
            conceal: decision.conceal,
            speculative,
            resolve,
            policy: decision.policy,
        }
    }

    /// Every action of the policy on a resource; of what does not exist yet, `create` only.
    pub fn actions(&self, resource: &Value, clock: Clock) -> Result<Table<Prediction>, Error> {
        let engine = self.engine.for_question(Some(resource), None);
        let main = self.engine.policy();
        let community = resource.get("type").and_then(Value::as_str) == Some("community");
        let lists = self.engine.lists(&object(vec![("resource", resource.clone())])).is_some();
        let new = !lists && resource.get("id").is_none() && resource.get("properties").is_none();
        // In a community records are made; what can be done to it is its own machine's.
        let create = |name: &&str| *name == "create";
        let inside = ["create"].into_iter().filter(|name| community && main.action(name).is_some());
        let own = engine.policy().actions.iter().map(String::as_str);
        let alone = new || community && !engine.policy().is_machine;
        let own = own.filter(|name| !alone || create(name)).filter(|name| !community || !create(name));
        let mut found = Table::default();
        for name in inside.chain(own) {
            let question = object(vec![("action", Value::from(name)), ("resource", resource.clone())]);
            found.insert(name.to_string(), self.can(&question, clock)?);
        }
        Ok(found)
    }

    /// Records of the view the subject may do an action to. Reads `{action?, scope?, type?}`.
    pub fn list(&self, query: &Value) -> Result<Listed, Error> {
        let map = query.as_object().ok_or_else(|| Error::new(ErrorCode::Malformed, "query", "expected an object"))?;
        let mut whole = map.clone();
        whole.insert("subject".to_string(), self.subject.value());
        if !whole.contains_key("action") {
            whole.insert("action".to_string(), Value::from("read"));
        }
        let query = self.engine.read_filter(&Value::Object(whole))?;
        let kind = query.policy.types.get(query.kind);
        let key = kind.map(|kind| kind.key.clone()).unwrap_or_default();
        let mut listed = Listed { complete: self.locked.is_empty(), ..Listed::default() };
        self.engine.filter_of(&query, &self.facts, |filter| {
            for (id, document) in self.facts.records.iter() {
                let Some(seen) = self.seen(id, document) else { continue };
                let (own, record) = seen.as_ref();
                if *own != key {
                    continue;
                }
                let mut answer = filter.answer(record);
                if answer == Answer::Unknown && filter.in_scope(record) == Answer::Allow {
                    answer = self.derived(id, query.policy.action_name(query.action)).unwrap_or(answer);
                }
                match answer {
                    Answer::Allow => listed.ids.push(id.to_string()),
                    Answer::Unknown => listed.unknown.push(id.to_string()),
                    Answer::Deny => {}
                }
            }
        });
        Ok(listed)
    }

    /// A record as it is shown.
    pub fn record(&self, id: &str) -> Option<ShownRecord<'_>> {
        let value = self.facts.records.get(id)?.read();
        let missing = self.facts.withheld.get(id).into_iter().flatten().map(Address::keys).collect();
        Some(ShownRecord { value, missing, speculative: self.touched.contains_key(&record_key(id)) })
    }

    /// A record's type and what rules look at in it; read once, until the record changes.
    fn seen(&self, id: &str, document: &Document) -> Option<LookedAt> {
        if let Some(Some(seen)) = self.looked_at.borrow().get(id) {
            return Some(Rc::clone(seen));
        }
        let document = document.read();
        let kind = self.engine.policy().of_document(&document).type_of(&document)?;
        let seen = Rc::new((kind.key.clone(), self.attributes(id, &document)?));
        self.looked_at.borrow_mut().insert(id.to_string(), Some(Rc::clone(&seen)));
        Some(seen)
    }

    fn attributes(&self, id: &str, document: &Value) -> Option<Attributes> {
        let policy = self.engine.policy().of_document(document);
        let missing = self.facts.withheld.get(id).map_or(&[][..], Vec::as_slice);
        let kind = policy.type_of(document)?;
        let at = At::Root("record");
        policy.attributes(
            kind,
            Shown { id: Some(id), document, missing, stored: true },
            &self.facts,
            &at,
            &mut Faults::new(),
        )
    }

    /// What the server derived for good: a list is asked for without a clock.
    fn derived(&self, id: &str, action: &str) -> Option<Answer> {
        let key = record_key(id);
        if self.touched.contains_key(&key) {
            return None;
        }
        self.entries.get(&key)?.derived.get(action)?.now(None)
    }

    /// The clock decides nothing about reading what is there, but past the end of a lease nothing is said of what is
    /// allowed now.
    pub(super) fn lease_over(&self, clock: Clock) -> Option<Prediction> {
        let end = self.leases.iter().min()?;
        if clock.hi < *end {
            return None;
        }
        let live = if clock.lo < *end { Answer::Unknown } else { Answer::Deny };
        Some(Prediction { resolve: Some(Resolve::Online), ..self.unknown(ReasonCode::Lease, live) })
    }

    /// Access lists stay with the server. Whether somebody manages such lists at all rests on none.
    fn of_list(&self, question: &Value, clock: Option<Clock>) -> Result<Prediction, Error> {
        let nothing = Attributes::missing(None);
        let one = |resource: &Value| resource.get("id").is_some() || resource.get("properties").is_some();
        if question.get("resource").is_some_and(one) {
            return Ok(self.not_held(vec![Key::Acls { id: None }], &nothing));
        }
        let speculative = self.rests_on_pending(None, &nothing);
        if let Some(stale) = clock.and_then(|clock| self.lease_over(clock)) {
            return Ok(Prediction { speculative, ..stale });
        }
        Ok(self.predicted(self.engine.check(question, &self.facts)?, speculative, &nothing))
    }

    fn not_held(&self, missing: Vec<Key>, record: &Attributes) -> Prediction {
        let resolve = Some(self.resolve(false, &missing, record));
        Prediction { missing, resolve, ..self.unknown(ReasonCode::NotHeld, Answer::Deny) }
    }

    fn unknown(&self, code: ReasonCode, holds: Answer) -> Prediction {
        Prediction {
            decision: Answer::Unknown,
            reasons: vec![Reason::new(code, holds)],
            missing: Vec::new(),
            remedies: Vec::new(),
            conceal: false,
            speculative: false,
            resolve: None,
            policy: self.engine.policy().hash.clone(),
        }
    }

    fn rests_on_pending(&self, entity: Option<&EntityKey>, record: &Attributes) -> bool {
        if self.touched.is_empty() {
            return false;
        }
        let own = entity.is_some_and(|key| self.touched.contains_key(&key.text()));
        let mut communities = record.primary.known().into_iter().flatten();
        own || communities.any(|id| self.touched.contains_key(&EntityKey::Community { id: id.clone() }.text()))
    }

    fn resolve(&self, speculative: bool, missing: &[Key], record: &Attributes) -> Resolve {
        if missing.iter().any(|key| self.locks(key, record)) {
            Resolve::Unlock
        } else if speculative {
            Resolve::Wait
        } else if self.entries.is_empty() {
            Resolve::Sync
        } else {
            Resolve::Online
        }
    }

    /// Whether a fact that is missing may be among what is locked. `record` is what the question is about.
    fn locks(&self, key: &Key, record: &Attributes) -> bool {
        let locked = |id: &String| self.locked.contains(id);
        match key {
            Key::Community { id, .. } | Key::Membership { community: Some(id), .. } => locked(id),
            // Behind a hidden field other evidence may have settled it, which is locked now.
            Key::Record { .. } | Key::Communities | Key::Membership { community: None, .. } => !self.locked.is_empty(),
            // Rows are asked for in the communities of the record.
            Key::Access { .. } => {
                let secondary = record.secondary.known().into_iter().flatten();
                record.primary.known().into_iter().flatten().chain(secondary).any(locked)
            }
            // A device holds no access lists.
            Key::User { .. } | Key::Time | Key::Acls { .. } => false,
        }
    }
}

fn record_key(id: &str) -> String {
    EntityKey::Record { id: id.to_string() }.text()
}

/// Reads an entity's key by itself.
pub fn read_key(value: &Value) -> Result<EntityKey, Error> {
    let mut reader = Reader::new();
    let key = EntityKey::read(value, &At::Root("key"), &mut reader);
    reader.faults.give(key)
}
