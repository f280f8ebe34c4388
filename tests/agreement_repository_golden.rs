//! The finite space of `repository` as JavaScript walks through it, and the digest of all answers. Both are written down:
//! `UPDATE_GOLDEN=1` writes them anew; whoever does so reads the difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use lictor::policy::{Index, Lens};
use lictor::terms::Answer;
use oracle::repository::library::{self, Thing};
use oracle::repository::space::{self, AXES};
use oracle::repository::world::{Record, Visitor, World};
use oracle::repository::{ACTIONS, decide, library_space};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const SPACE: &str = "repository-space.json";

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn golden(name: &str, now: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path(name), now).unwrap();
    }
    let before = std::fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        before == now,
        "tests/golden/{name} differs (UPDATE_GOLDEN=1 writes it)\nbefore {before:.200}\nnow {now:.200}"
    );
}

/// What an axis says of a record, beside what is said of all.
fn fragment(change: fn(&mut Record)) -> Value {
    let mut record = Record::default();
    change(&mut record);
    whole::document(&record)
}

fn merge(into: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (into.get_mut(key), value) {
            (Some(Value::Object(one)), Value::Object(other)) => merge(one, other),
            _ => _ = into.insert(key.clone(), value.clone()),
        }
    }
}

/// The documents as JavaScript puts them together: the last axis fastest.
fn documents(space: &Value) -> Vec<Value> {
    let mut found = vec![space["base"].clone()];
    for axis in space["axes"].as_array().unwrap() {
        let with = |document: &Value, more: &Value| {
            let mut merged = document.as_object().unwrap().clone();
            merge(&mut merged, more.as_object().unwrap());
            Value::Object(merged)
        };
        let values = axis["values"].as_array().unwrap();
        found = found.iter().flat_map(|document| values.iter().map(move |more| with(document, more))).collect();
    }
    found
}

fn described(worlds: &[World], visitors: &[Visitor]) -> Value {
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    let worlds: Vec<Value> = worlds
        .iter()
        .map(|world| json!({"allowed_actions": world.allowed, "facts": whole::facts_value(world, &everybody, None)}))
        .collect();
    let axes: Vec<Value> = AXES
        .iter()
        .map(|(name, values)| json!({"name": name, "values": values.iter().map(|change| fragment(*change)).collect::<Vec<_>>()}))
        .collect();
    json!({
        "about": [
            "The finite space of the preset `repository`, written by tests/agreement_repository_golden.rs.",
            "A record is `base` with one value of each axis put into it, object into object; the last axis changes fastest.",
            "for world in worlds: make an engine of the preset with its allowed_actions; read its facts",
            "  for subject in subjects: for record: for action in actions: one letter, a, d or u",
            "The digest is the SHA-256, in lower-case hexadecimal, of all letters in one ASCII string without separators.",
        ],
        "preset": "repository",
        "actions": ACTIONS,
        "subjects": visitors.iter().map(whole::subject).collect::<Vec<_>>(),
        "base": whole::document(&space::plain()),
        "axes": axes,
        "worlds": worlds,
    })
}

