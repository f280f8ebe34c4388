//! Upstream's executed tables (`oc305_executed_*.json`, whole or the selection in `tests/corpus/upstream`) as worlds.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::world::{AccessRow, Asker, Membership, Rec, Who, World};

/// The folder of the tables: the selection in this repository, or the whole tables where `LICTOR_VECTORS` points to them.
pub fn folder() -> PathBuf {
    match std::env::var_os("LICTOR_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/upstream"),
    }
}

/// One table. A file that is missing or holds no row fails the test.
pub fn load(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    let table: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    assert!(!rows(&table).is_empty(), "`{}` holds no row", path.display());
    table
}

pub fn rows(table: &Value) -> &Vec<Value> {
    table["vectors"].as_array().expect("`vectors` is a list")
}

/// The world and the asker of a row. `grants` of a table without grant sets: only the superuser's.
pub fn world(table: &Value, row: &Value) -> (World, Asker) {
    let mut world = World::default();
    match row["allowed_actions"].as_str() {
        Some(name) => {
            let words = table["allowed_action_sets"][name].as_array().expect("an allowed set");
            world.allowed_actions = words.iter().map(|word| action(word.as_str().unwrap())).collect();
        }
        None => world.allowed_actions = super::world::actions().map(str::to_string).into(),
    }
    match row["grants"].as_str() {
        Some(name) => {
            for grant in table["grant_sets"][name].as_array().expect("a grant set") {
                add_grant(&mut world, grant);
            }
        }
        None => world.access.push(AccessRow {
            action: "superuser-access".to_string(),
            argument: None,
            exclude: false,
            subject: Who::Role("admin".to_string()),
        }),
    }
    let principal = &table["principals"][row["principal"].as_str().unwrap()];
    let asker = asker(&mut world, principal);
    (world, asker)
}

/// A grant to a role of the community it is for becomes a grant of that community; everything else stays an access row.
fn add_grant(world: &mut World, grant: &Value) {
    let action = action(grant["action"].as_str().unwrap());
    let argument = grant["argument"].as_str().map(str::to_string);
    let exclude = grant["exclude"].as_bool().unwrap_or(false);
    if let (Some(community), false) = (&argument, exclude) {
        let role = match (grant["role"].as_str(), grant["system_role"].as_str()) {
            (Some(role), _) => role.strip_prefix(&format!("community:{community}:")),
            (_, Some("any_user")) => Some("any"),
            (_, Some("community-record-owner")) => Some("author"),
            _ => None,
        };
        if let Some(role) = role {
            let roles = world.grants.entry(community.clone()).or_default();
            roles.entry(role.to_string()).or_default().insert(action);
            return;
        }
    }
    let subject = if let Some(role) = grant["role"].as_str() {
        Who::Role(role.to_string())
    } else if let Some(role) = grant["system_role"].as_str() {
        Who::SystemRole(role.to_string())
    } else {
        Who::User(grant["user"].as_i64().expect("a user"))
    };
    world.access.push(AccessRow { action, argument, exclude, subject });
}

fn asker(world: &mut World, principal: &Value) -> Asker {
    if principal["authenticated"] == Value::Bool(false) {
        return Asker::Anonymous;
    }
    let user = principal["user"].as_i64().expect("a user id");
    let mut global = Vec::new();
    for role in principal["roles"].as_array().expect("roles") {
        let role = role.as_str().unwrap();
        match role.split(':').collect::<Vec<_>>().as_slice() {
            ["community", community, role] => {
                let known = world.memberships.iter_mut().find(|m| m.user == user && m.community == *community);
                match known {
                    Some(membership) => _ = membership.roles.insert((*role).to_string()),
                    None => world.memberships.push(Membership {
                        user,
                        community: (*community).to_string(),
                        roles: super::world::set(&[role]),
                    }),
                }
            }
            _ => global.push(role),
        }
    }
    Asker::User { id: user, roles: super::world::set(&global), system_roles: super::world::set(&[]) }
}

pub fn record(record: &Value) -> Rec {
    Rec {
        primary: record["oarepo:primaryCommunity"].as_str().expect("a primary community").to_string(),
        secondary: match record["oarepo:secondaryCommunities"].as_array() {
            Some(ids) => ids.iter().map(|id| id.as_str().unwrap().to_string()).collect(),
            None => Vec::new(),
        },
        state: record["oarepo:recordStatus"].as_str().map(str::to_string),
        owners: record["oarepo:ownedBy"].as_i64().into_iter().collect(),
    }
}

/// `community-read` is `read`; `superuser-access` keeps its name.
fn action(name: &str) -> String {
    name.strip_prefix("community-").unwrap_or(name).to_string()
}
