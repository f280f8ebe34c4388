//! Three values by brute force: a hole is a fact that nobody supplied; every completion of the holes is tried with a
//! two-valued oracle; equal answers are the answer, anything else is unknown. No cleverness about which hole matters.

use std::collections::BTreeSet;

use super::world::{AccessRow, Asker, Rec, Who, World};
use super::{Decide, world};

/// What is not known. Whatever the world says at a hole is thrown away and replaced by every possibility.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// The asker's roles in a community (no certificate for the membership).
    Membership(String),
    /// The asker's global roles.
    GlobalRoles,
    /// The asker's global roles, among which roles of communities may stand by their internal names.
    UserRoles,
    /// The system roles the host vouches for.
    SystemRoles,
    /// The record's primary community; its secondary ones; its state; its owners.
    Primary,
    Secondary,
    State,
    Owners,
    /// The allowed set.
    Allowed,
    /// All access rows on an action (also `superuser-access`), allow and deny alike.
    Access(String),
    /// Everything granted in a community. After the memberships, because only roles the asker holds are filled.
    Grants(String),
    /// What is granted to one role (or pseudo-role) of a community.
    RoleGrants(String, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Three {
    Allow,
    Deny,
    Unknown,
}

/// The answer that holds in every completion, if there is one.
pub fn decide(oracle: Decide, world: &World, asker: &Asker, record: &Rec, holes: &[Hole], action: &str) -> Three {
    let mut seen_allow = false;
    let mut seen_deny = false;
    for (world, asker, record) in completions(world, asker, record, holes, action) {
        if oracle(&world, &asker, &record, action) {
            seen_allow = true;
        } else {
            seen_deny = true;
        }
        if seen_allow && seen_deny {
            return Three::Unknown;
        }
    }
    if seen_allow { Three::Allow } else { Three::Deny }
}

/// Every complete case that agrees with what is known. Only what can bear on `action` is varied: grants and the allowed set
/// in this action and `read`, which stands before it.
pub fn completions(
    world: &World,
    asker: &Asker,
    record: &Rec,
    holes: &[Hole],
    action: &str,
) -> Vec<(World, Asker, Rec)> {
    let mut holes = holes.to_vec();
    holes.sort();
    holes.dedup();
    let mut cases = vec![(world.clone(), asker.clone(), record.clone())];
    for hole in &holes {
        let mut filled = Vec::new();
        for (world, asker, record) in cases {
            fill(hole, &world, &asker, &record, action, &mut filled);
        }
        cases = filled;
    }
    cases
}

fn fill(hole: &Hole, world: &World, asker: &Asker, record: &Rec, action: &str, out: &mut Vec<(World, Asker, Rec)>) {
    let relevant = world::set(&["read", action]);
    match hole {
        Hole::Membership(community) => {
            let Some(id) = asker.id() else {
                return out.push((world.clone(), asker.clone(), record.clone()));
            };
            for roles in subsets(&roles_of(world, community)) {
                let mut world = world.clone();
                world.memberships.retain(|m| m.user != id || m.community != *community);
                world.memberships.push(world::Membership { user: id, community: community.clone(), roles });
                out.push((world, asker.clone(), record.clone()));
            }
        }
        Hole::GlobalRoles | Hole::SystemRoles => {
            let Asker::User { id, roles, system_roles } = asker else {
                return out.push((world.clone(), asker.clone(), record.clone()));
            };
            let mut named = BTreeSet::new();
            for row in &world.access {
                match (&row.subject, hole) {
                    (Who::Role(name), Hole::GlobalRoles) if !name.starts_with("community:") => {
                        named.insert(name.clone())
                    }
                    (Who::SystemRole(name), Hole::SystemRoles) if name != "system_process" => {
                        named.insert(name.clone())
                    }
                    _ => false,
                };
            }
            for chosen in subsets(&named) {
                let (mut roles, mut system_roles) = (roles.clone(), system_roles.clone());
                if *hole == Hole::GlobalRoles {
                    roles = chosen;
                } else {
                    system_roles = chosen;
                }
                out.push((world.clone(), Asker::User { id: *id, roles, system_roles }, record.clone()));
            }
        }
        Hole::UserRoles => {
            let Some(id) = asker.id() else {
                return out.push((world.clone(), asker.clone(), record.clone()));
            };
            // What is known of memberships stays; any other role may come to it.
            let mut cases = vec![world.clone()];
            let ids: BTreeSet<&String> = record.secondary.iter().chain([&record.primary]).collect();
            for community in ids {
                let more = subsets(&roles_of(world, community));
                let with = |world: &World, roles: &BTreeSet<String>| {
                    let mut world = world.clone();
                    let (community, roles) = (community.clone(), roles.clone());
                    world.memberships.push(world::Membership { user: id, community, roles });
                    world
                };
                cases = cases.iter().flat_map(|world| more.iter().map(move |roles| with(world, roles))).collect();
            }
            for world in cases {
                fill(&Hole::GlobalRoles, &world, asker, record, action, out);
            }
        }
        Hole::Primary => {
            for community in communities(world, record) {
                out.push((world.clone(), asker.clone(), Rec { primary: community, ..record.clone() }));
            }
        }
        Hole::Secondary => {
            for chosen in subsets(&communities(world, record)) {
                let secondary = chosen.into_iter().collect();
                out.push((world.clone(), asker.clone(), Rec { secondary, ..record.clone() }));
            }
        }
        Hole::State => {
            let words = ["editing", "pending-approval", "approved", "published", "deleted", "another"];
            out.push((world.clone(), asker.clone(), Rec { state: None, ..record.clone() }));
            for word in words {
                out.push((world.clone(), asker.clone(), Rec { state: Some(word.to_string()), ..record.clone() }));
            }
        }
        Hole::Owners => {
            let mut choices = vec![vec![], vec![i64::MAX]];
            choices.extend(asker.id().map(|id| vec![id]));
            for owners in choices {
                out.push((world.clone(), asker.clone(), Rec { owners, ..record.clone() }));
            }
        }
        Hole::Allowed => {
            for chosen in subsets(&relevant) {
                let mut world = world.clone();
                world.allowed_actions.retain(|a| !relevant.contains(a));
                world.allowed_actions.extend(chosen);
                out.push((world, asker.clone(), record.clone()));
            }
        }
        Hole::Access(row_action) => {
            // One row that names the asker and one that denies: more rows, other subjects and arguments change nothing.
            let subject = match asker {
                Asker::Anonymous => Who::SystemRole("any_user".to_string()),
                Asker::User { id, .. } => Who::User(*id),
                Asker::System => Who::SystemRole("system_process".to_string()),
            };
            for excludes in [vec![], vec![false], vec![true], vec![false, true]] {
                let mut world = world.clone();
                world.access.retain(|row| row.action != *row_action);
                for exclude in excludes {
                    let (action, subject) = (row_action.clone(), subject.clone());
                    world.access.push(AccessRow { action, argument: None, exclude, subject });
                }
                out.push((world, asker.clone(), record.clone()));
            }
        }
        Hole::Grants(community) => {
            let mut cases = vec![world.clone()];
            let mut held = world.roles_in(asker, community);
            held.extend(world::set(&["any", "author"]));
            for role in held {
                cases = cases.iter().flat_map(|world| regranted(world, community, &role, &relevant)).collect();
            }
            out.extend(cases.into_iter().map(|world| (world, asker.clone(), record.clone())));
        }
        Hole::RoleGrants(community, role) => {
            for world in regranted(world, community, role, &relevant) {
                out.push((world, asker.clone(), record.clone()));
            }
        }
    }
}

/// The world with every possible grant of the relevant actions to one role.
fn regranted(world: &World, community: &str, role: &str, relevant: &BTreeSet<String>) -> Vec<World> {
    let mut worlds = Vec::new();
    for chosen in subsets(relevant) {
        let mut world = world.clone();
        let granted = world.grants.entry(community.to_string()).or_default().entry(role.to_string()).or_default();
        granted.retain(|action| !relevant.contains(action));
        granted.extend(chosen);
        worlds.push(world);
    }
    worlds
}

/// The roles a community has: the usual ones and every other word it grants something to.
fn roles_of(world: &World, community: &str) -> BTreeSet<String> {
    let mut roles = world::set(&["member", "curator", "publisher", "admin"]);
    if let Some(grants) = world.grants.get(community) {
        roles.extend(grants.keys().filter(|role| *role != "any" && *role != "author").cloned());
    }
    roles
}

/// Every community the world or the record knows, and one more.
fn communities(world: &World, record: &Rec) -> BTreeSet<String> {
    let mut ids = world::set(&["elsewhere"]);
    ids.extend(world.grants.keys().cloned());
    ids.extend(world.memberships.iter().map(|m| m.community.clone()));
    ids.insert(record.primary.clone());
    ids.extend(record.secondary.iter().cloned());
    ids
}

fn subsets(words: &BTreeSet<String>) -> Vec<BTreeSet<String>> {
    let mut all = vec![BTreeSet::new()];
    for word in words {
        for mut subset in all.clone() {
            subset.insert(word.clone());
            all.push(subset);
        }
    }
    all
}
