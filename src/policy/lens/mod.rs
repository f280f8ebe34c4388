//! The compiled form: records as columns of small numbers, a subject as tables over those numbers.
//!
//! A record's communities make a *profile*, profile and state make a *cell*; there are few cells however many records.
//! A [`Lens`] holds for each cell, and for each way the subject can stand to the owners, which actions are allowed and
//! which are unknown. The tables are filled by evaluating the same rules with the same conditions as a single decision,
//! so there is nothing here that could decide differently.

mod classes;
mod column;
mod index;
mod keys;
mod tables;
mod visible;

pub use index::Index;
pub use tables::Lens;
pub use visible::Visible;

/// How the subject can stand to the owners of a record: there is none, others, itself, or that is not known.
const STANDINGS: [u8; 4] = [NOBODY, OTHERS, MINE, UNKNOWN];
const NOBODY: u8 = 0;
const OTHERS: u8 = 1;
const MINE: u8 = 2;
const UNKNOWN: u8 = 3;
