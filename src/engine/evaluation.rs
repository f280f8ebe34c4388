//! Reading a question: who asks, to do what, about what.

use std::sync::Arc;

use crate::facts::{Document, Facts, Key, read_addresses};
use crate::model::{Address, At, Attributes, Error, Map, Reader, Subject, Value, listed};
use crate::policy::{ActionId, Ask, Policy, RecordType, Scope, Shown, Whereabouts, community_attributes};
use crate::terms::{Answer, ErrorCode, Relation};

/// Where the record of a question was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Its document is at hand.
    Document(Value),
    /// There is none yet: the question is about making one.
    New,
    /// It is certain that it does not exist.
    Absent,
    /// It was not given and may exist.
    Unknown,
}

impl Found {
    /// Whether the question is about making one.
    pub fn is_new(&self) -> bool {
        matches!(self, Self::New)
    }

    /// Whether it certainly does not exist.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// A document at hand, of which rules have seen what they look at: only operations look at it again.
    fn of(document: impl FnOnce() -> Value) -> Self {
        Self::Document(if cfg!(feature = "whole") { document() } else { Value::Null })
    }
}

/// What a question is about.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Its type.
    pub kind: &'a RecordType,
    /// What rules see of it.
    pub attributes: Attributes,
    /// Its document.
    pub found: Found,
    /// What of the document is withheld.
    pub missing: Vec<Address>,
    /// The community of the path it was asked for under.
    pub community: Option<String>,
    /// Whether its document comes from the facts and not from whoever asks.
    pub looked_up: bool,
}

/// A question as a whole.
#[derive(Debug, Clone)]
pub struct Evaluation<'a> {
    /// Who asks.
    pub subject: Subject,
    /// To do what; none where all actions are asked for.
    pub action: Option<ActionId>,
    /// About what; none where nothing in particular is.
    pub target: Option<Target<'a>>,
    /// The answer goes to the host itself, which may know everything.
    pub open: bool,
}

impl<'a> Evaluation<'a> {
    /// Reads `{subject, action?, resource?, context?, told?}`; `wants` names what must be there.
    pub fn read(value: &Value, wants: &[&str], policy: &'a Policy, facts: &Facts) -> Result<Self, Error> {
        let at = At::Root("evaluation");
        let mut reader = Reader::new();
        let known = ["subject", "action", "resource", "context", "told"];
        let found = reader.object_of(value, &at, &known).and_then(|map| {
            for key in wants {
                reader.required(map, key, &at);
            }
            let subject = match map.get("subject") {
                Some(value) => Subject::read(value, &at.key("subject"), &mut reader),
                None => Some(Subject::anonymous()),
            };
            let action = match map.get("action") {
                Some(value) => read_action(value, policy, &at.key("action"), &mut reader).map(Some),
                None => Some(None),
            };
            let made = action.flatten().map(|action| policy.action_name(action) == "create");
            let target = match map.get("resource") {
                Some(value) => Target::of(value, made, policy, facts, &at.key("resource"), &mut reader).map(Some),
                None => Some(None),
            };
            let told = match map.get("told") {
                Some(value) => Subject::read(value, &at.key("told"), &mut reader).map(Some),
                None => Some(None),
            };
            let open = matches!(told?, Some(Subject::System));
            Some(Self { subject: subject?, action: action?, target: target?, open })
        });
        reader.faults.give(found)
    }
}

/// Reads `"publish"` or `{name: "publish"}`.
pub(super) fn read_action(value: &Value, policy: &Policy, at: &At<'_>, reader: &mut Reader) -> Option<ActionId> {
    let name = match value {
        Value::Object(map) => {
            let name = reader.required(map, "name", at)?;
            reader.text(name, &at.key("name"))?
        }
        other => reader.text(other, at)?,
    };
    let found = policy.action(name);
    if found.is_none() {
        reader.faults.unknown(ErrorCode::UnknownAction, at, "action", name, &listed(&policy.actions));
    }
    found
}

impl<'a> Target<'a> {
    /// Reads `{type, id?, properties?, missing?, community?}`.
    pub fn read(value: &Value, policy: &'a Policy, facts: &Facts, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        Self::of(value, Some(false), policy, facts, at, reader)
    }

