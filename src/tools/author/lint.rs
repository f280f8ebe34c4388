//! What is probably wrong with a policy, though it can be read.

use serde_json::{Map, Value};

use super::assertions::machine_of;
use super::axis::{Choice, What};
use super::cells::of_everybody;
use super::diagram::{Fun, NO, YES};
use super::finding::{Finding, LintCode};
use super::given::Given;
use super::lint_acls::{denials, lists};
use super::lint_lists::one_sided;
use super::lint_names::strangers;
use super::part::{Part, types};
use super::side::Side;
use crate::model::{At, Error, Reader, Set, listed, object};
use crate::policy::{Policy, Rule};

/// Reads `{policy, changes?, facts?}` and lints them.
pub fn lint(input: &Value) -> Result<Value, Error> {
    let at = At::Root("call");
    let mut reader = Reader::new();
    let map = reader.object_of(input, &at, &["policy", "changes", "facts"]);
    let map = reader.faults.give(map)?;
    let given = Given::read(map, &at)?;
    let mut found = Vec::new();
    for key in types(given.engine.policy()) {
        if let Some(side) = Side::new(&given.engine, &key, &given.fixed) {
            of_type(side, &mut found)?;
        }
    }
    unused(&given.engine.policy().document, &mut found);
    if let Some(facts) = map.get("facts") {
        let read = given.engine.facts(facts)?;
        lists(&given.engine, &read, &mut found);
        strangers(&given.engine, &read, &mut found);
        bans(facts, &mut found);
    }
    let found: Set<Finding> = found.into_iter().collect();
    Ok(object(vec![("findings", Value::Array(found.iter().map(Finding::value).collect()))]))
}

/// Where a machine's own parts stand in the document.
fn root(side: &Side) -> String {
    match machine_of(&side.engine.policy().document, &side.kind().key) {
        Some(name) => At::Root("policy").key("machines").key(&name).to_string(),
        None => "policy".to_string(),
    }
}

fn of_type(side: Side, found: &mut Vec<Finding>) -> Result<(), Error> {
    let root = root(&side);
    let key = side.kind().key.clone();
    let policy = side.policy().clone();
    let hidden: Vec<(String, Rule)> = shown_rules(&side);
    let more: Vec<Rule> = hidden.iter().map(|(_, rule)| rule.clone()).collect();
    let mut part = Part::new(&key, vec![Some(side.clone())], &[more]);
    let at = |action: &str| At::Root(&root).key("rules").key(action).to_string();
    let read = match policy.action("read") {
        Some(_) => Some(seen(&mut part, &policy)?),
        None => None,
    };
    for name in policy.actions.clone() {
        let may = part.allowed(0, &name)?;
        let transition = policy.transitions.iter().any(|own| policy.action_name(own.action) == name);
        if may == NO && !meant(&policy.document, &root, &name) {
            found.push(Finding {
                path: at(&name),
                code: LintCode::NobodyMay,
                message: format!("nobody may {name} a {key}"),
            });
        }
        if let Some(read) = read {
            let fun = part.truth.made.without(may, read);
            let usual = plain(&mut part);
            let fun = part.truth.made.and(fun, usual);
            let [alone, by_lists] = part.truth.by_lists(fun);
            let unread = match (transition, name.as_str()) {
                (true, _) => Some((LintCode::RunsUnread, alone)),
                (false, "update") => Some((LintCode::UpdatesUnread, alone)),
                _ => None,
            };
            for (code, fun) in unread.into_iter().chain([(LintCode::ListedUnread, by_lists)]) {
                for message in unread_by(&mut part, fun, &name) {
                    found.push(Finding { path: at(&name), code, message });
                }
            }
        }
        if transition || matches!(name.as_str(), "create" | "update" | "delete") {
            let open = anyone(&mut part);
            let fun = part.truth.made.and(may, open);
            if let Some(values) = part.truth.simplest(fun) {
                let message = part.words(&values, &name, true);
                let path = granted_at(&policy, &root, &name).unwrap_or_else(|| at(&name));
                found.push(Finding { path, code: LintCode::GrantedToEveryone, message });
            }
        }
    }
    for (field, rule) in &hidden {
        let shown = part.rule(0, rule)?;
        let people = part.truth.is(&What::Who, |who| *who != Choice::System);
        let shown = part.truth.made.and(shown, people);
        if part.truth.made.and(shown, part.truth.valid) == NO {
            let path = At::Root(&root).key("fields").key(field).key("shown_to").to_string();
            let message = format!("rules of {key} look at `{field}`, and nobody is shown it");
            found.push(Finding { path, code: LintCode::HiddenFact, message });
        }
    }
    states(&mut part, &policy, &key, &root, found)?;
    denials(&side, &root, found);
    one_sided(&side, &root, found);
    Ok(())
}

