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

/// By operation, where not both are no: whether a list that counts and allows it speaks of somebody, and whether one that counts
/// and denies it does.
pub type Spoken = Vec<(String, [Answer; 2])>;

/// What access lists come to for one subject. Which lists these are, and who else is on them, is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told {
    /// Whatever the record holds beside its id and schema, in states that are not named.
    pub any: Spoken,
    /// The same in these states.
    pub states: Vec<(String, Spoken)>,
    /// Of the record as it is, where that says more: its state, and those it is asked about as if it were in them, each with
    /// operations and what is certain of them.
    pub now: Vec<(String, Spoken)>,
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
    /// What they come to for the subject of a view.
    Told(Arc<Told>),
}

impl Told {
    /// Whether a list that allows one of these operations speaks of the subject, or one that denies one; of a record in this state.
    pub fn says(&self, operations: &[String], denies: bool, state: Option<&str>) -> Answer {
        let Some(state) = state else {
            // Which state it is in is not known: in one that is named, or in any other.
            let mut answer = self.says(operations, denies, Some(""));
            for (state, _) in self.states.iter().chain(&self.now) {
                answer = answer.agree(self.says(operations, denies, Some(state)));
            }
            return answer;
        };
        let mut answer = Answer::Deny;
        for operation in operations {
            let [allows, forbids] = self.of(operation, state);
            answer = answer.or(if denies { forbids } else { allows });
        }
        answer
    }

    /// Whether lists that allow an operation speak of the subject, and whether such that deny it do, in a state.
    pub fn of(&self, operation: &str, state: &str) -> [Answer; 2] {
        let mut said = [None, None, Some(&self.any)];
        for (place, of) in said.iter_mut().zip([&self.now, &self.states]) {
            for (own, spoken) in of {
                if own == state {
                    *place = Some(spoken);
                }
            }
        }
        let [now, whatever, any] = said;
        for spoken in [now, whatever.or(any)].into_iter().flatten() {
            for (own, both) in spoken {
                if own == operation {
                    return *both;
                }
            }
        }
        [Answer::Deny; 2]
    }

    /// What is left of it once the record holds something else.
    pub fn changed(&self) -> Self {
        Self { now: Vec::new(), ..self.clone() }
    }
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
