//! What somebody who may read a record gets to see of it: its fields, what they may do, where it leads.

mod community;
mod links;
mod record;
mod redact;

pub use community::CommunityView;
pub use links::{LinkOptions, links, transition_route};
pub use record::RecordView;
pub use redact::{Shown, redact};
