//! What is left of a rule once everything is known but the record, and how such conditions are joined.

use serde::Serialize;

use crate::facts::Key;
use crate::terms::Answer;

/// A condition over records alone: what a back end can turn into its own query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Where {
    /// Every record.
    Always,
    /// No record.
    Never,
    /// It cannot be said of any record.
    Unknown {
        /// Facts that could settle it.
        missing: Vec<Key>,
    },
    /// One of these.
    Any {
        /// The parts.
        of: Vec<Where>,
    },
    /// All of these.
    All {
        /// The parts.
        of: Vec<Where>,
    },
    /// Not this.
    Not {
        /// The part.
        of: Box<Where>,
    },
    /// The state is one of these.
    State {
        /// Names of states.
        r#in: Vec<String>,
    },
    /// The user owns the record.
    Owner {
        /// The user.
        user: String,
    },
    /// The record has an owner.
    HasOwner,
    /// The record has a primary community.
    HasCommunity,
    /// Any record may be meant: only the engine can tell, by looking at each.
    Open,
    /// Of the access lists that count for one of these operations one that denies, or one that allows, speaks of the subject. A
    /// back end says what that asks of a record; it is only said to one that does.
    #[serde(skip)]
    Lists {
        /// The operations.
        operations: Vec<String>,
        /// Whether those are meant that deny.
        denies: bool,
    },
    /// The record has one of these terms: what its named fields hold, as the engine's `columns` give it.
    Term {
        /// Terms of an index.
        r#in: Vec<String>,
        /// Whether records are among those meant that only the engine can sort out: links that may have ended.
        over: bool,
    },
    /// The record's community is one of these.
    Community {
        /// `primary`, or `any` of primary and secondary.
        of: &'static str,
        /// Where it holds.
        r#in: Vec<String>,
        /// Where it is not known.
        unknown: Vec<String>,
        /// What holds in every other community, and for a record without one.
        rest: Answer,
    },
}

impl Where {
    fn over(&self) -> bool {
        match self {
            Self::Open => true,
            Self::Term { over, .. } => *over,
            Self::Any { of } | Self::All { of } => of.iter().any(Self::over),
            Self::Not { of } => of.over(),
            _ => false,
        }
    }
}

pub(super) fn negated(part: Where) -> Where {
    match part {
        Where::Always => Where::Never,
        Where::Never => Where::Always,
        unknown @ Where::Unknown { .. } => unknown,
        // What may mean too many cannot be turned round; all are meant then, and the engine sorts them out.
        other if other.over() => Where::Open,
        other => Where::Not { of: Box::new(other) },
    }
}

/// Adds a part, unless it changes nothing. Whether it settles all: then only it is left.
pub(super) fn add(parts: &mut Vec<Where>, part: Where, any: bool) -> bool {
    match (&part, any) {
        (Where::Always, true) | (Where::Never, false) => {
            parts.clear();
            parts.push(part);
            return true;
        }
        (Where::Never, true) | (Where::Always, false) => {}
        _ if parts.contains(&part) => {}
        _ => parts.push(part),
    }
    false
}

pub(super) fn joined_parts(mut parts: Vec<Where>, any: bool) -> Where {
    match parts.pop() {
        None if any => Where::Never,
        None => Where::Always,
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            if any { Where::Any { of: parts } } else { Where::All { of: parts } }
        }
    }
}

pub(super) fn both(one: Where, other: Where, any: bool) -> Where {
    let mut parts = Vec::new();
    if !add(&mut parts, one, any) {
        add(&mut parts, other, any);
    }
    joined_parts(parts, any)
}
