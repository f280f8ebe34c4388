//! Every guard of membership, in the order they are looked at. A guard holds whatever the policy's rules allow, and for
//! everybody; where it spares the host's own process, it says so.

use super::rules::{Rules, Seen};
use super::{MemberCall, What, Who};
use crate::facts::{Key, Member, Membership};
use crate::model::{Attributes, Limits, Subject, listed};
use crate::policy::{Ask, MemberAction};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

/// One membership before and after the call.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Whose.
    pub member: Member,
    /// What there was.
    pub before: Option<Membership>,
    /// The roles it has then, or would get; none if it ends.
    pub roles: Option<Vec<String>>,
}

/// What a call does to memberships, once every guard has been passed.
pub fn passed(ask: &Ask<'_>, call: &MemberCall) -> Result<Vec<Moved>, Stop> {
    known_roles(ask, &call.what)?;
    count(call)?;
    community(ask, &call.community)?;
    let rules = Rules::new(ask)?;
    private(&rules, &call.what)?;
    let mut after: Vec<Moved> = Vec::new();
    for (index, entry) in call.entries.iter().enumerate() {
        let at = |stop| at_entry(call, index, stop);
        let moved = one(&rules, call, &entry.who).map_err(at)?;
        if after.iter().any(|other| other.member == moved.member) {
            let message = "this member stands in the list twice; name each once";
            return Err(at(refused(ErrorCode::Duplicate, 400, message.to_string())));
        }
        after.push(moved);
        top(&rules, call, &after).map_err(at)?;
    }
    Ok(after)
}

/// Roles are the policy's, and that is told before anything else.
fn known_roles(ask: &Ask<'_>, what: &What) -> Result<(), Stop> {
    let (What::Invite { roles, .. } | What::Add { roles, .. } | What::ChangeRole { roles }) = what else {
        return Ok(());
    };
    let known = &ask.policy.roles;
    let fault = match roles.iter().find(|role| !known.contains(role)) {
        Some(role) => format!("unknown role `{role}`; known: {}", listed(known)),
        None if roles.is_empty() => format!("give one role or more; known: {}", listed(known)),
        None => return Ok(()),
    };
    Err(fault_at("call.role", refused(ErrorCode::UnknownRole, 400, fault)))
}

fn count(call: &MemberCall) -> Result<(), Stop> {
    let count = call.entries.len();
    if count == 0 || count > Limits::BULK {
        let message = format!("1 to {} members at once, not {count}", Limits::BULK);
        return Err(fault_at("call.members", refused(ErrorCode::TooLarge, 400, message)));
    }
    Ok(())
}

/// The subject may know of the community.
pub fn community(ask: &Ask<'_>, id: &str) -> Result<(), Stop> {
    let facts = ask.identity.facts();
    if !facts.communities.contains_key(id) {
        return Err(if facts.absent(Relation::Community, id) {
            Stop::refused(Refusal::not_found())
        } else {
            Stop::Need(vec![Key::Community { id: id.to_string(), field: None }])
        });
    }
    match ask.sees_community(id) {
        Answer::Allow => Ok(()),
        Answer::Deny => Err(Stop::refused(Refusal::not_found())),
        Answer::Unknown => {
            let target = Attributes::target(id, &ask.policy.states);
            Err(Stop::Need(ask.about_community().gaps(&ask.policy.community.read, &target)))
        }
    }
}

/// Nobody's membership begins as a public one, but by the host's own process.
fn private(rules: &Rules<'_>, what: &What) -> Result<(), Stop> {
    match what {
        What::Invite { visible: true, .. } | What::Add { visible: true, .. } if !system(rules) => {
            let message = "a membership begins private; its member makes it public".to_string();
            Err(fault_at("call.visible", refused(ErrorCode::OwnVisibility, 403, message)))
        }
        _ => Ok(()),
    }
}

fn one(rules: &Rules<'_>, call: &MemberCall, who: &Who) -> Result<Moved, Stop> {
    match &call.what {
        What::Invite { roles, .. } => new(rules, call, who, MemberAction::Invite, roles),
        What::Add { roles, .. } => new(rules, call, who, MemberAction::Add, roles),
        What::Request { .. } => {
            let roles: Vec<String> = rules.words.joins_as.iter().cloned().collect();
            new(rules, call, who, MemberAction::Request, &roles)
        }
        What::ChangeRole { roles } => change_role(rules, call, who, roles),
        What::SetVisibility(visible) => set_visibility(rules, call, who, *visible),
        What::Remove | What::Leave => end(rules, call, who),
    }
}

