//! Library types under `repository`: every projection of a rule says what the second opinion says, for every case of a finite
//! space and in random worlds, with access rows and bans; transitions run where it says they do; and with any one fact
//! removed nothing is guessed.
//!
//! Decisions and lenses are asked in every case, the rest of a sample, or of all with `LICTOR_FULL=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use lictor::engine::{Engine, StepResult};
use lictor::facts::Facts;
use lictor::policy::{Ask, Filter, Index, Lens, Question, Scope};
use lictor::terms::Answer;
use oracle::repository::library::{self, Kind, Thing};
use oracle::repository::library_space::{self as space, KINDS};
use oracle::repository::random::{self, Rng};
use oracle::repository::three::{self, Hole};
use oracle::repository::world::{Readers, Visitor, World};
use oracle::three::Three;
use oracle::world::Asker;
use serde_json::{Value, json};
use whole::library::{attributes, document, evaluation, key, resource};

/// One case in so many goes through the costly projections.
const SAMPLE: usize = 97;
const GROUPS: usize = 2000;
const THINGS: usize = 12;
/// Of a hundred unknown answers at most so many that all completions agree on.
const AVOIDABLE: usize = 2;

#[derive(Default)]
struct Counts {
    answers: usize,
    allowed: usize,
    doors: usize,
    runs: usize,
    unknown: usize,
    /// Unknown though every completion agrees.
    avoidable: BTreeMap<String, (usize, String)>,
    /// What differs: how often, and the first example.
    differ: BTreeMap<String, (usize, String)>,
}

impl Counts {
    fn differ(&mut self, what: String, example: impl FnOnce() -> String) {
        self.differ.entry(what).or_insert_with(|| (0, example())).0 += 1;
    }

    fn sum(found: Vec<Self>, what: &str) -> Self {
        let mut sum = Self::default();
        for counts in found {
            sum.answers += counts.answers;
            sum.allowed += counts.allowed;
            sum.doors += counts.doors;
            sum.runs += counts.runs;
            sum.unknown += counts.unknown;
            for (into, from) in [(&mut sum.avoidable, counts.avoidable), (&mut sum.differ, counts.differ)] {
                for (what, (count, example)) in from {
                    into.entry(what).or_insert((0, example)).0 += count;
                }
            }
        }
        println!(
            "{what}: {} answers, {} allowed, {} through the doors, {} transitions run, {} unknown",
            sum.answers, sum.allowed, sum.doors, sum.runs, sum.unknown
        );
        for (word, kinds) in [("DIFFERENT", &sum.differ), ("avoidable", &sum.avoidable)] {
            for (what, (count, example)) in kinds {
                println!("{word}, {count} times {what}: for example {example}");
            }
        }
        assert!(sum.differ.is_empty(), "{} kinds of differences", sum.differ.len());
        sum
    }
}

#[test]
fn every_projection_agrees_with_the_oracle_in_the_space() {
    let preset = whole::document_of_preset();
    let (worlds, visitors, things) = (space::worlds(), space::visitors(), space::things());
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    let found = whole::parallel(worlds.len() * visitors.len(), |numbers| {
        let mut counts = Counts::default();
        for n in numbers {
            let (world, visitor) = (&worlds[n / visitors.len()], &visitors[n % visitors.len()]);
            one_group(&whole::engine(&preset, world), world, visitor, &everybody, &things, n, &mut counts);
        }
        counts
    });
    let sum = Counts::sum(found, "the space");
    assert!(sum.answers > 100_000 && sum.runs > 300, "too little was asked");
    assert!(sum.allowed * 10 > sum.answers && sum.allowed * 10 < sum.answers * 9, "too uneventful");
}

/// A random world with its library.
fn random(seed: usize, count: usize) -> (World, Visitor, Vec<Thing>) {
    let (mut world, mut visitor, _) = random::group(seed as u64, 0);
    let mut rng = Rng::new(seed as u64 + 31_000);
    space::rows(&mut rng, &mut world);
    if let Asker::User { roles, .. } = &mut visitor.asker {
        roles.extend(space::roles(&mut rng));
    }
    (world, visitor, (0..count).map(|_| space::random(&mut rng)).collect())
}

