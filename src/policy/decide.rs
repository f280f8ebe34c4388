//! One decision.
//!
//! # Precedence
//!
//! The first of these that applies gives the answer; the order of rules in a document never matters.
//!
//! 1. A call that is not understood is an error, not a decision.
//! 2. A deny row for the action (without argument, or for the community) or for `superuser-access`: deny. Documents say
//!    so in `deny`.
//! 3. Where a document has a `gate` (may the subject read the record?), whoever does not pass it: deny, concealed.
//! 4. A transition outside its source states: deny, superusers included.
//! 5. The action's own rule: any way that holds allows.
//! 6. Otherwise deny.
//! 7. If facts are missing and could change the answer: unknown, with the facts that could settle it. Never allow.

use std::collections::BTreeSet;

use serde::Serialize;

use super::explain::{Node, state_missing};
use super::{ActionId, Ask, Atom, AtomId, Policy, Reason, RemedyChange, Rule};
use crate::facts::Key;
use crate::model::{Attributes, StateId};
use crate::terms::{Answer, ReasonCode};

/// May the subject do this to this record?
#[derive(Debug)]
pub struct Question<'a, 'q> {
    /// Who asks.
    pub ask: &'q Ask<'a>,
    /// About what.
    pub record: &'q Attributes,
    /// To do what.
    pub action: ActionId,
}

/// The answer, with what is behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Allow, deny or unknown.
    pub decision: Answer,
    /// Why; never empty.
    pub reasons: Vec<Reason>,
    /// For unknown: the facts that could settle it.
    pub missing: Vec<Key>,
    /// For deny: the smallest sets of changes that would allow it.
    pub remedies: Vec<Vec<RemedyChange>>,
    /// Answer this as not found.
    pub conceal: bool,
    /// The policy's content hash.
    pub policy: String,
    /// The revision of the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl<'a> Question<'a, '_> {
    /// The rule the question falls under.
    pub fn rule(&self) -> &'a Rule {
        self.ask.policy.rule(self.action)
    }

    /// The answer alone.
    pub fn answer(&self) -> Answer {
        settle(self.ask, self.rule(), self.record)
    }

    /// The answer with its reasons. The precedence is that of the module's documentation.
    pub fn decide(&self) -> Decision {
        let node = Node::trace(self.ask, self.rule(), self.record);
        let conceal = node.value == Answer::Deny && self.concealed();
        let mut reasons = Vec::new();
        let mut missing = BTreeSet::new();
        if conceal {
            reasons.push(Reason::new(ReasonCode::Concealed, Answer::Allow));
        } else {
            node.reasons(&mut reasons);
            node.gaps(&mut missing);
        }
        let remedies = if node.value == Answer::Deny && !conceal { self.remedies() } else { Vec::new() };
        Decision {
            decision: node.value,
            reasons,
            missing: missing.into_iter().collect(),
            remedies,
            conceal,
            policy: self.ask.policy.hash.clone(),
            revision: self.ask.identity.facts().revision.clone(),
        }
    }

    /// Whether a denial must not show that the record exists.
    pub fn concealed(&self) -> bool {
        match &self.ask.policy.reveal {
            Some((reveal, except)) if !except.contains(&self.action) => {
                settle(self.ask, reveal, self.record) != Answer::Allow
            }
            _ => false,
        }
    }
}

impl Ask<'_> {
    /// The value of any rule of the policy on a record.
    pub fn evaluate(&self, rule: &Rule, record: &Attributes) -> Answer {
        settle(self, rule, record)
    }
}

/// A rule's value on a record.
pub(super) fn settle(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Answer {
    let supposed = ask.suppose.as_ref().is_some_and(|h| h.state.is_some());
    settle_with(ask.policy, rule, state_missing(record) && !supposed, &mut |id, trial| match (
        ask.policy.atom(id),
        trial,
    ) {
        (Some(Atom::State(states)), Some(state)) => Answer::from(states.contains(&state)),
        _ => ask.atom(id, record, None),
    })
}

/// A rule's value from the values of its conditions. Where the state is withheld and the rule's parts leave it open,
/// every state is tried: a rule may be the same in all of them though no part of it shows that.
pub(super) fn settle_with(
    policy: &Policy,
    rule: &Rule,
    state_missing: bool,
    atom: &mut dyn FnMut(AtomId, Option<StateId>) -> Answer,
) -> Answer {
    let plain = rule.value(&mut |id| atom(id, None));
    if plain != Answer::Unknown || !state_missing {
        return plain;
    }
    let mut agreed = None;
    for state in distinct_states(policy, rule) {
        let value = rule.value(&mut |id| atom(id, Some(state)));
        if value == Answer::Unknown || agreed.is_some_and(|before| before != value) {
            return Answer::Unknown;
        }
        agreed = Some(value);
    }
    agreed.unwrap_or(plain)
}

/// Every state a rule tells apart: those it mentions, and one it does not.
pub(super) fn distinct_states(policy: &Policy, rule: &Rule) -> BTreeSet<StateId> {
    let mut atoms = Vec::new();
    rule.atoms(&mut atoms);
    let mut states = BTreeSet::new();
    for id in atoms {
        if let Some(Atom::State(named)) = policy.atom(id) {
            states.extend(named);
        }
    }
    let words = &policy.states;
    let mut all = (0..u16::try_from(words.names.len()).unwrap_or(u16::MAX)).map(StateId);
    let other = all.find(|state| !states.contains(state)).or(words.open.then_some(StateId::OTHER));
    states.extend(other);
    states
}
