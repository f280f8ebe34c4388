//! Random worlds with teeth: what makes prediction hard is in most of them.

use std::collections::{BTreeMap, BTreeSet};

use super::lists;
use super::rng::Rng;
use super::world::{Community, DANGLING, GHOST, Grants, Member, PEOPLE, ROLES, ROOT, Record, Roles, Whole, shipped};
use crate::oracle::visibility::Settings;
use crate::oracle::world::{AccessRow, Rec, Who, actions, set};

pub fn world(seed: u64) -> Whole {
    let mut rng = Rng::new(seed);
    let preset = usize::from(rng.percent(35));
    let mut allowed = set(&actions());
    if rng.percent(15) {
        let off =
            rng.pick(&[vec!["read"], vec!["update", "approve"], vec!["create"], vec!["publish", "delete"]]).clone();
        allowed.retain(|action| !off.contains(&action.as_str()));
    }
    let ids: Vec<String> = (1..=1 + rng.below(6)).map(|n| format!("c{n}")).collect();
    let communities: BTreeMap<_, _> = ids.iter().map(|id| (id.clone(), community(&mut rng, id))).collect();
    let mut whole = Whole {
        preset,
        allowed,
        users: BTreeMap::new(),
        communities,
        members: BTreeMap::new(),
        rows: Vec::new(),
        records: BTreeMap::new(),
        lists: None,
    };
    for user in PEOPLE {
        whole.users.insert(user, global_roles(&mut rng, &ids));
        for id in ids.iter().map(String::as_str).chain([GHOST]) {
            if rng.percent(if id == GHOST { DANGLING } else { 32 }) {
                whole.members.insert((id.to_string(), user), member(&mut rng));
            }
        }
    }
    if rng.percent(75) {
        let subject = if rng.percent(80) { Who::User(ROOT) } else { Who::Role("boss".to_string()) };
        whole.rows.push(AccessRow { action: "superuser-access".to_string(), argument: None, exclude: false, subject });
    }
    for _ in 0..rng.below(7) {
        let row = row(&mut rng, &ids, preset);
        whole.rows.push(row);
    }
    for n in 1..=3 + rng.below(6) {
        let record = record(&mut rng, &ids, preset);
        whole.records.insert(format!("r{n}"), record);
    }
    if preset == 0 && rng.percent(65) {
        let lists = (0..1 + rng.below(6)).map(|n| (format!("list{n}"), lists::random(&mut rng, &whole))).collect();
        whole.lists = Some(lists);
    }
    whole
}

pub fn community(rng: &mut Rng, id: &str) -> Community {
    let visibility = *rng.pick(&[None, Some("public"), Some("public"), Some("restricted"), Some("restricted")]);
    let members_visibility = *rng.pick(&[None, Some("public"), Some("restricted"), Some("hidden")]);
    Community {
        title: format!("Title of {id} {}", rng.below(3)),
        settings: Settings { visibility, members_visibility },
        grants: grants(rng),
    }
}

/// The shipped grants, as they are, with a few changes, or thrown together; `any` and `author` now and then.
pub fn grants(rng: &mut Rng) -> Grants {
    let mut grants = shipped();
    match rng.below(5) {
        0 | 1 => return grants,
        2 | 3 => {
            for _ in 0..1 + rng.below(3) {
                let role = rng.pick(&ROLES).to_string();
                let action = rng.pick(&actions()).to_string();
                let granted = grants.entry(role).or_default();
                if !granted.remove(&action) {
                    granted.insert(action);
                }
            }
        }
        _ => grants = ROLES.iter().map(|role| ((*role).to_string(), words(rng, 35))).collect(),
    }
    for pseudo in ["any", "author"] {
        if rng.percent(35) {
            grants.insert(pseudo.to_string(), words(rng, 25));
        }
    }
    grants
}

fn words(rng: &mut Rng, chance: usize) -> BTreeSet<String> {
    rng.some(&actions(), chance).into_iter().map(str::to_string).collect()
}

pub fn global_roles(rng: &mut Rng, ids: &[String]) -> Roles {
    let mut roles: Roles = rng.some(&["boss", "staff"], 20).into_iter().map(str::to_string).collect();
    if rng.percent(8) {
        roles.insert(format!("community:{}:{}", rng.pick(ids), rng.pick(&ROLES)));
    }
    roles
}

pub fn member(rng: &mut Rng) -> Member {
    let mut roles = Roles::from([rng.pick(&ROLES).to_string()]);
    roles.extend(rng.some(&ROLES, 15).into_iter().map(str::to_string));
    Member { roles, visible: *rng.pick(&[None, Some(true), Some(true), Some(false), Some(false)]) }
}

pub fn row(rng: &mut Rng, ids: &[String], preset: usize) -> AccessRow {
    let exclude = rng.percent(40);
    let action = match rng.below(12) {
        0 => "superuser-access",
        // Taken back by a deny row or not: nobody says which, so only allowed.
        1 if !exclude => "community-admin",
        2..=4 => "read",
        5 => "create",
        _ => rng.pick(&actions()),
    };
    let argument = if action == "superuser-access" || rng.percent(35) { None } else { Some(rng.pick(ids).clone()) };
    let subject = match rng.below(10) {
        0..=3 => Who::User(*rng.pick(&PEOPLE)),
        4 | 5 => Who::Role((*rng.pick(&["boss", "staff"])).to_string()),
        6 | 7 => Who::Role(format!("community:{}:{}", rng.pick(ids), rng.pick(&ROLES))),
        // "author = owner of this record": a row of its own kind, where the preset has it so.
        8 if action != "superuser-access" && action != "community-admin" && preset == 0 => {
            Who::SystemRole("community-record-owner".to_string())
        }
        _ => Who::SystemRole((*rng.pick(&["any_user", "authenticated_user", "campus_user"])).to_string()),
    };
    // A ban or a key for everybody would leave nothing to look at.
    let subject = match subject {
        Who::SystemRole(_) if action == "superuser-access" => Who::User(*rng.pick(&PEOPLE)),
        other => other,
    };
    AccessRow { action: action.to_string(), argument, exclude, subject }
}

pub fn record(rng: &mut Rng, ids: &[String], preset: usize) -> Record {
    let primary = if rng.percent(DANGLING) { GHOST.to_string() } else { rng.pick(ids).clone() };
    let mut secondary: Vec<String> = if rng.percent(60) { rng.some(ids, 40) } else { Vec::new() };
    if rng.percent(DANGLING) {
        secondary.push(GHOST.to_string());
    }
    secondary.retain(|id| *id != primary);
    let state = *rng.pick(&[
        None,
        Some("editing"),
        Some("editing"),
        Some("pending-approval"),
        Some("pending-approval"),
        Some("approved"),
        Some("approved"),
        Some("published"),
        Some("published"),
        Some("published"),
        Some("deleted"),
        Some(if preset == 0 { "filling" } else { "odd" }),
    ]);
    let mut owners = rng.some(&PEOPLE, 30);
    owners.truncate(if preset == 0 { 2 } else { 1 });
    let rec = Rec { primary, secondary, state: state.map(str::to_string), owners };
    Record { title: format!("Record {}", rng.below(5)), rec }
}
