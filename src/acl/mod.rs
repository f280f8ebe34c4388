//! Explicit access lists: an entry names records (one, all of a schema, those a query finds), an operation, and who may do
//! it or may not.
//!
//! Here stands what a list says, which records it speaks of, and which of the lists that speak of a record count. Whether
//! their actors are the subject, and what follows from that, is asked in `policy`.

/// Whether lists are looked at. `lictor/check` does not: there a list among the facts is an error, so that none is overlooked.
pub const LOOKED_AT: bool = cfg!(feature = "whole");

/// What to do where they are not.
pub const NOT_LOOKED_AT: &str =
    "`lictor/check` does not look at access lists: give what they come to, `acl_outcomes`, or import `lictor`";

mod actor;
mod count;
mod entry;
mod list;
mod merged;
mod pointer;
mod query;
mod read;
mod set;
mod settings;

pub use actor::RecordActor;
pub use count::{Reading, applied, counting, together};
pub use entry::materialised;
pub use list::{Acl, Means};
pub use pointer::{Pointer, place_in_list};
pub use query::{Body, Bounds, Field, FieldTypes, Joined, Kind, Query, Scalar, lower, text_of, words};
pub use set::{Acls, covers, entries_of};
pub use settings::{AclSettings, spelled};
