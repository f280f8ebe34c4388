//! What holds for every policy, whatever its rules: random documents of the whole algebra over random facts with random
//! holes. `PROPTEST_CASES` sets how many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "properties/generate.rs"]
mod generate;

use std::rc::Rc;

use generate::{ACTIONS, Asked, asked, document, json_value, known_facts, remove, shuffled};
use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{At, Attributes, Faults, Limits, merge_patch, parse_text};
use lictor::policy::{Ask, Filter, Index, Lens, Policy, Question, Scope, canonical, content_hash};
use lictor::terms::{Answer, Relation};
use proptest::prelude::*;
use serde_json::{Value, json};

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn answer(engine: &Engine, asked: &Asked, facts: &Value, action: &str) -> Answer {
    let facts = engine.facts(facts).unwrap();
    engine.check(&asked.evaluation(action), &facts).unwrap().decision
}

proptest! {
    #![proptest_config(config())]

    /// One rule, many projections, one value.
    #[test]
    fn projections_agree(document in document(), asked in asked(), holes in prop::collection::vec(0..20_usize, 0..4)) {
        let engine = Engine::new(&document).unwrap();
        let policy = engine.policy();
        let asked = asked.withholding(&holes);
        let value = remove(&asked.facts, &holes);
        let facts = Rc::new(engine.facts(&value).unwrap());
        let all = engine.actions(&asked.evaluation_of_all(), &facts).unwrap();
        let (subject, record) = (asked.read_subject(), asked.read_record(policy));
        let ask = Ask::new(policy, &subject, &facts);
        let mut index = Index::new();
        index.add(&record);
        let mut lens = Lens::new(engine.shared_policy(), Rc::clone(&facts), subject.clone());
        for name in ACTIONS {
            let action = policy.action(name).unwrap();
            let question = Question { ask: &ask, record: &record, action };
            let decision = question.decide();
            let got = decision.decision;
            prop_assert_eq!(question.answer(), got);
            prop_assert_eq!(all.get(name).unwrap(), &engine.check(&asked.evaluation(name), &facts).unwrap());
            prop_assert_eq!(all.get(name).unwrap().decision, got);
            prop_assert!(!decision.reasons.is_empty());
            prop_assert!(got != Answer::Unknown || !decision.missing.is_empty(), "unknown, and nothing is missing");
            prop_assert!(got == Answer::Deny || decision.remedies.is_empty());
            let explained = question.explain();
            prop_assert_eq!(&explained.decision, &decision);
            prop_assert!(explained.tree.is_none_or(|tree| tree.value == got));
            prop_assert_eq!(lens.can(&index, 0, action), Some(got.code()));
            let filter = Filter::new(&ask, action, &Scope::Everywhere);
            prop_assert_eq!(filter.answer(&record), got);
            let visible = lens.visible(&index, action, &Scope::Everywhere);
            let bits = u32::from(got.code());
            prop_assert_eq!(visible.bits()[0] & 1 | (visible.unknown_bits()[0] & 1) << 1, bits);
        }
    }

    /// "More facts can turn unknown into allow or deny but never allow into deny or back."
    #[test]
    fn knowledge_only_grows(
        document in document(),
        asked in asked(),
        holes in prop::collection::vec(0..20_usize, 1..6),
        kept in 0..6_usize,
    ) {
        let engine = Engine::new(&document).unwrap();
        let most = asked.withholding(&holes);
        let some = asked.withholding(&holes[..kept.min(holes.len() - 1)]);
        for name in ACTIONS {
            let least = answer(&engine, &most, &remove(&asked.facts, &holes), name);
            let more = answer(&engine, &some, &remove(&asked.facts, &holes[..kept.min(holes.len() - 1)]), name);
            let whole = answer(&engine, &asked, &asked.facts, name);
            prop_assert!(whole != Answer::Unknown, "unknown though everything is given");
            prop_assert!(more == Answer::Unknown || more == whole, "{name}: {more}, and with everything {whole}");
            prop_assert!(least == Answer::Unknown || least == more, "{name}: {least}, and with more facts {more}");
        }
    }

    /// The facts an unknown asks for settle it, in at most three rounds.
    #[test]
    fn asking_for_what_is_missing_ends(document in document(), asked in asked()) {
        let engine = Engine::new(&document).unwrap();
        for name in ACTIONS {
            let mut given = json!({"complete": []});
            let mut rounds = 0;
            loop {
                let facts = engine.facts(&given).unwrap();
                let decision = engine.check(&asked.evaluation(name), &facts).unwrap();
                if decision.decision != Answer::Unknown {
                    break;
                }
                rounds += 1;
                prop_assert!(rounds <= 3, "{name}: round {rounds} asks for {:?}", decision.missing);
                for key in &decision.missing {
                    known_facts(&mut given, &asked.facts, &serde_json::to_value(key).unwrap());
                }
            }
        }
    }

    /// The same document in another order of keys is the same policy.
    #[test]
    fn the_hash_sees_the_content(document in document(), seed in any::<u64>()) {
        let text = shuffled(&document, seed);
        let again = parse_text(&text, "policy", Limits::POLICY).unwrap();
        prop_assert_eq!(canonical(&document).unwrap(), canonical(&again).unwrap());
        prop_assert_eq!(&content_hash(&document).unwrap(), &Policy::read(&again).unwrap().hash);
        let reparsed: Value = serde_json::from_str(&canonical(&document).unwrap()).unwrap();
        prop_assert_eq!(reparsed, document);
    }

    /// RFC 7396: nothing is the neutral patch, the same patch twice is once, null removes, and what is no object replaces.
    #[test]
    fn merge_patch_obeys_its_laws(target in json_value(), patch in json_value(), key in "[a-c]") {
        let patched = |target: &Value, patch: &Value| {
            let mut target = target.clone();
            merge_patch(&mut target, patch);
            target
        };
        let once = patched(&target, &patch);
        prop_assert_eq!(&patched(&once, &patch), &once);
        if target.is_object() {
            prop_assert_eq!(&patched(&target, &json!({})), &target);
            let removed = patched(&target, &json!({&key: null}));
            prop_assert!(removed.get(&key).is_none());
        }
        if !patch.is_object() {
            prop_assert_eq!(&once, &patch);
        }
    }

    /// Whatever comes in: an answer or an error with a path, never a panic.
    #[test]
    fn nonsense_is_refused_with_a_path(value in json_value(), document in document(), at in 0..30_usize) {
        let mut broken = document;
        let keys: Vec<String> = broken.as_object().unwrap().keys().cloned().collect();
        broken[&keys[at % keys.len()]] = value.clone();
        for input in [&value, &broken] {
            if let Err(error) = Policy::read(input) {
                prop_assert!(!error.faults.is_empty());
                prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with("policy")), "{error:?}");
            }
        }
        let engine = Engine::preset("oarepo").unwrap();
        if let Err(error) = engine.facts(&value) {
            prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with("facts")), "{error:?}");
        }
        for key in ["users", "communities", "memberships", "access", "records", "complete", "revision"] {
            if let Err(error) = engine.facts(&json!({key: value})) {
                let path = format!("facts.{key}");
                prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with(&path)), "{error:?}");
            }
        }
        let facts = Facts::default();
        let resource = json!({"type": "record", "id": "r", "properties": value});
        for evaluation in [value.clone(), json!({"subject": value, "action": "read", "resource": resource})] {
            if let Err(error) = engine.check(&evaluation, &facts) {
                prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with("evaluation")), "{error:?}");
            }
        }
        for call in [value.clone(), json!({"do": value}), json!({"do": "create", "subject": value, "record": value})] {
            if let Err(error) = engine.step(&call, &facts) {
                prop_assert!(error.faults.iter().all(|fault| fault.path.starts_with("call")), "{error:?}");
            }
        }
    }

    /// Text that is no JSON is refused as well.
    #[test]
    fn noise_is_no_document(text in ".{0,60}") {
        if let Err(error) = parse_text(&text, "policy", Limits::POLICY) {
            prop_assert!(error.path().starts_with("policy"), "{error:?}");
        }
    }
}