#[test]
fn every_projection_agrees_with_the_oracle_in_random_worlds() {
    let preset = whole::document_of_preset();
    let groups = if whole::full() { 10 * GROUPS } else { GROUPS };
    let found = whole::parallel(groups, |numbers| {
        let (mut engines, mut counts) = (HashMap::new(), Counts::default());
        for n in numbers {
            let (world, visitor, things) = random(n, THINGS);
            let settings = (world.allowed.clone(), world.self_checkout);
            let engine = engines.entry(settings).or_insert_with(|| whole::engine(&preset, &world));
            one_group(engine, &world, &visitor, &[&visitor], &things, n, &mut counts);
        }
        counts
    });
    Counts::sum(found, "random worlds");
}

fn one_group(
    engine: &Engine,
    world: &World,
    visitor: &Visitor,
    everybody: &[&Visitor],
    things: &[Thing],
    number: usize,
    counts: &mut Counts,
) {
    let facts = whole::facts(engine.policy(), world, everybody, None);
    let subject = whole::read_subject(visitor);
    for kind in KINDS {
        let machine = engine.of_type(key(kind));
        let policy = machine.policy();
        let ask = Ask::new(policy, &subject, &facts).about(policy.record_type(key(kind)).unwrap());
        let things: Vec<&Thing> = things.iter().filter(|thing| thing.kind == kind).collect();
        let documents: Vec<Value> = things.iter().map(|thing| document(thing)).collect();
        let records: Vec<_> = documents.iter().map(|one| attributes(policy, &facts, kind, one, None)).collect();
        let mut index = Index::new();
        for record in &records {
            index.add(record);
        }
        let mut lens = Lens::new(machine.shared_policy(), Rc::clone(&facts), subject.clone());
        for name in kind.actions() {
            let action = policy.action(name).unwrap();
            let filter = Filter::new(&ask, action, &Scope::Everywhere);
            let residual = filter.residual();
            let bits = lens.visible(&index, action, &Scope::Everywhere).bits();
            for (row, thing) in things.iter().enumerate() {
                let right = Answer::from(library::decide(world, visitor, thing, name));
                let place = || format!("{visitor:?} on {} of {:?}", documents[row], world.access);
                counts.answers += 1;
                counts.allowed += usize::from(right == Answer::Allow);
                let answer = Question { ask: &ask, record: &records[row], action }.answer();
                let can = lens.can(&index, u32::try_from(row).unwrap(), action);
                if answer != right || can != Some(right.code()) {
                    counts.differ(format!("{kind:?} {name}: {answer}, the lens {can:?}, for {right}"), place);
                    continue;
                }
                if (bits[row / 32] >> (row % 32) & 1 == 1) != (right == Answer::Allow) {
                    counts.differ(format!("{kind:?} {name}: listed otherwise for {right}"), place);
                }
                if !whole::full() && !(number * things.len() + row).is_multiple_of(SAMPLE) {
                    continue;
                }
                let columns = engine.columns(&documents[row]).unwrap();
                let stored = whole::residual::holds(&residual, &columns);
                // A link that ends is left to the engine.
                if filter.answer(&records[row]) != right || (stored != Answer::Unknown && stored != right) {
                    counts.differ(format!("{kind:?} {name}: the back end says {stored} for {right}"), place);
                }
                doors(engine, world, visitor, thing, name, (&facts, &documents[row]), counts);
            }
        }
    }
}

