//! Library types under `repository`, between the oracle and the engine.

use lictor::facts::Facts;
use lictor::model::{Address, At, Attributes, Faults, Reader};
use lictor::policy::{Policy, Shown};
use serde_json::{Value, json};

use super::named;
use crate::oracle::repository::library::{Kind, Thing};
use crate::oracle::repository::world::{Readers, Visitor};

pub fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "document",
        Kind::Series => "series",
        Kind::Item => "item",
        Kind::Electronic => "electronic-item",
        Kind::Loan => "loan",
        Kind::Request => "document-request",
    }
}

pub fn document(thing: &Thing) -> Value {
    let mut value = super::document(&thing.record);
    let owners = value.as_object_mut().unwrap().remove("owners");
    value["$type"] = json!(key(thing.kind));
    if let Some(owner) = owners.and_then(|owners| owners.get(0).cloned()) {
        value[if thing.kind.is_catalogued() { "owner" } else { "patron_pid" }] = owner;
    }
    for (key, names) in [("update", &thing.updaters), ("delete", &thing.deleters)] {
        if *names != Readers::default() {
            value["_access"][key] = named(names);
        }
    }
    if thing.document_restricted {
        value["document"]["restricted"] = json!(true);
    }
    if thing.document_readers != Readers::default() {
        value["document"]["_access"]["read"] = named(&thing.document_readers);
    }
    if let Some(open) = thing.open_access {
        value["open_access"] = json!(open);
    }
    if thing.kind == Kind::Loan {
        value["extension_count"] = json!(thing.extensions);
    }
    if let Some(overbooked) = thing.overbooked {
        value["document"]["circulation"]["overbooked"] = json!(overbooked);
    }
    value
}

/// What rules look at in it, of which the field at an address may be withheld.
pub fn attributes(policy: &Policy, facts: &Facts, kind: Kind, document: &Value, withheld: Option<&str>) -> Attributes {
    let at = At::Root("record");
    let missing: Vec<Address> =
        withheld.iter().map(|address| Address::read(&json!(address), &at, &mut Reader::new()).unwrap()).collect();
    let mut faults = Faults::new();
    let mut document = document.clone();
    missing.iter().for_each(|address| address.remove(&mut document));
    let shown = Shown { id: Some("r"), document: &document, missing: &missing, stored: true };
    let kind = policy.record_type(key(kind)).unwrap();
    policy.attributes(kind, shown, facts, &at, &mut faults).unwrap_or_else(|| panic!("{document}: {faults:?}"))
}

pub fn resource(thing: &Thing, document: &Value) -> Value {
    json!({"type": key(thing.kind), "id": "r", "properties": document})
}

pub fn evaluation(visitor: &Visitor, resource: &Value, action: &str) -> Value {
    json!({"subject": super::subject(visitor), "action": action, "resource": resource})
}
