//! A device's view, and what the user did since. Confirmed entries are the server's; pending intents are applied over
//! them in order, taken off before a patch and put on again after it.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;

use super::entry::{Entry, Op, read_closed};
use super::intent::Operation;
use crate::engine::{Engine, Found, StepResult, Target};
use crate::facts::{Certificate, Change, Document, EntityKey, Facts};
use crate::model::{Address, At, Attributes, Error, Listed, Reader, Set, Subject, Table, Value, object};
use crate::policy::Ask;
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{self, Refusal, Stop};

/// What came of replaying one pending intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Its number.
    pub n: i64,
    /// What the engine says of it here.
    pub predicted: Answer,
    /// Whether its effects are shown.
    pub applied: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Refusal>,
    /// The entities it changed.
    pub touched: Vec<EntityKey>,
}

/// What an entity was before a pending intent changed it.
#[derive(Debug, Clone)]
struct Before {
    key: EntityKey,
    value: Option<(Document, Vec<Address>)>,
}

/// A view with pending work over it.
#[derive(Debug, Clone)]
pub struct Replica {
    pub(super) engine: Engine,
    pub(super) subject: Subject,
    /// Confirmed facts with pending work applied.
    pub(super) facts: Facts,
    /// What the server confirmed, by the text of the key.
    pub(super) entries: Table<Entry>,
    /// What is left of the proofs that came with it, while something is locked.
    closed: Vec<Certificate>,
    /// What pending work changed, latest last.
    undo: Vec<Before>,
    /// Keys of entities that pending work changed, by their text.
    pub(super) touched: Table<EntityKey>,
    /// Ends of leases, in milliseconds since 1970.
    pub(super) leases: Vec<i64>,
    /// Communities under whose keys entries are kept that cannot be read, because the key is not there.
    pub(super) locked: Set<String>,
    /// What lists have read of records, by id; none where the record has changed since.
    pub(super) looked_at: RefCell<Table<Option<LookedAt>>>,
}

/// The key of a record's type, and what rules look at in it.
pub(super) type LookedAt = Rc<(String, Attributes)>;

impl Engine {
    /// A view of a subject, empty and without proofs. What the host vouches for comes with the view.
    pub fn replica(&self, subject: &Value) -> Result<Replica, Error> {
        let mut reader = Reader::new();
        let subject = Subject::read(subject, &At::Root("subject"), &mut reader);
        let subject = match reader.faults.give(subject)? {
            Subject::User { id, .. } => Subject::user(id),
            other => other,
        };
        let mut replica = Replica {
            engine: self.clone(),
            subject,
            facts: Facts::view(),
            entries: Table::default(),
            closed: Vec::new(),
            undo: Vec::new(),
            touched: Table::default(),
            leases: Vec::new(),
            locked: Set::new(),
            looked_at: RefCell::default(),
        };
        replica.vouched();
        Ok(replica)
    }
}

impl Replica {
    /// Replaces everything. `locked` lists the communities whose sealed entries are there and could not be read: what may
    /// be among them is not taken for absent.
    pub fn reset(&mut self, entries: Vec<Entry>, closed: &Value, locked: &Value) -> Result<(), Error> {
        let mut reader = Reader::new();
        let proofs = read_closed(closed, &At::Root("closed"), &mut reader);
        let locked = reader.names(locked, &At::Root("locked"));
        let (closed, locked) = reader.faults.give(proofs.zip(locked))?;
        let mut fresh = self.engine.replica(&self.subject.value())?;
        fresh.leases.clone_from(&self.leases);
        fresh.locked.extend(locked);
        fresh.prove(closed);
        fresh.write(entries.into_iter().map(Op::Put).collect())?;
        *self = fresh;
        Ok(())
    }

    /// Adds entries: a chunk of a view.
    pub fn load(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        self.roll_back();
        self.write(entries.into_iter().map(Op::Put).collect())
    }

    /// Applies a patch: all of it, or nothing if it is malformed. Pending work is off afterwards, until it is replayed. A
    /// patch is on all of a view, so nothing is locked any more.
    pub fn patch(&mut self, ops: Value, closed: &Value) -> Result<(), Error> {
        let mut reader = Reader::new();
        let ops = Op::read_list(ops, &At::Root("ops"), &mut reader);
        let closed = read_closed(closed, &At::Root("closed"), &mut reader);
        let (ops, closed) = reader.faults.give(ops.zip(closed))?;
        self.roll_back();
        self.write(ops)?;
        self.locked = Set::new();
        self.prove(closed);
        Ok(())
    }

