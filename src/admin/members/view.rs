//! What of a community's members somebody sees, and what they may do to each.

use serde::Serialize;

use super::choice::member_choice;
use super::guard::community;
use crate::facts::{Key, Member, Membership};
use crate::model::Attributes;
use crate::policy::{Ask, MemberAction, Rule};
use crate::terms::Answer;
use crate::workflow::{Refusal, Stop};

/// Which members of one community a subject sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberSight {
    all: Answer,
    public: Answer,
    pending: Answer,
}

/// How much of one membership is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSight {
    /// Roles and all.
    Whole,
    /// Whose it is.
    Identity,
    /// Nothing, not that it exists either.
    Nothing,
}

impl MemberSight {
    /// What a subject sees in a community that it may know of.
    pub fn new(ask: &Ask<'_>, community: &str) -> Self {
        let door = &ask.policy.community;
        let [all, public, pending] = [&door.members, &door.members_public, &door.members_pending].map(|rule| {
            let target = Attributes::target(community, &ask.policy.states);
            ask.about_community().evaluate(rule, &target)
        });
        Self { all, public, pending }
    }

    /// The same where all of it is known, or the facts that would tell.
    pub fn known(ask: &Ask<'_>, community: &str) -> Result<Self, Stop> {
        let (sight, door) = (Self::new(ask, community), &ask.policy.community);
        let rules: [(Answer, &Rule); 3] =
            [(sight.all, &door.members), (sight.public, &door.members_public), (sight.pending, &door.members_pending)];
        match rules.into_iter().find(|(answer, _)| *answer == Answer::Unknown) {
            None => Ok(sight),
            Some((_, rule)) => {
                let target = Attributes::target(community, &ask.policy.states);
                Err(Stop::Need(ask.about_community().gaps(rule, &target)))
            }
        }
    }

    /// What it sees of one membership. What is not known is not shown.
    pub fn of(&self, ask: &Ask<'_>, member: &Member, held: &Membership) -> RowSight {
        let waits = waits(ask, held);
        let allowed = if waits { self.pending } else { self.all };
        if !held.withheld && (allowed == Answer::Allow || ask.identity.is(member) == Answer::Allow) {
            return RowSight::Whole;
        }
        if !waits && held.visible() && (self.public == Answer::Allow || self.all == Answer::Allow) {
            return RowSight::Identity;
        }
        RowSight::Nothing
    }

    /// Whether it sees every membership there may be, with its roles.
    pub fn whole(&self, ask: &Ask<'_>) -> bool {
        let waiting = ask.policy.membership.is_some();
        self.all == Answer::Allow && (!waiting || self.pending == Answer::Allow)
    }
}

fn waits(ask: &Ask<'_>, held: &Membership) -> bool {
    ask.policy.membership.as_ref().is_some_and(|words| words.waits(held))
}

/// What the subject may do to one membership now: its rules allow it, and every guard lets it pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// End it, being its own.
    pub can_leave: bool,
    /// End it, being somebody else's.
    pub can_remove: bool,
    /// Give it another role.
    pub can_change_role: bool,
    /// Make it public, or private if it is public.
    pub can_change_visibility: bool,
    /// The roles it could be given.
    pub roles: Vec<String>,
}

/// One membership as one subject sees it. Of a public one, nobody but members is told more than whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberView {
    /// Whose it is.
    #[serde(flatten)]
    pub member: Member,
    /// Its roles; of a pending one, those it would get.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Whether it is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
    /// `active`, `invited` or `applied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// The request that a pending one waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What the subject may do to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
}

/// The members of a community as the subject sees them: users in the order of their ids, then groups.
pub fn list_members(ask: &Ask<'_>, id: &str) -> Result<Vec<MemberView>, Stop> {
    community(ask, id)?;
    let facts = ask.identity.facts();
    let words = ask.policy.membership.as_ref().ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    if !facts.membership_complete(Some(id), None) {
        return Err(Stop::Need(vec![Key::Membership { community: Some(id.to_string()), user: None }]));
    }
    let sight = MemberSight::known(ask, id)?;
    let mut rows = Vec::new();
    for (member, held) in facts.members(id) {
        let seen = sight.of(ask, &member, held);
        if seen == RowSight::Nothing {
            continue;
        }
        let mut row =
            MemberView { member, roles: Vec::new(), visible: None, status: None, request: None, permissions: None };
        if seen == RowSight::Whole {
            row.status = Some(match held.roles.iter().find(|role| words.pending(role)) {
                Some(role) if *role == words.invited => "invited",
                Some(_) => "applied",
                None => "active",
            });
            row.roles = words.roles(held);
            (row.visible, row.request) = (Some(held.visible()), held.request());
            row.permissions = Some(permissions(ask, id, &row.member, held)?);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// What may be done to a membership, tried by the operations' own guards.
fn permissions(ask: &Ask<'_>, id: &str, member: &Member, held: &Membership) -> Result<Permissions, Stop> {
    let may = |action: MemberAction| match member_choice(ask, id, Some(member), action).map(|choice| choice.possible) {
        None => Ok((false, Vec::new())),
        Some(possible) if possible.wanted.is_empty() => Ok((possible.executable == Answer::Allow, possible.roles)),
        Some(possible) => Err(Stop::Need(possible.wanted)),
    };
    let own = member.user().is_some() && member.user() == ask.identity.subject().id();
    let (can_change_role, roles) = may(MemberAction::ChangeRole)?;
    let turned = if held.visible() { MemberAction::Hide } else { MemberAction::Show };
    Ok(Permissions {
        can_leave: may(MemberAction::Leave)?.0,
        can_remove: !own && may(MemberAction::Remove)?.0,
        can_change_role,
        can_change_visibility: may(turned)?.0,
        roles,
    })
}