/// As a host asks: check, actions, explain, and what becomes of a transition.
fn doors(
    engine: &Engine,
    world: &World,
    visitor: &Visitor,
    thing: &Thing,
    name: &str,
    (facts, document): (&Facts, &Value),
    counts: &mut Counts,
) {
    let (right, kind) = (Answer::from(library::decide(world, visitor, thing, name)), thing.kind);
    let place = || format!("{visitor:?} on {document} of {:?}", world.access);
    let resource = resource(thing, document);
    let asked = evaluation(visitor, &resource, name);
    let decision = engine.check(&asked, facts).unwrap();
    let all = engine.actions(&asked, facts).unwrap();
    let explained = engine.explain(&asked, facts).unwrap();
    counts.doors += 1;
    if decision.decision != right || all.get(name) != Some(&decision) || explained.decision != decision {
        counts.differ(format!("{kind:?} {name}: check, actions or explain"), place);
    }
    let hush = right == Answer::Deny && name != "create" && !library::knows(world, visitor, thing);
    if decision.conceal != hush || decision.reasons.is_empty() {
        counts.differ(format!("{kind:?} {name}: conceals {}", decision.conceal), place);
    }
    if engine.of_type(key(kind)).policy().transition(name).is_some() {
        let (subject, params) = (whole::subject(visitor), json!({"reason": "OTHER"}));
        let call =
            json!({"do": "transition", "subject": subject, "resource": resource, "transition": name, "params": params});
        let StepResult::Done(done) = engine.step(&call, facts).unwrap() else { panic!("{call}: wants facts") };
        counts.runs += 1;
        if done.error.is_none() != library::runs(world, visitor, thing, name) {
            counts.differ(format!("{kind:?} {name}: run with {:?}", done.error.map(|error| error.code)), place);
        }
    }
}

/// What may be withheld of a thing, by where it stands, with everything that could stand there.
fn completions(visitor: &Visitor, thing: &Thing) -> Vec<(&'static str, Vec<Thing>)> {
    let other = |change: &dyn Fn(&mut Thing)| {
        let mut thing = thing.clone();
        change(&mut thing);
        thing
    };
    let both = |change: fn(&mut Thing, bool)| [false, true].map(|on| other(&|thing| change(thing, on))).to_vec();
    let in_state = |state: &&str| {
        let state = (!state.is_empty()).then(|| state.to_string());
        other(&|thing| thing.record.state.clone_from(&state))
    };
    let mut found = vec![("state", space::states(thing.kind).iter().map(in_state).collect())];
    let owners = visitor.asker.id().into_iter().chain([77]).map(|id| other(&|thing| thing.record.owners = vec![id]));
    let owners: Vec<Thing> = owners.collect();
    if !thing.kind.is_catalogued() {
        found.push(("patron_pid", owners));
        return found;
    }
    found.push(("owner", owners));
    found.push(("restricted", both(|thing, on| thing.record.restricted = on)));
    found.push(("access.record", both(|thing, on| thing.record.record_restricted = on)));
    // Who may be named is what may be named of the record of a draft.
    let fields = three::records(visitor, &thing.record, three::Field::Readers);
    let names: Vec<Readers> = fields.into_iter().map(|record| record.readers).collect();
    let each = |change: &dyn Fn(&mut Thing, &Readers)| {
        names.iter().map(|names| other(&|thing| change(thing, names))).collect::<Vec<_>>()
    };
    found.push(("_access.read", each(&|thing, names| thing.record.readers = names.clone())));
    found.push(("_access.update", each(&|thing, names| thing.updaters = names.clone())));
    found.push(("_access.delete", each(&|thing, names| thing.deleters = names.clone())));
    for (address, field) in [("access.grants", three::Field::Grants), ("access.links", three::Field::Links)] {
        let records = three::records(visitor, &thing.record, field);
        let things = records.into_iter().map(|record| Thing { record, ..thing.clone() });
        found.push((address, things.collect()));
    }
    if matches!(thing.kind, Kind::Item | Kind::Electronic) {
        found.push(("document._access.read", each(&|thing, names| thing.document_readers = names.clone())));
        found.push(("document.restricted", both(|thing, on| thing.document_restricted = on)));
    }
    if thing.kind == Kind::Electronic {
        found.push(("open_access", both(|thing, on| thing.open_access = Some(on))));
        found.push(("access.files", both(|thing, on| thing.record.files_restricted = on)));
    }
    found
}

