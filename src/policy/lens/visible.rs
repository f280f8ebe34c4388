//! The rows a subject may see: one pass over two columns, without a branch per row.

use std::rc::Rc;

use super::column::Column;
use super::index::{Index, count};

/// Per cell: two bits (allow, unknown) for each standing to the owners. Per set of owners: how far to shift.
#[derive(Debug)]
pub(super) struct Flags {
    cells: Vec<u8>,
    shift: Vec<u8>,
}

impl Flags {
    pub fn new(cells: Vec<u8>, shift: Vec<u8>) -> Self {
        Self { cells, shift }
    }

    /// Whether no cell or set of owners was added since.
    pub fn covers(&self, index: &Index) -> bool {
        self.cells.len() == index.cells().len() && self.shift.len() == index.owner_sets().len()
    }
}

/// Rows of an index, as a question still to be answered: ask for a count, a page, or all of them as numbers or bits.
#[derive(Debug)]
pub struct Visible<'i> {
    index: &'i Index,
    flags: Rc<Flags>,
}

impl<'i> Visible<'i> {
    pub(super) fn new(index: &'i Index, flags: Rc<Flags>) -> Self {
        Self { index, flags }
    }

    /// One bit a row, least significant first: set where the action is allowed.
    pub fn bits(&self) -> Vec<u32> {
        self.scan(0)
    }

    /// One bit a row: set where it is unknown.
    pub fn unknown_bits(&self) -> Vec<u32> {
        self.scan(1)
    }

    /// How many rows are allowed.
    pub fn count(&self) -> u32 {
        self.bits().iter().map(|word| word.count_ones()).sum()
    }

    /// Numbers of the allowed rows from `offset`, at most `limit`.
    pub fn page(&self, offset: u32, limit: u32) -> Vec<u32> {
        let mut rows = Vec::new();
        let mut skip = offset;
        for (word, bits) in (0u32..).zip(self.bits()) {
            let ones = bits.count_ones();
            if skip >= ones {
                skip -= ones;
                continue;
            }
            let mut left = bits;
            while left != 0 {
                if skip > 0 {
                    skip -= 1;
                } else if count(rows.len()) < limit {
                    rows.push(word * 32 + left.trailing_zeros());
                } else {
                    return rows;
                }
                left &= left - 1;
            }
        }
        rows
    }

    /// Numbers of all allowed rows.
    pub fn rows(&self) -> Vec<u32> {
        self.page(0, u32::MAX)
    }

    fn scan(&self, which: u8) -> Vec<u32> {
        match (&self.index.cell, &self.index.owner) {
            (Column::Narrow(cell), Column::Narrow(owner)) => self.pass(cell, owner, which),
            (Column::Narrow(cell), Column::Wide(owner)) => self.pass(cell, owner, which),
            (Column::Wide(cell), Column::Narrow(owner)) => self.pass(cell, owner, which),
            (Column::Wide(cell), Column::Wide(owner)) => self.pass(cell, owner, which),
        }
    }

    fn pass<C: Copy + Into<u32>, O: Copy + Into<u32>>(&self, cell: &[C], owner: &[O], which: u8) -> Vec<u32> {
        let cells = self.flags.cells.as_slice();
        let shift = self.flags.shift.as_slice();
        let look = |table: &[u8], number: u32| table.get(number as usize).copied().unwrap_or(0);
        let word = |(cell, owner): (&[C], &[O])| {
            let mut bits = 0u32;
            for (place, (cell, owner)) in cell.iter().zip(owner).enumerate() {
                let flag = look(cells, (*cell).into()) >> look(shift, (*owner).into()) >> which & 1;
                bits |= u32::from(flag) << place;
            }
            bits
        };
        cell.chunks(32).zip(owner.chunks(32)).map(word).collect()
    }
}
