//! `ils`: every projection of a rule says what the second opinion says, for every case of a finite space and in random worlds;
//! transitions run where it says they do; and with any one fact removed nothing is guessed.
//!
//! Decisions and lenses are asked in every case, the rest of a sample, or of all with `LICTOR_FULL=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod library;
mod oracle;
#[path = "prove/rng.rs"]
mod rng;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use lictor::engine::{Engine, StepResult};
use lictor::policy::{Ask, Filter, Index, Lens, Question, Scope};
use lictor::terms::Answer;
use oracle::ils::{self, Kind, Name, Thing, Visitor, World};
use serde_json::json;

/// One case in so many goes through the costly projections.
const SAMPLE: usize = 97;
const GROUPS: usize = 3000;
const RECORDS: usize = 12;

#[derive(Default)]
struct Counts {
    answers: usize,
    allowed: usize,
    doors: usize,
    runs: usize,
    unknown: usize,
    /// Unknown though every completion agrees.
    avoidable: usize,
    avoided: BTreeMap<String, (usize, String)>,
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
            sum.avoidable += counts.avoidable;
            for (what, (count, example)) in counts.avoided {
                sum.avoided.entry(what).or_insert((0, example)).0 += count;
            }
            for (what, (count, example)) in counts.differ {
                sum.differ.entry(what).or_insert((0, example)).0 += count;
            }
        }
        for (what, (count, example)) in &sum.differ {
            println!("{count} times {what}: for example {example}");
        }
        for (what, (count, example)) in &sum.avoided {
            println!("{count} times avoidable, {what}: for example {example}");
        }
        println!(
            "{what}: {} answers, {} allowed, {} through the doors, {} transitions run, {} unknown of which {} avoidable",
            sum.answers, sum.allowed, sum.doors, sum.runs, sum.unknown, sum.avoidable
        );
        assert!(sum.differ.is_empty(), "{} kinds of differences", sum.differ.len());
        sum
    }
}

#[test]
fn every_projection_agrees_with_the_oracle_in_the_space() {
    let (worlds, visitors, things) = (library::worlds(), library::visitors(), library::things());
    let found = whole::parallel(worlds.len() * visitors.len(), |numbers| {
        let mut counts = Counts::default();
        for n in numbers {
            let (world, visitor) = (&worlds[n / visitors.len()], &visitors[n % visitors.len()]);
            let engine = library::engine(world);
            one_group(&engine, world, visitor, &things, n, &mut counts);
        }
        counts
    });
    let sum = Counts::sum(found, "the space");
    assert!(sum.answers > 100_000 && sum.runs > 300, "too little was asked");
    assert!(sum.allowed * 10 > sum.answers && sum.allowed * 10 < sum.answers * 9, "too uneventful");
}

#[test]
fn every_projection_agrees_with_the_oracle_in_random_worlds() {
    let groups = if whole::full() { 10 * GROUPS } else { GROUPS };
    let found = whole::parallel(groups, |numbers| {
        let mut counts = Counts::default();
        for n in numbers {
            let (world, visitor, things) = library::random(n as u64, RECORDS);
            one_group(&library::engine(&world), &world, &visitor, &things, n, &mut counts);
        }
        counts
    });
    Counts::sum(found, "random worlds");
}