/// Of people: what a row denies somebody is meant so.
fn plain(part: &mut Part) -> Fun {
    let mut found = part.truth.is(&What::Who, |who| *who != Choice::System);
    for axis in part.truth.axes.clone() {
        let denied = part.truth.is(&axis.what, |choice| *choice == Choice::Deny);
        found = part.truth.made.without(found, denied);
    }
    found
}

/// Who may do something unread, all of those together to whom it happens in the same states and circumstances.
fn unread_by(part: &mut Part, fun: Fun, action: &str) -> Vec<String> {
    let states = part.truth.states();
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for group in of_everybody(part.truth.cells(fun).groups) {
        let people = group.people();
        let place = format!("{}{}", group.in_states(&states), group.told.place());
        match told.iter_mut().find(|(own, _)| *own == place) {
            Some((_, all)) => all.push(people),
            None => told.push((place, vec![people])),
        }
    }
    let line = |(place, people): &(String, Vec<String>)| {
        format!("{} may {action} but not read a {}{place}", listed(people), part.key)
    };
    told.iter().map(line).collect()
}

/// Fields that rules look at and that are not shown to everybody, with the rule of who is shown them.
fn shown_rules(side: &Side) -> Vec<(String, Rule)> {
    let policy = side.policy();
    let mut ids = Vec::new();
    policy.action_ids().for_each(|action| policy.rule(action).atoms(&mut ids));
    let looked: Set<u16> = ids.iter().filter_map(|id| policy.atom(*id)?.field()).map(|field| field.0).collect();
    let fields = policy.fields.iter().zip(0u16..).filter(|(_, number)| looked.contains(number));
    fields
        .filter_map(|(field, number)| {
            let rule = policy.shown(crate::model::FieldId(number))?;
            Some((field.name.clone(), rule.clone()))
        })
        .collect()
}

/// Where somebody is shown a record, or that it was there.
fn seen(part: &mut Part, policy: &Policy) -> Result<Fun, Error> {
    let read = part.allowed(0, "read")?;
    let Some((action, _)) = &policy.tombstone else { return Ok(read) };
    let tombstone = part.allowed(0, policy.action_name(*action))?;
    Ok(part.truth.made.or(read, tombstone))
}

/// Whether a document says of an action that nobody may.
fn meant(document: &Value, root: &str, action: &str) -> bool {
    let part = match root.strip_prefix("policy.machines.") {
        Some(name) => document.get("machines").and_then(|machines| machines.get(name)),
        None => Some(document),
    };
    let rule = part.and_then(|part| part.get("rules")?.get(action));
    rule.is_some_and(|rule| rule.as_str() == Some("never"))
}

/// Somebody who is not signed in and holds nothing.
fn anyone(part: &mut Part) -> Fun {
    let mut found = part.truth.is(&What::Who, |who| *who == Choice::Anonymous);
    for axis in part.truth.axes.clone() {
        let given = |choice: &Choice| match (&axis.what, choice) {
            (What::SystemRole(_) | What::AuthorRows(_) | What::List { .. }, choice) => *choice != Choice::None,
            (_, Choice::Level(..) | Choice::Everybody) => true,
            _ => false,
        };
        let holds = part.truth.is(&axis.what, given);
        found = part.truth.made.without(found, holds);
    }
    found
}

