//! A command made on a device, decided by the server: which call it is, and what comes of it.

use std::sync::Arc;

use serde::Serialize;

use crate::engine::{Done, Engine, Evaluation, Found, StepResult, Target};
use crate::facts::{Change, Document, EntityKey, Facts, Key};
use crate::model::{Address, At, Error, Map, Reader, Value, joined, object};
use crate::policy::{Ask, Reason};
use crate::terms::{Answer, ErrorCode};
use crate::view::{Shown, redact};
use crate::workflow::{Event, Refusal};

/// What an intent comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Decided {
    /// Look these facts up and decide again.
    Need {
        /// Their keys.
        wanted: Vec<Key>,
    },
    /// It is decided.
    Done(Box<Outcome>),
}

/// A verdict and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The engine's part of the verdict.
    pub verdict: VerdictPart,
    /// What the host must write; empty if it was rejected.
    pub changes: Vec<Change>,
    /// What listeners hear once that is written.
    pub events: Vec<Event>,
    /// Remarks.
    pub notes: Vec<String>,
    /// The revision of the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// Accepted or rejected, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictPart {
    /// `accepted` or `rejected`.
    pub r: &'static str,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The reasons of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Vec<Reason>>,
    /// Fields that changed since the device saw them, as they are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Vec<Theirs>>,
}

/// A field as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theirs {
    /// Its address.
    pub path: Vec<String>,
    /// Its value; null if there is none.
    pub value: Value,
}

/// One field of an update, with what the user saw there.
struct Edit {
    address: Address,
    was: Value,
    value: Value,
}

/// Operations on communities and their members: the field of the call that names the community, and what else it may hold.
const OF_COMMUNITIES: [(&str, &str, &[&str]); 13] = [
    ("create_community", "id", &["title", "type", "metadata", "settings"]),
    ("update_community", "id", &["set"]),
    ("delete_community", "id", &["reason"]),
    ("restore_community", "id", &[]),
    ("allow", "community", &["role", "actions"]),
    ("deny", "community", &["role", "actions"]),
    ("invite", "community", &["role", "members", "visible", "message"]),
    ("add_member", "community", &["role", "members", "visible"]),
    ("change_role", "community", &["role", "members"]),
    ("set_visibility", "community", &["visible", "members"]),
    ("remove_member", "community", &["members"]),
    ("leave", "community", &[]),
    ("request_membership", "community", &["request", "message"]),
];

/// An intent as an operation.
pub(super) struct Operation {
    /// The call to the engine.
    pub call: Value,
    /// What it is about.
    pub target: EntityKey,
    edits: Vec<Edit>,
}

impl Operation {
    /// Reads `{action, target, args}` of an intent; the rest is the host's.
    pub fn read(intent: &Value, subject: &Value, engine: &Engine, facts: &Facts) -> Result<Self, Error> {
        let at = At::Root("intent");
        let mut reader = Reader::new();
        let found = Self::parse(intent, subject, engine, facts, &at, &mut reader);
        reader.faults.give(found)
    }

