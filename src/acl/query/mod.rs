//! The query language of access lists: `match_all`, `term`, `terms`, `match`, `range`, `exists`, `prefix`, `ids`, `bool` and
//! `nested`. The tree says all that a back end needs to ask the same of its own index.
//!
//! What it means:
//!
//! * A field is reached by its dotted path; lists on the way, and at its end, are looked through: one element is enough.
//!   `null` and what is not there have no value.
//! * Values compare by the field's declared type ([`Kind`]). A value in a record that is not of the type has no value.
//! * A field that has no value matches nothing, whatever is asked of it.
//! * `term` and `terms` on a text look for a word as it is given; `match` takes the words of what is given, in lower case, and
//!   is content with one.
//! * In `bool`, all of `must` and `filter` and none of `must_not` hold; of `should` one, unless `must` or `filter` ask for
//!   something: then it is optional. A `bool` that asks for nothing matches everything.
//! * Inside `nested`, all conditions speak of one and the same element of the list at `path`.

mod matches;
mod read;
mod scalar;
mod words;

pub use matches::Body;
pub(super) use matches::meet;
pub use scalar::{FieldTypes, Kind, Scalar, text_of};
pub use words::{lower, words};

/// A field that a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The keys of its path, outermost first.
    pub keys: Vec<String>,
    /// How many of them lead to the element a `nested` looks at.
    pub above: usize,
    /// Its type.
    pub kind: Kind,
}

/// A condition on a record's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Every record.
    All,
    /// The field has one of these values: `term` and `terms`.
    Values(Field, Vec<Scalar>),
    /// A text holds one of these words.
    Words(Field, Vec<String>),
    /// The field has a value between these.
    Range(Field, Bounds),
    /// The field has a value.
    Exists(Field),
    /// The field has a value that begins so.
    Prefix(Field, String),
    /// The record has one of these ids.
    Ids(Vec<String>),
    /// Conditions joined.
    Bool(Box<Joined>),
    /// One element of the list at a field fulfils all of this.
    Nested(Field, Box<Query>),
}

/// The ends of a range, each with whether it belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    /// `gt`, or `gte` where it belongs to it.
    pub low: Option<(Scalar, bool)>,
    /// `lt`, or `lte` where it belongs to it.
    pub high: Option<(Scalar, bool)>,
}

/// The parts of a `bool`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Joined {
    /// All of these.
    pub must: Vec<Query>,
    /// All of these, too.
    pub filter: Vec<Query>,
    /// One of these, unless something else is asked for.
    pub should: Vec<Query>,
    /// None of these.
    pub must_not: Vec<Query>,
}

impl Joined {
    /// Whether one of `should` must hold.
    pub fn wants_one(&self) -> bool {
        !self.should.is_empty() && self.must.is_empty() && self.filter.is_empty()
    }
}
