//! The corpus, asked natively. Its format is told in `tests/corpus/README.md`; `tests/corpus.test.mjs` asks the same files
//! of the built package.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod corpus_run;

use std::collections::BTreeSet;

use corpus_run::{Files, matches, run};
use lictor::terms::vocabulary;
use serde_json::Value;

#[test]
fn every_case_is_answered_as_expected() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (name, file) in Files::all() {
        for case in file["cases"].as_array().expect("a list of cases") {
            count += 1;
            let about = case["about"].as_str().unwrap_or_default();
            if let Err(why) = run(&file, case).and_then(|found| compare(case, &found)) {
                wrong.push(format!("{name}: {about}\n    {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 200, "only {count} cases: is the corpus there?");
}

fn compare(case: &Value, found: &Result<Value, Value>) -> Result<(), String> {
    match (found, case.get("expect"), case.get("error")) {
        (Ok(found), Some(expected), None) => matches(expected, found, "answer"),
        (Err(faults), None, Some(expected)) => {
            let got = (&faults[0]["code"], &faults[0]["path"]);
            if got != (&expected["code"], &expected["path"]) {
                return Err(format!("expected {expected}, found {faults}"));
            }
            for fault in expected["faults"].as_array().into_iter().flatten() {
                let there = faults.as_array().into_iter().flatten();
                if !there.clone().any(|f| f["code"] == fault[0] && f["path"] == fault[1]) {
                    return Err(format!("expected {fault} among {faults}"));
                }
            }
            Ok(())
        }
        (Ok(found), None, Some(_)) => Err(format!("expected an error, found {found}")),
        (Err(faults), Some(_), None) => Err(format!("error {faults}")),
        _ => Err("a case has either `expect` or `error`".to_string()),
    }
}

#[test]
fn every_case_says_why_it_exists_and_no_two_say_the_same() {
    for (name, file) in Files::all() {
        let mut seen = BTreeSet::new();
        assert!(file["about"].as_str().is_some_and(|about| about.len() > 20), "{name} does not say what it holds");
        for case in file["cases"].as_array().unwrap() {
            let about = case["about"].as_str().unwrap_or_default().to_string();
            assert!(about.len() > 4, "{name}: a case does not say why it exists: {case}");
            assert!(seen.insert(about.clone()), "{name}: twice: {about}");
        }
    }
}

/// Words that no native call can produce, and the test that shows each.
const ELSEWHERE: [(&str, &str, &str); 1] =
    [("ErrorCode.stale_handle", "tests/bad-input.test.mjs", "a handle that was freed or is another engine's")];

#[test]
fn every_word_of_the_closed_lists_is_expected_somewhere() {
    let mut expected = BTreeSet::new();
    for (_, file) in Files::all() {
        for case in file["cases"].as_array().unwrap() {
            if let Some(error) = case.get("error") {
                expected.insert(format!("ErrorCode.{}", error["code"].as_str().unwrap_or_default()));
            }
            collect(&case["expect"], "", &mut expected);
        }
    }
    for (word, file, test) in ELSEWHERE {
        let text = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default();
        assert!(text.contains(test), "{file} has no test `{test}`, which would show {word}");
        expected.insert(word.to_string());
    }
    let missing: Vec<String> = vocabulary()
        .into_iter()
        .flat_map(|(list, words)| words.iter().map(move |(word, _)| format!("{list}.{word}")))
        .filter(|word| !expected.contains(word))
        .collect();
    assert!(missing.is_empty(), "no case expects {missing:?}: add one, or remove the word");
}

/// The words of closed lists in what is expected; `within` is the key it stands under.
fn collect(value: &Value, within: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let list = match (key.as_str(), within) {
                    ("code", "reasons" | "reason") => "ReasonCode",
                    ("code", "error") => "ErrorCode",
                    ("change", _) => "ChangeCode",
                    ("relation", _) => "Relation",
                    _ => "",
                };
                if let (false, Value::String(word)) = (list.is_empty(), value) {
                    found.insert(format!("{list}.{word}"));
                }
                collect(value, if key == "has" { within } else { key }, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, within, found)),
        Value::String(word) => {
            found.insert(format!("Answer.{word}"));
        }
        _ => {}
    }
}
