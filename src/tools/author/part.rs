//! One record type of one or two policies, over the situations their rules tell apart.

use super::axis::{Choice, What};
use super::diagram::{Fun, NO};
use super::scene::{Scene, Situation};
use super::side::Side;
use super::space::axes;
use super::truth::{Asked, Truth};
use crate::model::Error;
use crate::policy::{Policy, Rule};

/// A record type, as one or two policies see it; a policy without the type allows nothing.
#[derive(Debug)]
pub struct Part {
    /// The type's key.
    pub key: String,
    /// The sides.
    pub sides: Vec<Option<Side>>,
    /// The situations.
    pub truth: Truth,
    asked: Vec<Asked>,
}

impl Part {
    /// The situations that the rules of all actions, and further rules of a side, tell apart.
    pub fn new(key: &str, sides: Vec<Option<Side>>, more: &[Vec<Rule>]) -> Self {
        let there: Vec<(&Side, Vec<Rule>)> = sides
            .iter()
            .enumerate()
            .filter_map(|(number, side)| {
                let side = side.as_ref()?;
                let mut rules: Vec<Rule> =
                    side.policy().action_ids().map(|id| side.policy().rule(id).clone()).collect();
                rules.extend(more.get(number).into_iter().flatten().cloned());
                Some((side, rules))
            })
            .collect();
        let own: Vec<&Side> = there.iter().map(|(side, _)| *side).collect();
        let rules: Vec<Vec<Rule>> = there.iter().map(|(_, rules)| rules.clone()).collect();
        let truth = Truth::new(axes(&own, &rules));
        let asked = sides.iter().map(|_| Asked::new()).collect();
        Self { key: key.to_string(), sides, truth, asked }
    }

    /// Where a side allows an action.
    pub fn allowed(&mut self, side: usize, action: &str) -> Result<Fun, Error> {
        let (Some(Some(own)), Some(asked)) = (self.sides.get(side), self.asked.get_mut(side)) else { return Ok(NO) };
        self.truth.allowed(own, action, asked)
    }

    /// Where a rule of a side holds.
    pub fn rule(&mut self, side: usize, rule: &Rule) -> Result<Fun, Error> {
        let (Some(Some(own)), Some(asked)) = (self.sides.get(side), self.asked.get_mut(side)) else { return Ok(NO) };
        self.truth.rule(own, rule, asked)
    }

    /// The actions of all sides, in their order.
    pub fn actions(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for action in self.sides.iter().flatten().flat_map(|side| &side.policy().actions) {
            if !found.contains(action) {
                found.push(action.clone());
            }
        }
        found
    }

    /// A situation as a question to a side. None about access lists: they are asked about as they are, with the records they
    /// name, and a situation is one such record.
    pub fn scene(&self, side: usize, values: &[usize], action: &str) -> Option<Scene> {
        let situation = Situation { axes: &self.truth.axes, values };
        let side = self.sides.get(side)?.as_ref()?;
        let scene = situation.scene(side, action);
        side.engine.lists(&scene.evaluation).is_none().then_some(scene)
    }

    /// What is out of the ordinary in a situation, as a figure.
    pub fn cost(&self, values: &[usize]) -> u32 {
        self.truth.axes.iter().zip(values).map(|(axis, value)| axis.cost(*value)).sum()
    }

    /// A situation in words: `members may read in approved`.
    pub fn words(&self, values: &[usize], action: &str, may: bool) -> String {
        let situation = Situation { axes: &self.truth.axes, values };
        let told = self.truth.told(values);
        let people = told.people(match situation.get(&What::Who) {
            Some(Choice::Anonymous) => "anybody who is not signed in",
            _ => "anybody signed in",
        });
        let state = match situation.get(&What::State) {
            Some(Choice::Word(state)) if action != "create" => format!(" in {state}"),
            _ => String::new(),
        };
        let may = if may { "may" } else { "may not" };
        format!("{people} {may} {action}{state}{}", told.place())
    }

    /// How many situations there are.
    pub fn situations(&self) -> f64 {
        self.truth.made.count(self.truth.valid)
    }
}

/// The record types of a policy whose situations differ: of several that keep the same things in the same way, the first.
pub fn types(policy: &Policy) -> Vec<String> {
    let all = std::iter::once(policy).chain(policy.machines().iter().map(AsRef::as_ref));
    all.flat_map(|machine| {
        let mut known = Vec::new();
        let mut found = Vec::new();
        for kind in &machine.types {
            let fields = &kind.fields;
            let places: Vec<String> = fields.placed().map(|(_, field, at)| format!("{}={at}", field.name)).collect();
            let mark = (places, fields.primary_required, fields.owners.to_string(), fields.secondary.to_string());
            if !known.contains(&mark) {
                known.push(mark);
                found.push(kind.key.clone());
            }
        }
        found
    })
    .collect()
}
