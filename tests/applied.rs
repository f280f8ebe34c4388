//! What access lists come to, after random changes of lists and records: exactly those records are told whose field changed,
//! each with the field that the engine works out for it from all lists anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use lictor::engine::Engine;
use lictor::policy::preset;
use lictor::terms::Answer;
use lictor::tools::{Applied, Tools};
use serde_json::{Map, Value, json};

/// Small numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
    fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }
}

fn value(dice: &mut Dice) -> Value {
    dice.of(&[json!("a"), json!("b"), json!(5), json!("5"), json!(true), json!("žluť"), json!(0.1), json!(null)])
}

fn record(dice: &mut Dice) -> Value {
    let mut record = json!({"$schema": dice.of(&["one", "two", "none"])});
    for key in ["kind", "creator", "faculty"] {
        match dice.below(4) {
            0 => {}
            1 => record[key] = json!([value(dice), value(dice)]),
            _ => record[key] = value(dice),
        }
    }
    if dice.one_in(5) {
        record["state"] = json!("deleted");
    }
    if dice.one_in(12) {
        // No rule can read it.
        record["communities"] = json!({"secondary": "no list"});
    }
    if dice.one_in(8) {
        record["_invenio_explicit_acls"] = json!([{"operation": "get", "id": "forged", "user": ["7"]}]);
    }
    record
}

fn query(dice: &mut Dice, depth: usize) -> Value {
    let field = dice.of(&["kind", "faculty", "creator"]);
    let word = dice.of(&["a", "b", "5", "true", "žluť", "0.1"]);
    match dice.below(if depth == 0 { 4 } else { 6 }) {
        0 => json!({"exists": {"field": field}}),
        1 => json!({"range": {field: {"gte": word}}}),
        2 => json!({"ids": {"values": ["r1", "r2"]}}),
        3 => json!({"terms": {field: [word, "a"]}}),
        _ => {
            json!({"bool": {dice.of(&["must", "filter", "must_not", "should"]): [query(dice, depth - 1), query(dice, depth - 1)]}})
        }
    }
}

fn list(dice: &mut Dice) -> Value {
    let actor = match dice.below(5) {
        0 => json!({"type": "user", "users": ["7", dice.below(3).to_string()]}),
        1 => json!({"type": "role", "roles": ["staff"]}),
        2 => json!({"type": "system_role", "system_role": "everyone"}),
        3 => json!({"type": "record_user", "path": "/creator"}),
        _ => json!({"type": "parametrised_role", "role": "admin", "parameter": "of", "path": "/faculty"}),
    };
    let mut list = json!({
        "schemas": dice.of(&[json!(["one"]), json!(["two"]), json!(["one", "two"])]),
        "operation": dice.of(&["get", "update"]),
        "priority": dice.below(3),
        "priority_group": dice.of(&["default", "other"]),
        "actors": if dice.one_in(4) { json!([]) } else { json!([actor]) },
        "changed": dice.below(3),
    });
    if dice.one_in(4) {
        list["effect"] = json!("deny");
    }
    if dice.one_in(5) {
        list["states"] = json!(["deleted"]);
    }
    let (kind, key, value) = match dice.below(5) {
        0 => ("id", "records", json!([format!("r{}", dice.below(30)), "r1"])),
        1 => ("default", "", Value::Null),
        2 => {
            let row = json!({"name": "kind", "value": dice.of(&["a", "b"]), "bool_operation": dice.of(&["must", "must_not"])});
            ("property_value", "property_values", json!([row]))
        }
        _ => ("query", "query", query(dice, 2)),
    };
    list["type"] = json!(kind);
    if !key.is_empty() {
        list[key] = value;
    }
    list
}

fn document(name: &str, changes: &Value) -> Value {
    let mut document = preset(name).unwrap();
    lictor::model::merge_patch(&mut document, changes);
    document
}

/// The field of every record, each worked out by itself from all there is. Whom it names, and only these, single decisions
/// let in, but for lists that deny.
fn anew(engine: &Engine, lists: &Map<String, Value>, records: &Map<String, Value>) -> BTreeMap<String, Option<Value>> {
    let facts = engine.facts(&json!({"acls": lists, "complete": true})).unwrap();
    let denies = lists.values().any(|list| list["effect"] == "deny");
    let each = records.iter().map(|(id, record)| {
        let mut record = record.clone();
        record.as_object_mut().unwrap().remove("_invenio_explicit_acls");
        let resource = json!({"type": "record", "id": id, "properties": record});
        let found = engine.explain_lists(&json!({"subject": {"type": "system"}, "resource": &resource}), &facts);
        let field = found.ok().and_then(|found| found.materialised);
        for (user, action, operation) in [("7", "read", "get"), ("5", "read", "get"), ("7", "update", "update")] {
            let subject =
                json!({"type": "user", "id": user, "properties": {"roles": [], "system_roles": ["any_user"]}});
            let question = json!({"subject": subject, "action": action, "resource": resource});
            let allowed = engine.check(&question, &facts).is_ok_and(|found| found.decision == Answer::Allow);
            let has = |entry: &Value, key: &str, name: &str| {
                entry[key].as_array().is_some_and(|all| all.contains(&json!(name)))
            };
            let named = field.iter().flat_map(|field| field.as_array().unwrap()).any(|entry| {
                entry["operation"] == operation && (has(entry, "user", user) || has(entry, "system_role", "any_user"))
            });
            assert!(allowed == named || denies && named, "{user} {action} {id}: {resource} under {lists:?}");
        }
        (id.clone(), field)
    });
    each.collect()
}

