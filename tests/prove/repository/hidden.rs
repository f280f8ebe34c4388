//! Non-interference: what changes where a subject cannot see it changes no byte of what it is given.
//!
//! A change is hidden from a subject if, by the oracle, it is in something the subject does not know of before and after, and
//! every question has the same answer in both worlds.

use super::lab::{Lab, Subs, View};
use super::sound::{Figures, count};
use super::world::{Whole, thing};
use crate::oracle::repository::random::{self, Rng};
use crate::oracle::repository::world::{Record, Visitor};
use crate::oracle::repository::{ACTIONS, act, decide, library, read};
use crate::oracle::world::{Membership, Who};

const TRIES: usize = 24;

pub fn check(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(3);
    let changes: Vec<(Change, Lab)> = (0..TRIES)
        .filter_map(|_| changed(&lab.whole, &mut rng))
        .map(|(what, whole)| (what, lab.changed(whole)))
        .collect();
    for visitor in lab.whole.visitors() {
        let subs = lab.subs(&mut rng);
        let before: Vec<View> = subs.iter().map(|subs| lab.view(&visitor, subs)).collect();
        for (change, other) in &changes {
            count(figures, "worlds tried");
            if !is_hidden(change, &lab.whole, &other.whole, &visitor) {
                continue;
            }
            count(figures, format!("kept: {}", change.name()));
            for (subs, before) in subs.iter().zip(&before) {
                let after = other.view(&visitor, subs);
                if after.bytes() != before.bytes() {
                    let only = |one: &View, other: &View| -> Vec<String> {
                        let gone = one.entries.iter().filter(|entry| !other.entries.contains(entry));
                        let proofs = one.closed.iter().filter(|proof| !other.closed.contains(proof));
                        gone.chain(proofs).map(ToString::to_string).collect()
                    };
                    let place = lab.place(&visitor);
                    let (lost, new) = (only(before, &after), only(&after, before));
                    return Err(format!("{place} {subs:?} {change:?}: other bytes\n  {lost:?}\n  {new:?}"));
                }
                count(figures, if *subs == Subs::Everywhere { "whole views compared" } else { "parts compared" });
            }
        }
    }
    Ok(())
}

#[derive(Debug)]
enum Change {
    Record(String),
    /// Something of the library.
    Thing(String),
    Community(String),
    Membership(String, i64),
    /// Rows that speak of one user.
    Row(i64),
}

impl Change {
    fn name(&self) -> &'static str {
        match self {
            Self::Record(_) => "a record",
            Self::Thing(_) => "something of the library",
            Self::Community(_) => "a community",
            Self::Membership(..) => "a membership",
            Self::Row(_) => "a row",
        }
    }
}

fn changed(whole: &Whole, rng: &mut Rng) -> Option<(Change, Whole)> {
    let mut other = whole.clone();
    let ids: Vec<String> = whole.world.communities.keys().cloned().collect();
    let id = ids[rng.below(ids.len())].clone();
    let user = rng.pick(&random::PEOPLE);
    let change = match rng.below(5) {
        0 => {
            let id = if rng.percent(40) { "r0".to_string() } else { format!("r{}", 1 + rng.below(6)) };
            if whole.records.contains_key(&id) && rng.percent(30) {
                other.records.remove(&id);
            } else {
                other.records.insert(id.clone(), Record { id: id.clone(), ..random::record(rng) });
            }
            Change::Record(id)
        }
        1 => {
            let mut community = random::community(rng);
            community.deleted = whole.world.communities[&id].deleted;
            community.restricted |= rng.percent(60);
            other.world.communities.insert(id.clone(), community);
            if rng.percent(40) {
                other.titles.insert(id.clone(), "Another title".to_string());
            }
            Change::Community(id)
        }
        2 => {
            let id = format!("l{}", rng.below(6));
            if whole.things.contains_key(&id) && rng.percent(30) {
                other.things.remove(&id);
            } else {
                other.things.insert(id.clone(), thing(&id, rng));
            }
            Change::Thing(id)
        }
        3 => {
            let roles = ["member", "publisher", "curator", "manager", "admin", "invitee"];
            let own = |m: &Membership| m.user == user && m.community == id;
            other.world.memberships.retain(|m| !own(m));
            if rng.percent(70) {
                let roles = crate::oracle::world::set(&[rng.pick(&roles)]);
                let community = id.clone();
                other.world.memberships.push(Membership { user, community, roles });
            }
            if rng.percent(50) {
                other.unseen.insert((id.clone(), user));
            }
            Change::Membership(id, user)
        }
        _ => {
            let row = crate::oracle::world::AccessRow {
                action: rng.pick(&["read", "update", "superuser-access", "administration-access"]).to_string(),
                argument: None,
                exclude: rng.percent(40),
                subject: Who::User(user),
            };
            let position = rng.below(other.world.access.len() + 1);
            other.world.access.insert(position, row);
            Change::Row(user)
        }
    };
    (other != *whole).then_some((change, other))
}

fn is_hidden(change: &Change, before: &Whole, after: &Whole, visitor: &Visitor) -> bool {
    let both = |test: &dyn Fn(&Whole) -> bool| test(before) && test(after);
    let aside = match change {
        Change::Record(id) => both(&|whole| {
            let record = whole.records.get(id);
            !record.is_some_and(|record| read::knows(&whole.world, visitor, record))
        }),
        Change::Thing(id) => both(&|whole| {
            let thing = whole.things.get(id);
            !thing.is_some_and(|thing| library::knows(&whole.world, visitor, thing))
        }),
        Change::Community(id) => both(&|whole| !act::sees_community(&whole.world, visitor, id)),
        // Of a community that is not seen, or whose members only its administrators see.
        Change::Membership(id, user) => {
            visitor.asker.id() != Some(*user)
                && both(&|whole| {
                    let seen = act::sees_community(&whole.world, visitor, id);
                    // A deleted community gives no roles, and its members still are who they are.
                    let own = |m: &Membership| m.community == *id && Some(m.user) == visitor.asker.id();
                    let outside = !whole.world.memberships.iter().any(own) && !act::administers(&whole.world, visitor);
                    let kept = whole.world.communities[id].members_visibility.is_some_and(|word| word != "public");
                    !seen || (outside && kept)
                })
        }
        Change::Row(user) => visitor.asker.id() != Some(*user),
    };
    aside && answers(before, visitor) == answers(after, visitor)
}

/// Every answer about what the visitor knows of, and which communities it sees.
fn answers(whole: &Whole, visitor: &Visitor) -> Vec<(String, Vec<bool>)> {
    let known = whole.records.iter().filter(|(_, record)| read::knows(&whole.world, visitor, record));
    let mut found: Vec<(String, Vec<bool>)> = known
        .map(|(id, record)| {
            let answers = ACTIONS.map(|name| name != "create" && decide(&whole.world, visitor, record, name));
            (id.clone(), answers.to_vec())
        })
        .collect();
    for (id, thing) in whole.things.iter().filter(|(_, thing)| library::knows(&whole.world, visitor, thing)) {
        let names = thing.kind.actions().iter().filter(|name| **name != "create");
        let answers = names.map(|name| library::decide(&whole.world, visitor, thing, name));
        found.push((id.clone(), answers.collect()));
    }
    for id in whole.world.communities.keys() {
        let (seen, create) =
            (act::sees_community(&whole.world, visitor, id), act::create(&whole.world, visitor, Some(id)));
        found.push((format!("community {id}"), vec![seen, create]));
    }
    found
}
