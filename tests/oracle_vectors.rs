//! The oracle for `oarepo-3.0.5` against what the released code did: whoever judges others is judged first.
//!
//! The selection in `tests/corpus/upstream` always runs; `LICTOR_VECTORS=<folder>` runs the whole tables instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;

use oracle::oarepo305::{self, Outcome};
use oracle::vectors;
use oracle::world::Rec;
use serde_json::{Value, json};

#[test]
fn decisions_of_the_released_code() {
    let table = vectors::load("oc305_executed_decisions.json");
    let mut wrong = Vec::new();
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let record = vectors::record(&row["record"]);
        let decide = |action: &str| oarepo305::decide(&world, &asker, &record, action);
        let mut transitions = json!({});
        for (method, _) in oarepo305::transitions() {
            transitions[method] = outcome(&oarepo305::transition(&world, &asker, &record, method));
        }
        let got = json!({
            "permissions": {"read": decide("read"), "update": decide("update"), "delete": decide("delete")},
            "transitions": transitions,
            "available_user_transitions": oarepo305::available(&world, &asker, &record),
            "http_if_denied": oarepo305::http_if_denied(&asker),
        });
        compare(row, &got, &row["expected"], &mut wrong);
    }
    report(&table, &wrong);
}

#[test]
fn creations_of_the_released_code() {
    let table = vectors::load("oc305_executed_create.json");
    let mut wrong = Vec::new();
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let record = Rec {
            primary: row["community"].as_str().unwrap().to_string(),
            secondary: vec![],
            state: None,
            owners: vec![],
        };
        let got = json!({
            "create": oarepo305::decide(&world, &asker, &record, "create"),
            "http_if_denied": oarepo305::http_if_denied(&asker),
        });
        compare(row, &got, &row["expected"], &mut wrong);
    }
    report(&table, &wrong);
}

#[test]
fn lists_of_the_released_code() {
    let table = vectors::load("oc305_executed_search.json");
    let documents = table["documents"].as_array().unwrap();
    let docs: Vec<Rec> = documents.iter().map(vectors::record).collect();
    let mut wrong = Vec::new();
    for row in vectors::rows(&table) {
        let (world, asker) = vectors::world(&table, row);
        let shown = oarepo305::search(&world, &asker, &docs, row["request_community"].as_str());
        let got: Vec<&Value> = shown.into_iter().map(|position| &documents[position]["id"]).collect();
        // "`visible` must agree; `query` is information"
        compare(row, &json!(got), &row["expected"]["visible"], &mut wrong);
    }
    report(&table, &wrong);
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::WrongState => json!({"outcome": "InvalidSourceStateError", "http": 400}),
        Outcome::Refused => json!({"outcome": "InvalidPermissionError", "http": 403}),
        Outcome::Done { state, event, commit } => {
            json!({"outcome": "ok", "http": 202, "state_after": state, "signal": event, "commit_record": commit})
        }
    }
}

fn compare(row: &Value, got: &Value, expected: &Value, wrong: &mut Vec<String>) {
    if got != expected {
        wrong.push(format!("{}: {} said {got}, expected {expected}", row["id"], row["principal"]));
    }
}

fn report(table: &Value, wrong: &[String]) {
    println!("{} rows, {} wrong", vectors::rows(table).len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
