//! One decision.
//!
//! # Precedence
//!
//! The first of these that applies gives the answer; the order of rules in a document never matters.
//!
//! 1. A call that is not understood is an error, not a decision.
//! 2. A deny row for the action (without argument, or for the community) or for `superuser-access`: deny. Documents say
//!    so in `deny`.
//! 3. Where a document has a `gate` (may the subject read the record?), whoever does not pass it: deny, concealed. Into a
//!    community the subject may not know of (`community.read`) nothing is created: deny, concealed.
//! 4. A transition outside its source states: deny, superusers included.
//! 5. The action's own rule: any way that holds allows.
//! 6. Otherwise deny.
//! 7. If facts are missing and could change the answer: unknown, with the facts that could settle it. Never allow.

use serde::Serialize;

use super::explain::Node;
use super::remedy::SOUGHT;
use super::settle::settle;
use super::{ActionId, Ask, Reason, RemedyChange, Rule};
use crate::facts::Key;
use crate::model::{Attributes, Seen, Set};
use crate::terms::{Answer, ReasonCode, Relation};

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
    #[cfg_attr(not(feature = "whole"), serde(skip))]
    pub remedies: Vec<Vec<RemedyChange>>,
    /// Answer this as not found.
    pub conceal: bool,
    /// The policy's content hash.
    pub policy: String,
    /// The revision of the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// For a denial that is concealed because it is not known whether it must be: the facts that would tell.
    #[serde(skip)]
    pub unsure: Vec<Key>,
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
        // Whoever may not know of the address is told nothing of what is there.
        let doubts = &self.ask.doubts;
        let value = if doubts.is_empty() { node.value } else { node.value.and(Answer::Unknown) };
        let (conceal, unsure) = match (value, self.revealed()) {
            (Answer::Deny, _) if !doubts.is_empty() => (true, doubts.clone()),
            (Answer::Deny, Some((answer, unsure))) if answer != Answer::Allow => (true, unsure),
            _ => (false, Vec::new()),
        };
        let mut reasons = Vec::new();
        let mut missing = Set::new();
        if conceal {
            reasons.push(Reason::new(ReasonCode::Concealed, Answer::Allow));
        } else {
            node.reasons(&mut reasons);
            // Permitted to everybody, once nothing stands before it.
            if reasons.is_empty() {
                reasons.push(Reason::new(ReasonCode::Always, node.value));
            }
            node.gaps(&mut missing);
            missing.extend(doubts.iter().cloned());
        }
        self.generic(&mut reasons);
        let remedies = if SOUGHT && value == Answer::Deny && !conceal { self.remedies() } else { Vec::new() };
        Decision {
            decision: value,
            reasons,
            missing: missing.into_iter().collect(),
            remedies,
            conceal,
            policy: self.ask.policy.hash.clone(),
            revision: self.ask.identity.facts().revision.clone(),
            unsure,
        }
    }

    /// Reasons do not name communities the subject may not know of.
    fn generic(&self, reasons: &mut [Reason]) {
        if self.ask.open || matches!(self.ask.policy.community.read, Rule::Always) {
            return;
        }
        for reason in reasons {
            if reason.community.as_deref().is_some_and(|id| self.ask.sees_community(id) == Answer::Deny) {
                (reason.community, reason.roles) = (None, None);
            }
        }
    }

    /// Whether a denial must not show that the record exists.
    pub fn concealed(&self) -> bool {
        self.revealed().is_some_and(|(answer, _)| answer != Answer::Allow)
    }

    /// Whether a denial may show that the record exists, with the facts that would tell; none if there is nothing to show.
    fn revealed(&self) -> Option<(Answer, Vec<Key>)> {
        let policy = self.ask.policy;
        if self.ask.shown || self.ask.open {
            return None;
        }
        let create = policy.action_name(self.action) == "create";
        if create && self.record.primary == Seen::Known(None) {
            // Outside of communities there is nothing to know of.
            return None;
        }
        // The roles of a deleted community count where it is asked for itself, and nowhere else.
        let of_community;
        let (ask, rule) = if create && !matches!(policy.community.read, Rule::Always) {
            of_community = self.ask.about_community();
            (&of_community, &policy.community.read)
        } else {
            let (rule, except) = policy.reveal.as_ref()?;
            if except.contains(&self.action) {
                return None;
            }
            (self.ask, rule)
        };
        let answer = settle(ask, rule, self.record);
        let unsure = if answer == Answer::Unknown { ask.gaps(rule, self.record) } else { Vec::new() };
        Some((answer, unsure))
    }
}

/// How much of a record a subject is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// All that it may see.
    Content,
    /// That it was there.
    Tombstone,
    /// Nothing.
    Nothing,
}

impl Ask<'_> {
    /// How much of a record the subject is shown, or the facts that tell.
    pub fn shows(&self, record: &Attributes) -> Result<Shows, Vec<Key>> {
        let may = |action: ActionId| settle(self, self.policy.rule(action), record);
        let gaps = |action: ActionId| self.gaps(self.policy.rule(action), record);
        let Some(read) = self.policy.action("read") else { return Ok(Shows::Nothing) };
        match (may(read), &self.policy.tombstone) {
            (Answer::Allow, _) => Ok(Shows::Content),
            (Answer::Unknown, _) => Err(gaps(read)),
            (Answer::Deny, None) => Ok(Shows::Nothing),
            (Answer::Deny, Some((action, _))) => match may(*action) {
                Answer::Allow => Ok(Shows::Tombstone),
                Answer::Unknown => Err(gaps(*action)),
                Answer::Deny => Ok(Shows::Nothing),
            },
        }
    }

    /// Whether the subject may know of a community.
    pub fn sees_community(&self, id: &str) -> Answer {
        let target = Attributes::target(id, &self.policy.states);
        self.about_community().evaluate(&self.policy.community.read, &target)
    }

    /// The same of a name that stands in a record or a question: that of a community which is not there reveals nothing.
    pub fn names_community(&self, id: &str) -> Answer {
        let facts = self.identity.facts();
        let gone = !facts.communities.contains_key(id) && facts.absent(Relation::Community, id);
        if gone { Answer::Allow } else { self.sees_community(id) }
    }

    /// The value of any rule of the policy on a record.
    pub fn evaluate(&self, rule: &Rule, record: &Attributes) -> Answer {
        settle(self, rule, record)
    }
}
