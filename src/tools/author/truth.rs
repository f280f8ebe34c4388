//! Rules as functions over situations. What a condition means is asked of the engine, once for every way the things can be
//! that it looks at; so nothing here could mean something else.

use std::collections::BTreeMap;

use super::axis::{Axis, Choice, Slot, What};
use super::diagram::{Diagrams, Fun, NO, YES};
use super::scene::Situation;
use super::side::Side;
use crate::engine::Evaluation;
use crate::model::{Error, object};
use crate::policy::{Ask, AtomId, Rule};
use crate::terms::{Answer, ErrorCode};

/// Functions over the situations of some axes.
#[derive(Debug)]
pub struct Truth {
    /// The axes.
    pub axes: Vec<Axis>,
    /// The functions.
    pub made: Diagrams,
    /// The situations there can be: somebody who is not signed in owns nothing.
    pub valid: Fun,
}

/// The conditions of one side that were asked already.
pub type Asked = BTreeMap<u32, Fun>;

impl Truth {
    /// Over these axes.
    pub fn new(axes: Vec<Axis>) -> Self {
        let sizes = axes.iter().map(|axis| axis.values.len()).collect();
        let mut truth = Self { axes, made: Diagrams::new(sizes), valid: YES };
        truth.valid = truth.possible();
        truth
    }

    /// The number of an axis.
    pub fn axis(&self, what: &What) -> Option<usize> {
        self.axes.iter().position(|axis| axis.what == *what)
    }

    /// Where a thing is in one of some ways; nowhere if it is on no axis.
    pub fn is(&mut self, what: &What, holds: impl Fn(&Choice) -> bool) -> Fun {
        let Some(axis) = self.axis(what) else { return NO };
        let values = self.axes.get(axis).map(|axis| axis.values.iter().map(holds).collect::<Vec<bool>>());
        let values = values.unwrap_or_default();
        self.made.values(axis, |value| values.get(value).copied().unwrap_or(false))
    }

    fn possible(&mut self) -> Fun {
        let user = self.is(&What::Who, |who| matches!(who, Choice::User | Choice::Named(_)));
        let system = self.is(&What::Who, |who| *who == Choice::System);
        let mut valid = YES;
        for axis in self.axes.clone() {
            let (needs, only): (fn(&Choice) -> bool, Fun) = match &axis.what {
                What::Owner | What::Field(_) => (is_subject, user),
                What::Rows(_) | What::Role(_) => (is_something, user),
                What::SystemRole(_) => (is_something, self.made.not(system)),
                // In its own state a record is as it is.
                What::List { as_in: Some(state), .. } => {
                    let here = self.is(&What::State, |own| *own == Choice::Word(state.clone()));
                    (is_something, self.made.not(here))
                }
                What::Holds(slot) => {
                    let there = self.is(&What::There(slot.clone()), |there| *there != Choice::None);
                    let known = self.axis(&What::There(slot.clone())).is_some();
                    (is_something, if known { self.made.and(user, there) } else { user })
                }
                What::Setting(slot, _) => {
                    let there = self.is(&What::There(slot.clone()), |there| *there == Choice::There);
                    let known = self.axis(&What::There(slot.clone())).is_some();
                    let usual = axis.values.first().cloned();
                    let set = self.is(&axis.what, |choice| Some(choice) != usual.as_ref());
                    let nowhere = if known { self.made.without(set, there) } else { NO };
                    valid = self.made.without(valid, nowhere);
                    continue;
                }
                _ => continue,
            };
            let claimed = self.is(&axis.what, needs);
            let wrong = self.made.without(claimed, only);
            valid = self.made.without(valid, wrong);
        }
        // Links are held by anybody but the host's own process.
        for axis in self.axes.clone() {
            let link = self.is(&axis.what, |choice| matches!(choice, Choice::Level(_, to) if **to == Choice::There));
            let wrong = self.made.and(link, system);
            valid = self.made.without(valid, wrong);
        }
        valid
    }

    /// Where a rule of a side allows.
    pub fn rule(&mut self, side: &Side, rule: &Rule, asked: &mut Asked) -> Result<Fun, Error> {
        let found = self.part(side, rule, asked)?;
        if self.made.full() {
            let message = "the rules look at too many things at once to be compared in all situations";
            return Err(Error::new(ErrorCode::TooLarge, "policy.rules", message));
        }
        Ok(found)
    }

