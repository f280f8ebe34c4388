//! What must not come together in a record and a community of it.

use super::{Refusal, Stop};
use crate::facts::Key;
use crate::model::{Address, Attributes, Seen};
use crate::policy::{Ask, Guard, Rule};
use crate::terms::{Answer, Door, ErrorCode};

/// Goes on only if no guard stands against the record in any of its communities.
pub fn guard_all(ask: &Ask<'_>, record: &Attributes, door: Door) -> Result<(), Stop> {
    for guard in at(ask, door) {
        if holds(ask, &guard.record, record)? {
            for community in communities(ask, record)? {
                keep_out(ask, guard, community)?;
            }
        }
    }
    Ok(())
}

/// The same for one community, whether or not the record belongs to it yet.
pub fn guard(ask: &Ask<'_>, record: &Attributes, community: &str, door: Door) -> Result<(), Stop> {
    for guard in at(ask, door) {
        if holds(ask, &guard.record, record)? {
            keep_out(ask, guard, community)?;
        }
    }
    Ok(())
}

/// Goes on only if no guard stands against what a write made of the record, that did not stand against it before.
pub(super) fn guard_changed(ask: &Ask<'_>, before: &Attributes, after: &Attributes) -> Result<(), Stop> {
    for guard in at(ask, Door::Change) {
        if holds(ask, &guard.record, after)? && !holds(ask, &guard.record, before)? {
            return guard_all(ask, after, Door::Change);
        }
    }
    Ok(())
}

/// Whether a community of the record is one a guard keeps some records out of.
pub(super) fn guarded(ask: &Ask<'_>, record: &Attributes) -> Result<bool, Stop> {
    for guard in at(ask, Door::Change) {
        for community in communities(ask, record)? {
            if keeps(ask, guard, community)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Every community of the record. One that is withheld may be any, so it is wanted first.
pub(super) fn communities<'r>(ask: &Ask<'_>, record: &'r Attributes) -> Result<Vec<&'r String>, Stop> {
    let fields = ask.kind.map(|kind| &kind.fields);
    let primary = shown(record, &record.primary, fields.map(|fields| &fields.primary))?;
    let secondary = shown(record, &record.secondary, fields.map(|fields| &fields.secondary))?;
    Ok(primary.iter().chain(secondary).collect())
}

/// What a field of the record holds, or that it is wanted.
pub(super) fn shown<'r, T>(record: &Attributes, value: &'r Seen<T>, at: Option<&Address>) -> Result<&'r T, Stop> {
    let key = || Key::Record { id: record.id.clone(), field: at.map(ToString::to_string) };
    value.known().ok_or_else(|| Stop::Need(vec![key()]))
}

/// The guards that stand at a door.
fn at<'a>(ask: &Ask<'a>, door: Door) -> impl Iterator<Item = &'a Guard> {
    ask.policy.guards.iter().filter(move |guard| guard.doors.contains(&door))
}

fn keep_out(ask: &Ask<'_>, guard: &Guard, community: &str) -> Result<(), Stop> {
    if keeps(ask, guard, community)? { Err(stands(guard)) } else { Ok(()) }
}

fn keeps(ask: &Ask<'_>, guard: &Guard, community: &str) -> Result<bool, Stop> {
    holds(ask, &guard.community, &Attributes::target(community, &ask.policy.states))
}

pub(super) fn holds(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Result<bool, Stop> {
    match ask.evaluate(rule, record) {
        Answer::Unknown => Err(Stop::Need(ask.gaps(rule, record))),
        answer => Ok(answer == Answer::Allow),
    }
}

/// The refusal of a guard.
pub fn stands(guard: &Guard) -> Stop {
    Stop::refused(Refusal::new(ErrorCode::Guarded, 409, guard.message.as_str()))
}