    fn parse(
        intent: &Value,
        subject: &Value,
        engine: &Engine,
        facts: &Facts,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Self> {
        let map = reader.object(intent, at)?;
        let action = reader.required(map, "action", at)?;
        let action = reader.text(action, &at.key("action"))?;
        let target = reader.required(map, "target", at)?;
        let target = EntityKey::read(target, &at.key("target"), reader)?;
        let args_at = at.key("args");
        let args = match map.get("args") {
            Some(value) => reader.object(value, &args_at)?.clone(),
            None => Map::new(),
        };
        let mut call = Map::new();
        call.insert("subject".to_string(), subject.clone());
        let mut edits = Vec::new();
        let operation = match (&target, action) {
            (EntityKey::Record { id }, "create") => {
                known(&args, &["community", "record", "type"], &args_at, reader);
                call.insert("id".to_string(), Value::from(id.as_str()));
                call.extend(args);
                "create"
            }
            (EntityKey::Record { id }, "update") => {
                known(&args, &["set"], &args_at, reader);
                let set = reader.required(&args, "set", &args_at)?;
                edits = read_edits(set, &args_at.key("set"), reader)?;
                call.insert("resource".to_string(), resource(engine, facts, id));
                call.insert("set".to_string(), without_was(set));
                "update"
            }
            (EntityKey::Record { id }, name) => {
                known(&args, &["params"], &args_at, reader);
                call.insert("resource".to_string(), resource(engine, facts, id));
                call.insert("transition".to_string(), Value::from(name));
                call.extend(args);
                "transition"
            }
            (EntityKey::Community { id }, name) if OF_COMMUNITIES.iter().any(|(own, ..)| *own == name) => {
                let (name, field, names) = OF_COMMUNITIES.iter().find(|(own, ..)| *own == name)?;
                known(&args, names, &args_at, reader);
                call.extend(args);
                if let Some(set) = call.get("set").filter(|set| set.is_array()).cloned() {
                    edits = read_edits(&set, &args_at.key("set"), reader)?;
                    call.insert("set".to_string(), without_was(&set));
                }
                call.insert((*field).to_string(), Value::from(id.as_str()));
                name
            }
            _ => {
                let message = "no operation of this name on this kind of thing";
                reader.faults.add(ErrorCode::UnknownAction, &at.key("action"), message);
                return None;
            }
        };
        call.insert("do".to_string(), Value::from(operation));
        Some(Self { call: Value::Object(call), target, edits })
    }

    /// Ids of records it makes: its own, or those of the requests that come with it.
    pub fn made(&self) -> Vec<&str> {
        fn request(value: Option<&Value>) -> Option<&str> {
            value?.get("request")?.as_str()
        }
        let own = match (&self.target, self.call.get("do").and_then(Value::as_str)) {
            (EntityKey::Record { id }, Some("create")) => Some(id.as_str()),
            _ => None,
        };
        let members = self.call.get("members").and_then(Value::as_array).into_iter().flatten();
        let named = members.map(Some).chain([self.call.get("params"), Some(&self.call)]);
        own.into_iter().chain(named.filter_map(request)).collect()
    }

    /// Fields that are no longer what the user saw, nor what the user made of them.
    fn conflicts(&self, document: &Value) -> Vec<Theirs> {
        let mut found = Vec::new();
        for edit in &self.edits {
            let now = edit.address.get(document).cloned().unwrap_or(Value::Null);
            if now != edit.was && now != edit.value {
                found.push(Theirs { path: edit.address.keys().to_vec(), value: now });
            }
        }
        found
    }
}

impl Engine {
    /// What an intent comes to at these facts, whatever the device thought. Reads `{subject, intent, policy_was?}`.
    pub fn decide(&self, query: &Value, facts: &Facts) -> Result<Decided, Error> {
        let at = At::Root("query");
        let mut reader = Reader::new();
        let read = reader.object_of(query, &at, &["subject", "intent", "policy_was"]).and_then(|map| {
            let subject = reader.required(map, "subject", &at)?;
            let intent = reader.required(map, "intent", &at)?;
            Some((subject, reader.object(intent, &at.key("intent")).map(|_| intent)?, map.get("policy_was")))
        });
        let (subject, intent, policy_was) = reader.faults.give(read)?;
        let done = |part| Decided::Done(Box::new(Outcome::rejected(part, facts)));
        let operation = match Operation::read(intent, subject, self, facts) {
            Ok(operation) => operation,
            Err(error) => return Ok(done(VerdictPart::of_error(&error))),
        };
        let answer = match self.step(&operation.call, facts) {
            Err(error) => return Ok(done(VerdictPart::of_error(&error))),
            Ok(StepResult::Need { wanted }) => return Ok(Decided::Need { wanted }),
            Ok(StepResult::Done(answer)) => *answer,
        };
        if let Some(refusal) = &answer.error {
            let moved = policy_was.and_then(Value::as_str).is_some_and(|was| was != self.policy().hash);
            return Ok(done(VerdictPart::of_refusal(refusal, &answer, moved)));
        }
        let stored = match &operation.target {
            EntityKey::Record { id } => facts.records.get(id).map(|document| self.kept(document)),
            EntityKey::Community { id } => facts.communities.get(id).map(|found| Value::Object(found.entity.clone())),
            _ => None,
        };
        if let Some(stored) = stored.filter(|stored| !operation.conflicts(stored).is_empty()) {
            // Whoever may change a community sees it.
            let theirs = match &operation.target {
                EntityKey::Record { id } => match self.seen(subject, id, facts)? {
                    Ok(Some(Shown { document, missing, .. })) => {
                        let within = |keys: &[String], path: &[String]| keys.iter().zip(path).all(|(a, b)| a == b);
                        let mut theirs = operation.conflicts(&document);
                        theirs.retain(|one| !missing.iter().any(|keys| within(keys, &one.path)));
                        theirs
                    }
                    Ok(None) => Vec::new(),
                    Err(wanted) => return Ok(Decided::Need { wanted }),
                },
                _ => operation.conflicts(&stored),
            };
            return Ok(done(VerdictPart::conflict(Some(theirs).filter(|theirs| !theirs.is_empty()))));
        }
        let verdict = VerdictPart { r: "accepted", code: None, message: None, because: None, theirs: None };
        let Done { changes, events, notes, revision, .. } = answer;
        Ok(Decided::Done(Box::new(Outcome { verdict, changes, events, notes, revision })))
    }

