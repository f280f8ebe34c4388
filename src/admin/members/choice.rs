//! What can be done about a membership now: each operation is tried by its own guards, and its outcome thrown away.

use super::guard::every;
use super::rules::{Asked, Rules, Seen};
use super::view::{MemberSight, RowSight};
use super::{Entry, MemberCall, What, Who};
use crate::facts::{Key, Member};
use crate::model::ordered;
use crate::policy::{Ask, Decision, MemberAction};
use crate::terms::Answer;
use crate::workflow::{Possible, Refusal, Stop};

/// What came of trying an operation; of one that gives a role, with every role there is.
#[derive(Debug)]
pub struct MemberChoice {
    /// What the rules were asked; none where the community may not be known of.
    asked: Option<Asked>,
    /// Whether it can be done, with which roles, and why not.
    pub possible: Possible,
}

impl MemberChoice {
    /// Whether this is better than another: more can be done, or less is in the way.
    fn beats(&self, other: &Self) -> bool {
        let (this, other) = (&self.possible, &other.possible);
        match (this.executable, other.executable) {
            (this, other) if this != other => this == Answer::Allow || other == Answer::Deny,
            _ => this.blocked.is_some() && other.blocked.is_none(),
        }
    }

    /// What the rules say; none where the community may not be known of.
    pub fn decision(&self, ask: &Ask<'_>) -> Option<Decision> {
        let asked = self.asked.as_ref()?;
        let mut decision = Rules::new(ask).ok()?.decide(asked)?;
        if decision.decision != asked.answer {
            decision.decision = asked.answer;
            decision.reasons = ask.about_community().why(&ask.policy.community.read, &asked.record);
        }
        if asked.answer == Answer::Unknown && !self.possible.wanted.is_empty() {
            decision.missing.clone_from(&self.possible.wanted);
        }
        Some(decision)
    }
}

/// Whether the subject may do this to a membership, or about one to be; without a member, to nobody in particular, and as
/// for oneself what is done to oneself only. None where there is nothing of the kind to do.
pub fn member_choice(
    ask: &Ask<'_>,
    community: &str,
    member: Option<&Member>,
    action: MemberAction,
) -> Option<MemberChoice> {
    use MemberAction::{Add, ChangeRole, Invite, Leave, Request};
    let words = ask.policy.membership.as_ref()?;
    ask.policy.member_machine(action)?;
    let own = Member::User(ask.identity.subject().id().unwrap_or_default().to_string());
    let member = match (action, member) {
        (Leave | Request, Some(member)) if *member != own => return None,
        (Leave | Request, _) => own,
        (_, Some(member)) => member.clone(),
        (Invite, None) => Member::User(String::new()),
        (Add, None) => Member::Group(String::new()),
        _ => return None,
    };
    let held = ask.identity.facts().membership(community, &member).filter(|_| action == ChangeRole);
    let now = held.map(|held| words.roles(held)).unwrap_or_default();
    let given = matches!(action, Invite | Add | ChangeRole);
    let roles: Vec<String> = match given {
        true => ask.policy.roles.iter().filter(|role| now != [(*role).clone()]).cloned().collect(),
        false => vec![String::new()],
    };
    let who = Who::Member(member);
    let (mut best, mut possible, mut wanted): (Option<MemberChoice>, Vec<String>, Vec<Key>) = Default::default();
    for role in roles {
        let one = tried(ask, community, &who, action, &role);
        wanted.extend(one.possible.wanted.iter().cloned());
        if given && one.possible.executable == Answer::Allow {
            possible.push(role);
        }
        if best.as_ref().is_none_or(|best| one.beats(best)) {
            best = Some(one);
        }
    }
    let mut best = best?;
    (best.possible.roles, best.possible.wanted) = (possible, ordered(wanted));
    Some(best)
}

fn tried(ask: &Ask<'_>, community: &str, who: &Who, action: MemberAction, role: &str) -> MemberChoice {
    let roles = vec![role.to_string()];
    let what = match action {
        MemberAction::Invite => What::Invite { roles, visible: false, message: None },
        MemberAction::Add => What::Add { roles, visible: false },
        MemberAction::ChangeRole => What::ChangeRole { roles },
        MemberAction::Show => What::SetVisibility(true),
        MemberAction::Hide => What::SetVisibility(false),
        MemberAction::Remove => What::Remove,
        MemberAction::Leave => What::Leave,
        MemberAction::Request => What::Request { message: None },
    };
    let entries = vec![Entry { who: who.clone(), request: None }];
    let call = MemberCall { community: community.to_string(), entries, what };
    let mut found = MemberChoice { asked: None, possible: Possible::new(Answer::Allow) };
    let done = Rules::brief(ask).and_then(|rules| {
        let done = every(&rules, &call);
        let silent = rules.silent() && matches!(done, Err(Stop::Need(_)));
        if silent {
            // It is not known whether the subject may know of the community; the rules may be settled all the same.
            let own = action == MemberAction::Remove && rules.own(who);
            let asked = if own { MemberAction::Leave } else { action };
            drop(rules.permit(asked, Seen { withheld: true, ..Seen::none(community, who) }));
        }
        found.asked = rules.asked();
        // Who may not know of it is told nothing, whatever the rules say.
        if let Some(asked) = found.asked.as_mut().filter(|asked| silent && asked.answer == Answer::Allow) {
            asked.answer = Answer::Unknown;
        }
        done
    });
    let MemberChoice { asked, possible } = &mut found;
    possible.allowed = asked.as_ref().map_or(Answer::Deny, |asked| asked.answer);
    match done {
        Ok(_) => {}
        Err(Stop::Need(wanted)) if possible.allowed != Answer::Deny => {
            (possible.executable, possible.wanted) = (Answer::Unknown, wanted);
        }
        Err(Stop::Refused(refusal, _)) if possible.allowed != Answer::Deny => {
            possible.executable = Answer::Deny;
            possible.blocked = Some(Refusal { path: None, ..*refusal });
        }
        Err(_) => possible.executable = Answer::Deny,
    }
    found
}

/// The request that a pending membership waits for, with its type, if the subject sees that it waits.
pub fn awaited(ask: &Ask<'_>, community: &str, member: &Member) -> Option<(String, String)> {
    let words = ask.policy.membership.as_ref()?;
    let held = ask.identity.facts().membership(community, member)?;
    let seen = ask.sees_community(community) == Answer::Allow
        && MemberSight::new(ask, community).of(ask, member, held) == RowSight::Whole;
    let invited = held.roles.contains(&words.invited);
    let kind = if invited { &words.invitation } else { &words.application };
    Some((kind.as_ref()?.kind.clone(), held.request()?)).filter(|_| seen && words.waits(held))
}
