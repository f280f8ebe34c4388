//! What would change a denial: the smallest sets of changes under which the same rule allows. Each set is tried by
//! evaluating the rule, so a remedy never promises what the rule would not keep.

use serde::Serialize;

use super::Question;
use super::remedy_step::Step;
use super::settle::settle_within;
use crate::identity::Identity;
use crate::model::Subject;
use crate::terms::{Answer, ChangeCode};

/// Changes tried together, at most.
const TOGETHER: usize = 3;
/// Remedies given, at most.
const MOST: usize = 8;
/// Evaluations, at most: a machine may have thousands of states, and a set of changes is evaluated for each value of what is
/// not known of the record.
const TRIES: usize = 4096;
/// Of these for one set of changes; after that it promises nothing.
const TRIES_OF_ONE: usize = 128;

/// One thing that would have to become so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemedyChange {
    /// Which.
    pub change: ChangeCode,
    /// The community concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The role to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The state to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The action concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The record's field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The community's setting concerned, by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// The value of the field or setting, the level to be given, or the operation of access lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The day, or the moment, from which it is so: `2027-01-01`, or `2027-01-01T12:00:00.000Z`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl RemedyChange {
    pub(super) fn new(change: ChangeCode) -> Self {
        Self {
            change,
            community: None,
            role: None,
            state: None,
            action: None,
            field: None,
            setting: None,
            value: None,
            until: None,
        }
    }
}

impl Question<'_, '_> {
    /// The smallest sets of changes that would allow the action; empty if it is allowed or nothing tried would help.
    pub fn remedies(&self) -> Vec<Vec<RemedyChange>> {
        let steps = Step::worth_trying(self);
        let mut found: Vec<Vec<&Step>> = Vec::new();
        let mut left = TRIES;
        for size in 1..=TOGETHER {
            self.search(&steps, size, 0, &mut Vec::new(), &mut found, &mut left);
            if found.len() >= MOST {
                break;
            }
        }
        found.truncate(MOST);
        let mut remedies = Vec::new();
        for set in found {
            let mut changes = Vec::new();
            for step in set {
                changes.push(step.change(self));
            }
            remedies.push(changes);
        }
        remedies
    }

    fn search<'s>(
        &self,
        steps: &'s [Step],
        size: usize,
        from: usize,
        taken: &mut Vec<&'s Step>,
        found: &mut Vec<Vec<&'s Step>>,
        left: &mut usize,
    ) {
        let policy = self.ask.policy;
        let done = |step: &Step| taken.iter().any(|taken| taken.gives(step, policy));
        if *left == 0 || found.len() >= MOST || found.iter().any(|set| set.iter().all(|step| done(step))) {
            return;
        }
        if taken.len() == size {
            *left -= 1;
            if self.would_allow(taken, left) {
                found.push(taken.clone());
            }
            return;
        }
        for (index, step) in steps.iter().enumerate().skip(from) {
            if taken.iter().any(|other| step.excludes(other)) {
                continue;
            }
            taken.push(step);
            self.search(steps, size, index + 1, taken, found, left);
            taken.pop();
        }
    }

    fn would_allow(&self, steps: &[&Step], left: &mut usize) -> bool {
        // A stranger who signs in is a user of whom the facts say nothing more.
        let stranger = Subject::stranger();
        let mut ask = self.ask.clone();
        if steps.contains(&&Step::SignIn) {
            ask.identity = Identity::new(&stranger, self.ask.identity.facts(), &self.ask.policy.naming);
        }
        let mut record = self.record.clone();
        if steps.iter().any(|step| step.suppose(&mut ask, &mut record).is_none()) {
            return false;
        }
        let given = (*left).min(TRIES_OF_ONE);
        let mut unused = given;
        let allowed = settle_within(&ask, self.rule(), &record, &mut unused) == Answer::Allow;
        *left -= given - unused;
        allowed
    }
}
