//! The structs a case is made of. Everything is a complete, stored truth; what is unknown is said in `three`.

use std::collections::{BTreeMap, BTreeSet};

/// Everything that is true besides who asks and about which record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// The allowed set, the kill switch of 1.3.
    pub allowed_actions: BTreeSet<String>,
    /// community -> role (also `any` and `author`) -> actions granted.
    pub grants: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Allow and deny rows (5.7). Actions carry no prefix: `read`, not `community-read`; `superuser-access` is one of them.
    pub access: Vec<AccessRow>,
    /// At most one entry per user and community.
    pub memberships: Vec<Membership>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    pub action: String,
    /// A community id; `None` covers all communities.
    pub argument: Option<String>,
    /// True: a deny row.
    pub exclude: bool,
    pub subject: Who,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    User(i64),
    /// A global role, or a community role by its internal name `community:<id>:<role>` (1.2).
    Role(String),
    SystemRole(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub user: i64,
    pub community: String,
    pub roles: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    Anonymous,
    User {
        id: i64,
        /// Global roles.
        roles: BTreeSet<String>,
        /// System roles the host vouches for, besides `any_user` and `authenticated_user`.
        system_roles: BTreeSet<String>,
    },
    /// The host process itself.
    System,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rec {
    /// For `create`: the community the record is to be created in.
    pub primary: String,
    pub secondary: Vec<String>,
    /// As it is written in the record; `None`: the record has no status.
    pub state: Option<String>,
    pub owners: Vec<i64>,
}

/// The ten community actions (1.3).
pub fn actions() -> [&'static str; 10] {
    [
        "read",
        "create",
        "update",
        "request-approval",
        "approve",
        "revert-approve",
        "request-changes",
        "delete",
        "publish",
        "unpublish",
    ]
}

/// Words to a set, for worlds written by hand.
pub fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_string()).collect()
}

impl Asker {
    pub fn user(id: i64) -> Self {
        Self::User { id, roles: BTreeSet::new(), system_roles: BTreeSet::new() }
    }

    pub fn id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Anonymous | Self::System => None,
        }
    }

    /// "anonymous provides `any_user`; a user also `authenticated_user`, ..., system roles the host vouches for; the system
    /// provides only `system_process`."
    pub fn provides_system_role(&self, name: &str) -> bool {
        match self {
            Self::Anonymous => name == "any_user",
            Self::User { system_roles, .. } => {
                name == "any_user" || name == "authenticated_user" || system_roles.contains(name)
            }
            Self::System => name == "system_process",
        }
    }
}

impl World {
    /// The roles the asker holds in one community.
    pub fn roles_in(&self, asker: &Asker, community: &str) -> BTreeSet<String> {
        let mut roles = BTreeSet::new();
        for membership in &self.memberships {
            if Some(membership.user) == asker.id() && membership.community == community {
                roles.extend(membership.roles.iter().cloned());
            }
        }
        roles
    }

    /// Is `action` granted to this role (or pseudo-role) of this community?
    pub fn granted_to(&self, community: &str, role: &str, action: &str) -> bool {
        match self.grants.get(community).and_then(|roles| roles.get(role)) {
            Some(actions) => actions.contains(action),
            None => false,
        }
    }

    /// Does this user hold the role of this name, global or community role by internal name?
    pub fn provides_role(&self, asker: &Asker, name: &str) -> bool {
        let Asker::User { id, roles, .. } = asker else {
            return false;
        };
        if roles.contains(name) {
            return true;
        }
        for membership in &self.memberships {
            for role in &membership.roles {
                if membership.user == *id && name == format!("community:{}:{role}", membership.community) {
                    return true;
                }
            }
        }
        false
    }

    /// The access rows of an action that name this asker and cover the community. `None` as community asks for an action
    /// without argument, such as `superuser-access`: only rows without argument cover it.
    pub fn has_row(&self, asker: &Asker, action: &str, community: Option<&str>, exclude: bool) -> bool {
        for row in &self.access {
            if row.action != action || row.exclude != exclude {
                continue;
            }
            // "a row without argument covers all arguments"
            if row.argument.is_some() && row.argument.as_deref() != community {
                continue;
            }
            let named = match &row.subject {
                Who::User(id) => asker.id() == Some(*id),
                Who::Role(name) => self.provides_role(asker, name),
                Who::SystemRole(name) => asker.provides_system_role(name),
            };
            if named {
                return true;
            }
        }
        false
    }
}
