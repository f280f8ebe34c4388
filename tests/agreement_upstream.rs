//! The engine under `oarepo-3.0.5` against what the released code did: decisions, transitions, creations and lists.
//!
//! The selection in `tests/corpus/upstream` always runs; `LICTOR_VECTORS=<folder>` runs the whole tables instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bridge;
mod oracle;

use bridge::{PRESETS, read_subject};
use lictor::facts::Facts;
use lictor::policy::{Ask, Filter, Question, Scope};
use lictor::terms::Answer;
use lictor::workflow;
use oracle::vectors;
use serde_json::{Value, json};

#[test]
fn decisions_of_the_released_code() {
    let table = vectors::load("oc305_executed_decisions.json");
    let mut rows = 0;
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let engine = PRESETS[1].engine(&world);
        let policy = engine.policy();
        let record = vectors::record(&row["record"]);
        let facts = bridge::facts(policy, &world, &asker, Some(&record), &[]);
        let subject = read_subject(&asker);
        let ask = Ask::new(policy, &subject, &facts);
        let attributes = PRESETS[1].attributes(policy, &record, &[]);
        let may = |name: &str| {
            let action = policy.action(name).unwrap();
            Question { ask: &ask, record: &attributes, action }.answer() == Answer::Allow
        };
        let permissions = json!({"read": may("read"), "update": may("update"), "delete": may("delete")});
        let expected = &row["expected"];
        assert_eq!(permissions, expected["permissions"], "{}", row["id"]);
        let mut now = workflow::available(&ask, &attributes).now;
        now.sort_unstable();
        assert_eq!(json!(now), expected["available_user_transitions"], "{}", row["id"]);
        for transition in &policy.transitions {
            let got = run(&engine, &facts, &asker, &record, &transition.name);
            let expected = &expected["transitions"][&transition.name];
            assert_eq!(got["status"], expected["http"], "{} {}", row["id"], transition.name);
            if got["status"] == 202 {
                assert_eq!(got["events"][0]["name"], expected["signal"], "{} {got}", row["id"]);
                assert_eq!(got["events"][0]["commit"], expected["commit_record"], "{} {got}", row["id"]);
            }
        }
        rows += 1;
    }
    println!("{rows} decisions");
}

fn run(
    engine: &lictor::engine::Engine,
    facts: &Facts,
    asker: &oracle::world::Asker,
    record: &oracle::world::Rec,
    name: &str,
) -> Value {
    let call = json!({
        "do": "transition",
        "subject": bridge::subject(asker),
        "resource": {"type": "record", "id": "r", "properties": PRESETS[1].document(record)},
        "transition": name,
    });
    let result = engine.step(&call, facts).unwrap();
    let value = serde_json::to_value(&result).unwrap();
    if value.get("done").is_some() { value["done"].clone() } else { value }
}

#[test]
fn creations_of_the_released_code() {
    let table = vectors::load("oc305_executed_create.json");
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let engine = PRESETS[1].engine(&world);
        let facts = bridge::facts(engine.policy(), &world, &asker, None, &[]);
        let evaluation = json!({
            "subject": bridge::subject(&asker),
            "action": "create",
            "resource": {"type": "record", "community": row["community"]},
        });
        let decision = engine.check(&evaluation, &facts).unwrap().decision;
        assert_eq!(json!(decision == Answer::Allow), row["expected"]["create"], "{}", row["id"]);
    }
    println!("{} creations", vectors::rows(&table).len());
}

#[test]
fn lists_of_the_released_code() {
    let table = vectors::load("oc305_executed_search.json");
    let documents = table["documents"].as_array().unwrap();
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let engine = PRESETS[1].engine(&world);
        let policy = engine.policy();
        let facts = bridge::facts(policy, &world, &asker, None, &[]);
        let subject = read_subject(&asker);
        let mut ask = Ask::new(policy, &subject, &facts);
        let scope = match row["request_community"].as_str() {
            Some(id) => {
                ask = ask.within(id);
                Scope::Community(id.to_string())
            }
            None => Scope::Everywhere,
        };
        let filter = Filter::new(&ask, policy.action("read").unwrap(), &scope);
        let shown: Vec<&Value> = documents
            .iter()
            .filter(|document| {
                let attributes = PRESETS[1].attributes(policy, &vectors::record(document), &[]);
                filter.answer(&attributes) == Answer::Allow
            })
            .map(|document| &document["id"])
            .collect();
        assert_eq!(json!(shown), row["expected"]["visible"], "{} {}", row["id"], row["principal"]);
    }
    println!("{} lists", vectors::rows(&table).len());
}
