//! Proof that a relation is given completely, so that "not given" means "does not exist".

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::{At, Map, Reader, Set, Value, listed};
use crate::terms::{ErrorCode, Relation};

/// A relation is complete wherever the conditions given here hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Of what.
    pub relation: Relation,
    /// For this user only. Of access rows and memberships: all that speak of this user, by id, role or system role. Of access
    /// lists (a view): what they come to for this user is told of every record; where nothing is told, none speaks of this user.
    pub user: Option<String>,
    /// In this community only.
    pub community: Option<String>,
    /// Of this action only.
    pub action: Option<String>,
    /// Of the entity with this id only.
    pub id: Option<String>,
    /// Of what the subject may know of only (a view). Asked about by id, the rest is as if it did not exist; where a
    /// record's community is withheld, it is one of the rest.
    pub visible: bool,
    /// Not of what belongs to these communities: a device holds that locked. Only it knows, so it is never told.
    pub except: Set<String>,
}

impl Certificate {
    /// A relation that is complete everywhere.
    pub fn of(relation: Relation) -> Self {
        Self { relation, user: None, community: None, action: None, id: None, visible: false, except: Set::new() }
    }

    /// Narrows it to what it still proves while all that is kept under the keys of these communities cannot be read; false
    /// if that is nothing. A community, its memberships and the rows that name it are locked together, so of other
    /// communities it still holds.
    pub fn narrow(&mut self, locked: &Set<String>) -> bool {
        let limit = match self.relation {
            // What the host says of the subject itself is never locked, and what lists say of a record travels with it.
            Relation::User | Relation::Time | Relation::Acl => return true,
            // Any record may be among those that are.
            Relation::Record => return locked.is_empty(),
            Relation::Community => &self.id,
            Relation::Membership => &self.community,
            Relation::Access => &None,
        };
        if let Some(id) = limit {
            return !locked.contains(id);
        }
        self.except.clone_from(locked);
        true
    }

    /// Reads `{relation, where?}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object_of(value, at, &["relation", "where"])?;
        let word = reader.required_text(map, "relation", at)?;
        let Some(relation) = Relation::parse(word) else {
            let known = listed(Relation::ALL.iter().map(|relation| relation.as_str()));
            reader.faults.add(ErrorCode::Malformed, &at.key("relation"), format!("known relations: {known}"));
            return None;
        };
        let mut found = Self::of(relation);
        if let Some(value) = map.get("where") {
            let at = at.key("where");
            // A condition that does not apply to the relation would silently narrow or widen the proof.
            let known: &[&str] = match relation {
                Relation::Membership => &["user", "community"],
                Relation::Access => &["action", "user"],
                Relation::Acl => &["action", "id", "user"],
                Relation::Record | Relation::Community => &["id", "visible"],
                Relation::User => &["id"],
                Relation::Time => &[],
            };
            let map = reader.object_of(value, &at, known)?;
            for (key, value) in map {
                if key == "visible" {
                    found.visible = reader.boolean(value, &at.key(key))?;
                    continue;
                }
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

impl Serialize for Certificate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        map.serialize_entry("relation", &self.relation)?;
        let conditions =
            [("id", &self.id), ("user", &self.user), ("community", &self.community), ("action", &self.action)];
        let mut found = Map::new();
        for (name, value) in conditions {
            if let Some(value) = value {
                found.insert(name.to_string(), Value::from(value.as_str()));
            }
        }
        if self.visible {
            found.insert("visible".to_string(), Value::Bool(true));
        }
        if !found.is_empty() {
            map.serialize_entry("where", &found)?;
        }
        map.end()
    }
}
