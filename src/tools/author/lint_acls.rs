//! Access lists that no rule asks for.

use serde_json::Value;

use super::finding::{Finding, LintCode};
use super::side::Side;
use crate::engine::Engine;
use crate::facts::Facts;
use crate::model::{At, Set, object, texts};
use crate::policy::{ActionId, Atom, Policy, Rule, Scope};

/// The operations of which rules ask whether lists allow them, or whether lists deny them.
fn asked<'p>(policy: &Policy, rules: impl IntoIterator<Item = &'p Rule>, denies: bool) -> Set<String> {
    let mut ids = Vec::new();
    rules.into_iter().for_each(|rule| rule.atoms(&mut ids));
    let lists = ids.iter().filter_map(|id| match policy.atom(*id) {
        Some(Atom::List(operations, own, _)) if *own == denies => Some(operations),
        _ => None,
    });
    lists.flatten().cloned().collect()
}

/// The rules of all actions.
fn rules(policy: &Policy) -> impl Iterator<Item = &Rule> {
    policy.action_ids().map(|action| policy.rule(action))
}

/// Tells of operations that lists may allow, while no rule asks whether a list denies them; of each in the first rule that asks.
pub fn denials(side: &Side, root: &str, found: &mut Vec<Finding>) {
    let policy = side.policy();
    let mut told = asked(policy, rules(policy), true);
    for action in policy.action_ids() {
        for operation in asked(policy, [policy.rule(action)], false).iter() {
            if !told.insert(operation.clone()) {
                continue;
            }
            let path = At::Root(root).key("rules").key(policy.action_name(action)).to_string();
            let message =
                format!("rules ask only whether a list allows `{operation}`: one that denies it keeps nobody from it");
            found.push(Finding { path, code: LintCode::UnaskedDenial, message });
        }
    }
}

/// Tells of lists among facts that no rule asks for.
pub fn lists(engine: &Engine, facts: &Facts, found: &mut Vec<Finding>) {
    let own = engine.policy();
    for acl in facts.acls.iter() {
        let (word, denies) = (&acl.list.operation, acl.list.deny);
        // Words that are no actions are those of the host, and have a rule of their own.
        let of_host = || asked(own, &own.operations, denies);
        let host = own.operation(word).is_none() && ["*", word].iter().any(|word| of_host().contains(*word));
        // Who is shown a field, and guards, may ask for lists too.
        let asks = |atom: &Atom| matches!(atom, Atom::List(all, own, _) if *own == denies && all.contains(word));
        if !host && !engine.policies().any(|policy| policy.atoms().iter().any(asks)) {
            let path = At::Root("facts").key("acls").key(&acl.list.id).key("operation").to_string();
            let verb = if denies { "denies" } else { "allows" };
            let message = format!("no rule asks whether a list {verb} `{word}`");
            found.push(Finding { path, code: LintCode::UnaskedList, message });
        }
    }
}

/// One list, of nobody, of each kind that the list rule of an action asks for; as facts have them.
pub fn of_each(side: &Side, action: ActionId) -> Value {
    let policy = side.policy();
    let rule = policy.list_rule(action, &Scope::Everywhere);
    let mut found = Vec::new();
    for (denies, effect) in [(false, "allow"), (true, "deny")] {
        for operation in asked(policy, [&rule], denies).iter() {
            let list = vec![
                ("type", Value::from("id")),
                ("records", texts(&[])),
                ("operation", Value::from(operation.as_str())),
                ("effect", Value::from(effect)),
                ("actors", texts(&[])),
            ];
            found.push((format!("{effect}-{operation}"), object(list)));
        }
    }
    object(found.iter().map(|(id, list)| (id.as_str(), list.clone())).collect())
}
