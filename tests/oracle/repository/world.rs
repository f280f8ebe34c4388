//! The structs a case of `repository` is made of: a complete, stored truth.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::List;
use crate::oracle::world::{AccessRow, Asker, Membership, Who};

/// Everything that is true besides who asks and about which record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// The allowed set, the kill switch of 1.3.
    pub allowed: BTreeSet<String>,
    pub communities: BTreeMap<String, Community>,
    pub access: Vec<AccessRow>,
    /// At most one entry per user and community. `invitee` and `applicant` are no roles: they say what is pending.
    pub memberships: Vec<Membership>,
    pub lists: Vec<List>,
    /// Whether patrons may lend to themselves: a switch.
    pub self_checkout: bool,
    /// The moment of the question, in milliseconds.
    pub now: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Community {
    pub deleted: bool,
    /// 3.1: `access.visibility` is `restricted`.
    pub restricted: bool,
    /// 3.2; `public` if nothing is said.
    pub members_visibility: Option<&'static str>,
    /// 3.3: `access.record_restricted_policy` is `restricted`.
    pub strict: bool,
    /// 3.4: `access.record_submission_policy` is `members`.
    pub members_submit: bool,
    /// 3.5; `closed` if nothing is said.
    pub review_policy: Option<&'static str>,
    /// role (also `any` and `author`) -> actions granted.
    pub grants: BTreeMap<String, BTreeSet<String>>,
}

/// Who asks, with the secret links the host has verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub asker: Asker,
    pub links: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Empty before it is made.
    pub id: String,
    pub primary: Option<String>,
    pub secondary: Vec<String>,
    /// `None`: the record has no status.
    pub state: Option<String>,
    pub owners: Vec<i64>,
    /// `access.record` is `restricted`.
    pub record_restricted: bool,
    /// `access.files` is `restricted`.
    pub files_restricted: bool,
    /// The flag `restricted` of section 4.
    pub restricted: bool,
    /// `_access.read`.
    pub readers: Readers,
    pub grants: Vec<Grant>,
    pub links: Vec<Link>,
    pub embargo: Option<Embargo>,
    pub review: Option<Review>,
    pub published_once: bool,
    /// Marked to be purged, after deletion.
    pub marked: bool,
    pub keepers: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readers {
    pub users: Vec<i64>,
    pub roles: Vec<String>,
    pub system_roles: Vec<String>,
}

/// A record grant: "view < preview < edit < manage".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub to: Who,
    pub level: &'static str,
}

/// A secret link, "links up to edit".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: String,
    pub level: &'static str,
    pub ends: Option<i64>,
}

/// `{active, until}`; `until` as the day number since 1970, because an embargo ends at a midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embargo {
    pub active: bool,
    pub until: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The receiving community.
    pub community: String,
    pub status: &'static str,
    pub creator: Option<i64>,
}

pub const DAY: i64 = 24 * 60 * 60 * 1000;

impl Visitor {
    pub fn new(asker: Asker) -> Self {
        Self { asker, links: BTreeSet::new() }
    }

    pub fn is_system(&self) -> bool {
        self.asker == Asker::System
    }

    pub fn is_signed_in(&self) -> bool {
        matches!(self.asker, Asker::User { .. })
    }
}

impl World {
    /// A community that is there. "A deleted community gives no roles and is ignored in every table".
    pub fn living(&self, id: Option<&str>) -> Option<(&str, &Community)> {
        let (id, community) = self.communities.get_key_value(id?)?;
        if community.deleted { None } else { Some((id, community)) }
    }

    /// P: "P = primary community".
    pub fn primary<'w>(&'w self, record: &Record) -> Option<&'w str> {
        self.living(record.primary.as_deref()).map(|(id, _)| id)
    }

    /// "*all* = primary and secondary".
    pub fn all<'w>(&'w self, record: &Record) -> Vec<&'w str> {
        let ids = record.primary.iter().chain(&record.secondary);
        ids.filter_map(|id| self.living(Some(id))).map(|(id, _)| id).collect()
    }

    /// The words a membership holds, roles or not, in a living community.
    pub fn held<'w>(&'w self, visitor: &'w Visitor, community: &str) -> BTreeSet<&'w str> {
        let mut words = BTreeSet::new();
        if self.living(Some(community)).is_none() {
            return words;
        }
        for membership in &self.memberships {
            if Some(membership.user) == visitor.asker.id() && membership.community == community {
                words.extend(membership.roles.iter().map(String::as_str));
            }
        }
        if let Asker::User { roles, .. } = &visitor.asker {
            // "each becomes the internal role `community:<id>:<role>`": among the global roles it is the same role.
            let internal = format!("community:{community}:");
            words.extend(roles.iter().filter_map(|name| name.strip_prefix(&internal)));
        }
        words
    }

    /// "member < publisher; member < curator < manager < admin; admin includes publisher".
    pub fn holds(&self, visitor: &Visitor, community: &str, role: &str) -> bool {
        let enough: &[&str] = match role {
            "member" => &["member", "publisher", "curator", "manager", "admin"],
            "publisher" => &["publisher", "admin"],
            "curator" => &["curator", "manager", "admin"],
            "manager" => &["manager", "admin"],
            "admin" => &["admin"],
            _ => &[],
        };
        self.held(visitor, community).iter().any(|word| enough.contains(word))
    }

    /// "Publisher counts as *member* in section 3's tables."
    pub fn is_member(&self, visitor: &Visitor, community: &str) -> bool {
        self.holds(visitor, community, "member")
    }

    /// "curators and up"; "curator, manager or admin of one of them".
    pub fn curates(&self, visitor: &Visitor, community: Option<&str>) -> bool {
        community.is_some_and(|id| self.holds(visitor, id, "curator"))
    }

    /// Is the visitor meant? A role is a global role, or one of a community by its internal name; who holds a role that
    /// includes it holds it.
    pub fn means(&self, visitor: &Visitor, who: &Who) -> bool {
        match who {
            Who::User(id) => visitor.asker.id() == Some(*id),
            Who::Role(name) => {
                let Asker::User { roles, .. } = &visitor.asker else { return false };
                match name.strip_prefix("community:").and_then(|rest| rest.rsplit_once(':')) {
                    Some((community, role)) => self.holds(visitor, community, role),
                    None => roles.contains(name),
                }
            }
            Who::SystemRole(name) => visitor.asker.provides_system_role(name),
        }
    }

    /// Rows of one kind that name the visitor and cover one of these communities; "a row without argument covers all".
    pub fn row(&self, visitor: &Visitor, action: &str, communities: &[&str], exclude: bool) -> bool {
        self.access.iter().any(|row| {
            row.action == action
                && row.exclude == exclude
                && row.argument.as_ref().is_none_or(|id| communities.contains(&id.as_str()))
                && self.means(visitor, &row.subject)
        })
    }

    /// "a deny row on it bans the subject from everything"; "(the system is never hit)".
    pub fn banned(&self, visitor: &Visitor) -> bool {
        !visitor.is_system() && self.row(visitor, "superuser-access", &[], true)
    }

    /// The system passes where a superuser does: "superuser, system: yes". Who is banned is no superuser.
    pub fn superuser(&self, visitor: &Visitor) -> bool {
        visitor.is_system() || (!self.banned(visitor) && self.row(visitor, "superuser-access", &[], false))
    }

    /// One of the actions without argument of 5.8; "deny beats allow".
    pub fn has_access(&self, visitor: &Visitor, action: &str) -> bool {
        !self.banned(visitor) && !self.row(visitor, action, &[], true) && self.row(visitor, action, &[], false)
    }
}
