//! Knowledge only grows: take proofs, entries, fields or derived answers from a view, and answers turn into `unknown`, never
//! from allow to deny or back.

use serde_json::{Value, json};

use super::lab::{Lab, Subs, View, says};
use super::sound::{Figures, count};
use crate::oracle::repository::random::Rng;

const TRIES: usize = 8;
const FIELDS: [&[&str]; 12] = [
    &["state"],
    &["owners"],
    &["access", "record"],
    &["access", "files"],
    &["access", "embargo", "active"],
    &["restricted"],
    &["review", "status"],
    &["published_once"],
    &["_access", "read"],
    &["document"],
    &["open_access"],
    &["patron_pid"],
];

pub fn check(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(4);
    let visitors = lab.whole.visitors();
    for _ in 0..3 {
        let visitor = &visitors[rng.below(visitors.len())];
        let view = lab.view(visitor, &Subs::Everywhere);
        let questions = lab.questions();
        let device = lab.device(visitor, &view)?;
        let known: Vec<_> = questions.iter().map(|q| says(&device, q)).collect::<Result<_, _>>()?;
        for _ in 0..TRIES {
            let mut weaker = view.clone();
            let taken: Vec<String> = (0..=rng.below(4)).filter_map(|_| take(&mut weaker, &mut rng)).collect();
            let device = lab.device(visitor, &weaker)?;
            for (before, question) in known.iter().zip(&questions) {
                let after = says(&device, question)?;
                count(figures, "answers with less known");
                if after != *before {
                    count(figures, "turned into unknown");
                }
                if after != *before && after.is_some() {
                    let (place, taken) = (lab.place(visitor), taken.join(", "));
                    let asked = format!("{} {}", question.action, question.resource);
                    return Err(format!("{place} {asked}: {before:?} became {after:?} without {taken}"));
                }
            }
        }
    }
    Ok(())
}

/// Takes something; says what.
fn take(view: &mut View, rng: &mut Rng) -> Option<String> {
    if rng.percent(25) {
        let position = rng.below(view.closed.len().max(1));
        return (position < view.closed.len()).then(|| format!("the proof {}", view.closed.remove(position)));
    }
    if view.entries.is_empty() {
        return None;
    }
    let position = rng.below(view.entries.len());
    let key = view.entries[position]["k"].clone();
    if rng.percent(25) {
        // A proof that covers what was taken would be a lie, not less knowledge.
        view.entries.remove(position);
        view.closed.retain(|proof| proof["relation"] != key["relation"]);
        return Some(format!("{key} and its proofs"));
    }
    let entry = &mut view.entries[position];
    if rng.percent(30) {
        entry.as_object_mut().unwrap().remove("derived")?;
        return Some(format!("what was derived for {key}"));
    }
    let path: &[&str] = match key["relation"].as_str() {
        Some("community") => &["grants"],
        Some("user") => &["roles"],
        Some("record") => FIELDS[rng.below(FIELDS.len())],
        _ => return None,
    };
    withhold(entry, path);
    Some(format!("{} of {key}", path.join(".")))
}

/// Takes a field out and says that it is missing.
fn withhold(entry: &mut Value, path: &[&str]) {
    let (last, outer) = path.split_last().unwrap();
    let mut place = Some(&mut entry["v"]);
    for key in outer {
        place = place.and_then(|value| value.get_mut(*key));
    }
    if let Some(map) = place.and_then(Value::as_object_mut) {
        map.remove(*last);
    }
    let path = json!(path);
    match entry.get_mut("missing").and_then(Value::as_array_mut) {
        Some(list) if list.contains(&path) => {}
        Some(list) => list.push(path),
        None => entry["missing"] = json!([path]),
    }
}
