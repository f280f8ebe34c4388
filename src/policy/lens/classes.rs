//! Cells grouped by what rules can see of them: there are a few dozen groups, however many cells.

use super::index::{Index, Profile, count, usize_of};
use super::{MINE, NOBODY, UNKNOWN, keys};
use crate::model::{Attributes, Seen, StateId, Table};
use crate::policy::settle::{SOMEBODY, settle};
use crate::policy::{Ask, Atom, AtomId, Of, Rule};
use crate::terms::Answer;

/// What is written where nothing is known yet of a profile or cell.
pub(super) const UNMET: u32 = u32::MAX;

/// The values of all conditions on a profile; those on state and owners stay open.
#[derive(Debug)]
struct Kind {
    values: Vec<Answer>,
    /// Whether the values leave open nothing but state and owners.
    certain: bool,
}

/// Groups of cells for one subject. They grow as cells are met.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Per cell: its class; [`UNMET`] until it is met.
    pub of_cell: Vec<u32>,
    kinds: Vec<Kind>,
    kind_numbers: Table<u32>,
    /// The kind of a profile with this primary community: most conditions look no further.
    of_primary: Table<u32>,
    /// Per profile: its kind; [`UNMET`] until it is met.
    of_profile: Vec<u32>,
    known: Table<u32>,
    class_numbers: Table<u32>,
    /// Per class: the values of its conditions, and a cell that belongs to it.
    examples: Vec<(Vec<Answer>, u32)>,
}

impl Classes {
    /// The class of a cell. One that is new is told to `made` once, with its values and a record of it.
    pub fn meet(
        &mut self,
        ask: &Ask<'_>,
        index: &Index,
        cell: u32,
        made: &mut dyn FnMut(&[Answer], &Attributes),
    ) -> Option<u32> {
        if let Some(class) = self.of_cell.get(usize_of(cell)).filter(|class| **class != UNMET) {
            return Some(*class);
        }
        let (profile, state) = index.cells().get(usize_of(cell))?;
        let number = self.kind(ask, index, *profile)?;
        let state_known =
            state.known().is_some() || !ask.policy.atoms.iter().any(|atom| matches!(atom, Atom::State(_)));
        let key = keys::of_state(number, state);
        let kind = self.kinds.get(usize_of(number))?;
        // Cells alike in every condition share a class; one of which not every condition is known has its own.
        let certain = kind.certain && state_known;
        let found = if certain { self.known.get(&key).copied() } else { None };
        let class = match found {
            Some(class) => class,
            None => {
                let mut values = with_state(&kind.values, state, &ask.policy.atoms);
                let example = record(index.profiles().get(usize_of(*profile))?, state.clone());
                let alike = certain || state_known && ask.with_lists(&mut values, &example);
                let next = count(self.examples.len());
                let class =
                    if alike { keys::number(&mut self.class_numbers, keys::of_answers(&values), next) } else { next };
                if class == next {
                    made(&values, &example);
                    self.examples.push((values, cell));
                }
                if certain {
                    self.known.insert(key, class);
                }
                class
            }
        };
        *place(&mut self.of_cell, cell)? = class;
        Some(class)
    }

    /// Every class that was met, in the order of their numbers.
    pub fn each(&self, index: &Index, then: &mut dyn FnMut(&[Answer], &Attributes)) {
        for (values, cell) in &self.examples {
            if let Some((profile, state)) = index.cells().get(usize_of(*cell))
                && let Some(profile) = index.profiles().get(usize_of(*profile))
            {
                then(values, &record(profile, state.clone()));
            }
        }
    }

    fn kind(&mut self, ask: &Ask<'_>, index: &Index, profile: u32) -> Option<u32> {
        if let Some(kind) = self.of_profile.get(usize_of(profile)).filter(|kind| **kind != UNMET) {
            return Some(*kind);
        }
        let met = index.profiles().get(usize_of(profile))?;
        let values = self.conditions(ask, met);
        let next = count(self.kinds.len());
        let kind = keys::number(&mut self.kind_numbers, keys::of_answers(&values), next);
        if kind == next {
            let mut all = values.iter().zip(&ask.policy.atoms);
            let certain = all.all(|(value, atom)| *value != Answer::Unknown || later(atom));
            self.kinds.push(Kind { values, certain });
        }
        keys::number(&mut self.of_primary, keys::of_primary(&met.primary), kind);
        *place(&mut self.of_profile, profile)? = kind;
        Some(kind)
    }

