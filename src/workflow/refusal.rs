//! A call that is understood and not carried out.

use serde::Serialize;

use crate::facts::Key;
use crate::model::{Attributes, Error, Fault, Subject};
use crate::policy::{Ask, Decision};
use crate::terms::{Answer, ErrorCode, ReasonCode};

/// Why, and the status a door answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What kind.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// Where in the call, if a field of it is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: ErrorCode, status: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status, path: None }
    }

    /// The refusal that says nothing: the same for what does not exist and what may not be known.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, 404, "not found")
    }

    /// A fault of the input as a refusal.
    pub fn of_fault(fault: &Fault, status: u16) -> Self {
        Self { code: fault.code, message: fault.message.clone(), status, path: Some(fault.path.clone()) }
    }

    /// A denial as a refusal: not found if concealed, else 401 for those not signed in and 403 for others.
    pub fn of_denial(ask: &Ask<'_>, decision: &Decision, action: &str, always_forbidden: bool) -> Self {
        if decision.conceal {
            return Self::not_found();
        }
        let anonymous = matches!(ask.identity.subject(), Subject::Anonymous { .. });
        let status = if anonymous && !always_forbidden { 401 } else { 403 };
        let denied_by_row = decision.reasons.iter().any(|reason| {
            matches!(reason.code, ReasonCode::Excluded | ReasonCode::Banned) && reason.holds == Some(true)
        });
        let message = match (status, denied_by_row) {
            (401, _) => format!("`{action}` needs a signed-in user; sign in and try again"),
            (_, true) => format!("`{action}` is denied to you by an access row"),
            _ => format!("you may not `{action}` this"),
        };
        Self::new(ErrorCode::Denied, status, message)
    }
}

/// Why a call goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// It is refused.
    Refused(Box<Refusal>, Option<Box<Decision>>),
    /// Facts are wanted first.
    Need(Vec<Key>),
}

impl Stop {
    /// A refusal without a decision.
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal), None)
    }

    /// Facts that cannot be read, told by the first fault.
    pub fn unreadable(error: &Error, status: u16) -> Self {
        let fault = error.faults.first().map(|fault| Refusal::of_fault(fault, status));
        Self::refused(fault.unwrap_or_else(Refusal::not_found))
    }

    /// Whether the subject may know of a community that a record names.
    pub fn may_know(ask: &Ask<'_>, community: &str) -> Result<bool, Self> {
        match ask.names_community(community) {
            Answer::Unknown => {
                let target = Attributes::target(community, &ask.policy.states);
                Err(Self::Need(ask.about_community().gaps(&ask.policy.community.read, &target)))
            }
            answer => Ok(answer == Answer::Allow),
        }
    }

    /// Goes on only if a decision allows.
    pub fn unless_allowed(ask: &Ask<'_>, decision: Decision, action: &str, forbid: bool) -> Result<Decision, Self> {
        match decision.decision {
            Answer::Allow => Ok(decision),
            Answer::Unknown => Err(Self::Need(decision.missing)),
            // Refused for certain, but how to say it depends on what may be known of the record.
            Answer::Deny if !decision.unsure.is_empty() => Err(Self::Need(decision.unsure)),
            Answer::Deny => {
                let refusal = Refusal::of_denial(ask, &decision, action, forbid);
                Err(Self::Refused(Box::new(refusal), Some(Box::new(decision))))
            }
        }
    }
}
