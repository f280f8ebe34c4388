//! Small changes of a world, of every kind: most of what changes, any one subject may not see.

use std::collections::BTreeMap;

use super::generate;
use super::lists;
use super::rng::Rng;
use super::world::{DANGLING, Member, PEOPLE, ROLES, ROOT, STRANGER, Whole};
use crate::oracle::world::Who;

type Mutation = fn(&mut Whole, &mut Rng) -> Option<()>;

pub const MUTATIONS: [(&str, Mutation); 15] = [
    ("a record changes", change_record),
    ("a record moves", move_record),
    ("a record is made", add_record),
    ("a record goes", remove_record),
    ("grants change", change_grants),
    ("somebody joins", join),
    ("somebody leaves", leave),
    ("a member's choice or roles change", change_member),
    ("a community is made", add_community),
    ("a community goes", remove_community),
    ("a community is renamed", rename_community),
    ("a title or setting changes", change_community),
    ("rows change", change_rows),
    ("global roles change", change_roles),
    ("access lists change", change_lists),
];

/// The world with one to three changes, and which.
pub fn mutated(whole: &Whole, rng: &mut Rng) -> (Whole, Vec<usize>) {
    let mut changed = whole.clone();
    let mut kinds = Vec::new();
    for _ in 0..1 + rng.below(3) {
        let kind = rng.below(MUTATIONS.len());
        if MUTATIONS[kind].1(&mut changed, rng).is_some() {
            kinds.push(kind);
        }
    }
    (changed, kinds)
}

fn ids(whole: &Whole) -> Vec<String> {
    whole.communities.keys().cloned().collect()
}

/// One of the keys of a map, if it has any.
fn key<K: Clone, V>(map: &BTreeMap<K, V>, rng: &mut Rng) -> Option<K> {
    if map.is_empty() { None } else { map.keys().nth(rng.below(map.len())).cloned() }
}

fn change_record(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let id = key(&whole.records, rng)?;
    let fresh = generate::record(rng, &ids(whole), whole.preset);
    let record = whole.records.get_mut(&id)?;
    match rng.below(4) {
        0 => record.title = fresh.title,
        1 => record.rec.state = fresh.rec.state,
        2 => record.rec.owners = fresh.rec.owners,
        _ => *record = fresh,
    }
    Some(())
}

fn move_record(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let (id, ids) = (key(&whole.records, rng)?, ids(whole));
    let rec = &mut whole.records.get_mut(&id)?.rec;
    let community = rng.pick(&ids).clone();
    let position = rec.secondary.iter().position(|one| *one == community);
    match position {
        Some(position) => _ = rec.secondary.remove(position),
        None if community == rec.primary => return None,
        None if rng.percent(50) || rec.secondary.is_empty() => rec.secondary.push(community),
        None => rec.secondary[0] = community,
    }
    rec.secondary.sort();
    Some(())
}

fn add_record(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let record = generate::record(rng, &ids(whole), whole.preset);
    // Between the others too, so that a position in an order would tell.
    let id = if rng.percent(50) { "r0" } else { "r2b" };
    whole.records.insert(id.to_string(), record);
    Some(())
}

fn remove_record(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let id = key(&whole.records, rng)?;
    whole.records.remove(&id).map(|_| ())
}

fn change_grants(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let id = key(&whole.communities, rng)?;
    let community = whole.communities.get_mut(&id)?;
    if rng.percent(40) {
        community.grants = generate::grants(rng);
        return Some(());
    }
    let granted = community.grants.entry((*rng.pick(&ROLES)).to_string()).or_default();
    let action = rng.pick(&crate::oracle::world::actions()).to_string();
    if !granted.remove(&action) {
        granted.insert(action);
    }
    Some(())
}

fn join(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let user = *rng.pick(&[PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[3], ROOT, STRANGER, 7]);
    let id = key(&whole.communities, rng)?;
    whole.members.insert((id, user), generate::member(rng));
    Some(())
}

fn leave(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let member = key(&whole.members, rng)?;
    whole.members.remove(&member).map(|_| ())
}

fn change_member(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let key = key(&whole.members, rng)?;
    let fresh = generate::member(rng);
    let member: &mut Member = whole.members.get_mut(&key)?;
    if rng.percent(50) {
        member.visible = fresh.visible;
    } else {
        member.roles = fresh.roles;
    }
    Some(())
}