#[test]
fn the_generator_reaches_every_answer() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts = [0_usize; 3];
    for _ in 0..300 {
        let document = document().new_tree(&mut runner).unwrap().current();
        let asked = asked().new_tree(&mut runner).unwrap().current();
        let engine = Engine::new(&document).unwrap();
        for (name, holes) in ACTIONS.iter().zip([&[][..], &[0, 4], &[2, 7, 11], &[14]]) {
            let asked = asked.withholding(holes);
            counts[usize::from(answer(&engine, &asked, &remove(&asked.facts, holes), name).code())] += 1;
        }
    }
    println!("deny, allow, unknown: {counts:?}");
    assert!(counts.iter().all(|count| *count > 60), "deny, allow, unknown: {counts:?}");
}

/// Certificates cover what they say and nothing else.
#[test]
fn a_certificate_for_one_is_none_for_another() {
    let engine = Engine::preset("oarepo").unwrap();
    let proof = json!({"complete": [{"relation": "membership", "where": {"user": 1, "community": "a"}}]});
    let facts = engine.facts(&proof).unwrap();
    assert!(facts.membership_complete(Some("a"), Some("1")));
    assert!(!facts.membership_complete(Some("a"), Some("2")));
    assert!(!facts.membership_complete(None, Some("1")));
    assert!(!facts.absent(Relation::Community, "a"));
}

impl Asked {
    fn read_record(&self, policy: &Policy) -> Attributes {
        let at = At::Root("record");
        let fields = &policy.default_type().unwrap().fields;
        let missing = self.missing_addresses();
        let id = Some("r".to_string());
        Attributes::read(&self.record, id, &missing, fields, &policy.states, &at, &mut Faults::new()).unwrap()
    }
}
