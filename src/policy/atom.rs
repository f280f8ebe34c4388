//! The conditions a rule is built from. Each depends on the subject alone, on the subject and one community, or on the
//! record alone; that split is what lets one rule be a decision, a list filter and a table of bits.

use crate::model::{Address, FieldId, StateId};

/// A condition's number in its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AtomId(pub u32);

/// Which community of the record a condition speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The primary community (for create: the one it is created in).
    Primary,
    /// The primary or any secondary one.
    Any,
    /// The community a list is asked for.
    Scope,
    /// The one a named field of the record holds.
    Field(FieldId),
}

/// A condition on the subject alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectAtom {
    /// Signed in.
    Authenticated,
    /// The host's own process.
    System,
    /// This user.
    User(String),
    /// Has this global role.
    Role(String),
    /// Has this system role.
    SystemRole(String),
    /// An access row without argument allows this need.
    Need(String),
    /// An access row without argument denies this need.
    Banned(String),
    /// The deployment lets communities grant the action. A constant of the policy.
    Enabled(String, bool),
}

/// A condition on the subject and one community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommunityAtom {
    /// There is one: the record belongs to a community that is not deleted.
    There,
    /// The record names one, deleted or not.
    Named,
    /// Holds one of these roles.
    Holds(Vec<String>),
    /// Holds one of these roles in a community of which the second, a setting, is true.
    HoldsWhere(Vec<String>, Box<CommunityAtom>),
    /// Holds a role to which the action is granted; only these roles count, if given.
    GrantedToRole(String, Option<Vec<String>>),
    /// The action is granted to everybody.
    GrantedToAnyone(String),
    /// The action is granted to owners of records (whether the subject is one is another condition).
    GrantedToAuthor(String),
    /// An allow row of the action's need covers the community and the subject.
    GrantedByRow(String),
    /// A deny row of the action's need covers the community and the subject.
    Excluded(String),
    /// A deny row of the action's need covers the community and owners of records.
    AuthorExcluded(String),
    /// A setting of the community has one of these values; the last is what it has if nothing is set.
    Setting(Address, Vec<String>, Option<String>),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Atom {
    /// On the subject.
    Subject(SubjectAtom),
    /// On the subject and a community.
    Community(CommunityAtom, Of),
    /// The record's state is one of these (sorted).
    State(Vec<StateId>),
    /// The subject owns the record.
    Owner,
    /// The record has an owner.
    HasOwner,
    /// A named field of the record has one of these words (sorted).
    Word(FieldId, Vec<String>),
    /// The subject is among the users in a named field.
    UserIn(FieldId),
    /// The subject has a global role, or a system role, that stands in a named field.
    RoleIn(FieldId),
    /// Somebody, or a moment, stands in a named field.
    Filled(FieldId),
    /// The moment in a named field has come.
    Past(FieldId),
    /// One of these levels (sorted) is given to the subject in a named field: record grants, or links it holds.
    Given(FieldId, Vec<String>),
    /// An access list that counts for one of these operations speaks of the subject: one that denies, or one that allows. In
    /// the record's state, or as if it were in this one.
    List(Vec<String>, bool, Option<StateId>),
    /// The record belongs to the community a list is asked for.
    InScope,
}

impl Atom {
    /// The named field it looks at, if any.
    pub fn field(&self) -> Option<FieldId> {
        match self {
            Self::Word(id, _)
            | Self::UserIn(id)
            | Self::RoleIn(id)
            | Self::Filled(id)
            | Self::Past(id)
            | Self::Given(id, _) => Some(*id),
            Self::Community(_, Of::Field(id)) => Some(*id),
            _ => None,
        }
    }
}
