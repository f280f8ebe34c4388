//! The finite space of the agreement test, in a fixed order. A group is one world and one asker with all records, so that a
//! test may build its facts once a group. `cases(Size::Fast)` holds about 22,000 cases, 220,000 with the ten actions.

use super::world::{AccessRow, Asker, Membership, Rec, Who, World, actions, set};

/// The asker, another user, and the three communities: the record's, its second one, and one it has nothing to do with.
pub const ME: i64 = 1;
pub const OTHER: i64 = 2;
pub const HOME: &str = "home";
pub const SECOND: &str = "second";
pub const FOREIGN: &str = "foreign";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Every asker under the shipped and the full grants, every access row for four askers, and every 401st of the rest.
    Fast,
    /// Every n-th of the whole; n coprime to 2, 3, 5, 11 and 43 (the lengths of the lists) reaches every pair of values.
    /// `Every(1)` is the whole: seven million cases.
    Every(usize),
}

#[derive(Clone, Debug)]
pub struct Group {
    pub world: World,
    pub asker: Asker,
    pub records: Vec<Rec>,
}

/// The space as triples, for tests that want them one by one.
pub fn cases(size: Size) -> impl Iterator<Item = (World, Asker, Rec)> {
    groups(size).flat_map(|Group { world, asker, records }| {
        records.into_iter().map(move |record| (world.clone(), asker.clone(), record))
    })
}

pub fn groups(size: Size) -> impl Iterator<Item = Group> {
    let (askers, rows, grants) = (asker_count(), row_sets().len(), grant_sets().len());
    let whole = askers * rows * grants * ALLOWED;
    // A point is (asker, access rows, grants, allowed set); the first of each list is the plain one.
    let mut points = Vec::new();
    let stride = match size {
        Size::Every(n) => n,
        Size::Fast => {
            for asker in 0..askers {
                points.push((asker, 0, 0, 0));
                points.push((asker, 0, 1, 0));
            }
            for asker in [0, 1, 2, 2 + 2] {
                points.extend((1..rows).map(|row| (asker, row, 0, 0)));
            }
            401
        }
    };
    points.extend((0..whole).step_by(stride).map(|n| {
        let (n, asker) = (n / askers, n % askers);
        let (n, row) = (n / rows, n % rows);
        (asker, row, n % grants, n / grants)
    }));
    let records = records(size);
    points.into_iter().map(move |point| group(point, &records))
}

fn group((asker, row, grant, allowed): (usize, usize, usize, usize), records: &[Rec]) -> Group {
    let mut world = World { access: row_sets()[row].clone(), ..World::default() };
    for action in actions() {
        if allows(allowed, action) {
            world.allowed_actions.insert(action.to_string());
        }
    }
    for (community, role, granted) in &grant_sets()[grant] {
        let roles = world.grants.entry((*community).to_string()).or_default();
        roles.entry((*role).to_string()).or_default().extend(granted.iter().map(|a| (*a).to_string()));
    }
    let asker = match asker {
        0 => Asker::Anonymous,
        1 => Asker::System,
        n => {
            let (home, second) = ((n - 2) % 16, (n - 2) / 16);
            join(&mut world, HOME, home);
            join(&mut world, SECOND, [0, 1, 2, 12][second]);
            // Somebody else's roles, and roles elsewhere, must never help.
            join(&mut world, FOREIGN, 15);
            let roles = [HOME, SECOND].map(|c| Membership {
                user: OTHER,
                community: c.to_string(),
                roles: set(&["member", "curator", "publisher", "admin"]),
            });
            world.memberships.extend(roles);
            Asker::User { id: ME, roles: set(&["boss"]), system_roles: set(&["campus_user"]) }
        }
    };
    Group { world, asker, records: records.to_vec() }
}

/// Anonymous, the system, and a user with 16 role sets in the primary and 4 in the secondary community.
fn asker_count() -> usize {
    2 + 16 * 4
}

fn join(world: &mut World, community: &str, bits: usize) {
    let mut roles = set(&[]);
    for (bit, role) in ["member", "curator", "publisher", "admin"].into_iter().enumerate() {
        if bits & (1 << bit) != 0 {
            roles.insert(role.to_string());
        }
    }
    if !roles.is_empty() {
        world.memberships.push(Membership { user: ME, community: community.to_string(), roles });
    }
}

const ALLOWED: usize = 5;

/// The allowed sets: all; without update; without read; without create, delete, approve and publish; none.
fn allows(variant: usize, action: &str) -> bool {
    match variant {
        0 => true,
        1 => action != "update",
        2 => action != "read",
        3 => !["create", "delete", "approve", "publish"].contains(&action),
        _ => false,
    }
}

