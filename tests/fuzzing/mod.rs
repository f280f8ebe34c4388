//! What the fuzzing does with one input. Used by the deterministic run (`fuzz_short.rs`) and by cargo-fuzz (`fuzz/`).

#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod calls;
mod policies;

pub use calls::facts_and_call;
pub use policies::policy_document;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lictor::model::{Error, Limits};
use lictor::terms::ErrorCode;

/// What became of an input.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Whether the policy was accepted, or the facts.
    pub accepted: bool,
    /// How many calls were answered.
    pub answered: usize,
    /// With what codes the others were refused.
    pub refused: Vec<ErrorCode>,
}

impl Verdict {
    /// Notes an answer or a well-formed refusal; a panic below says which call it was.
    pub fn take<T>(&mut self, call: &str, ask: impl FnOnce() -> Result<T, Error>) -> Option<T> {
        match guarded(call, ask) {
            Ok(value) => {
                self.answered += 1;
                Some(value)
            }
            Err(error) => {
                well_formed(call, &error);
                self.refused.push(error.code());
                None
            }
        }
    }
}

/// Runs something and says what it was if it panics.
pub fn guarded<T>(call: &str, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        eprintln!("panicked in `{call}`");
        resume_unwind(panic)
    })
}

/// Every error says what and where, and not without end.
fn well_formed(call: &str, error: &Error) {
    assert!(!error.faults.is_empty(), "{call}: an error without faults");
    assert!(error.faults.len() <= Limits::FAULTS, "{call}: {} faults", error.faults.len());
    for fault in &error.faults {
        assert!(!fault.path.is_empty(), "{call}: a fault without a path: {fault:?}");
        assert!(!fault.code.as_str().is_empty(), "{call}: a fault without a code: {fault:?}");
        assert!(!fault.message.is_empty(), "{call}: a fault without a message: {fault:?}");
    }
}
