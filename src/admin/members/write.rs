//! What a change of members writes: memberships, and the requests by which somebody joins.

use super::guard::{Joins, Moved, fault_at, joins_by, passed, refused};
use super::request::{Offer, request_record, with_role};
use super::rules::{Rules, Seen};
use super::{Entry, MemberCall, What, Who};
use crate::facts::{Change, EntityKey, Key, Member, Membership, roles_value};
use crate::model::{Set, Value};
use crate::policy::{Ask, MemberAction, MembershipWords};
use crate::terms::{ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

/// The changes of a call, all of them or none.
pub fn change_members(ask: &Ask<'_>, call: &MemberCall) -> Result<Vec<Change>, Stop> {
    let moved = passed(ask, call)?;
    let words = ask.policy.membership.as_ref().ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    let mut changes = Vec::new();
    for (index, (moved, entry)) in moved.iter().zip(&call.entries).enumerate() {
        let place = match call.what {
            What::Request { .. } => "call.request".to_string(),
            _ => format!("call.members[{index}].request"),
        };
        written(ask, words, call, moved, entry, &mut changes).map_err(|stop| match stop {
            Stop::Refused(refusal, _) if refusal.code == ErrorCode::Duplicate => {
                fault_at(&place, Stop::Refused(refusal, None))
            }
            stop => stop,
        })?;
    }
    Ok(changes)
}

fn written(
    ask: &Ask<'_>,
    words: &MembershipWords,
    call: &MemberCall,
    moved: &Moved,
    entry: &Entry,
    changes: &mut Vec<Change>,
) -> Result<(), Stop> {
    let key = EntityKey::Membership { community: call.community.clone(), member: moved.member.clone() };
    let mut put = |held: &Membership| changes.push(Change::Put { key: key.clone(), value: held.value() });
    let mut held = moved.before.clone().unwrap_or_default();
    let roles = moved.roles.as_deref().unwrap_or_default();
    match &call.what {
        What::Remove | What::Leave => changes.push(Change::Del { key }),
        What::Add { visible, .. } => {
            held.roles = roles.iter().cloned().collect();
            show(&mut held, *visible);
            put(&held);
        }
        What::SetVisibility(visible) => {
            if held.visible() != *visible {
                show(&mut held, *visible);
                put(&held);
            }
        }
        What::ChangeRole { .. } => {
            if !words.waits(&held) {
                let roles: Set<String> = roles.iter().cloned().collect();
                if held.roles != roles {
                    held.roles = roles;
                    put(&held);
                }
            } else if held.offered() != roles {
                let request = held.request();
                held.row.insert("as".to_string(), roles_value(roles));
                put(&held);
                changes.extend(with_role(ask, request, roles)?);
            }
        }
        What::Invite { visible, .. } => show(&mut held, *visible),
        What::Request { .. } => {}
    }
    match joins_by(words, &call.what)? {
        Some(joins) => pending(ask, call, moved, entry, held, joins, changes),
        None => Ok(()),
    }
}

fn show(held: &mut Membership, visible: bool) {
    if visible {
        held.row.insert("visible".to_string(), Value::Bool(true));
    } else {
        held.row.remove("visible");
    }
}

/// A request record, and the pending membership that waits for it.
fn pending(
    ask: &Ask<'_>,
    call: &MemberCall,
    moved: &Moved,
    entry: &Entry,
    mut held: Membership,
    (kind, marked, message): Joins<'_>,
    changes: &mut Vec<Change>,
) -> Result<(), Stop> {
    let id = fresh(ask, entry)?;
    let Some((now, _)) = ask.time else { return Err(Stop::Need(vec![Key::Time])) };
    let roles = moved.roles.as_deref().unwrap_or_default();
    let member = moved.member.user().unwrap_or_default();
    let creator = ask.identity.subject().id();
    let offer = Offer { community: &call.community, creator, member, roles, now, message };
    let record = request_record(ask, kind, &offer)?;
    changes.push(Change::Put { key: EntityKey::Record { id: id.to_string() }, value: record });
    held.roles = [marked.to_string()].into_iter().collect();
    held.row.insert("as".to_string(), roles_value(roles));
    held.row.insert("request".to_string(), Value::from(id));
    let key = EntityKey::Membership { community: call.community.clone(), member: moved.member.clone() };
    changes.push(Change::Put { key, value: held.value() });
    Ok(())
}

/// The id of the request to be made, which no record has.
fn fresh<'e>(ask: &Ask<'_>, entry: &'e Entry) -> Result<&'e str, Stop> {
    let facts = ask.identity.facts();
    let id = entry.request.as_deref().unwrap_or_default();
    if facts.records.contains_key(id) {
        return Err(refused(ErrorCode::Duplicate, 409, "there is a record with this id already".to_string()));
    }
    if !facts.absent(Relation::Record, id) {
        return Err(Stop::Need(vec![Key::Record { id: Some(id.to_string()), field: None }]));
    }
    Ok(id)
}

/// Every fact a call looks at that is not at hand, so that a host needs few rounds.
pub fn member_keys(ask: &Ask<'_>, call: &MemberCall) -> Set<Key> {
    let facts = ask.identity.facts();
    let done = match &call.what {
        What::Invite { .. } => &[MemberAction::Invite][..],
        What::Add { .. } => &[MemberAction::Add],
        What::ChangeRole { .. } => &[MemberAction::ChangeRole],
        What::SetVisibility(_) => &[MemberAction::Show, MemberAction::Hide],
        What::Remove | What::Leave => &[MemberAction::Remove, MemberAction::Leave],
        What::Request { .. } => &[MemberAction::Request],
    };
    let mut keys = keys(ask, &call.community, done);
    for request in call.entries.iter().filter_map(|entry| entry.request.as_ref()) {
        if !facts.records.contains_key(request) && !facts.absent(Relation::Record, request) {
            keys.insert(Key::Record { id: Some(request.clone()), field: None });
        }
    }
    if matches!(call.what, What::Invite { .. } | What::Request { .. }) && ask.time.is_none() {
        keys.insert(Key::Time);
    }
    keys
}

/// The same of a list of members, which says what may be done to each.
pub fn list_keys(ask: &Ask<'_>, community: &str) -> Set<Key> {
    use MemberAction::{ChangeRole, Hide, Leave, Remove, Show};
    keys(ask, community, &[ChangeRole, Show, Hide, Remove, Leave])
}

fn keys(ask: &Ask<'_>, community: &str, done: &[MemberAction]) -> Set<Key> {
    let facts = ask.identity.facts();
    let mut keys = Set::new();
    if !facts.communities.contains_key(community) && !facts.absent(Relation::Community, community) {
        keys.insert(Key::Community { id: community.to_string(), field: None });
    }
    if !facts.membership_complete(Some(community), None) {
        keys.insert(Key::Membership { community: Some(community.to_string()), user: None });
    }
    let Ok(rules) = Rules::new(ask) else { return keys };
    let who = Who::Member(Member::User(ask.identity.subject().id().unwrap_or_default().to_string()));
    let seen = Seen::none(community, &who);
    for action in done {
        keys.extend(rules.wanted(*action, seen));
    }
    keys
}
