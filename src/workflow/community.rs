//! What a subject may do to a community, where an operation rests on it.

use super::{Refusal, Stop};
use crate::model::Faults;
use crate::policy::{Ask, Decision, Policy, Question, community_attributes};

/// The decision of the machine of communities; none if the policy has no such action.
pub fn asked_of_community<'a>(
    ask: &Ask<'a>,
    main: &'a Policy,
    community: &str,
    action: &str,
) -> Result<Option<Decision>, Stop> {
    let Some(ask) = ask.of_communities(main) else { return Ok(None) };
    let (Some(action), Some(kind)) = (ask.policy.action(action), ask.kind) else { return Ok(None) };
    let mut faults = Faults::new();
    let read = community_attributes(kind, community, ask.policy, ask.identity.facts(), &mut faults);
    let (record, _) = faults.give(read).map_err(|error| {
        let fault = error.faults.first().map(|fault| Refusal::of_fault(fault, 400));
        Stop::refused(fault.unwrap_or_else(Refusal::not_found))
    })?;
    Ok(Some(Question { ask: &ask, record: &record, action }.decide()))
}
