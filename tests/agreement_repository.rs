//! `repository`: every projection of a rule says what the second opinion says, for every case of its finite space and for
//! random worlds around it.
//!
//! The cheap projections are asked of every case; the rest of a sample, or of every case with `LICTOR_FULL=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use lictor::engine::{Columns, Engine};
use lictor::model::Attributes;
use lictor::policy::{Ask, Filter, Index, Lens, Question, Scope};
use lictor::terms::{Answer, ReasonCode};
use oracle::repository::world::{Record, Visitor, World};
use oracle::repository::{self, ACTIONS, act, random, space};
use serde_json::Value;

/// One case in so many goes through the costly projections.
const SAMPLE: usize = 211;
/// Of the records of the space one in so many, others in each group; all with `LICTOR_FULL=1`.
const THINNER: usize = 3;
/// Random groups, and records in each.
const GROUPS: usize = 1500;
const RECORDS: usize = 24;

#[derive(Default, Debug)]
struct Counts {
    cases: usize,
    answers: usize,
    allowed: usize,
    lists: usize,
    residuals: usize,
    open: usize,
    costly: usize,
    /// Asked at addresses of communities, and how many of which one may not know.
    addresses: usize,
    concealed: usize,
    /// By action and what differs: how often, and the first example.
    differ: BTreeMap<String, (usize, String)>,
}

impl Counts {
    fn differ(&mut self, what: String, example: impl FnOnce() -> String) {
        let place = self.differ.entry(what).or_insert_with(|| (0, example()));
        place.0 += 1;
    }

    fn sum(found: Vec<Self>) -> Self {
        let mut sum = Self::default();
        for counts in found {
            sum.cases += counts.cases;
            sum.answers += counts.answers;
            sum.allowed += counts.allowed;
            sum.lists += counts.lists;
            sum.residuals += counts.residuals;
            sum.open += counts.open;
            sum.costly += counts.costly;
            sum.addresses += counts.addresses;
            sum.concealed += counts.concealed;
            for (what, (count, example)) in counts.differ {
                sum.differ.entry(what).or_insert((0, example)).0 += count;
            }
        }
        sum
    }

    fn agrees(&self, what: &str) {
        println!(
            "{what}: {} cases, {} answers ({} allowed), {} listed, {} residuals ({} left to the engine), {} through the doors",
            self.cases, self.answers, self.allowed, self.lists, self.residuals, self.open, self.costly
        );
        for (what, (count, example)) in &self.differ {
            println!("{count} times {what}: for example {example}");
        }
        assert!(self.differ.is_empty(), "{} kinds of differences", self.differ.len());
        assert!(self.open * 10 < self.residuals, "{} of {} left to the engine", self.open, self.residuals);
    }
}

#[test]
fn every_projection_agrees_with_the_oracle_in_the_space() {
    let document = whole::document_of_preset();
    let worlds: Vec<World> = [space::worlds(), space::listed_worlds()].concat();
    let visitors = space::visitors();
    let records = space::records();
    let everybody: Vec<&Visitor> = visitors.iter().collect();
    let found = whole::parallel(worlds.len() * visitors.len(), |numbers| {
        let (mut engines, mut counts) = (HashMap::new(), Counts::default());
        for n in numbers {
            let (world, visitor) = (&worlds[n / visitors.len()], &visitors[n % visitors.len()]);
            let engine = engines.entry(world.allowed.clone()).or_insert_with(|| whole::engine(&document, world));
            let shift = n + n / visitors.len();
            let asked = |row: usize| whole::full() || (row + shift).is_multiple_of(THINNER);
            let some = records.iter().enumerate().filter(|(row, _)| asked(*row));
            let some: Vec<Record> = some.map(|(_, record)| record.clone()).collect();
            one_group(engine, n, world, visitor, &everybody, &some, &mut counts);
        }
        counts
    });
    let sum = Counts::sum(found);
    sum.agrees("the space");
    assert!(sum.cases > 100_000 && sum.costly > 1_000, "{} cases", sum.cases);
    assert!(sum.concealed > 100, "{} of {} addresses that one may not know", sum.concealed, sum.addresses);
}

