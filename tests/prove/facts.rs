//! A world as the facts, questions and subjects an engine is given.

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::policy::preset;
use serde_json::{Map, Value, json};

use super::lists;
use super::world::{Community, Member, Record, Whole};
use crate::bridge::{PRESETS, Preset};
use crate::oracle::world::{AccessRow, Who};

impl Whole {
    pub fn preset(&self) -> &'static Preset {
        &PRESETS[self.preset]
    }

    /// The preset with the world's allowed set, and with the role `admin`, which a deployment may add.
    pub fn engine(&self) -> Engine {
        let changes = json!({"roles": super::world::ROLES, "allowed_actions": self.allowed});
        let preset = preset(self.preset().name).unwrap();
        let mut changes = changes;
        if self.lists.is_some() {
            let more = lists::changes(&preset);
            changes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        }
        Engine::with_changes(preset, &changes).unwrap()
    }

    /// Everything there is.
    pub fn facts_value(&self) -> Value {
        let users: Map<String, Value> =
            self.users.iter().map(|(id, roles)| (id.to_string(), json!({"roles": roles}))).collect();
        let communities: Map<String, Value> =
            self.communities.iter().map(|(id, one)| (id.clone(), community_value(one))).collect();
        let memberships: Vec<Value> =
            self.members.iter().map(|((community, user), member)| membership_value(community, *user, member)).collect();
        let lists: Map<String, Value> =
            self.lists.iter().flatten().map(|(id, list)| (id.clone(), list.value())).collect();
        json!({
            "revision": "7",
            "acls": lists,
            "users": users,
            "communities": communities,
            "memberships": memberships,
            "access": self.rows.iter().map(row_value).collect::<Vec<_>>(),
            "records": self.documents(|_, _| true),
            "complete": true,
        })
    }

    /// Documents of the records that `keep` keeps, by id.
    pub fn documents(&self, keep: impl Fn(&str, &Record) -> bool) -> Value {
        let kept = self.records.iter().filter(|(id, record)| keep(id, record));
        Value::Object(kept.map(|(id, record)| (id.clone(), self.document(record))).collect())
    }

    pub fn document(&self, record: &Record) -> Value {
        let mut document = self.preset().document(&record.rec);
        document["title"] = json!(record.title);
        document
    }

    pub fn read_facts(&self, engine: &Engine) -> Facts {
        engine.facts(&self.facts_value()).unwrap()
    }
}

fn community_value(community: &Community) -> Value {
    let mut access = Map::new();
    if let Some(word) = community.settings.visibility {
        access.insert("visibility".to_string(), json!(word));
    }
    if let Some(word) = community.settings.members_visibility {
        access.insert("members_visibility".to_string(), json!(word));
    }
    json!({
        "title": community.title,
        "type": "other",
        "metadata": {"about": "its description"},
        "access": access,
        "grants": community.grants,
    })
}

fn membership_value(community: &str, user: i64, member: &Member) -> Value {
    let mut value = json!({"community": community, "user": user, "role": member.roles});
    if let Some(visible) = member.visible {
        value["visible"] = json!(visible);
    }
    value
}

pub fn row_value(row: &AccessRow) -> Value {
    let need = match row.action.as_str() {
        word @ ("superuser-access" | "community-admin") => word.to_string(),
        action => format!("community-{action}"),
    };
    let mut value = json!({"action": need});
    if let Some(argument) = &row.argument {
        value["argument"] = json!(argument);
    }
    if row.exclude {
        value["exclude"] = json!(true);
    }
    match &row.subject {
        Who::User(id) => value["user"] = json!(id.to_string()),
        Who::Role(name) => value["role"] = json!(name),
        Who::SystemRole(name) => value["system_role"] = json!(name),
    }
    value
}

/// A question about a record that is there or not.
pub fn about_record(id: &str) -> Value {
    json!({"type": "record", "id": id})
}

/// A question about making a record.
pub fn about_new(community: &str) -> Value {
    json!({"type": "record", "community": community})
}
