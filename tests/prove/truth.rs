//! What a subject can learn at all, by the hand-written oracles alone: what it sees, and the answer to every question. Two
//! worlds in which that is the same are one world to the subject, so it must be given the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::{self, Asked, List};
use super::world::{Community, Grants, Member, Record, Roles, Whole};
use crate::oracle::oarepo;
use crate::oracle::visibility::{self, Settings};
use crate::oracle::world::{AccessRow, Asker, Rec, Who, World, actions};

/// An answer as somebody who asks is given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    Allow,
    Deny,
    /// As for what does not exist.
    NotFound,
}

/// By state, operation and whether lists deny it: what they come to, where it is not no; none for perhaps.
pub type Listings = BTreeMap<(&'static str, &'static str, bool), Option<bool>>;

pub const STATES: [&str; 5] = ["editing", "pending-approval", "approved", "published", "deleted"];

/// One subject in one world.
pub struct Truth<'w> {
    pub whole: &'w Whole,
    pub world: World,
    pub asker: Asker,
}

/// A record as it is shown: without ids of communities that are not, and whether the primary and any secondary were left out.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub title: String,
    pub rec: Rec,
    pub withheld: [bool; 2],
}

/// What distinguishes worlds for a subject.
#[derive(Debug, PartialEq, Eq)]
pub struct Knowable {
    answers: BTreeMap<String, Vec<Told>>,
    creates: BTreeMap<String, Told>,
    lists: BTreeMap<String, BTreeSet<String>>,
    documents: BTreeMap<String, Shown>,
    communities: BTreeMap<String, (Community, Option<Grants>)>,
    /// By community and user; of some only that they are members.
    members: BTreeMap<(String, i64), Option<Member>>,
    roles: Roles,
    rows: Vec<AccessRow>,
    /// By record, and for records that are yet to be made.
    listings: BTreeMap<Option<String>, [Listings; 2]>,
}

impl<'w> Truth<'w> {
    pub fn new(whole: &'w Whole, asker: &Asker) -> Self {
        Self { whole, world: whole.oracle(), asker: asker.clone() }
    }

    fn decide(&self, rec: &Rec, action: &str) -> bool {
        // Whether it may be read at all is asked of the same asker.
        (self.whole.preset().decide)(&self.world, &self.as_owner(rec, action), rec, action)
    }

    /// In `oarepo` a row for `community-record-owner` speaks of whoever owns this record; no one owns what is to be made.
    fn as_owner(&self, rec: &Rec, action: &str) -> Asker {
        let mut asker = self.asker.clone();
        if let Asker::User { id, system_roles, .. } = &mut asker
            && self.conceals()
            && action != "create"
            && rec.owners.contains(id)
        {
            system_roles.insert("community-record-owner".to_string());
        }
        asker
    }

    /// Of a record there is. A list adds to the rule of an action, and takes from it; what comes before the rules stands as it is.
    fn may(&self, id: &str, record: &Record, action: &str) -> bool {
        let rec = &record.rec;
        if self.whole.lists.is_none() || action == "create" {
            return self.decide(rec, action);
        }
        let asker = self.as_owner(rec, action);
        let listed = |deny| self.listed_as(action, deny, Asked::of(id, record)) == Some(true);
        let source = oarepo::source(action).is_none_or(|state| oarepo::state(rec) == state);
        !oarepo::denied(&self.world, &asker, rec, action)
            && (action == "read" || self.may(id, record, "read"))
            && (oarepo::permitted(&self.world, &asker, rec, action) || source && listed(false))
            && !listed(true)
    }

    /// What access lists come to.
    pub fn listed_as(&self, operation: &str, deny: bool, of: Asked<'_>) -> Option<bool> {
        let lists: Vec<List> = self.whole.lists.iter().flat_map(|lists| lists.values().cloned()).collect();
        lists::outcome(&lists, &self.world, &self.asker, operation, deny, of)
    }

