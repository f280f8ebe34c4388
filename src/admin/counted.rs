//! What a host counts about a community for one call. A list says which records may be meant, so that a database finds them;
//! whether one of those is meant is asked here, as it is where all records are at hand.

use serde::Serialize;

use crate::facts::Facts;
use crate::model::{At, Attributes, Faults, Subject, Value, id_of};
use crate::policy::{Ask, Filter, Guard, Policy, RecordType, Rule, Where};
use crate::terms::Answer;

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Records of it that a guard keeps out of some communities.
    GuardedRecords,
    /// Requests that wait for its answer.
    OpenRequests,
}

/// Records of one type, as a list's condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counting {
    /// The key of their type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which of them.
    pub r#where: Where,
}

impl Counted {
    /// Each with its name in facts and keys.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::GuardedRecords, "guarded_records"), (Self::OpenRequests, "open_requests")];

    /// What has this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own)| *own == name).map(|(counted, _)| counted)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(counted, _)| *counted == self).map_or("", |(_, name)| name)
    }

    /// Lists that together hold every record that is counted of a community.
    pub fn lists(self, main: &Policy, community: &str) -> Vec<Counting> {
        match self {
            Self::GuardedRecords => main.types.iter().map(|kind| guarded_list(main, kind, community)).collect(),
            Self::OpenRequests => {
                let machines = main.machines().iter().filter(|machine| machine.is_machine);
                machines
                    .flat_map(|machine| machine.types.iter().map(|kind| open_list(machine, kind, community)))
                    .collect()
            }
        }
    }

    /// Whether a record is one that is counted.
    pub fn holds(self, main: &Policy, community: &str, document: &Value, facts: &Facts) -> bool {
        match self {
            Self::GuardedRecords => main.guards.iter().any(|guard| is_guarded(main, guard, community, document, facts)),
            Self::OpenRequests => is_open(main, community, document),
        }
    }
}

fn guarded_list(main: &Policy, kind: &RecordType, community: &str) -> Counting {
    // A guard looks at the record alone, so nothing need be known to ask it.
    let facts = Facts::default();
    let ask = Ask::new(main, &Subject::System, &facts).about(kind);
    let rules = main.guards.iter().map(|guard| guard.record.clone()).collect();
    let found = Filter::of_rule(&ask, Rule::Any(rules)).residual();
    Counting { kind: kind.key.clone(), r#where: Where::All { of: vec![within("any", community), found] } }
}

fn open_list(machine: &Policy, kind: &RecordType, community: &str) -> Counting {
    let states = machine.states.names.iter().take(1).cloned().collect();
    let open = Where::State { r#in: states };
    Counting { kind: kind.key.clone(), r#where: Where::All { of: vec![within("primary", community), open] } }
}

fn within(of: &'static str, community: &str) -> Where {
    Where::Community { of, r#in: vec![community.to_string()], unknown: Vec::new(), rest: Answer::Deny }
}

/// Whether a record of the community, primary or secondary, is one that the guard is about.
pub(super) fn is_guarded(main: &Policy, guard: &Guard, community: &str, document: &Value, facts: &Facts) -> bool {
    let Some(kind) = main.type_of(document) else { return false };
    let at = At::Root("record");
    let read = Attributes::read(document, None, &[], &kind.fields, &main.states, &at, &mut Faults::new());
    // Nobody reaches a record that cannot be read; hosts are told of it where they look for such records.
    let Some(record) = read else { return false };
    let inside = record.primary.known().is_some_and(|own| own.as_deref() == Some(community))
        || record.secondary.known().is_some_and(|ids| ids.iter().any(|own| own == community));
    inside && Ask::new(main, &Subject::System, facts).about(kind).evaluate(&guard.record, &record) == Answer::Allow
}

/// Whether a request waits for the community: it is in the state its machine begins with.
pub(super) fn is_open(main: &Policy, community: &str, document: &Value) -> bool {
    let machine = main.of_document(document);
    let Some(kind) = machine.type_of(document).filter(|_| machine.is_machine) else { return false };
    let state = kind.fields.state.get(document).and_then(Value::as_str).and_then(|word| machine.states.find(word));
    let state = state.or(machine.states.absent);
    let to = kind.fields.primary.get(document).and_then(id_of);
    to.as_deref() == Some(community) && state == machine.states.names.first().and_then(|name| machine.states.find(name))
}
