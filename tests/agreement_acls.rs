//! Access lists in random worlds: single decisions, lists in memory, what is left for a back end, the lens and who agree with
//! the second opinion; with any one fact taken away nothing is guessed; and a device, which holds no lists, says the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/acl_worlds.rs"]
mod random;
#[path = "oracle/acls.rs"]
mod second;

use std::rc::Rc;
use std::sync::Arc;

use lictor::engine::Engine;
use lictor::facts::{EntityKey, Facts};
use lictor::model::{Address, At, Attributes, Faults, Listed, Reader};
use lictor::offline::{Clock, Entry, Replica};
use lictor::policy::{Index, Lens, Shown, Where};
use lictor::terms::Answer;
use random::{Dice, SUBJECTS, WORDS, facts_of, subject, world};
use second::{Asker, may};
use serde_json::{Map, Value, json};

fn attributes(engine: &Engine, facts: &Facts, id: &str, document: &Value, missing: &[Address]) -> Attributes {
    let kind = engine.policy().default_type().unwrap();
    let shown = Shown { id: Some(id), document, missing, stored: true };
    engine.policy().attributes(kind, shown, facts, &At::Root("record"), &mut Faults::new()).unwrap()
}

#[test]
fn every_projection_agrees_with_the_second_opinion() {
    let engine = Engine::preset("explicit-acls").unwrap();
    let policy = engine.shared_policy();
    let mut dice = Dice(7);
    let (mut cases, mut allowed) = (0, 0);
    for _ in 0..1_500 {
        let world = world(&mut dice);
        let facts = Rc::new(engine.facts(&facts_of(&world, json!(true))).unwrap());
        let mut index = Index::new();
        let seen: Vec<(&String, &Value, Attributes)> = world
            .records
            .iter()
            .map(|(id, document)| (id, document, attributes(&engine, &facts, id, document, &[])))
            .collect();
        for (_, _, record) in &seen {
            index.add(record);
        }
        for (user, roles) in SUBJECTS {
            let asker = Asker { user, roles, superuser: user == Some("9") };
            let who = subject(user, roles);
            let told = lictor::model::Subject::read(&who, &At::Root("s"), &mut Reader::new()).unwrap();
            let mut lens = Lens::new(Rc::clone(&policy), Rc::clone(&facts), told);
            for (action, operations) in [("read", &["get", "read"][..]), ("update", &["update"][..])] {
                let number = policy.action(action).unwrap();
                let query = engine.read_filter(&json!({"subject": who, "action": action})).unwrap();
                engine.filter_of(&query, &facts, |filter| {
                    let residual = filter.residual();
                    for (row, (id, document, record)) in (0..).zip(&seen) {
                        let expected = Answer::from(may(&world.lists, &asker, operations, id, document));
                        let resource = json!({"type": "record", "id": id});
                        let asked = json!({"subject": who, "action": action, "resource": resource});
                        let decision = engine.check(&asked, &facts).unwrap().decision;
                        let case = || format!("{asked} {document} {}", world.lists);
                        assert_eq!(decision, expected, "check {}", case());
                        assert_eq!(filter.answer(record), expected, "filter {}", case());
                        assert_eq!(lens.can(&index, row, number), Some(expected.code()), "lens {}", case());
                        if expected == Answer::Allow {
                            assert_ne!(residual, Where::Never, "left {}", case());
                        } else {
                            assert_ne!(residual, Where::Always, "left {}", case());
                        }
                        cases += 1;
                        allowed += u32::from(expected == Answer::Allow);
                    }
                });
            }
        }
    }
    println!("{cases} answers agree, {allowed} of them allow");
    assert!(cases > 50_000 && allowed > cases / 10 && allowed < cases * 9 / 10);
}

#[test]
fn without_any_one_fact_nothing_is_guessed() {
    let engine = Engine::preset("explicit-acls").unwrap();
    let (mut dice, mut known, mut unknown) = (Dice(11), 0, 0);
    let relations = ["acl", "access", "record", "user", "membership", "community"];
    for _ in 0..1_500 {
        let world = world(&mut dice);
        for (user, roles) in SUBJECTS {
            let (id, document) = world.records.iter().nth(dice.below(4)).unwrap();
            let asker = Asker { user, roles, superuser: user == Some("9") };
            let truth = Answer::from(may(&world.lists, &asker, &["get", "read"], id, document));
            let mut ask = |who: &Value, facts: &Value, missing: Value| {
                let resource = json!({"type": "record", "id": id, "missing": missing});
                let asked = json!({"subject": who, "action": "read", "resource": resource});
                let answer = engine.check(&asked, &engine.facts(facts).unwrap()).unwrap().decision;
                assert!(answer == Answer::Unknown || answer == truth, "{answer} is not {truth}: {asked} {facts}");
                if answer == Answer::Unknown { unknown += 1 } else { known += 1 }
            };
            let (who, whole) = (subject(user, roles), facts_of(&world, json!(true)));
            for field in ["kind", "tags", "creator", "faculty", "deep", "deep.tags", "state", "$schema"] {
                ask(&who, &whole, json!([field]));
            }
            for gone in relations {
                let rest: Vec<Value> =
                    relations.iter().filter(|name| **name != gone).map(|name| json!({"relation": name})).collect();
                ask(&who, &facts_of(&world, json!(rest)), json!([]));
            }
            // A list that is not given, and roles that nobody vouches for.
            for name in world.lists.as_object().unwrap().keys() {
                let mut part = whole.clone();
                part["acls"].as_object_mut().unwrap().remove(name);
                part["complete"] =
                    json!(relations[1..].iter().map(|name| json!({"relation": name})).collect::<Vec<_>>());
                ask(&who, &part, json!([]));
            }
            if let Some(id) = user {
                let rest =
                    json!(["acl", "access", "record", "membership", "community"].map(|name| json!({"relation": name})));
                ask(&json!({"type": "user", "id": id}), &facts_of(&world, rest), json!([]));
            }
        }
    }
    println!("{known} answers known, {unknown} unknown");
    assert!(known > 20_000 && unknown > 10_000);
}

