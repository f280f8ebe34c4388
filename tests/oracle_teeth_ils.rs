//! The second opinion of `ils` has teeth: each fault planted into the preset makes some answer differ from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod library;
mod oracle;
#[path = "prove/rng.rs"]
mod rng;

use lictor::engine::Engine;
use lictor::policy::{Ask, Question};
use lictor::terms::Answer;
use oracle::ils::{self, Thing, Visitor, World};
use serde_json::{Value, json};

/// What is wrong, and the change of the document that makes it so.
fn planted() -> Vec<(&'static str, Value)> {
    let rule = |name: &str, rule: Value| json!({"rules": {name: rule}});
    let define = |name: &str, rule: Value| json!({"define": {name: rule}});
    let loan = |name: &str, rule: Value| json!({"machines": {"loan": {"rules": {name: rule}}}});
    let librarian = json!({"any": [{"use": "superuser"}, {"need": "ils-backoffice-access"}]});
    let anyway = json!({"if": {"filled": "readers"}, "then": {"user_in": "readers"}, "else": "always"});
    vec![
        ("restricted documents are open", define("open", anyway)),
        (
            "who is named reads only what is restricted besides",
            define(
                "open",
                json!({"if": null, "then": null, "else": null,
                "any": [{"user_in": "readers"}, {"field": "restricted", "in": ["false"]}]}),
            ),
        ),
        (
            "items do not look at their document",
            define("document_open", json!({"if": "always", "then": "always", "else": "never"})),
        ),
        (
            "deleted records stay in the catalogue",
            define("catalogued", json!({"all": [{"use": "open"}, {"use": "document_open"}]})),
        ),
        ("the role of librarians counts for nothing", define("librarian", librarian)),
        ("read-only librarians do not see more", define("staff", json!({"any": [{"use": "librarian"}]}))),
        ("signed in is anybody", define("signed_in", json!({"any": ["always"]}))),
        (
            "who is named for updates is not let",
            rule("update", json!({"all": [{"state": ["published"]}, {"use": "librarian"}]})),
        ),
        (
            "who is named for updates deletes",
            rule("delete", json!({"any": [{"use": "librarian"}, {"user_in": "updaters"}]})),
        ),
        ("rows let nobody make records", rule("create", json!({"any": [{"use": "librarian"}]}))),
        ("nothing stands before an action", json!({"gate": {"rule": {"use": null, "any": ["always"]}}})),
        ("deny rows are passed over", json!({"deny": {"all": ["never"]}})),
        ("patrons see each other's loans", loan("read", json!({"use": "signed_in"}))),
        ("patrons check out as staff does", loan("checkout", json!({"use": "own"}))),
        (
            "self-checkout does not ask whose loan it is",
            loan("self_checkout", json!({"all": [{"use": "switch_self_checkout"}]})),
        ),
        ("patrons cancel what is on loan", loan("cancel", json!({"any": [{"use": "librarian"}, "owner"]}))),
        ("only staff extends", loan("extend", json!({"any": [{"use": "librarian"}]}))),
        (
            "requests are declined by staff only",
            json!({"machines": {"document-request": {"rules": {"decline": {"any": [{"use": "librarian"}]}}}}}),
        ),
        (
            "files that are not open are anybody's",
            json!({"machines": {"electronic-item": {"rules": {"read-files": {"any": ["always"]}}}}}),
        ),
    ]
}

/// The first case that is answered otherwise.
fn found(patch: &Value, worlds: &[World], visitors: &[Visitor], things: &[Thing]) -> Option<String> {
    for world in worlds {
        let engine = Engine::with_changes(library::engine(world).policy().document.clone(), patch).unwrap();
        let facts = library::facts(&engine, world, true);
        for visitor in visitors {
            let subject = library::read_subject(visitor, true);
            for thing in things {
                let machine = engine.of_type(library::key(thing.kind));
                let policy = machine.policy();
                let ask =
                    Ask::new(policy, &subject, &facts).about(policy.record_type(library::key(thing.kind)).unwrap());
                let record = library::attributes(policy, thing.kind, &library::document(thing, true), None);
                for name in thing.kind.actions() {
                    let action = policy.action(name).unwrap();
                    let answer = Question { ask: &ask, record: &record, action }.answer();
                    if answer != Answer::from(ils::decide(world, visitor, thing, name)) {
                        return Some(format!("{visitor:?} {name}: {answer} on {thing:?}"));
                    }
                }
            }
        }
    }
    None
}

#[test]
fn every_planted_fault_is_found() {
    let (worlds, visitors, things) = (library::worlds(), library::visitors(), library::things());
    assert_eq!(found(&json!({}), &worlds[..1], &visitors, &things), None, "without a fault nothing differs");
    for (name, patch) in planted() {
        let case =
            found(&patch, &worlds, &visitors, &things).unwrap_or_else(|| panic!("nothing differs though {name}"));
        println!("{name}: {case}");
    }
}
