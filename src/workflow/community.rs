//! What a subject may do to a community, where an operation rests on it.

use super::{Refusal, Stop};
use crate::model::{Attributes, Faults, Seen};
use crate::policy::{ActionId, Ask, Decision, Policy, Question, community_attributes};
use crate::terms::{Answer, ErrorCode};

/// The decision of the machine of communities; none if the policy has no such action.
pub fn asked_of_community<'a>(
    ask: &Ask<'a>,
    main: &'a Policy,
    community: &str,
    action: &str,
) -> Result<Option<Decision>, Stop> {
    let asked = about(ask, main, community, action)?;
    Ok(asked.map(|(ask, record, action)| Question { ask: &ask, record: &record, action }.decide()))
}

/// The same of what starts in one state: where communities are that were deleted, or where they begin. Whoever may do it
/// there is told that the community is in another state.
pub fn asked_in_state<'a>(
    ask: &Ask<'a>,
    main: &'a Policy,
    community: &str,
    action: &str,
    deleted: bool,
) -> Result<Option<Decision>, Stop> {
    let Some((ask, record, id)) = about(ask, main, community, action)? else { return Ok(None) };
    let decision = Question { ask: &ask, record: &record, action: id }.decide();
    let states = &ask.policy.states;
    let from = if deleted { states.find("deleted") } else { states.absent };
    let (Some(from), Some(now)) = (from, record.state.known().copied()) else { return Ok(Some(decision)) };
    if now == from || decision.conceal {
        return Ok(Some(decision));
    }
    let there = Attributes { state: Seen::Known(from), ..record };
    let there = Question { ask: &ask, record: &there, action: id }.decide();
    match there.decision {
        Answer::Allow => {
            let (from, now) = (states.name(from), states.name(now));
            let message = format!("`{action}` starts in {from}; the community is in {now}");
            Err(Stop::refused(Refusal::new(ErrorCode::WrongState, 400, message)))
        }
        Answer::Unknown => Err(Stop::Need(there.missing)),
        Answer::Deny => Ok(Some(decision)),
    }
}

/// Who asks of communities, the community, and the action; none if the policy has no such action.
fn about<'a>(
    ask: &Ask<'a>,
    main: &'a Policy,
    community: &str,
    action: &str,
) -> Result<Option<(Ask<'a>, Attributes, ActionId)>, Stop> {
    let Some(ask) = ask.of_communities(main) else { return Ok(None) };
    let (Some(action), Some(kind)) = (ask.policy.action(action), ask.kind) else { return Ok(None) };
    let mut faults = Faults::new();
    let read = community_attributes(kind, community, ask.policy, ask.identity.facts(), &mut faults);
    let (record, _) = faults.give(read).map_err(|error| Stop::unreadable(&error, 400))?;
    Ok(Some((ask, record, action)))
}