/// A view as its user's device holds it: its facts, and the replica.
fn on_a_device(engine: &Engine, facts: &Facts, who: &Value) -> (Facts, Replica) {
    let base = engine.project_base(&json!({"subject": who, "subs": ["everywhere"]}), facts).unwrap();
    let documents: Map<String, Value> =
        facts.records.iter().map(|(id, document)| (id.to_string(), Value::clone(&document.read()))).collect();
    let records = engine.project_records(&json!({"subject": who, "records": documents}), facts).unwrap();
    let entries: Vec<Entry> = base.entries.into_iter().chain(records).collect();
    let (mut held, mut reader) = (Facts::view(), Reader::new());
    for entry in &entries {
        let words = &engine.policy().words;
        held.put(&entry.key, &entry.value, &entry.missing, words, &At::Root("v"), &mut reader).unwrap();
        if let (EntityKey::Record { id }, Some(told)) = (&entry.key, &entry.acls) {
            held.told.insert(id.clone(), Listed::Told(Arc::clone(told)));
        }
    }
    held.prove(base.closed.clone());
    let mut replica = engine.replica(who).unwrap();
    replica.reset(entries, &json!(base.closed), &json!([])).unwrap();
    (held, replica)
}

#[test]
fn a_device_says_what_the_lists_come_to_and_guesses_nothing_after_a_change() {
    let engine = Engine::preset("explicit-acls").unwrap();
    let policy = engine.shared_policy();
    let clock = Clock { lo: 0, hi: 0 };
    let (mut dice, mut same, mut known, mut open) = (Dice(13), 0, 0, 0);
    for _ in 0..500 {
        let world = world(&mut dice);
        let facts = engine.facts(&facts_of(&world, json!(true))).unwrap();
        for (user, roles) in SUBJECTS {
            let asker = Asker { user, roles, superuser: user == Some("9") };
            let who = subject(user, roles);
            let (held, mut device) = on_a_device(&engine, &facts, &who);
            let told = lictor::model::Subject::read(&who, &At::Root("s"), &mut Reader::new()).unwrap();
            let (held, mut index) = (Rc::new(held), Index::new());
            let ids: Vec<&str> = held.records.keys().collect();
            for id in &ids {
                index.add(&attributes(&engine, &held, id, &world.records[*id], &[]));
            }
            let mut lens = Lens::new(Rc::clone(&policy), Rc::clone(&held), told);
            let listed = device.list(&json!({"action": "update"})).unwrap();
            for (row, id) in (0..).zip(&ids) {
                let resource = json!({"type": "record", "id": id});
                for (action, operations) in [("read", &["get", "read"][..]), ("update", &["update"][..])] {
                    let expected = Answer::from(may(&world.lists, &asker, operations, id, &world.records[*id]));
                    let case = || format!("{who} {action} {id} {} {}", world.records[*id], world.lists);
                    let asked = json!({"action": action, "resource": resource});
                    assert_eq!(device.can(&asked, clock).unwrap().decision, expected, "device {}", case());
                    assert_eq!(
                        lens.can(&index, row, policy.action(action).unwrap()),
                        Some(expected.code()),
                        "{}",
                        case()
                    );
                    same += 1;
                }
                let update = may(&world.lists, &asker, &["update"], id, &world.records[*id]);
                assert_eq!(listed.ids.iter().any(|one| one == id), update);
                assert_eq!(listed.unknown, Vec::<String>::new());
                // What the user writes, lists may look at.
                let mut changed = world.records[*id].clone();
                changed["tags"] = json!([dice.of(&WORDS)]);
                let edit = json!([{"path": ["tags"], "was": world.records[*id]["tags"], "value": changed["tags"]}]);
                let target = json!({"relation": "record", "id": id});
                let replayed = device
                    .rebase(&json!([{"n": 1, "action": "update", "target": target, "args": {"set": edit}}]))
                    .unwrap();
                assert_eq!(replayed[0].applied, update, "{who} {id} {}", world.lists);
                for (action, operations) in [("read", &["get", "read"][..]), ("update", &["update"][..])] {
                    let asked = json!({"action": action, "resource": resource});
                    let answer = device.can(&asked, clock).unwrap().decision;
                    let right = if update { &changed } else { &world.records[*id] };
                    let expected = Answer::from(may(&world.lists, &asker, operations, id, right));
                    assert!(
                        answer == Answer::Unknown || answer == expected,
                        "{answer}: {asked} {right} {}",
                        world.lists
                    );
                    if answer == Answer::Unknown { open += 1 } else { known += 1 }
                }
                device.rebase(&json!([])).unwrap();
            }
        }
    }
    println!("{same} answers the same on a device; after a change {known} still known, {open} unknown");
    assert!(same > 5_000 && known > 5_000 && open > 20);
}
