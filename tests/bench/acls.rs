//! `cargo bench --bench acls`: what a decision costs beside a thousand access lists, and beside one. Prints medians; asserts
//! no time.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::time::Instant;

use lictor::engine::Engine;
use serde_json::{Value, json};

const LISTS: usize = 1_000;
const RECORDS: usize = 200;
const OPERATIONS: [&str; 5] = ["get", "update", "delete", "print", "cite"];

fn main() {
    let alone = report("one list", 0.0, &[list(0, "default", json!({"type": "user", "users": [7]}), "get")]);
    let person = |n: usize| json!({"type": "user", "users": [n + 1000]});
    let role = |n: usize| json!({"type": "role", "roles": [format!("role-{n}")]});
    let creator = |_| json!({"type": "record_user", "path": "/creator"});
    let one = |_| "get";
    let some = |n: usize| OPERATIONS.get(n % OPERATIONS.len()).copied().unwrap_or("get");
    let of = |kind: &'static str, actor: &dyn Fn(usize) -> Value, operation: &dyn Fn(usize) -> &'static str| {
        (0..LISTS).map(|n| list(n, kind, actor(n), operation(n))).collect::<Vec<Value>>()
    };
    report("1,000 default lists, users", alone, &of("default", &person, &one));
    report("1,000 default lists, roles", alone, &of("default", &role, &one));
    report("1,000 default lists, who stands in the record", alone, &of("default", &creator, &one));
    report("1,000 default lists of five operations", alone, &of("default", &person, &some));
    report("1,000 lists of records by id", alone, &of("id", &person, &some));
    report("1,000 queries for a keyword", alone, &of("query", &person, &some));
    report("1,000 queries for a range", alone, &of("range", &person, &some));
    let kinds = ["default", "id", "query", "range"];
    let mixed: Vec<Value> =
        (0..LISTS).zip(kinds.iter().cycle()).map(|(n, kind)| list(n, kind, person(n), some(n))).collect();
    report("1,000 lists of every kind", alone, &mixed);
}

/// One list; every tenth stands above the others, and priorities differ.
fn list(n: usize, kind: &str, actor: Value, operation: &str) -> Value {
    let priority = n % 10;
    let common = json!({"operation": operation, "priority": priority, "schemas": ["record"], "actors": [actor]});
    let mut list = common;
    if let Some(map) = list.as_object_mut() {
        map.insert("type".to_string(), json!(if kind == "range" { "query" } else { kind }));
        match kind {
            "id" => _ = map.insert("records".to_string(), json!([format!("r{}", n % RECORDS)])),
            "query" => _ = map.insert("query".to_string(), json!({"term": {"language": format!("l{n}")}})),
            "range" => _ = map.insert("query".to_string(), json!({"range": {"year": {"gte": n, "lt": n + 3}}})),
            _ => {}
        }
    }
    list
}

/// The median of some rounds of decisions on every record, in nanoseconds each, and how many times that of one list.
fn report(what: &str, alone: f64, lists: &[Value]) -> f64 {
    let changes = json!({"acls": {"fields": {"year": "integer"}}});
    let engine = Engine::with_changes(lictor::policy::preset("explicit-acls").unwrap(), &changes).unwrap();
    let acls: serde_json::Map<String, Value> =
        lists.iter().enumerate().map(|(n, list)| (format!("l{n:04}"), list.clone())).collect();
    let record = |n: usize| json!({"creator": 5, "language": format!("l{n}"), "year": n, "title": "Hello"});
    let records: serde_json::Map<String, Value> = (0..RECORDS).map(|n| (format!("r{n}"), record(n))).collect();
    let facts = engine.facts(&json!({"acls": acls, "records": records, "complete": true})).unwrap();
    let subject = json!({"type": "user", "id": 7, "properties": {"roles": ["staff", "role-500"]}});
    let asked: Vec<Value> = (0..RECORDS)
        .map(|n| json!({"subject": subject, "action": "read", "resource": {"type": "record", "id": format!("r{n}")}}))
        .collect();
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            let allowed =
                asked.iter().map(|asked| u32::from(engine.check(asked, &facts).unwrap().decision.code())).sum();
            black_box::<u32>(allowed);
            start.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(RECORDS).unwrap())
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let median = times.get(7).copied().unwrap_or(f64::NAN);
    let ratio = if alone > 0.0 { format!("{:>8.1} x", median / alone) } else { String::new() };
    println!("{what:<48}{median:>12.0} ns{ratio}");
    median
}
