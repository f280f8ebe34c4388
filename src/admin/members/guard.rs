//! Every guard of membership, in the order they are looked at. A guard holds whatever the policy's rules allow, and for
//! everybody; where it spares the host's own process, it says so.

use super::rules::{Rules, Seen};
use super::view::{MemberSight, RowSight};
use super::{MemberCall, What, Who};
use crate::facts::{Key, Member, Membership};
use crate::model::{Attributes, Limits, Subject, listed};
use crate::policy::{Ask, MemberAction, MembershipWords, RequestType};
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
    every(&Rules::new(ask)?, call)
}

/// The same of a call that is well formed.
pub fn every(rules: &Rules<'_>, call: &MemberCall) -> Result<Vec<Moved>, Stop> {
    community(rules.ask(), &call.community)?;
    private(rules, &call.what)?;
    let mut after: Vec<Moved> = Vec::new();
    for (index, entry) in call.entries.iter().enumerate() {
        let at = |stop| at_entry(call, index, stop);
        let moved = one(rules, call, &entry.who).map_err(at)?;
        if after.iter().any(|other| other.member == moved.member) {
            let message = "this member stands in the list twice; name each once";
            return Err(at(refused(ErrorCode::Duplicate, 400, message.to_string())));
        }
        after.push(moved);
        top(rules, call, &after).map_err(at)?;
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
    let seen = Seen { pending, ..Seen::none(&call.community, who) };
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
        let message =
            if rules.words.waits(&held) { "an invitation or a request is pending" } else { "a member already" };
        return Err(refused(ErrorCode::Duplicate, 409, message.to_string()));
    }
    joins_by(rules.words, &call.what)?;
    Ok(Moved { member, before: None, roles: Some(roles.to_vec()) })
}

/// A request, a reserved role, and words.
pub type Joins<'w> = (&'w RequestType, &'w str, Option<&'w str>);

/// How somebody joins: by which request, under which reserved role until it is answered, with which words. Whoever is added
/// joins by none.
pub fn joins_by<'w>(words: &'w MembershipWords, what: &'w What) -> Result<Option<Joins<'w>>, Stop> {
    let (kind, marked, message) = match what {
        What::Invite { message, .. } => (&words.invitation, &words.invited, message),
        What::Request { message } => (&words.application, &words.applied, message),
        _ => return Ok(None),
    };
    let refusal = || refused(ErrorCode::Denied, 403, "nobody joins communities this way here".to_string());
    let kind = kind.as_ref().ok_or_else(refusal)?;
    Ok(Some((kind, marked, message.as_deref())))
}

/// The right over every role there was and every role there will be; never over one's own.
fn change_role(rules: &Rules<'_>, call: &MemberCall, who: &Who, roles: &[String]) -> Result<Moved, Stop> {
    let message = "nobody changes their own role; ask somebody else who may";
    let own_role = || refused(ErrorCode::OwnRole, 403, message.to_string());
    let (member, before) = existing(rules, call, who, MemberAction::ChangeRole, roles)?;
    let permitted = over_both(rules, call, who, &before, roles);
    if rules.own(who) {
        return Err(own_role());
    }
    permitted?;
    // The role of a group one belongs to is one's own as well.
    match rules.identity().is(&member) {
        Answer::Deny => {}
        Answer::Allow => return Err(own_role()),
        Answer::Unknown => return Err(Stop::Need(user(rules))),
    }
    Ok(Moved { member, before: Some(before), roles: Some(roles.to_vec()) })
}

fn over_both(
    rules: &Rules<'_>,
    call: &MemberCall,
    who: &Who,
    before: &Membership,
    roles: &[String],
) -> Result<(), Stop> {
    let action = MemberAction::ChangeRole;
    let (seen, held) = seen_in(rules, call, who, before);
    // Each new role is asked about by itself as well: rules that look at the role alone see both.
    for new in roles {
        for old in held.iter().chain([new]) {
            let changed = rules.permit(action, Seen { role: Some(old), new_role: Some(new), ..seen });
            changed.map_err(|stop| unless_seen(rules, call, who, before, stop, action, roles))?;
        }
    }
    Ok(())
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
    let own = call.what == What::Leave || rules.own(who);
    let action = if own { MemberAction::Leave } else { MemberAction::Remove };
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
    let (seen, roles) = seen_in(rules, call, who, before);
    for role in &roles {
        let permitted = rules.permit(action, Seen { role: Some(role), ..seen });
        permitted.map_err(|stop| unless_seen(rules, call, who, before, stop, action, &[]))?;
    }
    if seen.pending {
        let message = "no member yet; the invitation or request is cancelled or declined instead".to_string();
        return Err(refused(ErrorCode::WrongState, 400, message));
    }
    Ok(roles)
}

/// A membership as rules see it, and the roles it holds or would get.
fn seen_in<'s>(rules: &Rules<'_>, call: &'s MemberCall, who: &'s Who, held: &Membership) -> (Seen<'s>, Vec<String>) {
    let pending = rules.words.waits(held);
    (Seen { visible: held.visible(), pending, ..Seen::none(&call.community, who) }, rules.words.roles(held))
}

/// The membership a call is about.
fn existing(
    rules: &Rules<'_>,
    call: &MemberCall,
    who: &Who,
    action: MemberAction,
    roles: &[String],
) -> Result<(Member, Membership), Stop> {
    let found = match who {
        Who::Email => Ok(None),
        Who::Member(member) => {
            row(rules, &call.community, member).map(|found| found.map(|held| (member.clone(), held)))
        }
    };
    match found {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(none(rules, call, who, action, roles)),
        // Whoever may do this to no membership at all need not know which there is.
        Err(need) => {
            let seen = Seen {
                withheld: true,
                new_role: roles.first().map(String::as_str),
                ..Seen::none(&call.community, who)
            };
            Err(rules.permit(action, seen).err().filter(|stop| matches!(stop, Stop::Refused(..))).unwrap_or(need))
        }
    }
}

/// That there is none is said only to those who may do this to some; to others it is what a membership would be that they may
/// not touch.
fn none(rules: &Rules<'_>, call: &MemberCall, who: &Who, action: MemberAction, roles: &[String]) -> Stop {
    let absent = || refused(ErrorCode::NotFound, 404, "no such member".to_string());
    let asked = if roles.is_empty() { rules.roles() } else { roles };
    let mut refusal = None;
    for role in asked {
        let new_role = Some(role.as_str()).filter(|_| action == MemberAction::ChangeRole);
        let seen = Seen { role: Some(role), new_role, ..Seen::none(&call.community, who) };
        match rules.permit(action, seen) {
            Ok(()) => return absent(),
            Err(stop @ Stop::Need(_)) if !rules.own(who) => return stop,
            Err(stop) => refusal = Some(stop),
        }
    }
    refusal.filter(|_| !rules.own(who)).unwrap_or_else(absent)
}

/// A denial tells nothing of a membership that the subject does not see: it is what it would be were there none.
fn unless_seen(
    rules: &Rules<'_>,
    call: &MemberCall,
    who: &Who,
    held: &Membership,
    stop: Stop,
    action: MemberAction,
    roles: &[String],
) -> Stop {
    let (Stop::Refused(..), Who::Member(member)) = (&stop, who) else { return stop };
    match MemberSight::known(rules.ask(), &call.community) {
        Ok(sight) if sight.of(rules.ask(), member, held) == RowSight::Whole => stop,
        Ok(_) => none(rules, call, who, action, roles),
        Err(need) => need,
    }
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
    // Nobody in particular is no member.
    if matches!(member, Member::User(name) | Member::Group(name) if name.is_empty()) {
        return Ok(None);
    }
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
