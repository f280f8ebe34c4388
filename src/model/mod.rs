//! Nouns as plain data, and the careful reading of untrusted input. No rule is evaluated here.

mod address;
mod at;
mod fault;
mod field;
mod json;
mod limits;
mod moment;
mod names;
mod owners;
mod read;
mod record;
mod scan;
mod split;
mod subject;
mod table;
mod text;
mod values;

pub use address::Address;
pub use at::At;
pub use fault::{Error, Fault, Faults, listed};
pub use field::{Field, FieldId, FieldKind, FieldValue, Given, Holder, SIZES};
pub use json::{Bounded, merge_patch, parse_text, parse_text_with};
pub use limits::Limits;
pub use moment::{date, moment};
pub use owners::{OwnerForm, check_owner_schema, read_owners};
pub use read::{Reader, id_of};
pub use record::{Attributes, Fields, Named, Seen, StateId, StateWords};
pub use scan::Float;
pub use split::Objects;
pub use subject::Subject;
pub use table::{Set, Table, ordered};
pub use text::{around, around_last, joined, replaced};
pub use values::{object, texts};