    /// The value of every condition on a profile; those on state and owners are filled in later.
    fn conditions(&self, ask: &Ask<'_>, profile: &Profile) -> Vec<Answer> {
        let record = record(profile, Seen::Missing);
        let values = |kind: Option<&Kind>| kind.map(|kind| kind.values.clone()).unwrap_or_default();
        // What depends on the subject alone was found out with the first profile, what depends on the primary
        // community too with the first of that.
        let first = values(self.kinds.first());
        let same = values(
            self.of_primary.get(&keys::of_primary(&profile.primary)).and_then(|kind| self.kinds.get(usize_of(*kind))),
        );
        let atoms = (0..).zip(&ask.policy.atoms);
        atoms
            .map(|(id, atom)| match (atom, first.get(usize_of(id)), same.get(usize_of(id))) {
                (Atom::Subject(_), Some(value), _) => *value,
                (Atom::Community(_, Of::Primary), _, Some(value)) => *value,
                (atom, ..) if later(atom) => Answer::Unknown,
                _ => ask.atom(AtomId(id), &record, None),
            })
            .collect()
    }
}

impl Ask<'_> {
    /// Fills in what access lists say of a record in its state; whether then all is known but for the owners.
    fn with_lists(&self, values: &mut [Answer], record: &Attributes) -> bool {
        let mut known = true;
        for ((id, atom), value) in (0..).zip(&self.policy.atoms).zip(values) {
            if matches!(atom, Atom::List(..)) {
                *value = self.atom(AtomId(id), record, None);
            }
            known &= *value != Answer::Unknown || later(atom);
        }
        known
    }
}

/// Whether a condition is on the state or the owners.
fn later(atom: &Atom) -> bool {
    matches!(atom, Atom::State(_) | Atom::Owner | Atom::HasOwner)
}

/// A place in a column of numbers, made if it is not there yet.
fn place(column: &mut Vec<u32>, at: u32) -> Option<&mut u32> {
    let at = usize_of(at);
    if column.len() <= at {
        column.resize(at + 1, UNMET);
    }
    column.get_mut(at)
}

/// A record of a profile in a state.
fn record(profile: &Profile, state: Seen<StateId>) -> Attributes {
    let Profile { primary, secondary, named, listed } = profile.clone();
    Attributes { id: None, primary, secondary, partial: Vec::new(), state, owners: Seen::Missing, named, listed }
}

/// The values of a profile's conditions, those on the state filled in.
fn with_state(values: &[Answer], state: &Seen<StateId>, atoms: &[Atom]) -> Vec<Answer> {
    let values = values.iter().zip(atoms);
    values
        .map(|(value, atom)| match (atom, state) {
            (Atom::State(states), Seen::Known(state)) => Answer::from(states.contains(state)),
            _ => *value,
        })
        .collect()
}

/// A rule's value from the values of its conditions; where these leave it open, as for a single decision.
pub(super) fn value(ask: &Ask<'_>, rule: &Rule, values: &[Answer], record: &Attributes, standing: u8) -> Answer {
    let owner = match standing {
        MINE => Answer::Allow,
        UNKNOWN => Answer::Unknown,
        _ => Answer::Deny,
    };
    let has_owner = match standing {
        NOBODY => Answer::Deny,
        UNKNOWN => Answer::Unknown,
        _ => Answer::Allow,
    };
    let plain = rule.value(&mut |id| match ask.policy.atom(id) {
        Some(Atom::Owner) => owner,
        Some(Atom::HasOwner) => has_owner,
        _ => values.get(usize_of(id.0)).copied().unwrap_or(Answer::Unknown),
    });
    if plain != Answer::Unknown {
        return plain;
    }
    let owners = match standing {
        NOBODY => Seen::Known(Vec::new()),
        UNKNOWN => Seen::Missing,
        MINE => Seen::Known(ask.identity.subject().id().map(str::to_string).into_iter().collect()),
        _ => Seen::Known(vec![SOMEBODY.to_string()]),
    };
    settle(ask, rule, &Attributes { owners, ..record.clone() })
}
