//! The finite space of library types under `repository`, in a fixed order, and random things for random worlds.

use std::collections::BTreeSet;

use super::library::{Kind, Thing};
use super::random::{PEOPLE, Rng, who};
use super::space::{self, COMMUNITIES, HOME, LINK, NOW, OTHER};
use super::world::{Community, Grant, Link, Readers, Record, Visitor, World};
use crate::oracle::world::{AccessRow, Asker, Membership, Who, actions, set};

pub const KINDS: [Kind; 6] = [Kind::Document, Kind::Series, Kind::Item, Kind::Electronic, Kind::Loan, Kind::Request];
/// Owner of some things and patron of some loans and requests.
pub const ME: i64 = 1;

/// A global role, and access rows (action, argument, deny).
type Person = (&'static str, &'static [(&'static str, Option<&'static str>, bool)]);

/// Users by number, from `ME` on.
const PEOPLE_OF_SPACE: [Person; 20] = [
    ("", &[]),
    ("", &[]),
    ("Boss", &[]),
    ("librarian", &[]),
    ("librarian-readonly", &[]),
    ("", &[("ils-backoffice-access", None, false)]),
    ("", &[("ils-backoffice-readonly-access", None, false)]),
    ("", &[("ils-backoffice-access", None, false), ("ils-backoffice-access", None, true)]),
    ("librarian", &[("superuser-access", None, true)]),
    ("librarian", &[("read", None, true)]),
    ("librarian", &[("read", Some(HOME), true), ("update", Some(HOME), true)]),
    ("librarian", &[("update", None, true), ("delete", None, true), ("checkout", None, true), ("accept", None, true)]),
    ("Boss", &[("create", None, true), ("manage", None, true), ("read-files", None, true), ("cancel", None, true)]),
    ("", &[("read-tombstone", None, true), ("extend", None, true), ("request", None, true), ("decline", None, true)]),
    ("", &[("superuser-access", None, false)]),
    ("", &[("superuser-access", None, false), ("read", None, true)]),
    ("", &[("administration-moderation", None, false)]),
    ("", &[("administration-access", None, false), ("community-admin", None, false)]),
    // What communities grant is nothing here.
    ("", &[("create", None, false), ("update", None, false), ("delete", None, false), ("read", None, false)]),
    ("community:home:admin", &[]),
];

/// Everybody, then who holds a link, a guest, and the system.
pub fn visitors() -> Vec<Visitor> {
    let user = |(n, (role, _)): (usize, &Person)| {
        let roles = if role.is_empty() { set(&[]) } else { set(&[*role]) };
        let system_roles = if n == 1 { set(&["campus_user"]) } else { set(&[]) };
        Visitor::new(Asker::User { id: ME + i64::try_from(n).unwrap(), roles, system_roles })
    };
    let holder = |asker: Asker| Visitor { asker, links: set(&[LINK]) };
    let mut all: Vec<Visitor> = PEOPLE_OF_SPACE.iter().enumerate().map(user).collect();
    all.extend([
        holder(Asker::user(OTHER - 1)),
        holder(Asker::Anonymous),
        Visitor::new(Asker::Anonymous),
        Visitor::new(Asker::System),
    ]);
    all
}

/// Two worlds: in the second the switch is on, everybody is denied lending, and a ban hits everybody in the system's place.
pub fn worlds() -> Vec<World> {
    let mut world = World { allowed: set(&actions()), now: NOW, ..World::default() };
    for id in COMMUNITIES {
        let community = Community { grants: space::shipped(), ..Community::default() };
        world.communities.insert(id.to_string(), community);
        world.memberships.push(Membership { user: ME + 1, community: id.to_string(), roles: set(&["admin"]) });
    }
    let row = |action: &str, argument: Option<&str>, exclude, subject| AccessRow {
        action: action.to_string(),
        argument: argument.map(str::to_string),
        exclude,
        subject,
    };
    for (user, (_, rows)) in (ME..).zip(PEOPLE_OF_SPACE) {
        world.access.extend(rows.iter().map(|(action, at, exclude)| row(action, *at, *exclude, Who::User(user))));
    }
    let mut other = world.clone();
    other.self_checkout = true;
    other.allowed.clear();
    other.access.push(row("checkout", None, true, Who::SystemRole("authenticated_user".to_string())));
    other.access.push(row("superuser-access", None, true, Who::SystemRole("system_process".to_string())));
    other.access.push(row("update", None, true, Who::Role("Boss".to_string())));
    vec![world, other]
}

fn readers(users: &[i64], roles: &[&str], system_roles: &[&str]) -> Readers {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    Readers { users: users.to_vec(), roles: names(roles), system_roles: names(system_roles) }
}

/// Who may be named: nobody, somebody else, the subject, a role in another case, a system role, several.
pub fn named() -> Vec<Readers> {
    vec![
        Readers::default(),
        readers(&[OTHER], &[], &[]),
        readers(&[ME, 18], &[], &[]),
        readers(&[OTHER], &["BOSS"], &[]),
        readers(&[], &["nobody"], &["campus_user"]),
        readers(&[], &["community:home:admin"], &[]),
    ]
}

pub fn states(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Loan => &["", "pending", "on-loan", "returned", "cancelled"],
        Kind::Request => &["", "accepted", "declined"],
        _ => &["", "deleted"],
    }
}

