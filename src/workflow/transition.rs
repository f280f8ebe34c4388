//! Running a transition, and which can be run.

use super::{Refusal, Stop};
use crate::facts::Key;
use crate::model::{Attributes, Map, Seen, Value, joined, listed};
use crate::policy::{Ask, Check, Decision, Question, Reason, Shows, Transition};
use crate::terms::{Answer, ErrorCode, ReasonCode};

/// Goes through a transition's checks in the policy's order; the first that fails refuses.
pub fn attempt<'a>(
    ask: &Ask<'a>,
    record: &Attributes,
    name: &str,
    params: &Map<String, Value>,
) -> Result<(&'a Transition, Decision), Stop> {
    let policy = ask.policy;
    let active = ask.kind.is_some_and(|kind| kind.transitions);
    let found = policy.transition(name).filter(|_| active);
    let mut decision = None;
    for check in &policy.checks {
        match (check, found) {
            // Until the transition is known there is nothing more to check of it.
            (Check::Visible, _) => visible(ask, record)?,
            (Check::Known, None) => {
                let known = listed(policy.transitions.iter().map(|t| t.name.as_str()));
                let message =
                    format!("unknown transition `{}`; known: {known}", name.chars().take(64).collect::<String>());
                return Err(Stop::refused(Refusal::new(ErrorCode::UnknownTransition, 404, message)));
            }
            (Check::Parameters, Some(transition)) => parameters(transition, params)?,
            (Check::State, Some(transition)) => in_source(ask, record, transition)?,
            (Check::Permission, Some(transition)) => {
                let question = Question { ask, record, action: transition.action };
                // Where this comes before the state, only who is permitted is told of a wrong one.
                if let Err(wrong) = in_source(ask, record, transition) {
                    let permission = policy.stateless(transition.action);
                    match ask.evaluate(permission, record) {
                        Answer::Allow => return Err(wrong),
                        Answer::Unknown => return Err(Stop::Need(ask.gaps(permission, record))),
                        Answer::Deny => {}
                    }
                }
                let forbid = policy.forbid_anonymous;
                let decided = question.decide();
                // Where permission comes first, whoever has it is told of the state.
                if out_of_state(ask, record, transition, &decided) {
                    in_source(ask, record, transition)?;
                }
                decision = Some(Stop::unless_allowed(ask, decided, name, forbid)?);
            }
            _ => {}
        }
    }
    if let Some((rule, message)) = found.and_then(|transition| transition.blocked.as_ref()) {
        match ask.evaluate(rule, record) {
            Answer::Deny => {}
            Answer::Unknown => return Err(Stop::Need(ask.gaps(rule, record))),
            Answer::Allow => return Err(Stop::refused(Refusal::new(ErrorCode::Guarded, 409, message.as_str()))),
        }
    }
    // A policy is read only if it checks permission; without a decision nothing is done.
    found.zip(decision).ok_or_else(|| Stop::refused(Refusal::not_found()))
}

/// Whether a denial is for the state alone.
fn out_of_state(ask: &Ask<'_>, record: &Attributes, transition: &Transition, decided: &Decision) -> bool {
    let by_row = |reason: &Reason| {
        matches!(reason.code, ReasonCode::Excluded | ReasonCode::Banned) && reason.holds == Some(true)
    };
    decided.decision == Answer::Deny
        && !decided.conceal
        && !decided.reasons.iter().any(by_row)
        && ask.evaluate(ask.policy.permission(transition.action), record) == Answer::Allow
}

fn visible(ask: &Ask<'_>, record: &Attributes) -> Result<(), Stop> {
    let Some(read) = ask.policy.action("read") else { return Ok(()) };
    if ask.shows(record).map_err(Stop::Need)? != Shows::Nothing {
        return Ok(());
    }
    let decision = Question { ask, record, action: read }.decide();
    Err(Stop::Refused(Box::new(Refusal::not_found()), Some(Box::new(decision))))
}

fn parameters(transition: &Transition, params: &Map<String, Value>) -> Result<(), Stop> {
    let missing: Vec<&str> =
        transition.required.iter().map(String::as_str).filter(|name| !params.contains_key(*name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` needs the parameters: {}", transition.name, joined(&missing, ", "));
    let refusal = Refusal::new(ErrorCode::MissingParameter, 400, message);
    let path = missing.first().map(|name| format!("call.params.{name}"));
    Err(Stop::refused(Refusal { path, ..refusal }))
}

/// Goes on only if the transition starts in the state the record is in.
pub fn in_source(ask: &Ask<'_>, record: &Attributes, transition: &Transition) -> Result<(), Stop> {
    let names = &ask.policy.states;
    match &record.state {
        Seen::Missing => {
            let field = ask.kind.map(|kind| kind.fields.state.to_string());
            Err(Stop::Need(vec![Key::Record { id: record.id.clone(), field }]))
        }
        Seen::Known(state) if transition.from.contains(state) => Ok(()),
        Seen::Known(state) => {
            let from = listed(transition.from.iter().map(|state| names.name(*state)));
            let message = format!(
                "`{}` starts in {}; the record is in {}",
                transition.name,
                if from.is_empty() { "no state" } else { &from },
                names.name(*state)
            );
            Err(Stop::refused(Refusal::new(ErrorCode::WrongState, 400, message)))
        }
    }
}

/// Which transitions there are, from three points of view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Available<'a> {
    /// Those that start in the record's state, whoever asks.
    pub in_state: Vec<&'a str>,
    /// Those the subject may run now: exactly those whose attempt would not be refused for state or permission.
    pub now: Vec<&'a str>,
    /// Those the subject would be permitted, were the record in the right state.
    pub in_any_state: Vec<&'a str>,
}

/// The transitions of a record, in the document's order.
pub fn available<'a>(ask: &Ask<'a>, record: &Attributes) -> Available<'a> {
    let mut found = Available::default();
    if !ask.kind.is_some_and(|kind| kind.transitions) {
        return found;
    }
    for transition in &ask.policy.transitions {
        let here = record.state.known().is_some_and(|state| transition.from.contains(state));
        if here {
            found.in_state.push(&transition.name);
        }
        let question = Question { ask, record, action: transition.action };
        if here && question.answer() == Answer::Allow {
            found.now.push(&transition.name);
        }
        if ask.evaluate(ask.policy.permission(transition.action), record) == Answer::Allow {
            found.in_any_state.push(&transition.name);
        }
    }
    found
}
