//! What a device says is never contradicted: at equal facts its `allow` and `deny` are the server's, concealment included,
//! and its list is the server's list.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::lab::{Fault, Figures, Lab, Subs, View, count};
use super::product::Device;
use super::truth::{Told, Truth};
use super::world::Whole;
use crate::oracle::visibility::is_banned;
use crate::oracle::world::Asker;

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(1);
    for asker in lab.whole.askers() {
        let truth = lab.truth(&asker);
        // The same world without its lists.
        let bare = Whole { lists: lab.whole.lists.as_ref().map(|_| BTreeMap::new()), ..lab.whole.clone() };
        let bare = Truth::new(&bare, &asker);
        let told: Vec<_> = lab.questions().into_iter().map(|q| (lab.told(&asker, &q), q)).collect();
        for subs in lab.subs(&mut rng) {
            let view = lab.view(fault, &asker, &subs);
            hushed(&truth, &json!(view.entries), None)
                .map_err(|id| format!("{} {subs:?}: the view names {id}", lab.place(&asker)))?;
            let device = lab.device(&asker, &view)?;
            let held = view.records();
            for (told, question) in &told {
                let predicted = device.can(question.action, &question.resource())?;
                let shown = match &question.record {
                    Some(id) if held.contains(id) => "shown",
                    Some(_) => "other",
                    None => "create",
                };
                let part = if subs == Subs::Everywhere { "all" } else { "part" };
                let name = format!("{} {part} {shown} {}", lab.whole.preset().name, question.action);
                count(figures, format!("asked {name}"));
                match predicted.told {
                    None => {
                        count(figures, format!("unknown {name}"));
                        hushed(&truth, &predicted.whole, question.record.as_deref())
                            .map_err(|id| format!("{} {question:?}: unknown names {id}", lab.place(&asker)))?;
                    }
                    Some(said) if said == *told => {
                        if let Some(id) = &question.record
                            && bare.told(id, question.action) != said
                        {
                            count(figures, format!("rested on access lists, {part}"));
                        }
                    }
                    Some(said) => {
                        return Err(format!(
                            "{} {subs:?} {question:?}: predicted {said:?}, the server says {told:?}",
                            lab.place(&asker)
                        ));
                    }
                }
            }
            lists(&truth, &device, &view, figures).map_err(|why| format!("{} {subs:?}: {why}", lab.place(&asker)))?;
        }
    }
    Ok(())
}

/// No text may be the id of a community or record that exists and is not shown, but for the one `asked` for. Whoever is
/// banned sees no restricted community, and still the names of their own roles.
fn hushed(truth: &Truth<'_>, value: &Value, asked: Option<&str>) -> Result<(), String> {
    if is_banned(&truth.world, &truth.asker) {
        return Ok(());
    }
    let whole = truth.whole;
    let hidden: BTreeSet<&str> = whole
        .communities
        .keys()
        .filter(|id| !truth.sees_community(id))
        .chain(whole.records.keys().filter(|id| !truth.reads(id)))
        .map(String::as_str)
        .filter(|id| Some(*id) != asked)
        .collect();
    let mut texts = Vec::new();
    collect(value, &mut texts);
    let named = texts
        .into_iter()
        .find(|text| hidden.contains(text) || hidden.iter().any(|id| text.contains(&format!("community:{id}:"))));
    named.map_or(Ok(()), |text| Err(text.to_string()))
}

fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(list) => list.iter().for_each(|one| collect(one, texts)),
        Value::Object(map) => {
            for (key, one) in map {
                texts.push(key);
                collect(one, texts);
            }
        }
        _ => {}
    }
}

/// What is listed is on the server's list, and what is on it is listed or unknown.
fn lists(truth: &Truth<'_>, device: &Device, view: &View, figures: &mut Figures) -> Result<(), String> {
    let held = view.records();
    let seen = truth.whole.communities.keys().filter(|id| truth.sees_community(id)).map(Some);
    for scope in [None].into_iter().chain(seen) {
        let (listed, unknown) = device.list(scope.map(String::as_str));
        let right: BTreeSet<String> =
            truth.listed(scope.map(String::as_str)).into_iter().filter(|id| held.contains(id)).collect();
        let name = truth.whole.preset().name;
        *figures.entry(format!("{name} listed")).or_default() += right.len();
        *figures.entry(format!("{name} listed unknown")).or_default() += unknown.len();
        if let Some(id) = listed.iter().find(|id| !right.contains(*id)) {
            return Err(format!("{id} is listed in {scope:?}, and not by the server"));
        }
        if let Some(id) = right.iter().find(|id| !listed.contains(*id) && !unknown.contains(*id)) {
            return Err(format!("{id} is not listed in {scope:?}, and is by the server"));
        }
    }
    Ok(())
}

/// The same answers, question by question; for checks that compare two devices.
pub fn answers(device: &Device, lab: &Lab) -> Result<Vec<Option<Told>>, String> {
    lab.questions().iter().map(|question| Ok(device.can(question.action, &question.resource())?.told)).collect()
}

/// Who is asked for in checks that cannot afford everybody.
pub fn few(lab: &Lab, salt: u64, how_many: usize) -> Vec<Asker> {
    let mut rng = lab.rng(salt);
    let all = lab.whole.askers();
    (0..how_many).map(|_| rng.pick(&all).clone()).collect()
}

/// The server's own answers are the oracle's: what all else rests on.
pub fn server(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    for asker in lab.whole.askers() {
        let truth = lab.truth(&asker);
        for question in lab.questions() {
            let right = match (&question.record, &question.community) {
                // That is asked of communities.
                (Some(_), _) if question.action == "create" => continue,
                (Some(id), _) => truth.told(id, question.action),
                (None, Some(id)) => truth.told_create(id),
                (None, None) => continue,
            };
            let told = lab.told(&asker, &question);
            count(figures, format!("{} {}", lab.whole.preset().name, question.action));
            if told != right {
                return Err(format!("{} {question:?}: {told:?}, the oracle says {right:?}", lab.place(&asker)));
            }
        }
    }
    Ok(())
}
