//! What changes between two policies, or between two ways to set a community up: in every situation that their rules tell
//! apart.

use serde_json::Value;

use super::cells::{Group, of_everybody};
use super::diagram::Fun;
use super::given::{Given, figure, number};
use super::looks::left_out;
use super::part::{Part, types};
use super::side::Side;
use crate::model::{At, Error, Reader, object, ordered, texts};

/// Parts of a document that say nothing of who may what, or whose rules are told in situations.
const TOLD: [&str; 6] = ["name", "about", "$schema", "lictor", "define", "rules"];

/// Reads `{before, after}` and compares them.
pub fn diff(input: &Value) -> Result<Value, Error> {
    let at = At::Root("call");
    let mut reader = Reader::new();
    let sides = reader.object_of(input, &at, &["before", "after"]).map(|map| {
        let known = ["policy", "changes", "settings", "grants"];
        let mut one = |key: &str| {
            let value = reader.required(map, key, &at)?;
            reader.object_of(value, &at.key(key), &known)
        };
        (one("before"), one("after"))
    });
    let (Some(before), Some(after)) = reader.faults.give(sides)? else { return Ok(Value::Null) };
    let before = Given::read(before, &at.key("before"))?;
    let after = Given::read(after, &at.key("after"))?;
    compared(&before, &after)
}

/// Every difference.
fn compared(before: &Given, after: &Given) -> Result<Value, Error> {
    let mut keys = types(before.engine.policy());
    for key in types(after.engine.policy()) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let mut lines = Vec::new();
    let (mut changes, mut cells, mut differ, mut all, mut untold) = (Vec::new(), 0, 0.0, 0.0, 0.0);
    let kinds = keys.len();
    for key in keys {
        let sides = vec![Side::new(&before.engine, &key, &before.fixed), Side::new(&after.engine, &key, &after.fixed)];
        let mut part = Part::new(&key, sides, &[]);
        let situations = part.situations();
        for action in part.actions() {
            let (old, new) = (part.allowed(0, &action)?, part.allowed(1, &action)?);
            all += situations;
            let (lost, gained) = (part.truth.made.without(old, new), part.truth.made.without(new, old));
            for (effect, fun) in [("loses", lost), ("gains", gained)] {
                differ += part.truth.made.count(fun);
                let told = Told { part: &mut part, action: &action, effect, fun };
                untold += told.tell(kinds > 1, &mut cells, &mut lines, &mut changes);
            }
        }
    }
    Ok(object(vec![
        ("same", Value::Bool(changes.is_empty())),
        ("cells", number(cells)),
        ("lines", texts(&lines)),
        ("changes", Value::Array(changes)),
        ("situations", object(vec![("changed", figure(differ)), ("all", figure(all)), ("untold", figure(untold))])),
        ("left_out", texts(&ordered(left_out(&before.engine).into_iter().chain(left_out(&after.engine)).collect()))),
        ("elsewhere", texts(&elsewhere(&before.engine.policy().document, &after.engine.policy().document))),
    ]))
}

struct Told<'p> {
    part: &'p mut Part,
    action: &'p str,
    effect: &'p str,
    fun: Fun,
}

impl Told<'_> {
    /// Tells of one action what is lost or gained; returns in how many situations that is not told.
    fn tell(self, named: bool, cells: &mut usize, lines: &mut Vec<String>, changes: &mut Vec<Value>) -> f64 {
        let Self { part, action, effect, fun } = self;
        let found = part.truth.cells(fun);
        *cells += found.count();
        let states = part.truth.states();
        for group in of_everybody(found.groups) {
            let line = line(&group, part, action, effect, named, &states);
            changes.push(change(&group, part, action, effect, &line));
            lines.push(line);
        }
        found.untold
    }
}

/// `members lose read in approved`.
fn line(group: &Group, part: &Part, action: &str, effect: &str, named: bool, states: &[String]) -> String {
    let people = group.people();
    let verb = match (effect, group.told.who.first()) {
        ("loses", Some(who)) if is_plural(who) => "lose",
        ("gains", Some(who)) if is_plural(who) => "gain",
        (effect, _) => effect,
    };
    // What is to be made is in no state yet.
    let place = if action == "create" { String::new() } else { group.in_states(states) };
    let of = if named { format!(" of {}", part.key) } else { String::new() };
    format!("{people} {verb} {action}{of}{place}{}", group.told.place())
}

/// Of one user, of the owner and of the system one speaks as of one.
fn is_plural(who: &str) -> bool {
    !who.starts_with("the ") && !who.starts_with("user ")
}

fn change(group: &Group, part: &Part, action: &str, effect: &str, line: &str) -> Value {
    let mut fields = vec![
        ("type", Value::from(part.key.as_str())),
        ("action", Value::from(action)),
        ("effect", Value::from(effect)),
        ("words", Value::from(line)),
        ("states", texts(&group.states)),
        ("cells", number(group.cells)),
        ("situations", figure(group.situations)),
    ];
    // To be asked again of the policy that knows its words: what is lost of the old one, what is gained of the new one.
    let side = usize::from(effect == "gains");
    if let Some(scene) = part.scene(side, &group.example, action) {
        fields.push(("example", object(vec![("evaluation", scene.evaluation), ("facts", scene.facts)])));
    }
    object(fields)
}

/// Parts of the documents that differ, beside those whose whole meaning was compared.
fn elsewhere(before: &Value, after: &Value) -> Vec<String> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else { return Vec::new() };
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let differ = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    differ.filter(|key| !TOLD.contains(&key.as_str())).map(|key| format!("policy.{key}")).collect()
}
