//! The finite space: the full product of who asks (roles in the record's communities, and everything else that makes
//! somebody special), settings, ownership, state, access, embargo and review, in a fixed order. Each of the axes of a record
//! says how it differs from a draft in the two communities; JavaScript walks through the same product.

use std::collections::BTreeSet;

use super::lists::{Actor, List, Means};
use super::world::{Community, DAY, Embargo, Grant, Link, Readers, Record, Review, Visitor, World};
use crate::oracle::world::{AccessRow, Asker, Membership, Who, actions, set};

/// The record's primary community, its second one, one that reviews, and one it has nothing to do with.
pub const HOME: &str = "home";
pub const SECOND: &str = "second";
pub const REVIEWERS: &str = "reviewers";
pub const FOREIGN: &str = "foreign";
pub const COMMUNITIES: [&str; 4] = [HOME, SECOND, REVIEWERS, FOREIGN];

/// Somebody who asks nothing.
pub const OTHER: i64 = 99;
/// The moment: noon of a day, so that a midnight lies on either side.
pub const TODAY: i64 = 20_000;
pub const NOW: i64 = TODAY * DAY + DAY / 2;
pub const LINK: &str = "l1";

/// Roles held in the four communities, access rows (action, argument, deny), a global role, links.
type Person = ([&'static [&'static str]; 4], &'static [(&'static str, Option<&'static str>, bool)]);

const ROLES: [&[&str]; 6] = [&[], &["member"], &["publisher"], &["curator"], &["manager"], &["admin"]];
const NONE: [&[&str]; 4] = [&[], &[], &[], &[]];
const ADMIN: [&[&str]; 4] = [&["admin"], &[], &[], &[]];

const SPECIAL: [Person; 20] = [
    ([&[], &[], &["curator"], &[]], &[]),
    ([&[], &[], &["member"], &[]], &[]),
    ([&["member"], &[], &["admin"], &[]], &[]),
    ([&["publisher", "curator"], &[], &[], &["admin"]], &[]),
    ([&[], &[], &[], &["admin"]], &[]),
    ([&["invitee"], &["applicant"], &["invitee"], &[]], &[]),
    (NONE, &[("superuser-access", None, false)]),
    (NONE, &[("administration-moderation", None, false)]),
    (NONE, &[("administration-access", None, false)]),
    (NONE, &[("administration-access", None, false), ("administration-moderation", None, false)]),
    (NONE, &[("community-admin", None, false)]),
    (ADMIN, &[("superuser-access", None, true)]),
    (ADMIN, &[("superuser-access", None, false), ("superuser-access", None, true)]),
    (ADMIN, &[("read", Some(SECOND), true)]),
    (ADMIN, &[("update", None, true), ("approve", Some(HOME), true), ("read", Some(FOREIGN), true)]),
    (NONE, &[("superuser-access", None, false), ("read", Some(HOME), true)]),
    (NONE, &[("administration-moderation", None, false), ("administration-moderation", None, true)]),
    (NONE, &[("read", None, false)]),
    (NONE, &[("update", Some(HOME), false), ("read", Some(HOME), false), ("publish", Some(SECOND), false)]),
    ([&["member"], &["curator"], &[], &[]], &[("create", Some(HOME), false), ("unpublish", None, false)]),
];

/// Users 1 to 18 hold every pair of a role in the first community and one in the second; those behind them are special; then
/// come a user and a guest who hold a link, a guest, and the system.
pub fn visitors() -> Vec<Visitor> {
    let user = |n: usize| {
        // The last of them has the global role that records name.
        let roles = if n == people().len() { set(&["Boss"]) } else { BTreeSet::new() };
        Asker::User { id: i64::try_from(n).unwrap(), roles, system_roles: BTreeSet::new() }
    };
    let holder = |asker: Asker| Visitor { asker, links: set(&[LINK]) };
    let mut all: Vec<Visitor> = (1..=people().len()).map(|n| Visitor::new(user(n))).collect();
    all.extend([
        holder(Asker::user(OTHER - 1)),
        holder(Asker::Anonymous),
        Visitor::new(Asker::Anonymous),
        Visitor::new(Asker::System),
    ]);
    all
}

fn people() -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for home in ROLES {
        for second in [ROLES[0], ROLES[1], ROLES[3]] {
            people.push(([home, second, &[], &[]], &[]));
        }
    }
    people.extend(SPECIAL);
    people
}

