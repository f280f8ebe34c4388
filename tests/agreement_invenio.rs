//! The engine under `invenio-communities-29`, and under `invenio-rdm-36`, which holds the same beside records, against what
//! upstream's permission policies answered: of communities, and of requests. `npm run vectors` asks the same over wasm, and more.
//!
//! The selection in `tests/corpus/upstream` always runs; `LICTOR_VECTORS=<folder>` runs the whole tables instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::{Path, PathBuf};

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::policy::preset;
use serde_json::{Map, Value, json};

const PRESETS: [&str; 2] = ["invenio-communities-29", "invenio-rdm-36"];

#[test]
fn communities() {
    PRESETS.iter().for_each(|preset| communities_under(preset));
}

fn communities_under(preset: &str) {
    let table = load("community_policy.json");
    for row in table["cases"].as_array().unwrap() {
        let engine = engine(preset, &row["config"]);
        let id = row["community"]["id"].as_str().unwrap_or("nowhere");
        let community = match &row["community"] {
            Value::Null => json!({}),
            given => json!({"access": given["access"], "deletion": {"status": given["deletion_status"]}}),
        };
        let facts = facts(&engine, &table, &[(id, community)]);
        let subject = subject(&table["identities"][row["identity"].as_str().unwrap()]);
        let evaluated = row.get("evaluated").unwrap_or(&table["evaluated_actions"]);
        for action in evaluated.as_array().unwrap() {
            let own =
                !row["community"].is_null() && engine.of_type("community").policy().action(text(action)).is_some();
            let resource =
                if own { json!({"type": "community", "id": id}) } else { json!({"type": "site", "properties": {}}) };
            let asked = json!({"subject": subject, "action": action, "resource": resource});
            let decision = engine.check(&asked, &facts).unwrap().decision;
            let expected = if holds(&row["allow"], text(action)) { "allow" } else { "deny" };
            assert_eq!(decision.as_str(), expected, "{} {action}", row["id"]);
        }
    }
}

#[test]
fn requests() {
    PRESETS.iter().for_each(|preset| requests_under(preset));
}

fn requests_under(preset: &str) {
    let table = load("request_policy.json");
    for row in table["cases"].as_array().unwrap() {
        let engine = engine(preset, &row["config"]);
        let ids: Vec<&str> = ["created_by", "receiver", "topic"]
            .iter()
            .filter_map(|side| row["request"][side]["community"].as_str())
            .collect();
        let communities: Vec<(&str, Value)> = ids.into_iter().map(|id| (id, json!({}))).collect();
        let facts = facts(&engine, &table, &communities);
        let resource = json!({"type": row["type"], "id": "q", "properties": request(&table, row)});
        let machine = engine.of_type(text(&row["type"]));
        for upstream in table["evaluated_actions"].as_array().unwrap() {
            let action = text(upstream).trim_start_matches("action_");
            for name in table["evaluated_identities"].as_array().unwrap() {
                let subject = subject(&table["identities"][text(name)]);
                // The tables give the permission alone, whatever the status.
                let allowed = if machine.policy().transition(action).is_some() {
                    let asked = json!({"subject": subject, "resource": resource});
                    engine.transitions(&asked, &facts).unwrap().in_any_state.iter().any(|own| own == action)
                } else {
                    let asked = json!({"subject": subject, "action": action, "resource": resource});
                    engine.check(&asked, &facts).unwrap().decision.as_str() == "allow"
                };
                let expected = holds(&row["allow"][text(upstream)], text(name));
                assert_eq!(allowed, expected, "{} {upstream} {name}", row["id"]);
            }
        }
    }
}

/// One table. A file that is missing or holds no row fails the test.
fn load(name: &str) -> Value {
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/upstream");
    let path = std::env::var_os("LICTOR_VECTORS").map_or_else(here, PathBuf::from).join(name);
    let table: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(!table["cases"].as_array().unwrap().is_empty());
    table
}

/// The engine of a deployment with this configuration.
fn engine(name: &str, config: &Value) -> Engine {
    let mut define = Map::new();
    for (key, on) in config.as_object().unwrap() {
        let switch = match key.as_str() {
            "COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS" => "switch_membership_requests",
            "COMMUNITIES_COLLECTIONS_ENABLED" => "switch_collections",
            "COMMUNITIES_ALLOW_RESTRICTED" => "switch_restricted_communities",
            "REQUESTS_LOCKING_ENABLED" => "switch_request_locking",
            "REQUESTS_REVIEWERS_ENABLED" => "switch_request_reviewers",
            other => panic!("unknown configuration `{other}`"),
        };
        define.insert(switch.to_string(), json!(if on.as_bool().unwrap() { "always" } else { "never" }));
    }
    Engine::with_changes(preset(name).unwrap(), &json!({"define": define})).unwrap()
}

/// Everybody's memberships, the access rows, and these communities.
fn facts(engine: &Engine, table: &Value, given: &[(&str, Value)]) -> Facts {
    let mut communities = Map::new();
    let mut memberships = Vec::new();
    for identity in table["identities"].as_object().unwrap().values() {
        for need in needs(identity, "community") {
            communities.insert(text(&need[1]).to_string(), json!({"title": "C"}));
            memberships.push(json!({"community": need[1], "role": need[2], "user": identity["id"]}));
        }
    }
    for (id, community) in given {
        let mut community = community.clone();
        community["title"] = json!("C");
        communities.insert((*id).to_string(), community);
    }
    let row = |row: &Value| {
        let mut access = json!({"action": row["action"], "argument": row["argument"], "exclude": row["exclude"]});
        access[text(&row["type"])] = row["subject"].clone();
        access
    };
    let access: Vec<Value> = table["action_grants"].as_array().unwrap().iter().map(row).collect();
    let value = json!({"communities": communities, "memberships": memberships, "access": access, "complete": true});
    engine.facts(&value).unwrap()
}

fn subject(identity: &Value) -> Value {
    match &identity["id"] {
        Value::Null => json!({"type": "anonymous"}),
        Value::String(_) => json!({"type": "system"}),
        id => {
            let roles: Vec<&Value> = needs(identity, "role").map(|need| &need[1]).collect();
            json!({"type": "user", "id": id, "properties": {"roles": roles}})
        }
    }
}

fn needs<'v>(identity: &'v Value, kind: &'static str) -> impl Iterator<Item = &'v Value> {
    identity["provides"].as_array().unwrap().iter().filter(move |need| need[0] == kind)
}

/// The request as it is kept. The one record there is, is previewed by its owner and by whom it was given.
fn request(table: &Value, row: &Value) -> Value {
    let mut request = json!({"$type": row["type"], "status": row["status"], "is_locked": row["locked"]});
    for side in ["created_by", "receiver", "topic"].into_iter().filter(|side| !row["request"][*side].is_null()) {
        request[side] = row["request"][side].clone();
    }
    let users: Vec<&Value> = row["reviewers"].as_array().unwrap().iter().map(|reviewer| &reviewer["user"]).collect();
    request["reviewers"] = json!({"users": users});
    let topic = &table["record_topic"];
    assert_eq!(topic["grants"], "grantee: preview");
    if !row["request"]["topic"]["record"].is_null() {
        let readers = [&topic["owner"], &table["identities"]["grantee"]["id"]];
        let give = |id| json!({"subject": {"type": "user", "id": id}, "permission": "preview"});
        request["topic_readers"] = readers.map(give).into_iter().collect();
    }
    request
}

fn holds(list: &Value, word: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|own| own == word))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
