//! The three values of a decision, and Kleene's connectives over them.

use super::words;

words! {
    /// What a question about permission is answered with.
    Answer {
        Deny = "deny": "it is certain that the action is not permitted",
        Allow = "allow": "it is certain that the action is permitted",
        Unknown = "unknown": "the facts at hand do not settle it",
    }
}

impl Answer {
    /// Both.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny, _) | (_, Self::Deny) => Self::Deny,
            (Self::Allow, Self::Allow) => Self::Allow,
            _ => Self::Unknown,
        }
    }

    /// Either.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Allow, _) | (_, Self::Allow) => Self::Allow,
            (Self::Deny, Self::Deny) => Self::Deny,
            _ => Self::Unknown,
        }
    }

    /// The same if both agree, unknown otherwise: what is left of two branches when the condition is unknown.
    pub fn agree(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }

    /// Two bits: allow, unknown. The numbers that cross to JavaScript on hot calls.
    pub const fn code(self) -> u8 {
        match self {
            Self::Deny => 0,
            Self::Allow => 1,
            Self::Unknown => 2,
        }
    }
}

impl std::ops::Not for Answer {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::Deny => Self::Allow,
            Self::Allow => Self::Deny,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Allow } else { Self::Deny }
    }
}
