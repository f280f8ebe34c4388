//! A repository that answers offline: what one user may see of it, held on a device; questions answered from that and
//! nothing else; commands made there and decided by the server. Pure: bytes, clocks and networks are the host's.
//!
//! `PROTOCOL.md` beside this file says what a device and a server tell each other.

mod derived;
mod entry;
mod intent;
mod lists;
mod options;
mod predict;
mod project;
mod replica;

pub use derived::Derived;
pub use entry::{Entry, Op, Scope, ViewBase};
pub use intent::{Decided, Outcome, VerdictPart};
pub use options::Foreseen;
pub use predict::{Clock, Listed, Prediction, Resolve, ShownRecord, read_key};
pub use replica::{Replayed, Replica};