#[test]
fn every_projection_agrees_with_the_oracle_in_random_worlds() {
    let document = whole::document_of_preset();
    let groups = if whole::full() { 10 * GROUPS } else { GROUPS };
    let found = whole::parallel(groups, |numbers| {
        let (mut engines, mut counts) = (HashMap::new(), Counts::default());
        for n in numbers {
            let (world, visitor, records) = random::group(n as u64, RECORDS);
            let engine = engines.entry(world.allowed.clone()).or_insert_with(|| whole::engine(&document, &world));
            one_group(engine, n, &world, &visitor, &[&visitor], &records, &mut counts);
        }
        counts
    });
    Counts::sum(found).agrees("random worlds");
}

/// One visitor in one world, and all records.
fn one_group(
    engine: &Engine,
    number: usize,
    world: &World,
    visitor: &Visitor,
    everybody: &[&Visitor],
    records: &[Record],
    counts: &mut Counts,
) {
    let policy = engine.policy();
    let facts = whole::facts(policy, world, everybody, None);
    let subject = whole::read_subject(visitor);
    let ask = Ask::new(policy, &subject, &facts);
    let documents: Vec<Value> = records.iter().map(whole::document).collect();
    let attributes: Vec<Attributes> =
        documents.iter().map(|one| whole::attributes(policy, &facts, one, None)).collect();
    let columns: Vec<Columns> = documents.iter().map(|one| engine.columns(one).unwrap()).collect();
    let mut index = Index::new();
    for record in &attributes {
        index.add(record);
    }
    let mut lens = Lens::new(engine.shared_policy(), Rc::clone(&facts), subject.clone());
    counts.cases += records.len();

    for (position, name) in ACTIONS.into_iter().enumerate() {
        let action = policy.action(name).unwrap();
        let filter = Filter::new(&ask, action, &Scope::Everywhere);
        let residual = filter.residual();
        let visible = lens.visible(&index, action, &Scope::Everywhere);
        let (bits, unknown) = (visible.bits(), visible.unknown_bits());
        // Lists of what is not read are asked for less often.
        let listed = position == 0 || (number + position).is_multiple_of(7);
        for (row, record) in records.iter().enumerate() {
            let expected = repository::decide(world, visitor, record, name);
            let place = || format!("{visitor:?} on {}{}", documents[row], whole::near(world, visitor, record));
            let right = Answer::from(expected);
            counts.answers += 1;
            counts.allowed += usize::from(expected);
            // The decision itself of every third, the lens of all.
            if whole::full() || (row + position + number).is_multiple_of(3) {
                let answer = Question { ask: &ask, record: &attributes[row], action }.answer();
                if answer != right {
                    counts.differ(format!("{name}: {answer} for {right}"), place);
                    continue;
                }
            }
            let number = u32::try_from(row).unwrap();
            let (word, bit) = (usize::from(action.0 / 32), action.0 % 32);
            let can = lens.can(&index, number, action);
            let allowed = lens.mask(&index, number, word, false).unwrap() >> bit & 1 == 1;
            let open = lens.mask(&index, number, word, true).unwrap() >> bit & 1 == 1;
            if can != Some(right.code()) || allowed != expected || open {
                counts.differ(format!("{name}: the lens says {can:?} for {right}"), place);
                continue;
            }
            if !listed {
                continue;
            }
            counts.lists += 1;
            let shown = bits[row / 32] >> (row % 32) & 1 == 1;
            let hazy = unknown[row / 32] >> (row % 32) & 1 == 1;
            if filter.answer(&attributes[row]) != right || shown != expected || hazy {
                counts.differ(format!("{name}: the list says {shown} for {right}"), place);
            }
            counts.residuals += 1;
            match whole::residual::holds(&residual, &columns[row]) {
                Answer::Unknown => counts.open += 1,
                got if got == right => {}
                got => counts.differ(format!("{name}: the back end says {got} for {right}"), place),
            }
        }
    }
    for (row, record) in records.iter().enumerate() {
        if whole::full() || (number * records.len() + row).is_multiple_of(SAMPLE) {
            let answers = ACTIONS.map(|name| {
                Question { ask: &ask, record: &attributes[row], action: policy.action(name).unwrap() }.answer()
            });
            doors(engine, &facts, world, visitor, record, &documents[row], &answers, counts);
            addresses(engine, &facts, world, visitor, record, &documents[row], counts);
        }
    }
}

