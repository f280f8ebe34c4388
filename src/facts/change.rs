//! What the host must write, all of it at the expected revision or none.

use serde::Serialize;
use serde_json::Value;

/// The name of one stored entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "relation", rename_all = "lowercase")]
pub enum EntityKey {
    /// A record's document.
    Record {
        /// Its id.
        id: String,
    },
    /// A community.
    Community {
        /// Its id.
        id: String,
    },
    /// A user's roles in a community.
    Membership {
        /// The community.
        community: String,
        /// The user.
        user: String,
    },
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Change {
    /// Writes the whole entity.
    Put {
        /// Which.
        key: EntityKey,
        /// Its value, in the form facts are given in.
        value: Value,
    },
    /// Removes the entity.
    Del {
        /// Which.
        key: EntityKey,
    },
}
