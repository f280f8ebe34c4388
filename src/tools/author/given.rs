//! What the tools are given: a policy, and how a community of it is set up.

use serde_json::{Map, Value};

use super::side::Fixed;
use crate::engine::Engine;
use crate::facts::{Facts, Grants};
use crate::model::{Address, At, Error, Reader, merge_patch};
use crate::terms::ErrorCode;

/// One policy of a call.
#[derive(Debug)]
pub struct Given {
    /// The engine over it.
    pub engine: Engine,
    /// How the community at hand is set up.
    pub fixed: Fixed,
}

impl Given {
    /// Reads `{policy, changes?, settings?, grants?}` out of a call; `root` is where it stands.
    pub fn read(map: &Map<String, Value>, at: &At<'_>) -> Result<Self, Error> {
        let mut reader = Reader::new();
        let document = reader.required(map, "policy", at).cloned();
        let mut document = reader.faults.give(document)?;
        if let Some(changes) = map.get("changes") {
            merge_patch(&mut document, changes);
        }
        let engine = Engine::new(&document)?;
        let mut reader = Reader::new();
        let mut fixed = Fixed::default();
        if let Some(value) = map.get("settings") {
            let at = at.key("settings");
            for (place, word) in reader.object(value, &at).into_iter().flatten() {
                fixed.settings.extend(setting(&engine, place, word, &at.key(place), &mut reader));
            }
        }
        let mut reader_of_grants = Reader::new();
        if let Some(value) = map.get("grants") {
            fixed.grants = granted(&engine, value, &at.key("grants"), &mut reader_of_grants)?;
        }
        reader.faults.extend(reader_of_grants.faults);
        reader.faults.give(Some(Self { engine, fixed }))
    }
}

/// One setting: a place the policy declares, with one of its values.
fn setting(engine: &Engine, place: &str, word: &Value, at: &At<'_>, reader: &mut Reader) -> Option<(Address, String)> {
    let settings = &engine.policy().community.settings;
    let Some(known) = settings.iter().find(|own| own.at.to_string() == place) else {
        let known = settings.iter().map(|own| own.at.to_string()).collect::<Vec<_>>();
        let message = format!("no setting of this policy; known: {}", crate::model::listed(&known));
        reader.faults.add(ErrorCode::UnknownField, at, message);
        return None;
    };
    let word = reader.name(word, at)?;
    if !known.values.contains(&word) {
        let message = format!("unknown value; known: {}", crate::model::listed(&known.values));
        reader.faults.add(ErrorCode::UnknownValue, at, message);
        return None;
    }
    Some((known.at.clone(), word))
}

/// Grants of a community: read as facts are, so that they are checked alike.
fn granted(engine: &Engine, value: &Value, at: &At<'_>, reader: &mut Reader) -> Result<Option<Grants>, Error> {
    let Some(_) = reader.object(value, at) else { return Ok(None) };
    let community = crate::model::object(vec![("grants", value.clone())]);
    let communities = crate::model::object(vec![("c", community)]);
    let facts = crate::model::object(vec![("communities", communities)]);
    let facts: Facts = engine.facts(&facts).map_err(|mut error| {
        for fault in &mut error.faults {
            let rest = fault.path.strip_prefix("facts.communities.c.grants").map(str::to_string);
            fault.path = rest.map_or(fault.path.clone(), |rest| format!("{at}{rest}"));
        }
        error
    })?;
    Ok(facts.communities.get("c").and_then(|community| community.grants.clone()))
}

/// A count as a number; beyond 2^53 it is rounded.
pub fn figure(count: f64) -> Value {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    // Within the bound, so nothing is cut off.
    if count < WHOLE { Value::from(count as u64) } else { Value::from(count) }
}

/// A number of things in a list.
pub fn number(count: usize) -> Value {
    Value::from(u64::try_from(count).unwrap_or(u64::MAX))
}
