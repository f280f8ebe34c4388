//! Record types with a machine of their own: what their part of the document does not say is as in the rest of it.

use std::rc::Rc;

use super::Policy;
use crate::model::{At, Error, Limits, Map, Reader, Set, Value, texts};
use crate::terms::ErrorCode;

/// Parts a machine says for itself or does without.
const OWN: [&str; 12] = [
    "machines",
    "actions",
    "allowed_actions",
    "grants",
    "state_aliases",
    "transitions",
    "rules",
    "lists",
    "tombstone",
    "guards",
    "$schema",
    "about",
];
/// Parts in which a machine adds to what the rest of the document says.
const SHARED: [&str; 2] = ["define", "fields"];

/// The machines of a document, and which definitions of the rest of it they use.
pub(super) struct Machines {
    pub policies: Vec<Rc<Policy>>,
    pub used: Set<String>,
}

/// The machines of a document whose other parts are read.
pub(super) fn read(document: &Value, main: &Policy, hash: &str) -> Result<Machines, Error> {
    let mut reader = Reader::new();
    let root = At::Root("policy");
    let at = root.key("machines");
    let map = document.get("machines").and_then(|value| reader.object(value, &at));
    let mut machines = Machines { policies: Vec::new(), used: Set::new() };
    // A fault of what machines share is told once.
    let mut told = Set::new();
    let mut keys: Set<String> = main.types.iter().map(|kind| kind.key.clone()).collect();
    for (name, part) in map.into_iter().flatten() {
        let at = at.key(name);
        if machines.policies.len() == Limits::MACHINES {
            reader.faults.add(ErrorCode::TooLarge, &at, format!("more than {} machines", Limits::MACHINES));
            break;
        }
        let Some(part) = reader.object(part, &at) else { continue };
        let lacks: Vec<&str> = ["actions", "types"].into_iter().filter(|key| !part.contains_key(*key)).collect();
        if !lacks.is_empty() {
            for key in lacks {
                reader.faults.add(ErrorCode::MissingField, &at.key(key), "a machine has its own");
            }
            continue;
        }
        for key in ["machines", "name", "lictor", "roles", "role_aliases", "community", "membership"]
            .into_iter()
            .filter(|key| part.contains_key(*key))
        {
            reader.faults.add(ErrorCode::UnknownField, &at.key(key), "this is said once, for the whole document");
        }
        let own = |name: &String| part.get("define").is_some_and(|define| define.get(name).is_some());
        match Policy::read_at(&whole(document, part), &at.to_string(), hash) {
            Ok((machine, uses)) => {
                for (_, error) in uses.faulty.into_iter().filter(|(name, _)| own(name)) {
                    reader.faults.take(error);
                }
                machines.used.extend(uses.used.into_iter().filter(|name| !own(name)));
                for kind in &machine.types {
                    if !keys.insert(kind.key.clone()) {
                        let message = format!("there is a record type `{}` already", kind.key);
                        reader.faults.add(ErrorCode::Duplicate, &at.key("types"), message);
                    }
                }
                machines.policies.push(Rc::new(machine));
            }
            Err(mut error) => {
                error.faults.iter_mut().for_each(|fault| fault.path = written(&fault.path, document, part, &at));
                error.faults.retain(|fault| told.insert((fault.path.clone(), fault.message.clone())));
                reader.faults.take(error);
            }
        }
    }
    reader.faults.give(Some(machines))
}

/// Where a fault of a machine was written: what its own part does not say stands in the rest of the document.
fn written(path: &str, document: &Value, part: &Map<String, Value>, at: &At<'_>) -> String {
    let root = At::Root("policy");
    let moved = |from: String, to: String| {
        let rest = path.strip_prefix(from.as_str())?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| to + rest)
    };
    for (key, value) in document.as_object().into_iter().flatten() {
        let found = match (part.get(key), value.as_object()) {
            (None, _) if !OWN.contains(&key.as_str()) => moved(at.key(key).to_string(), root.key(key).to_string()),
            (Some(own), Some(shared)) if SHARED.contains(&key.as_str()) => {
                let mut rest = shared.keys().filter(|name| own.get(name.as_str()).is_none());
                let (at, root) = (at.key(key), root.key(key));
                rest.find_map(|name| moved(at.key(name).to_string(), root.key(name).to_string()))
            }
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
    }
    path.to_string()
}

/// The document of a machine.
fn whole(document: &Value, part: &Map<String, Value>) -> Value {
    let rest = document.as_object().into_iter().flatten().filter(|(key, _)| !OWN.contains(&key.as_str()));
    let mut map = Map::new();
    for (key, value) in rest {
        map.insert(key.clone(), value.clone());
    }
    for (key, value) in part {
        match (map.get_mut(key).and_then(Value::as_object_mut), value) {
            (Some(shared), Value::Object(own)) if SHARED.contains(&key.as_str()) => {
                shared.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            _ => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
    // Schemas are those of the whole document.
    let keys = document.as_object().map(super::acls::type_keys).unwrap_or_default();
    if let Some(Value::Object(acls)) = map.get_mut("acls") {
        if !acls.contains_key("schemas") {
            acls.insert("schemas".to_string(), texts(&keys));
        }
        // Both may speak of states and actions there are not here. Lists are read once, for the whole document; what hosts do
        // to records of a machine, the machine says itself.
        if !part.contains_key("acls") {
            acls.remove("states");
            acls.remove("operations");
        }
    }
    // What stands before every action speaks of the actions there are here.
    let actions = map.get("actions").cloned().unwrap_or_default();
    let known = |name: &Value| actions.as_array().is_some_and(|actions| actions.contains(name));
    for key in ["gate", "reveal"].into_iter().filter(|key| !part.contains_key(*key)) {
        if let Some(Value::Array(except)) = map.get_mut(key).and_then(|gate| gate.get_mut("except")) {
            except.retain(known);
        }
    }
    Value::Object(map)
}