    /// The same of what is `made`: where its document names no community it is made in the one of the path. If that is not said, what
    /// would have to name one is yet to be made.
    fn of(
        value: &Value,
        made: Option<bool>,
        policy: &'a Policy,
        facts: &Facts,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Self> {
        let map = reader.object_of(value, at, &["type", "id", "properties", "missing", "community"])?;
        let key = reader.required_text(map, "type", at)?;
        let id = match map.get("id") {
            Some(value) => Some(reader.user_id(value, &at.key("id"))?),
            None => None,
        };
        let community = match map.get("community") {
            Some(value) => Some(reader.user_id(value, &at.key("community"))?),
            None => None,
        };
        if key == "community"
            && let Some(kind) = policy.record_type(key)
        {
            return Self::of_community(kind, id, policy, facts, at, reader);
        }
        if key == "community" {
            let kind = policy.default_type()?;
            let Some(id) = id else {
                reader.faults.add(ErrorCode::MissingField, &at.key("id"), "a community is named by its id");
                return None;
            };
            let attributes = Attributes::target(&id, &policy.states);
            return Some(Self {
                kind,
                attributes,
                found: Found::New,
                missing: Vec::new(),
                community: Some(id),
                looked_up: false,
            });
        }
        let Some(kind) = policy.record_type(key) else {
            let known = listed(policy.type_names("community"));
            let message = format!("unknown resource type; known: {known}, community");
            reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
            return None;
        };
        let mut missing = read_missing(map, at, reader)?;
        let (attributes, found) = match (map.get("properties"), &id, &community) {
            (Some(document), _, _) => {
                let at = at.key("properties");
                let made = made.unwrap_or(kind.fields.primary_required);
                let path = community.as_ref().filter(|_| made && kind.fields.primary.get(document).is_none());
                missing.extend(path.map(|_| kind.fields.primary.clone()));
                let faults = &mut reader.faults;
                let shown = Shown { id: id.as_deref(), document, missing: &missing, stored: false };
                let read = policy.attributes(kind, shown, facts, &at, faults)?;
                match path {
                    Some(community) => (Attributes::target(community, &policy.states), Found::New),
                    None => (read, Found::of(|| document.clone())),
                }
            }
            (None, Some(name), _) => match facts.records.get(name).map(Document::read) {
                // Records of another type have this id; of this type there is none.
                Some(document) if policy.type_of(&document).is_none_or(|own| own.key != kind.key) => {
                    (Attributes::missing(id.clone()), Found::Absent)
                }
                Some(document) => {
                    let root = At::Root("facts.records");
                    let at = root.key(name);
                    let faults = &mut reader.faults;
                    missing.extend(facts.withheld.get(name).into_iter().flatten().cloned());
                    let shown = Shown { id: Some(name), document: &document, missing: &missing, stored: true };
                    let read = policy.attributes(kind, shown, facts, &at, faults)?;
                    (read, Found::of(|| Arc::unwrap_or_clone(document)))
                }
                None if facts.absent(Relation::Record, name) => (Attributes::missing(id.clone()), Found::Absent),
                None => (Attributes::missing(id.clone()), Found::Unknown),
            },
            (None, None, Some(community)) => (Attributes::target(community, &policy.states), Found::New),
            (None, None, None) => {
                let message = "give the record's `id`, its document as `properties`, or a `community` for a new one";
                reader.faults.add(ErrorCode::MissingField, at, message);
                return None;
            }
        };
        let looked_up = !map.contains_key("properties");
        Some(Self { kind, attributes, found, missing, community, looked_up })
    }

    /// A community as a resource of its own: what rules look at is the community itself.
    fn of_community(
        kind: &'a RecordType,
        id: Option<String>,
        policy: &'a Policy,
        facts: &Facts,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Self> {
        let Some(id) = id else {
            reader.faults.add(ErrorCode::MissingField, &at.key("id"), "a community is named by its id");
            return None;
        };
        let (attributes, found) = community_attributes(kind, &id, policy, facts, &mut reader.faults)?;
        let found = match found {
            Whereabouts::There(document) => Found::Document(document),
            Whereabouts::Absent => Found::Absent,
            Whereabouts::Unknown => Found::Unknown,
        };
        Some(Self { kind, attributes, found, missing: Vec::new(), community: Some(id), looked_up: true })
    }

    /// Whether the community of the path is one of the record's that the asker may know of, or the facts that tell. What a
    /// community holds is asked of the community's own rules, and what is made is in none yet.
    pub fn under_path(&self, ask: &Ask<'_>) -> Result<bool, Vec<Key>> {
        let Some(path) = &self.community else { return Ok(true) };
        if self.found.is_new() || self.kind.key == "community" {
            return Ok(true);
        }
        let rule = ask.policy.scope_rule(&Scope::Community(path.clone()));
        let ask = ask.clone().within(path);
        match ask.evaluate(&rule, &self.attributes) {
            Answer::Unknown => Err(ask.gaps(&rule, &self.attributes)),
            answer => Ok(answer == Answer::Allow),
        }
    }

    /// The key of the record, for a host to look up.
    pub fn key(&self) -> Key {
        Key::Record { id: self.attributes.id.clone(), field: None }
    }
}

fn read_missing(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Address>> {
    let Some(value) = map.get("missing") else { return Some(Vec::new()) };
    read_addresses(value, &at.key("missing"), reader)
}
