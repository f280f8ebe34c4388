//! What follows from an action: transitions in their order of checks, writes within a record's invariants, and the
//! events listeners hear. Decisions come from `policy`; nothing is stored here.

mod event;
mod refusal;
mod transition;
mod write;

pub use event::Event;
pub use refusal::{Refusal, Stop};
pub use transition::{Available, attempt, available};
pub use write::{Draft, FieldChange, changed, create, update};
