//! The simplest situations in which a function is true: every other one has all that is out of the ordinary in one of these,
//! and more beside. A difference between policies is told by them, and by them alone.

use super::axis::{Choice, What};
use super::diagram::{Fun, NO, YES};
use super::scene::Situation;
use super::truth::Truth;
use super::words::Told;

/// Told apart at most, for one function.
const CELLS: usize = 500;

/// The simplest situations that differ in state, and in whether somebody is signed in, and in nothing else.
#[derive(Debug, Clone)]
pub struct Group {
    /// Who, and where.
    pub told: Told,
    /// Whether it is so for somebody signed in, and for somebody who is not.
    pub signed: [bool; 2],
    /// The states, in the order of the documents.
    pub states: Vec<String>,
    /// How many simplest situations it holds.
    pub cells: usize,
    /// In how many situations the function is true that have one of these in them and none told before.
    pub situations: f64,
    /// The first of them.
    pub example: Vec<usize>,
}

/// The simplest situations of a function.
#[derive(Debug, Default)]
pub struct Cells {
    /// In the order they were found: the simplest first.
    pub groups: Vec<Group>,
    /// In how many situations the function is true beside those told, because there was an end to telling.
    pub untold: f64,
}

impl Cells {
    /// How many simplest situations there are.
    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.cells).sum()
    }
}

impl Truth {
    /// The simplest situations in which a function is true.
    pub fn cells(&mut self, fun: Fun) -> Cells {
        let mut found = Cells::default();
        let mut rest = fun;
        let mut left = CELLS;
        while rest != NO && left > 0 {
            let Some(values) = self.simplest(rest) else { break };
            let cube = self.around(&values);
            let here = self.made.and(rest, cube);
            let situations = self.made.count(here);
            rest = self.made.without(rest, cube);
            self.tell(&values, situations, &mut found.groups);
            left -= 1;
        }
        found.untold = self.made.count(rest);
        for group in &mut found.groups {
            let names = self.states();
            group.states.sort_by_key(|state| names.iter().position(|name| name == state));
        }
        found
    }

    /// The simplest situation in which a function is true.
    pub fn simplest(&self, fun: Fun) -> Option<Vec<usize>> {
        let axes = &self.axes;
        self.made.cheapest(fun, &|axis, value| axes.get(axis).map_or(0, |axis| axis.cost(value)))
    }

    /// Everything that has in it what is out of the ordinary in a situation.
    fn around(&mut self, values: &[usize]) -> Fun {
        let mut cube = YES;
        for (number, value) in values.iter().enumerate() {
            if let Some(axis) = self.axes.get(number).filter(|axis| !axis.ordinary(*value)) {
                let more: Vec<bool> = (0..axis.values.len()).map(|own| axis.has(own, *value)).collect();
                let one = self.made.values(number, |own| more.get(own).copied().unwrap_or(false));
                cube = self.made.and(cube, one);
            }
        }
        cube
    }

    /// The names of all states.
    pub fn states(&self) -> Vec<String> {
        let axis = self.axes.iter().find(|axis| axis.what == What::State);
        let words = axis.into_iter().flat_map(|axis| &axis.values).filter_map(|value| match value {
            Choice::Word(name) => Some(name.clone()),
            _ => None,
        });
        words.collect()
    }

    /// What is out of the ordinary in a situation, beside the state and whether somebody is signed in.
    pub fn told(&self, values: &[usize]) -> Told {
        let chosen = self.axes.iter().zip(values);
        Told::of(chosen.filter_map(|(axis, value)| {
            let choice = axis.values.get(*value)?;
            let said = !axis.ordinary(*value) && axis.what != What::State;
            said.then_some((axis, choice))
        }))
    }

    fn tell(&self, values: &[usize], situations: f64, groups: &mut Vec<Group>) {
        let told = self.told(values);
        let situation = Situation { axes: &self.axes, values };
        let signed = match situation.get(&What::Who) {
            Some(Choice::User) => [true, false],
            Some(Choice::Anonymous) => [false, true],
            _ => [false, false],
        };
        let state = match situation.get(&What::State) {
            Some(Choice::Word(name)) => name.clone(),
            _ => String::new(),
        };
        match groups.iter_mut().find(|group| group.told == told && group.signed == signed) {
            Some(group) => {
                group.states.push(state);
                group.cells += 1;
                group.situations += situations;
            }
            None => {
                let (states, example) = (vec![state], values.to_vec());
                groups.push(Group { told, signed, states, cells: 1, situations, example });
            }
        }
    }
}

impl Group {
    /// Who, in words.
    pub fn people(&self) -> String {
        self.told.people(match self.signed {
            [true, true] => "everybody, signed in or not,",
            [_, true] => "anybody who is not signed in",
            _ => "anybody signed in",
        })
    }

    /// The states, in words; nothing if it is all there are.
    pub fn in_states(&self, all: &[String]) -> String {
        if self.states.len() >= all.len() { String::new() } else { format!(" in {}", self.states.join(", ")) }
    }
}

/// Groups that are true alike of everybody, signed in or not, told as one.
pub fn of_everybody(groups: Vec<Group>) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    for group in groups {
        let alike = |own: &&mut Group| own.told == group.told && own.states == group.states;
        let twin = found.iter_mut().filter(alike).find(|own| own.signed != group.signed);
        match twin {
            Some(own) => {
                own.signed = [true, true];
                own.cells += group.cells;
                own.situations += group.situations;
            }
            None => found.push(group),
        }
    }
    found
}
