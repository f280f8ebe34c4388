//! The smallest sets of changes under which a rule that denies allows. Each set is tried by evaluating the rule, so a remedy
//! never promises what the rule would not keep.

use super::remedy_step::Step;
use super::settle::settle_within;
use super::values::Values;
use super::{Atom, AtomId, Question, RemedyChange};
use crate::terms::Answer;

/// Changes tried together, at most.
const TOGETHER: usize = 3;
/// Remedies given, at most.
const MOST: usize = 8;
/// Evaluations, at most: a machine may have thousands of states, and a set of changes is evaluated for each value of what is
/// not known of the record.
const TRIES: usize = 4096;
/// Of these for one set of changes; after that it promises nothing.
const TRIES_OF_ONE: usize = 128;

/// The sets, the smallest first. `touches` says which conditions a change may give another value, at least: of others it is not
/// looked at again.
pub(super) fn search(question: &Question<'_, '_>, touches: impl Fn(&Step, &Atom) -> bool) -> Vec<Vec<RemedyChange>> {
    let mut atoms = Vec::new();
    question.rule().atoms(&mut atoms);
    let mut changes = Vec::new();
    for step in Step::worth_trying(question) {
        let mut touched = Vec::new();
        for id in &atoms {
            if question.ask.policy.atom(*id).is_some_and(|atom| touches(&step, atom)) {
                touched.push(*id);
            }
        }
        changes.push(Change { step, touched });
    }
    let mut search = Search { question, changes: &changes, size: 0, found: Vec::new(), left: TRIES };
    let mut values = Values::default();
    while search.size < TOGETHER && search.found.len() < MOST {
        search.size += 1;
        search.with(&mut Vec::new(), 0, &mut values);
    }
    let mut remedies = Vec::new();
    for set in search.found {
        let mut changes = Vec::new();
        for change in set {
            changes.push(change.step.change(question));
        }
        remedies.push(changes);
    }
    remedies
}

/// A change that may be made.
struct Change {
    step: Step,
    /// Conditions of the rule that it may give another value.
    touched: Vec<AtomId>,
}

struct Search<'q, 'c> {
    question: &'q Question<'q, 'q>,
    changes: &'c [Change],
    /// How many are tried together.
    size: usize,
    found: Vec<Vec<&'c Change>>,
    left: usize,
}

impl<'c> Search<'_, 'c> {
    /// Tries these, with as many as are wanting of those from a place on. `values` are those under these.
    fn with(&mut self, taken: &mut Vec<&'c Change>, from: usize, values: &mut Values) {
        if self.left == 0 || self.found.len() >= MOST || self.suffice(taken) {
            return;
        }
        let (mut ask, mut record) = (self.question.ask.clone(), self.question.record.clone());
        for change in taken.iter() {
            if change.step.suppose(&mut ask, &mut record).is_none() {
                return;
            }
        }
        let rule = self.question.rule();
        if taken.len() == self.size {
            self.left -= 1;
            let mut value = values.value(&ask, rule, &record);
            if value == Answer::Unknown {
                let given = self.left.min(TRIES_OF_ONE);
                let mut unused = given;
                value = settle_within(&ask, rule, &record, &mut unused);
                self.left -= given - unused;
            }
            if value == Answer::Allow {
                self.found.push(taken.clone());
            }
            return;
        }
        let mut rest = Vec::new();
        let mut open = Values::default();
        for (place, change) in self.changes.iter().enumerate().skip(from) {
            let excluded = taken.iter().any(|other| change.step.excludes(&other.step));
            taken.push(change);
            if !excluded && !self.suffice(taken) {
                rest.push((place, change));
                open.set(&change.touched, Some(Answer::Unknown));
            }
            taken.pop();
        }
        // Where the rule says no whatever they do to its conditions, none of them is tried.
        let mut value = |id| open.get(id).unwrap_or_else(|| values.of(&ask, id, &record));
        if rule.value(&mut value) == Answer::Deny {
            return;
        }
        for (place, change) in rest {
            let mut values = values.clone();
            values.set(&change.touched, None);
            taken.push(change);
            self.with(taken, place + 1, &mut values);
            taken.pop();
        }
    }

    /// Whether these include what is known to be enough.
    fn suffice(&self, taken: &[&Change]) -> bool {
        let policy = self.question.ask.policy;
        let done = |change: &&Change| taken.iter().any(|taken| taken.step.gives(&change.step, policy));
        self.found.iter().any(|set| set.iter().all(done))
    }
}
