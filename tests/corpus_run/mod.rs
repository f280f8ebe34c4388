//! Running one case of the corpus, and comparing by the keys that are given.

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{At, Error, Faults, Limits, merge_patch, parse_text};
use lictor::offline::{Clock, Entry};
use lictor::policy::{Shown, preset, table};
use lictor::tools::Tools;
use serde_json::{Map, Value, json};

pub struct Files;

impl Files {
    pub fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
    }

    /// Every file with its name, sorted.
    pub fn all() -> Vec<(String, Value)> {
        let mut found: Vec<(String, Value)> = std::fs::read_dir(Self::folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                // Read as every door reads: a number without a fraction is an integer.
                (
                    name.clone(),
                    parse_text(&text, &name, Limits { depth: 120, ..Limits::FACTS })
                        .unwrap_or_else(|error| panic!("{error}")),
                )
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert!(!found.is_empty(), "the corpus is empty");
        found
    }
}

/// Asks a case: the answer, or the faults. `Err` if the case itself cannot be run.
pub fn run(file: &Value, case: &Value) -> Result<Result<Value, Value>, String> {
    let call = case["call"].as_str().ok_or("a case names its `call`")?;
    let input = &case["input"];
    if call == "policy" {
        return Ok(read_policy(input).map_err(faults));
    }
    let own = |key: &str| case.get(key).or_else(|| file.get(key)).cloned();
    let name = own("policy").unwrap_or_else(|| json!("oarepo"));
    let mut document = preset(name.as_str().ok_or("`policy` is a name")?).map_err(|error| error.to_string())?;
    if let Some(changes) = own("changes") {
        merge_patch(&mut document, &changes);
    }
    if let Some(call) = call.strip_prefix("tools.") {
        return Ok(ask_tools(document, own("actions").as_ref(), call, input).map_err(faults));
    }
    let engine = Engine::new(&document).map_err(|error| error.to_string())?;
    let facts = match own("facts") {
        Some(Value::String(world)) => file["worlds"].get(&world).cloned().ok_or(format!("no world `{world}`"))?,
        Some(facts) => facts,
        None => json!({}),
    };
    if call == "facts" {
        return Ok(engine.facts(input).map(|_| json!({})).map_err(faults));
    }
    let facts = engine.facts(&facts).map_err(|error| format!("the facts of the case: {error}"))?;
    Ok(ask(&engine, call, input, &facts).map_err(faults))
}

/// What only hosts ask. `actions` are registered ones.
fn ask_tools(document: Value, actions: Option<&Value>, call: &str, input: &Value) -> Result<Value, Error> {
    let tools = Tools::new(document, None, actions)?;
    Ok(match call {
        "actions" => json!(tools.actions()),
        "access" => json!(tools.access(input)?),
        "administers" => json!(tools.administers(input)?),
        "users" => json!(tools.fixture(input)?),
        "account" => json!(tools.account(input)?),
        "wrongRole" => json!(tools.wrong_role(input.as_str().unwrap_or_default()).is_some()),
        _ => panic!("there is no call `tools.{call}`"),
    })
}

pub fn faults(error: Error) -> Value {
    json!(error.faults)
}

fn read_policy(input: &Value) -> Result<Value, Error> {
    let engine = match input.get("preset") {
        Some(name) => {
            let mut document = preset(name.as_str().unwrap_or_default())?;
            if let Some(changes) = input.get("changes") {
                merge_patch(&mut document, changes);
            }
            // Through text, as a document comes.
            Engine::new(&parse_text(&document.to_string(), "policy", Limits::POLICY)?)?
        }
        None => Engine::new(&parse_text(&input.to_string(), "policy", Limits::POLICY)?)?,
    };
    let policy = engine.policy();
    Ok(json!({"name": policy.name, "hash": policy.hash, "actions": policy.actions, "roles": policy.roles,
              "states": policy.states.names}))
}

pub fn ask(engine: &Engine, call: &str, input: &Value, facts: &Facts) -> Result<Value, Error> {
    Ok(match call {
        "check" => json!(engine.check(input, facts)?),
        "actions" => json!(engine.actions(input, facts)?),
        "options" => json!(engine.options(input, facts)?),
        "explain" => json!(engine.explain(input, facts)?),
        "who" => json!(engine.who(input, facts)?),
        "explainLists" => json!(engine.explain_lists(input, facts)?),
        "operations" => json!(engine.operations(input, facts)?),
        "transitions" => json!(engine.transitions(input, facts)?),
        "step" => json!(engine.step(input, facts)?),
        "permits" => json!(engine.permits(input)?),
        "field" => engine.field(&input["record"], input["name"].as_str().unwrap_or_default())?,
        "setField" => {
            let name = input["name"].as_str().unwrap_or_default();
            engine.set_field(input["record"].clone(), name, input["value"].clone())?
        }
        "table" => json!(table::matrix(engine.policy())?.lines().collect::<Vec<_>>()),
        "transitionRoute" => json!(engine.transition_route(input.as_str().unwrap_or_default())),
        "filter" => filter(engine, input, facts)?,
        "columns" => json!(engine.columns(input)?),
        "counting" => json!(engine.counting(input)?),
        "counts" => json!(engine.counts(&input["key"], &input["record"], facts)?),
        "decide" => json!(engine.decide(input, facts)?),
        "view" => view(engine, input, facts)?,
        "predict" => predict(engine, input, facts)?,
        _ => panic!("there is no call `{call}`"),
    })
}

