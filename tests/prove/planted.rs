//! Faults a server could have, as wrappers around the view it sends. Each must be found by one of the checks; one that is not
//! would say that the checks look away.

use serde_json::{Value, json};

use super::facts::row_value;
use super::lab::{Fault, HONEST, Lab, Subs, View};
use crate::oracle::world::Asker;

/// What is wrong, and the check that must say so.
pub const PLANTED: [(&str, Fault, &str); 16] = [
    ("what is not sent is said not to exist", view(closed_world), "soundness"),
    ("a withheld field is sent as null", view(nulls), "soundness"),
    ("what is withheld is not named", view(unnamed), "soundness"),
    ("a part of the records is called all of them", view(part_called_all), "soundness"),
    ("a sequence moves with hidden activity", view(sequence), "non-interference"),
    ("withheld ids are counted", view(counted), "non-interference"),
    ("hidden communities are sent", view(hidden_community), "visibility"),
    ("grants are sent to everybody", view(all_grants), "visibility"),
    ("all members are sent", view(all_members), "non-interference"),
    ("rows that speak of others are sent", view(all_rows), "non-interference"),
    ("deny rows are forgotten", view(no_denials), "soundness"),
    ("what access lists come to is left out", view(no_lists), "soundness"),
    ("what lists come to now is said to hold whatever a record says", view(for_good), "visibility"),
    ("a derived answer is wrong", view(wrong_derived), "soundness"),
    ("a derived answer is kept after its record changed", ops(kept_derived), "history"),
    ("a patch forgets what left the view", ops(no_deletions), "history"),
];

const fn view(view: fn(&Lab, &Asker, &Subs, View) -> View) -> Fault {
    Fault { view, ..HONEST }
}

const fn ops(ops: fn(&View, Vec<Value>) -> Vec<Value>) -> Fault {
    Fault { ops, ..HONEST }
}

fn closed_world(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    let all = ["record", "community", "membership", "access", "user"];
    view.closed = all.iter().map(|relation| json!({"relation": relation})).collect();
    view
}

fn nulls(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in &mut view.entries {
        let missing = entry.as_object_mut().unwrap().remove("missing");
        for path in missing.iter().flat_map(|list| list.as_array().unwrap()) {
            let mut place = &mut entry["v"];
            for key in path.as_array().unwrap() {
                place = &mut place[key.as_str().unwrap()];
            }
            if place.is_null() {
                *place = Value::Null;
            }
        }
    }
    view
}

fn unnamed(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in &mut view.entries {
        entry.as_object_mut().unwrap().remove("missing");
    }
    view
}

fn part_called_all(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    view.closed.push(json!({"relation": "record"}));
    view
}

fn sequence(lab: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    if let Some(entry) = view.entries.first_mut() {
        entry["v"]["seq"] = json!(lab.facts.memberships.len() + lab.whole.rows.len() + lab.whole.records.len());
    }
    view
}

fn counted(lab: &Lab, asker: &Asker, _: &Subs, mut view: View) -> View {
    let truth = lab.truth(asker);
    for entry in view.entries.iter_mut().filter(|entry| entry["k"]["relation"] == "record") {
        let rec = &lab.whole.records[entry["k"]["id"].as_str().unwrap()].rec;
        entry["v"]["hidden"] = json!(rec.secondary.iter().filter(|id| !truth.sees_community(id)).count());
    }
    view
}

fn hidden_community(lab: &Lab, asker: &Asker, _: &Subs, mut view: View) -> View {
    let truth = lab.truth(asker);
    for (id, community) in lab.whole.communities.iter().filter(|(id, _)| !truth.sees_community(id)) {
        let value = json!({"title": community.title, "type": "other"});
        view.entries.push(json!({"k": {"relation": "community", "id": id}, "v": value, "missing": [["grants"]]}));
    }
    view
}

fn all_grants(lab: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in view.entries.iter_mut().filter(|entry| entry["k"]["relation"] == "community") {
        let id = entry["k"]["id"].as_str().unwrap();
        entry["v"]["grants"] = json!(lab.whole.communities[id].grants);
        entry.as_object_mut().unwrap().remove("missing");
    }
    view
}

fn all_members(lab: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for ((community, user), member) in &lab.whole.members {
        let key = json!({"relation": "membership", "community": community, "user": user.to_string()});
        if !view.entries.iter().any(|entry| entry["k"] == key) {
            view.entries.push(json!({"k": key, "v": {"role": member.roles}}));
        }
    }
    view
}

fn all_rows(lab: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for (n, row) in lab.whole.rows.iter().enumerate() {
        let value = row_value(row);
        if !view.of("access").any(|entry| entry["v"] == value) {
            view.entries.push(json!({"k": {"relation": "access", "id": format!("row{n}")}, "v": value}));
        }
    }
    view
}

fn no_denials(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    view.entries.retain(|entry| entry["k"]["relation"] != "access" || entry["v"]["exclude"] != true);
    view
}

fn wrong_derived(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in &mut view.entries {
        for answer in
            entry.get_mut("derived").and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut())
        {
            *answer = json!(if *answer == "allow" { "deny" } else { "allow" });
        }
    }
    view
}

fn kept_derived(old: &View, mut ops: Vec<Value>) -> Vec<Value> {
    for op in ops.iter_mut().filter(|op| op["op"] == "put") {
        let before = old.entries.iter().find(|entry| entry["k"] == op["k"]);
        if let Some(derived) = before.and_then(|entry| entry.get("derived")) {
            op["derived"] = derived.clone();
        }
    }
    ops
}

fn no_deletions(_: &View, mut ops: Vec<Value>) -> Vec<Value> {
    ops.retain(|op| op["op"] != "del");
    ops
}

fn no_lists(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in &mut view.entries {
        entry.as_object_mut().unwrap().remove("acls");
    }
    view
}

fn for_good(_: &Lab, _: &Asker, _: &Subs, mut view: View) -> View {
    for entry in view.entries.iter_mut().filter(|entry| entry["acls"].get("now").is_some()) {
        let now = entry["acls"]["now"].take();
        entry["acls"] = json!({"in": now});
    }
    view
}