    /// Until when answers are good without asking again; reads a list of `{until}`.
    pub fn set_leases(&mut self, leases: &Value) -> Result<(), Error> {
        let at = At::Root("leases");
        let mut reader = Reader::new();
        let mut ends = Vec::new();
        for (index, lease) in reader.list(leases, &at).into_iter().flatten().enumerate() {
            // A lease without an end would be one that never ends.
            match lease.get("until").and_then(Value::as_i64) {
                Some(end) => ends.push(end),
                None => reader.faults.add(ErrorCode::Malformed, &at.index(index).key("until"), "expected milliseconds"),
            }
        }
        self.leases = reader.faults.give(Some(ends))?;
        Ok(())
    }

    fn prove(&mut self, mut closed: Vec<Certificate>) {
        closed.retain_mut(|proof| proof.narrow(&self.locked));
        self.closed = closed;
        self.facts.prove(self.closed.clone());
    }

    fn write(&mut self, ops: Vec<Op>) -> Result<(), Error> {
        let policy = self.engine.shared_policy();
        let words = &policy.words;
        // A value this policy cannot read must not leave half a patch behind.
        let mut trial = Facts::view();
        let mut reader = Reader::new();
        let at = At::Root("entries");
        for op in &ops {
            if let Op::Put(entry) = op
                && !matches!(entry.key, EntityKey::Record { .. })
            {
                trial.put(&entry.key, &entry.value, &entry.missing, words, &at, &mut reader);
            }
        }
        reader.faults.give(Some(()))?;
        let mut reader = Reader::new();
        for op in ops {
            match op {
                Op::Put(entry) => {
                    self.forget(&entry.key);
                    self.facts.put(&entry.key, &entry.value, &entry.missing, words, &at, &mut reader);
                    self.tell(&entry.key, entry.acls.clone().map(Listed::Told));
                    self.entries.insert(entry.key.text(), entry);
                }
                Op::Del(key) => {
                    self.forget(&key);
                    self.facts.remove(&key);
                    self.tell(&key, None);
                    self.entries.remove(&key.text());
                }
            }
        }
        self.vouched();
        Ok(())
    }

    /// A record is about to be another.
    fn forget(&self, key: &EntityKey) {
        if let EntityKey::Record { id } = key
            && let Some(seen) = self.looked_at.borrow_mut().get_mut(id)
        {
            *seen = None;
        }
    }

    /// System roles the host vouches for come with the subject's own entry; without it they are not known.
    fn vouched(&mut self) {
        let Subject::User { id, system_roles, links, .. } = &mut self.subject else { return };
        let own = self.entries.get(&EntityKey::User { id: id.clone() }.text());
        self.facts.unvouched = own.is_none();
        let value = own.map(|entry| entry.value.read());
        let names = |key: &str| {
            let list = value.as_ref().and_then(|value| value.get(key)).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
        };
        (*system_roles, *links) = (names("system_roles"), names("links"));
    }

    /// Takes all pending work off and replays these intents, in order.
    pub fn rebase(&mut self, intents: &Value) -> Result<Vec<Replayed>, Error> {
        let mut reader = Reader::new();
        let list = reader.list(intents, &At::Root("intents"));
        let list = reader.faults.give(list)?;
        self.roll_back();
        Ok(list.iter().map(|intent| self.replay(intent)).collect())
    }

    fn roll_back(&mut self) {
        let policy = self.engine.shared_policy();
        let words = &policy.words;
        while let Some(before) = self.undo.pop() {
            self.forget(&before.key);
            match before.value {
                Some((value, missing)) => {
                    let mut reader = Reader::new();
                    self.facts.put(&before.key, &value, &missing, words, &At::Root("entries"), &mut reader);
                }
                None => self.facts.remove(&before.key),
            }
            let told = self.entries.get(&before.key.text()).and_then(|entry| entry.acls.clone());
            self.tell(&before.key, told.map(Listed::Told));
        }
        self.touched = Table::default();
        self.facts.prove(self.closed.clone());
    }

    fn replay(&mut self, intent: &Value) -> Replayed {
        let n = intent.get("n").and_then(Value::as_i64).unwrap_or_default();
        let refused = |error: Refusal, predicted| Replayed {
            n,
            predicted,
            applied: false,
            error: Some(error),
            touched: Vec::new(),
        };
        let operation = match Operation::read(intent, &self.subject.value(), &self.engine, &self.facts) {
            Ok(operation) => operation,
            Err(error) => return refused(Refusal::new(error.code(), 400, error.to_string()), Answer::Deny),
        };
        // A new id is drawn at random, so nothing has it yet; only the server can be certain.
        for id in operation.made() {
            if !self.facts.records.contains_key(id) {
                let proof = Certificate { id: Some(id.to_string()), ..Certificate::of(Relation::Record) };
                self.facts.assume(proof);
            }
        }
        let changes = match self.engine.outcome(&operation.call, &self.facts) {
            Err(error) => return refused(Refusal::new(error.code(), 400, error.to_string()), Answer::Deny),
            Ok(StepResult::Done(done)) => match done.error {
                Some(error) => return refused(error, Answer::Deny),
                None => done.changes,
            },
            Ok(StepResult::Need { .. }) => match self.as_derived(intent, &operation) {
                Ok(Some(change)) => vec![change],
                Ok(None) => {
                    return Replayed {
                        n,
                        predicted: Answer::Unknown,
                        applied: false,
                        error: None,
                        touched: Vec::new(),
                    };
                }
                Err(refusal) => return refused(*refusal, Answer::Deny),
            },
        };
        let touched = self.apply(changes);
        Replayed { n, predicted: Answer::Allow, applied: true, error: None, touched }
    }