/// A membership to be.
fn new(rules: &Rules<'_>, call: &MemberCall, who: &Who, action: MemberAction, roles: &[String]) -> Result<Moved, Stop> {
    let pending = action != MemberAction::Add;
    let seen = Seen { community: &call.community, who, role: None, new_role: None, visible: false, pending };
    for role in roles {
        rules.permit(action, Seen { role: Some(role), ..seen })?;
    }
    let invalid = |message: &str| Err(refused(ErrorCode::Malformed, 400, message.to_string()));
    let member = match (who, action) {
        (Who::Email, _) => return invalid("only users and groups can be members; name the user"),
        (Who::Member(Member::Group(_)), MemberAction::Invite) => return invalid("groups are added, not invited"),
        (Who::Member(member), _) => member.clone(),
    };
    if action == MemberAction::Add && !system(rules) {
        if member.user().is_some() {
            return Err(refused(ErrorCode::Denied, 403, "users are invited, not added".to_string()));
        }
        if !rules.words.groups {
            return Err(refused(ErrorCode::Denied, 403, "groups cannot be members here".to_string()));
        }
    }
    if let Some(held) = row(rules, &call.community, &member)? {
        let waits = held.roles.iter().any(|role| rules.words.pending(role));
        let message = if waits { "an invitation or a request is pending" } else { "a member already" };
        return Err(refused(ErrorCode::Duplicate, 409, message.to_string()));
    }
    Ok(Moved { member, before: None, roles: Some(roles.to_vec()) })
}

/// The right over every role there was and every role there will be; never over one's own.
fn change_role(rules: &Rules<'_>, call: &MemberCall, who: &Who, roles: &[String]) -> Result<Moved, Stop> {
    let message = "nobody changes their own role; ask somebody else who may";
    let own_role = || refused(ErrorCode::OwnRole, 403, message.to_string());
    let (member, before) = existing(rules, call, who, MemberAction::ChangeRole, roles)?;
    if rules.own(who) {
        return Err(own_role());
    }
    let seen = seen_in(rules, call, who, &before);
    let held = if seen.pending { before.offered() } else { before.roles.iter().cloned().collect() };
    // Each new role is asked about by itself as well: rules that look at the role alone see both.
    for new in roles {
        for old in held.iter().chain([new]) {
            let changed = Seen { role: Some(old), new_role: Some(new), ..seen };
            rules.permit(MemberAction::ChangeRole, changed)?;
        }
    }
    // The role of a group one belongs to is one's own as well.
    match rules.identity().is(&member) {
        Answer::Deny => {}
        Answer::Allow => return Err(own_role()),
        Answer::Unknown => return Err(Stop::Need(user(rules))),
    }
    Ok(Moved { member, before: Some(before), roles: Some(roles.to_vec()) })
}

/// Only a member makes its own membership public, or the host's own process.
fn set_visibility(rules: &Rules<'_>, call: &MemberCall, who: &Who, visible: bool) -> Result<Moved, Stop> {
    let action = if visible { MemberAction::Show } else { MemberAction::Hide };
    let (member, before) = existing(rules, call, who, action, &[])?;
    let roles = permitted(rules, call, who, &before, action)?;
    if visible && !rules.own(who) && !system(rules) {
        let message = "only a member makes its own membership public".to_string();
        return Err(refused(ErrorCode::OwnVisibility, 403, message));
    }
    Ok(Moved { member, before: Some(before), roles: Some(roles) })
}

/// Everybody may end their own membership where the policy says so; others' as its rules say.
fn end(rules: &Rules<'_>, call: &MemberCall, who: &Who) -> Result<Moved, Stop> {
    let action = if rules.own(who) { MemberAction::Leave } else { MemberAction::Remove };
    let (member, before) = existing(rules, call, who, action, &[])?;
    permitted(rules, call, who, &before, action)?;
    Ok(Moved { member, before: Some(before), roles: None })
}

/// A membership that is there and is none to come; each of its roles is asked about.
fn permitted(
    rules: &Rules<'_>,
    call: &MemberCall,
    who: &Who,
    before: &Membership,
    action: MemberAction,
) -> Result<Vec<String>, Stop> {
    let seen = seen_in(rules, call, who, before);
    let roles: Vec<String> = if seen.pending { before.offered() } else { before.roles.iter().cloned().collect() };
    for role in &roles {
        rules.permit(action, Seen { role: Some(role), ..seen })?;
    }
    if seen.pending {
        let message = "no member yet; the invitation or request is cancelled or declined instead".to_string();
        return Err(refused(ErrorCode::WrongState, 400, message));
    }
    Ok(roles)
}

