//! Which of the access lists that speak of a record count: per operation and priority group, those with the highest priority;
//! several of the same count together. One that names nobody counts, too, and so stands before those below it.

use super::AclSettings;
use crate::model::{Entry, List};
use crate::terms::Answer;

/// How entries are read: whether a list speaks of the record in its state, and of the subject.
pub struct Reading<'r> {
    /// Whether its operation is asked for.
    pub wanted: &'r dyn Fn(&List) -> bool,
    /// Whether its states are those of the record.
    pub state: &'r dyn Fn(&List) -> Answer,
    /// Whether, should it count, what is asked for follows.
    pub actor: &'r mut dyn FnMut(&Entry) -> Answer,
}

/// Whether two entries are compared by priority.
pub fn together(one: &List, other: &List, settings: &AclSettings) -> bool {
    settings.one_priority || one.operation == other.operation && one.group == other.group
}

/// Whether what is asked for follows from one of the entries that count. They are in the order of [`super::Acls::entries`].
///
/// Where it is not known whether an entry speaks of the record, both cases are looked at: what remains is what they agree on.
pub fn counting(entries: &[Entry], settings: &AclSettings, reading: &mut Reading<'_>) -> Answer {
    let mut answer = Answer::Deny;
    for stack in entries.chunk_by(|one, other| together(&one.list, &other.list, settings)) {
        // Where operations are compared by themselves, the others need not be looked at.
        if !settings.one_priority && !stack.first().is_some_and(|entry| (reading.wanted)(&entry.list)) {
            continue;
        }
        answer = answer.or(of_stack(stack, reading));
        if answer == Answer::Allow {
            break;
        }
    }
    answer
}

fn of_stack(stack: &[Entry], reading: &mut Reading<'_>) -> Answer {
    let mut agreed: Option<Answer> = None;
    for level in stack.chunk_by(|one, other| one.list.priority == other.list.priority) {
        // What follows if any subset of those counts that may; and from those that certainly do.
        let (mut certain, mut perhaps) = (None, None::<Answer>);
        for entry in level {
            let speaks = entry.matches.and((reading.state)(&entry.list));
            match speaks {
                Answer::Deny => {}
                Answer::Allow => certain = Some(certain.unwrap_or(Answer::Deny).or((reading.actor)(entry))),
                Answer::Unknown => {
                    let follows = (reading.actor)(entry);
                    perhaps = Some(perhaps.map_or(follows, |before| before.agree(follows)));
                }
            }
        }
        let value = match (certain, perhaps) {
            (None, None) => continue,
            (Some(certain), None) => certain,
            (None, Some(perhaps)) => perhaps,
            (Some(certain), Some(Answer::Deny)) => certain,
            (Some(certain), Some(_)) => certain.or(Answer::Unknown),
        };
        let value = agreed.map_or(value, |before| before.agree(value));
        if certain.is_some() || value == Answer::Unknown {
            return value;
        }
        agreed = Some(value);
    }
    agreed.map_or(Answer::Deny, |before| before.agree(Answer::Deny))
}

/// The entries that count, in a state.
pub fn applied<'e>(
    entries: &'e [Entry],
    settings: &AclSettings,
    state: &dyn Fn(&List) -> Answer,
) -> Vec<(&'e Entry, Answer)> {
    let mut found = Vec::new();
    for stack in entries.chunk_by(|one, other| together(&one.list, &other.list, settings)) {
        let mut below = Answer::Allow;
        for level in stack.chunk_by(|one, other| one.list.priority == other.list.priority) {
            let mut taken = Answer::Deny;
            for entry in level {
                let speaks = entry.matches.and(state(&entry.list));
                taken = taken.or(speaks);
                let counts = below.and(speaks);
                if counts != Answer::Deny {
                    found.push((entry, counts));
                }
            }
            below = below.and(!taken);
        }
    }
    found
}
