//! One rule in every back end: what the engine's list filter leaves to be asked of records, and what the query of an access
//! list asks, in the languages of databases and of a search index. For hosts with an index of their own; nothing that a browser
//! loads is in this room.
//!
//! Each result says its *side*. `equal`: exactly what the rule allows. `over`: that, and perhaps more, and why; the host checks
//! each hit. There is no third side: what the rule allows is never left out. Documents in the index are those the engine is
//! given, with numbers written as JSON writers of JavaScript do.

mod call;
mod mapping;
mod of_applied;
mod of_filter;
mod of_lists;
mod of_query;
mod opensearch;
mod sql;
mod test;
mod words;

use serde::Serialize;

pub use call::Condition;
pub use opensearch::Dsl;
pub use sql::Sql;

/// Why a result is `over`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A word.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
}

impl From<test::Why> for Reason {
    fn from(why: test::Why) -> Self {
        Self { code: why.as_str(), message: why.meaning() }
    }
}
