//! Seeded worlds for the corners that the finite space leaves out: several rows, changed matrices, deleted communities,
//! grants and links of every kind, records in any communities.

use super::lists::{Actor, List, Means};
use super::space::{COMMUNITIES, LINK, NOW, TODAY, shipped};
use super::world::{Community, DAY, Embargo, Grant, Link, Readers, Record, Review, Visitor, World};
use crate::oracle::world::{AccessRow, Asker, Membership, Who, actions, set};

/// SplitMix64: the same worlds on every machine.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    pub fn some<T: Copy>(&mut self, items: &[T], chance: usize) -> Vec<T> {
        items.iter().copied().filter(|_| self.percent(chance)).collect()
    }
}

pub const PEOPLE: [i64; 4] = [1, 2, 3, 4];
const ROLES: [&str; 5] = ["member", "publisher", "curator", "manager", "admin"];

/// One world, who asks in it, and some of its records.
pub fn group(seed: u64, records: usize) -> (World, Visitor, Vec<Record>) {
    let mut rng = Rng::new(seed);
    let world = world(&mut rng);
    let visitor = visitor(&mut rng);
    let records = (0..records).map(|_| record(&mut rng)).collect();
    (world, visitor, records)
}

pub fn world(rng: &mut Rng) -> World {
    let mut world = World { allowed: set(&actions()), now: NOW, ..World::default() };
    if rng.percent(10) {
        let off = rng.pick(&["read", "update", "approve", "publish", "create"]);
        world.allowed.remove(off);
    }
    for id in COMMUNITIES {
        world.communities.insert(id.to_string(), community(rng));
        for user in PEOPLE {
            if rng.percent(45) {
                let mut roles = set(&[rng.pick(&ROLES)]);
                roles.extend(rng.some(&ROLES, 10).into_iter().map(str::to_string));
                if rng.percent(10) {
                    roles = set(&[rng.pick(&["invitee", "applicant"])]);
                }
                world.memberships.push(Membership { user, community: id.to_string(), roles });
            }
        }
    }
    for _ in 0..rng.below(4) {
        let row = row(rng);
        world.access.push(row);
    }
    // In every second world there are none: what rests on the proof alone is looked at, too.
    if rng.percent(50) {
        world.lists = (0..=rng.below(5)).map(|_| list(rng)).collect();
    }
    world
}

pub fn list(rng: &mut Rng) -> List {
    let means = match rng.below(6) {
        0..=1 => Means::Ids(vec![rng.pick(&["r", "r1", "r2"]).to_string(), "r3".to_string()]),
        2..=3 => Means::All,
        4 => Means::RecordRestricted,
        _ => Means::Flagged,
    };
    let states = ["editing", "pending-approval", "approved", "published", "deleted"];
    let actor = |rng: &mut Rng| match rng.below(9) {
        0..=4 => Actor::Who(who(rng)),
        5 => rng.pick(&[Actor::Everyone, Actor::SignedIn, Actor::Guests]),
        6..=7 => Actor::Owners,
        _ => Actor::Keepers,
    };
    List {
        operation: rng.pick(&["get", "get", "read", "read-files", "update", "delete", "print"]),
        group: rng.pick(&["default", "default", "other"]),
        priority: rng.pick(&[0, 0, 1, 2]),
        deny: rng.percent(35),
        states: if rng.percent(60) { Some(rng.some(&states, 50)) } else { None },
        means,
        actors: (0..rng.below(3)).map(|_| actor(rng)).collect(),
    }
}

pub fn community(rng: &mut Rng) -> Community {
    let mut grants = shipped();
    for _ in 0..rng.below(3) {
        let role = rng.pick(&["member", "publisher", "curator", "manager", "admin", "any", "author"]);
        let action = rng.pick(&actions()).to_string();
        let granted = grants.entry(role.to_string()).or_default();
        if !granted.remove(&action) {
            granted.insert(action);
        }
    }
    Community {
        deleted: rng.percent(12),
        restricted: rng.percent(30),
        members_visibility: rng.pick(&[None, Some("public"), Some("restricted"), Some("hidden")]),
        strict: rng.percent(35),
        members_submit: rng.percent(35),
        review_policy: rng.pick(&[None, Some("closed"), Some("curators"), Some("members"), Some("open")]),
        grants,
    }
}