    /// A record without what an index keeps: no write of a client changes that.
    fn kept(&self, document: &Document) -> Value {
        let mut document = Arc::unwrap_or_clone(document.read());
        if let Some(settings) = &self.policy().acls {
            settings.materialised.remove(&mut document);
        }
        document
    }

    /// What of a record the subject is shown, if it may read it; or the facts that say what.
    fn seen(&self, subject: &Value, id: &str, facts: &Facts) -> Result<Result<Option<Shown>, Vec<Key>>, Error> {
        let question = object(vec![
            ("subject", subject.clone()),
            ("action", Value::from("read")),
            ("resource", resource(self, facts, id)),
        ]);
        let engine = facts.records.get(id).map_or_else(|| self.clone(), |document| self.for_document(&document.read()));
        let asked = Evaluation::read(&question, &[], engine.policy(), facts)?;
        let Some(Target { kind, attributes, found: Found::Document(document), .. }) = &asked.target else {
            return Ok(Ok(None));
        };
        if self.check(&question, facts)?.decision != Answer::Allow {
            return Ok(Ok(None));
        }
        let ask = Ask::new(engine.policy(), &asked.subject, facts).about(kind);
        Ok(redact(&ask, kind, attributes, document).map(Some))
    }
}

impl Outcome {
    fn rejected(verdict: VerdictPart, facts: &Facts) -> Self {
        let revision = facts.revision.clone();
        Self { verdict, changes: Vec::new(), events: Vec::new(), notes: Vec::new(), revision }
    }
}

impl VerdictPart {
    fn rejected(code: &'static str, message: String) -> Self {
        Self { r: "rejected", code: Some(code), message: Some(message), because: None, theirs: None }
    }

    fn of_error(error: &Error) -> Self {
        Self::rejected("validation", error.to_string())
    }

    fn of_refusal(refusal: &Refusal, answer: &Done, policy_moved: bool) -> Self {
        let code = match refusal.code {
            ErrorCode::Denied if policy_moved => "policy_changed",
            ErrorCode::Denied | ErrorCode::OwnRole | ErrorCode::OwnVisibility => "denied",
            ErrorCode::NotFound | ErrorCode::UnknownCommunity => "not_found",
            ErrorCode::WrongState | ErrorCode::UnknownTransition | ErrorCode::MissingParameter => "workflow",
            ErrorCode::Duplicate | ErrorCode::Guarded | ErrorCode::LastAdmin | ErrorCode::OpenRequests => {
                "precondition"
            }
            _ => "validation",
        };
        // What is concealed is refused like what is not there, which nothing was decided about.
        let known = answer.decision.as_ref().filter(|_| code != "not_found");
        let because = known.map(|decision| decision.reasons.clone());
        Self { because, ..Self::rejected(code, refusal.message.clone()) }
    }

    fn conflict(theirs: Option<Vec<Theirs>>) -> Self {
        let message = "a field changed since you saw it; compare, and send yours again if it should stand";
        Self { theirs, ..Self::rejected("precondition", message.to_string()) }
    }
}

/// A stored record as a resource, under the type it says it has.
fn resource(engine: &Engine, facts: &Facts, id: &str) -> Value {
    let policy = engine.policy();
    let key = match facts.records.get(id).map(Document::read) {
        Some(document) => policy.of_document(&document).type_of(&document).map(|kind| kind.key.clone()),
        None => policy.default_type().map(|kind| kind.key.clone()),
    };
    object(vec![("type", Value::from(key.unwrap_or_else(|| "record".to_string()))), ("id", Value::from(id))])
}

fn known(args: &Map<String, Value>, names: &[&str], at: &At<'_>, reader: &mut Reader) {
    for key in args.keys().filter(|key| !names.contains(&key.as_str())) {
        let message = format!("unknown field; known here: {}", joined(names, ", "));
        reader.faults.add(ErrorCode::UnknownField, &at.key(key), message);
    }
}

fn read_edits(set: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Edit>> {
    let list = reader.list(set, at)?;
    let mut edits = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let at = at.index(index);
        let map = reader.object_of(entry, &at, &["path", "was", "value", "remove"])?;
        let path = reader.required(map, "path", &at)?;
        let address = Address::read(path, &at.key("path"), reader)?;
        let value = |name: &str| map.get(name).cloned().unwrap_or(Value::Null);
        edits.push(Edit { address, was: value("was"), value: value("value") });
    }
    Some(edits)
}

fn without_was(set: &Value) -> Value {
    let mut set = set.clone();
    for entry in set.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        entry.remove("was");
    }
    set
}
