//! What is known, and what is wanted. A fact that was not given is unknown unless a certificate covers it; only then
//! is it absent. Nothing here decides.

mod access;
mod certificate;
mod change;
mod document;
mod edit;
mod key;
mod membership;
mod snapshot;
mod told;

pub use access::{AccessRow, RowSubject};
pub use certificate::Certificate;
pub use change::{Change, EntityKey};
pub use document::Document;
pub use key::Key;
pub use membership::{Member, Membership, roles_value};
pub use snapshot::{COUNTED, Community, Facts, Grants, HIDDEN, Words, grants_value, read_addresses};
pub use told::read_told;
