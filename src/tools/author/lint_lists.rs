//! Lists whose condition an index cannot answer alone. Found by asking for the condition itself, for everybody a rule tells
//! apart: what a store would get.

use super::finding::{Finding, LintCode};
use super::side::Side;
use crate::model::{At, FieldKind, Subject, object};
use crate::policy::{Filter, Scope, Where};

/// Tells of lists of this type that find too much.
pub fn one_sided(side: &Side, root: &str, found: &mut Vec<Finding>) {
    let policy = side.policy();
    let Some(read) = policy.action("read") else { return };
    // Everything is known: what is left open is left open by the condition.
    let Ok(facts) = side.engine.facts(&object(vec![("complete", serde_json::Value::Bool(true))])) else { return };
    let link = policy.fields.iter().any(|field| matches!(field.kind, FieldKind::Links(_)));
    let links = if link { vec!["link".to_string()] } else { Vec::new() };
    let user = Subject::User { id: "1".to_string(), roles: Some(Vec::new()), system_roles: Vec::new(), links };
    let mut told: Vec<&str> = Vec::new();
    for (who, subject) in [("anybody who is not signed in", Subject::anonymous()), ("a user", user)] {
        let ask = crate::policy::Ask::new(policy, &subject, &facts).about(side.kind());
        let condition = Filter::new(&ask, read, &Scope::Everywhere).residual();
        told.extend(over(&condition).then_some(who));
    }
    if let Some(who) = told.first() {
        let path = At::Root(root).key("rules").key("read").to_string();
        let key = &side.kind().key;
        let links = if *who == "a user" && link { " who holds a link" } else { "" };
        let message = format!("a list of {key} for {who}{links} finds more than may be read; each is looked at");
        found.push(Finding { path, code: LintCode::OneSidedFilter, message });
    }
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
