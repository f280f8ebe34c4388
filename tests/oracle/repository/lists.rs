//! Access lists in `repository` (section 2): which of them count for a record in a state, and of whom they speak.

use super::world::{Record, Visitor, World};
use crate::oracle::world::Who;

/// An access list, of the parts that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub operation: &'static str,
    pub group: &'static str,
    pub priority: i64,
    pub deny: bool,
    /// What it says of states, if anything.
    pub states: Option<Vec<&'static str>>,
    pub means: Means,
    pub actors: Vec<Actor>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    Ids(Vec<String>),
    All,
    /// A query: metadata are restricted.
    RecordRestricted,
    /// A value of a property: the flag `restricted` of section 4.
    Flagged,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Who(Who),
    Everyone,
    SignedIn,
    Guests,
    /// Users at `/owners` of the record.
    Owners,
    /// Roles at `/keepers` of the record, where nothing else looks.
    Keepers,
}

/// "any counting allow with a matching actor allows": an addition to the rules. Reading: nothing the system may do rests on lists.
pub fn allow(world: &World, visitor: &Visitor, record: &Record, operations: &[&str], state: &str) -> bool {
    let mut counting = counting(world, record, operations, state);
    !visitor.is_system() && counting.any(|list| !list.deny && speaks_of(world, visitor, record, list))
}

/// "Any counting deny with a matching actor denies, whatever other groups say"; "(the system is never hit)".
pub fn deny(world: &World, visitor: &Visitor, record: &Record, operations: &[&str], state: &str) -> bool {
    let mut counting = counting(world, record, operations, state);
    !visitor.is_system() && counting.any(|list| list.deny && speaks_of(world, visitor, record, list))
}

/// "per operation and priority group, those with the highest priority among the ACLs that match the record; ties together".
fn counting<'w>(
    world: &'w World,
    record: &'w Record,
    operations: &'w [&str],
    state: &'w str,
) -> impl Iterator<Item = &'w List> {
    let matching = move || world.lists.iter().filter(move |list| matches(list, record, state));
    matching().filter(move |list| {
        let rivals = matching().filter(|other| other.operation == list.operation && other.group == list.group);
        operations.contains(&list.operation) && rivals.map(|other| other.priority).max() == Some(list.priority)
    })
}

/// "`states`, outside which it does not match ... (default: published for Default, Query and PropertyValue ACLs, all for Id)".
fn matches(list: &List, record: &Record, state: &str) -> bool {
    let in_state = match (&list.states, &list.means) {
        (Some(states), _) => states.contains(&state),
        (None, Means::Ids(_)) => true,
        (None, _) => state == "published",
    };
    in_state
        && match &list.means {
            Means::Ids(ids) => ids.contains(&record.id),
            Means::All => true,
            Means::RecordRestricted => record.record_restricted,
            Means::Flagged => record.restricted,
        }
}

fn speaks_of(world: &World, visitor: &Visitor, record: &Record, list: &List) -> bool {
    list.actors.iter().any(|actor| match actor {
        Actor::Who(who) => world.means(visitor, who),
        Actor::Everyone => true,
        Actor::SignedIn => visitor.is_signed_in(),
        Actor::Guests => !visitor.is_signed_in(),
        Actor::Owners => visitor.asker.id().is_some_and(|id| record.owners.contains(&id)),
        Actor::Keepers => record.keepers.iter().any(|name| world.means(visitor, &Who::Role(name.clone()))),
    })
}
