//! The second opinion of library types under `repository` has teeth: each fault planted into the preset makes some answer
//! differ from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use lictor::policy::{Ask, Question};
use lictor::terms::Answer;
use oracle::repository::library::{self, Thing};
use oracle::repository::library_space as space;
use oracle::repository::world::{Visitor, World};
use serde_json::{Value, json};
use whole::library::{attributes, document, key};

/// What is wrong, where in the document, and what stands there then.
fn planted() -> Vec<(&'static str, &'static str, Value)> {
    let librarian = || json!({"use": "librarian"});
    let [superuser, owner] = [json!({"use": "superuser"}), json!("owner")];
    let by_row = json!({"any": [librarian(), {"granted_by_row": "create"}]});
    let moderated = json!({"any": [{"use": "librarians"}, "owner", {"use": "moderator"}]});
    vec![
        ("the role of librarians counts for nothing", "/define/librarian", superuser),
        ("read-only librarians read no more than others", "/define/librarians", librarian()),
        ("read-only librarians curate", "/machines/library/rules/create", json!({"use": "librarians"})),
        ("what is published is everybody's", "/define/library_published", json!("always")),
        ("bans and deny rows for read are passed over", "/define/read_denied", json!("never")),
        ("deny rows on other actions are passed over", "/deny", json!("never")),
        ("documents leave no tombstone", "/define/library_tombstone", json!("never")),
        ("owners manage no more", "/define/library_manages", librarian()),
        ("grants of manage update", "/define/library_update", json!({"use": "library_manages"})),
        ("who is named for updates deletes", "/define/library_delete", json!({"use": "library_update"})),
        ("what a row grants in communities it grants here", "/machines/library/rules/create", by_row),
        ("items do not look at their document", "/machines/library/types/2/fields/document_restricted", json!("-")),
        (
            "files that are not open are anybody's",
            "/machines/electronic-item/rules/read-files",
            json!({"action": "read"}),
        ),
        ("moderators read loans", "/machines/loan/rules/read", moderated),
        ("only staff declines", "/machines/document-request/rules/decline", librarian()),
        ("patrons lend to themselves", "/machines/loan/rules/self_checkout", owner),
    ]
}

/// Whether some case is answered otherwise.
fn is_found(preset: &Value, worlds: &[World], visitors: &[Visitor], things: &[Thing]) -> bool {
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    worlds.iter().any(|world| {
        let engine = whole::engine(preset, world);
        let facts = whole::facts(engine.policy(), world, &everybody, None);
        visitors.iter().any(|visitor| {
            let subject = whole::read_subject(visitor);
            things.iter().any(|thing| {
                let machine = engine.of_type(key(thing.kind));
                let policy = machine.policy();
                let ask = Ask::new(policy, &subject, &facts).about(policy.record_type(key(thing.kind)).unwrap());
                let record = attributes(policy, &facts, thing.kind, &document(thing), None);
                thing.kind.actions().iter().any(|name| {
                    let action = policy.action(name).unwrap();
                    let answer = Question { ask: &ask, record: &record, action }.answer();
                    answer != Answer::from(library::decide(world, visitor, thing, name))
                })
            })
        })
    })
}

#[test]
fn every_planted_fault_is_found() {
    let (worlds, visitors, things) = (space::worlds(), space::visitors(), space::things());
    let planted = planted();
    let unseen = whole::parallel(planted.len(), |numbers| {
        let mut unseen = Vec::new();
        for n in numbers {
            let (what, path, value) = &planted[n];
            let mut preset = whole::document_of_preset();
            *preset.pointer_mut(path).unwrap_or_else(|| panic!("nothing at {path}")) = value.clone();
            if !is_found(&preset, &worlds, &visitors, &things) {
                unseen.push(*what);
            }
        }
        unseen
    });
    let unseen: Vec<_> = unseen.into_iter().flatten().collect();
    assert!(unseen.is_empty(), "no case tells that {unseen:?}");
}
