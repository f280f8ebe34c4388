//! `repository` with any one fact removed: the engine says what all completions agree on, or unknown; never a guess. What is
//! unknown though all agree is counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use lictor::engine::Engine;
use lictor::model::Attributes;
use lictor::policy::{Ask, Filter, Index, Lens, Question, Scope};
use lictor::terms::Answer;
use oracle::repository::three::{self, FIELDS, Hole};
use oracle::repository::world::{Record, Visitor, World};
use oracle::repository::{ACTIONS, decide, random, space};
use oracle::three::Three;
use serde_json::Value;

/// One case in so many; of the random ones the first of each group.
const SAMPLE: usize = 397;
const GROUPS: usize = 150;
/// Of a hundred unknown answers at most so many that all completions agree on.
const AVOIDABLE: usize = 2;

#[derive(Default, Debug)]
struct Counts {
    cases: usize,
    asked: usize,
    unknown: usize,
    /// Unknown though every completion agrees, by hole and action.
    avoidable: BTreeMap<String, (usize, String)>,
    /// Known though completions differ, or known and wrong.
    guesses: BTreeMap<String, (usize, String)>,
}

#[test]
fn any_one_fact_removed_in_the_space() {
    let document = whole::document_of_preset();
    let worlds: Vec<World> = [space::worlds(), space::listed_worlds()].concat();
    let (visitors, records) = (space::visitors(), space::records());
    let sample = if whole::full() { 1 } else { SAMPLE };
    let found = whole::parallel(worlds.len() * visitors.len(), |numbers| {
        let (mut engines, mut counts) = (HashMap::new(), Counts::default());
        for n in numbers {
            let (world, visitor) = (&worlds[n / visitors.len()], &visitors[n % visitors.len()]);
            let engine = engines.entry(world.allowed.clone()).or_insert_with(|| whole::engine(&document, world));
            let some = (0..records.len()).filter(|row| (n * records.len() + row).is_multiple_of(sample));
            let some: Vec<&Record> = some.map(|row| &records[row]).collect();
            one_group(engine, world, visitor, &some, &mut counts);
        }
        counts
    });
    sum(found, "the space");
}

#[test]
fn any_one_fact_removed_in_random_worlds() {
    let document = whole::document_of_preset();
    let groups = if whole::full() { 10 * GROUPS } else { GROUPS };
    let found = whole::parallel(groups, |numbers| {
        let (mut engines, mut counts) = (HashMap::new(), Counts::default());
        for n in numbers {
            let (world, visitor, records) = random::group(n as u64, 3);
            let engine = engines.entry(world.allowed.clone()).or_insert_with(|| whole::engine(&document, &world));
            one_group(engine, &world, &visitor, &records.iter().collect::<Vec<_>>(), &mut counts);
        }
        counts
    });
    sum(found, "random worlds");
}

fn sum(found: Vec<Counts>, what: &str) {
    let mut sum = Counts::default();
    for counts in found {
        sum.cases += counts.cases;
        sum.asked += counts.asked;
        sum.unknown += counts.unknown;
        for (into, from) in [(&mut sum.avoidable, counts.avoidable), (&mut sum.guesses, counts.guesses)] {
            for (kind, (count, example)) in from {
                into.entry(kind).or_insert((0, example)).0 += count;
            }
        }
    }
    let avoidable: usize = sum.avoidable.values().map(|(count, _)| count).sum();
    println!(
        "{what}: {} cases, {} asked with one fact removed, {} unknown, {avoidable} of them avoidable ({:.2} %)",
        sum.cases,
        sum.asked,
        sum.unknown,
        100.0 * avoidable as f64 / sum.unknown as f64
    );
    for (kind, (count, example)) in &sum.avoidable {
        println!("avoidable, {count} times {kind}: {example}");
    }
    for (kind, (count, example)) in &sum.guesses {
        println!("GUESS, {count} times {kind}: {example}");
    }
    assert!(sum.cases > 200 && sum.unknown > 10_000, "{} cases, {} unknown", sum.cases, sum.unknown);
    assert!(sum.guesses.is_empty(), "{} kinds of guesses", sum.guesses.len());
    assert!(avoidable * 100 <= sum.unknown * AVOIDABLE, "{avoidable} of {} unknown are avoidable", sum.unknown);
}

