//! Changing what a community grants to a role, at run time. Saying what is so already changes nothing.

use super::community::{fault, permitted};
use crate::facts::{Change, EntityKey, Key, grants_value};
use crate::model::{Attributes, Limits, Value, listed};
use crate::policy::Ask;
use crate::terms::{ErrorCode, Relation};
use crate::workflow::Stop;

/// Actions allowed or denied to a role.
#[derive(Debug, Clone)]
pub struct GrantChange {
    /// The community.
    pub community: String,
    /// A role of the policy, or `any`, or `author`.
    pub role: String,
    /// Actions of the policy.
    pub actions: Vec<String>,
    /// Whether they are allowed; denied otherwise.
    pub allow: bool,
}

/// The changes, and a note for every action.
pub fn change_grants(ask: &Ask<'_>, change: &GrantChange) -> Result<(Vec<Change>, Vec<String>), Stop> {
    let policy = ask.policy;
    let facts = ask.identity.facts();
    let target = Attributes::target(&change.community, &policy.states);
    permitted(ask, &policy.community.manage, &target, "change what a community grants")?;
    check(ask, change)?;
    let id = &change.community;
    let Some(community) = facts.communities.get(id) else {
        if facts.absent(Relation::Community, id) {
            let message = format!("there is no community `{}`", id.chars().take(64).collect::<String>());
            return Err(fault(ErrorCode::UnknownCommunity, 404, "call.community", message));
        }
        return Err(Stop::Need(vec![Key::Community { id: id.clone(), field: None }]));
    };
    let Some(grants) = &community.grants else {
        return Err(Stop::Need(vec![Key::Community { id: id.clone(), field: Some("grants") }]));
    };
    let mut grants = grants.clone();
    let mut granted = grants.get(&change.role).cloned().unwrap_or_default();
    let mut notes = Vec::new();
    let mut moved = false;
    for action in &change.actions {
        let done = if change.allow { granted.insert(action.clone()) } else { granted.remove(action) };
        moved |= done;
        let need = policy.naming.need(action);
        let role = &change.role;
        notes.push(match (change.allow, done) {
            (true, true) => format!("added: {need} to {role}"),
            (true, false) => format!("there already: {need} to {role}"),
            (false, true) => format!("removed: {need} from {role}"),
            (false, false) => format!("not there: {need} from {role}"),
        });
    }
    grants.insert(change.role.clone(), granted);
    if !moved {
        return Ok((Vec::new(), notes));
    }
    let mut entity = community.entity.clone();
    entity.insert("grants".to_string(), grants_value(&grants));
    let key = EntityKey::Community { id: id.clone() };
    Ok((vec![Change::Put { key, value: Value::Object(entity) }], notes))
}

fn check(ask: &Ask<'_>, change: &GrantChange) -> Result<(), Stop> {
    let policy = ask.policy;
    if change.role != "any" && change.role != "author" && !policy.roles.contains(&change.role) {
        let message = format!("unknown role `{}`; known: any, author, {}", change.role, listed(&policy.roles));
        return Err(fault(ErrorCode::UnknownRole, 400, "call.role", message));
    }
    if change.actions.is_empty() || change.actions.len() > Limits::BULK {
        let message = format!("1 to {} actions at once, not {}", Limits::BULK, change.actions.len());
        return Err(fault(ErrorCode::TooLarge, 400, "call.actions", message));
    }
    for (index, action) in change.actions.iter().enumerate() {
        if policy.action(action).is_none() || (change.allow && !policy.allowed.contains(action)) {
            let known = listed(&policy.allowed);
            let message = format!("unknown action `{action}`; communities may grant: {known}");
            return Err(fault(ErrorCode::UnknownAction, 400, &format!("call.actions[{index}]"), message));
        }
    }
    Ok(())
}
