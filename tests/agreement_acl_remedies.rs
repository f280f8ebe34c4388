//! Remedies in random worlds of access lists keep their word: done in earnest, as lists, they allow; no part of one would do; and none
//! tells more of lists than the reasons do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/acl_worlds.rs"]
mod random;
#[path = "oracle/acls.rs"]
mod second;

use std::collections::BTreeMap;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::policy::{Reason, RemedyChange, preset};
use lictor::terms::{Answer, ChangeCode, ReasonCode};
use random::{Dice, SUBJECTS, World, facts_of, subject, world};
use second::{Asker, may};
use serde_json::{Value, json};

/// A world after a change of a remedy, done in earnest.
fn done(world: &mut World, id: &str, who: &mut (Option<&str>, &[&str]), change: &RemedyChange) {
    let lists = world.lists.as_object_mut().unwrap();
    match change.change {
        ChangeCode::SignIn => *who = (Some("77"), &[]),
        ChangeCode::State => world.records.get_mut(id).unwrap()["state"] = json!(change.state),
        ChangeCode::AclAllows => {
            let mine = who.0.map_or(
                json!({"type": "system_role", "system_role": "anonymous"}),
                |user| json!({"type": "user", "users": [user]}),
            );
            let list = json!({"type": "id", "records": [id], "operation": change.value, "priority_group": "remedy", "actors": [mine]});
            lists.insert("remedy".to_string(), list);
        }
        ChangeCode::AclDenies => {
            let denies = |list: &&mut Value| list["effect"] == "deny" && list["operation"] == json!(change.value);
            lists.values_mut().filter(denies).for_each(|list| list["actors"] = json!([]));
        }
        other => panic!("{other:?} is no remedy here"),
    }
}

#[test]
fn remedies_keep_their_word_and_no_part_of_one_would_do() {
    let engine = Engine::with_changes(preset("explicit-acls").unwrap(), &json!({"reveal": null})).unwrap();
    let mut dice = Dice(17);
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..400 {
        let world = world(&mut dice);
        let facts = engine.facts(&facts_of(&world, json!(true))).unwrap();
        for ((user, roles), id) in SUBJECTS.iter().flat_map(|who| world.records.keys().map(move |id| (*who, id))) {
            for (action, operations) in [("read", &["get", "read"][..]), ("update", &["update"][..])] {
                let check = |who: &Value, facts: &Facts| {
                    let resource = json!({"type": "record", "id": id});
                    engine.check(&json!({"subject": who, "action": action, "resource": resource}), facts).unwrap()
                };
                let decision = check(&subject(user, roles), &facts);
                assert_eq!(decision.remedies.is_empty(), decision.decision == Answer::Allow, "{id} {}", world.lists);
                let hit = |reason: &Reason| reason.code == ReasonCode::AclDenies && reason.holds == Some(true);
                for remedy in &decision.remedies {
                    for part in 0..1_usize << remedy.len() {
                        let (mut after, mut who) =
                            (World { lists: world.lists.clone(), records: world.records.clone() }, (user, roles));
                        for (_, change) in remedy.iter().enumerate().filter(|(n, _)| part >> n & 1 == 1) {
                            done(&mut after, id, &mut who, change);
                        }
                        let asker = Asker { user: who.0, roles: who.1, superuser: who.0 == Some("9") };
                        let whole = part + 1 == 1 << remedy.len();
                        let case = || format!("{remedy:?} {part} {who:?} {action} {id} {}", world.lists);
                        assert_eq!(may(&after.lists, &asker, operations, id, &after.records[id]), whole, "{}", case());
                        if whole {
                            let facts = engine.facts(&facts_of(&after, json!(true))).unwrap();
                            assert_eq!(check(&subject(who.0, who.1), &facts).decision, Answer::Allow, "{}", case());
                        }
                    }
                    for change in remedy {
                        // That a list denies something is told by the reasons, or not at all.
                        assert!(change.change != ChangeCode::AclDenies || decision.reasons.iter().any(hit));
                        *told.entry(change.change.as_str().to_string()).or_default() += 1;
                    }
                }
            }
        }
    }
    println!("{told:?}");
    assert!(
        ["acl_allows", "acl_denies", "state", "sign_in"].iter().all(|code| told.get(*code).is_some_and(|n| *n > 20)),
        "{told:?}"
    );
}
