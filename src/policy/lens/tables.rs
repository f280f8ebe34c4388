//! A subject as tables over the cells of an index.

use std::collections::HashMap;
use std::rc::Rc;

use super::index::{Index, Profile, usize_of};
use super::visible::{Flags, Visible};
use crate::facts::Facts;
use crate::model::{Attributes, Seen, StateId, Subject};
use crate::policy::filter::Scope;
use crate::policy::settle::{SOMEBODY, settle};
use crate::policy::{ActionId, Ask, Atom, Policy, Rule};
use crate::terms::Answer;

/// How the subject can stand to the owners of a record: there is none, others, itself, or that is not known.
pub(super) const STANDINGS: usize = 4;
pub(super) const NOBODY: u8 = 0;
pub(super) const OTHERS: u8 = 1;
pub(super) const MINE: u8 = 2;
pub(super) const UNKNOWN: u8 = 3;

/// A subject's tables over one index. Tables grow as cells are met; facts are those of its making.
#[derive(Debug)]
pub struct Lens {
    policy: Rc<Policy>,
    facts: Rc<Facts>,
    subject: Subject,
    words: usize,
    /// Per cell: the class whose masks it shares; `u32::MAX` until it is met.
    class: Vec<u32>,
    /// Per class and standing: allow words, then unknown words.
    masks: Vec<u32>,
    /// Cells alike in every condition share a class; one of which not every condition is known has its own.
    classes: HashMap<(Vec<Answer>, Option<u32>), u32>,
    /// Per profile: the value of the conditions that depend on it and on the subject.
    profiles: Vec<Option<Rc<Vec<Answer>>>>,
    /// Per set of owners: the subject's standing.
    standing: Vec<u8>,
    flags: HashMap<(ActionId, Scope), Rc<Flags>>,
}

impl Lens {
    /// The tables of a subject at these facts.
    pub fn new(policy: Rc<Policy>, facts: Rc<Facts>, subject: Subject) -> Self {
        let words = policy.actions.len().div_ceil(32).max(1);
        Self {
            policy,
            facts,
            subject,
            words,
            class: Vec::new(),
            masks: Vec::new(),
            classes: HashMap::new(),
            profiles: Vec::new(),
            standing: Vec::new(),
            flags: HashMap::new(),
        }
    }

    /// Words of 32 actions in a mask.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The answer for one record: 0 deny, 1 allow, 2 unknown; none for a row or action there is not.
    #[inline]
    pub fn can(&mut self, index: &Index, row: u32, action: ActionId) -> Option<u8> {
        let row = usize_of(row);
        self.can_cell(index, index.cell.get(row)?, index.owner.get(row)?, action)
    }

    /// As [`Self::can`], for a cell and a set of owners instead of a row.
    #[inline]
    pub fn can_cell(&mut self, index: &Index, cell: u32, owner: u32, action: ActionId) -> Option<u8> {
        let word = usize::from(action.0 >> 5);
        if usize::from(action.0) >= self.policy.actions.len() {
            return None;
        }
        let at = self.masks_at(index, cell, owner)?;
        let bit = action.0 & 31;
        let allow = self.masks.get(at + word)? >> bit & 1;
        let unknown = self.masks.get(at + self.words + word)? >> bit & 1;
        Some(u8::try_from(allow | unknown << 1).unwrap_or(0))
    }

    /// Word `word` of a record's mask of allowed actions, or of unknown ones.
    #[inline]
    pub fn mask(&mut self, index: &Index, row: u32, word: usize, unknown: bool) -> Option<u32> {
        let row = usize_of(row);
        let at = self.masks_at(index, index.cell.get(row)?, index.owner.get(row)?)?;
        if word >= self.words {
            return None;
        }
        self.masks.get(at + word + if unknown { self.words } else { 0 }).copied()
    }

    #[inline]
    fn masks_at(&mut self, index: &Index, cell: u32, owner: u32) -> Option<usize> {
        let standing = match self.standing.get(usize_of(owner)) {
            Some(standing) => *standing,
            None => self.stand(index, owner)?,
        };
        let class = match self.class.get(usize_of(cell)) {
            Some(class) if *class != u32::MAX => *class,
            _ => self.meet(index, cell)?,
        };
        Some((usize_of(class) * STANDINGS + usize::from(standing)) * self.words * 2)
    }

    /// Notes the standing to sets of owners added since.
    fn stand(&mut self, index: &Index, owner: u32) -> Option<u8> {
        let user = self.subject.id();
        for owners in index.owner_sets().iter().skip(self.standing.len()) {
            self.standing.push(match owners {
                Seen::Missing => UNKNOWN,
                Seen::Known(owners) if owners.is_empty() => NOBODY,
                Seen::Known(owners) if owners.iter().any(|id| Some(id.as_str()) == user) => MINE,
                Seen::Known(_) => OTHERS,
            });
        }
        self.standing.get(usize_of(owner)).copied()
    }

    /// Fills the tables for a cell met for the first time.
    fn meet(&mut self, index: &Index, cell: u32) -> Option<u32> {
        let (profile, state) = index.cells().get(usize_of(cell))?;
        let values = self.profile_values(index, *profile)?;
        let values = with_state(&values, state, &self.policy);
        let about = |atom: &Atom| matches!(atom, Atom::Owner | Atom::HasOwner);
        let known = values.iter().zip(&self.policy.atoms).all(|(value, atom)| *value != Answer::Unknown || about(atom));
        let next = super::index::count(self.classes.len());
        let class = *self.classes.entry((values.clone(), (!known).then_some(cell))).or_insert(next);
        if class == next {
            self.fill(&values, &record(index.profiles().get(usize_of(*profile))?, state.clone()));
        }
        let at = usize_of(cell);
        if self.class.len() <= at {
            self.class.resize(at + 1, u32::MAX);
        }
        *self.class.get_mut(at)? = class;
        Some(class)
    }

