//! What a situation is made of: who asks, of what record, in what communities. One axis for each thing that rules tell
//! apart, one value for each way it can be. The first value of an axis is the ordinary one.

use crate::model::Address;

/// A community that a situation has a place for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The record's primary community (of a community itself: that one).
    Primary,
    /// A secondary one.
    Secondary,
    /// The one a named field holds.
    Field(String),
}

impl Slot {
    /// The id this community has in facts.
    pub fn id(&self) -> String {
        match self {
            Self::Primary => "primary".to_string(),
            Self::Secondary => "secondary".to_string(),
            Self::Field(name) => format!("of-{name}"),
        }
    }
}

/// What an axis is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Who asks.
    Who,
    /// Access rows of this need, without argument, that name the subject.
    Rows(String),
    /// Access rows of this need, without argument, that name owners of records.
    AuthorRows(String),
    /// A global role.
    Role(String),
    /// A system role that the host vouches for.
    SystemRole(String),
    /// The record's state.
    State,
    /// Who owns the record.
    Owner,
    /// Whether there is such a community.
    There(Slot),
    /// The roles held in it.
    Holds(Slot),
    /// A named field of the record.
    Field(String),
    /// A setting of the community.
    Setting(Slot, Address),
    /// Access lists that count for an operation and speak of the subject: those that deny, or those that allow.
    List {
        /// The operation.
        operation: String,
        /// Whether those are meant that deny.
        denies: bool,
        /// In this state instead of the record's own.
        as_in: Option<String>,
    },
}

/// One way a thing can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Nothing there: no owner, no community, an empty field, no row, no role.
    None,
    /// There, or held.
    There,
    /// A community that is deleted.
    Deleted,
    /// Somebody signed in.
    User,
    /// Somebody who is not.
    Anonymous,
    /// The host's own process.
    System,
    /// The user with this id, whom a rule names.
    Named(String),
    /// Somebody else than the subject, or a role the subject has not.
    Other,
    /// The subject, or a role it has.
    Subject,
    /// Everybody, by a system role.
    Everybody,
    /// These community roles.
    Roles(Vec<String>),
    /// This word.
    Word(String),
    /// A row or a list that allows.
    Allow,
    /// A row or a list that denies.
    Deny,
    /// A moment that has come.
    Past,
    /// A moment still to come.
    Future,
    /// A level, given to the subject or to everybody, or by a link the subject holds.
    Level(String, Box<Choice>),
}

/// One axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// What it is about.
    pub what: What,
    /// The ways it can be, the ordinary one first.
    pub values: Vec<Choice>,
}

impl Axis {
    /// What a value costs in a search for the smallest example. Who asks and in what state the record is must be said anyway;
    /// what is rare costs more.
    pub fn cost(&self, value: usize) -> u32 {
        match (&self.what, self.values.get(value)) {
            (_, Some(Choice::System | Choice::Named(_))) => 30,
            (What::State | What::Who, _) => 0,
            _ if value == 0 => 0,
            (What::Rows(_) | What::AuthorRows(_) | What::SystemRole(_), _) => 12,
            (_, Some(Choice::Roles(roles))) => 10 + 2 * u32::try_from(roles.len()).unwrap_or(100),
            (_, Some(Choice::Deleted | Choice::None)) => 12,
            (What::There(_), _) => 4,
            _ => 10,
        }
    }

    /// Whether a value has another in it: more roles have fewer in them.
    pub fn has(&self, value: usize, other: usize) -> bool {
        match (self.values.get(value), self.values.get(other)) {
            (Some(Choice::Roles(all)), Some(Choice::Roles(some))) => some.iter().all(|role| all.contains(role)),
            _ => value == other,
        }
    }

    /// Whether a value goes without saying.
    pub fn ordinary(&self, value: usize) -> bool {
        value == 0 && !matches!(self.what, What::State | What::Who)
    }
}
