//! Random worlds of access lists: records, lists that speak of them, and who asks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Small numbers, the same every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
    pub fn maybe(&mut self) -> bool {
        self.below(2) == 0
    }
}

pub const WORDS: [&str; 5] = ["a", "b", "5", "true", "žluť"];

fn value(dice: &mut Dice) -> Value {
    dice.of(&[json!("a"), json!("b"), json!(5), json!("5"), json!(true), json!("žluť"), json!(2.5), json!(null)])
}

fn record(dice: &mut Dice) -> Value {
    let mut record = json!({});
    for key in ["kind", "tags", "creator", "faculty"] {
        match dice.below(4) {
            0 => {}
            1 => record[key] = json!([value(dice), value(dice)]),
            _ => record[key] = value(dice),
        }
    }
    if dice.maybe() {
        record["deep"] = json!([{"tags": value(dice)}, {"tags": [value(dice)]}]);
    }
    if dice.below(4) == 0 {
        record["state"] = json!(dice.of(&["published", "deleted"]));
    }
    record
}

fn query(dice: &mut Dice, depth: usize) -> Value {
    let field = dice.of(&["kind", "tags", "deep.tags", "missing"]);
    let word = dice.of(&WORDS);
    match dice.below(if depth == 0 { 7 } else { 10 }) {
        0 => json!({"match_all": {}}),
        1 => json!({"terms": {field: [word, dice.of(&WORDS)]}}),
        2 => json!({"exists": {"field": field}}),
        3 => json!({"prefix": {field: word.chars().take(1).collect::<String>()}}),
        4 => json!({"range": {field: {"gte": word, "lt": "c"}}}),
        5 => json!({"ids": {"values": ["r0", "r1"]}}),
        6 => json!({"term": {field: word}}),
        _ => {
            let mut parts = json!({});
            for key in ["must", "filter", "should", "must_not"] {
                if dice.below(3) == 0 {
                    parts[key] = (0..dice.below(3)).map(|_| query(dice, depth - 1)).collect();
                }
            }
            json!({"bool": parts})
        }
    }
}

fn actor(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 => json!({"type": "user", "users": [dice.of(&[1, 5]), 2]}),
        1 => json!({"type": "role", "roles": [dice.of(&WORDS)]}),
        2 => json!({"type": "system_role", "system_role": dice.of(&["everyone", "authenticated", "anonymous"])}),
        3 => json!({"type": "record_user", "path": dice.of(&["/creator", "/kind", "/deep/0/tags"])}),
        4 => json!({"type": "record_role", "path": dice.of(&["/tags", "/none"])}),
        _ => json!({"type": "parametrised_role", "role": "admin", "parameter": "faculty", "path": "/faculty"}),
    }
}

fn list(dice: &mut Dice) -> Value {
    let mut list = json!({
        "operation": dice.of(&["get", "get", "read", "update", "print"]), "priority": dice.below(3),
        "actors": (0..dice.below(3)).map(|_| actor(dice)).collect::<Vec<_>>(),
    });
    if dice.below(3) == 0 {
        list["priority_group"] = json!("other");
    }
    if dice.below(4) == 0 {
        list["effect"] = json!("deny");
    }
    if dice.below(4) == 0 {
        list["states"] = json!([dice.of(&["published", "deleted"])]);
    }
    list["type"] = json!(dice.of(&["id", "default", "query", "property_value"]));
    match list["type"].as_str().unwrap() {
        "id" => list["records"] = json!([format!("r{}", dice.below(4))]),
        "query" => list["query"] = query(dice, 2),
        "property_value" => {
            let row = |dice: &mut Dice| {
                json!({"name": dice.of(&["kind", "tags"]), "value": dice.of(&WORDS),
                       "bool_operation": dice.of(&["must", "must_not", "should", "filter"])})
            };
            list["property_values"] = (0..dice.below(3)).map(|_| row(dice)).collect();
        }
        _ => {}
    }
    if list["type"] != "id" {
        list["schemas"] = json!(["record"]);
    }
    list
}

pub struct World {
    pub lists: Value,
    pub records: BTreeMap<String, Value>,
}

pub fn world(dice: &mut Dice) -> World {
    let lists: BTreeMap<String, Value> = (0..dice.below(8)).map(|n| (format!("l{n}"), list(dice))).collect();
    World { lists: json!(lists), records: (0..4).map(|n| (format!("r{n}"), record(dice))).collect() }
}

pub const SUBJECTS: [(Option<&str>, &[&str]); 5] = [
    (None, &[]),
    (Some("1"), &["a", "admin[faculty=5]"]),
    (Some("2"), &[]),
    (Some("5"), &["b", "true"]),
    (Some("9"), &[]),
];

pub fn subject(user: Option<&str>, roles: &[&str]) -> Value {
    user.map_or(json!({"type": "anonymous"}), |id| json!({"type": "user", "id": id, "properties": {"roles": roles}}))
}

pub fn facts_of(world: &World, complete: Value) -> Value {
    json!({"acls": world.lists, "records": world.records, "complete": complete,
           "access": [{"action": "superuser-access", "user": 9}]})
}
