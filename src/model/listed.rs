//! What access lists say of one record, as plain data: which of them speak of it, and of whom.

use std::sync::Arc;

use super::{Seen, Set};
use crate::terms::Answer;

/// What matters of an access list once it is known that it speaks of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List {
    /// Its id.
    pub id: String,
    /// The operation, any word.
    pub operation: String,
    /// The lists it is compared with.
    pub group: String,
    /// Of several that speak of a record those with the highest count.
    pub priority: i64,
    /// Whether it denies instead of allowing.
    pub deny: bool,
    /// The states outside which it does not speak of a record; none if it does in every state.
    pub states: Option<Vec<String>>,
    /// The users it names by itself, in order.
    pub users: Vec<String>,
    /// The roles it names by itself, in order.
    pub roles: Vec<String>,
    /// The system roles it names, in order.
    pub system_roles: Vec<String>,
    /// When it was made or changed, in milliseconds.
    pub changed: Option<i64>,
}

/// An access list that speaks of a record, or perhaps does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Which.
    pub list: Arc<List>,
    /// Whether it speaks of it; that of states is not in this. Never deny.
    pub matches: Answer,
    /// The users it finds in the record, in order.
    pub users: Seen<Vec<String>>,
    /// The roles it finds there, in order.
    pub roles: Seen<Vec<String>>,
}

/// The access lists that speak of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed {
    /// That is not known.
    #[default]
    Unknown,
    /// None does: there is no record yet.
    Nothing,
    /// These of those that are known, as `acl::Acls::entries` orders them.
    Entries(Arc<Vec<Entry>>),
}

impl Entry {
    /// Users, roles and system roles it names, in the record or by itself.
    pub fn actors(&self) -> [Vec<String>; 3] {
        let both = |own: &[String], found: &Seen<Vec<String>>| {
            let all = own.iter().chain(found.known().into_iter().flatten());
            all.cloned().collect::<Set<String>>().into_iter().collect()
        };
        let list = &self.list;
        [both(&list.users, &self.users), both(&list.roles, &self.roles), list.system_roles.clone()]
    }
}
