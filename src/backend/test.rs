//! What is asked of a record, in the few words that every back end can say. Queries of access lists and the conditions of
//! lists both become this, so that each back end is written once.

use crate::acl::{Kind, Scalar};

/// Where values stand, from a document or from one element of a list in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The keys, outermost first.
    pub keys: Vec<String>,
    /// Whether the levels above the last are objects, as an address of a policy has them. Otherwise lists on the way are
    /// looked through; a list at the end always is.
    pub direct: bool,
}

/// One place in a document, as an address or a pointer leads there. No list is looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The keys, outermost first.
    pub keys: Vec<String>,
    /// Whether a number leads to an entry of a list.
    pub lists: bool,
}

/// What is asked of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exact {
    /// It is there, were it null.
    There,
    /// It is text.
    Text,
    /// It is this text.
    Is(String),
    /// It is text that ends so.
    Ends(String),
    /// It is one of these ids or names, or a list of such: text or whole numbers, each perhaps as `{user: ...}`.
    Names(Vec<String>),
}

/// What the engine's columns keep of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Its state.
    State,
    /// Its primary community.
    Primary,
    /// Its secondary communities.
    Secondary,
    /// Its owners.
    Owners,
    /// What its named fields hold.
    Terms,
}

/// A condition on a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of these; none of none.
    Any(Vec<Test>),
    /// All of these; every record, of none.
    All(Vec<Test>),
    /// Not this.
    Not(Box<Test>),
    /// It cannot be told of any record.
    Open(Why),
    /// Those that are meant are among these.
    Among(Box<Test>, Why),
    /// The record has one of these ids.
    Id(Vec<String>),
    /// A column holds one of these.
    Column(Column, Vec<String>),
    /// A column holds something.
    Filled(Column),
    /// What stands at exactly this place is so.
    Exact(Place, Exact),
    /// A value there is so.
    Value(Path, Ask),
    /// One element of the list there fulfils all of this.
    Each(Path, Box<Test>),
}

/// What is asked of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// It is one of these.
    In(Kind, Vec<Scalar>),
    /// It is this text, which is in lower case; letters A to Z there may be capitals.
    AnyCase(String),
    /// It is text with one of these words, in lower case.
    Words(Vec<String>),
    /// It lies between these.
    Range(Kind, Ends),
    /// It is text that begins so.
    Prefix(String),
    /// It, or something in it, is not null.
    There(Kind),
    /// It is a list of so many entries, or more if it is the last of the sizes.
    Size(usize),
}

/// The ends of a range, each with whether it belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The lower.
    pub low: Option<(Scalar, bool)>,
    /// The upper.
    pub high: Option<(Scalar, bool)>,
}

/// Why a back end gives more than the rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Only the engine can tell.
    Engine,
    /// Links may have ended.
    Links,
    /// Owners are read in one form only.
    Owners,
    /// Words are found inside of words.
    Words,
    /// Numbers with a fraction are not compared to the last digit.
    Numbers,
    /// Values are written in other ways than the index knows.
    Written,
    /// How long a list is.
    Lengths,
    /// Lists in lists in lists.
    Depth,
    /// A name that the back end cannot look for.
    Names,
    /// An index does not know at which place of a list something stands.
    Pointers,
    /// There are too many access lists.
    Lists,
    /// Access lists that deny are not kept.
    Denials,
}

impl Test {
    /// Every record.
    pub const ALWAYS: Self = Self::All(Vec::new());
    /// No record.
    pub const NEVER: Self = Self::Any(Vec::new());

    /// A value is one of these texts, as keywords are compared.
    pub fn texts<'t>(path: Path, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let wanted = texts.into_iter().map(|text| Scalar::Text(text.to_string())).collect();
        Self::Value(path, Ask::In(Kind::Keyword, wanted))
    }

    /// All of these, without those that every record fulfils.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut found: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                _ if part.is_never() => return part,
                Self::All(inner) => found.extend(inner),
                _ => found.push(part),
            }
        }
        single(found, Self::All)
    }

    /// One of these, without those that no record fulfils. Ids, and values of one field, are asked for together.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut found: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                _ if part.is_always() => return part,
                Self::Any(inner) => found.extend(inner),
                _ if found.iter_mut().any(|other| other.takes(&part)) => {}
                _ => found.push(part),
            }
        }
        single(found, Self::Any)
    }

    /// Whether this one can ask for what another asks for, too; then it does.
    fn takes(&mut self, other: &Self) -> bool {
        match (&mut *self, other) {
            (Self::Id(mine), Self::Id(more)) => mine.extend(more.iter().cloned()),
            (Self::Value(path, Ask::In(kind, mine)), Self::Value(at, Ask::In(also, more)))
                if path == at && kind == also =>
            {
                mine.extend(more.iter().cloned());
            }
            (mine, other) => return mine == other,
        }
        true
    }

    /// Whether it holds of every record.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether it holds of none.
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Any(parts) if parts.is_empty())
    }

    /// How many conditions it is made of.
    pub fn size(&self) -> usize {
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().map(Self::size).sum(),
            Self::Not(part) | Self::Among(part, _) => part.size(),
            Self::Each(_, part) => 1 + part.size(),
            _ => 1,
        }
    }

    /// The opposite.
    pub fn turned(self) -> Self {
        match self {
            Self::Any(parts) if parts.is_empty() => Self::ALWAYS,
            Self::All(parts) if parts.is_empty() => Self::NEVER,
            other => Self::Not(Box::new(other)),
        }
    }
}

fn single(mut parts: Vec<Test>, make: fn(Vec<Test>) -> Test) -> Test {
    if parts.len() > 1 { make(parts) } else { parts.pop().unwrap_or_else(|| make(Vec::new())) }
}

impl Why {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Links => "links",
            Self::Owners => "owners",
            Self::Words => "words",
            Self::Numbers => "numbers",
            Self::Written => "written",
            Self::Lengths => "lengths",
            Self::Depth => "depth",
            Self::Names => "names",
            Self::Pointers => "pointers",
            Self::Lists => "lists",
            Self::Denials => "denials",
        }
    }

    /// For people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Engine => "part of the rule can only be told by looking at each record",
            Self::Links => "secret links that have ended are among those found",
            Self::Owners => "owners written in a form that this policy does not read are among those found",
            Self::Words => "a word is also found inside of a longer one",
            Self::Numbers => "numbers are compared up to their last digit, or as they are written",
            Self::Written => "numbers and dates that are written in unusual ways are among those found",
            Self::Lengths => "the index does not know how long a list is",
            Self::Depth => "elements of elements of elements are not looked at one by one",
            Self::Names => "the database cannot look for a name with quotes in it",
            Self::Pointers => "what a pointer of an access list leads to is also found in lists on the way",
            Self::Lists => "there are too many access lists to say all that they ask",
            Self::Denials => "records that an access list denies are among those found: an index keeps what allows",
        }
    }
}