/// One visitor in one world, some records, every fact removed in turn.
fn one_group(engine: &Engine, world: &World, visitor: &Visitor, records: &[&Record], counts: &mut Counts) {
    let policy = engine.policy();
    let subject = whole::read_subject(visitor);
    let documents: Vec<Value> = records.iter().map(|record| whole::document(record)).collect();
    counts.cases += records.len();
    let agreed = agreed(engine, world, visitor, records, &documents);
    for hole in three::facts().into_iter().chain(FIELDS.map(Hole::Field)) {
        let facts = whole::facts(policy, world, &[visitor], Some(hole));
        let ask = Ask::new(policy, &subject, &facts);
        let mut lens = Lens::new(engine.shared_policy(), Rc::clone(&facts), subject.clone());
        let worlds = three::worlds(world, visitor, hole);
        let field = if let Hole::Field(field) = hole { Some(field) } else { None };
        let all: Vec<Attributes> = documents.iter().map(|one| whole::attributes(policy, &facts, one, field)).collect();
        let mut index = Index::new();
        for attributes in &all {
            index.add(attributes);
        }
        for (row, (record, document)) in records.iter().zip(&documents).enumerate() {
            let attributes = &all[row];
            let completed = match field {
                Some(field) => three::records(visitor, record, field),
                None => vec![(*record).clone()],
            };
            for (name, agreed) in ACTIONS.into_iter().zip(agreed[row]) {
                // What differs with nothing removed is found elsewhere.
                if !agreed {
                    continue;
                }
                let worlds = worlds.iter().flat_map(|pair| completed.iter().map(move |record| (pair, record)));
                let expected =
                    three::join(worlds.map(|((world, visitor), record)| decide(world, visitor, record, name)));
                let action = policy.action(name).unwrap();
                let got = Question { ask: &ask, record: attributes, action }.answer();
                counts.asked += 1;
                let place = || format!("{visitor:?} on {document}{}", whole::near(world, visitor, record));
                match (got, expected) {
                    (Answer::Unknown, Three::Unknown) => counts.unknown += 1,
                    (Answer::Unknown, _) => {
                        counts.unknown += 1;
                        note(&mut counts.avoidable, format!("{name} without {hole:?}"), place);
                    }
                    (Answer::Allow, Three::Allow) | (Answer::Deny, Three::Deny) => {}
                    _ => note(&mut counts.guesses, format!("{name} without {hole:?}: {got} for {expected:?}"), place),
                }
                if counts.asked.is_multiple_of(5) {
                    let can = lens.can(&index, u32::try_from(row).unwrap(), action);
                    if can != Some(got.code()) {
                        note(&mut counts.guesses, format!("{name}: the lens says {can:?} for {got}"), place);
                    }
                    others(&ask, attributes, got, name, counts, &place);
                }
            }
        }
    }
}

/// Where engine and oracle agree while nothing is removed.
fn agreed(
    engine: &Engine,
    world: &World,
    visitor: &Visitor,
    records: &[&Record],
    documents: &[Value],
) -> Vec<[bool; ACTIONS.len()]> {
    let policy = engine.policy();
    let facts = whole::facts(policy, world, &[visitor], None);
    let subject = whole::read_subject(visitor);
    let ask = Ask::new(policy, &subject, &facts);
    let each = |(record, document): (&&Record, &Value)| {
        let attributes = whole::attributes(policy, &facts, document, None);
        ACTIONS.map(|name| {
            let question = Question { ask: &ask, record: &attributes, action: policy.action(name).unwrap() };
            question.answer() == Answer::from(decide(world, visitor, record, name))
        })
    };
    records.iter().zip(documents).map(each).collect()
}

fn note(kinds: &mut BTreeMap<String, (usize, String)>, kind: String, example: impl FnOnce() -> String) {
    kinds.entry(kind).or_insert_with(|| (0, example())).0 += 1;
}

/// The other projections guess no better and no worse.
fn others(
    ask: &Ask<'_>,
    attributes: &Attributes,
    got: Answer,
    name: &str,
    counts: &mut Counts,
    place: &dyn Fn() -> String,
) {
    let action = ask.policy.action(name).unwrap();
    let listed = Filter::new(ask, action, &Scope::Everywhere).answer(attributes);
    if listed != got {
        note(&mut counts.guesses, format!("{name}: the list says {listed} for {got}"), place);
    }
    let question = Question { ask, record: attributes, action };
    // The sentences and remedies of an explanation cost a hundred answers.
    if !counts.asked.is_multiple_of(100) {
        return;
    }
    let explained = question.explain().decision;
    if explained.decision != got || (got == Answer::Unknown) == explained.missing.is_empty() {
        note(&mut counts.guesses, format!("{name}: explained as {} for {got}", explained.decision), place);
    }
}