    fn fill(&mut self, values: &[Answer], record: &Attributes) {
        let ask = Ask::new(&self.policy, &self.subject, &self.facts);
        for standing in [NOBODY, OTHERS, MINE, UNKNOWN] {
            let mut allow = vec![0u32; self.words];
            let mut unknown = vec![0u32; self.words];
            for action in self.policy.action_ids() {
                let answer = value(&ask, self.policy.rule(action), values, record, standing);
                let words = match answer {
                    Answer::Allow => &mut allow,
                    Answer::Unknown => &mut unknown,
                    Answer::Deny => continue,
                };
                if let Some(word) = words.get_mut(usize::from(action.0 >> 5)) {
                    *word |= 1 << (action.0 & 31);
                }
            }
            self.masks.extend(allow);
            self.masks.extend(unknown);
        }
    }

    fn profile_values(&mut self, index: &Index, profile: u32) -> Option<Rc<Vec<Answer>>> {
        let at = usize_of(profile);
        if self.profiles.len() <= at {
            self.profiles.resize(at + 1, None);
        }
        if let Some(Some(values)) = self.profiles.get(at) {
            return Some(Rc::clone(values));
        }
        let ask = Ask::new(&self.policy, &self.subject, &self.facts);
        let values = Rc::new(conditions(&ask, index.profiles().get(at)?));
        *self.profiles.get_mut(at)? = Some(Rc::clone(&values));
        Some(values)
    }

    /// The rows of an index the subject may do the action to.
    pub fn visible<'i>(&mut self, index: &'i Index, action: ActionId, scope: &Scope) -> Visible<'i> {
        let key = (action, scope.clone());
        let known = self.flags.get(&key).filter(|flags| flags.covers(index)).map(Rc::clone);
        let flags = known.unwrap_or_else(|| {
            let flags = Rc::new(self.flags_for(index, action, scope));
            self.flags.insert(key, Rc::clone(&flags));
            flags
        });
        Visible::new(index, flags)
    }

    fn flags_for(&mut self, index: &Index, action: ActionId, scope: &Scope) -> Flags {
        let rule = self.policy.list_rule(action, scope);
        let mut ask = Ask::new(&self.policy, &self.subject, &self.facts);
        if let Scope::Community(id) = scope {
            ask.scope = Some(id.clone());
        }
        let profiles: Vec<Vec<Answer>> = index.profiles().iter().map(|profile| conditions(&ask, profile)).collect();
        let mut cells = Vec::with_capacity(index.cells().len());
        for (profile, state) in index.cells() {
            let mut flag = 0u8;
            if let (Some(values), Some(profile)) =
                (profiles.get(usize_of(*profile)), index.profiles().get(usize_of(*profile)))
            {
                let values = with_state(values, state, &self.policy);
                let record = record(profile, state.clone());
                for standing in [NOBODY, OTHERS, MINE, UNKNOWN] {
                    flag |= value(&ask, &rule, &values, &record, standing).code() << (2 * standing);
                }
            }
            cells.push(flag);
        }
        let last = index.owner_sets().len().checked_sub(1).map(super::index::count);
        if let Some(last) = last {
            self.stand(index, last);
        }
        Flags::new(cells, self.standing.iter().map(|standing| standing * 2).collect())
    }
}

/// The value of every condition on a profile; those on state and owners are filled in later.
fn conditions(ask: &Ask<'_>, profile: &Profile) -> Vec<Answer> {
    let record = record(profile, Seen::Missing);
    let ids = (0..super::index::count(ask.policy.atoms.len())).map(crate::policy::AtomId);
    ids.zip(&ask.policy.atoms)
        .map(|(id, atom)| match atom {
            Atom::State(_) | Atom::Owner | Atom::HasOwner => Answer::Unknown,
            _ => ask.atom(id, &record, None),
        })
        .collect()
}

/// A record of a profile in a state.
fn record(profile: &Profile, state: Seen<StateId>) -> Attributes {
    let Profile { primary, secondary } = profile.clone();
    Attributes { id: None, primary, secondary, state, owners: Seen::Missing }
}

/// The values of a profile's conditions, those on the state filled in.
fn with_state(values: &[Answer], state: &Seen<StateId>, policy: &Policy) -> Vec<Answer> {
    let values = values.iter().zip(&policy.atoms);
    values
        .map(|(value, atom)| match (atom, state) {
            (Atom::State(states), Seen::Known(state)) => Answer::from(states.contains(state)),
            _ => *value,
        })
        .collect()
}

/// A rule's value from the values of its conditions; where these leave it open, as for a single decision.
fn value(ask: &Ask<'_>, rule: &Rule, values: &[Answer], record: &Attributes, standing: u8) -> Answer {
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
        OTHERS => Seen::Known(vec![SOMEBODY.to_string()]),
        MINE => Seen::Known(ask.identity.subject().id().map(str::to_string).into_iter().collect()),
        _ => Seen::Missing,
    };
    settle(ask, rule, &Attributes { owners, ..record.clone() })
}
