//! Small worlds of one community and its members: every kind of member, everybody who may look, under two policies.

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lictor::engine::Engine;
use lictor::facts::Facts;
use serde_json::{Map, Value, json};

/// Who asks: members of every kind, who is invited, who asked to join, who belongs to a group, those from outside.
pub const VIEWERS: [&str; 15] = [
    "admin",
    "manager",
    "curator",
    "member",
    "several",
    "grouped",
    "invited",
    "applied",
    "stranger",
    "super",
    "moderator",
    "boss",
    "banned",
    "system",
    "anonymous",
];
/// Whom it is about: everybody who may be a member, two who are not, and nobody in particular.
pub const ROWS: [Option<&str>; 13] = [
    Some("user/admin"),
    Some("user/manager"),
    Some("user/curator"),
    Some("user/member"),
    Some("user/several"),
    Some("user/banned"),
    Some("user/second"),
    Some("user/invited"),
    Some("user/applied"),
    Some("group/staff"),
    Some("user/nobody"),
    Some("group/nobody"),
    None,
];
pub const COMMUNITY: &str = "c";

/// A policy: its words for the roles, and what else its worlds need.
pub struct Words {
    pub preset: &'static str,
    pub changes: fn() -> Value,
    pub member: &'static str,
    pub top: &'static str,
    /// What a member with two roles holds.
    pub several: &'static [&'static str],
    /// The action that shows a membership, and the one that asks to join, with the type of resource it is of.
    pub show: &'static str,
    pub request: (&'static str, &'static str),
}

pub const POLICIES: [Words; 2] = [
    Words {
        preset: "repository",
        changes: || json!({}),
        member: "member",
        top: "admin",
        several: &["member", "publisher"],
        show: "show",
        request: ("member", "request"),
    },
    Words {
        preset: "invenio-communities-29",
        changes: || json!({"define": {"switch_membership_requests": "always"}}),
        member: "reader",
        top: "owner",
        several: &["reader", "curator"],
        show: "update",
        request: ("community", "request_membership"),
    },
];

/// What differs from world to world.
#[derive(Debug, Clone, Copy)]
pub struct World {
    pub policy: usize,
    pub visibility: &'static str,
    pub members_visibility: &'static str,
    pub open: bool,
    pub deleted: bool,
    pub admins: Admins,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admins {
    One,
    Two,
    /// One, and a group in which there may be nobody.
    Group,
    /// Only a group.
    GroupAlone,
}

pub fn worlds() -> Vec<World> {
    let mut found = Vec::new();
    for policy in 0..POLICIES.len() {
        for (visibility, deleted) in [("public", false), ("restricted", false), ("public", true)] {
            for members_visibility in ["public", "restricted", "hidden"] {
                // A deleted community shows nothing of its members, whatever it said.
                if deleted && members_visibility != "public" {
                    continue;
                }
                for (n, admins) in [Admins::One, Admins::Two, Admins::Group, Admins::GroupAlone].into_iter().enumerate()
                {
                    let open = n % 2 == 0;
                    found.push(World { policy, visibility, members_visibility, open, deleted, admins });
                }
            }
        }
    }
    found
}

impl World {
    pub fn words(&self) -> &'static Words {
        &POLICIES[self.policy]
    }

    pub fn engine(&self) -> Engine {
        let words = self.words();
        Engine::with_changes(lictor::policy::preset(words.preset).unwrap(), &(words.changes)()).unwrap()
    }

