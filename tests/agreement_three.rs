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
use oracle::space::{self, FOREIGN, Group, HOME, SECOND, Size};
use oracle::three::{self, Hole};
use oracle::world::{Asker, Rec, actions};

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
                    let costly = full() || counts.asked.is_multiple_of(70);
                    for hole in holes().into_iter().filter(|hole| costly || !has_many_completions(hole)) {
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
    assert!(sum.asked > 40_000 && sum.unknown > 3_000, "{} asked, {} unknown", sum.asked, sum.unknown);
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

/// Hundreds or thousands, each a whole world: looked at less often.
fn has_many_completions(hole: &Hole) -> bool {
    matches!(hole, Hole::UserRoles | Hole::Grants(_))
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
                names_the_hole(preset, &question.decide().missing, hole, &place);
            }
            _ if got == expected => {}
            (Answer::Unknown, _) => {
                let kind = format!("{hole:?}");
                counts.avoidable.entry(kind).or_insert_with(|| (0, place())).0 += 1;
            }
            _ => counts.guesses.push(format!("{got} for {expected}: {}", place())),
        }
        // The other projections guess no better and no worse.
        assert_eq!(lens.can(&index, 0, action), Some(got.code()), "lens: {}", place());
        if full() || counts.asked.is_multiple_of(7) {
            let explained = question.explain();
            assert_eq!(explained.decision.decision, got, "decision: {}", place());
            assert!(explained.tree.is_none_or(|tree| tree.value == got), "explain: {}", place());
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
        let fits = is_key_of(preset, key, hole);
        assert!(fits, "{key:?} is not missing: {}", place());
    }
}

fn is_key_of(preset: &Preset, key: &Key, hole: &Hole) -> bool {
    match (key, hole) {
        (Key::Record { field: Some(field), .. }, _) => {
            preset.withheld(std::slice::from_ref(hole)).contains(&field.as_str())
        }
        (Key::Community { id, .. }, Hole::Grants(community)) => id == community,
        (Key::Membership { community, .. }, Hole::Membership(hole)) => community.as_ref() == Some(hole),
        (Key::User { .. }, Hole::UserRoles) => true,
        (Key::Access { action: Some(action) }, Hole::Access(hole)) => *action == bridge::need(hole),
        _ => false,
    }
}

/// "Facts come in bounded rounds (`Need` names the missing keys, the host looks them up, at most 3 rounds)": from nothing
/// known but the record, giving what is asked for ends in the oracle's answer.
#[test]
fn three_rounds_are_enough() {
    let mut longest = 0;
    for preset in &PRESETS {
        for (n, group) in space::groups(Size::Fast).enumerate().step_by(5) {
            let Group { world, asker, records } = &group;
            let engine = preset.engine(world);
            let legal: Vec<&Rec> = records.iter().filter(|record| preset.is_legal(record)).collect();
            let record = legal[n % legal.len()];
            for name in actions() {
                let mut holes = everything();
                let mut rounds = 0;
                let decision = loop {
                    let facts = bridge::facts(engine.policy(), world, asker, Some(record), &holes);
                    let evaluation = preset.evaluation(asker, record, &holes, Some(name));
                    let decision = engine.check(&evaluation, &facts).unwrap();
                    if decision.decision != Answer::Unknown {
                        break decision.decision;
                    }
                    rounds += 1;
                    assert!(rounds <= 3, "{name} asks for {:?} in round {rounds}", decision.missing);
                    let before = holes.len();
                    holes.retain(|hole| !decision.missing.iter().any(|key| is_key_of(preset, key, hole)));
                    assert!(holes.len() < before, "{name} asks for what was given: {:?}", decision.missing);
                };
                longest = longest.max(rounds);
                let expected = (preset.decide)(world, asker, record, name);
                assert_eq!(decision, Answer::from(expected), "{} {name} by {asker:?} of {record:?}", preset.name);
            }
        }
    }
    println!("at most {longest} rounds");
}

/// Every fact that can be missing, fields of the record left out: a record is given or not.
fn everything() -> Vec<Hole> {
    let mut holes = vec![Hole::UserRoles];
    for id in [HOME, SECOND, FOREIGN].map(str::to_string) {
        holes.extend([Hole::Membership(id.clone()), Hole::Grants(id)]);
    }
    holes.extend(actions().into_iter().chain(["superuser-access"]).map(|action| Hole::Access(action.to_string())));
    holes
}
