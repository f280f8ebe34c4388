//! Between the oracle's world and the engine's facts: the one place where test code knows both.

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{Address, At, Attributes, Faults, Reader, Subject};
use lictor::policy::{Policy, preset};
use lictor::terms::Answer;
use serde_json::{Map, Value, json};

use crate::oracle::space;
use crate::oracle::three::{Hole, Three};
use crate::oracle::world::{AccessRow, Asker, Rec, Who, World};
use crate::oracle::{Decide, oarepo, oarepo305};

/// A shipped preset, the oracle that speaks for it, and where its records keep their fields.
#[derive(Clone, Copy)]
pub struct Preset {
    pub name: &'static str,
    pub decide: Decide,
    pub search: fn(&World, &Asker, &[Rec], Option<&str>) -> Vec<usize>,
    /// "3.0.5 must skip records with more than one owner".
    pub most_owners: usize,
}

pub const PRESETS: [Preset; 2] = [
    Preset { name: "oarepo", decide: oarepo::decide, search: oarepo::search, most_owners: usize::MAX },
    Preset { name: "oarepo-3.0.5", decide: oarepo305::decide, search: oarepo305::search, most_owners: 1 },
];

pub const PRIMARY: &str = "oarepo:primaryCommunity";
pub const SECONDARY: &str = "oarepo:secondaryCommunities";
pub const STATE: &str = "oarepo:recordStatus";

impl Preset {
    pub fn owners(&self) -> &'static str {
        if self.name == "oarepo" { "access.owned_by" } else { "oarepo:ownedBy" }
    }

    /// The preset with the world's allowed set and with the role `admin`, which a deployment may add.
    pub fn engine(&self, world: &World) -> Engine {
        let changes = json!({
            "roles": ["member", "curator", "publisher", "admin"],
            "allowed_actions": world.allowed_actions,
        });
        Engine::with_changes(preset(self.name).unwrap(), &changes).unwrap()
    }

    pub fn is_legal(&self, record: &Rec) -> bool {
        record.owners.len() <= self.most_owners
    }

    /// A record's document.
    pub fn document(&self, record: &Rec) -> Value {
        let mut document = json!({PRIMARY: record.primary});
        if !record.secondary.is_empty() {
            document[SECONDARY] = json!(record.secondary);
        }
        if let Some(state) = &record.state {
            document[STATE] = json!(state);
        }
        if self.name == "oarepo" {
            let owners: Vec<Value> = record.owners.iter().map(|id| json!({"user": id})).collect();
            document["access"] = json!({"owned_by": owners});
        } else if let Some(owner) = record.owners.first() {
            document["oarepo:ownedBy"] = json!(owner);
        }
        document
    }

    /// The addresses withheld at these holes.
    pub fn withheld(&self, holes: &[Hole]) -> Vec<&'static str> {
        let of = |hole: &Hole| match hole {
            Hole::Primary => Some(PRIMARY),
            Hole::Secondary => Some(SECONDARY),
            Hole::State => Some(STATE),
            Hole::Owners => Some(self.owners()),
            _ => None,
        };
        holes.iter().filter_map(of).collect()
    }

    /// What rules look at in the record.
    pub fn attributes(&self, policy: &Policy, record: &Rec, holes: &[Hole]) -> Attributes {
        let at = At::Root("record");
        let mut reader = Reader::new();
        let missing: Vec<Address> = self
            .withheld(holes)
            .into_iter()
            .map(|address| Address::read(&json!(address), &at, &mut reader).unwrap())
            .collect();
        let mut faults = Faults::new();
        let fields = &policy.default_type().unwrap().fields;
        let id = Some("r".to_string());
        Attributes::read(&self.document(record), id, &missing, fields, &policy.states, &at, &mut faults).unwrap()
    }

    /// The whole question as a host would put it.
    pub fn evaluation(&self, asker: &Asker, record: &Rec, holes: &[Hole], action: Option<&str>) -> Value {
        let mut evaluation = json!({
            "subject": subject(asker),
            "resource": {
                "type": "record",
                "id": "r",
                "properties": self.document(record),
                "missing": self.withheld(holes),
            },
        });
        if let Some(action) = action {
            evaluation["action"] = json!({"name": action});
        }
        evaluation
    }
}

pub fn subject(asker: &Asker) -> Value {
    match asker {
        Asker::Anonymous => json!({"type": "anonymous"}),
        Asker::System => json!({"type": "system"}),
        // Global roles come with the facts, so that they can be missing.
        Asker::User { id, system_roles, .. } => {
            json!({"type": "user", "id": id, "properties": {"system_roles": system_roles}})
        }
    }
}

pub fn read_subject(asker: &Asker) -> Subject {
    Subject::read(&subject(asker), &At::Root("subject"), &mut Reader::new()).unwrap()
}

