//! What the access lists that speak of a record say of it.

use std::sync::Arc;

use super::{Acl, AclSettings, Body, RecordActor};
use crate::model::{Entry, Map, Seen, Value, ordered, texts};
use crate::terms::Answer;

/// What a list says of a record that it speaks of. The pointer that leads nowhere, where all must lead.
pub(super) fn entry(acl: &Acl, matches: Answer, body: Body<'_>, must_lead: bool) -> Result<Entry, String> {
    let (mut users, mut roles) = (Seen::Known(Vec::new()), Seen::Known(Vec::new()));
    for actor in &acl.in_record {
        let found = if matches!(actor, RecordActor::Users(_)) { &mut users } else { &mut roles };
        match actor.pointer().names(body.document, body.withheld) {
            None if must_lead => return Err(actor.pointer().to_string()),
            None => {}
            Some(Seen::Missing) => *found = Seen::Missing,
            Some(Seen::Known(names)) => {
                if let Seen::Known(all) = found {
                    all.extend(names.into_iter().map(|name| match actor {
                        RecordActor::RoleFor(role, parameter, _) => RecordActor::role_for(role, parameter, &name),
                        _ => name,
                    }));
                }
            }
        }
    }
    for found in [&mut users, &mut roles] {
        if let Seen::Known(names) = found {
            *names = ordered(std::mem::take(names));
        }
    }
    Ok(Entry { list: Arc::clone(&acl.list), matches, users, roles })
}

/// What an index keeps of the entries that count and allow: `[{operation, id, timestamp?, user?, role?, system_role?}]`, of those
/// that name anybody.
pub fn materialised<'e>(counting: impl Iterator<Item = &'e Entry>, settings: &AclSettings) -> Value {
    Value::Array(counting.filter(|entry| !entry.list.deny).filter_map(|entry| of_index(entry, settings)).collect())
}

fn of_index(entry: &Entry, settings: &AclSettings) -> Option<Value> {
    let list = &entry.list;
    let mut map = Map::new();
    map.insert("operation".to_string(), Value::from(list.operation.as_str()));
    map.insert("id".to_string(), Value::from(list.id.as_str()));
    if let Some(changed) = list.changed {
        map.insert("timestamp".to_string(), Value::from(changed));
    }
    let before = map.len();
    let mut put = |key: &str, names: &[String]| {
        if !names.is_empty() {
            map.insert(key.to_string(), texts(names));
        }
    };
    if settings.record_actors_unread {
        // Kept apart, nobody asks for them.
        put("user", &list.users);
        put("role", &list.roles);
        put("recorduser", entry.users.known().map_or(&[], Vec::as_slice));
        put("recordrole", entry.roles.known().map_or(&[], Vec::as_slice));
    } else {
        let [users, roles, _] = entry.actors();
        put("user", &users);
        put("role", &roles);
    }
    put("system_role", &list.system_roles);
    (map.len() > before).then_some(Value::Object(map))
}