fn row(rng: &mut Rng) -> AccessRow {
    let plain = ["superuser-access", "administration-access", "administration-moderation", "community-admin"];
    let (action, argument) = if rng.percent(50) {
        (rng.pick(&plain), None)
    } else {
        let argument = if rng.percent(60) { Some(rng.pick(&COMMUNITIES).to_string()) } else { None };
        (if rng.percent(40) { "read" } else { rng.pick(&actions()) }, argument)
    };
    AccessRow { action: action.to_string(), argument, exclude: rng.percent(40), subject: who(rng) }
}

pub fn who(rng: &mut Rng) -> Who {
    match rng.below(8) {
        0..=4 => Who::User(rng.pick(&PEOPLE)),
        5 => Who::Role(rng.pick(&["boss", "staff"]).to_string()),
        6 => Who::Role(format!("community:{}:{}", rng.pick(&COMMUNITIES), rng.pick(&ROLES))),
        _ => Who::SystemRole(rng.pick(&["any_user", "authenticated_user", "campus_user"]).to_string()),
    }
}

pub fn visitor(rng: &mut Rng) -> Visitor {
    let asker = match rng.below(10) {
        0 => Asker::Anonymous,
        1 => Asker::System,
        _ => {
            let mut roles = set(&rng.some(&["boss", "staff"], 25));
            if rng.percent(10) {
                roles.insert(format!("community:{}:{}", rng.pick(&COMMUNITIES), rng.pick(&ROLES)));
            }
            Asker::User { id: rng.pick(&PEOPLE), roles, system_roles: set(&rng.some(&["campus_user"], 25)) }
        }
    };
    let links = if rng.percent(40) && asker != Asker::System { set(&[LINK]) } else { set(&[]) };
    Visitor { asker, links }
}

pub fn record(rng: &mut Rng) -> Record {
    let primary = if rng.percent(12) { None } else { Some(rng.pick(&COMMUNITIES).to_string()) };
    let mut secondary: Vec<String> = rng.some(&COMMUNITIES, 25).into_iter().map(str::to_string).collect();
    secondary.retain(|id| primary.as_ref() != Some(id));
    let states = ["editing", "pending-approval", "approved", "published", "published", "published", "deleted"];
    let state = if rng.percent(8) { None } else { Some(rng.pick(&states).to_string()) };
    let later_states = ["published", "approved", "deleted"];
    let once = state.as_deref().is_some_and(|state| later_states.contains(&state)) && rng.percent(60);
    let mut record = Record {
        id: "r".to_string(),
        primary,
        secondary,
        state,
        owners: rng.some(&PEOPLE, 25),
        record_restricted: rng.percent(40),
        files_restricted: rng.percent(30),
        restricted: rng.percent(15),
        published_once: once,
        marked: rng.percent(10),
        keepers: rng.some(&["boss", "staff"], 25).into_iter().map(str::to_string).collect(),
        ..Record::default()
    };
    if rng.percent(25) {
        record.readers = Readers {
            users: rng.some(&PEOPLE, 30),
            roles: rng
                .some(&["boss", "STAFF", "community:second:member"], 30)
                .into_iter()
                .map(str::to_string)
                .collect(),
            system_roles: rng
                .some(&["campus_user", "authenticated_user"], 15)
                .into_iter()
                .map(str::to_string)
                .collect(),
        };
    }
    for _ in 0..rng.below(3) {
        record.grants.push(Grant { to: who(rng), level: rng.pick(&Readers::LEVELS) });
    }
    if rng.percent(40) {
        let ends = rng.pick(&[None, Some(NOW - DAY), Some(NOW), Some(NOW + 1), Some(NOW + DAY)]);
        let id = rng.pick(&[LINK, LINK, "l2"]).to_string();
        record.links.push(Link { id, level: rng.pick(&["view", "preview", "edit"]), ends });
    }
    if rng.percent(30) {
        record.embargo = Some(Embargo { active: rng.percent(70), until: TODAY + rng.pick(&[-1, 0, 1]) });
    }
    if rng.percent(50) {
        record.review = Some(Review {
            community: rng.pick(&COMMUNITIES).to_string(),
            status: rng.pick(&["created", "submitted", "submitted", "submitted", "accepted", "declined", "cancelled"]),
            creator: if rng.percent(80) { Some(rng.pick(&PEOPLE)) } else { None },
        });
    }
    record
}