/// The need of an action, as rows name it.
pub fn need(action: &str) -> String {
    if action == "superuser-access" { action.to_string() } else { format!("community-{action}") }
}

fn row(row: &AccessRow) -> Value {
    let mut value = json!({"action": need(&row.action)});
    if let Some(argument) = &row.argument {
        value["argument"] = json!(argument);
    }
    if row.exclude {
        value["exclude"] = json!(true);
    }
    match &row.subject {
        Who::User(id) => value["user"] = json!(id),
        Who::Role(name) => value["role"] = json!(name),
        Who::SystemRole(name) => value["system_role"] = json!(name),
    }
    value
}

/// Everything that is known of the world, with certificates for it; at a hole nothing is said and nothing certified.
pub fn facts_value(world: &World, asker: &Asker, record: Option<&Rec>, holes: &[Hole]) -> Value {
    let has = |hole: &Hole| holes.contains(hole);
    let at_hole =
        |user: i64, community: &str| Some(user) == asker.id() && has(&Hole::Membership(community.to_string()));
    let memberships: Vec<Value> = world
        .memberships
        .iter()
        .filter(|m| !at_hole(m.user, &m.community))
        .map(|m| json!({"community": m.community, "user": m.user, "role": m.roles}))
        .collect();
    let access: Vec<Value> = world.access.iter().filter(|r| !has(&Hole::Access(r.action.clone()))).map(row).collect();
    let mut complete = vec![json!({"relation": "record"})];
    let mut known: Vec<String> = world.grants.keys().cloned().collect();
    known.extend(world.memberships.iter().map(|m| m.community.clone()));
    known.extend(record.into_iter().flat_map(|r| r.secondary.iter().chain([&r.primary]).cloned()));
    known.extend([space::HOME, space::SECOND, space::FOREIGN].map(str::to_string));
    known.sort();
    known.dedup();
    // The oracle's communities all exist, whether anything is granted in them or not.
    let mut communities = Map::new();
    for id in &known {
        let grants = world.grants.get(id).cloned().unwrap_or_default();
        let given = !has(&Hole::Grants(id.clone()));
        communities.insert(id.clone(), if given { json!({"grants": grants}) } else { json!({}) });
    }
    if holes.iter().any(|hole| matches!(hole, Hole::Grants(_))) {
        for id in known.iter().filter(|id| !has(&Hole::Grants((*id).clone()))) {
            complete.push(json!({"relation": "community", "where": {"id": id}}));
        }
    } else {
        complete.push(json!({"relation": "community"}));
    }
    if holes.iter().any(|hole| matches!(hole, Hole::Membership(_))) {
        for id in known.iter().filter(|id| !has(&Hole::Membership((*id).clone()))) {
            let mut certificate = json!({"relation": "membership", "where": {"community": id}});
            if let Some(user) = asker.id() {
                certificate["where"]["user"] = json!(user);
            }
            complete.push(certificate);
        }
    } else {
        complete.push(json!({"relation": "membership"}));
    }
    if holes.iter().any(|hole| matches!(hole, Hole::Access(_))) {
        let names = crate::oracle::world::actions().into_iter().chain(["superuser-access"]);
        for name in names.filter(|name| !has(&Hole::Access((*name).to_string()))) {
            complete.push(json!({"relation": "access", "where": {"action": need(name)}}));
        }
    } else {
        complete.push(json!({"relation": "access"}));
    }
    let mut users = Map::new();
    if !has(&Hole::UserRoles) {
        complete.push(json!({"relation": "user"}));
        if let Asker::User { id, roles, .. } = asker {
            users.insert(id.to_string(), json!({"roles": roles}));
        }
    }
    json!({
        "revision": "r1",
        "users": users,
        "communities": communities,
        "memberships": memberships,
        "access": access,
        "complete": complete,
    })
}

pub fn facts(policy: &Policy, world: &World, asker: &Asker, record: Option<&Rec>, holes: &[Hole]) -> Facts {
    Facts::read(&facts_value(world, asker, record, holes), &policy.words).unwrap()
}

pub fn answer(three: Three) -> Answer {
    match three {
        Three::Allow => Answer::Allow,
        Three::Deny => Answer::Deny,
        Three::Unknown => Answer::Unknown,
    }
}

/// The whole run instead of the sample.
pub fn full() -> bool {
    std::env::var_os("LICTOR_FULL").is_some()
}

/// Runs `work` over the numbers below `count`, on all cores; gives what each thread brought back.
pub fn parallel<T: Send>(count: usize, work: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(4, usize::from);
    std::thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> =
            (0..threads).map(|n| scope.spawn(move || work(&mut (n..count).step_by(threads)))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
