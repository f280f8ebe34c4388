//! Why: a rule with the value of each of its parts, and from that the reasons of a decision and the facts it lacks.

use serde::Serialize;

use super::settle::settle;
use super::values::Values;
use super::{Ask, Decision, Question, Reason, Rule};
use crate::facts::Key;
use crate::identity::Missing;
use crate::model::{Attributes, Set};
use crate::terms::{Answer, ReasonCode};

/// Names of the parts put before every rule when a document is read; no definition may have them.
pub(super) const PREAMBLE: [&str; 3] = ["deny", "gate", "seen"];

/// A part of a rule and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// `any`, `all`, `not`, `if`, `is`, `always`, `never` or `named`.
    pub op: &'static str,
    /// Its value.
    pub value: Answer,
    /// The name of a named rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The reason a condition is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
    #[serde(skip)]
    missing: Set<Key>,
}

/// A decision and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// The rule; none if the decision is concealed, or rests on whether the address may be known.
    pub tree: Option<Node>,
}

impl Node {
    /// Evaluates every part of a rule.
    pub(super) fn trace(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Self {
        Self::part(ask, rule, record, &mut Values::default())
    }

    fn part(ask: &Ask<'_>, rule: &Rule, record: &Attributes, values: &mut Values) -> Self {
        let (op, parts) = match rule {
            Rule::Always => ("always", &[][..]),
            Rule::Never => ("never", &[][..]),
            Rule::Is(_) => ("is", &[][..]),
            Rule::Any(rules) => ("any", rules.as_slice()),
            Rule::All(rules) => ("all", rules.as_slice()),
            Rule::Not(rule) => ("not", std::slice::from_ref(rule.as_ref())),
            Rule::If(parts) => ("if", parts.as_slice()),
            Rule::Named(_, rule) => ("named", std::slice::from_ref(rule.as_ref())),
        };
        let mut children = Vec::new();
        for rule in parts {
            children.push(Self::part(ask, rule, record, values));
        }
        let mut value = values.value(ask, rule, record);
        if value == Answer::Unknown {
            value = settle(ask, rule, record);
        }
        let mut node = Self { op, value, name: None, reason: None, children, missing: Set::new() };
        match rule {
            Rule::Named(name, _) => node.name = Some(name.clone()),
            Rule::Is(id) => {
                node.reason = Some(Reason::of(ask, record, *id, value));
                // What is not known may not matter.
                if value == Answer::Unknown {
                    let missing = Missing::default();
                    ask.atom(*id, record, Some(&missing));
                    node.missing = missing.into_inner();
                }
            }
            _ => {}
        }
        node
    }

    /// The conditions that make the value what it is. For allow: the first way that holds. For deny: whatever stands
    /// in the way. For unknown: whatever is not known.
    pub(super) fn reasons(&self, found: &mut Vec<Reason>) {
        let mut add = |reason: Reason| {
            if !found.contains(&reason) {
                found.push(reason);
            }
        };
        match self.op {
            "always" => add(Reason::new(ReasonCode::Always, Answer::Allow)),
            "never" => add(Reason::new(ReasonCode::Never, Answer::Deny)),
            "is" => self.reason.iter().cloned().for_each(add),
            // Of what is allowed the reasons are what permits it, not that no row denies it or that it may be read.
            "named" if self.value == Answer::Allow && PREAMBLE.contains(&self.name.as_deref().unwrap_or_default()) => {}
            "any" if self.value == Answer::Allow => {
                if let Some(child) = self.with_value(Answer::Allow).next() {
                    child.reasons(found);
                }
            }
            "any" | "all" if self.children.is_empty() => {
                let code = if self.value == Answer::Allow { ReasonCode::Always } else { ReasonCode::Never };
                add(Reason::new(code, self.value));
            }
            "any" | "all" => self.with_value(self.value).for_each(|child| child.reasons(found)),
            "if" => {
                if let [condition, then, otherwise] = self.children.as_slice() {
                    condition.reasons(found);
                    match condition.value {
                        Answer::Allow => then.reasons(found),
                        Answer::Deny => otherwise.reasons(found),
                        Answer::Unknown => [then, otherwise].into_iter().for_each(|branch| branch.reasons(found)),
                    }
                }
            }
            _ => self.children.iter().for_each(|child| child.reasons(found)),
        }
    }

    /// The facts that could settle an unknown value: those behind its unknown parts, and no others.
    pub(super) fn gaps(&self, found: &mut Set<Key>) {
        if self.value != Answer::Unknown {
            return;
        }
        found.extend(self.missing.iter().cloned());
        match (self.op, self.children.as_slice()) {
            ("if", [condition, then, otherwise]) => match condition.value {
                Answer::Allow => then.gaps(found),
                Answer::Deny => otherwise.gaps(found),
                Answer::Unknown => self.children.iter().for_each(|child| child.gaps(found)),
            },
            _ => self.children.iter().for_each(|child| child.gaps(found)),
        }
    }

    fn with_value(&self, value: Answer) -> impl Iterator<Item = &Node> {
        // A value settled by trials may be no child's own; then all children speak.
        let own = self.children.iter().any(|child| child.value == value);
        self.children.iter().filter(move |child| !own || child.value == value)
    }
}

impl Question<'_, '_> {
    /// The decision with the whole rule behind it.
    pub fn explain(&self) -> Explanation {
        let decision = self.decide();
        // While it is not known whether the asker may know of the address, nothing is told of what is there.
        let told = !decision.conceal && self.ask.doubts.is_empty();
        let tree = told.then(|| Node::trace(self.ask, self.rule(), self.record));
        Explanation { decision, tree }
    }
}

impl Ask<'_> {
    /// The conditions that make a rule's value what it is.
    pub fn why(&self, rule: &Rule, record: &Attributes) -> Vec<Reason> {
        let mut found = Vec::new();
        Node::trace(self, rule, record).reasons(&mut found);
        found
    }

    /// The facts that could settle a rule that is unknown.
    pub fn gaps(&self, rule: &Rule, record: &Attributes) -> Vec<Key> {
        let mut found = Set::new();
        Node::trace(self, rule, record).gaps(&mut found);
        found.into_iter().collect()
    }
}
