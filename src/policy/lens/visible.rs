//! The rows a subject may see: one pass over two columns, without a branch per row.

use std::cell::OnceCell;
use std::rc::Rc;

use super::STANDINGS;
use super::column::Column;
use super::index::{Index, count, usize_of};

/// A list as tables, and its bits once they were asked for.
#[derive(Debug)]
pub(super) struct List {
    rows: usize,
    /// Per cell: two bits (allow, unknown) for each standing to the owners.
    cells: Vec<u8>,
    /// Per set of owners: the subject's standing.
    standing: Vec<u8>,
    bits: OnceCell<Vec<u32>>,
}

impl List {
    /// A list of the rows there are now, from each cell's class and each class's flags.
    pub fn new(index: &Index, classes: &[u32], flags: &[u8], standing: Vec<u8>) -> Self {
        let cells = classes.iter().map(|class| flags.get(usize_of(*class)).copied().unwrap_or(0)).collect();
        Self { rows: index.len(), cells, standing, bits: OnceCell::new() }
    }

    /// Whether no row, cell or set of owners was added since.
    pub fn covers(&self, index: &Index) -> bool {
        self.rows == index.len()
            && self.cells.len() == index.cells().len()
            && self.standing.len() == index.owner_sets().len()
    }
}

/// Rows of an index, as a question still to be answered: ask for a count, a page, or all of them as numbers or bits.
#[derive(Debug)]
pub struct Visible<'i> {
    index: &'i Index,
    list: Rc<List>,
}

impl<'i> Visible<'i> {
    pub(super) fn new(index: &'i Index, list: Rc<List>) -> Self {
        Self { index, list }
    }

    /// One bit a row, least significant first: set where the action is allowed.
    pub fn bits(&self) -> Vec<u32> {
        self.allowed().to_vec()
    }

    /// One bit a row: set where it is unknown.
    pub fn unknown_bits(&self) -> Vec<u32> {
        self.scan(1)
    }

    /// How many rows are allowed.
    pub fn count(&self) -> u32 {
        self.allowed().iter().map(|word| word.count_ones()).sum()
    }

    /// Numbers of the allowed rows from `offset`, at most `limit`.
    pub fn page(&self, offset: u32, limit: u32) -> Vec<u32> {
        let mut rows = Vec::new();
        let mut skip = offset;
        for (word, bits) in (0u32..).zip(self.allowed()) {
            let ones = bits.count_ones();
            if skip >= ones {
                skip -= ones;
                continue;
            }
            let mut left = *bits;
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

    fn allowed(&self) -> &[u32] {
        self.list.bits.get_or_init(|| self.scan(0))
    }

    fn scan(&self, which: u8) -> Vec<u32> {
        let list = &self.list;
        // One bit a standing: a row's is found by shifting as far as the standing says.
        let of = |flags: &u8| STANDINGS.iter().fold(0, |bits, at| bits | (flags >> (2 * at + which) & 1) << at);
        let cells: Vec<u8> = list.cells.iter().map(of).collect();
        if cells.iter().all(|bits| *bits == 0) {
            return vec![0; list.rows.div_ceil(32)];
        }
        let tables = Tables { cells: &cells, standing: &list.standing };
        match (&self.index.cell, &self.index.owner) {
            (Column::Narrow(cell), Column::Narrow(owner)) => tables.pass(cell, owner),
            (Column::Narrow(cell), Column::Wide(owner)) => tables.pass(cell, owner),
            (Column::Wide(cell), Column::Narrow(owner)) => tables.pass(cell, owner),
            (Column::Wide(cell), Column::Wide(owner)) => tables.pass(cell, owner),
        }
    }
}

struct Tables<'t> {
    cells: &'t [u8],
    standing: &'t [u8],
}

impl Tables<'_> {
    fn pass<C: Copy + Into<u32>, O: Copy + Into<u32>>(&self, cells: &[C], owners: &[O]) -> Vec<u32> {
        cells.chunks(32).zip(owners.chunks(32)).map(|(cells, owners)| self.word(cells, owners)).collect()
    }

    /// The bits of at most 32 rows. Eight at a time are written out: the wasm is optimised for size, and a loop of so
    /// little work is mostly its own counter.
    fn word<C: Copy + Into<u32>, O: Copy + Into<u32>>(&self, cells: &[C], owners: &[O]) -> u32 {
        let (mut bits, mut place) = (0, 0);
        let ((eights, cells), (eight_owners, owners)) = (cells.as_chunks(), owners.as_chunks());
        for ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) in eights.iter().zip(eight_owners) {
            let low = self.one(*a, *i) | self.one(*b, *j) << 1 | self.one(*c, *k) << 2 | self.one(*d, *l) << 3;
            let high = self.one(*e, *m) | self.one(*f, *n) << 1 | self.one(*g, *o) << 2 | self.one(*h, *p) << 3;
            bits |= (low | high << 4) << place;
            place += 8;
        }
        for (cell, owner) in cells.iter().zip(owners) {
            bits |= self.one(*cell, *owner) << place;
            place += 1;
        }
        bits
    }

    #[inline(always)]
    fn one<C: Into<u32>, O: Into<u32>>(&self, cell: C, owner: O) -> u32 {
        let look = |table: &[u8], number: u32| table.get(usize_of(number)).copied().unwrap_or(0);
        u32::from(look(self.cells, cell.into())) >> (look(self.standing, owner.into()) & 7) & 1
    }
}
