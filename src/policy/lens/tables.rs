//! A subject as tables over the cells of an index.

use std::rc::Rc;

use super::classes::{Classes, UNMET, value};
use super::index::{Index, count, usize_of};
use super::visible::{List, Visible};
use super::{MINE, NOBODY, OTHERS, STANDINGS, UNKNOWN};
use crate::facts::Facts;
use crate::model::{Attributes, Seen, Subject};
use crate::policy::filter::Scope;
use crate::policy::{ActionId, Ask, Policy, Rule};
use crate::terms::Answer;

/// Lists a lens remembers: enough for a screen that shows a few of them again and again.
const REMEMBERED: usize = 8;

/// A subject's tables over one index. Tables grow as cells are met; facts are those of its making.
#[derive(Debug)]
pub struct Lens {
    who: Asker,
    words: usize,
    classes: Classes,
    /// Per class and standing: allow words, then unknown words.
    masks: Vec<u32>,
    /// Per set of owners: the subject's standing.
    standing: Vec<u8>,
    /// The lists asked for last, the latest at the end.
    lists: Vec<(ActionId, Scope, Rc<List>)>,
}

#[derive(Debug)]
struct Asker {
    policy: Rc<Policy>,
    facts: Rc<Facts>,
    subject: Subject,
}

impl Asker {
    fn ask(&self) -> Ask<'_> {
        Ask::new(&self.policy, &self.subject, &self.facts)
    }
}

impl Lens {
    /// The tables of a subject at these facts.
    pub fn new(policy: Rc<Policy>, facts: Rc<Facts>, subject: Subject) -> Self {
        let words = policy.actions.len().div_ceil(32).max(1);
        Self {
            who: Asker { policy, facts, subject },
            words,
            classes: Classes::default(),
            masks: Vec::new(),
            standing: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// Words of 32 actions in a mask.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Where the tables lie in memory, for a reader beside the engine: cells, owners (each: address, bytes a number,
    /// count), classes, standings, masks (each: address, count). Good until the next call that meets a new cell.
    pub fn places(&self, index: &Index) -> Vec<usize> {
        let mut places = Vec::from(index.cell.place());
        places.extend(index.owner.place());
        places.extend([self.classes.of_cell.as_ptr().addr(), self.classes.of_cell.len()]);
        places.extend([self.standing.as_ptr().addr(), self.standing.len()]);
        places.extend([self.masks.as_ptr().addr(), self.masks.len()]);
        places
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
        if usize::from(action.0) >= self.who.policy.actions.len() {
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
        let class = match self.classes.of_cell.get(usize_of(cell)) {
            Some(class) if *class != UNMET => *class,
            _ => self.meet(index, cell..cell.checked_add(1)?)?,
        };
        Some((usize_of(class) * STANDINGS.len() + usize::from(standing)) * self.words * 2)
    }

    /// Notes the standing to sets of owners added since.
    fn stand(&mut self, index: &Index, owner: u32) -> Option<u8> {
        let user = self.who.subject.id();
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

    /// Fills the tables for cells met for the first time; returns the class of the last.
    fn meet(&mut self, index: &Index, cells: std::ops::Range<u32>) -> Option<u32> {
        let Self { who, classes, masks, words, .. } = self;
        let ask = who.ask();
        let mut made = |values: &[Answer], record: &Attributes| fill(&ask, *words, masks, values, record);
        cells.map(|cell| classes.meet(&ask, index, cell, &mut made)).last()?
    }

    /// The rows of an index the subject may do the action to.
    pub fn visible<'i>(&mut self, index: &'i Index, action: ActionId, scope: &Scope) -> Visible<'i> {
        // Records of a type that knows no communities in its lists are listed alike wherever one asks.
        let limited = self.who.policy.default_type().is_none_or(|kind| kind.community_scope);
        let scope = if limited { scope } else { &Scope::Everywhere };
        let same = |known: &(ActionId, Scope, Rc<List>)| known.0 == action && known.1 == *scope;
        if let Some((_, _, list)) = self.lists.iter().find(|known| same(known) && known.2.covers(index)) {
            return Visible::new(index, Rc::clone(list));
        }
        let list = Rc::new(self.list(index, action, scope));
        self.lists.retain(|known| !same(known));
        if self.lists.len() == REMEMBERED {
            self.lists.remove(0);
        }
        self.lists.push((action, scope.clone(), Rc::clone(&list)));
        Visible::new(index, list)
    }

    fn list(&mut self, index: &Index, action: ActionId, scope: &Scope) -> List {
        let every = 0..count(index.cells().len());
        self.stand(index, count(index.owner_sets().len()));
        let policy = Rc::clone(&self.who.policy);
        let mut flags = Vec::new();
        if let Scope::Community(id) = scope {
            let ask = self.who.ask().within(id);
            let rule = policy.list_rule(action, scope);
            let mut classes = Classes::default();
            let mut made = |values: &[Answer], record: &Attributes| flags.push(flag(&ask, &rule, values, record));
            for cell in every {
                classes.meet(&ask, index, cell, &mut made);
            }
            return List::new(index, &classes.of_cell, &flags, self.standing.clone());
        }
        self.meet(index, every);
        if *scope == Scope::Everywhere && !policy.lists.iter().any(|(own, _)| *own == action) {
            flags.extend(self.masks.chunks(STANDINGS.len() * 2 * self.words).map(|masks| self.flag_of(masks, action)));
        } else {
            let ask = self.who.ask();
            let rule = policy.list_rule(action, scope);
            self.classes.each(index, &mut |values, record| flags.push(flag(&ask, &rule, values, record)));
        }
        List::new(index, &self.classes.of_cell, &flags, self.standing.clone())
    }

    /// As [`flag`], from the masks of a class: a list of everything follows the rule of a single decision.
    fn flag_of(&self, masks: &[u32], action: ActionId) -> u8 {
        let word = usize::from(action.0 >> 5);
        let bit = |words: &[u32]| words.get(word).is_some_and(|word| word >> (action.0 & 31) & 1 == 1);
        masks.chunks(2 * self.words).zip(STANDINGS).fold(0, |flag, (masks, standing)| {
            let (allow, unknown) = masks.split_at_checked(self.words).unwrap_or_default();
            flag | (u8::from(bit(allow)) | u8::from(bit(unknown)) << 1) << (2 * standing)
        })
    }
}

/// Two bits (allow, unknown) for each standing to the owners.
fn flag(ask: &Ask<'_>, rule: &Rule, values: &[Answer], record: &Attributes) -> u8 {
    let of = |standing| value(ask, rule, values, record, standing).code() << (2 * standing);
    STANDINGS.into_iter().fold(0, |flag, standing| flag | of(standing))
}

/// Adds the masks of a class.
fn fill(ask: &Ask<'_>, words: usize, masks: &mut Vec<u32>, values: &[Answer], record: &Attributes) {
    for standing in STANDINGS {
        let mut both = vec![0u32; 2 * words];
        for action in ask.policy.action_ids() {
            let offset = match value(ask, ask.policy.rule(action), values, record, standing) {
                Answer::Allow => 0,
                Answer::Unknown => words,
                Answer::Deny => continue,
            };
            if let Some(word) = both.get_mut(offset + usize::from(action.0 >> 5)) {
                *word |= 1 << (action.0 & 31);
            }
        }
        masks.extend(both);
    }
}
