//! A remedy keeps its word: done in earnest, as facts, its changes allow the action; and none of them could be left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bridge;
mod oracle;

use std::collections::{BTreeMap, HashMap};

use bridge::{PRESETS, Preset, full, parallel};
use lictor::engine::Engine;
use lictor::policy::RemedyChange;
use lictor::terms::{Answer, ChangeCode};
use oracle::space::{self, Group, Size};
use oracle::world::{Asker, Membership, Rec, World, actions, set};

/// One case in so many.
const SAMPLE: usize = 13;
/// Somebody of whom nothing is known until they sign in.
const STRANGER: i64 = 77;

#[test]
fn remedies_of_oarepo_keep_their_word() {
    run(&PRESETS[0]);
}

#[test]
fn remedies_of_oarepo_305_keep_their_word() {
    run(&PRESETS[1]);
}

fn run(preset: &Preset) {
    let groups: Vec<Group> = space::groups(Size::Fast).collect();
    let found = parallel(groups.len(), |numbers| {
        let mut engines = HashMap::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for n in numbers {
            let Group { world, asker, records } = &groups[n];
            let engine = engines.entry(world.allowed_actions.clone()).or_insert_with(|| preset.engine(world));
            for (row, record) in records.iter().enumerate().filter(|(_, record)| preset.is_legal(record)) {
                if full() || (n * 34 + row).is_multiple_of(SAMPLE) {
                    one(preset, engine, world, asker, record, &mut counts);
                }
            }
        }
        counts
    });
    let mut sum: BTreeMap<String, usize> = BTreeMap::new();
    for counts in found {
        for (what, count) in counts {
            *sum.entry(what).or_default() += count;
        }
    }
    println!("{}: {sum:?}", preset.name);
    for code in ["sign_in", "role", "owner", "state", "remove_deny"] {
        assert!(sum.get(code).is_some_and(|count| *count > 20), "`{code}` is hardly ever proposed: {sum:?}");
    }
}

fn one(
    preset: &Preset,
    engine: &Engine,
    world: &World,
    asker: &Asker,
    record: &Rec,
    counts: &mut BTreeMap<String, usize>,
) {
    let facts = bridge::facts(engine.policy(), world, asker, Some(record), &[]);
    for action in actions() {
        let evaluation = preset.evaluation(asker, record, &[], Some(action));
        let decision = engine.check(&evaluation, &facts).unwrap();
        let place = || format!("{} {action} by {asker:?} of {record:?} in {world:?}", preset.name);
        if decision.decision == Answer::Deny && !decision.conceal {
            *counts.entry("denied".to_string()).or_default() += 1;
            *counts.entry(format!("with {} remedies", decision.remedies.len())).or_default() += 1;
        }
        for (number, remedy) in decision.remedies.iter().enumerate() {
            assert!(!remedy.is_empty(), "an empty remedy: {}", place());
            assert!(!decision.remedies[..number].contains(remedy), "a remedy twice: {}", place());
            // Every part of it, by bits; only the whole allows.
            for part in 0..1_usize << remedy.len() {
                let chosen = |n: usize| part >> n & 1 == 1;
                let chosen: Vec<&RemedyChange> =
                    remedy.iter().enumerate().filter(|(n, _)| chosen(*n)).map(|(_, change)| change).collect();
                let whole = chosen.len() == remedy.len();
                let Some((world, asker, record)) = done(world, asker, record, &chosen) else {
                    assert!(!whole, "{remedy:?} cannot be done: {}", place());
                    continue;
                };
                let allows = (preset.decide)(&world, &asker, &record, action);
                assert_eq!(allows, whole, "{remedy:?}, done: {chosen:?}: {}", place());
                if whole {
                    let facts = bridge::facts(engine.policy(), &world, &asker, Some(&record), &[]);
                    let evaluation = preset.evaluation(&asker, &record, &[], Some(action));
                    let again = engine.check(&evaluation, &facts).unwrap();
                    assert_eq!(again.decision, Answer::Allow, "{remedy:?}: {}", place());
                }
            }
            for change in remedy {
                *counts.entry(change.change.as_str().to_string()).or_default() += 1;
            }
        }
    }
}

/// The case after the changes; none if they make no sense for this asker (a stranger owns nothing).
fn done(world: &World, asker: &Asker, record: &Rec, changes: &[&RemedyChange]) -> Option<(World, Asker, Rec)> {
    let (mut world, mut asker, mut record) = (world.clone(), asker.clone(), record.clone());
    if changes.iter().any(|change| change.change == ChangeCode::SignIn) {
        asker = Asker::user(STRANGER);
    }
    for change in changes {
        match change.change {
            ChangeCode::SignIn => {}
            ChangeCode::State => {
                // The state a record without a status is in has no word in a record.
                record.state = change.state.clone().filter(|state| state != "(none)");
            }
            ChangeCode::Owner => record.owners = vec![asker.id()?],
            // The worlds here have no named fields, no settings and no access lists.
            ChangeCode::Field
            | ChangeCode::RecordGrant
            | ChangeCode::Wait
            | ChangeCode::Setting
            | ChangeCode::AclAllows
            | ChangeCode::AclDenies => return None,
            ChangeCode::RemoveDeny => world.access.retain(|row| !row.exclude),
            ChangeCode::Role => {
                let (community, role) = (change.community.clone()?, change.role.clone()?);
                world.memberships.push(Membership { user: asker.id()?, community, roles: set(&[&role]) });
            }
        }
    }
    Some((world, asker, record))
}
