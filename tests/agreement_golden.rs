//! What is written down about decisions, compared with decisions: the state matrices of the shipped presets and the digest
//! over the space of `tests/golden/agreement-space.json`, which JavaScript walks through as well.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; whoever does so reads the difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use lictor::engine::Engine;
use lictor::policy::{Policy, preset, table};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn golden(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(before == now, "tests/golden/{name} says\n{before}\nand it is\n{now}\n(UPDATE_GOLDEN=1 writes it)");
}

#[test]
fn the_matrix_of_oarepo() {
    golden("oarepo.md", &matrix("oarepo"));
}

#[test]
fn the_matrix_of_oarepo_305() {
    golden("oarepo-3.0.5.md", &matrix("oarepo-3.0.5"));
}

fn matrix(name: &str) -> String {
    table::matrix(&Policy::read(&preset(name).unwrap()).unwrap()).unwrap()
}

/// The state matrix as the document of the product prints it, against the golden file: r read, w update, c create.
#[test]
fn the_golden_matrix_is_that_of_the_document() {
    const DOCUMENT: &str = "
        editing          | -  | rw | c  | rw | -  | crw
        pending-approval | -  | r  | -  | rw | -  | rw
        approved         | -  | r  | r  | r  | r  | rw
        published        | r  | r  | r  | r  | r  | r+unpublish
        deleted          | -  | r  | -  | r  | -  | r";
    let mut drawn = String::new();
    for line in matrix("oarepo").lines().skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        drawn += cells[0];
        for cell in &cells[1..] {
            let may: Vec<&str> = cell.split(", ").collect();
            let mut short = String::new();
            for (word, mark) in [("create", "c"), ("read", "r"), ("update", "w"), ("unpublish", "+unpublish")] {
                if may.contains(&word) {
                    short += mark;
                }
            }
            drawn += if short.is_empty() { "|-" } else { "|" };
            drawn += &short;
        }
        drawn += "\n";
    }
    let expected: String = DOCUMENT.trim().lines().map(|line| line.replace(' ', "") + "\n").collect();
    assert_eq!(drawn, expected);
}

/// presets, facts, subjects, resources, actions: nested in this order, one letter each.
#[test]
fn the_agreement_digest() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/agreement-space.json");
    let space: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let list = |key: &str| space[key].as_array().unwrap();
    let mut letters = String::new();
    for name in list("presets") {
        let engine = Engine::preset(name.as_str().unwrap()).unwrap();
        for fact in list("facts") {
            let facts = engine.facts(&fact["value"]).unwrap();
            for subject in list("subjects") {
                for resource in list("resources") {
                    for action in list("actions") {
                        let evaluation = json!({"subject": subject, "action": action, "resource": resource});
                        let decision = engine.check(&evaluation, &facts).unwrap().decision;
                        letters.extend(decision.as_str().chars().next());
                    }
                }
            }
        }
    }
    let mut text = letters.len().to_string();
    for letter in ["a", "d", "u"] {
        let _ = write!(text, " {letter}:{}", letters.matches(letter).count());
    }
    text += " sha256-";
    for byte in Sha256::digest(letters.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    golden("agreement.txt", &(text + "\n"));
}
