//! Three values by brute force: whatever is said at a hole is thrown away and replaced by possibilities; equal answers are
//! the answer, anything else is unknown.
//!
//! More roles, grants and levels never take anything away, so of those the least, the most and single ones are tried
//! instead of every set.

use std::collections::BTreeSet;

use super::lists::{Actor, List, Means};
use super::space::{COMMUNITIES, HOME, OTHER, REVIEWERS};
use super::world::{Community, DAY, Embargo, Grant, Link, Readers, Record, Review, Visitor, World};
use crate::oracle::three::Three;
use crate::oracle::world::{AccessRow, Asker, Membership, Who, actions, set};

/// A change of a record.
type Mend = Box<dyn Fn(&mut Record)>;

/// A fact that nobody supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// The asker's membership in a community.
    Membership(&'static str),
    /// A community's row: whether it is there, its settings, its grants.
    Community(&'static str),
    /// Only its grants.
    Grants(&'static str),
    /// All rows of an action, allow and deny alike.
    Access(&'static str),
    /// The asker's global roles, among them roles of communities by their internal names.
    UserRoles,
    /// The moment.
    Time,
    /// All access lists.
    Lists,
    /// A field of the record.
    Field(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Primary,
    Secondary,
    State,
    Owners,
    RecordAccess,
    FilesAccess,
    Restricted,
    Readers,
    Grants,
    Links,
    EmbargoActive,
    EmbargoUntil,
    ReviewCommunity,
    ReviewStatus,
    ReviewCreator,
    PublishedOnce,
    Marked,
}

pub const FIELDS: [Field; 17] = [
    Field::Primary,
    Field::Secondary,
    Field::State,
    Field::Owners,
    Field::RecordAccess,
    Field::FilesAccess,
    Field::Restricted,
    Field::Readers,
    Field::Grants,
    Field::Links,
    Field::EmbargoActive,
    Field::EmbargoUntil,
    Field::ReviewCommunity,
    Field::ReviewStatus,
    Field::ReviewCreator,
    Field::PublishedOnce,
    Field::Marked,
];

/// Facts beside the record.
pub fn facts() -> Vec<Hole> {
    let mut holes = vec![Hole::UserRoles, Hole::Time, Hole::Lists];
    for id in [COMMUNITIES[0], COMMUNITIES[1], COMMUNITIES[2]] {
        holes.extend([Hole::Membership(id), Hole::Community(id), Hole::Grants(id)]);
    }
    let needs = ["superuser-access", "administration-moderation", "administration-access", "read", "update", "approve"];
    holes.extend(needs.map(Hole::Access));
    holes
}

pub fn join(answers: impl IntoIterator<Item = bool>) -> Three {
    let (mut allow, mut deny) = (false, false);
    for answer in answers {
        allow |= answer;
        deny |= !answer;
    }
    match (allow, deny) {
        (true, true) => Three::Unknown,
        (true, false) => Three::Allow,
        _ => Three::Deny,
    }
}

/// Every world and visitor that agree with what is known, for a hole beside the record.
pub fn worlds(world: &World, visitor: &Visitor, hole: Hole) -> Vec<(World, Visitor)> {
    let same = |world: World| (world, visitor.clone());
    match hole {
        Hole::Membership(community) => {
            let Some(user) = visitor.asker.id() else { return vec![same(world.clone())] };
            let roles = ["", "member", "publisher", "curator", "manager", "admin", "invitee"];
            let joined = |role: &str| {
                let mut world = world.clone();
                world.memberships.retain(|m| m.user != user || m.community != community);
                if !role.is_empty() {
                    let community = community.to_string();
                    world.memberships.push(Membership { user, community, roles: set(&[role]) });
                }
                same(world)
            };
            roles.into_iter().map(joined).collect()
        }
        Hole::Grants(community) => {
            let granted = |grants| {
                let mut world = world.clone();
                world.communities.get_mut(community).unwrap().grants = grants;
                same(world)
            };
            vec![granted(no_grants()), granted(all_grants())]
        }
        Hole::Community(community) => {
            let mut found = Vec::new();
            let mut missing = world.clone();
            missing.communities.get_mut(community).unwrap().deleted = true;
            found.push(same(missing));
            for bits in 0..16 {
                let mut world = world.clone();
                let one = Community {
                    restricted: bits & 1 > 0,
                    strict: bits & 2 > 0,
                    members_submit: bits & 4 > 0,
                    grants: if bits & 8 > 0 { all_grants() } else { no_grants() },
                    ..Community::default()
                };
                world.communities.insert(community.to_string(), one);
                found.push(same(world));
            }
            found
        }
        Hole::Access(action) => {
            let subject = myself(visitor);
            let with = |exclude: Option<bool>| {
                let mut world = world.clone();
                world.access.retain(|row| row.action != action);
                if let Some(exclude) = exclude {
                    let (action, subject) = (action.to_string(), subject.clone());
                    world.access.push(AccessRow { action, argument: None, exclude, subject });
                }
                same(world)
            };
            [None, Some(false), Some(true)].into_iter().map(with).collect()
        }
        Hole::UserRoles => {
            let Asker::User { id, system_roles, .. } = &visitor.asker else { return vec![same(world.clone())] };
            let mut found = Vec::new();
            for global in [&[][..], &["Boss"], &["boss", "staff"], &["librarian"], &["librarian-readonly"]] {
                for internal in ["", "member", "curator", "admin"] {
                    for place in [&COMMUNITIES[..], &[HOME], &[REVIEWERS]] {
                        let mut roles = set(global);
                        if !internal.is_empty() {
                            roles.extend(place.iter().map(|id| format!("community:{id}:{internal}")));
                        }
                        let asker = Asker::User { id: *id, roles, system_roles: system_roles.clone() };
                        found.push((world.clone(), Visitor { asker, links: visitor.links.clone() }));
                    }
                }
            }
            found
        }
        Hole::Time => {
            let at = |now: i64| same(World { now, ..world.clone() });
            vec![at(i64::MIN / 2), at(world.now), at(i64::MAX / 2)]
        }
        Hole::Lists => {
            let with = |operations: &[&'static str], deny: bool| {
                let list = |operation: &&'static str| List {
                    operation,
                    group: "default",
                    priority: 0,
                    deny,
                    states: None,
                    means: Means::Ids(vec!["r".to_string()]),
                    actors: vec![Actor::Everyone],
                };
                same(World { lists: operations.iter().map(list).collect(), ..world.clone() })
            };
            let all = ["get", "read-files", "update", "delete"];
            let mut found = vec![with(&[], false), with(&all, false), with(&all, true)];
            found.extend(all.map(|one| with(&[one], false)));
            found.extend(all.map(|one| with(&[one], true)));
            found
        }
        Hole::Field(_) => vec![same(world.clone())],
    }
}

fn myself(visitor: &Visitor) -> Who {
    match &visitor.asker {
        Asker::Anonymous => Who::SystemRole("any_user".to_string()),
        Asker::User { id, .. } => Who::User(*id),
        Asker::System => Who::SystemRole("system_process".to_string()),
    }
}

fn no_grants() -> std::collections::BTreeMap<String, BTreeSet<String>> {
    std::collections::BTreeMap::new()
}

fn all_grants() -> std::collections::BTreeMap<String, BTreeSet<String>> {
    let everybody = ["any", "author", "member", "publisher", "curator", "manager", "admin"];
    everybody.map(|role| (role.to_string(), set(&actions()))).into()
}

/// Every record that agrees with what is known, for a hole in it.
pub fn records(visitor: &Visitor, record: &Record, field: Field) -> Vec<Record> {
    let some = |changes: Vec<Mend>| -> Vec<Record> {
        let changed = |change: Box<dyn Fn(&mut Record)>| {
            let mut record = record.clone();
            change(&mut record);
            record
        };
        changes.into_iter().map(changed).collect()
    };
    let both = |set: fn(&mut Record, bool)| -> Vec<Record> {
        some(vec![Box::new(move |record| set(record, false)), Box::new(move |record| set(record, true))])
    };
    let me = visitor.asker.id();
    match field {
        Field::Primary => {
            let mut found = some(vec![Box::new(|record| record.primary = None)]);
            // One that is not there too.
            for id in COMMUNITIES.into_iter().chain(["nowhere"]) {
                found.extend(some(vec![Box::new(move |record| record.primary = Some(id.to_string()))]));
            }
            found
        }
        Field::Secondary => {
            let mut found = some(vec![Box::new(|record| record.secondary.clear())]);
            for id in COMMUNITIES {
                found.extend(some(vec![Box::new(move |record| record.secondary = vec![id.to_string()])]));
            }
            found.extend(some(vec![Box::new(|record| record.secondary = COMMUNITIES.map(str::to_string).into())]));
            found
        }
        Field::State => {
            let mut found = some(vec![Box::new(|record| record.state = None)]);
            for word in ["pending-approval", "approved", "published", "deleted"] {
                found.extend(some(vec![Box::new(move |record| record.state = Some(word.to_string()))]));
            }
            found
        }
        Field::Owners => some(vec![
            Box::new(|record| record.owners.clear()),
            Box::new(move |record| record.owners = me.into_iter().chain([OTHER]).collect()),
        ]),
        Field::RecordAccess => both(|record, on| record.record_restricted = on),
        Field::FilesAccess => both(|record, on| record.files_restricted = on),
        Field::Restricted => both(|record, on| record.restricted = on),
        Field::Readers => {
            let mine = match &visitor.asker {
                Asker::User { roles, .. } => roles.iter().cloned().collect(),
                _ => Vec::new(),
            };
            let named = |users: Vec<i64>, roles: Vec<String>, system: &[&str]| -> Mend {
                let system_roles = system.iter().map(|name| (*name).to_string()).collect();
                let readers = Readers { users, roles, system_roles };
                Box::new(move |record| record.readers = readers.clone())
            };
            let everybody = ["any_user", "system_process"];
            let nobody = vec!["nobody".to_string()];
            some(vec![
                named(Vec::new(), Vec::new(), &[]),
                named(vec![OTHER], nobody, &["nobody"]),
                named(me.into_iter().collect(), Vec::new(), &[]),
                named(Vec::new(), mine, &[]),
                named(Vec::new(), Vec::new(), &everybody),
            ])
        }
        Field::Grants => {
            let mut found = some(vec![Box::new(|record| record.grants.clear())]);
            for level in Readers::LEVELS {
                let to = Who::SystemRole("any_user".to_string());
                found.extend(some(vec![Box::new(move |record| {
                    record.grants = vec![Grant { to: to.clone(), level }];
                })]));
            }
            found
        }
        Field::Links => {
            let mut found = some(vec![Box::new(|record| record.links.clear())]);
            if let Some(id) = visitor.links.first() {
                for level in ["view", "preview", "edit"] {
                    let id = id.clone();
                    found.extend(some(vec![Box::new(move |record| {
                        record.links = vec![Link { id: id.clone(), level, ends: None }];
                    })]));
                }
            }
            found
        }
        // The two fields of an embargo, and the three of a review, are missing one by one.
        Field::EmbargoActive => both(|record, active| {
            let until = record.embargo.map_or(i64::MAX / (2 * DAY), |embargo| embargo.until);
            record.embargo = Some(Embargo { active, until });
        }),
        Field::EmbargoUntil => {
            let active = record.embargo.is_some_and(|embargo| embargo.active);
            let at = move |until: i64| -> Box<dyn Fn(&mut Record)> {
                Box::new(move |record| record.embargo = Some(Embargo { active, until }))
            };
            some(vec![at(0), at(i64::MAX / (2 * DAY))])
        }
        Field::ReviewCommunity => {
            let known = record.review.clone().unwrap_or(Review::NONE);
            let mut found = Vec::new();
            for id in ["-"].into_iter().chain(COMMUNITIES) {
                let known = Review { community: id.to_string(), ..known.clone() };
                found.extend(some(vec![Box::new(move |record| record.review = Some(known.clone()))]));
            }
            found
        }
        Field::ReviewStatus => {
            let known = record.review.clone().unwrap_or(Review::NONE);
            let mut found = Vec::new();
            for status in ["", "created", "submitted", "declined"] {
                let known = Review { status, ..known.clone() };
                found.extend(some(vec![Box::new(move |record| record.review = Some(known.clone()))]));
            }
            found
        }
        Field::ReviewCreator => {
            let known = record.review.clone().unwrap_or(Review::NONE);
            let mut found = Vec::new();
            for creator in [None, me] {
                let known = Review { creator, ..known.clone() };
                found.extend(some(vec![Box::new(move |record| record.review = Some(known.clone()))]));
            }
            found
        }
        Field::PublishedOnce => both(|record, on| record.published_once = on),
        Field::Marked => both(|record, on| record.marked = on),
    }
}

impl Readers {
    /// "view < preview < edit < manage"
    pub const LEVELS: [&'static str; 4] = ["view", "preview", "edit", "manage"];
}

impl Review {
    /// Of a record that says nothing of a review: no community has this id, and no rule this status.
    pub const NONE: Self = Self { community: String::new(), status: "", creator: None };
}
