//! What a server saves itself after somebody else's write: where only records changed, the view but its records is as it was,
//! and a view in which the changed records alone are projected anew is the whole view, byte for byte. Where anything else
//! changed that need not be so, and in many worlds is not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::lab::{Fault, Figures, Lab, Subs, View, count};
use super::mutate::{MUTATIONS, mutated};
use super::product;
use super::world::Whole;
use crate::bridge;
use crate::oracle::world::Asker;

/// The kinds of changes, which come first, that are of records alone.
const OF_RECORDS: usize = 4;

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(11);
    for asker in lab.whole.askers() {
        let mut whole = lab.whole.clone();
        for _ in 0..1 + rng.below(4) {
            MUTATIONS[rng.below(OF_RECORDS)].1(&mut whole, &mut rng);
        }
        let now = lab.changed(whole);
        let fresh = now.view(fault, &asker, &Subs::Everywhere);
        let followed = follow(lab, &now, fault, &asker);
        if followed.bytes() != fresh.bytes() {
            return Err(format!("{}: {} instead of {}", lab.place(&asker), followed.bytes(), fresh.bytes()));
        }
        count(figures, "views followed");
        let moved = lab.view(fault, &asker, &Subs::Everywhere).bytes() != fresh.bytes();
        count(figures, if moved { "views that moved" } else { "views that did not" });
        // Anything may have changed: what follows records alone must be wrong now and then, or this shows nothing.
        let (anything, _) = mutated(&lab.whole, &mut rng);
        let after = lab.changed(anything);
        let whole = after.view(fault, &asker, &Subs::Everywhere);
        if follow(lab, &after, fault, &asker).bytes() != whole.bytes() {
            count(figures, "views that must be made whole");
        }
    }
    Ok(())
}

/// The view as it was, with the records that changed projected anew and nothing else.
fn follow(before: &Lab, now: &Lab, fault: &Fault, asker: &Asker) -> View {
    let old = before.view(fault, asker, &Subs::Everywhere);
    let changed = changed(&before.whole, &now.whole);
    let documents = now.whole.documents(|id, _| changed.contains(id));
    let fresh = product::project_records(&now.engine, &bridge::subject(asker), &documents, &now.facts);
    let is_record = |entry: &Value| entry["k"]["relation"] == "record";
    let stays = |entry: &Value| entry["k"]["id"].as_str().is_some_and(|id| !changed.contains(id));
    let (records, mut entries): (Vec<Value>, Vec<Value>) = old.entries.into_iter().partition(is_record);
    let records = records.into_iter().filter(stays).chain(fresh);
    let in_order: BTreeMap<String, Value> =
        records.map(|entry| (entry["k"]["id"].as_str().unwrap_or_default().to_string(), entry)).collect();
    entries.extend(in_order.into_values());
    View { entries, closed: old.closed }
}

fn changed(before: &Whole, now: &Whole) -> BTreeSet<String> {
    let ids = before.records.keys().chain(now.records.keys());
    ids.filter(|id| before.records.get(*id) != now.records.get(*id)).cloned().collect()
}
