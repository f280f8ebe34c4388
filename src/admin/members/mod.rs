//! Members of communities: how they come, change and go. The policy's machine `member` says who may; the guards that hold
//! whatever a policy says stand in `guard.rs`, each once.

mod choice;
mod guard;
mod request;
mod rules;
mod view;
mod write;

use crate::facts::Member;

pub use choice::{MemberChoice, awaited, member_choice};
pub use request::membership_follows;
pub use view::{MemberSight, MemberView, Permissions, RowSight, list_members};
pub use write::{change_members, list_keys, member_keys};

/// Whom a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A user or a group.
    Member(Member),
    /// Somebody of whom only an address is known: asked about like others, and not offered.
    Email,
}

impl Who {
    /// `user`, `group` or `email`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member(Member::User(_)) => "user",
            Self::Member(Member::Group(_)) => "group",
            Self::Email => "email",
        }
    }
}

/// One of the members a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose membership.
    pub who: Who,
    /// The id of the request record to be made.
    pub request: Option<String>,
}

/// What is done to all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// They are invited.
    Invite {
        /// To these roles.
        roles: Vec<String>,
        /// To a public membership.
        visible: bool,
        /// With these words.
        message: Option<String>,
    },
    /// They are members at once.
    Add {
        /// With these roles.
        roles: Vec<String>,
        /// Publicly.
        visible: bool,
    },
    /// They get other roles.
    ChangeRole {
        /// These.
        roles: Vec<String>,
    },
    /// Their memberships are made public, or private.
    SetVisibility(bool),
    /// Their memberships end.
    Remove,
    /// The subject's own membership ends.
    Leave,
    /// The subject asks to join.
    Request {
        /// With these words.
        message: Option<String>,
    },
}

/// A change of members, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberCall {
    /// The community.
    pub community: String,
    /// Whom it is about.
    pub entries: Vec<Entry>,
    /// What is done.
    pub what: What,
}
