//! What a change of policy does to data: whose lists lose which records, by the engine's own lists.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::given::{Given, number};

use crate::facts::Facts;
use crate::model::{At, Error, Faults, Reader, Set, Subject, listed, object, texts};
use crate::policy::{Index, Lens, Policy, Scope, Shown, users_in, users_of};
use crate::terms::ErrorCode;

/// Reads `{before, after, facts, action?}` and compares everybody's lists of every record type.
pub fn impact(input: &Value) -> Result<Value, Error> {
    let at = At::Root("call");
    let mut reader = Reader::new();
    let map = reader.object_of(input, &at, &["before", "after", "facts", "action"]);
    let map = reader.faults.give(map)?;
    let mut reader = Reader::new();
    let mut policy = |key: &str| {
        let value = reader.required(map, key, &at)?;
        reader.object_of(value, &at.key(key), &["policy", "changes"])
    };
    let (before, after) = (policy("before"), policy("after"));
    let facts = reader.required(map, "facts", &at);
    let action = match map.get("action") {
        Some(value) => reader.name(value, &at.key("action")),
        None => Some("read".to_string()),
    };
    let given = before.zip(after).zip(facts).zip(action);
    let (((before, after), facts), action) = reader.faults.give(given)?;
    let before = Seen::new(before, &at.key("before"), facts, &action)?;
    let after = Seen::new(after, &at.key("after"), facts, &action)?;
    compared(&before, &after, &action)
}

/// Data under one policy.
struct Seen {
    facts: Rc<Facts>,
    /// Per machine: its record types' records, with their ids.
    indexes: Vec<(Rc<Policy>, Index, Vec<String>)>,
    /// Users that records name.
    named: Set<String>,
    action: String,
}

impl Seen {
    fn new(map: &Map<String, Value>, at: &At<'_>, facts: &Value, action: &str) -> Result<Self, Error> {
        let engine = Given::read(map, at)?.engine;
        let facts = engine.facts(facts)?;
        let mut indexes: Vec<(Rc<Policy>, Index, Vec<String>)> = Vec::new();
        let mut named = Set::new();
        let mut faults = Faults::new();
        let root = At::Root("facts.records");
        if !engine.policies().any(|policy| policy.action(action).is_some()) {
            let message = format!("unknown action; known: {}", listed(&engine.policy().actions));
            return Err(Error::new(ErrorCode::UnknownAction, "call.action", message));
        }
        for (id, document) in facts.records.iter() {
            let document = document.read();
            let own = engine.for_document(&document).shared_policy();
            let at = root.key(id);
            let Some(kind) = own.type_of(&document) else {
                faults.add(ErrorCode::UnknownType, &at.key("$type"), "the policy has no such record type");
                continue;
            };
            let shown = Shown { id: Some(id), document: &document, missing: &[], stored: true };
            let Some(read) = own.attributes(kind, shown, &facts, &at, &mut faults) else { continue };
            named.extend(users_of(&own, &read));
            let place = match indexes.iter().position(|(policy, ..)| Rc::ptr_eq(policy, &own)) {
                Some(place) => place,
                None => {
                    indexes.push((own, Index::new(), Vec::new()));
                    indexes.len() - 1
                }
            };
            if let Some((_, index, ids)) = indexes.get_mut(place) {
                index.add(&read);
                ids.push(id.to_string());
            }
        }
        faults.give(Some(()))?;
        Ok(Self { facts: Rc::new(facts), indexes, named, action: action.to_string() })
    }

    /// The records on a subject's lists, and those of which it is not known whether they are.
    fn lists(&self, subject: &Subject) -> [Set<String>; 2] {
        let (mut allowed, mut unknown) = (Set::new(), Set::new());
        for (policy, index, ids) in &self.indexes {
            let Some(action) = policy.action(&self.action) else { continue };
            let mut lens = Lens::new(Rc::clone(policy), Rc::clone(&self.facts), subject.clone());
            let visible = lens.visible(index, action, &Scope::Everywhere);
            let named = |bits: &[u32]| {
                let on = ids
                    .iter()
                    .enumerate()
                    .filter(|(row, _)| bits.get(row / 32).is_some_and(|word| word >> (row % 32) & 1 == 1));
                on.map(|(_, id)| id.clone()).collect::<Vec<String>>()
            };
            allowed.extend(named(&visible.bits()));
            unknown.extend(named(&visible.unknown_bits()));
        }
        [allowed, unknown]
    }

    /// Everybody the facts know of.
    fn users(&self) -> Set<String> {
        let mut found = users_in(&self.facts);
        found.extend(self.named.iter().cloned());
        found
    }
}

/// Who loses or gains what: everybody with the same records together.
#[derive(Default)]
struct Moved {
    groups: BTreeMap<Vec<String>, Vec<String>>,
}

impl Moved {
    fn add(&mut self, who: &str, records: Vec<String>) {
        if !records.is_empty() {
            self.groups.entry(records).or_default().push(who.to_string());
        }
    }

    fn value(&self) -> Value {
        let users: Set<&String> = self.groups.values().flatten().collect();
        let records: Set<&String> = self.groups.keys().flatten().collect();
        let groups = self
            .groups
            .iter()
            .map(|(records, users)| object(vec![("users", texts(users)), ("records", texts(records))]));
        object(vec![
            ("users", number(users.len())),
            ("records", number(records.len())),
            ("groups", Value::Array(groups.collect())),
        ])
    }

    fn line(&self, effect: &str, action: &str) -> Option<String> {
        let users: Set<&String> = self.groups.values().flatten().collect();
        let records: Set<&String> = self.groups.keys().flatten().collect();
        let (verb, one) = (effect, users.len() == 1);
        let verb = if one { format!("{verb}s") } else { verb.to_string() };
        let who = if one { "user".to_string() } else { "users".to_string() };
        let what = if records.len() == 1 { "record" } else { "records" };
        (!users.is_empty()).then(|| format!("{} {who} {verb} {action} of {} {what}", users.len(), records.len()))
    }
}

fn compared(before: &Seen, after: &Seen, action: &str) -> Result<Value, Error> {
    let mut users = before.users();
    users.extend(after.users());
    let (mut loses, mut gains, mut unknown) = (Moved::default(), Moved::default(), Moved::default());
    let mut subjects = vec![("anybody who is not signed in".to_string(), Subject::anonymous())];
    subjects.push(("anybody signed in".to_string(), Subject::stranger()));
    subjects.extend(users.iter().map(|id| (id.clone(), Subject::user(id))));
    for (name, subject) in &subjects {
        let [old, old_unknown] = before.lists(subject);
        let [new, new_unknown] = after.lists(subject);
        let left = |from: &Set<String>, other: &Set<String>, open: &Set<String>| {
            from.iter().filter(|id| !other.contains(*id) && !open.contains(*id)).cloned().collect::<Vec<_>>()
        };
        loses.add(name, left(&old, &new, &new_unknown));
        gains.add(name, left(&new, &old, &old_unknown));
        let mut open = old_unknown.clone();
        open.extend(new_unknown.iter().cloned());
        unknown.add(name, open.iter().cloned().collect());
    }
    let lines: Vec<String> = [loses.line("lose", action), gains.line("gain", action)].into_iter().flatten().collect();
    let records = before.facts.records.len();
    Ok(object(vec![
        ("action", Value::from(action)),
        ("users", number(users.len())),
        ("records", number(records)),
        ("lines", texts(&lines)),
        ("loses", loses.value()),
        ("gains", gains.value()),
        ("unknown", unknown.value()),
    ]))
}
