//! A whole world: everything a repository stores, and who may come and ask.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::List;
use crate::oracle::visibility::Settings;
use crate::oracle::world::{AccessRow, Asker, Membership, Rec, World, actions};

pub type Roles = BTreeSet<String>;
pub type Grants = BTreeMap<String, BTreeSet<String>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Position in `bridge::PRESETS`.
    pub preset: usize,
    /// The allowed set of the deployment.
    pub allowed: BTreeSet<String>,
    /// Global roles. Some are internal names of community roles.
    pub users: BTreeMap<i64, Roles>,
    pub communities: BTreeMap<String, Community>,
    pub members: BTreeMap<(String, i64), Member>,
    pub rows: Vec<AccessRow>,
    pub records: BTreeMap<String, Record>,
    /// Access lists, by id; none where the policy knows none.
    pub lists: Option<BTreeMap<String, List>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Community {
    pub title: String,
    pub settings: Settings,
    pub grants: Grants,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub roles: Roles,
    /// Whether the member lets others see the membership; not said by default.
    pub visible: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub title: String,
    pub rec: Rec,
}

/// Users with memberships, the one who is a superuser in most worlds, and one nobody heard of.
pub const PEOPLE: [i64; 4] = [1, 2, 3, 4];
pub const ROOT: i64 = 5;
pub const STRANGER: i64 = 6;

/// A community that records and memberships name and that does not exist (any more).
pub const GHOST: &str = "ghost";
/// How often, in percent, something names a community that does not exist.
pub const DANGLING: usize = 0;
/// Asked about, and never there.
pub const NOWHERE: &str = "nowhere";
pub const NOTHING: &str = "nothing";

pub const ROLES: [&str; 4] = ["member", "curator", "publisher", "admin"];

impl Whole {
    /// Everybody whose view is proved.
    pub fn askers(&self) -> Vec<Asker> {
        let mut askers = vec![Asker::Anonymous];
        for id in PEOPLE.into_iter().chain([ROOT, STRANGER]) {
            askers.push(self.asker(id));
        }
        askers
    }

    pub fn asker(&self, id: i64) -> Asker {
        let system_roles = if id == 3 { BTreeSet::from(["campus_user".to_string()]) } else { BTreeSet::new() };
        Asker::User { id, roles: self.users.get(&id).cloned().unwrap_or_default(), system_roles }
    }

    /// The same world as the oracle sees it. A community role under its internal name among the global roles is a role in the
    /// community.
    pub fn oracle(&self) -> World {
        let mut held: BTreeMap<(String, i64), Roles> = BTreeMap::new();
        for (key, member) in &self.members {
            held.entry(key.clone()).or_default().extend(member.roles.iter().cloned());
        }
        for (user, roles) in &self.users {
            for (community, role) in roles.iter().filter_map(|name| internal(name)) {
                held.entry((community.to_string(), *user)).or_default().insert(role.to_string());
            }
        }
        World {
            allowed_actions: self.allowed.clone(),
            grants: self.communities.iter().map(|(id, community)| (id.clone(), community.grants.clone())).collect(),
            access: self.rows.clone(),
            memberships: held
                .into_iter()
                .map(|((community, user), roles)| Membership { user, community, roles })
                .collect(),
        }
    }

    /// What the world holds of each thing that makes it hard.
    pub fn teeth(&self) -> [bool; TEETH.len()] {
        let records = || self.records.values().map(|record| &record.rec);
        let shipped = self.communities.values().any(|community| community.grants != shipped());
        [
            self.communities.values().any(|community| community.settings.restricted()),
            self.communities.iter().any(|(id, community)| {
                community.settings.members() != "public"
                    || self.members.iter().any(|((of, _), member)| of == id && member.visible == Some(false))
            }),
            records().any(|rec| !rec.secondary.is_empty()),
            self.rows.iter().any(|row| !row.exclude && row.action != "superuser-access"),
            shipped,
            self.rows.iter().any(|row| row.exclude),
            records().any(|rec| rec.state.as_deref() == Some("pending-approval")),
            self.lists.as_ref().is_some_and(|lists| !lists.is_empty()),
        ]
    }
}

pub const TEETH: [&str; 8] = [
    "hidden communities",
    "hidden members",
    "records in several communities",
    "allow rows",
    "grants of their own",
    "deny rows",
    "pending reviews",
    "access lists",
];

/// The default grants of the table in 1.4, with a role `admin` that holds everything.
pub fn shipped() -> Grants {
    let of = |words: &[&str]| words.iter().map(|word| (*word).to_string()).collect::<BTreeSet<_>>();
    [
        ("member", of(&["create", "read"])),
        ("curator", of(&["read", "update", "request-approval", "approve", "request-changes", "delete"])),
        ("publisher", of(&["read", "publish", "revert-approve"])),
        ("admin", of(&actions())),
    ]
    .into_iter()
    .map(|(role, granted)| (role.to_string(), granted))
    .collect()
}

/// The community and role of `community:<id>:<role>`.
pub fn internal(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("community:")?.rsplit_once(':')
}
