//! A rule: conditions joined by any, all, not and if. Pure data, and the one evaluator every projection uses.

use super::AtomId;
use crate::terms::Answer;

/// When an action is permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Everybody.
    Always,
    /// Nobody.
    Never,
    /// One of these.
    Any(Vec<Rule>),
    /// All of these.
    All(Vec<Rule>),
    /// Not this.
    Not(Box<Rule>),
    /// If the first holds the second, else the third.
    If(Box<[Rule; 3]>),
    /// A condition.
    Is(AtomId),
    /// A rule with a name of its own in the document, for explanations.
    Named(String, Box<Rule>),
}

impl Rule {
    /// The rule's value, given the value of its conditions. Kleene's logic: an unknown remains only where it could
    /// change the answer; an unknown condition of an `if` leaves what both branches agree on.
    pub fn value(&self, atom: &mut dyn FnMut(AtomId) -> Answer) -> Answer {
        match self {
            Self::Always => Answer::Allow,
            Self::Never => Answer::Deny,
            Self::Is(id) => atom(*id),
            Self::Named(_, rule) => rule.value(atom),
            Self::Not(rule) => !rule.value(atom),
            Self::Any(rules) => {
                let mut answer = Answer::Deny;
                for rule in rules {
                    answer = answer.or(rule.value(atom));
                    if answer == Answer::Allow {
                        break;
                    }
                }
                answer
            }
            Self::All(rules) => {
                let mut answer = Answer::Allow;
                for rule in rules {
                    answer = answer.and(rule.value(atom));
                    if answer == Answer::Deny {
                        break;
                    }
                }
                answer
            }
            Self::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                match condition.value(atom) {
                    Answer::Allow => then.value(atom),
                    Answer::Deny => otherwise.value(atom),
                    Answer::Unknown => then.value(atom).agree(otherwise.value(atom)),
                }
            }
        }
    }

    /// Whether it holds of nobody, whatever the facts are, as it is written.
    pub fn is_never(&self) -> bool {
        match self {
            Self::Never => true,
            Self::Named(_, rule) => rule.is_never(),
            Self::All(rules) => rules.iter().any(Self::is_never),
            _ => false,
        }
    }

    /// The conditions it mentions, in order, with repetitions.
    pub fn atoms(&self, found: &mut Vec<AtomId>) {
        match self {
            Self::Always | Self::Never => {}
            Self::Is(id) => found.push(*id),
            Self::Named(_, rule) | Self::Not(rule) => rule.atoms(found),
            Self::Any(rules) | Self::All(rules) => rules.iter().for_each(|rule| rule.atoms(found)),
            Self::If(parts) => parts.iter().for_each(|rule| rule.atoms(found)),
        }
    }

    /// All of these, without needless nesting.
    pub fn all(rules: Vec<Rule>) -> Rule {
        let mut kept = Vec::new();
        for rule in rules {
            if !matches!(rule, Rule::Always) {
                kept.push(rule);
            }
        }
        match kept.len() {
            0 => Rule::Always,
            1 => kept.pop().unwrap_or(Rule::Always),
            _ => Rule::All(kept),
        }
    }
}
