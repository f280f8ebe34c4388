//! Records as columns.

use super::column::Column;
use super::keys;
use crate::model::{Attributes, Listed, Named, Seen, StateId, Table};

/// The communities of a record, what its named fields hold, and what access lists say of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Profile {
    pub primary: Seen<Option<String>>,
    pub secondary: Seen<Vec<String>>,
    pub named: Named,
    pub listed: Listed,
}

/// Records, each as two numbers: its cell and its owners.
#[derive(Debug)]
pub struct Index {
    profiles: Vec<Profile>,
    profile_numbers: Table<u32>,
    cells: Vec<(u32, Seen<StateId>)>,
    cell_numbers: Table<u32>,
    owners: Vec<Seen<Vec<String>>>,
    owner_numbers: Table<u32>,
    pub(super) cell: Column,
    pub(super) owner: Column,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// No records yet.
    pub fn new() -> Self {
        Self {
            profiles: Vec::new(),
            profile_numbers: Table::default(),
            cells: Vec::new(),
            cell_numbers: Table::default(),
            owners: Vec::new(),
            owner_numbers: Table::default(),
            cell: Column::new(),
            owner: Column::new(),
        }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.cell.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held per record, dictionaries left out.
    pub fn column_bytes(&self) -> usize {
        self.cell.bytes() + self.owner.bytes()
    }

    /// The number of a set of communities, of what the named fields hold beside them, and of what access lists say.
    pub fn profile(&mut self, record: &Attributes) -> u32 {
        let Attributes { primary, secondary, named, listed, .. } = record.clone();
        let profile = Profile { primary, secondary, named, listed };
        let next = count(self.profiles.len());
        let number = keys::number(&mut self.profile_numbers, keys::of_profile(&profile), next);
        if number == next {
            self.profiles.push(profile);
        }
        number
    }

    /// The number of a profile in a state.
    pub fn cell(&mut self, profile: u32, state: Seen<StateId>) -> u32 {
        let next = count(self.cells.len());
        let number = keys::number(&mut self.cell_numbers, keys::of_state(profile, &state), next);
        if number == next {
            self.cells.push((profile, state));
        }
        number
    }

    /// The number of a set of owners.
    pub fn owner_set(&mut self, owners: Seen<Vec<String>>) -> u32 {
        let next = count(self.owners.len());
        let number = keys::number(&mut self.owner_numbers, keys::of_list(&owners), next);
        if number == next {
            self.owners.push(owners);
        }
        number
    }

    /// Adds a record by its numbers; returns its row, or none if a number was not given out by this index.
    pub fn push(&mut self, cell: u32, owner: u32) -> Option<u32> {
        let known = usize_of(cell) < self.cells.len() && usize_of(owner) < self.owners.len();
        known.then(|| {
            self.cell.push(cell);
            self.owner.push(owner);
            count(self.len() - 1)
        })
    }

    /// Adds a record; returns its row.
    pub fn add(&mut self, record: &Attributes) -> u32 {
        let profile = self.profile(record);
        let cell = self.cell(profile, record.state.clone());
        let owner = self.owner_set(record.owners.clone());
        self.push(cell, owner).unwrap_or(u32::MAX)
    }

    pub(super) fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    pub(super) fn cells(&self) -> &[(u32, Seen<StateId>)] {
        &self.cells
    }

    pub(super) fn owner_sets(&self) -> &[Seen<Vec<String>>] {
        &self.owners
    }
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(super) fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
