//! The state matrix of a policy, drawn by asking it: documentation that cannot drift.

use std::fmt::Write as _;

use super::{Ask, Policy, Question};
use crate::facts::{Facts, grants_value};
use crate::model::{Attributes, Error, Listed, Named, Seen, StateId, Subject, Value, joined, object};
use crate::terms::Answer;

/// A policy's matrix in Markdown: what anyone, an author, each role and a superuser may do in each state, in a community
/// with the default grants.
///
/// ```
/// use lictor::policy::{Policy, preset, table};
/// let policy = Policy::read(&preset("oarepo").unwrap()).unwrap();
/// assert!(table::matrix(&policy).unwrap().contains("| published |"));
/// ```
pub fn matrix(policy: &Policy) -> Result<String, Error> {
    let roles: Vec<&String> = policy.roles.iter().collect();
    let text = |text: &str| Value::from(text);
    let mut members = Vec::new();
    for role in &roles {
        let user = Value::from(format!("in {role}"));
        members.push(object(vec![("community", text("c")), ("user", user), ("role", text(role))]));
    }
    let community = object(vec![("grants", grants_value(&policy.default_grants))]);
    let superuser = object(vec![("action", text("superuser-access")), ("user", text("superuser"))]);
    let facts = object(vec![
        ("communities", object(vec![("c", community)])),
        ("memberships", Value::Array(members)),
        ("access", Value::Array(vec![superuser])),
        ("complete", Value::Bool(true)),
    ]);
    let facts = Facts::read(&facts, &policy.words)?;
    let mut columns = vec![("anyone".to_string(), Subject::anonymous(), false)];
    columns.push(("author".to_string(), Subject::user("the author"), true));
    columns.extend(roles.iter().map(|role| ((*role).clone(), Subject::user(format!("in {role}")), false)));
    columns.push(("superuser".to_string(), Subject::user("superuser"), false));

    let mut out = String::from("| state |");
    for (name, ..) in &columns {
        let _ = write!(out, " {name} |");
    }
    out.push_str("\n| --- |");
    out.push_str(&" --- |".repeat(columns.len()));
    for (index, name) in policy.states.names.iter().enumerate() {
        let _ = write!(out, "\n| {name} |");
        let state = StateId(u16::try_from(index).unwrap_or(u16::MAX));
        for (_, subject, own) in &columns {
            let mut subject = subject.clone();
            // Roles are vouched for, so that nothing is unknown.
            if let Subject::User { roles, .. } = &mut subject {
                *roles = Some(Vec::new());
            }
            let ask = Ask::new(policy, &subject, &facts);
            let owner = if *own { subject.id().unwrap_or_default() } else { "somebody else" };
            let record = Attributes {
                listed: Listed::Nothing,
                id: None,
                primary: Seen::Known(Some("c".to_string())),
                secondary: Seen::Known(Vec::new()),
                partial: Vec::new(),
                state: Seen::Known(state),
                owners: Seen::Known(vec![owner.to_string()]),
                named: Named::default(),
            };
            // Create has no state: it is shown in the first row only.
            let may: Vec<&str> = policy
                .action_ids()
                .filter(|action| index == 0 || policy.action_name(*action) != "create")
                .filter(|action| Question { ask: &ask, record: &record, action: *action }.answer() == Answer::Allow)
                .map(|action| policy.action_name(action))
                .collect();
            let _ = write!(out, " {} |", if may.is_empty() { "-".to_string() } else { joined(&may, ", ") });
        }
    }
    out.push('\n');
    Ok(out)
}
