//! Facts and a call, both from outside, on both presets. Whatever they are, the engine answers the next question.

use lictor::engine::{Engine, StepResult};
use lictor::facts::Facts;
use lictor::model::{Bounded, Error, Limits, parse_text};
use lictor::terms::Answer;
use serde_json::{Value, json};

use super::Verdict;

/// Deep enough that facts and call meet limits of their own.
const AROUND: Limits = Limits { depth: 120, ..Limits::FACTS };

thread_local! {
    static ENGINES: [Engine; 2] = ["oarepo", "oarepo-3.0.5"].map(|name| Engine::preset(name).unwrap());
}

/// Reads `{facts, input}`.
pub fn facts_and_call(text: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let read = verdict.take("parse_text", || parse_text(text, "input", AROUND));
    let Some(value) = read else { return verdict };
    let part = |name: &str, limits| Bounded::read(value.get(name).unwrap_or(&Value::Null), name, limits);
    let given = verdict.take("facts", || part("facts", Limits::FACTS));
    let input = verdict.take("input", || part("input", Limits::CALL));
    let (Some(given), Some(input)) = (given, input) else { return verdict };
    ENGINES.with(|engines| {
        for engine in engines {
            if let Some(facts) = verdict.take("facts", || engine.facts(&given)) {
                verdict.accepted = true;
                ask(engine, &input, &facts, &mut verdict);
            }
            // The call is read even if the facts are not.
            ask(engine, &input, &Facts::default(), &mut verdict);
            still_answers(engine);
        }
    });
    verdict
}

fn ask(engine: &Engine, input: &Value, facts: &Facts, verdict: &mut Verdict) {
    let checked = verdict.take("check", || engine.check(input, facts));
    let explained = verdict.take("explain", || engine.explain(input, facts));
    assert_eq!(checked.is_some(), explained.is_some(), "check and explain read the same");
    if let (Some(checked), Some(explained)) = (&checked, &explained) {
        let got = checked.decision;
        // Told to somebody else, an explanation conceals less or more.
        assert!(input.get("told").is_some() || explained.decision == *checked, "explain");
        assert_eq!(explained.decision.decision, got, "explain");
        assert!(explained.tree.as_ref().is_none_or(|tree| tree.value == got), "the tree");
        assert!(got != Answer::Unknown || !checked.missing.is_empty(), "unknown, and nothing is missing");
        assert!(!checked.reasons.is_empty(), "no reasons");
        // The same about every action at once.
        let all = verdict.take("actions", || engine.actions(&without(input, "action"), facts));
        let all = all.expect("what can be asked of one action can be asked of all");
        let name = input["action"].as_str().or_else(|| input["action"]["name"].as_str()).unwrap();
        assert_eq!(all.get(name), Some(checked), "actions");
    }
    verdict.take("actions", || engine.actions(input, facts));
    verdict.take("who", || engine.who(input, facts).map(|who| json!(who)));
    verdict.take("transitions", || engine.transitions(input, facts).map(|lists| json!(lists)));
    verdict.take("permits", || engine.permits(input));
    verdict.take("filter", || filter(engine, input, facts));
    verdict.take("filter", || filter(engine, &without(input, "resource"), facts));
    if let Some(result) = verdict.take("step", || engine.step(input, facts)) {
        stepped(&result);
    }
    for name in ["primary", "secondary", "state", "owners"] {
        verdict.take("field", || engine.field(input, name));
        verdict.take("setField", || engine.set_field(input.clone(), name, input.clone()));
    }
    verdict.take("transitionRoute", || Ok(engine.transition_route(input.as_str().unwrap_or("/<pid_value>"))));
}

fn stepped(result: &StepResult) {
    match result {
        StepResult::Need { wanted } => assert!(!wanted.is_empty(), "needs, and does not say what"),
        StepResult::Done(done) if done.outcome == "refused" => {
            assert!(done.changes.is_empty() && done.events.is_empty() && done.view.is_none(), "refused, and done");
            assert!(done.error.is_some() && done.status >= 400, "refused, and does not say why: {}", done.status);
        }
        StepResult::Done(done) => {
            assert_eq!(done.outcome, "ok");
            assert!(done.error.is_none() && (200..300).contains(&done.status), "ok with {}", done.status);
        }
    }
    assert!(json!(result).is_object());
}

fn filter(engine: &Engine, query: &Value, facts: &Facts) -> Result<Value, Error> {
    engine.filter(query, facts, |filter| Ok(json!(filter.residual())))
}

fn without(input: &Value, key: &str) -> Value {
    let mut input = input.clone();
    if let Some(map) = input.as_object_mut() {
        map.remove(key);
    }
    input
}

/// A question with a known answer.
fn still_answers(engine: &Engine) {
    let facts = json!({
        "communities": {"cesnet": {"grants": {"curator": ["read", "approve"]}}},
        "memberships": [{"community": "cesnet", "user": 4, "role": "curator"}],
        "complete": true,
    });
    let facts = engine.facts(&facts).expect("fixed facts are read");
    let record = json!({"oarepo:primaryCommunity": "cesnet", "oarepo:recordStatus": "pending-approval"});
    for (user, wanted) in [(4, Answer::Allow), (5, Answer::Deny)] {
        let question = json!({
            "subject": {"type": "user", "id": user},
            "action": "approve",
            "resource": {"type": "record", "properties": record},
        });
        let got = engine.check(&question, &facts).expect("a fixed question is answered").decision;
        assert_eq!(got, wanted, "the fixed question of user {user}");
    }
}
