//! Deterministic fuzzing: mutated documents, facts and calls never panic (skeleton, being filled in).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod fuzzing;
