//! Input that is too deep, too large or too clever, natively. Over wasm: `tests/bad-input.test.mjs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::time::{Duration, Instant};

use lictor::engine::Engine;
use lictor::model::{Limits, parse_text};
use lictor::offline::Entry;
use lictor::policy::preset;
use lictor::terms::{Answer, ErrorCode};
use serde_json::{Value, json};

fn alive(engine: &Engine) {
    let record = json!({"oarepo:primaryCommunity": "c", "oarepo:recordStatus": "published"});
    let resource = json!({"type": "record", "properties": record});
    let question = json!({"subject": {"type": "anonymous"}, "action": "read", "resource": resource});
    let facts = engine.facts(&json!({"complete": true})).unwrap();
    assert_eq!(engine.check(&question, &facts).unwrap().decision, Answer::Allow);
}

fn refused(text: &str, limits: Limits, code: ErrorCode, path: &str) {
    let error = parse_text(text, "input", limits).unwrap_err();
    assert_eq!((error.code(), error.path()), (code, path), "{error}");
}

#[test]
fn text_that_is_no_plain_data() {
    refused("", Limits::CALL, ErrorCode::Malformed, "input");
    refused("{\"a\": 1, \"a\": 2}", Limits::CALL, ErrorCode::Malformed, "input.a");
    refused("{\"a\": {\"__proto__\": 1}}", Limits::CALL, ErrorCode::Malformed, "input.a.__proto__");
    refused("{\"a.b\": [1, NaN]}", Limits::CALL, ErrorCode::Malformed, "input[\"a.b\"][1]");
    refused("{\"a\": \"\\ud800\"}", Limits::CALL, ErrorCode::Malformed, "input.a");
    refused("[1e999]", Limits::CALL, ErrorCode::Malformed, "input[0]");
    refused("{} {}", Limits::CALL, ErrorCode::Malformed, "input");
}

#[test]
fn a_hundred_thousand_levels() {
    let levels = 100_000;
    let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    refused(&deep, Limits::CALL, ErrorCode::TooDeep, &format!("input{}", "[0]".repeat(64)));
    let deep = format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    refused(&deep, Limits::POLICY, ErrorCode::TooDeep, &format!("input{}", ".a".repeat(64)));
}

#[test]
fn ten_megabytes_of_junk() {
    let junk = "x".repeat(10 << 20);
    refused(&junk, Limits::CALL, ErrorCode::TooLarge, "input");
    refused(&format!("{{\"a\": \"{}\"}}", &junk[..2 << 20]), Limits::CALL, ErrorCode::TooLarge, "input.a");
    refused(&format!("[{}0]", "0,".repeat(1 << 20)), Limits::POLICY, ErrorCode::TooLarge, "input[116508]");
    refused(&format!("\"{junk}"), Limits::FACTS, ErrorCode::Malformed, "input");
}

#[test]
fn a_machine_of_ten_thousand_states_works_and_quickly() {
    let start = Instant::now();
    let states: Vec<String> = (0..10_000).map(|i| format!("s{i}")).collect();
    let transitions: Vec<Value> = (0..10_000)
        .map(|i| json!({"name": format!("t{i}"), "action": "approve", "from": [states[i]], "to": states[(i + 1) % 10_000]}))
        .collect();
    let changes = json!({"states": states, "state_aliases": null, "absent_state": "s0", "transitions": transitions,
        "rules": {"read": {"any": null, "state": states}, "update": {"any": null, "state": ["s7"]}}});
    let engine = Engine::with_changes(preset("oarepo").unwrap(), &changes).unwrap();
    let facts = engine.facts(&json!({"complete": true})).unwrap();
    let ask = |action: &str, state: Option<&str>| {
        let record = json!({"oarepo:primaryCommunity": "c", "oarepo:recordStatus": state});
        let missing = if state.is_none() { json!(["oarepo:recordStatus"]) } else { json!([]) };
        let resource = json!({"type": "record", "properties": record, "missing": missing});
        let question = json!({"subject": {"type": "anonymous"}, "action": action, "resource": resource});
        engine.check(&question, &facts).unwrap().decision
    };
    assert_eq!(ask("read", Some("s9999")), Answer::Allow);
    assert_eq!(ask("update", Some("s9999")), Answer::Deny);
    assert_eq!(ask("approve", Some("s9999")), Answer::Deny);
    assert_eq!(ask("update", None), Answer::Unknown);
    assert!(start.elapsed() < Duration::from_secs(30), "took {:?}", start.elapsed());
}

