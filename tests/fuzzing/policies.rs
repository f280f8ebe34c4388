//! A text as a policy document. If it is accepted, every way of asking gives the same answer.

use std::rc::Rc;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{At, Attributes, Faults, Limits, Subject, parse_text};
use lictor::policy::{Index, Lens, Scope, canonical, content_hash};
use lictor::terms::Answer;
use serde_json::{Value, json};

use super::{Verdict, guarded};

/// Actions asked about; a document may have more.
const ASKED: usize = 12;

pub fn policy_document(text: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let read = verdict.take("parse_text", || parse_text(text, "policy", Limits::POLICY));
    let Some(document) = read else { return verdict };
    let Some(engine) = verdict.take("Engine::new", || Engine::new(&document)) else { return verdict };
    verdict.accepted = true;
    guarded("canonical", || round_trip(&engine, &document));
    let facts = [json!({"complete": true}), json!({}), own_facts(&engine)];
    for facts in facts {
        if let Some(facts) = verdict.take("facts", || engine.facts(&facts)) {
            ask(&engine, &Rc::new(facts), &mut verdict);
        }
    }
    verdict
}

/// The canonical form is the same document.
fn round_trip(engine: &Engine, document: &Value) {
    let text = canonical(document).expect("an accepted document has a canonical form");
    let again = parse_text(&text, "policy", Limits::POLICY).expect("the canonical form is JSON within the limits");
    assert_eq!(canonical(&again).unwrap(), text, "the canonical form of the canonical form");
    assert_eq!(content_hash(&again).unwrap(), engine.policy().hash, "the hash of the canonical form");
    let other = Engine::new(&again).expect("the canonical form is accepted too");
    assert_eq!(other.policy().hash, engine.policy().hash);
}

/// Facts in the policy's own words: a community that grants everything to its first role.
fn own_facts(engine: &Engine) -> Value {
    let policy = engine.policy();
    let mut facts = json!({"communities": {"cesnet": {}}, "memberships": [], "access": []});
    if let Some(role) = policy.roles.first() {
        let granted: Vec<&str> = policy.allowed.iter().map(String::as_str).collect();
        facts["communities"]["cesnet"]["grants"] = json!({role.as_str(): granted});
        facts["memberships"] = json!([{"community": "cesnet", "user": 2, "role": role}]);
    }
    facts["complete"] = json!(true);
    facts
}

/// Records in the policy's own fields.
fn records(engine: &Engine) -> Vec<Value> {
    let states = &engine.policy().states.names;
    let made = |state: Option<&String>, owner: u64| {
        let mut record = json!({});
        let fields = [("primary", json!("cesnet")), ("state", json!(state)), ("owners", json!([{"user": owner}]))];
        for (name, value) in fields {
            // Fields of a policy may lie inside each other.
            record = engine.set_field(record.clone(), name, value).unwrap_or(record);
        }
        record
    };
    vec![json!({}), made(states.first(), 2), made(states.last(), 1)]
}

fn ask(engine: &Engine, facts: &Rc<Facts>, verdict: &mut Verdict) {
    let policy = engine.policy();
    let Some(kind) = policy.default_type() else { return };
    let subjects = [
        (json!({"type": "anonymous"}), Subject::anonymous()),
        (json!({"type": "user", "id": 1}), Subject::user("1")),
        (json!({"type": "user", "id": 2}), Subject::user("2")),
    ];
    let mut index = Index::new();
    let mut rows = Vec::new();
    for record in records(engine) {
        let mut faults = Faults::new();
        let at = At::Root("record");
        let read = Attributes::read(&record, None, &[], &kind.fields, &policy.states, &at, &mut faults);
        if let Some(attributes) = verdict.take("record", || faults.give(read)) {
            rows.push((record, index.add(&attributes)));
        }
    }
    for (name, subject) in subjects {
        let mut lens = Lens::new(engine.shared_policy(), Rc::clone(facts), subject);
        for action in policy.action_ids().take(ASKED) {
            let word = policy.action_name(action);
            for (record, row) in &rows {
                let resource = json!({"type": kind.key, "properties": record});
                let question = json!({"subject": name, "action": word, "resource": resource});
                let Some(decision) = verdict.take("check", || engine.check(&question, facts)) else { continue };
                let got = decision.decision;
                let explained = engine.explain(&question, facts).expect("what can be asked can be explained");
                assert_eq!(explained.decision, decision, "explain of {question}");
                assert!(explained.tree.is_none_or(|tree| tree.value == got), "the tree of {question}");
                assert_eq!(lens.can(&index, *row, action), Some(got.code()), "the lens of {question}");
                let visible = lens.visible(&index, action, &Scope::Everywhere);
                let at = (*row / 32) as usize;
                let bits = (visible.bits()[at] >> (row % 32) & 1, visible.unknown_bits()[at] >> (row % 32) & 1);
                let own_list = policy.list_rule(action, &Scope::Everywhere) != *policy.rule(action);
                let wanted = (u32::from(got == Answer::Allow), u32::from(got == Answer::Unknown));
                assert!(own_list || bits == wanted, "the list of {question}: {bits:?}, and {got}");
                assert!(got != Answer::Unknown || !decision.missing.is_empty(), "unknown, nothing missing: {question}");
            }
        }
    }
}
