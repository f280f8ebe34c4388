//! Knowledge only grows: take proofs, entries, fields or derived answers from a view, and answers turn into `unknown`, never
//! from allow to deny or back; nor does an unknown become known.

use serde_json::{Value, json};

use super::lab::{Fault, Figures, Lab, View, count};
use super::rng::Rng;
use super::sound::{answers, few};

const TRIES: usize = 6;

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(4);
    for asker in few(lab, 5, 3) {
        let subs = rng.pick(&lab.subs(&mut lab.rng(6))).clone();
        let view = lab.view(fault, &asker, &subs);
        let known = answers(&lab.device(&asker, &view)?, lab)?;
        for _ in 0..TRIES {
            let mut weaker = view.clone();
            let taken: Vec<String> = (0..1 + rng.below(4)).filter_map(|_| take(lab, &mut weaker, &mut rng)).collect();
            let left = answers(&lab.device(&asker, &weaker)?, lab)?;
            for ((before, after), question) in known.iter().zip(&left).zip(lab.questions()) {
                count(figures, "answers with less known");
                if before == after {
                    continue;
                }
                count(figures, "turned into unknown");
                if after.is_some() {
                    return Err(format!(
                        "{} {subs:?} {question:?}: {before:?} became {after:?} without {}",
                        lab.place(&asker),
                        taken.join(", ")
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Takes something; says what.
fn take(lab: &Lab, view: &mut View, rng: &mut Rng) -> Option<String> {
    let kind = rng.below(5);
    if kind == 0 {
        let position = rng.below(view.closed.len().max(1));
        return (position < view.closed.len()).then(|| format!("the proof {}", view.closed.remove(position)));
    }
    if view.entries.is_empty() {
        return None;
    }
    let position = rng.below(view.entries.len());
    let key = view.entries[position]["k"].clone();
    if kind == 1 {
        // A proof that covers what was taken would be a lie, not less knowledge.
        view.entries.remove(position);
        view.closed.retain(|proof| proof["relation"] != key["relation"]);
        return Some(format!("{key} and its proofs"));
    }
    let entry = &mut view.entries[position];
    if kind == 2 {
        entry.as_object_mut().unwrap().remove("derived")?;
        return Some(format!("what was derived for {key}"));
    }
    // Of a record the communities are not taken: one left out is one that is hidden, which says something.
    let owners: &[&str] = if lab.whole.preset == 0 { &["access", "owned_by"] } else { &["oarepo:ownedBy"] };
    let path: &[&str] = match key["relation"].as_str() {
        Some("community") => &["grants"],
        Some("user") => &["roles"],
        Some("record") if kind == 3 => &["oarepo:recordStatus"],
        Some("record") => owners,
        _ => return None,
    };
    withhold(entry, path);
    Some(format!("{} of {key}", path.join(".")))
}

/// Takes a field out and says that it is missing.
fn withhold(entry: &mut Value, path: &[&str]) {
    let (last, outer) = path.split_last().unwrap();
    let mut place = &mut entry["v"];
    for key in outer {
        place = &mut place[*key];
    }
    if let Some(map) = place.as_object_mut() {
        map.remove(*last);
    }
    let path = json!(path);
    match entry.get_mut("missing").and_then(Value::as_array_mut) {
        Some(list) if list.contains(&path) => {}
        Some(list) => list.push(path),
        None => entry["missing"] = json!([path]),
    }
}