#[test]
fn the_space_and_its_digest() {
    let (worlds, visitors, records) = (space::worlds(), space::visitors(), space::records());
    let described = described(&worlds, &visitors);
    let text = serde_json::to_string(&described).unwrap();
    golden(SPACE, &(text + "\n"));
    let documents = documents(&described);
    assert_eq!(documents, records.iter().map(whole::document).collect::<Vec<_>>(), "what the axes are put together to");

    let preset = whole::document_of_preset();
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    let parts = whole::parallel(worlds.len() * visitors.len(), |numbers| {
        let engines: Vec<_> = worlds.iter().map(|world| whole::engine(&preset, world)).collect();
        let mut found = Vec::new();
        for n in numbers {
            let (engine, world) = (&engines[n / visitors.len()], &worlds[n / visitors.len()]);
            let visitor = &visitors[n % visitors.len()];
            let facts = whole::facts(engine.policy(), world, &everybody, None);
            let mut index = Index::new();
            for document in &documents {
                index.add(&whole::attributes(engine.policy(), &facts, document, None));
            }
            let mut lens = Lens::new(engine.shared_policy(), facts, whole::read_subject(visitor));
            let actions = ACTIONS.map(|name| engine.policy().action(name).unwrap());
            let mut letters = String::new();
            for row in 0..u32::try_from(documents.len()).unwrap() {
                letters.extend(actions.iter().map(|action| match lens.can(&index, row, *action) {
                    Some(code) if code == Answer::Allow.code() => 'a',
                    Some(code) if code == Answer::Deny.code() => 'd',
                    _ => 'u',
                }));
            }
            found.push((n, letters));
        }
        found
    });
    let mut parts: Vec<(usize, String)> = parts.into_iter().flatten().collect();
    parts.sort();
    let letters: String = parts.into_iter().map(|(_, letters)| letters).collect();
    println!("{}", line(&letters));
    golden("repository-agreement.txt", &(line(&letters) + "\n"));
    // The digest is also that of the second opinion: what is written down is what was agreed on.
    let spoken = |letter: char| letters.matches(letter).count();
    assert!(spoken('u') == 0 && spoken('a') > 1_000_000, "{}", line(&letters));
    let sample = (0..visitors.len()).step_by(5).map(|n| (n, &visitors[n]));
    let per_visitor = records.len() * ACTIONS.len();
    for (n, visitor) in sample {
        let own = &letters[n * per_visitor..(n + 1) * per_visitor];
        let mut right = String::new();
        for record in &records {
            right.extend(ACTIONS.map(|name| if decide(&worlds[0], visitor, record, name) { 'a' } else { 'd' }));
        }
        assert!(own == right, "the letters of {visitor:?} are not those of the oracle");
    }
}

/// Of what there is in the library one in so many.
const THINNED: usize = 41;

#[test]
fn the_space_of_library_types_and_its_digest() {
    let (worlds, visitors) = (library_space::worlds(), library_space::visitors());
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    let things: Vec<Thing> = library_space::things().into_iter().step_by(THINNED).collect();
    let of = |thing: &Thing| whole::library::resource(thing, &whole::library::document(thing));
    let resources: Vec<Value> = things.iter().map(of).collect();
    let (mut spoken, mut letters) = (Vec::new(), String::new());
    for world in &worlds {
        let engine = whole::engine(&whole::document_of_preset(), world);
        let facts = whole::facts_value(world, &everybody, None);
        spoken.push(json!({"changes": whole::changes(world), "facts": facts}));
        let facts = engine.facts(&facts).unwrap();
        for visitor in &visitors {
            for (thing, resource) in things.iter().zip(&resources) {
                let asked = json!({"subject": whole::subject(visitor), "resource": resource});
                let all = engine.actions(&asked, &facts).unwrap();
                for name in thing.kind.actions() {
                    let letter = all.get(name).unwrap().decision.as_str().chars().next().unwrap();
                    // What is written down is what was agreed on.
                    let right = library::decide(world, visitor, thing, name);
                    assert_eq!(letter == 'a', right, "{visitor:?} {name} {resource}");
                    letters.push(letter);
                }
            }
        }
    }
    let actions: BTreeMap<&str, &[&str]> =
        library_space::KINDS.iter().map(|kind| (whole::library::key(*kind), kind.actions())).collect();
    let space = json!({
        "about": "worlds, subjects, resources, actions of the resource's type: nested in this order, one letter each. Written by tests/agreement_repository_golden.rs.",
        "worlds": spoken,
        "subjects": visitors.iter().map(whole::subject).collect::<Vec<_>>(),
        "actions": actions,
        "resources": resources,
    });
    golden("library-space.json", &(serde_json::to_string(&space).unwrap() + "\n"));
    assert!(letters.len() > 20_000, "{}", line(&letters));
    golden("library-agreement.txt", &(line(&letters) + "\n"));
}

fn line(letters: &str) -> String {
    let mut text = letters.len().to_string();
    for letter in ["a", "d", "u"] {
        let _ = write!(text, " {letter}:{}", letters.matches(letter).count());
    }
    text += " sha256-";
    for byte in Sha256::digest(letters.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
