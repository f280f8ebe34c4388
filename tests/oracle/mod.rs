//! A naive second opinion on the presets `oarepo`, `oarepo-3.0.5`, `repository` and `ils`.
//!
//! It is written from the prose of the rule tables as plain if/else and shares nothing with `src/`: not a type, not a word
//! list, not a helper. Whoever changes a rule changes it twice, and the agreement tests say whether both hands meant the same.
//! Do not make it clever, fast or generic; and do not import `lictor` here: the adapter between the oracle's world and the
//! engine's facts belongs to the test that compares them.
//!
//! | module | what is in it |
//! | --- | --- |
//! | `acls` | access lists, used by itself |
//! | `world` | the plain structs a case is made of |
//! | `ils` | preset `ils`: decide, and which transitions run |
//! | `oarepo` | preset `oarepo`: decide, transition, search |
//! | `oarepo305` | preset `oarepo-3.0.5`, bug for bug: decide, transition, available, search |
//! | `three` | three values by trying every completion of the unknown facts |
//! | `space` | the finite space, in a fixed order |
//! | `random` | proptest strategies over the same structs |
//! | `repository` | preset `repository`, in a folder of its own |
//! | `vectors` | upstream's executed tables as worlds |
//! | `visibility` | who sees which community, grants and members |

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod ils;
pub mod oarepo;
pub mod oarepo305;
pub mod random;
pub mod repository;
pub mod space;
pub mod three;
pub mod vectors;
pub mod visibility;
pub mod world;

use world::{Asker, Rec, World};

/// What every oracle looks like: the four nouns of a question in, one bit out.
pub type Decide = fn(&World, &Asker, &Rec, &str) -> bool;
