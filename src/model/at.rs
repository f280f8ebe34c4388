//! Where in an input something stands, as `facts.memberships[3].role`.

use std::fmt::{self, Write as _};

use super::cut;

/// A position, built on the stack while reading and rendered only for a fault.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The whole input.
    Root(&'a str),
    /// A key below a position.
    Key(&'a At<'a>, &'a str),
    /// An element below a position.
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    /// The position of a key.
    pub fn key(&'a self, name: &'a str) -> At<'a> {
        At::Key(self, name)
    }

    /// The position of an element.
    pub fn index(&'a self, index: usize) -> At<'a> {
        At::Index(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Root(name) => out.write_str(name),
            At::Index(parent, index) => write!(out, "{parent}[{index}]"),
            At::Key(parent, name) => {
                let plain = !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':'));
                match (plain, parent) {
                    (true, At::Root("")) => out.write_str(name),
                    (true, _) => write!(out, "{parent}.{name}"),
                    // Other keys are quoted, cut to a length fit for a message. (`{:?}` would do it, at the price of
                    // Unicode's tables.)
                    (false, _) => {
                        write!(out, "{parent}[\"")?;
                        for c in cut(name, 64).chars() {
                            out.write_char(if c.is_control() || c == '"' { '?' } else { c })?;
                        }
                        out.write_str("\"]")
                    }
                }
            }
        }
    }
}
