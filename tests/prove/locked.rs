//! A view of which parts are locked, because their keys are not there: answers turn into `unknown`, never into their
//! opposite, and what does not touch a locked community stays as it was.

use std::collections::BTreeSet;

use lictor::offline::{Clock, Entry, Replica};
use lictor::terms::Answer;
use serde_json::{Value, json};

use super::lab::{Figures, HONEST, Lab, Question, Subs, View, count};
use super::truth::Told;
use super::world::{NOTHING, internal};
use crate::bridge;
use crate::oracle::world::{Asker, Who};

const NOW: Clock = Clock { lo: 0, hi: 0 };
const TRIES: usize = 3;

/// How a device takes a view of which some communities are locked.
type Taking = fn(&mut Replica, &View, &BTreeSet<String>);

fn honest(replica: &mut Replica, view: &View, locked: &BTreeSet<String>) {
    replica.reset(entries(view, locked), &json!(view.closed), &json!(locked)).unwrap();
}

/// As if what could not be read did not exist.
fn forgetful(replica: &mut Replica, view: &View, locked: &BTreeSet<String>) {
    replica.reset(entries(view, locked), &json!(view.closed), &json!([])).unwrap();
}

fn entries(view: &View, locked: &BTreeSet<String>) -> Vec<Entry> {
    let open = |entry: &&Value| entry["seal"].as_str().is_none_or(|seal| !locked.contains(seal));
    let kept: Vec<&Value> = view.entries.iter().filter(open).collect();
    Entry::read_text(&json!(kept).to_string(), |number| number.parse().unwrap()).unwrap()
}

struct Said {
    told: Option<Told>,
    missing: Value,
    resolve: Value,
}

fn ask(replica: &Replica, question: &Question) -> Said {
    let asked = json!({"action": question.action, "resource": question.resource()});
    let prediction = replica.can(&asked, NOW).unwrap();
    let told = match (prediction.decision, prediction.conceal) {
        (Answer::Allow, _) => Some(Told::Allow),
        (Answer::Deny, true) => Some(Told::NotFound),
        (Answer::Deny, false) => Some(Told::Deny),
        (Answer::Unknown, _) => None,
    };
    Said { told, missing: json!(prediction.missing), resolve: json!(prediction.resolve) }
}

fn check(lab: &Lab, taking: Taking, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(31);
    for asker in lab.whole.askers() {
        let subs = rng.pick(&[Subs::Everywhere, Subs::Everywhere, Subs::Mine]).clone();
        let view = lab.view(&HONEST, &asker, &subs);
        let seals: Vec<String> = view
            .entries
            .iter()
            .filter_map(|entry| Some(entry["seal"].as_str()?.to_string()))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        if seals.is_empty() {
            continue;
        }
        let mut whole = lab.engine.replica(&bridge::subject(&asker)).unwrap();
        honest(&mut whole, &view, &BTreeSet::new());
        for turn in 0..TRIES {
            // All of them, as after a restart; then any.
            let chance = if turn == 0 { 100 } else { 50 };
            let locked: BTreeSet<String> = rng.some(&seals, chance).into_iter().collect();
            let mut partly = lab.engine.replica(&bridge::subject(&asker)).unwrap();
            taking(&mut partly, &view, &locked);
            for question in lab.questions() {
                let (before, after) = (ask(&whole, &question), ask(&partly, &question));
                let say = |what: &str| {
                    let (before, after) = (before.told, after.told);
                    format!(
                        "{} {subs:?} without {locked:?} {question:?}: {what}, {before:?} and {after:?}",
                        lab.place(&asker)
                    )
                };
                if after.told.is_some() && after.told != before.told {
                    return Err(say("another answer"));
                }
                let apart = is_apart(lab, &asker, &question, &locked);
                count(
                    figures,
                    if apart { "answers apart from what is locked" } else { "answers about what is locked" },
                );
                if after.told == before.told {
                    count(figures, if apart { "apart, the same" } else { "about, still the same" });
                    continue;
                }
                if apart {
                    return Err(say("nothing of it is locked"));
                }
                count(figures, "about, now unknown");
                if after.resolve != "unlock" || after.missing == json!([]) {
                    return Err(say(&format!("resolved by {}, missing {}", after.resolve, after.missing)));
                }
            }
            lists(&whole, &partly, &locked, figures)
                .map_err(|why| format!("{} without {locked:?}: {why}", lab.place(&asker)))?;
        }
    }
    Ok(())
}

/// Whether nothing locked has a part in a question, by the world alone: the record is of other communities, or it is one to
/// be made in another; and no row that speaks of it names a role in a locked community.
fn is_apart(lab: &Lab, asker: &Asker, question: &Question, locked: &BTreeSet<String>) -> bool {
    let whole = &lab.whole;
    let concerned: Vec<&String> = match (&question.record, &question.community) {
        // Of what is not in memory nothing tells whether it is locked.
        (Some(id), _) if id == NOTHING || !lab.truth(asker).reads(id) => return locked.is_empty(),
        (Some(id), _) => {
            let rec = &whole.records[id].rec;
            rec.secondary.iter().chain([&rec.primary]).collect()
        }
        (None, Some(id)) => vec![id],
        (None, None) => Vec::new(),
    };
    let by_role = whole.rows.iter().any(|row| match &row.subject {
        Who::Role(name) => internal(name).is_some_and(|(id, _)| locked.contains(id)),
        _ => false,
    });
    concerned.iter().all(|id| !locked.contains(*id)) && (!by_role || locked.is_empty())
}

fn lists(whole: &Replica, partly: &Replica, locked: &BTreeSet<String>, figures: &mut Figures) -> Result<(), String> {
    let before = whole.list(&json!({})).unwrap();
    let after = partly.list(&json!({})).unwrap();
    count(figures, "lists");
    if after.complete != locked.is_empty() {
        return Err(format!("a list calls itself complete: {}", after.complete));
    }
    if let Some(id) = after.ids.iter().find(|id| !before.ids.contains(id)) {
        return Err(format!("{id} is listed, and was not before"));
    }
    let known = |id: &String| after.ids.contains(id) || after.unknown.contains(id) || partly.record(id).is_none();
    match before.ids.iter().find(|id| !known(id)) {
        Some(id) => Err(format!("{id} is at hand and no longer listed")),
        None => Ok(()),
    }
}

#[test]
fn what_is_locked_only_makes_answers_unknown() {
    let figures = crate::prove("locked", crate::worlds(), |lab, figures| check(lab, honest, figures));
    crate::show(&figures);
    for name in ["about, now unknown", "about, still the same", "apart, the same"] {
        assert!(figures.get(name).copied().unwrap_or(0) > crate::worlds(), "too few to prove anything: {figures:?}");
    }
}

#[test]
fn a_device_that_forgets_what_is_locked_is_caught() {
    let caught = (0..60).find_map(|seed| check(&Lab::new(seed), forgetful, &mut Figures::new()).err());
    println!("{}", caught.expect("it is not found that what is locked is said not to exist"));
}
