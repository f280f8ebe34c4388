//! What a host counts, and how: the lists to run in its database, and the question to ask about what they find.

use super::Engine;
use crate::admin::{Counted, Counting};
use crate::facts::Facts;
use crate::model::{At, Error, Reader, Value, joined};
use crate::policy::Policy;
use crate::terms::ErrorCode;

impl Engine {
    /// Lists that together hold every record that may be counted for a key such as
    /// `{relation: "community", id, field: "open_requests"}`.
    pub fn counting(&self, key: &Value) -> Result<Vec<Counting>, Error> {
        let (counted, community) = read(key)?;
        Ok(counted.lists(self.policy(), &community))
    }

    /// Whether a record is counted for such a key.
    pub fn counts(&self, key: &Value, record: &Value, facts: &Facts) -> Result<bool, Error> {
        let (counted, community) = read(key)?;
        let policy: &Policy = self.policy();
        Ok(counted.holds(policy, &community, record, facts))
    }
}

fn read(key: &Value) -> Result<(Counted, String), Error> {
    let at = At::Root("key");
    let mut reader = Reader::new();
    let found = reader.object_of(key, &at, &["relation", "id", "field"]).and_then(|map| {
        let id = reader.required(map, "id", &at)?;
        let id = reader.user_id(id, &at.key("id"))?;
        let field = reader.required(map, "field", &at)?;
        let counted = Counted::named(reader.text(field, &at.key("field"))?);
        if counted.is_none() {
            let known = Counted::ALL.map(|(_, name)| name);
            let message = format!("nothing that is counted; known: {}", joined(&known, ", "));
            reader.faults.add(ErrorCode::UnknownField, &at.key("field"), message);
        }
        Some((counted?, id))
    });
    reader.faults.give(found)
}
