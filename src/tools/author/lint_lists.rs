//! Lists whose condition an index cannot answer alone. Found by asking for the condition itself, for everybody a rule tells
//! apart: what a store would get.

use serde_json::Value;

use super::finding::{Finding, LintCode};
use super::lint_acls::of_each;
use super::side::Side;
use crate::facts::Facts;
use crate::model::{At, FieldKind, Subject, object};
use crate::policy::{Ask, Filter, Scope, Where};

/// Tells of lists of this type that find too much.
pub fn one_sided(side: &Side, root: &str, found: &mut Vec<Finding>) {
    let policy = side.policy();
    let Some(read) = policy.action("read") else { return };
    // Everything is known: what is left open is left open by the condition.
    let known = |acls: Value| side.engine.facts(&object(vec![("acls", acls), ("complete", Value::Bool(true))]));
    let (Ok(facts), Ok(with_lists)) = (known(object(Vec::new())), known(of_each(side, read))) else { return };
    let link = policy.fields.iter().any(|field| matches!(field.kind, FieldKind::Links(_)));
    let links = if link { vec!["link".to_string()] } else { Vec::new() };
    let user = Subject::User { id: "1".to_string(), roles: Some(Vec::new()), system_roles: Vec::new(), links };
    let over = |subject: &Subject, facts: &Facts| {
        let ask = Ask::new(policy, subject, facts).about(side.kind());
        // Most of what access lists ask of a record, an index can tell.
        over(&Filter::new(&ask, read, &Scope::Everywhere).with_lists(false))
    };
    let who = match (over(&Subject::anonymous(), &facts), over(&user, &facts)) {
        (true, _) => " for anybody who is not signed in",
        (_, true) if link => " for a user who holds a link",
        (_, true) => " for a user",
        _ if over(&user, &with_lists) => " where there are access lists",
        _ => return,
    };
    let path = At::Root(root).key("rules").key("read").to_string();
    let message = format!("a list of {}{who} finds more than may be read; each is looked at", side.kind().key);
    found.push(Finding { path, code: LintCode::OneSidedFilter, message });
}

fn over(condition: &Where) -> bool {
    match condition {
        Where::Open | Where::Unknown { .. } => true,
        Where::Term { over, .. } => *over,
        Where::Any { of } | Where::All { of } => of.iter().any(over),
        Where::Not { of } => over(of),
        _ => false,
    }
}
