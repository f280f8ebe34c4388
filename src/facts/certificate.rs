//! Proof that a relation is given completely, so that "not given" means "does not exist".

use serde_json::Value;

use crate::model::{At, Reader};
use crate::terms::{ErrorCode, Relation};

/// A relation is complete wherever the conditions given here hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Of what.
    pub relation: Relation,
    /// For this user only. Of access rows: all that speak of this user, by id, role or system role.
    pub user: Option<String>,
    /// In this community only.
    pub community: Option<String>,
    /// Of this action only.
    pub action: Option<String>,
    /// Of the entity with this id only.
    pub id: Option<String>,
}

impl Certificate {
    /// Reads `{relation, where?}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object_of(value, at, &["relation", "where"])?;
        let word = reader.required(map, "relation", at)?;
        let word = reader.text(word, &at.key("relation"))?;
        let Some(relation) = Relation::parse(word) else {
            let known = Relation::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ");
            reader.faults.add(ErrorCode::Malformed, &at.key("relation"), format!("known relations: {known}"));
            return None;
        };
        let mut found = Self { relation, user: None, community: None, action: None, id: None };
        if let Some(value) = map.get("where") {
            let at = at.key("where");
            // A condition that does not apply to the relation would silently narrow or widen the proof.
            let known: &[&str] = match relation {
                Relation::Membership => &["user", "community"],
                Relation::Access => &["action", "user"],
                Relation::Record | Relation::Community | Relation::User => &["id"],
            };
            let map = reader.object_of(value, &at, known)?;
            for (key, value) in map {
                // The empty id is nobody's: rows that speak of those who are not signed in.
                let nobody = key == "user" && value.as_str() == Some("");
                let id = if nobody { String::new() } else { reader.user_id(value, &at.key(key))? };
                match key.as_str() {
                    "user" => found.user = Some(id),
                    "community" => found.community = Some(id),
                    "action" => found.action = Some(id),
                    "id" => found.id = Some(id),
                    _ => return None,
                }
            }
        }
        Some(found)
    }
}