fn one_group(engine: &Engine, world: &World, visitor: &Visitor, things: &[Thing], number: usize, counts: &mut Counts) {
    let facts = library::facts(engine, world, true);
    let subject = library::read_subject(visitor, true);
    for kind in library::KINDS {
        let machine = engine.of_type(library::key(kind));
        let policy = machine.policy();
        let ask = Ask::new(policy, &subject, &facts).about(policy.record_type(library::key(kind)).unwrap());
        let things: Vec<&Thing> = things.iter().filter(|thing| thing.kind == kind).collect();
        let mut index = Index::new();
        let documents: Vec<_> =
            things.iter().enumerate().map(|(row, thing)| library::document(thing, row % 2 == 0)).collect();
        let records: Vec<_> =
            documents.iter().map(|document| library::attributes(policy, kind, document, None)).collect();
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
                let right = Answer::from(ils::decide(world, visitor, thing, name));
                let place = || format!("{visitor:?} on {} of {:?}", documents[row], world.rows);
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
                if filter.answer(&records[row]) != right || stored != right {
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
    (facts, document): (&lictor::facts::Facts, &serde_json::Value),
    counts: &mut Counts,
) {
    let (right, kind) = (Answer::from(ils::decide(world, visitor, thing, name)), thing.kind);
    let place = || format!("{visitor:?} on {document} of {:?}", world.rows);
    let subject = library::subject(visitor, true);
    let resource = json!({"type": library::key(kind), "id": "r", "properties": document});
    let asked = json!({"subject": subject, "action": name, "resource": resource});
    let decision = engine.check(&asked, facts).unwrap();
    let all = engine.actions(&asked, facts).unwrap();
    let explained = engine.explain(&asked, facts).unwrap();
    counts.doors += 1;
    if decision.decision != right || all.get(name) != Some(&decision) || explained.decision != decision {
        counts.differ(format!("{kind:?} {name}: check, actions or explain"), place);
    }
    let hush = right == Answer::Deny && name != "create" && !ils::reads(world, visitor, thing);
    if decision.conceal != hush || decision.reasons.is_empty() {
        counts.differ(format!("{kind:?} {name}: conceals {}", decision.conceal), place);
    }
    if engine.of_type(library::key(kind)).policy().transition(name).is_some() {
        let params = json!({"reason": "OTHER"});
        let call =
            json!({"do": "transition", "subject": subject, "resource": resource, "transition": name, "params": params});
        let StepResult::Done(done) = engine.step(&call, facts).unwrap() else { panic!("{call}: wants facts") };
        counts.runs += 1;
        if done.error.is_none() != ils::runs(world, visitor, thing, name) {
            counts.differ(format!("{kind:?} {name}: run with {:?}", done.error.map(|error| error.code)), place);
        }
    }
}

/// What may be withheld of a record, by where it stands, with everything that could stand there.
fn completions(visitor: &Visitor, thing: &Thing) -> Vec<(&'static str, Vec<Thing>)> {
    let other = |change: &dyn Fn(&mut Thing)| {
        let mut thing = thing.clone();
        change(&mut thing);
        thing
    };
    let states = library::states(thing.kind).iter().map(|state| Thing { state, ..thing.clone() }).collect();
    let mut found = vec![("state", states)];
    if matches!(thing.kind, Kind::Loan | Kind::Request) {
        found.push(("patron_pid", [library::ME, 2, 3, 4, 77].map(|patron| Thing { patron, ..thing.clone() }).to_vec()));
        return found;
    }
    let mut names = library::named();
    if let Visitor::User { id, .. } = visitor {
        names.push(vec![Name::User(*id)]);
    }
    let everybody = if *visitor == Visitor::System { "system_process" } else { "any_user" };
    names.push(vec![Name::SystemRole(everybody)]);
    let each = |change: &dyn Fn(&mut Thing, Vec<Name>)| {
        names.iter().map(|names| other(&|thing| change(thing, names.clone()))).collect::<Vec<_>>()
    };
    found.push(("_access.read", each(&|thing, names| thing.access.read = names)));
    found.push(("_access.update", each(&|thing, names| thing.update = names)));
    found.push(("_access.delete", each(&|thing, names| thing.delete = names)));
    found.push(("restricted", [false, true].map(|on| other(&|thing| thing.access.restricted = on)).to_vec()));
    if matches!(thing.kind, Kind::Item | Kind::Electronic) {
        found.push(("document._access.read", each(&|thing, names| thing.document.read = names)));
        found.push((
            "document.restricted",
            [false, true].map(|on| other(&|thing| thing.document.restricted = on)).to_vec(),
        ));
    }
    if thing.kind == Kind::Electronic {
        let opens = [Some(false), Some(true)];
        found.push(("open_access", opens.map(|open| Thing { open_access: open, ..thing.clone() }).to_vec()));
    }
    found
}

/// Everything the visitor could be, if its roles are not known.
fn roles(visitor: &Visitor) -> Vec<Visitor> {
    let Visitor::User { id, system_roles, .. } = visitor else { return vec![visitor.clone()] };
    let sets = 0..1_u32 << library::ROLES.len();
    let of = |set: u32| -> BTreeSet<&'static str> {
        (0..library::ROLES.len()).filter(|n| set >> n & 1 == 1).map(|n| library::ROLES[n]).collect()
    };
    sets.map(|set| Visitor::User { id: *id, roles: of(set), system_roles: system_roles.clone() }).collect()
}

#[test]
fn with_any_one_fact_removed_nothing_is_guessed() {
    let groups = if whole::full() { GROUPS } else { GROUPS / 10 };
    let found = whole::parallel(groups, |numbers| {
        let mut counts = Counts::default();
        for n in numbers {
            let (world, visitor, things) = library::random(n as u64, 8);
            let engine = library::engine(&world);
            for (row, thing) in things.iter().enumerate() {
                removed(&engine, &world, &visitor, thing, row % 2 == 0, &mut counts);
            }
        }
        counts
    });
    let sum = Counts::sum(found, "one fact removed");
    assert!(sum.unknown > 1_000, "nothing was taken that mattered");
    assert!(sum.avoidable * 50 <= sum.unknown, "{} of {} unknown are avoidable", sum.avoidable, sum.unknown);
}

fn removed(engine: &Engine, world: &World, visitor: &Visitor, thing: &Thing, flat: bool, counts: &mut Counts) {
    let mut holes: Vec<(Option<&str>, Vec<Visitor>, Vec<Thing>)> = completions(visitor, thing)
        .into_iter()
        .map(|(address, things)| (Some(address), vec![visitor.clone()], things))
        .collect();
    holes.push((None, roles(visitor), vec![thing.clone()]));
    let machine = engine.of_type(library::key(thing.kind));
    let policy = machine.policy();
    let document = library::document(thing, flat);
    for (address, visitors, things) in holes {
        let facts = library::facts(engine, world, address.is_some());
        let subject = library::read_subject(visitor, address.is_some());
        let ask = Ask::new(policy, &subject, &facts).about(policy.record_type(library::key(thing.kind)).unwrap());
        let record = library::attributes(policy, thing.kind, &document, address);
        for name in thing.kind.actions() {
            let action = policy.action(name).unwrap();
            let each = visitors.iter().flat_map(|visitor| things.iter().map(move |thing| (visitor, thing)));
            let found: BTreeSet<bool> = each.map(|(visitor, thing)| ils::decide(world, visitor, thing, name)).collect();
            let right = match found.iter().copied().collect::<Vec<_>>().as_slice() {
                [one] => Answer::from(*one),
                _ => Answer::Unknown,
            };
            let question = Question { ask: &ask, record: &record, action };
            let (answer, listed) = (question.answer(), Filter::new(&ask, action, &Scope::Everywhere).answer(&record));
            let place = || format!("{visitor:?} on {document} of {:?}", world.rows);
            counts.answers += 1;
            counts.unknown += usize::from(answer == Answer::Unknown);
            if answer == Answer::Unknown && right != answer {
                counts.avoidable += 1;
                let what = format!("{:?} {name} without {}", thing.kind, address.unwrap_or("roles"));
                counts.avoided.entry(what).or_insert_with(|| (0, place())).0 += 1;
            }
            if (answer != Answer::Unknown && answer != right) || listed != answer {
                let what = address.unwrap_or("roles");
                counts.differ(
                    format!("{:?} {name} without {what}: {answer}, listed {listed}, for {right}", thing.kind),
                    place,
                );
            }
        }
    }
}
