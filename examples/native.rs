//! Ask from Rust: `cargo run --example native`.

use lictor::engine::{Engine, StepResult};
use serde_json::json;

fn main() -> Result<(), lictor::model::Error> {
    let engine = Engine::preset("repository")?;
    let record = json!({"title": "Snow depth 2026", "communities": {"primary": "cesnet"},
        "state": "pending-approval", "owners": [{"user": 7}]});
    let facts = engine.facts(&json!({
        "revision": "r1",
        "communities": {"cesnet": {"title": "CESNET", "grants": engine.policy().default_grants}},
        "memberships": [
            {"community": "cesnet", "user": 4, "role": "curator"},
            {"community": "cesnet", "user": 7, "role": "member"},
        ],
        "records": {"r1": record},
        "complete": true,
    }))?;

    for user in [4, 7, 9] {
        let question = json!({"subject": {"type": "user", "id": user}, "action": "approve",
            "resource": {"type": "record", "id": "r1"}});
        let answer = engine.check(&question, &facts)?;
        let hint = answer.remedies.first().and_then(|changes| changes.first());
        let hint = hint.and_then(|change| change.role.clone());
        println!("user {user} approve r1: {} {hint:?}", answer.decision);
    }

    let call = json!({"do": "transition", "subject": {"type": "user", "id": 4},
        "resource": {"type": "record", "id": "r1"}, "transition": "approve"});
    if let StepResult::Done(done) = engine.step(&call, &facts)? {
        let events: Vec<&str> = done.events.iter().map(|event| event.name.as_str()).collect();
        println!("{}: {} change, events {events:?}", done.outcome, done.changes.len());
    }
    Ok(())
}
