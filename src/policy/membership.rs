//! What a policy says of membership beside its rules: the words that guards need. Who may do what is said by the rules of
//! the machine [`MEMBER`].

use super::{ActionId, Policy, RecordType};
use crate::facts::Membership;

/// The key of the machine, and of its record type, whose rules the operations on members ask.
pub const MEMBER: &str = "member";

/// What is done to a membership, each under an action of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberAction {
    /// A user is invited.
    Invite,
    /// A group is added; a user too, by the host's own process.
    Add,
    /// The roles of a membership, or those a pending one would get, become others.
    ChangeRole,
    /// A membership is made public.
    Show,
    /// A membership is made private.
    Hide,
    /// A membership of somebody else ends.
    Remove,
    /// One's own membership ends.
    Leave,
    /// Somebody asks to join.
    Request,
}

impl MemberAction {
    /// Every action with its name in a document.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Invite, "invite"),
        (Self::Add, "add"),
        (Self::ChangeRole, "change_role"),
        (Self::Show, "show"),
        (Self::Hide, "hide"),
        (Self::Remove, "remove"),
        (Self::Leave, "leave"),
        (Self::Request, "request"),
    ];
}

/// The records by which somebody joins: their type, and the state they begin in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestType {
    /// The record type's key.
    pub kind: String,
    /// The state.
    pub state: String,
    /// The field that names who is invited; none where the owner is who asks.
    pub member: Option<String>,
    /// Whether the community counts as its creator, and nobody as its owner.
    pub by_community: bool,
}

/// The words of membership.
#[derive(Debug, Clone)]
pub struct MembershipWords {
    /// The role that somebody holds in every community.
    pub top: String,
    /// The reserved role of an invitation's pending row.
    pub invited: String,
    /// The reserved role of a request's pending row.
    pub applied: String,
    /// The role somebody gets who asked to join.
    pub joins_as: Option<String>,
    /// Whether global roles may be members.
    pub groups: bool,
    /// Days until an invitation or a request expires.
    pub days: i64,
    /// Invitations; none if nobody can be invited.
    pub invitation: Option<RequestType>,
    /// Requests to join; none if nobody can ask.
    pub application: Option<RequestType>,
    /// The machine's action by what is done.
    pub actions: Vec<(MemberAction, String)>,
}

impl MembershipWords {
    /// The name of the machine's action.
    pub fn action(&self, done: MemberAction) -> &str {
        self.actions.iter().find(|(own, _)| *own == done).map_or("", |(_, name)| name)
    }

    /// Whether a role marks a pending membership.
    pub fn pending(&self, role: &str) -> bool {
        role == self.invited || role == self.applied
    }

    /// Whether a membership is pending.
    pub fn waits(&self, held: &Membership) -> bool {
        held.roles.iter().any(|role| self.pending(role))
    }

    /// The roles a membership holds; of a pending one, those it would get.
    pub fn roles(&self, held: &Membership) -> Vec<String> {
        if self.waits(held) { held.offered() } else { held.roles.iter().cloned().collect() }
    }
}

impl Policy {
    /// The machine that says who may do this to a membership. Asking to join may be said of the community instead.
    pub fn member_machine(&self, done: MemberAction) -> Option<(&Policy, &RecordType, ActionId)> {
        let name = self.membership.as_ref()?.action(done);
        let of = |key: &str| {
            let machine = self.machine(key)?.as_ref();
            Some((machine, machine.record_type(key)?, machine.action(name)?))
        };
        let else_of = || if done == MemberAction::Request { of("community") } else { None };
        of(MEMBER).or_else(else_of)
    }
}
