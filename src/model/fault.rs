//! What is wrong with an input, and where.

use std::fmt;

use serde::Serialize;

use super::{At, Limits, cut};
use crate::terms::ErrorCode;

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub code: ErrorCode,
    /// Where, for example `call.record["a.b"][2]`.
    pub path: String,
    /// For people: lower case, what to do about it.
    pub message: String,
}

/// An input was refused. Nothing changed, and the engine answers the next call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Error {
    /// Every fault found (at least one, at most [`Limits::FAULTS`]).
    pub faults: Vec<Fault>,
}

impl Error {
    /// An error of one fault.
    pub fn new(code: ErrorCode, path: impl ToString, message: impl Into<String>) -> Self {
        Self::of(code, path.to_string(), message.into())
    }

    /// One function for all kinds of texts.
    #[inline(never)]
    fn of(code: ErrorCode, path: String, message: String) -> Self {
        Self { faults: vec![Fault { code, path, message }] }
    }

    /// The first fault's code; `malformed` if there is none.
    pub fn code(&self) -> ErrorCode {
        self.faults.first().map_or(ErrorCode::Malformed, |fault| fault.code)
    }

    /// The first fault's path.
    pub fn path(&self) -> &str {
        self.faults.first().map_or("", |fault| &fault.path)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                out.write_str("; ")?;
            }
            write!(out, "{}: {}", fault.path, fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Collects faults, so that a document is refused with all of them at once.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Fault>,
}

impl Faults {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault. After [`Limits::FAULTS`] the rest is dropped.
    pub fn add(&mut self, code: ErrorCode, at: &At<'_>, message: impl Into<String>) {
        self.put(code, at, message.into());
    }

    /// Notes that a word is none of those known here.
    pub fn unknown(&mut self, code: ErrorCode, at: &At<'_>, what: &str, word: &str, known: &str) {
        let word = cut(word, 64);
        self.put(code, at, format!("unknown {what} `{word}`; known: {known}"));
    }

    fn put(&mut self, code: ErrorCode, at: &At<'_>, message: String) {
        if self.found.len() < Limits::FAULTS {
            let fault = Fault { code, path: at.to_string(), message };
            // A rule that stands before every action is read for each of them.
            if !self.found.contains(&fault) {
                self.found.push(fault);
            }
        }
    }

    /// Adds what another reading found.
    pub fn extend(&mut self, others: Self) {
        for fault in others.found {
            if self.found.len() < Limits::FAULTS && !self.found.contains(&fault) {
                self.found.push(fault);
            }
        }
    }

    /// Adds the faults of an error.
    pub fn take(&mut self, error: Error) {
        self.extend(Self { found: error.faults });
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The value if nothing was found, else the error.
    pub fn give<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(self.error()),
        }
    }

    #[inline(never)]
    fn error(self) -> Error {
        if self.found.is_empty() {
            return Error::new(ErrorCode::Malformed, "", "not understood");
        }
        Error { faults: self.found }
    }
}

/// Names for a message: the first [`Limits::LISTED`] of them, and that there are more.
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut text = String::new();
    for (index, name) in names.into_iter().enumerate() {
        list(&mut text, index, name.as_ref());
        if index == Limits::LISTED {
            break;
        }
    }
    text
}

#[inline(never)]
fn list(text: &mut String, index: usize, name: &str) {
    if index > 0 {
        text.push_str(", ");
    }
    text.push_str(if index == Limits::LISTED { "..." } else { name });
}
