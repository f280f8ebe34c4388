//! What the host must write, all of it at the expected revision or none.

use serde::Serialize;

use super::Member;
use crate::model::{At, Reader, Value};
use crate::terms::ErrorCode;

/// The name of one stored entity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
    /// A user's facts.
    User {
        /// The user's id.
        id: String,
    },
    /// An access row.
    Access {
        /// Its id: of the store's choice, or what the row says (`AccessRow::name`).
        id: String,
    },
    /// An access list.
    Acl {
        /// Its id.
        id: String,
    },
    /// Roles held in a community.
    Membership {
        /// The community.
        community: String,
        /// By whom: `user` or `group`.
        #[serde(flatten)]
        member: Member,
    },
}

impl EntityKey {
    /// Reads `{relation, id}` or `{relation: "membership", community, user | group}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object(value, at)?;
        let relation = reader.required_text(map, "relation", at)?;
        let mut id = |name: &str| reader.required_id(map, name, at);
        Some(match relation {
            "record" => Self::Record { id: id("id")? },
            "community" => Self::Community { id: id("id")? },
            "user" => Self::User { id: id("id")? },
            "acl" => Self::Acl { id: id("id")? },
            // What a row says may be longer than a name, so its id is any text.
            "access" => Self::Access { id: reader.required_text(map, "id", at)?.to_string() },
            "membership" => {
                let community = id("community");
                let member = Member::read(map, at, reader);
                Self::Membership { community: community?, member: member? }
            }
            _ => {
                reader.faults.add(ErrorCode::Malformed, &at.key("relation"), "not the relation of an entity");
                return None;
            }
        })
    }

    /// The key as one text, unlike that of any other entity.
    pub fn text(&self) -> String {
        match self {
            Self::Record { id } => format!("record/{id}"),
            Self::Community { id } => format!("community/{id}"),
            Self::User { id } => format!("user/{id}"),
            Self::Access { id } => format!("access/{id}"),
            Self::Acl { id } => format!("acl/{id}"),
            Self::Membership { community, member } => {
                let (kind, name) = match member {
                    Member::User(id) => ("membership", id),
                    Member::Group(name) => ("group", name),
                };
                format!("{kind}/{}/{community}/{name}", community.len())
            }
        }
    }
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
