//! The oracle's access lists as the engine reads them.

use serde_json::{Map, Value, json};

use crate::oracle::repository::lists::{Actor, List, Means};
use crate::oracle::world::Who;

/// By ids that tell their places.
pub fn value(lists: &[List]) -> Value {
    Value::Object(lists.iter().enumerate().map(|(place, list)| (format!("l{place}"), one(list))).collect())
}

fn one(list: &List) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| _ = map.insert(key.to_string(), value);
    put("operation", json!(list.operation));
    put("priority", json!(list.priority));
    put("priority_group", json!(list.group));
    put("actors", list.actors.iter().flat_map(actor).collect());
    if list.deny {
        put("effect", json!("deny"));
    }
    if let Some(states) = &list.states {
        put("states", json!(states));
    }
    put("type", json!(["id", "default", "query", "property_value"][kind(&list.means)]));
    match &list.means {
        Means::Ids(ids) => put("records", json!(ids)),
        Means::All => {}
        Means::RecordRestricted => put("query", json!({"term": {"access.record": "restricted"}})),
        Means::Flagged => put("property_values", json!([{"name": "restricted", "value": true}])),
    }
    if !matches!(list.means, Means::Ids(_)) {
        put("schemas", json!(["record", "document", "series", "item", "electronic-item"]));
    }
    Value::Object(map)
}

fn kind(means: &Means) -> usize {
    match means {
        Means::Ids(_) => 0,
        Means::All => 1,
        Means::RecordRestricted => 2,
        Means::Flagged => 3,
    }
}

fn actor(actor: &Actor) -> Vec<Value> {
    let system_role = |name: &str| json!({"type": "system_role", "system_role": name});
    vec![match actor {
        Actor::Who(Who::User(id)) => json!({"type": "user", "users": [id]}),
        Actor::Who(Who::Role(name)) => json!({"type": "role", "roles": [name]}),
        Actor::Who(Who::SystemRole(name)) => system_role(name),
        Actor::Everyone => system_role("everyone"),
        Actor::SignedIn => system_role("authenticated"),
        Actor::Guests => system_role("anonymous"),
        Actor::Keepers => json!({"type": "record_role", "path": "/keepers"}),
        // Of a record, and of what a library has.
        Actor::Owners => {
            return ["/owners", "/owner"].map(|path| json!({"type": "record_user", "path": path})).into();
        }
    }]
}