/// Where a community grants the action to everybody.
fn granted_at(policy: &Policy, root: &str, action: &str) -> Option<String> {
    let granted = policy.default_grants.get("any").is_some_and(|actions| actions.contains(action));
    granted.then(|| At::Root(root).key("grants").key("any").to_string())
}

/// States that nothing leads to. Records made by the engine's own operations are moved by those; so only what transitions of
/// the machine do is looked at where it has any.
fn states(part: &mut Part, policy: &Policy, key: &str, root: &str, found: &mut Vec<Finding>) -> Result<(), Error> {
    if policy.transitions.is_empty() || policy.states.open {
        return Ok(());
    }
    let names = &policy.states.names;
    let mut reached: Set<usize> = policy.states.absent.map(|state| usize::from(state.0)).into_iter().collect();
    reached.insert(reached.iter().next().copied().unwrap_or(0));
    loop {
        let before = reached.len();
        for transition in &policy.transitions {
            let leads = transition.to.iter().chain(&transition.directly).map(|state| usize::from(state.0));
            let name = policy.action_name(transition.action).to_string();
            let may = part.allowed(0, &name)?;
            for from in transition
                .from
                .iter()
                .map(|state| usize::from(state.0))
                .filter(|from| reached.contains(from))
                .collect::<Vec<_>>()
            {
                let from = names.get(from).cloned().map(Choice::Word);
                let here = part.truth.is(&What::State, |state| Some(state) == from.as_ref());
                let here = if part.truth.axis(&What::State).is_some() { here } else { YES };
                if part.truth.made.and(may, here) != NO {
                    reached.extend(leads.clone());
                }
            }
        }
        if reached.len() == before {
            break;
        }
    }
    for (index, name) in names.iter().enumerate().filter(|(index, _)| !reached.contains(index)) {
        let path = At::Root(root).key("states").index(index).to_string();
        let message = format!("no {key} ever comes to be {name}: no transition that anybody may run leads there");
        found.push(Finding { path, code: LintCode::UnreachableState, message });
    }
    Ok(())
}

/// Definitions that nothing uses.
fn unused(document: &Value, found: &mut Vec<Finding>) {
    let mut used = Set::new();
    uses(document, &mut used);
    let machines = document.get("machines").and_then(Value::as_object);
    let parts = machines
        .into_iter()
        .flatten()
        .map(|(name, part)| (At::Root("policy").key("machines").key(name).to_string(), part));
    for (root, part) in std::iter::once(("policy".to_string(), document)).chain(parts) {
        let define = part.get("define").and_then(Value::as_object);
        for name in define.map(Map::keys).into_iter().flatten().filter(|name| !used.contains(*name)) {
            let path = At::Root(&root).key("define").key(name).to_string();
            let message = format!("no rule uses `{name}`");
            found.push(Finding { path, code: LintCode::UnusedDefinition, message });
        }
    }
}

fn uses(value: &Value, used: &mut Set<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|entry| uses(entry, used)),
        Value::Object(map) => {
            used.extend(map.get("use").and_then(Value::as_str).map(str::to_string));
            map.values().for_each(|entry| uses(entry, used));
        }
        _ => {}
    }
}

/// Rows that take everything from whom they name.
fn bans(facts: &Value, found: &mut Vec<Finding>) {
    let rows = facts.get("access").and_then(Value::as_array).into_iter().flatten();
    for (index, row) in rows.enumerate() {
        let denies = row.get("exclude").and_then(Value::as_bool) == Some(true);
        if denies && row.get("action").and_then(Value::as_str) == Some("superuser-access") {
            let subject = ["user", "role", "system_role"].iter().find_map(|kind| Some((kind, row.get(*kind)?)));
            let whom = subject.map_or(String::new(), |(kind, id)| {
                let id = id.as_str().map_or_else(|| id.to_string(), str::to_string);
                format!("{} {id}", kind.replace('_', " "))
            });
            let path = At::Root("facts").key("access").index(index).to_string();
            let message = format!("{whom} is banned from everything");
            found.push(Finding { path, code: LintCode::BanRow, message });
        }
    }
}
