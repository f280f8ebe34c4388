//! One intent at a time on a view as the server has it: what the device shows as done the server accepts, what it refuses
//! the server refuses.

use serde_json::{Value, json};

use super::lab::{Lab, Subs};
use super::sound::{Figures, count};
use crate::oracle::repository::random::Rng;
use crate::oracle::repository::world::Visitor;
use crate::whole;

const TRIES: usize = 12;

pub fn check(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(6);
    for visitor in lab.whole.visitors() {
        let Some(actor) = visitor.asker.id() else { continue };
        let mut device = lab.device(&visitor, &lab.view(&visitor, &Subs::Everywhere))?;
        for n in 1..=TRIES {
            let intent = intent(lab, &visitor, actor, n, &mut rng);
            let replayed = device.rebase(&json!([intent])).map_err(|error| error.to_string())?;
            let asked = json!({"subject": whole::subject(&visitor), "intent": intent});
            let decided = json!(lab.engine.decide(&asked, &lab.facts).map_err(|error| error.to_string())?);
            let Some(verdict) = decided["verdict"]["r"].as_str() else {
                return Err(format!("{} {intent}: undecided at complete facts: {decided}", lab.place(&visitor)));
            };
            let (accepted, predicted) = (verdict != "rejected", replayed[0].predicted.as_str());
            count(figures, format!("{predicted}, {}", if accepted { "accepted" } else { "rejected" }));
            if predicted == if accepted { "deny" } else { "allow" } {
                let replayed = json!(replayed);
                return Err(format!("{} {intent}: {replayed}, the server says {decided}", lab.place(&visitor)));
            }
        }
    }
    Ok(())
}

/// A command on a record or on something of the library: shown, hidden or missing; good and bad.
fn intent(lab: &Lab, visitor: &Visitor, actor: i64, n: usize, rng: &mut Rng) -> Value {
    let questions = lab.questions();
    let question = &questions[rng.below(questions.len())];
    let kind = question.resource["type"].as_str().unwrap_or_default();
    let machine = lab.engine.of_type(kind);
    let id = question.record.clone().unwrap_or_else(|| format!("made{n}"));
    let (action, args) = match (&question.record, question.action) {
        (None, _) => {
            let things: Vec<_> = lab.whole.things.values().collect();
            let kind = whole::library::key(things[rng.below(things.len())].kind);
            ("create", json!({"type": kind, "record": {"title": "made here"}}))
        }
        (_, "update") => {
            let edit = json!([{"path": ["title"], "was": format!("Record {id}"), "value": "edited"}]);
            ("update", json!({"set": edit}))
        }
        (_, action) if machine.policy().transition(action).is_some() => (action, json!({"params": params(n, visitor)})),
        _ => ("update", json!({"set": [{"path": ["restricted"], "was": null, "value": true}]})),
    };
    json!({
        "n": n, "idem": format!("idem-{n}"), "actor": actor.to_string(), "action": action,
        "target": {"relation": "record", "id": id}, "args": args, "base": null,
        "predicted": "unknown", "causes": [], "made": {"wall": 0},
    })
}

/// What any transition may want to be told.
fn params(n: usize, visitor: &Visitor) -> Value {
    let subject = json!({"type": "user", "id": visitor.asker.id().unwrap_or(1)});
    json!({
        "request": format!("request{n}"), "reason": "R", "community": "home", "link": format!("link{n}"),
        "permission": "view", "subject": subject,
    })
}
