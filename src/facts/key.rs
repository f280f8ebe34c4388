//! The name of a fact, enough for a host to look it up.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// A fact that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A record, or a withheld field of one.
    Record {
        /// The record's id; none for a record given without one.
        id: Option<String>,
        /// The address of the field.
        field: Option<String>,
    },
    /// A community's facts.
    Community {
        /// The community's id.
        id: String,
        /// Which fact of it.
        field: Option<&'static str>,
    },
    /// All communities.
    Communities,
    /// A user's facts: global roles.
    User {
        /// The user's id.
        id: String,
    },
    /// The roles a user holds in a community.
    Membership {
        /// The community; none for all of them.
        community: Option<String>,
        /// The user.
        user: Option<String>,
    },
    /// Allow and deny rows.
    Access {
        /// Of this action; none for all.
        action: Option<String>,
    },
    /// Access lists.
    Acls {
        /// The one with this id; none for all.
        id: Option<String>,
    },
    /// The moment of the question.
    Time,
}

struct Where<'a>(&'a [(&'static str, &'a Option<String>)]);

impl Serialize for Where<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        for (name, value) in self.0 {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        match self {
            Self::Record { id, field } => {
                map.serialize_entry("relation", "record")?;
                map.serialize_entry("id", id.as_deref().unwrap_or(""))?;
                if let Some(field) = field {
                    map.serialize_entry("field", field)?;
                }
            }
            Self::Community { id, field } => {
                map.serialize_entry("relation", "community")?;
                map.serialize_entry("id", id)?;
                if let Some(field) = field {
                    map.serialize_entry("field", field)?;
                }
            }
            Self::Time => map.serialize_entry("relation", "time")?,
            Self::Communities => map.serialize_entry("relation", "community")?,
            Self::User { id } => {
                map.serialize_entry("relation", "user")?;
                map.serialize_entry("id", id)?;
            }
            Self::Membership { community, user } => {
                map.serialize_entry("relation", "membership")?;
                map.serialize_entry("where", &Where(&[("community", community), ("user", user)]))?;
            }
            Self::Acls { id } => {
                map.serialize_entry("relation", "acl")?;
                if let Some(id) = id {
                    map.serialize_entry("id", id)?;
                }
            }
            Self::Access { action } => {
                map.serialize_entry("relation", "access")?;
                map.serialize_entry("where", &Where(&[("action", action)]))?;
            }
        }
        map.end()
    }
}
