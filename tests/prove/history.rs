//! A view that was patched through a history equals one that was sent afresh: entries byte for byte, and answers. With
//! intents pending, patching under them equals replaying them on a fresh view.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::lab::{Fault, Figures, Lab, Question, View, count};
use super::mutate::mutated;
use super::product::Device;
use super::rng::Rng;
use super::sound::{answers, few};
use crate::bridge;
use crate::oracle::world::{Asker, actions};

const STEPS: usize = 5;

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(7);
    for asker in few(lab, 8, 2) {
        let subs = rng.pick(&lab.subs(&mut lab.rng(9))).clone();
        let mut old = lab.view(fault, &asker, &subs);
        let mut device = lab.device(&asker, &old)?;
        let mut now = lab.changed(lab.whole.clone());
        for step in 0..STEPS {
            let (mut whole, mut next_asker) = (now.whole.clone(), asker.clone());
            for _ in 0..=rng.below(3) {
                whole = mutated(&whole, &mut rng).0;
            }
            now = now.changed(whole);
            // Global roles are facts, so the subject stays the same one.
            if let Asker::User { id, .. } = &asker {
                next_asker = now.whole.asker(*id);
            }
            let pending = if step % 2 == 0 { Vec::new() } else { intents(&now, &asker, &mut rng) };
            device.rebase(&pending);
            let fresh = now.view(fault, &next_asker, &subs);
            let ops = (fault.ops)(&old, diff(&old, &fresh));
            *figures.entry("operations".to_string()).or_default() += ops.len();
            device.patch(&ops, &fresh.closed)?;
            let place = || format!("{} {subs:?} step {step}", lab.place(&asker));
            let mut other = now.device(&next_asker, &fresh)?;
            same(&device, &other, &fresh).map_err(|why| format!("{}: {why}", place()))?;
            let (replayed, patched) = (other.rebase(&pending), device.rebase(&pending));
            if replayed != patched {
                return Err(format!("{}: replayed {patched} and {replayed}", place()));
            }
            *figures.entry("intents replayed".to_string()).or_default() += pending.len();
            let shown = replayed.as_array().into_iter().flatten().filter(|one| one["applied"] == true).count();
            *figures.entry("intents shown".to_string()).or_default() += shown;
            alike(&device, &other, &now).map_err(|why| format!("{}, {} pending: {why}", place(), pending.len()))?;
            // Taken off, nothing of them is left.
            device.rebase(&[]);
            let plain = now.device(&next_asker, &fresh)?;
            alike(&device, &plain, &now).map_err(|why| format!("{}, taken off: {why}", place()))?;
            same(&device, &plain, &fresh).map_err(|why| format!("{}, taken off: {why}", place()))?;
            count(figures, "patches");
            old = fresh;
        }
    }
    Ok(())
}

/// One intent at a time on a view as the server has it: what the device shows as done the server accepts, what it refuses the
/// server refuses.
pub fn decided(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(10);
    for asker in lab.whole.askers() {
        let view = lab.view(fault, &asker, &lab.subs(&mut rng)[0]);
        let mut device = lab.device(&asker, &view)?;
        for intent in intents(lab, &asker, &mut rng) {
            let replayed = device.rebase(std::slice::from_ref(&intent));
            let written = Device::written(&lab.engine, &bridge::subject(&asker), &intent, &lab.facts)?;
            let accepted = written.is_some();
            let predicted = replayed[0]["predicted"].as_str().unwrap_or_default().to_string();
            count(figures, format!("{predicted}, {}", if accepted { "accepted" } else { "rejected" }));
            if predicted == if accepted { "deny" } else { "allow" } {
                return Err(format!("{} {intent}: {replayed}, accepted: {accepted}", lab.place(&asker)));
            }
            if let Some(changes) = written.filter(|_| replayed[0]["applied"] == true) {
                afterwards(lab, &asker, &device, &changes, figures)
                    .map_err(|why| format!("{} after {intent}: {why}", lab.place(&asker)))?;
            }
        }
    }
    Ok(())
}