fn agrees(name: &str, changes: &Value, seed: u64, worlds: usize) -> [usize; 2] {
    let document = document(name, changes);
    let engine = Engine::new(&document).unwrap();
    let tools = Tools::new(document, None, None).unwrap();
    let (mut dice, mut counts) = (Dice(seed), [0, 0]);
    for _ in 0..worlds {
        let mut applied: Applied = tools.applied().unwrap();
        let (mut lists, mut records) = (Map::new(), Map::new());
        for n in 0..12 {
            records.insert(format!("r{n}"), record(&mut dice));
        }
        applied.load(&Value::Object(records.clone())).unwrap();
        let mut before = anew(&engine, &lists, &records);
        for _ in 0..25 {
            let mut change = json!({"acls": {}, "records": {}});
            let wide = if dice.one_in(4) { 4 } else { 1 };
            for _ in 0..=dice.below(wide) {
                if dice.one_in(3) {
                    let id = format!("r{}", dice.below(30));
                    change["records"][&id] = if dice.one_in(4) { Value::Null } else { record(&mut dice) };
                } else {
                    let id = format!("l{}", dice.below(8));
                    let old = lists.get(&id).cloned();
                    change["acls"][&id] = match (dice.below(4), old) {
                        (0, _) => Value::Null,
                        (1, Some(mut old)) => {
                            // Only who it names: no query is run anew.
                            old["actors"] = list(&mut dice)["actors"].clone();
                            old
                        }
                        _ => list(&mut dice),
                    };
                }
            }
            for (section, all) in [("acls", &mut lists), ("records", &mut records)] {
                for (id, value) in change[section].as_object().unwrap() {
                    all.remove(id);
                    if !value.is_null() {
                        all.insert(id.clone(), value.clone());
                    }
                }
            }
            let changed = applied.change(&change).unwrap();
            let after = anew(&engine, &lists, &records);
            let ids: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            let field = |all: &BTreeMap<String, Option<Value>>, id: &str| all.get(id).cloned().flatten();
            let wanted: Vec<String> =
                ids.into_iter().filter(|id| field(&before, id) != field(&after, id)).cloned().collect();
            assert_eq!(changed, wanted, "{name}: {change}");
            let all: Vec<Value> = after.keys().map(|id| json!(id)).collect();
            for kept in applied.fields(&Value::Array(all)).unwrap() {
                assert_eq!(kept.field, field(&after, &kept.id), "{name}: {} after {change}", kept.id);
            }
            assert_eq!(applied.len(), records.len());
            counts[0] += changed.len();
            counts[1] += after.values().filter(|field| field.as_ref().is_some_and(|field| field != &json!([]))).count();
            before = after;
        }
    }
    counts
}

#[test]
fn exactly_the_records_are_told_whose_field_changes() {
    let schemas = json!({"acls": {"schemas": ["one", "two"]}, "states": ["published", "deleted"]});
    for (name, worlds) in [("explicit-acls", 40), ("explicit-acls-4.5.0", 40)] {
        let [changed, kept] = agrees(name, &schemas, 7, worlds);
        assert!(changed > 1_000 && kept > 2_000, "{name}: {changed} changed, {kept} kept");
    }
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let document = document("explicit-acls", &json!({}));
    let tools = Tools::new(document, None, None).unwrap();
    let mut applied = tools.applied().unwrap();
    let list = json!({"type": "default", "schemas": ["record"], "operation": "get", "actors": [{"type": "user", "users": [7]}]});
    applied.load(&json!({"r1": {}})).unwrap();
    assert_eq!(applied.change(&json!({"acls": {"l1": list}})).unwrap(), ["r1"]);
    let before = applied.fields(&json!(["r1", "r2"])).unwrap();
    assert_eq!(before[0].field, Some(json!([{"operation": "get", "id": "l1", "user": ["7"]}])));
    assert_eq!(before[1].field, None);
    for (change, path) in [
        (
            json!({"acls": {"l1": null, "l2": {"type": "default", "schemas": ["no"], "operation": "get", "actors": []}}}),
            "changes.acls.l2.schemas[0]",
        ),
        (json!({"acls": {"l1": null}, "records": {"r1": 5}}), "changes.records.r1"),
        (json!({"acls": {"l1": null}, "record": {}}), "changes.record"),
        (json!({"acls": {"": null}}), "changes.acls[\"\"]"),
    ] {
        assert_eq!(applied.change(&change).unwrap_err().path(), path, "{change}");
        assert_eq!(applied.fields(&json!(["r1", "r2"])).unwrap(), before);
    }
    assert_eq!(applied.load(&json!([])).unwrap_err().path(), "records");
    assert_eq!(applied.fields(&json!(["r1", []])).unwrap_err().path(), "ids[1]");
    assert!(Tools::new(preset("oarepo").unwrap(), None, None).unwrap().applied().is_err());
}