/// Through the doors a host uses, what was answered within: check, actions, explain, and whether the answer says that there is something.
#[allow(clippy::too_many_arguments)]
fn doors(
    engine: &Engine,
    facts: &lictor::facts::Facts,
    world: &World,
    visitor: &Visitor,
    record: &Record,
    document: &Value,
    answers: &[Answer],
    counts: &mut Counts,
) {
    let all = engine.actions(&whole::evaluation(visitor, document, "read"), facts).unwrap();
    for (name, answer) in ACTIONS.into_iter().zip(answers) {
        counts.costly += 1;
        let right = Answer::from(repository::decide(world, visitor, record, name));
        let place = || format!("{visitor:?} on {document}{}", whole::near(world, visitor, record));
        let evaluation = whole::evaluation(visitor, document, name);
        let decision = engine.check(&evaluation, facts).unwrap();
        let explained = engine.explain(&evaluation, facts).unwrap();
        if decision.decision != *answer || all.get(name) != Some(&decision) || explained.decision != decision {
            counts.differ(format!("{name}: check {}, actions or explain for {answer}", decision.decision), place);
        }
        let hush = match name {
            "create" => {
                let hidden = |id: &str| !act::sees_community(world, visitor, id);
                right == Answer::Deny && record.primary.as_deref().is_some_and(hidden)
            }
            _ => right == Answer::Deny && act::conceals(world, visitor, record),
        };
        if decision.conceal != hush {
            counts.differ(format!("{name}: conceals {} for {hush}", decision.conceal), place);
        }
        let hushed = decision.reasons.iter().any(|reason| reason.code == ReasonCode::Concealed);
        if decision.reasons.is_empty() || !decision.missing.is_empty() || hushed != decision.conceal {
            counts.differ(format!("{name}: reasons"), place);
        }
    }
}

/// Under the address of a community, and in its lists, there is what belongs to it, for whoever may know of it. What is
/// denied elsewhere is denied there.
fn addresses(
    engine: &Engine,
    facts: &lictor::facts::Facts,
    world: &World,
    visitor: &Visitor,
    record: &Record,
    document: &Value,
    counts: &mut Counts,
) {
    let policy = engine.policy();
    let subject = whole::read_subject(visitor);
    let attributes = whole::attributes(policy, facts, document, None);
    let belongs = |id: &str| record.primary.as_deref() == Some(id) || record.secondary.iter().any(|other| other == id);
    // One of which there is nothing is known to everybody.
    let knows = |id: &str| !world.communities.contains_key(id) || act::sees_community(world, visitor, id);
    for id in world.communities.keys().map(String::as_str).chain(["elsewhere"]) {
        let there = belongs(id) && knows(id);
        // A document that names no community would be made in that of the address.
        let mut bare = whole::evaluation(visitor, document, "create");
        bare["resource"]["properties"].as_object_mut().unwrap().remove("communities");
        bare["resource"]["community"] = id.into();
        let made = act::create(world, visitor, Some(id));
        let hush = !made && !act::sees_community(world, visitor, id);
        let decision = engine.check(&bare, facts).unwrap();
        let all = engine.actions(&bare, facts).unwrap();
        let said = (decision.decision, decision.conceal);
        if said != (Answer::from(made), hush) || all.get("create") != Some(&decision) {
            counts.differ(format!("create: {said:?} in the community beside it"), || {
                format!("{id} for {visitor:?} on {bare}{}", whole::near(world, visitor, record))
            });
        }
        for name in ["read", "update", "manage"] {
            counts.addresses += 1;
            counts.concealed += usize::from(belongs(id) && !there);
            let right = Answer::from(there && repository::decide(world, visitor, record, name));
            let place = || format!("{id} for {visitor:?} on {document}{}", whole::near(world, visitor, record));
            let mut evaluation = whole::evaluation(visitor, document, name);
            evaluation["resource"]["community"] = id.into();
            let decision = engine.check(&evaluation, facts).unwrap();
            let all = engine.actions(&evaluation, facts).unwrap();
            let explained = engine.explain(&evaluation, facts).unwrap();
            if decision.decision != right || all.get(name) != Some(&decision) || explained.decision != decision {
                counts.differ(format!("{name}: {} at the address for {right}", decision.decision), place);
            }
            if !there && !decision.conceal {
                counts.differ(format!("{name}: shown at the address"), place);
            }
            let scope = Scope::Community(id.to_string());
            let ask = Ask::new(policy, &subject, facts).within(id);
            let filter = Filter::new(&ask, policy.action(name).unwrap(), &scope);
            let residual = whole::residual::holds(&filter.residual(), &engine.columns(document).unwrap());
            if filter.answer(&attributes) != right || (residual != right && residual != Answer::Unknown) {
                counts.differ(
                    format!("{name}: the list of a community says {} for {right}", filter.answer(&attributes)),
                    place,
                );
            }
        }
    }
}
