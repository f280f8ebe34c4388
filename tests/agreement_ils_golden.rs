//! What is written down about `ils`, compared with decisions: who may do what, drawn by asking, and the space and digest that
//! JavaScript walks through as well.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; whoever does so reads the difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod library;
mod oracle;
#[path = "prove/rng.rs"]
mod rng;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use lictor::engine::Engine;
use oracle::ils::{self, Access, Kind, Name, Thing, Visitor, World};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Of the things of the space one in so many.
const THINNED: usize = 23;

fn golden(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(before == now, "tests/golden/{name} differs from what is; UPDATE_GOLDEN=1 writes it");
}

/// The columns of the matrix. The patron of loans and requests is `ME`.
fn people() -> Vec<(&'static str, Visitor)> {
    vec![
        ("anyone", Visitor::Anonymous),
        ("a patron", library::user(2, &[], &[])),
        ("the patron, named", library::user(library::ME, &[], &[])),
        ("read-only librarian", library::user(3, &["librarian-readonly"], &[])),
        ("librarian", library::user(4, &["librarian"], &[])),
        ("superuser", library::user(5, &[], &[])),
    ]
}

/// The rows: every state of every type, and what may be said of a document.
fn rows() -> Vec<(String, Thing)> {
    let mut found = Vec::new();
    for kind in library::KINDS {
        for state in library::states(kind) {
            let mut thing = library::things().into_iter().find(|thing| thing.kind == kind).unwrap();
            (thing.state, thing.overbooked) = (state, Some(false));
            found.push((format!("{} {state}", library::key(kind)), thing.clone()));
            if *state != "published" {
                continue;
            }
            let me = vec![Name::User(library::ME)];
            thing.access.restricted = true;
            found.push((format!("{} restricted", library::key(kind)), thing.clone()));
            thing.access = Access { restricted: true, read: me.clone() };
            (thing.update, thing.delete) = (me.clone(), me);
            found.push((format!("{} naming the patron", library::key(kind)), thing.clone()));
            if kind == Kind::Electronic {
                thing.access = Access::default();
                thing.open_access = Some(true);
                found.push((format!("{} with open access", library::key(kind)), thing));
            }
        }
    }
    found
}

#[test]
fn the_matrix_of_ils() {
    let world = World { rows: library::worlds()[0].rows.clone(), self_checkout: true };
    let engine = library::engine(&world);
    let facts = library::facts(&engine, &world, true);
    let mut drawn = String::from("|");
    for (name, _) in &people() {
        let _ = write!(drawn, " | {name}");
    }
    drawn += " |\n|";
    drawn += &" --- |".repeat(people().len() + 1);
    for (name, thing) in rows() {
        let _ = write!(drawn, "\n| {name} |");
        let properties = library::document(&thing, false);
        for (_, visitor) in people() {
            let resource = json!({"type": library::key(thing.kind), "id": "r", "properties": properties});
            let asked = json!({"subject": library::subject(&visitor, true), "resource": resource});
            let all = engine.actions(&asked, &facts).unwrap();
            let may = thing.kind.actions().iter().filter(|name| all.get(name).unwrap().decision.as_str() == "allow");
            let may: Vec<&str> = may.copied().collect();
            let _ = write!(drawn, " {} |", if may.is_empty() { "-".to_string() } else { may.join(", ") });
        }
    }
    golden("ils.md", &(drawn + "\n"));
}

#[test]
fn the_space_and_its_digest() {
    let (worlds, visitors) = (library::worlds(), library::visitors());
    let things: Vec<Thing> = library::things().into_iter().step_by(THINNED).collect();
    let mut spoken = Vec::new();
    let mut letters = String::new();
    let resource = |(n, thing): (usize, &Thing)| json!({"type": library::key(thing.kind), "id": "r", "properties": library::document(thing, n % 2 == 0)});
    let resources: Vec<Value> = things.iter().enumerate().map(resource).collect();
    for world in &worlds {
        let engine: Engine = library::engine(world);
        let facts = library::facts_value(world, true);
        spoken.push(json!({"changes": library::changes(world), "facts": facts}));
        let facts = engine.facts(&facts).unwrap();
        for visitor in &visitors {
            let subject = library::subject(visitor, true);
            for (thing, resource) in things.iter().zip(&resources) {
                let all = engine.actions(&json!({"subject": subject, "resource": resource}), &facts).unwrap();
                for name in thing.kind.actions() {
                    let letter = all.get(name).unwrap().decision.as_str().chars().next().unwrap();
                    // What is written down is what was agreed on.
                    assert_eq!(
                        letter == 'a',
                        ils::decide(world, visitor, thing, name),
                        "{visitor:?} {name} {resource}"
                    );
                    letters.push(letter);
                }
            }
        }
    }
    let actions: BTreeMap<&str, &[&str]> =
        library::KINDS.iter().map(|kind| (library::key(*kind), kind.actions())).collect();
    let subjects: Vec<Value> = visitors.iter().map(|visitor| library::subject(visitor, true)).collect();
    let space = json!({
        "about": "worlds, subjects, resources, actions of the resource's type: nested in this order, one letter each. Written by tests/agreement_ils_golden.rs.",
        "worlds": spoken, "subjects": subjects, "actions": actions, "resources": resources,
    });
    golden("ils-space.json", &(serde_json::to_string(&space).unwrap() + "\n"));
    let mut line = letters.len().to_string();
    for letter in ["a", "d", "u"] {
        let _ = write!(line, " {letter}:{}", letters.matches(letter).count());
    }
    line += " sha256-";
    for byte in Sha256::digest(letters.as_bytes()) {
        let _ = write!(line, "{byte:02x}");
    }
    assert!(letters.len() > 20_000, "{line}");
    golden("ils-agreement.txt", &(line + "\n"));
}