fn policy_fault(changes: &Value) -> (ErrorCode, String) {
    let start = Instant::now();
    let error = Engine::with_changes(preset("oarepo").unwrap(), changes).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
    assert!(error.to_string().len() < 100_000, "{} bytes of message", error.to_string().len());
    alive(&Engine::preset("oarepo").unwrap());
    (error.code(), error.path().to_string())
}

#[test]
fn policies_that_would_take_for_ever() {
    let many = |count: usize| -> Vec<String> { (0..count).map(|i| format!("w{i}")).collect() };
    assert_eq!(policy_fault(&json!({"states": many(70_000)})), (ErrorCode::TooLarge, "policy.states".to_string()));
    assert_eq!(policy_fault(&json!({"actions": many(100_000)})).0, ErrorCode::TooLarge);
    assert_eq!(policy_fault(&json!({"roles": many(100_000)})).0, ErrorCode::TooLarge);
    assert_eq!(policy_fault(&json!({"allowed_actions": many(100_000)})).0, ErrorCode::UnknownAction);
    let unknown = json!({"rules": {"create": {"any": null, "community_role": many(100_000)}}});
    assert_eq!(policy_fault(&unknown).0, ErrorCode::UnknownRole);
    let mut define = json!({"d40": "owner"});
    for i in 0..40 {
        let next = json!({"use": format!("d{}", i + 1)});
        define[format!("d{i}")] = json!({"any": [next, next]});
    }
    let doubling = json!({"define": define, "rules": {"create": {"any": null, "use": "d0"}}});
    assert_eq!(policy_fault(&doubling).0, ErrorCode::TooDeep);
}

#[test]
fn ten_thousand_refusals_leave_the_engine_as_it_was() {
    let engine = Engine::preset("oarepo").unwrap();
    let facts = engine.facts(&json!({"complete": true})).unwrap();
    for i in 0..10_000 {
        let input = match i % 5 {
            0 => {
                json!({"subject": {"type": "user", "id": ""}, "action": "read", "resource": {"type": "record", "id": "x"}})
            }
            1 => json!({"subject": [], "action": {}, "resource": "x"}),
            2 => json!({"do": "fly", "subject": {"type": "user"}}),
            3 => json!(i),
            _ => json!({"resource": {"type": "record", "properties": {"oarepo:primaryCommunity": [i]}}}),
        };
        assert!(engine.check(&input, &facts).is_err());
        assert!(engine.step(&input, &facts).is_err());
        assert!(engine.facts(&input).is_err());
    }
    alive(&engine);
}

#[test]
fn what_access_lists_come_to_is_read_with_care() {
    let cases = [
        (json!([]), "entries[0].acls"),
        (json!({"all": {}}), "entries[0].acls.all"),
        (json!({"any": {"read": "allow"}}), "entries[0].acls.any.read"),
        (json!({"any": {"read": ["maybe"]}}), "entries[0].acls.any.read"),
        (json!({"in": []}), "entries[0].acls.in"),
        (json!({"now": {"published": ["allow"]}}), "entries[0].acls.now.published"),
    ];
    for (acls, path) in cases {
        let entries = json!([{"k": {"relation": "record", "id": "r1"}, "v": {}, "acls": acls}]).to_string();
        let error = Entry::read_text(&entries, |number| number.parse().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{path}: ")), "{error} of {acls}");
    }
}
