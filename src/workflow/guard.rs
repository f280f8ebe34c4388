//! What must not come together in a record and a community of it.

use super::{Refusal, Stop};
use crate::model::{Attributes, Seen};
use crate::policy::{Ask, Guard};
use crate::terms::{Answer, ErrorCode};

/// Goes on only if no guard stands against the record in any of its communities.
pub fn guard_all(ask: &Ask<'_>, record: &Attributes) -> Result<(), Stop> {
    let primary = record.primary.known().into_iter().flatten();
    let secondary = record.secondary.known().into_iter().flatten();
    primary.chain(secondary).try_for_each(|community| guard(ask, record, community))
}

/// The same for one community, whether or not the record belongs to it yet.
pub fn guard(ask: &Ask<'_>, record: &Attributes, community: &str) -> Result<(), Stop> {
    for guard in &ask.policy.guards {
        let target = Attributes::target(community, &ask.policy.states);
        if holds(ask, &guard.record, record)? && holds(ask, &guard.community, &target)? {
            return Err(stands(guard));
        }
    }
    Ok(())
}

/// Goes on only if no guard stands against what a write made of the record, that did not stand against it before.
pub(super) fn guard_changed(ask: &Ask<'_>, before: &Attributes, after: &Attributes) -> Result<(), Stop> {
    for guard in &ask.policy.guards {
        if holds(ask, &guard.record, after)? && !holds(ask, &guard.record, before)? {
            return guard_all(ask, after);
        }
    }
    Ok(())
}

/// Whether a community is one a guard keeps some records out of.
pub(super) fn guarded(ask: &Ask<'_>, record: &Attributes) -> Result<bool, Stop> {
    let ids = match (&record.primary, &record.secondary) {
        (Seen::Known(primary), Seen::Known(secondary)) => primary.iter().chain(secondary),
        _ => return Ok(false),
    };
    for id in ids {
        let target = Attributes::target(id, &ask.policy.states);
        for guard in &ask.policy.guards {
            if holds(ask, &guard.community, &target)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn holds(ask: &Ask<'_>, rule: &crate::policy::Rule, record: &Attributes) -> Result<bool, Stop> {
    match ask.evaluate(rule, record) {
        Answer::Unknown => Err(Stop::Need(ask.gaps(rule, record))),
        answer => Ok(answer == Answer::Allow),
    }
}

/// The refusal of a guard.
pub fn stands(guard: &Guard) -> Stop {
    Stop::refused(Refusal::new(ErrorCode::Guarded, 409, guard.message.as_str()))
}