fn seen_in<'s>(rules: &Rules<'_>, call: &'s MemberCall, who: &'s Who, held: &Membership) -> Seen<'s> {
    let pending = held.roles.iter().any(|role| rules.words.pending(role));
    Seen { community: &call.community, who, role: None, new_role: None, visible: held.visible(), pending }
}

/// The membership a call is about. That there is none is said only to those who see all there are; to others it is what a
/// membership would be that they may not touch.
fn existing(
    rules: &Rules<'_>,
    call: &MemberCall,
    who: &Who,
    action: MemberAction,
    roles: &[String],
) -> Result<(Member, Membership), Stop> {
    let found = match who {
        Who::Email => None,
        Who::Member(member) => row(rules, &call.community, member)?.map(|held| (member.clone(), held)),
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let absent = || refused(ErrorCode::NotFound, 404, "no such member".to_string());
    if rules.own(who) {
        return Err(absent());
    }
    let seen = Seen { community: &call.community, who, role: None, new_role: None, visible: false, pending: false };
    let asked = if roles.is_empty() { rules.roles() } else { roles };
    // Whoever may do this to no membership at all is told that, whoever is named.
    let mut refusal = None;
    for role in asked {
        let new_role = Some(role.as_str()).filter(|_| action == MemberAction::ChangeRole);
        match rules.permit(action, Seen { role: Some(role), new_role, ..seen }) {
            Ok(()) => return Err(absent()),
            Err(stop @ Stop::Need(_)) => return Err(stop),
            Err(stop) => refusal = Some(stop),
        }
    }
    Err(refusal.unwrap_or_else(absent))
}

/// A community always has somebody with the top role; a group that holds it counts even when nobody is in it.
fn top(rules: &Rules<'_>, call: &MemberCall, after: &[Moved]) -> Result<(), Stop> {
    let top = &rules.words.top;
    let Some(last) = after.last() else { return Ok(()) };
    let had = last.before.as_ref().is_some_and(|held| held.roles.contains(top));
    if !had || last.roles.as_ref().is_some_and(|roles| roles.contains(top)) {
        return Ok(());
    }
    let facts = rules.identity().facts();
    let kept = |member: &Member, held: &Membership| match after.iter().find(|moved| moved.member == *member) {
        Some(moved) => moved.roles.as_ref().is_some_and(|roles| roles.contains(top)),
        None => held.roles.contains(top),
    };
    if facts.members(&call.community).any(|(member, held)| kept(&member, held)) {
        return Ok(());
    }
    if !facts.membership_complete(Some(&call.community), None) {
        return Err(Stop::Need(vec![Key::Membership { community: Some(call.community.clone()), user: None }]));
    }
    let message = format!("a community always has a member with the role `{top}`; give it to somebody else first");
    Err(refused(ErrorCode::LastAdmin, 409, message))
}

/// What there is of a membership.
pub fn row(rules: &Rules<'_>, community: &str, member: &Member) -> Result<Option<Membership>, Stop> {
    let facts = rules.identity().facts();
    if let Some(held) = facts.membership(community, member).filter(|held| !held.withheld) {
        return Ok(Some(held.clone()));
    }
    let user = member.user();
    if facts.membership_complete(Some(community), user) {
        return Ok(None);
    }
    let user = user.map(str::to_string);
    Err(Stop::Need(vec![Key::Membership { community: Some(community.to_string()), user }]))
}

fn user(rules: &Rules<'_>) -> Vec<Key> {
    vec![Key::User { id: rules.identity().subject().id().unwrap_or_default().to_string() }]
}

fn system(rules: &Rules<'_>) -> bool {
    matches!(rules.identity().subject(), Subject::System)
}

pub fn refused(code: ErrorCode, status: u16, message: String) -> Stop {
    Stop::refused(Refusal::new(code, status, message))
}

pub fn fault_at(path: &str, stop: Stop) -> Stop {
    match stop {
        Stop::Refused(refusal, decision) => {
            Stop::Refused(Box::new(Refusal { path: Some(path.to_string()), ..*refusal }), decision)
        }
        need => need,
    }
}

/// The member a refusal is about, in calls that name members.
fn at_entry(call: &MemberCall, index: usize, stop: Stop) -> Stop {
    match call.what {
        What::Leave | What::Request { .. } => stop,
        _ => fault_at(&format!("call.members[{index}]"), stop),
    }
}