    /// The same of every operation and effect, in every state, of which it is not no.
    pub fn listings(&self, of: Asked<'_>) -> Listings {
        let states: Vec<&'static str> =
            STATES.into_iter().filter(|state| of.record.is_none() || *state == of.state).collect();
        let mut found = BTreeMap::new();
        for (state, operation) in
            states.iter().flat_map(|state| lists::operations().into_iter().map(move |op| (*state, op)))
        {
            for deny in [false, true] {
                let outcome = self.listed_as(operation, deny, Asked { state, ..of });
                if outcome != Some(false) {
                    found.insert((state, operation, deny), outcome);
                }
            }
        }
        found
    }

    pub fn reads(&self, id: &str) -> bool {
        self.whole.records.get(id).is_some_and(|record| self.may(id, record, "read"))
    }

    /// Any action but `create` on any record.
    pub fn told(&self, id: &str, action: &str) -> Told {
        let Some(record) = self.whole.records.get(id) else { return Told::NotFound };
        if self.may(id, record, action) {
            Told::Allow
        } else if self.conceals() && action != "create" && !self.may(id, record, "read") {
            Told::NotFound
        } else {
            Told::Deny
        }
    }

    /// "Compat presets conceal nothing".
    fn conceals(&self) -> bool {
        self.whole.preset().name == "oarepo"
    }

    /// Making a record in a community: one that is not shown is as one that is not there. Those who would see every community
    /// are told what they may do in one that is not there (yet).
    pub fn told_create(&self, community: &str) -> Told {
        let restricted = Settings { visibility: Some("restricted"), members_visibility: None };
        let settings = self.whole.communities.get(community).map_or(restricted, |found| found.settings);
        if self.conceals() && !visibility::sees_community(&self.world, &self.asker, &settings, community) {
            return Told::NotFound;
        }
        let rec = Rec { primary: community.to_string(), secondary: Vec::new(), state: None, owners: Vec::new() };
        if self.decide(&rec, "create") { Told::Allow } else { Told::Deny }
    }

    pub fn sees_community(&self, id: &str) -> bool {
        let Some(community) = self.whole.communities.get(id) else { return false };
        !self.conceals() || visibility::sees_community(&self.world, &self.asker, &community.settings, id)
    }

    /// In the released code only to the role `member`, which a superuser passes for; a ban takes both.
    pub fn sees_grants(&self, id: &str) -> bool {
        if self.conceals() {
            return visibility::sees_grants(&self.world, &self.asker, id);
        }
        let superuser = self.world.has_row(&self.asker, "superuser-access", None, false);
        let member = superuser || self.world.roles_in(&self.asker, id).contains("member");
        member && !visibility::is_banned(&self.world, &self.asker)
    }

    /// Whether the roles of a member are shown. The released code lists no members.
    pub fn sees_member(&self, community: &str, user: i64) -> bool {
        let member = self.whole.members.get(&(community.to_string(), user));
        let (Some(found), Some(member)) = (self.whole.communities.get(community), member) else { return false };
        if !self.conceals() {
            return self.asker.id() == Some(user);
        }
        visibility::sees_member(&self.world, &self.asker, &found.settings, community, user, member.visible)
            && visibility::sees_roles(&self.world, &self.asker, community, user)
    }

    pub fn shown(&self, record: &Record) -> Shown {
        let mut rec = record.rec.clone();
        rec.secondary.retain(|id| self.sees_community(id));
        let withheld = [!self.sees_community(&rec.primary), rec.secondary.len() < record.rec.secondary.len()];
        if withheld[0] {
            rec.primary.clear();
        }
        Shown { title: record.title.clone(), rec, withheld }
    }

    /// The ids a list shows: `read` within a community, or everywhere.
    pub fn listed(&self, community: Option<&str>) -> BTreeSet<String> {
        let ids: Vec<&String> = self.whole.records.keys().collect();
        if self.conceals() {
            let within = |id: &str| {
                let rec = &self.whole.records[id].rec;
                community.is_none_or(|c| rec.primary == c || rec.secondary.iter().any(|one| one == c))
            };
            return ids.into_iter().filter(|id| within(id) && self.reads(id)).cloned().collect();
        }
        // No lists: only `oarepo` has some.
        let docs: Vec<Rec> = self.whole.records.values().map(|record| record.rec.clone()).collect();
        let found = (self.whole.preset().search)(&self.world, &self.asker, &docs, community);
        found.into_iter().map(|position| ids[position].clone()).collect()
    }