type Grants = Vec<(&'static str, &'static str, Vec<&'static str>)>;

/// The default grants matrix of preset `oarepo` (1.4) in one community.
pub fn shipped(community: &'static str) -> Grants {
    vec![
        (community, "member", vec!["create", "read"]),
        (community, "curator", vec!["read", "update", "request-approval", "approve", "request-changes", "delete"]),
        (community, "publisher", vec!["read", "publish", "revert-approve"]),
    ]
}

fn grant_sets() -> Vec<Grants> {
    let all = actions().to_vec();
    let everywhere = |more: Vec<(&'static str, Vec<&'static str>)>| {
        let mut grants = Vec::new();
        for community in [HOME, SECOND, FOREIGN] {
            grants.extend(shipped(community));
            grants.extend(more.iter().map(|(role, actions)| (community, *role, actions.clone())));
        }
        grants
    };
    let roles = ["member", "curator", "publisher", "admin"];
    vec![
        everywhere(vec![]),
        everywhere(vec![("admin", all.clone())]),
        everywhere(vec![("any", vec!["read"])]),
        everywhere(vec![("author", vec!["update", "publish", "create"])]),
        vec![],
        // Only the secondary community grants anything.
        roles.into_iter().map(|role| (SECOND, role, all.clone())).collect(),
        // Acting without reading.
        vec![
            (HOME, "member", vec!["update", "publish", "delete"]),
            (HOME, "curator", vec!["approve", "delete", "request-approval", "unpublish"]),
            (HOME, "admin", vec!["update"]),
            (SECOND, "curator", vec!["read"]),
        ],
        vec![(HOME, "any", all.clone()), (SECOND, "any", all.clone())],
        vec![(HOME, "author", all.clone()), (HOME, "publisher", vec!["read", "update"])],
        // A curator and an admin without read, a member with it: the reach is the granted role's.
        vec![
            (HOME, "curator", vec!["update"]),
            (HOME, "admin", vec!["update", "approve"]),
            (HOME, "member", vec!["read"]),
        ],
    ]
}

fn row_sets() -> Vec<Vec<AccessRow>> {
    let row = |action: &str, argument: Option<&str>, exclude: bool, subject: Who| AccessRow {
        action: action.to_string(),
        argument: argument.map(str::to_string),
        exclude,
        subject,
    };
    let me = || Who::User(ME);
    let boss = || Who::Role("boss".to_string());
    let system_role = |name: &str| Who::SystemRole(name.to_string());
    let superuser = || row("superuser-access", None, false, me());
    let mut sets = vec![
        vec![],
        vec![superuser()],
        vec![row("superuser-access", None, false, boss())],
        vec![row("superuser-access", None, true, me())],
        vec![superuser(), row("superuser-access", None, true, system_role("authenticated_user"))],
        vec![row("superuser-access", None, true, system_role("any_user"))],
        // An argument on the row does not fit an action without one.
        vec![row("superuser-access", Some(HOME), true, me())],
        vec![row("superuser-access", Some(HOME), false, me())],
        vec![superuser(), row("publish", Some(HOME), true, me())],
        vec![superuser(), row("read", Some(HOME), true, boss())],
        vec![superuser(), row("read", Some(SECOND), true, me())],
        vec![row("update", None, true, me())],
        vec![row("approve", Some(HOME), true, boss())],
        vec![row("read", Some(SECOND), true, me())],
        vec![row("read", None, true, system_role("any_user"))],
        vec![row("read", None, false, me()), row("read", Some(HOME), true, me())],
        vec![row("update", None, false, boss()), row("read", Some(HOME), false, boss())],
        vec![row("create", Some(HOME), false, system_role("authenticated_user"))],
        vec![row("read", Some(HOME), false, system_role("any_user"))],
        vec![row("unpublish", None, false, system_role("campus_user")), row("delete", Some(SECOND), false, me())],
        // Rows for others, and for a role of the community by its internal name.
        vec![row("superuser-access", None, false, Who::User(OTHER)), row("read", None, true, Who::User(OTHER))],
        vec![row("approve", Some(HOME), true, Who::Role("community:home:curator".to_string()))],
        // The system: allowed and denied by its own system role.
        vec![
            row("read", None, false, system_role("system_process")),
            row("update", None, true, system_role("system_process")),
        ],
    ];
    for action in actions() {
        sets.push(vec![row(action, Some(HOME), true, me())]);
        sets.push(vec![row(action, Some(HOME), false, me())]);
    }
    sets
}

/// All records a group is asked about.
fn records(size: Size) -> Vec<Rec> {
    let states = [
        None,
        Some("editing"),
        Some("filling"),
        Some("pending-approval"),
        Some("approving"),
        Some("approved"),
        Some("published"),
        Some("deleted"),
    ];
    let rec = |primary: &str, secondary: &[&str], state: Option<&str>, owners: &[i64]| Rec {
        primary: primary.to_string(),
        secondary: secondary.iter().map(|id| (*id).to_string()).collect(),
        state: state.map(str::to_string),
        owners: owners.to_vec(),
    };
    let mut records = Vec::new();
    for state in states {
        for owners in [&[ME][..], &[OTHER], &[]] {
            records.push(rec(HOME, &[SECOND], state, owners));
        }
        records.push(rec(SECOND, &[HOME], state, &[OTHER]));
        if size != Size::Fast {
            records.push(rec(HOME, &[], state, &[OTHER]));
            records.push(rec(HOME, &[SECOND], state, &[OTHER, ME]));
        }
    }
    records.push(rec(HOME, &[], Some("approved"), &[OTHER]));
    records.push(rec(HOME, &[SECOND], Some("editing"), &[OTHER, ME]));
    records
}
