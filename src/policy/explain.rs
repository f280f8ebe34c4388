//! Why: a rule with the value of each of its parts, and from that the reasons of a decision and the facts it lacks.

use serde::Serialize;

use super::{Ask, AtomId, Decision, Question, Reason, Rule};
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
    /// The rule; none if the decision is concealed.
    pub tree: Option<Node>,
}

impl Node {
    /// Evaluates every part of a rule.
    pub(super) fn trace(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Self {
        let part = |rule: &Rule| Self::trace(ask, rule, record);
        let (op, name, children): (_, _, Vec<Node>) = match rule {
            Rule::Always => ("always", None, Vec::new()),
            Rule::Never => ("never", None, Vec::new()),
            Rule::Is(id) => return Self::leaf(ask, *id, record),
            Rule::Any(rules) => ("any", None, rules.iter().map(part).collect()),
            Rule::All(rules) => ("all", None, rules.iter().map(part).collect()),
            Rule::Not(rule) => ("not", None, vec![part(rule)]),
            Rule::If(parts) => ("if", None, parts.iter().map(part).collect()),
            Rule::Named(name, rule) => ("named", Some(name.clone()), vec![part(rule)]),
        };
        let value = super::settle::settle(ask, rule, record);
        Self { op, value, name, reason: None, children, missing: Set::new() }
    }

    fn leaf(ask: &Ask<'_>, id: AtomId, record: &Attributes) -> Self {
        let missing = Missing::default();
        // The condition by itself is looked at for what is missing; its value may be known all the same.
        ask.atom(id, record, Some(&missing));
        let value = super::settle::settle(ask, &Rule::Is(id), record);
        let reason = Some(Reason::of(ask, record, id, value));
        Self { op: "is", value, name: None, reason, children: Vec::new(), missing: missing.into_inner() }
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
        let tree = (!decision.conceal).then(|| Node::trace(self.ask, self.rule(), self.record));
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
