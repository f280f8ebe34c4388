//! The list a subject may see: the same rule, with everything folded in that does not depend on the record.

use serde::Serialize;

use super::settle::settle;
use super::{ActionId, Ask, Atom, AtomId, CommunityAtom, Of, Rule};
use crate::facts::Key;
use crate::identity::Missing;
use crate::model::{Attributes, Set};
use crate::terms::Answer;

/// Which records a list is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All.
    Everywhere,
    /// Those of a community, primary or secondary.
    Community(String),
    /// Those of communities in which the subject holds a role.
    Mine,
}

/// A list's condition for one subject.
#[derive(Debug)]
pub struct Filter<'a, 'q> {
    ask: &'q Ask<'a>,
    rule: Rule,
    scope: Rule,
}

/// A condition over records alone: what a back end can turn into its own query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Where {
    /// Every record.
    Always,
    /// No record.
    Never,
    /// It cannot be said of any record.
    Unknown {
        /// Facts that could settle it.
        missing: Vec<Key>,
    },
    /// One of these.
    Any {
        /// The parts.
        of: Vec<Where>,
    },
    /// All of these.
    All {
        /// The parts.
        of: Vec<Where>,
    },
    /// Not this.
    Not {
        /// The part.
        of: Box<Where>,
    },
    /// The state is one of these.
    State {
        /// Names of states.
        r#in: Vec<String>,
    },
    /// The user owns the record.
    Owner {
        /// The user.
        user: String,
    },
    /// The record has an owner.
    HasOwner,
    /// The record's community is one of these.
    Community {
        /// `primary`, or `any` of primary and secondary.
        of: &'static str,
        /// Where it holds.
        r#in: Vec<String>,
        /// Where it is not known.
        unknown: Vec<String>,
        /// What holds in every other community, and for a record without one.
        rest: Answer,
    },
}

impl<'a, 'q> Filter<'a, 'q> {
    /// The list of what a subject may do an action to. The scope of `ask` must be that of the list.
    pub fn new(ask: &'q Ask<'a>, action: ActionId, scope: &Scope) -> Self {
        Self { ask, rule: ask.policy.list_rule(action, scope), scope: ask.policy.scope_rule(scope) }
    }

    /// Whether a record belongs to what the list is drawn from.
    pub fn in_scope(&self, record: &Attributes) -> Answer {
        settle(self.ask, &self.scope, record)
    }

    /// Whether a record belongs to the list.
    pub fn answer(&self, record: &Attributes) -> Answer {
        settle(self.ask, &self.rule, record)
    }

    /// The condition over records that is left.
    pub fn residual(&self) -> Where {
        self.part(&self.rule)
    }

    fn part(&self, rule: &Rule) -> Where {
        match rule {
            Rule::Always => Where::Always,
            Rule::Never => Where::Never,
            Rule::Named(_, rule) => self.part(rule),
            Rule::Is(id) => self.leaf(*id),
            Rule::Not(rule) => match self.part(rule) {
                Where::Always => Where::Never,
                Where::Never => Where::Always,
                unknown @ Where::Unknown { .. } => unknown,
                other => Where::Not { of: Box::new(other) },
            },
            Rule::Any(rules) => self.join(rules, Where::Never, Where::Always, |of| Where::Any { of }),
            Rule::All(rules) => self.join(rules, Where::Always, Where::Never, |of| Where::All { of }),
            Rule::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                let not = Rule::Not(Box::new(condition.clone()));
                let one = Rule::All(vec![condition.clone(), then.clone()]);
                let other = Rule::All(vec![not, otherwise.clone()]);
                self.part(&Rule::Any(vec![one, other]))
            }
        }
    }

    /// Joins parts, dropping those that change nothing and stopping at one that settles all.
    fn join(&self, rules: &[Rule], neutral: Where, settled: Where, make: fn(Vec<Where>) -> Where) -> Where {
        let mut parts: Vec<Where> = Vec::new();
        for rule in rules {
            let part = self.part(rule);
            if part == settled {
                return settled;
            }
            if part != neutral && !parts.contains(&part) {
                parts.push(part);
            }
        }
        match parts.len() {
            0 => neutral,
            1 => parts.pop().unwrap_or(neutral),
            _ => make(parts),
        }
    }

    fn leaf(&self, id: AtomId) -> Where {
        let policy = self.ask.policy;
        match policy.atom(id) {
            None => Where::Never,
            Some(Atom::Subject(atom)) => {
                let missing = Missing::default();
                constant(self.ask.subject_atom(atom, Some(&missing)), missing)
            }
            Some(Atom::Community(atom, Of::Scope)) => {
                let missing = Missing::default();
                constant(self.ask.in_community(atom, self.ask.scope.as_deref(), Some(&missing)), missing)
            }
            Some(Atom::Community(atom, of)) => self.communities(atom, *of),
            Some(Atom::State(states)) => {
                Where::State { r#in: states.iter().map(|state| policy.states.name(*state).to_string()).collect() }
            }
            Some(Atom::Owner) => match self.ask.identity.subject().id() {
                Some(user) => Where::Owner { user: user.to_string() },
                None => Where::Never,
            },
            Some(Atom::HasOwner) => Where::HasOwner,
            Some(Atom::InScope) => match &self.ask.scope {
                None => Where::Always,
                Some(scope) => {
                    Where::Community { of: "any", r#in: vec![scope.clone()], unknown: Vec::new(), rest: Answer::Deny }
                }
            },
        }
    }

    /// A condition on communities, asked in every community the facts know of.
    fn communities(&self, atom: &CommunityAtom, of: Of) -> Where {
        let facts = self.ask.identity.facts();
        let mut known: Set<&str> = facts.communities.keys().collect();
        known.extend(self.ask.identity.communities());
        let rows = facts.access.values().flatten().filter_map(|row| row.argument.as_deref());
        known.extend(rows);
        let missing = Missing::default();
        // A community no fact speaks of: no row names it, and whatever is not certified is unknown there.
        let rest = self.ask.in_community(atom, Some(""), Some(&missing));
        let answers: Vec<(&str, Answer)> =
            known.into_iter().map(|id| (id, self.ask.in_community(atom, Some(id), None))).collect();
        if answers.iter().all(|(_, answer)| *answer == rest) {
            return constant(rest, missing);
        }
        // Where others are let in and some are not, a list of communities cannot say it: the others are left open.
        let refused = rest != Answer::Deny && answers.iter().any(|(_, answer)| *answer == Answer::Deny);
        let rest = if refused { Answer::Unknown } else { rest };
        let of_answer = |wanted: Answer| -> Vec<String> {
            let those = answers.iter().filter(|(_, answer)| *answer == wanted && wanted != rest);
            those.map(|(id, _)| (*id).to_string()).collect()
        };
        Where::Community {
            of: if of == Of::Any { "any" } else { "primary" },
            r#in: of_answer(Answer::Allow),
            unknown: of_answer(Answer::Unknown),
            rest,
        }
    }
}

fn constant(answer: Answer, missing: Missing) -> Where {
    match answer {
        Answer::Allow => Where::Always,
        Answer::Deny => Where::Never,
        Answer::Unknown => Where::Unknown { missing: missing.into_inner().into_iter().collect() },
    }
}