fn add_community(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let mut community = generate::community(rng, "new");
    if rng.percent(80) {
        community.settings.visibility = Some("restricted");
    }
    let id = if rng.percent(50) { "c0" } else { "c9" };
    whole.communities.insert(id.to_string(), community);
    if rng.percent(50) {
        whole.members.insert((id.to_string(), *rng.pick(&PEOPLE)), generate::member(rng));
    }
    Some(())
}

/// With all that hangs on it, or without.
fn remove_community(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let id = key(&whole.communities, rng).filter(|_| whole.communities.len() > 1)?;
    whole.communities.remove(&id);
    if rng.percent(10 * DANGLING) {
        return Some(());
    }
    let names = |role: &String| super::world::internal(role).is_some_and(|(of, _)| of == id);
    whole.members.retain(|(of, _), _| *of != id);
    whole
        .rows
        .retain(|row| row.argument.as_ref() != Some(&id) && !matches!(&row.subject, Who::Role(role) if names(role)));
    whole.users.values_mut().for_each(|roles| roles.retain(|role| !names(role)));
    whole.records.retain(|_, record| record.rec.primary != id);
    for record in whole.records.values_mut() {
        record.rec.secondary.retain(|one| *one != id);
    }
    Some(())
}

/// Everywhere it is named.
fn rename_community(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let old = key(&whole.communities, rng)?;
    let new = format!("{}x", old.chars().next().filter(|_| rng.percent(50)).unwrap_or('z'));
    if whole.communities.contains_key(&new) {
        return None;
    }
    let swap = |id: &mut String| {
        if *id == old {
            id.clone_from(&new);
        }
    };
    let community = whole.communities.remove(&old)?;
    whole.communities.insert(new.clone(), community);
    let members = std::mem::take(&mut whole.members);
    whole.members = members
        .into_iter()
        .map(|((mut id, user), member)| {
            swap(&mut id);
            ((id, user), member)
        })
        .collect();
    let role = |name: &mut String| {
        if let Some((id, role)) = super::world::internal(name)
            && id == old
        {
            *name = format!("community:{new}:{role}");
        }
    };
    for row in &mut whole.rows {
        row.argument.as_mut().map(swap);
        if let Who::Role(name) = &mut row.subject {
            role(name);
        }
    }
    for roles in whole.users.values_mut() {
        *roles = std::mem::take(roles)
            .into_iter()
            .map(|mut name| {
                role(&mut name);
                name
            })
            .collect();
    }
    for record in whole.records.values_mut() {
        swap(&mut record.rec.primary);
        record.rec.secondary.iter_mut().for_each(swap);
        record.rec.secondary.sort();
    }
    Some(())
}

fn change_community(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let id = key(&whole.communities, rng)?;
    let fresh = generate::community(rng, &id);
    let community = whole.communities.get_mut(&id)?;
    match rng.below(4) {
        0 => community.settings.visibility = fresh.settings.visibility,
        1 => community.settings.members_visibility = fresh.settings.members_visibility,
        _ => community.title = format!("{} again", fresh.title),
    }
    Some(())
}

fn change_rows(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    if rng.percent(45) && !whole.rows.is_empty() {
        let position = rng.below(whole.rows.len());
        whole.rows.remove(position);
        return Some(());
    }
    let row = generate::row(rng, &ids(whole), whole.preset);
    let position = rng.below(whole.rows.len() + 1);
    whole.rows.insert(position, row);
    Some(())
}

fn change_roles(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let user = *rng.pick(&PEOPLE);
    let roles = generate::global_roles(rng, &ids(whole));
    whole.users.insert(user, roles);
    Some(())
}

/// One is made or changed, or goes.
fn change_lists(whole: &mut Whole, rng: &mut Rng) -> Option<()> {
    let fresh = lists::random(rng, whole);
    let lists = whole.lists.as_mut()?;
    let id = key(lists, rng).filter(|_| rng.percent(70)).unwrap_or_else(|| format!("list{}", lists.len() + 1));
    match rng.below(5) {
        0 => _ = lists.remove(&id)?,
        1 => lists.get_mut(&id)?.actors = fresh.actors,
        2 => lists.get_mut(&id)?.priority = fresh.priority,
        _ => _ = lists.insert(id, fresh),
    }
    Some(())
}