    /// Every fact of it, as a store would give them.
    pub fn facts(&self, engine: &Engine) -> Value {
        let words = self.words();
        let (member, top) = (words.member, words.top);
        let mut access = json!({"visibility": self.visibility, "members_visibility": self.members_visibility});
        access["member_policy"] = json!("open");
        let mut rows = vec![
            json!({"user": "manager", "role": "manager"}),
            json!({"user": "curator", "role": "curator"}),
            json!({"user": "member", "role": member, "visible": true}),
            json!({"user": "several", "role": words.several, "visible": true}),
            json!({"user": "banned", "role": "manager"}),
            json!({"group": "staff", "role": "curator"}),
        ];
        match self.admins {
            Admins::One => rows.push(json!({"user": "admin", "role": top})),
            Admins::Two => rows.extend([json!({"user": "admin", "role": top}), json!({"user": "second", "role": top})]),
            Admins::Group => {
                rows.extend([json!({"user": "admin", "role": top}), json!({"group": "bosses", "role": top})])
            }
            Admins::GroupAlone => rows.push(json!({"group": "bosses", "role": top})),
        }
        for row in &mut rows {
            row["community"] = json!(COMMUNITY);
        }
        let mut facts = json!({
            "revision": "r", "time": 1000,
            "users": {"grouped": {"roles": ["staff"]}, "boss": {"roles": ["bosses"]}},
            "communities": {COMMUNITY: {"title": "C", "access": access}},
            "memberships": rows,
            "access": [
                {"action": "superuser-access", "user": "super"},
                {"action": "administration-moderation", "user": "moderator"},
                {"action": "superuser-access", "user": "banned", "exclude": true},
            ],
            "records": {},
            "complete": true,
        });
        // Somebody is invited and somebody asks to join, as they would be.
        let invite = json!({"do": "invite", "subject": {"type": "system"}, "community": COMMUNITY, "role": "curator",
                            "members": [{"user": "invited", "request": "i1"}]});
        let apply = json!({"do": "request_membership", "subject": {"type": "user", "id": "applied"},
                           "community": COMMUNITY, "request": "a1"});
        if self.visibility == "restricted" {
            // Nobody from outside asks to join what they may not know of.
            facts["communities"][COMMUNITY]["access"]["visibility"] = json!("public");
        }
        for call in [invite, apply] {
            let step = json!(engine.step(&call, &engine.facts(&facts).unwrap()).unwrap());
            assert_eq!(step["outcome"], json!("ok"), "{step}");
            for change in step["changes"].as_array().unwrap() {
                write(&mut facts, change);
            }
        }
        let community = &mut facts["communities"][COMMUNITY];
        community["access"]["visibility"] = json!(self.visibility);
        community["access"]["member_policy"] = json!(if self.open { "open" } else { "closed" });
        if self.deleted {
            community["deletion"] = json!({"status": "deleted"});
        }
        facts
    }
}

fn write(facts: &mut Value, change: &Value) {
    let (key, mut value) = (&change["key"], change["value"].clone());
    if key["relation"] == json!("record") {
        facts["records"][key["id"].as_str().unwrap()] = value;
        return;
    }
    (value["community"], value["user"]) = (key["community"].clone(), key["user"].clone());
    facts["memberships"].as_array_mut().unwrap().push(value);
}

pub fn subject(viewer: &str) -> Value {
    match viewer {
        "system" | "anonymous" => json!({"type": viewer}),
        user => json!({"type": "user", "id": user}),
    }
}

/// A row as a call names it.
pub fn name(row: &str) -> Value {
    let (kind, name) = row.split_once('/').unwrap();
    json!({kind: name})
}

/// The row as a question names it.
pub fn resource(row: Option<&str>) -> Value {
    match row {
        Some(row) => json!({"type": "member", "community": COMMUNITY, "member": name(row)}),
        None => json!({"type": "member", "community": COMMUNITY}),
    }
}

/// The facts with their certificates one by one, and not those of a relation; without entities for which `keep` says no.
pub fn without(facts: &Value, relation: &str, keep: impl Fn(&Value) -> bool) -> Value {
    let mut less = facts.clone();
    let table = match relation {
        "record" => "records",
        "community" => "communities",
        "membership" => "memberships",
        "user" => "users",
        other => other,
    };
    match &mut less[table] {
        Value::Array(list) => list.retain(|entry| keep(entry)),
        Value::Object(map) => {
            *map =
                map.iter().filter(|(_, entry)| keep(entry)).map(|(k, v)| (k.clone(), v.clone())).collect::<Map<_, _>>()
        }
        _ => panic!("no table {table}"),
    }
    let rest = ["record", "community", "membership", "user", "access"].into_iter().filter(|one| *one != relation);
    less["complete"] = json!(rest.map(|relation| json!({"relation": relation})).collect::<Vec<_>>());
    less
}

pub fn read(engine: &Engine, facts: &Value) -> Facts {
    engine.facts(facts).unwrap()
}
