//! A fact that was not given is unknown, and an unknown stays only where it could change the answer: for every single
//! fact taken away the engine answers what all completions agree on. No avoidable unknowns, and never a guess.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bridge;
mod oracle;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use bridge::{PRESETS, Preset, answer, full, parallel, read_subject};
use lictor::engine::Engine;
use lictor::facts::Key;
use lictor::policy::{Ask, Filter, Index, Lens, Question, Scope};
use lictor::terms::Answer;
use oracle::space::{self, Group, HOME, SECOND, Size};
use oracle::three::{self, Hole};
use oracle::world::{Asker, Rec};

/// One case in so many.
const SAMPLE: usize = 47;

#[derive(Default, Debug)]
struct Counts {
    asked: usize,
    unknown: usize,
    /// Unknown though every completion agrees, by hole.
    avoidable: BTreeMap<String, (usize, String)>,
    /// Known though completions differ.
    guesses: Vec<String>,
}

#[test]
fn single_holes_in_oarepo() {
    run(&PRESETS[0]);
}

#[test]
fn single_holes_in_oarepo_305() {
    run(&PRESETS[1]);
}

fn run(preset: &Preset) {
    let groups: Vec<Group> = space::groups(Size::Fast).collect();
    let found = parallel(groups.len(), |numbers| {
        let mut engines = HashMap::new();
        let mut counts = Counts::default();
        for n in numbers {
            let Group { world, asker, records } = &groups[n];
            let engine = engines.entry(world.allowed_actions.clone()).or_insert_with(|| preset.engine(world));
            for (row, record) in records.iter().enumerate().filter(|(_, record)| preset.is_legal(record)) {
                if full() || (n * 34 + row).is_multiple_of(SAMPLE) {
                    for hole in holes() {
                        one(preset, engine, &groups[n], asker, record, &hole, &mut counts);
                    }
                }
            }
        }
        counts
    });
    let mut sum = Counts::default();
    for counts in found {
        sum.asked += counts.asked;
        sum.unknown += counts.unknown;
        sum.guesses.extend(counts.guesses);
        for (hole, (count, example)) in counts.avoidable {
            sum.avoidable.entry(hole).or_insert((0, example)).0 += count;
        }
    }
    println!("{}: {} asked, {} unknown", preset.name, sum.asked, sum.unknown);
    assert!(sum.asked > 40_000 && sum.unknown > 4_000, "{} asked, {} unknown", sum.asked, sum.unknown);
    assert!(sum.guesses.is_empty(), "{} guesses, for example {}", sum.guesses.len(), sum.guesses[0]);
    assert!(sum.avoidable.is_empty(), "avoidable unknowns: {:#?}", sum.avoidable);
}

fn holes() -> Vec<Hole> {
    let [home, second] = [HOME, SECOND].map(str::to_string);
    let mut holes = vec![Hole::UserRoles, Hole::State, Hole::Owners, Hole::Primary, Hole::Secondary];
    holes.extend([Hole::Membership(home.clone()), Hole::Membership(second.clone())]);
    holes.extend([Hole::Grants(home), Hole::Grants(second)]);
    holes.extend(["superuser-access", "read", "update", "approve"].map(|action| Hole::Access(action.to_string())));
    holes
}

fn one(
    preset: &Preset,
    engine: &Engine,
    Group { world, .. }: &Group,
    asker: &Asker,
    record: &Rec,
    hole: &Hole,
    counts: &mut Counts,
) {
    let policy = engine.policy();
    let holes = std::slice::from_ref(hole);
    let facts = Rc::new(bridge::facts(policy, world, asker, Some(record), holes));
    let subject = read_subject(asker);
    let ask = Ask::new(policy, &subject, &facts);
    let attributes = preset.attributes(policy, record, holes);
    let mut index = Index::new();
    index.add(&attributes);
    let mut lens = Lens::new(engine.shared_policy(), Rc::clone(&facts), subject.clone());
    for action in policy.action_ids() {
        let name = policy.action_name(action);
        let expected = answer(three::decide(preset.decide, world, asker, record, holes, name));
        let question = Question { ask: &ask, record: &attributes, action };
        let got = question.answer();
        let place = || format!("{} {name} without {hole:?} by {asker:?} of {record:?} in {world:?}", preset.name);
        counts.asked += 1;
        match (got, expected) {
            (Answer::Unknown, Answer::Unknown) => {
                counts.unknown += 1;
                if std::env::var_os("MEASURE").is_none() { names_the_hole(preset, &question.decide().missing, hole, &place); }
            }
            _ if got == expected => {}
            (Answer::Unknown, _) => {
                let kind = format!("{hole:?}");
                counts.avoidable.entry(kind).or_insert_with(|| (0, place())).0 += 1;
            }
            _ => counts.guesses.push(format!("{got} for {expected}: {}", place())),
        }
        if std::env::var_os("MEASURE").is_some() { continue; }
        // The other projections guess no better and no worse.
        assert_eq!(lens.can(&index, 0, action), Some(got.code()), "lens: {}", place());
        let ways = [("actions", question.decide().decision), ("explain", question.explain().decision.decision)];
        for (way, answer) in ways {
            assert_eq!(answer, got, "{way}: {}", place());
        }
        if preset.name == "oarepo" || name != "read" {
            assert_eq!(Filter::new(&ask, action, &Scope::Everywhere).answer(&attributes), got, "list: {}", place());
            let visible = lens.visible(&index, action, &Scope::Everywhere);
            let code = visible.bits()[0] & 1 | (visible.unknown_bits()[0] & 1) << 1;
            assert_eq!(code, u32::from(got.code()), "visible: {}", place());
        }
    }
}

/// An unknown lists what is missing: nothing else than the hole, since all the rest was given.
fn names_the_hole(preset: &Preset, missing: &[Key], hole: &Hole, place: &dyn Fn() -> String) {
    assert!(!missing.is_empty(), "unknown without a missing fact: {}", place());
    for key in missing {
        let fits = match (key, hole) {
            (Key::Record { field: Some(field), .. }, _) => {
                preset.withheld(std::slice::from_ref(hole)).contains(&field.as_str())
            }
            (Key::Community { id, .. }, Hole::Grants(community)) => id == community,
            (Key::Membership { community, .. }, Hole::Membership(hole)) => community.as_ref() == Some(hole),
            (Key::User { .. }, Hole::UserRoles) => true,
            (Key::Access { action: Some(action) }, Hole::Access(hole)) => *action == bridge::need(hole),
            _ => false,
        };
        assert!(fits, "{key:?} is not missing: {}", place());
    }
}