    /// Rows that speak of the subject (of owners, who may be anybody signed in) and of no community it may not see.
    pub fn speaks(&self, row: &AccessRow) -> bool {
        let named = match &row.subject {
            Who::User(id) => self.asker.id() == Some(*id),
            Who::Role(name) => self.world.provides_role(&self.asker, name),
            Who::SystemRole(name) if name == "community-record-owner" => self.asker.id().is_some(),
            Who::SystemRole(name) => self.asker.provides_system_role(name),
        };
        named && row.argument.as_ref().is_none_or(|id| self.sees_community(id))
    }

    pub fn knowable(&self) -> Knowable {
        let whole = self.whole;
        // What does not exist is left out, so that two worlds compare over all ids of either.
        let mut answers = BTreeMap::new();
        let mut documents = BTreeMap::new();
        for (id, record) in &whole.records {
            let told: Vec<Told> = actions().iter().map(|action| self.told(id, action)).collect();
            // Of what may not be read only `create` would tell, and nobody asks that of a record.
            let told: Vec<Told> =
                told.into_iter().enumerate().filter(|(n, _)| actions()[*n] != "create").map(|(_, t)| t).collect();
            if told.iter().any(|told| *told != Told::NotFound) {
                answers.insert(id.clone(), told);
            }
            if self.reads(id) {
                documents.insert(id.clone(), self.shown(record));
            }
        }
        let mut communities = BTreeMap::new();
        let mut creates = BTreeMap::new();
        let mut lists = BTreeMap::from([(String::new(), self.listed(None))]);
        for (id, community) in &whole.communities {
            let told = self.told_create(id);
            if self.sees_community(id) {
                let grants = self.sees_grants(id).then(|| community.grants.clone());
                communities.insert(id.clone(), (Community { grants: Grants::new(), ..community.clone() }, grants));
                lists.insert(id.clone(), self.listed(Some(id)));
            }
            if told != Told::NotFound {
                creates.insert(id.clone(), told);
            }
        }
        let mut members = BTreeMap::new();
        for ((community, user), member) in &whole.members {
            if self.sees_member(community, *user) {
                members.insert((community.clone(), *user), Some(member.clone()));
            } else if self.conceals() && self.sees_identity(community, *user) {
                members.insert((community.clone(), *user), None);
            }
        }
        let roles = self.asker.id().and_then(|id| whole.users.get(&id)).cloned().unwrap_or_default();
        let rows = whole.rows.iter().filter(|row| self.speaks(row)).cloned().collect();
        let listings = whole.lists.iter().flat_map(|_| self.all_listings()).collect();
        Knowable { answers, creates, lists, documents, communities, members, roles, rows, listings }
    }

    /// Of each record that is shown, and of those yet to be made: as it is, and whatever it holds.
    fn all_listings(&self) -> Vec<(Option<String>, [Listings; 2])> {
        let shown = self.whole.records.iter().filter(|(id, _)| self.reads(id));
        let of_record = |(id, record): (&String, &Record)| {
            [self.listings(Asked::of(id, record)), self.listings(Asked::whatever(Some(id)))]
        };
        let mut all: Vec<_> = shown.map(|entry| (Some(entry.0.clone()), of_record(entry))).collect();
        all.push((None, [BTreeMap::new(), self.listings(Asked::whatever(None))]));
        all
    }

    fn sees_identity(&self, community: &str, user: i64) -> bool {
        let Some(found) = self.whole.communities.get(community) else { return false };
        let visible = self.whole.members.get(&(community.to_string(), user)).and_then(|member| member.visible);
        visibility::sees_member(&self.world, &self.asker, &found.settings, community, user, visible)
    }
}