/// The view of a subject: `{subject, subs?}`.
fn view(engine: &Engine, input: &Value, facts: &Facts) -> Result<Value, Error> {
    let subs = input.get("subs").cloned().unwrap_or_else(|| json!(["everywhere"]));
    let mut base = json!(engine.project_base(&json!({"subject": input["subject"], "subs": subs}), facts)?);
    let records: Map<String, Value> =
        facts.records.iter().map(|(id, document)| (id.to_string(), Value::clone(&document.read()))).collect();
    let records = engine.project_records(&json!({"subject": input["subject"], "records": records}), facts)?;
    base["entries"].as_array_mut().unwrap().extend(json!(records).as_array().unwrap().iter().cloned());
    Ok(base)
}

/// A question to a device: `{subject, subs?, leases?, clock?, drop?, locked?, intents?, action, resource}`. With `record`
/// instead of an action: how the device shows it.
fn predict(engine: &Engine, input: &Value, facts: &Facts) -> Result<Value, Error> {
    let base = view(engine, input, facts)?;
    let dropped: Vec<&Value> = input["drop"].as_array().into_iter().flatten().collect();
    let empty = json!([]);
    let locked = input.get("locked").unwrap_or(&empty);
    let sealed = |entry: &Value| locked.as_array().is_some_and(|list| list.contains(&entry["seal"]));
    let all = base["entries"].as_array().unwrap().iter();
    let entries: Vec<&Value> = all.filter(|entry| !dropped.contains(&&entry["k"]) && !sealed(entry)).collect();
    let mut replica = engine.replica(&input["subject"])?;
    replica.reset(
        Entry::read_text(&json!(entries).to_string(), |number| number.parse().unwrap())?,
        &base["closed"],
        locked,
    )?;
    if let Some(leases) = input.get("leases") {
        replica.set_leases(leases)?;
    }
    let replayed = replica.rebase(input.get("intents").unwrap_or(&json!([])))?;
    let clock = Clock::read(input.get("clock").unwrap_or(&json!({"lo": 1, "hi": 1})))?;
    if let Some(resource) = input.get("options") {
        return Ok(json!(replica.options(resource, clock)?));
    }
    Ok(match input.get("record") {
        Some(id) => json!({"record": replica.record(id.as_str().unwrap()), "replayed": replayed}),
        None => json!(replica.can(input, clock)?),
    })
}

fn filter(engine: &Engine, input: &Value, facts: &Facts) -> Result<Value, Error> {
    let mut query = input.clone();
    let records = query.as_object_mut().and_then(|map| map.remove("records")).unwrap_or_default();
    let parsed = engine.read_filter(&query)?;
    let kind = parsed.policy.types[parsed.kind].clone();
    engine.filter_of(&parsed, facts, |filter| {
        let mut answers = Map::new();
        for (name, record) in records.as_object().into_iter().flatten() {
            let mut faults = Faults::new();
            let at = At::Root("record");
            let shown = Shown { id: Some(name), document: record, missing: &[], stored: false };
            let read = parsed.policy.attributes(&kind, shown, facts, &at, &mut faults);
            answers.insert(name.clone(), json!(filter.answer(&faults.give(read)?)));
        }
        Ok(json!({"answers": answers, "where": filter.residual()}))
    })
}

/// Whether what was found holds what was expected.
pub fn matches(expected: &Value, found: &Value, path: &str) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(wanted), Value::Array(list)) if wanted.len() == 1 && wanted.contains_key("has") => {
            let missing = |wanted: &&Value| list.iter().all(|found| matches(wanted, found, path).is_err());
            match wanted["has"].as_array().unwrap().iter().find(missing) {
                Some(wanted) => Err(format!("{path}: {wanted} is not among {found}")),
                None => Ok(()),
            }
        }
        (Value::Object(wanted), Value::Object(map)) => wanted.iter().try_for_each(|(key, value)| {
            matches(value, map.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"))
        }),
        (Value::Array(wanted), Value::Array(list)) if wanted.len() == list.len() => wanted
            .iter()
            .zip(list)
            .enumerate()
            .try_for_each(|(i, (wanted, found))| matches(wanted, found, &format!("{path}[{i}]"))),
        _ if expected == found => Ok(()),
        _ => Err(format!("{path}: expected {expected}, found {found}")),
    }
}
