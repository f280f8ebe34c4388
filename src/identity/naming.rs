//! How a deployment names roles and action needs.

use super::Includes;
use crate::model::{Address, around, around_last, packed};

/// How a community says that it is deleted: the address of the setting, the values that mean it, and what it has if nothing
/// is set.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// Where it stands.
    pub at: Address,
    /// The values that mean it.
    pub values: Vec<String>,
    /// What a community has that says nothing.
    pub default: Option<String>,
}

/// Name patterns of a policy.
#[derive(Debug, Clone)]
pub struct Naming {
    role_before: String,
    role_between: String,
    role_after: String,
    need_before: String,
    need_after: String,
    /// System roles everybody provides.
    pub anonymous: Vec<String>,
    /// System roles every signed-in user provides.
    pub authenticated: Vec<String>,
    /// System roles the host's own process provides.
    pub system: Vec<String>,
    /// The system role that stands for "owner of this record" in access rows, if the policy has one.
    pub author: Option<String>,
    /// Roles that include others.
    pub includes: Includes,
    /// How deleted communities are told, if the policy knows such a thing: they give no roles.
    pub deleted: Option<Deleted>,
}

packed! {
    struct Deleted { at, values, default }
    struct Naming {
        role_before,
        role_between,
        role_after,
        need_before,
        need_after,
        anonymous,
        authenticated,
        system,
        author,
        includes,
        deleted,
    }
}

impl Naming {
    /// Whether somebody has a system role by the policy alone; hosts vouch for others.
    pub fn is_system_role(&self, name: &str) -> bool {
        let own = [&self.anonymous, &self.authenticated, &self.system];
        own.into_iter().flatten().chain(&self.author).any(|word| word == name)
    }

    /// From the patterns `community:{community}:{role}` and `community-{action}`; none if a part is missing.
    pub fn new(role: &str, need: &str) -> Option<Self> {
        let (role_before, rest) = around(role, "{community}")?;
        let (role_between, role_after) = around(rest, "{role}")?;
        let (need_before, need_after) = around(need, "{action}")?;
        // Without something between them, community and role could not be told apart.
        if role_between.is_empty() {
            return None;
        }
        Some(Self {
            role_before: role_before.to_string(),
            role_between: role_between.to_string(),
            role_after: role_after.to_string(),
            need_before: need_before.to_string(),
            need_after: need_after.to_string(),
            anonymous: Vec::new(),
            authenticated: Vec::new(),
            system: Vec::new(),
            author: None,
            includes: Includes::default(),
            deleted: None,
        })
    }

    /// The internal name of a community's role, for example `community:cesnet:curator`.
    pub fn role(&self, community: &str, role: &str) -> String {
        format!("{}{community}{}{role}{}", self.role_before, self.role_between, self.role_after)
    }

    /// The community and role of an internal name.
    pub fn parse<'n>(&self, name: &'n str) -> Option<(&'n str, &'n str)> {
        let inner = name.strip_prefix(self.role_before.as_str())?.strip_suffix(self.role_after.as_str())?;
        let (community, role) = around_last(inner, &self.role_between)?;
        (!community.is_empty() && !role.is_empty()).then_some((community, role))
    }

    /// Of names in order those that may be internal names: they begin alike.
    pub fn internal_among<'n>(&self, names: &'n [String]) -> &'n [String] {
        let start = self.role_before.as_str();
        let rest = names.get(names.partition_point(|name| name.as_str() < start)..).unwrap_or_default();
        rest.get(..rest.partition_point(|name| name.starts_with(start))).unwrap_or_default()
    }

    /// The need of a community action, for example `community-approve`.
    pub fn need(&self, action: &str) -> String {
        format!("{}{action}{}", self.need_before, self.need_after)
    }
}