    fn part(&mut self, side: &Side, rule: &Rule, asked: &mut Asked) -> Result<Fun, Error> {
        match rule {
            Rule::Always => Ok(YES),
            Rule::Never => Ok(NO),
            Rule::Named(_, rule) => self.part(side, rule, asked),
            Rule::Not(rule) => {
                let inner = self.part(side, rule, asked)?;
                Ok(self.made.not(inner))
            }
            Rule::Any(rules) => {
                let mut found = NO;
                for rule in rules {
                    let one = self.part(side, rule, asked)?;
                    found = self.made.or(found, one);
                }
                Ok(found)
            }
            Rule::All(rules) => {
                let mut found = YES;
                for rule in rules {
                    let one = self.part(side, rule, asked)?;
                    found = self.made.and(found, one);
                }
                Ok(found)
            }
            Rule::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                let condition = self.part(side, condition, asked)?;
                let (then, otherwise) = (self.part(side, then, asked)?, self.part(side, otherwise, asked)?);
                let yes = self.made.and(condition, then);
                let no = self.made.without(otherwise, condition);
                Ok(self.made.or(yes, no))
            }
            Rule::Is(id) => match asked.get(&id.0) {
                Some(known) => Ok(*known),
                None => {
                    let found = self.condition(side, *id)?;
                    asked.insert(id.0, found);
                    Ok(found)
                }
            },
        }
    }

    fn condition(&mut self, side: &Side, id: AtomId) -> Result<Fun, Error> {
        let Some(atom) = side.policy().atom(id) else { return Ok(NO) };
        let mut axes: Vec<usize> = side.looks_at(atom).iter().filter_map(|what| self.axis(what)).collect();
        axes.sort_unstable();
        axes.dedup();
        let usual = self.usual(side);
        let mut answers = Vec::new();
        for chosen in self.choices(&axes) {
            let mut values = usual.clone();
            for (axis, value) in axes.iter().zip(chosen) {
                if let Some(place) = values.get_mut(*axis) {
                    *place = value;
                }
            }
            // What cannot be is not asked: it counts nowhere.
            let possible = self.made.holds(self.valid, &values);
            let situation = Situation { axes: &self.axes, values: &values };
            answers.push(possible && fits(side, &situation) && holds(side, id, &situation)?);
        }
        let mut answers = answers.into_iter();
        self.made.table(&axes, &mut Vec::new(), &mut |_| Ok(answers.next().unwrap_or(false)))
    }

    /// The ordinary situation, in a state that a side knows: another's first state may be none of its own.
    fn usual(&self, side: &Side) -> Vec<usize> {
        let known = |choice: &Choice| matches!(choice, Choice::Word(name) if side.policy().states.find(name).is_some());
        let first = |axis: &Axis| match axis.what {
            What::State => axis.values.iter().position(known).unwrap_or(0),
            _ => 0,
        };
        self.axes.iter().map(first).collect()
    }

    /// Every choice of values of some axes, the last axis fastest.
    fn choices(&self, axes: &[usize]) -> Vec<Vec<usize>> {
        let mut found: Vec<Vec<usize>> = vec![Vec::new()];
        for axis in axes {
            let size = self.axes.get(*axis).map_or(0, |axis| axis.values.len());
            found = found
                .iter()
                .flat_map(|one| (0..size).map(move |value| one.iter().copied().chain([value]).collect()))
                .collect();
        }
        found
    }

    /// Where a side allows an action, among the situations there can be. What is still to be made has no owner, no fields, no
    /// lists and no state to speak of.
    pub fn allowed(&mut self, side: &Side, action: &str, asked: &mut Asked) -> Result<Fun, Error> {
        let mut found = self.rule(side, &side.rule(action), asked)?;
        if action == "create" && !side.of_communities() {
            for (number, axis) in self.axes.clone().iter().enumerate() {
                let fixed = match &axis.what {
                    What::Owner => axis.values.iter().position(|value| *value == Choice::None),
                    What::State => side.policy().states.absent.and_then(|state| {
                        let name = Choice::Word(side.policy().states.name(state).to_string());
                        axis.values.iter().position(|value| *value == name)
                    }),
                    What::Field(_) | What::List { .. } | What::There(Slot::Secondary | Slot::Field(_)) => Some(0),
                    _ => None,
                };
                if let Some(value) = fixed {
                    found = self.made.fixed(found, number, value);
                }
            }
        } else {
            let known = self.is(&What::State, |state| match state {
                Choice::Word(name) => side.policy().states.find(name).is_some(),
                _ => true,
            });
            found = self.made.and(found, known);
        }
        if side.kind().fields.primary_required {
            let nowhere = self.is(&What::There(Slot::Primary), |there| *there == Choice::None);
            found = self.made.without(found, nowhere);
        }
        for (at, word) in &side.fixed.settings {
            let what = What::Setting(Slot::Primary, at.clone());
            let Some(number) = self.axis(&what) else { continue };
            let wanted = Choice::Word(word.clone());
            let place = self.axes.get(number).and_then(|axis| axis.values.iter().position(|value| *value == wanted));
            if let Some(value) = place {
                found = self.made.fixed(found, number, value);
            }
        }
        Ok(self.made.and(found, self.valid))
    }
}

/// Whether a side knows such a situation: one policy may have states, and records in no community, that another has not.
fn fits(side: &Side, situation: &Situation<'_>) -> bool {
    let nowhere = situation.get(&What::There(Slot::Primary)) == Some(&Choice::None);
    let state = match situation.get(&What::State) {
        Some(Choice::Word(name)) => side.policy().states.find(name).is_some(),
        _ => true,
    };
    state && !(nowhere && side.kind().fields.primary_required)
}

fn is_subject(choice: &Choice) -> bool {
    match choice {
        Choice::Subject => true,
        Choice::Level(_, to) => **to == Choice::Subject,
        _ => false,
    }
}

fn is_something(choice: &Choice) -> bool {
    *choice != Choice::None
}

/// Whether a condition holds in a situation: the engine is asked, as it is for a decision.
fn holds(side: &Side, id: AtomId, situation: &Situation<'_>) -> Result<bool, Error> {
    let scene = situation.scene(side, "");
    let facts = side.engine.facts(&scene.facts)?;
    let part = |key: &str| scene.evaluation.get(key).cloned().unwrap_or_default();
    let question = object(vec![("subject", part("subject")), ("resource", part("resource"))]);
    let asked = Evaluation::read(&question, &[], side.policy(), &facts)?;
    let Some(target) = &asked.target else { return Ok(false) };
    let ask = Ask::new(side.policy(), &asked.subject, &facts).about(target.kind);
    match ask.atom(id, &target.attributes, None) {
        Answer::Allow => Ok(true),
        Answer::Deny => Ok(false),
        Answer::Unknown => {
            let message = "a condition is left open by facts that leave nothing open; please report this policy";
            Err(Error::new(ErrorCode::Malformed, "policy.rules", message))
        }
    }
}