/// Facts beside the thing that it rests on.
const HOLES: [Hole; 11] = [
    Hole::UserRoles,
    Hole::Time,
    Hole::Access("superuser-access"),
    Hole::Access("administration-moderation"),
    Hole::Access("ils-backoffice-access"),
    Hole::Access("ils-backoffice-readonly-access"),
    Hole::Access("read"),
    Hole::Access("create"),
    Hole::Access("update"),
    Hole::Access("checkout"),
    Hole::Access("accept"),
];

#[test]
fn with_any_one_fact_removed_nothing_is_guessed() {
    let preset = whole::document_of_preset();
    let groups = if whole::full() { GROUPS } else { GROUPS / 10 };
    let found = whole::parallel(groups, |numbers| {
        let mut counts = Counts::default();
        for n in numbers {
            let (world, visitor, things) = random(n, 8);
            let engine = whole::engine(&preset, &world);
            for thing in &things {
                for hole in HOLES {
                    let worlds = three::worlds(&world, &visitor, hole);
                    removed(
                        &engine,
                        &world,
                        &visitor,
                        thing,
                        (Some(hole), None),
                        &worlds,
                        std::slice::from_ref(thing),
                        &mut counts,
                    );
                }
                let same = [(world.clone(), visitor.clone())];
                for (address, things) in completions(&visitor, thing) {
                    removed(&engine, &world, &visitor, thing, (None, Some(address)), &same, &things, &mut counts);
                }
            }
        }
        counts
    });
    let sum = Counts::sum(found, "one fact removed");
    let avoidable: usize = sum.avoidable.values().map(|(count, _)| count).sum();
    assert!(sum.unknown > 1_000, "nothing was taken that mattered");
    assert!(avoidable * 100 <= sum.unknown * AVOIDABLE, "{avoidable} of {} unknown are avoidable", sum.unknown);
}

#[allow(clippy::too_many_arguments)]
fn removed(
    engine: &Engine,
    world: &World,
    visitor: &Visitor,
    thing: &Thing,
    (hole, address): (Option<Hole>, Option<&str>),
    worlds: &[(World, Visitor)],
    things: &[Thing],
    counts: &mut Counts,
) {
    let machine = engine.of_type(key(thing.kind));
    let policy = machine.policy();
    let document = document(thing);
    let facts = whole::facts(engine.policy(), world, &[visitor], hole);
    let subject = whole::read_subject(visitor);
    let ask = Ask::new(policy, &subject, &facts).about(policy.record_type(key(thing.kind)).unwrap());
    let record = attributes(policy, &facts, thing.kind, &document, address);
    for name in thing.kind.actions() {
        let action = policy.action(name).unwrap();
        let each = worlds.iter().flat_map(|pair| things.iter().map(move |thing| (pair, thing)));
        let found: BTreeSet<bool> =
            each.map(|((world, visitor), thing)| library::decide(world, visitor, thing, name)).collect();
        let right = match three::join(found) {
            Three::Allow => Answer::Allow,
            Three::Deny => Answer::Deny,
            Three::Unknown => Answer::Unknown,
        };
        let answer = Question { ask: &ask, record: &record, action }.answer();
        let listed = Filter::new(&ask, action, &Scope::Everywhere).answer(&record);
        let place = || format!("{visitor:?} on {document} of {:?}", world.access);
        let what = || format!("{:?} {name} without {hole:?} {}", thing.kind, address.unwrap_or_default());
        counts.answers += 1;
        counts.unknown += usize::from(answer == Answer::Unknown);
        if answer == Answer::Unknown && right != answer {
            counts.avoidable.entry(what()).or_insert_with(|| (0, place())).0 += 1;
        }
        if (answer != Answer::Unknown && answer != right) || listed != answer {
            counts.differ(format!("{}: {answer}, listed {listed}, for {right}", what()), place);
        }
    }
}
