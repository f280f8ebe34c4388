//! What somebody who may read a record gets to see of it: its fields, what they may do, where it leads.

mod links;
mod record;

pub use links::{LinkOptions, links, transition_route};
pub use record::RecordView;
