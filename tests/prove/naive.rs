//! A client that reads what it holds as all there is: fields that were withheld are absent, what it was not sent does not
//! exist, derived answers are ignored. It must often be wrong, or worlds and comparison would prove nothing.

use lictor::terms::Answer;
use serde_json::{Map, Value, json};

use super::lab::{HONEST, Lab, Subs, View};
use super::truth::Told;
use crate::bridge;

/// Whether it is wrong at all: with a whole view, and with any.
pub fn wrong(lab: &Lab) -> (bool, bool) {
    let mut rng = lab.rng(2);
    let (mut whole, mut any) = (false, false);
    for asker in lab.whole.askers() {
        let subject = bridge::subject(&asker);
        for subs in lab.subs(&mut rng) {
            if whole && any {
                return (whole, any);
            }
            let view = lab.view(&HONEST, &asker, &subs);
            let facts = lab.engine.facts(&closed_world(&view)).unwrap();
            for question in lab.questions() {
                let evaluation =
                    json!({"subject": subject, "action": question.action, "resource": question.resource()});
                // A document it cannot read is one it allows nothing on.
                let allows =
                    lab.engine.check(&evaluation, &facts).is_ok_and(|decision| decision.decision == Answer::Allow);
                if allows != (lab.told(&asker, &question) == Told::Allow) {
                    any = true;
                    whole |= subs == Subs::Everywhere;
                    break;
                }
            }
        }
    }
    (whole, any)
}

fn closed_world(view: &View) -> Value {
    let by_id = |relation: &str| {
        let entries = view.of(relation).map(|entry| (text(&entry["k"]["id"]), entry["v"].clone()));
        Value::Object(entries.collect::<Map<_, _>>())
    };
    let memberships: Vec<Value> = view
        .of("membership")
        .map(|entry| {
            let mut value = entry["v"].clone();
            value["community"] = entry["k"]["community"].clone();
            value["user"] = entry["k"]["user"].clone();
            value
        })
        .filter(|value| value.get("role").is_some())
        .collect();
    json!({
        "users": by_id("user"),
        "communities": by_id("community"),
        "memberships": memberships,
        "access": view.of("access").map(|entry| entry["v"].clone()).collect::<Vec<_>>(),
        "records": by_id("record"),
        "complete": true,
    })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}