/// What a device says of a record that its user's own work changed, the server does not contradict once it has carried that out.
fn afterwards(
    lab: &Lab,
    asker: &Asker,
    device: &Device,
    changes: &[Value],
    figures: &mut Figures,
) -> Result<(), String> {
    let mut facts = lab.whole.facts_value();
    for change in changes {
        let id = change["key"]["id"].as_str().unwrap_or_default().to_string();
        facts["records"][&id] = change["value"].clone();
        let read = lab.engine.facts(&facts).unwrap();
        for action in actions().into_iter().filter(|action| *action != "create") {
            let question = Question { action, record: Some(id.clone()), community: None };
            let said = device.can(action, &question.resource())?.told;
            let told = lab.told_at(asker, &question, &read);
            let lists = if lab.whole.lists.is_some() { "with" } else { "without" };
            count(figures, format!("{} afterwards, {lists} lists", if said.is_some() { "known" } else { "unknown" }));
            if said.is_some_and(|said| said != told) {
                return Err(format!("{question:?}: {said:?}, the server says {told:?}"));
            }
        }
    }
    Ok(())
}

/// What is confirmed is the projection, and in one order.
fn same(device: &Device, other: &Device, view: &View) -> Result<(), String> {
    let (mine, fresh) = (device.entries(), other.entries());
    if mine != fresh {
        let odd = mine.iter().find(|entry| !fresh.contains(entry)).or_else(|| fresh.iter().find(|e| !mine.contains(e)));
        return Err(format!("confirmed entries differ: {}", odd.unwrap_or(&Value::Null)));
    }
    let by_key = |entries: &[Value]| -> BTreeMap<String, String> {
        entries.iter().map(|entry| (entry["k"].to_string(), entry.to_string())).collect()
    };
    if by_key(&mine) != by_key(&view.entries) {
        return Err("confirmed entries are not those that were sent".to_string());
    }
    Ok(())
}

/// The same answers, lists and records.
fn alike(device: &Device, other: &Device, lab: &Lab) -> Result<(), String> {
    if answers(device, lab)? != answers(other, lab)? {
        return Err("answers differ".to_string());
    }
    if device.list(None) != other.list(None) {
        return Err("lists differ".to_string());
    }
    for id in lab.whole.records.keys() {
        if device.record(id) != other.record(id) {
            return Err(format!("{id} differs"));
        }
    }
    Ok(())
}

fn diff(old: &View, new: &View) -> Vec<Value> {
    let before: BTreeMap<String, &Value> = old.entries.iter().map(|entry| (entry["k"].to_string(), entry)).collect();
    let after: BTreeMap<String, &Value> = new.entries.iter().map(|entry| (entry["k"].to_string(), entry)).collect();
    let mut ops = Vec::new();
    for (key, entry) in &after {
        if before.get(key) != Some(entry) {
            let mut op = (*entry).clone();
            op["op"] = json!("put");
            ops.push(op);
        }
    }
    for (key, entry) in &before {
        if !after.contains_key(key) {
            ops.push(json!({"op": "del", "k": entry["k"]}));
        }
    }
    ops
}

/// Commands on records shown, hidden and missing, good and bad.
fn intents(lab: &Lab, asker: &Asker, rng: &mut Rng) -> Vec<Value> {
    let Some(actor) = asker.id() else { return Vec::new() };
    let mut records: Vec<String> = lab.whole.records.keys().cloned().collect();
    records.push("nothing".to_string());
    let communities: Vec<String> = lab.whole.communities.keys().cloned().collect();
    (1..=1 + rng.below(5))
        .map(|n| {
            let record = rng.pick(&records).clone();
            let (action, id, args) = match rng.below(4) {
                0 => {
                    // A later intent may be about it.
                    records.push(format!("made{n}"));
                    let community = rng.pick(&communities);
                    let mut document = json!({"title": "made here"});
                    document["oarepo:primaryCommunity"] = json!(community);
                    ("create", format!("made{n}"), json!({"community": community, "record": document}))
                }
                1 => {
                    // What the user saw there is what is there.
                    let was = lab.whole.records.get(&record).map_or("nothing", |record| &record.title);
                    // Access lists may name the one title or the other.
                    let title = if rng.percent(50) { format!("Record {n}") } else { format!("edited {n}") };
                    let edit = json!([{"path": ["title"], "was": was, "value": title}]);
                    ("update", record, json!({"set": edit}))
                }
                _ => {
                    let mut names = actions().to_vec();
                    names.retain(|name| !["read", "create", "update"].contains(name));
                    (*rng.pick(&names), record, json!({}))
                }
            };
            json!({
                "n": n, "idem": format!("idem-{n}"), "actor": actor.to_string(), "action": action,
                "target": {"relation": "record", "id": id}, "args": args, "base": null,
                "predicted": "unknown", "causes": [], "made": {"wall": 0},
            })
        })
        .collect()
}
