//! A column of numbers: 16 bits wide until a number does not fit, then 32. It never wraps.

/// The numbers of one column.
#[derive(Debug, Clone)]
pub(super) enum Column {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Column {
    pub fn new() -> Self {
        Self::Narrow(Vec::new())
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(column) => column.len(),
            Self::Wide(column) => column.len(),
        }
    }

    pub fn get(&self, row: usize) -> Option<u32> {
        match self {
            Self::Narrow(column) => column.get(row).map(|number| u32::from(*number)),
            Self::Wide(column) => column.get(row).copied(),
        }
    }

    pub fn push(&mut self, number: u32) {
        match (&mut *self, u16::try_from(number)) {
            (Self::Narrow(column), Ok(number)) => column.push(number),
            (Self::Wide(column), _) => column.push(number),
            (Self::Narrow(column), Err(_)) => {
                let mut wide: Vec<u32> = column.iter().map(|number| u32::from(*number)).collect();
                wide.push(number);
                *self = Self::Wide(wide);
            }
        }
    }

    /// Where it lies in memory, how many bytes a number takes, and how many there are.
    pub fn place(&self) -> [usize; 3] {
        match self {
            Self::Narrow(column) => [column.as_ptr().addr(), 2, column.len()],
            Self::Wide(column) => [column.as_ptr().addr(), 4, column.len()],
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Narrow(column) => column.len() * 2,
            Self::Wide(column) => column.len() * 4,
        }
    }
}