    /// The change of a write whose permission the view does not show, but the server told.
    fn as_derived(&self, intent: &Value, operation: &Operation) -> Result<Option<Change>, Box<Refusal>> {
        let Some(action) = intent.get("action") else { return Ok(None) };
        let EntityKey::Record { id } = &operation.target else { return Ok(None) };
        let Some(resource) = operation.call.get("resource") else { return Ok(None) };
        let question = object(vec![("action", action.clone()), ("resource", resource.clone())]);
        let allowed = self.can_at(&question, None);
        if !allowed.is_ok_and(|prediction| prediction.decision == Answer::Allow) {
            return Ok(None);
        }
        let engine = self.engine.for_question(Some(resource), None);
        let policy = engine.policy();
        let mut reader = Reader::new();
        let target = Target::read(resource, policy, &self.facts, &At::Root("resource"), &mut reader);
        let Some(Target { kind, attributes, found: Found::Document(document), .. }) = target else { return Ok(None) };
        let after = match operation.call.get("set") {
            Some(set) => {
                let mut ask = Ask::new(policy, &self.subject, &self.facts);
                ask.kind = Some(kind);
                let changes = crate::engine::read_changes(set, &At::Root("set"), &mut reader);
                let Some(changes) = changes else { return Ok(None) };
                match workflow::changed(&ask, kind, &attributes, &document, &changes) {
                    Ok(draft) => draft.document,
                    Err(Stop::Refused(refusal, _)) => return Err(refusal),
                    Err(Stop::Need(_)) => return Ok(None),
                }
            }
            None => {
                let Some(transition) = action.as_str().and_then(|name| policy.transition(name)) else {
                    return Ok(None);
                };
                let mut document = document;
                // What more it does rests on what the view does not show.
                let Some(to) = transition.to.filter(|_| transition.effect.is_none()) else { return Ok(None) };
                let state = Value::from(policy.states.name(to));
                if kind.fields.state.set(&mut document, state).is_err() {
                    return Ok(None);
                }
                document
            }
        };
        Ok(Some(Change::Put { key: EntityKey::Record { id: id.clone() }, value: after }))
    }

    fn apply(&mut self, changes: Vec<Change>) -> Vec<EntityKey> {
        let policy = self.engine.shared_policy();
        let words = &policy.words;
        let mut keys = Vec::new();
        for change in changes {
            let (key, value) = match change {
                Change::Put { key, value } => (key, Some(Document::from(value))),
                Change::Del { key } => (key, None),
            };
            let text = key.text();
            let earlier = self.undo.iter().any(|before| before.key == key);
            if !earlier {
                let held = self.entries.get(&text).map(|entry| (entry.value.clone(), entry.missing.clone()));
                self.undo.push(Before { key: key.clone(), value: held });
            }
            let roles = self.roles(&key);
            match value {
                Some(value) => {
                    self.listed_anew(&key, &value);
                    let missing = self.entries.get(&text).map(|entry| entry.missing.clone()).unwrap_or_default();
                    let mut reader = Reader::new();
                    // The engine made the value itself.
                    self.facts.put(&key, &value, &missing, words, &At::Root("entries"), &mut reader);
                }
                None => self.facts.remove(&key),
            }
            // Whoever has other roles stands on other lists.
            if roles.is_some_and(|before| before.is_none() || before != self.roles(&key).flatten()) {
                self.facts.doubt(Relation::Acl);
            }
            self.forget(&key);
            self.touched.insert(text, key.clone());
            keys.push(key);
        }
        keys
    }

    /// An entity as the server confirmed it.
    pub fn confirmed(&self, key: &EntityKey) -> Option<&Entry> {
        self.entries.get(&key.text())
    }

    /// Everything confirmed, in the order of keys.
    pub fn entries(&self) -> Vec<&Entry> {
        self.entries.values().collect()
    }

    /// The proofs that hold as they came; those that what is locked leaves only a part of are not among them.
    pub fn closed(&self) -> Vec<&Certificate> {
        self.closed.iter().filter(|proof| proof.except.is_empty()).collect()
    }

    /// Entities that pending work changed.
    pub fn speculative(&self) -> Vec<&EntityKey> {
        self.touched.values().collect()
    }
}