/// The worlds: what communities are set to.
pub fn worlds() -> Vec<World> {
    let base = world();
    let with = |change: &dyn Fn(&mut World)| {
        let mut world = base.clone();
        change(&mut world);
        world
    };
    fn at<'w>(world: &'w mut World, id: &str) -> &'w mut Community {
        world.communities.get_mut(id).unwrap()
    }
    vec![
        base.clone(),
        with(&|world| at(world, HOME).strict = true),
        with(&|world| {
            at(world, SECOND).strict = true;
            at(world, HOME).restricted = true;
            at(world, REVIEWERS).members_submit = true;
        }),
        with(&|world| {
            at(world, HOME).deleted = true;
            at(world, HOME).strict = true;
            at(world, HOME).members_submit = true;
        }),
        with(&|world| {
            at(world, HOME).deleted = true;
            at(world, SECOND).deleted = true;
            at(world, SECOND).restricted = true;
        }),
        with(&|world| {
            // A matrix of its own: reach is the granted role's, and pseudo-roles count.
            at(world, HOME).grants = [
                ("member", set(&["read", "update"])),
                ("manager", set(&["approve"])),
                ("curator", set(&["publish", "request-approval", "read"])),
                ("any", set(&["read", "unpublish"])),
                ("author", set(&["update", "approve", "create"])),
            ]
            .map(|(role, actions)| (role.to_string(), actions))
            .into();
            at(world, HOME).members_submit = true;
            at(world, REVIEWERS).deleted = true;
            world.allowed.remove("delete");
        }),
    ]
}

/// The same communities, with access lists.
pub fn listed_worlds() -> Vec<World> {
    let user = |id: i64| Actor::Who(Who::User(id));
    let list = |operation, actors: Vec<Actor>| List {
        operation,
        group: "default",
        priority: 0,
        deny: false,
        states: None,
        means: Means::All,
        actors,
    };
    let deny = |operation, actors| List { deny: true, ..list(operation, actors) };
    let boss = || Actor::Who(Who::Role("Boss".to_string()));
    let of_record = |list: List| List { means: Means::Ids(vec!["r".to_string()]), ..list };
    let lets_in = vec![
        list("get", vec![user(1), boss(), Actor::Guests]),
        List { states: Some(vec!["approved", "editing"]), group: "drafts", ..list("read", vec![user(2), user(26)]) },
        // Stands before the first, and names nobody.
        List { means: Means::Flagged, priority: 1, ..list("get", vec![]) },
        list("read-files", vec![user(3), Actor::Guests]),
        List { means: Means::RecordRestricted, ..list("update", vec![user(1), Actor::Owners]) },
        List { states: Some(vec!["editing", "approved"]), group: "drafts", ..list("update", vec![user(2), user(4)]) },
        List { group: "any state", ..of_record(list("update", vec![user(3), Actor::Owners])) },
        List { states: Some(vec!["editing", "published"]), ..list("delete", vec![user(2), user(4)]) },
    ];
    let keeps_out = vec![
        deny("get", vec![user(4), user(25), user(27), boss()]),
        List { means: Means::RecordRestricted, priority: 2, group: "drafts", ..of_record(list("get", vec![user(4)])) },
        List { states: Some(vec!["deleted", "approved"]), group: "drafts", ..deny("read", vec![Actor::Owners]) },
        List { means: Means::Flagged, priority: 1, ..list("get", vec![boss(), Actor::Owners]) },
        deny("read-files", vec![Actor::SignedIn]),
        List { priority: 1, means: Means::RecordRestricted, ..list("read-files", vec![user(25)]) },
        of_record(deny("update", vec![user(7), Actor::Owners])),
        List { states: Some(vec!["editing"]), ..deny("delete", vec![user(25), user(16)]) },
    ];
    [lets_in, keeps_out].map(|lists| World { lists, ..world() }).into()
}

fn world() -> World {
    let mut world = World { allowed: set(&actions()), now: NOW, ..World::default() };
    for id in COMMUNITIES {
        world.communities.insert(id.to_string(), Community { grants: shipped(), ..Community::default() });
    }
    for (n, (held, rows)) in people().into_iter().enumerate() {
        let user = i64::try_from(n + 1).unwrap();
        for (community, roles) in COMMUNITIES.into_iter().zip(held).filter(|(_, roles)| !roles.is_empty()) {
            world.memberships.push(Membership { user, community: community.to_string(), roles: set(roles) });
        }
        for (action, argument, exclude) in rows {
            world.access.push(AccessRow {
                action: (*action).to_string(),
                argument: argument.map(str::to_string),
                exclude: *exclude,
                subject: Who::User(user),
            });
        }
    }
    world
}

