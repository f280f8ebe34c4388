//! What follows from an action: transitions in their order of checks, writes within a record's invariants, and the
//! events listeners hear. Decisions come from `policy`; nothing is stored here.

mod community;
mod effect;
mod event;
mod guard;
mod possible;
mod refusal;
mod transition;
mod write;

pub use community::{asked_in_state, asked_of_community};
pub use effect::{After, Work, share};
pub use event::Event;
pub use guard::{guard, guard_all, stands};
pub use possible::Possible;
pub use refusal::{Refusal, Stop};
pub use transition::{Available, attempt, available, in_source};
pub use write::{Draft, FieldChange, changed, create, update};
