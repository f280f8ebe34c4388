//! What an author expects of a policy, proved over every situation there is, or refuted by the smallest one in which it fails.

use serde_json::{Map, Value};

use super::diagram::{Fun, NO};
use super::given::{Given, figure};
use super::looks::left_out;
use super::part::Part;
use super::side::Side;
use crate::engine::Engine;
use crate::model::{At, Error, Reader, listed, object, texts};
use crate::policy::Rule;
use crate::terms::{Answer, ErrorCode};

/// Assertions at most.
const ASSERTIONS: usize = 1_000;
/// Keys of an assertion.
const KNOWN: [&str; 7] = ["name", "never", "always", "when", "unless", "type", "about"];

/// One expectation.
struct Assertion {
    name: String,
    key: String,
    actions: Vec<String>,
    /// Whether the actions are to be allowed.
    allowed: bool,
    when: Value,
    unless: Value,
}

/// Reads `{policy, changes?, settings?, grants?, assertions}` and tries each assertion:
/// `{name, never | always: action or actions, when?, unless?, type?}`, with conditions as rules have them.
pub fn check(input: &Value) -> Result<Value, Error> {
    let at = At::Root("call");
    let mut reader = Reader::new();
    let known = ["policy", "changes", "settings", "grants", "assertions"];
    let map = reader.object_of(input, &at, &known);
    let map = reader.faults.give(map)?;
    let given = Given::read(map, &at)?;
    let assertions = read(map, &given.engine)?;
    let conditions = conditions(&given.engine, &assertions)?;
    let mut results = Vec::new();
    let mut failed = 0u32;
    for (assertion, rules) in assertions.iter().zip(conditions) {
        let (holds, result) = tried(assertion, &given, &rules)?;
        failed += u32::from(!holds);
        results.push(result);
    }
    Ok(object(vec![
        ("holds", Value::Bool(failed == 0)),
        ("failed", Value::from(failed)),
        ("assertions", Value::Array(results)),
        ("left_out", texts(&left_out(&given.engine))),
    ]))
}

fn read(map: &Map<String, Value>, engine: &Engine) -> Result<Vec<Assertion>, Error> {
    let root = At::Root("call");
    let at = root.key("assertions");
    let mut reader = Reader::new();
    let list = reader.required(map, "assertions", &root).and_then(|value| reader.list(value, &at)).unwrap_or_default();
    if list.len() > ASSERTIONS {
        let message = format!("{} assertions; the limit is {ASSERTIONS}", list.len());
        reader.faults.add(ErrorCode::TooLarge, &at, message);
        return reader.faults.give(None);
    }
    let mut found = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        found.extend(one(entry, engine, &at.index(index), &mut reader));
    }
    reader.faults.give(Some(found))
}

fn one(entry: &Value, engine: &Engine, at: &At<'_>, reader: &mut Reader) -> Option<Assertion> {
    let map = reader.object_of(entry, at, &KNOWN)?;
    let name = reader.required(map, "name", at)?;
    let name = reader.name(name, &at.key("name"))?;
    let key = match map.get("type") {
        Some(value) => reader.name(value, &at.key("type"))?,
        None => engine.policy().default_type()?.key.clone(),
    };
    let machine = engine.of_type(&key);
    if machine.policy().record_type(&key).is_none() {
        let message = format!("unknown record type; known: {}", listed(engine.policy().type_names("")));
        reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
        return None;
    }
    let (word, allowed) = match (map.get("never"), map.get("always")) {
        (Some(_), None) => ("never", false),
        (None, Some(_)) => ("always", true),
        _ => {
            let message = "an assertion says what is `never` allowed, or what `always` is: one of them";
            reader.faults.add(ErrorCode::MissingField, at, message);
            return None;
        }
    };
    let here = at.key(word);
    let actions = match map.get(word)? {
        Value::Array(_) => reader.names(map.get(word)?, &here)?,
        value => vec![reader.name(value, &here)?],
    };
    let actions = if actions == ["*"] { machine.policy().actions.clone() } else { actions };
    for action in actions.iter().filter(|action| machine.policy().action(action).is_none()) {
        let action: String = action.chars().take(64).collect();
        let message = format!("unknown action `{action}`; known: {}", listed(&machine.policy().actions));
        reader.faults.add(ErrorCode::UnknownAction, &here, message);
    }
    let rule = |key: &str, default: &str| map.get(key).cloned().unwrap_or_else(|| Value::from(default));
    Some(Assertion { name, key, actions, allowed, when: rule("when", "always"), unless: rule("unless", "never") })
}