/// The default matrix of 1.4 in these roles: "manager as curator"; "admin ... holds all ten actions".
pub fn shipped() -> std::collections::BTreeMap<String, BTreeSet<String>> {
    let curator = ["read", "update", "request-approval", "approve", "request-changes", "delete"];
    [
        ("member", set(&["create", "read"])),
        ("curator", set(&curator)),
        ("manager", set(&curator)),
        ("publisher", set(&["read", "publish", "revert-approve"])),
        ("admin", set(&actions())),
    ]
    .map(|(role, actions)| (role.to_string(), actions))
    .into()
}

type Change = fn(&mut Record);

/// How records differ, axis by axis; the first value of each changes nothing.
pub const AXES: [(&str, &[Change]); 5] = [
    ("ownership", &[|record| record.owners = vec![OTHER], |record| record.owners = everybody()]),
    (
        "state",
        &[
            |_| (),
            |record| record.state = Some("pending-approval".to_string()),
            |record| record.state = Some("approved".to_string()),
            |record| record.state = Some("published".to_string()),
            |record| record.state = Some("deleted".to_string()),
            |record| {
                record.state = Some("deleted".to_string());
                record.published_once = true;
            },
        ],
    ),
    (
        "access",
        &[
            |_| (),
            |record| record.files_restricted = true,
            |record| {
                record.record_restricted = true;
                record.files_restricted = true;
            },
            |record| record.restricted = true,
            |record| record.readers.users = vec![OTHER],
            |record| {
                record.record_restricted = true;
                record.readers =
                    Readers { users: vec![2, 5, 19, OTHER], roles: vec!["boss".to_string()], system_roles: Vec::new() };
            },
            |record| {
                // What is given on the record itself: to one user at each level, to a role, and by a link that lives.
                record.restricted = true;
                record.grants = grants();
                record.links = vec![link("view", Some(NOW + 1))];
            },
            |record| {
                record.record_restricted = true;
                record.links = vec![link("edit", Some(NOW)), link("preview", Some(NOW + DAY))];
            },
        ],
    ),
    (
        "embargo",
        &[
            |_| (),
            |record| record.embargo = Some(Embargo { active: true, until: TODAY }),
            |record| record.embargo = Some(Embargo { active: true, until: TODAY + 1 }),
        ],
    ),
    (
        "review",
        &[
            |_| (),
            |record| record.review = review(REVIEWERS, "created"),
            |record| record.review = review(REVIEWERS, "submitted"),
            |record| record.review = review(HOME, "submitted"),
            |record| record.review = review(REVIEWERS, "declined"),
        ],
    ),
];

fn everybody() -> Vec<i64> {
    (1..=i64::try_from(people().len()).unwrap()).chain([OTHER - 1]).collect()
}

fn link(level: &'static str, ends: Option<i64>) -> Link {
    Link { id: LINK.to_string(), level, ends }
}

fn grants() -> Vec<Grant> {
    let user = |id: i64, level| Grant { to: Who::User(id), level };
    vec![
        user(1, "view"),
        user(4, "preview"),
        user(2, "edit"),
        user(19, "manage"),
        Grant { to: Who::Role("Boss".to_string()), level: "manage" },
    ]
}

fn review(community: &str, status: &'static str) -> Option<Review> {
    Some(Review { community: community.to_string(), status, creator: Some(4) })
}

/// The record that the axes change.
pub fn plain() -> Record {
    Record {
        id: "r".to_string(),
        primary: Some(HOME.to_string()),
        secondary: vec![SECOND.to_string()],
        ..Record::default()
    }
}

/// The product, the last axis fastest.
pub fn records() -> Vec<Record> {
    let mut records = vec![plain()];
    for (_, values) in AXES {
        let each = |record: &Record| -> Vec<Record> {
            let changed = |change: &Change| {
                let mut record = record.clone();
                change(&mut record);
                record
            };
            values.iter().map(changed).collect()
        };
        records = records.iter().flat_map(each).collect();
    }
    records
}
