//! Nouns as plain data, and the careful reading of untrusted input. No rule is evaluated here.

mod address;
mod at;
mod entries;
mod fault;
mod field;
mod holders;
mod json;
mod limits;
mod listed;
mod moment;
mod names;
mod owners;
mod pack;
mod read;
mod record;
mod scan;
mod split;
mod subject;
mod table;
mod text;
// Tests compile it, too: what it does not do as `serde_json` does, they tell.
#[cfg(any(test, all(target_arch = "wasm32", not(feature = "tools"))))]
mod tree;
mod values;

pub use address::Address;
pub use at::At;
pub use entries::{Entries, fill};
pub use fault::{Error, Fault, Faults, listed};
pub use field::{Field, FieldId, FieldKind, FieldValue, Given, Holder, SIZES, Said};
pub use holders::{NAMED, folded, is_key};
pub use json::{Bounded, merge_patch, parse_text, parse_text_with};
pub use limits::Limits;
pub use listed::{Entry, List, Listed, Spoken, Told};
pub use moment::{date, moment};
pub use owners::{OwnerForm, check_owner_schema, read_owners};
pub(crate) use pack::packed;
pub use pack::{Pack, Packed, Packing};
pub use read::{Reader, id_of};
pub use record::{Attributes, Fields, Named, Seen, StateId, StateWords};
pub use scan::Float;
#[cfg(any(feature = "tools", not(target_arch = "wasm32")))]
pub use serde_json::{Map, Number, Value};
pub use split::Objects;
pub use subject::Subject;
pub use table::{Set, Table, ordered};
pub use text::{around, around_last, cut, joined, parts, replaced};
#[cfg(all(target_arch = "wasm32", not(feature = "tools")))]
pub use tree::{Map, Number, Value};
pub use values::{object, texts};
