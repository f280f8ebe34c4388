//! Who may what in which state, as a table: every kind of people a policy tells apart, each with one thing to its name, and
//! all else ordinary.

use std::fmt::Write as _;

use serde_json::Value;

use super::axis::{Axis, Choice, Slot, What};
use super::diagram::Fun;
use super::given::Given;
use super::part::Part;
use super::side::Side;
use super::words::Told;
use crate::model::{At, Error, Reader, listed, object, texts};
use crate::terms::ErrorCode;

/// Reads `{policy, changes?, settings?, grants?, type?}` and draws the table.
pub fn table(input: &Value) -> Result<Value, Error> {
    let at = At::Root("call");
    let mut reader = Reader::new();
    let map = reader.object_of(input, &at, &["policy", "changes", "settings", "grants", "type"]);
    let map = reader.faults.give(map)?;
    let given = Given::read(map, &at)?;
    let mut reader = Reader::new();
    let key = match map.get("type") {
        Some(value) => reader.name(value, &at.key("type")),
        None => given.engine.policy().default_type().map(|kind| kind.key.clone()),
    };
    let key = reader.faults.give(key)?;
    let Some(side) = Side::new(&given.engine, &key, &given.fixed) else {
        let message = format!("unknown record type; known: {}", listed(given.engine.policy().type_names("")));
        return Err(Error::new(ErrorCode::UnknownType, at.key("type"), message));
    };
    let mut part = Part::new(&key, vec![Some(side)], &[]);
    drawn(&mut part)
}

fn drawn(part: &mut Part) -> Result<Value, Error> {
    let actions = part.actions();
    let mut funs: Vec<(String, Fun)> = Vec::new();
    for action in actions {
        let fun = part.allowed(0, &action)?;
        funs.push((action, fun));
    }
    let people = people(&part.truth.axes);
    let states = part.truth.states();
    let state_axis = part.truth.axis(&What::State);
    let mut rows: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for (index, state) in states.iter().enumerate() {
        let mut cells = Vec::new();
        for (_, values) in &people {
            let mut values = values.clone();
            if let Some(place) = state_axis.and_then(|axis| values.get_mut(axis)) {
                *place = index;
            }
            part.truth.in_every_state(&mut values);
            // What is to be made is in no state: it is shown in the first row only.
            let shown = funs.iter().filter(|(action, _)| index == 0 || action != "create");
            let may = shown.filter(|(_, fun)| part.truth.made.holds(*fun, &values));
            cells.push(may.map(|(action, _)| action.clone()).collect());
        }
        rows.push((state.clone(), cells));
    }
    let columns: Vec<String> = people.iter().map(|(name, _)| name.clone()).collect();
    let cells = rows.iter().map(|(state, cells)| {
        let cells = columns.iter().zip(cells).map(|(name, may)| (name.as_str(), texts(may))).collect();
        object(vec![("state", Value::from(state.as_str())), ("may", object(cells))])
    });
    Ok(object(vec![
        ("type", Value::from(part.key.as_str())),
        ("people", texts(&columns)),
        ("states", texts(&states)),
        ("rows", Value::Array(cells.collect())),
        ("markdown", Value::from(markdown(&columns, &rows))),
    ]))
}

/// The kinds of people there are: one thing out of the ordinary each.
fn people(axes: &[Axis]) -> Vec<(String, Vec<usize>)> {
    let usual = vec![0; axes.len()];
    let with = |axis: usize, value: usize| {
        let mut values = usual.clone();
        if let Some(place) = values.get_mut(axis) {
            *place = value;
        }
        values
    };
    let mut found = Vec::new();
    for (number, axis) in axes.iter().enumerate() {
        for (value, choice) in axis.values.iter().enumerate() {
            let name = match (&axis.what, choice) {
                (What::Who, Choice::User) => "signed in".to_string(),
                (What::Who, Choice::Anonymous) => "not signed in".to_string(),
                (What::Holds(Slot::Primary), Choice::Roles(roles)) if roles.len() > 1 => continue,
                (What::Role(_) | What::SystemRole(_), _) if value == 0 => continue,
                (What::List { operation, as_in: None, .. }, Choice::Allow) => {
                    format!("those to whom a list allows `{operation}`")
                }
                (What::Holds(Slot::Primary) | What::Who | What::Role(_) | What::SystemRole(_), _)
                | (What::Rows(_), Choice::Allow)
                | (What::Owner | What::Field(_), _) => {
                    let told = Told::of(std::iter::once((axis, choice)));
                    if told.who.is_empty() {
                        continue;
                    }
                    told.people("")
                }
                _ => continue,
            };
            found.push((name, with(number, value)));
        }
    }
    // Not signed in first, as everybody is at least that.
    found.sort_by_key(|(name, _)| name != "not signed in");
    found
}

fn markdown(columns: &[String], rows: &[(String, Vec<Vec<String>>)]) -> String {
    let mut out = String::from("| state |");
    for name in columns {
        let _ = write!(out, " {name} |");
    }
    out.push_str("\n| --- |");
    out.push_str(&" --- |".repeat(columns.len()));
    for (state, cells) in rows {
        let _ = write!(out, "\n| {state} |");
        for may in cells {
            let _ = write!(out, " {} |", if may.is_empty() { "-".to_string() } else { may.join(", ") });
        }
    }
    out.push('\n');
    out
}