/// The conditions of each assertion, with the engine they belong to. They are read as guards of a copy of the policy, so that
/// there is one reader of conditions, and they may use the policy's definitions.
fn conditions(engine: &Engine, assertions: &[Assertion]) -> Result<Vec<(Engine, [Rule; 2])>, Error> {
    let mut found = Vec::new();
    for (index, assertion) in assertions.iter().enumerate() {
        let guard = object(vec![
            ("name", Value::from("assertion")),
            ("message", Value::from("")),
            ("record", assertion.when.clone()),
            ("community", assertion.unless.clone()),
        ]);
        let mut document = engine.policy().document.clone();
        let path = match (machine_of(&document, &assertion.key), document.as_object_mut()) {
            (Some(name), Some(map)) => {
                let part = map.get_mut("machines").and_then(|machines| machines.get_mut(&name));
                if let Some(part) = part.and_then(Value::as_object_mut) {
                    part.insert("guards".to_string(), Value::Array(vec![guard]));
                }
                At::Root("policy").key("machines").key(&name).key("guards").index(0).to_string()
            }
            (None, Some(map)) => {
                map.insert("guards".to_string(), Value::Array(vec![guard]));
                "policy.guards[0]".to_string()
            }
            (_, None) => String::new(),
        };
        let copy = Engine::new(&document).map_err(|mut error| {
            for fault in &mut error.faults {
                for (from, to) in [("record", "when"), ("community", "unless")] {
                    if let Some(rest) = fault.path.strip_prefix(&format!("{path}.{from}")) {
                        fault.path = format!("call.assertions[{index}].{to}{rest}");
                    }
                }
            }
            error
        })?;
        let machine = copy.of_type(&assertion.key);
        let rules = machine.policy().guards.first().map(|guard| [guard.record.clone(), guard.community.clone()]);
        found.push((copy, rules.unwrap_or([Rule::Never, Rule::Never])));
    }
    Ok(found)
}

/// The name of the machine a record type is in; none if it is the document's own.
pub fn machine_of(document: &Value, key: &str) -> Option<String> {
    let machines = document.get("machines")?.as_object()?;
    let mut named = machines.iter().filter(|(_, part)| {
        let types = part.get("types").and_then(Value::as_array).into_iter().flatten();
        types.filter_map(|kind| kind.get("key")).any(|own| own.as_str() == Some(key))
    });
    named.next().map(|(name, _)| name.clone())
}

fn tried(assertion: &Assertion, given: &Given, (copy, rules): &(Engine, [Rule; 2])) -> Result<(bool, Value), Error> {
    let side = Side::new(copy, &assertion.key, &given.fixed);
    let mut part = Part::new(&assertion.key, vec![side], &[rules.to_vec()]);
    let [when, unless] = [part.rule(0, &rules[0])?, part.rule(0, &rules[1])?];
    let meant = part.truth.made.without(when, unless);
    let meant = part.truth.made.and(meant, part.truth.valid);
    let mut worst: Option<(u32, String, Vec<usize>)> = None;
    let mut wrong = 0.0;
    for action in &assertion.actions {
        let allowed = part.allowed(0, action)?;
        let against = if assertion.allowed {
            part.truth.made.without(meant, allowed)
        } else {
            part.truth.made.and(meant, allowed)
        };
        wrong += part.truth.made.count(against);
        if let Some(values) = part.truth.simplest(against) {
            let cost = part.cost(&values);
            if worst.as_ref().is_none_or(|(least, ..)| cost < *least) {
                worst = Some((cost, action.clone(), values));
            }
        }
    }
    let mut fields = vec![
        ("name", Value::from(assertion.name.as_str())),
        ("holds", Value::Bool(worst.is_none())),
        ("situations", figure(count(&part, meant))),
    ];
    if meant == NO {
        fields.push(("vacuous", Value::Bool(true)));
    }
    let holds = worst.is_none();
    if let Some((_, action, values)) = worst {
        fields.push(("against", figure(wrong)));
        fields.push(("counterexample", counterexample(&part, &given.engine, &action, &values, !assertion.allowed)?));
    }
    Ok((holds, object(fields)))
}

fn count(part: &Part, fun: Fun) -> f64 {
    part.truth.made.count(fun)
}

/// A situation in which an assertion fails, with what the engine itself says there, where it can be asked.
fn counterexample(part: &Part, engine: &Engine, action: &str, values: &[usize], may: bool) -> Result<Value, Error> {
    let answer = if may { Answer::Allow } else { Answer::Deny };
    let mut found = vec![
        ("action", Value::from(action)),
        ("words", Value::from(part.words(values, action, may))),
        ("decision", Value::from(answer.as_str())),
    ];
    let Some(scene) = part.scene(0, values, action) else { return Ok(object(found)) };
    let decision = engine.check(&scene.evaluation, &engine.facts(&scene.facts)?)?;
    let mut codes: Vec<String> = Vec::new();
    for reason in decision.reasons.iter().map(|reason| reason.code.as_str().to_string()) {
        if !codes.contains(&reason) {
            codes.push(reason);
        }
    }
    found.truncate(1);
    found.extend([
        ("words", Value::from(part.words(values, action, decision.decision == Answer::Allow))),
        ("decision", Value::from(decision.decision.as_str())),
        ("reasons", texts(&codes)),
        ("evaluation", scene.evaluation),
        ("facts", scene.facts),
    ]);
    Ok(object(found))
}