pub fn plain(kind: Kind) -> Thing {
    Thing {
        kind,
        record: Record { id: "r".to_string(), ..Record::default() },
        updaters: Readers::default(),
        deleters: Readers::default(),
        document_restricted: false,
        document_readers: Readers::default(),
        open_access: None,
        extensions: 0,
        overbooked: None,
    }
}

pub fn things() -> Vec<Thing> {
    let mut found = Vec::new();
    for kind in KINDS {
        for state in states(kind) {
            for owner in [OTHER, ME, 4] {
                let mut thing = plain(kind);
                thing.record.state = (!state.is_empty()).then(|| (*state).to_string());
                thing.record.owners = vec![owner];
                match kind {
                    Kind::Loan => found.extend(lent(&thing)),
                    Kind::Request => found.push(thing),
                    _ => found.extend(catalogued(&thing)),
                }
            }
        }
    }
    found
}

fn lent(thing: &Thing) -> Vec<Thing> {
    let of = |extensions| {
        [None, Some(false), Some(true)].map(|overbooked| Thing { extensions, overbooked, ..thing.clone() })
    };
    [0, 2, 3, 4].into_iter().flat_map(of).collect()
}

fn catalogued(thing: &Thing) -> Vec<Thing> {
    let names = named();
    let access: [&dyn Fn(&mut Record); 8] = [
        &|_| (),
        &|record| record.record_restricted = true,
        &|record| record.files_restricted = true,
        &|record| record.restricted = true,
        &|record| record.readers = names[1].clone(),
        &|record| {
            record.restricted = true;
            record.readers = names[3].clone();
        },
        &|record| record.readers = names[2].clone(),
        &|record| {
            record.record_restricted = true;
            record.grants = grants();
            record.links = vec![Link { id: LINK.to_string(), level: "view", ends: Some(NOW + 1) }];
        },
    ];
    let holds = matches!(thing.kind, Kind::Item | Kind::Electronic);
    let documents = [(false, 0), (true, 0), (false, 2), (true, 3)];
    let opens = if thing.kind == Kind::Electronic { &[None, Some(false), Some(true)][..] } else { &[None][..] };
    let mut found = Vec::new();
    for change in access {
        for (update, delete) in [(0, 0), (2, 4), (3, 2), (5, 3)] {
            for (shut, who) in documents.into_iter().take(if holds { 4 } else { 1 }) {
                for open_access in opens {
                    let mut one = Thing {
                        updaters: names[update].clone(),
                        deleters: names[delete].clone(),
                        document_restricted: shut,
                        document_readers: names[who].clone(),
                        open_access: *open_access,
                        ..thing.clone()
                    };
                    change(&mut one.record);
                    found.push(one);
                }
            }
        }
    }
    found
}

fn grants() -> Vec<Grant> {
    let levels = [(2, "view"), (13, "preview"), (14, "edit"), (18, "manage")];
    levels.map(|(id, level)| Grant { to: Who::User(id), level }).into()
}

/// Something of the library, for the people of random worlds.
pub fn random(rng: &mut Rng) -> Thing {
    let mut thing = plain(rng.pick(&KINDS));
    let state = rng.pick(states(thing.kind));
    thing.record.state = (!state.is_empty()).then(|| state.to_string());
    thing.record.owners = vec![rng.pick(&PEOPLE)];
    if !thing.kind.is_catalogued() {
        if thing.kind == Kind::Loan {
            thing.extensions = rng.pick(&[0, 2, 3]);
            thing.overbooked = rng.pick(&[None, Some(false), Some(true)]);
        }
        return thing;
    }
    let mut some = |chance| if rng.percent(chance) { names(rng) } else { Readers::default() };
    (thing.record.readers, thing.updaters, thing.deleters) = (some(30), some(30), some(30));
    let document_readers = some(30);
    thing.record.restricted = rng.percent(25);
    thing.record.record_restricted = rng.percent(20);
    if rng.percent(30) {
        thing.record.grants = vec![Grant { to: who(rng), level: rng.pick(&Readers::LEVELS) }];
    }
    if rng.percent(30) {
        let ends = rng.pick(&[None, Some(NOW), Some(NOW + 1)]);
        thing.record.links = vec![Link { id: LINK.to_string(), level: rng.pick(&["view", "edit"]), ends }];
    }
    if matches!(thing.kind, Kind::Item | Kind::Electronic) {
        (thing.document_restricted, thing.document_readers) = (rng.percent(25), document_readers);
    }
    if thing.kind == Kind::Electronic {
        thing.record.files_restricted = rng.percent(30);
        thing.open_access = rng.pick(&[None, Some(false), Some(true)]);
    }
    thing
}

fn names(rng: &mut Rng) -> Readers {
    let users = rng.some(&PEOPLE, 30);
    let roles = rng.some(&["boss", "STAFF", "community:second:member"], 30);
    readers(&users, &roles, &rng.some(&["campus_user", "authenticated_user"], 15))
}

/// Roles of somebody in the library.
pub fn roles(rng: &mut Rng) -> BTreeSet<String> {
    set(&rng.some(&["librarian", "librarian-readonly"], 20))
}

/// Rows of the library, on top of those of a random world.
pub fn rows(rng: &mut Rng, world: &mut World) {
    world.self_checkout = rng.percent(50);
    let words = ["ils-backoffice-access", "ils-backoffice-readonly-access", "checkout", "extend", "accept", "manage"];
    for _ in 0..rng.below(3) {
        let action = rng.pick(&words).to_string();
        world.access.push(AccessRow { action, argument: None, exclude: rng.percent(40), subject: who(rng) });
    }
}
