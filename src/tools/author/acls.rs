//! Access lists in situations: of each operation that rules ask them about, whether one allows it to the subject, and whether one
//! denies it. Lists of one priority count together, so both may be so at once.

use serde_json::Value;

use super::axis::{Choice, What};
use super::diagram::Fun;
use super::scene::Situation;
use super::side::Side;
use super::truth::Truth;
use crate::model::{Address, StateId, object, texts};
use crate::policy::Atom;

/// The record that lists name.
pub const RECORD: &str = "record";

impl Side {
    /// What a condition on lists looks at. Of communities no list speaks.
    pub fn of_lists(&self, operations: &[String], denies: bool, state: Option<StateId>) -> Vec<What> {
        if self.of_communities() || self.engine.policy().acls.is_none() {
            return Vec::new();
        }
        let state = state.map(|state| self.policy().states.name(state).to_string());
        let mut found = vec![What::Who];
        found.extend(state.as_ref().map(|_| What::State));
        for as_in in [None].into_iter().chain(state.map(Some)) {
            let list = |operation: &String| What::List { operation: operation.clone(), denies, as_in: as_in.clone() };
            found.extend(operations.iter().map(list));
        }
        found
    }
}

/// Whether situations speak of an operation: of several that no condition tells apart, they speak of the first.
pub fn told_apart<'a>(operation: &str, denies: bool, atoms: impl Iterator<Item = &'a Atom>) -> bool {
    let asked: Vec<&Vec<String>> = atoms
        .filter_map(|atom| match atom {
            Atom::List(operations, own, _) if *own == denies => Some(operations),
            _ => None,
        })
        .collect();
    let alike = |other: &str| {
        asked.iter().all(|all| all.iter().any(|own| own == other) == all.iter().any(|own| own == operation))
    };
    let first = asked.iter().flat_map(|all| all.iter()).filter(|other| alike(other)).min();
    first.is_some_and(|first| first == operation)
}

impl Situation<'_> {
    /// The lists there are, as facts have them; nothing if there are none. Each speaks of the states it must, of all if it may.
    pub fn lists(&self, side: &Side) -> Option<Value> {
        let here = match self.get(&What::State) {
            Some(Choice::Word(state)) => Some(state),
            _ => None,
        };
        let (Some(_), actor) = (&side.engine.policy().acls, self.actor(side)?) else { return None };
        let mut found: Vec<(String, Value)> = Vec::new();
        for (what, choice) in self.each() {
            let What::List { operation, denies, as_in: None } = what else { continue };
            let plain = *choice != Choice::None;
            let (mut states, mut every) = (Vec::new(), plain);
            states.extend(here.filter(|_| plain).cloned());
            for (other, choice) in self.each() {
                if let What::List { operation: own, denies: kind, as_in: Some(state) } = other
                    && (own, kind) == (operation, denies)
                {
                    let said = *choice != Choice::None;
                    every &= said || Some(state) == here;
                    states.extend(said.then(|| state.clone()));
                }
            }
            if states.is_empty() {
                continue;
            }
            let mut list = vec![
                ("type", Value::from("id")),
                ("records", texts(&[RECORD.to_string()])),
                ("operation", Value::from(operation.as_str())),
                ("actors", Value::Array(vec![actor.clone()])),
            ];
            list.extend(denies.then(|| ("effect", Value::from("deny"))));
            list.extend((!every).then(|| ("states", texts(&states))));
            list.extend(said_schema(side).map(|(_, schema)| ("schemas", texts(&[schema.to_string()]))));
            found.push((format!("{}-{operation}", if *denies { "denies" } else { "allows" }), object(list)));
        }
        let lists: Vec<(&str, Value)> = found.iter().map(|(id, list)| (id.as_str(), list.clone())).collect();
        (!lists.is_empty()).then(|| object(lists))
    }

    /// Lists name the subject, whoever it is; nobody can name the host's own process where it has no role.
    fn actor(&self, side: &Side) -> Option<Value> {
        let role = |name: &str| object(vec![("type", Value::from("system_role")), ("system_role", Value::from(name))]);
        match (self.id(), self.get(&What::Who)) {
            (Some(id), _) => Some(object(vec![("type", Value::from("user")), ("users", Value::Array(vec![id]))])),
            (None, Some(Choice::System)) => side.policy().naming.system.first().map(|name| role(name)),
            (None, _) => Some(role("anonymous")),
        }
    }
}

/// The schema that a record must say, and where, to have lists at all.
pub fn said_schema(side: &Side) -> Option<(&Address, &str)> {
    let settings = side.policy().acls.as_ref().filter(|settings| settings.named_schemas_only)?;
    Some((&settings.schema, settings.schemas.iter().next()?))
}

impl Truth {
    /// A function as it is without any list, and where it is true only because of one.
    pub fn by_lists(&mut self, fun: Fun) -> [Fun; 2] {
        let mut alone = fun;
        for (number, _) in self.lists() {
            alone = self.made.fixed(alone, number, 0);
        }
        let more = self.made.without(fun, alone);
        for (number, _) in self.lists() {
            let none = self.made.values(number, |value| value == 0);
            alone = self.made.and(alone, none);
        }
        [alone, more]
    }

    /// The axes of lists, with their numbers.
    fn lists(&self) -> Vec<(usize, What)> {
        let lists = self.axes.iter().enumerate().filter(|(_, axis)| matches!(axis.what, What::List { .. }));
        lists.map(|(number, axis)| (number, axis.what.clone())).collect()
    }

    /// Lists that speak of the record in its state, as if they spoke of it in every other.
    pub fn in_every_state(&self, values: &mut [usize]) {
        for (number, what) in self.lists() {
            let What::List { operation, denies, as_in: Some(state) } = what else { continue };
            let plain = self.axis(&What::List { operation, denies, as_in: None });
            let plain = plain.and_then(|axis| values.get(axis)).copied().unwrap_or(0);
            let here = Situation { axes: &self.axes, values }.get(&What::State) == Some(&Choice::Word(state));
            if let Some(place) = values.get_mut(number) {
                *place = if here { 0 } else { plain };
            }
        }
    }
}
