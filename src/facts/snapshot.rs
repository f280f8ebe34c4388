//! A set of facts, read once and looked up often.

use std::rc::Rc;
use std::sync::Arc;

use super::{AccessRow, Certificate, Document, Member, Membership};
use crate::acl::{AclSettings, Acls};
use crate::model::{Address, At, Error, Listed, Map, Reader, Set, Table, Value, listed, object, texts};
use crate::terms::{ErrorCode, Relation};

/// Stands for a community that a view leaves out: the subject holds no role there, and nothing else is known of it. No id
/// holds a control character.
pub const HIDDEN: &str = "\u{1}";

/// Where a host puts what it counted about a community for one call, when it was asked to.
pub const COUNTED: &str = "counted";

/// Actions granted in a community, by role or pseudo-role.
pub type Grants = Table<Set<String>>;

/// A community's facts.
#[derive(Debug, Clone, Default)]
pub struct Community {
    /// The whole entity, for the host's own fields.
    pub entity: Map<String, Value>,
    /// Grants; none if they were not given.
    pub grants: Option<Grants>,
}

/// The words a policy knows, against which facts are checked.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Community roles.
    pub roles: Set<String>,
    /// Actions of communities.
    pub actions: Set<String>,
    /// Reserved roles of pending memberships.
    pub pending: Set<String>,
    /// Other words for roles, with the roles they mean.
    pub role_aliases: Table<String>,
    /// What the policy says of access lists; none if it knows none.
    pub acls: Option<Rc<AclSettings>>,
}

impl Words {
    /// The role that a word means.
    pub fn role(&self, word: String) -> String {
        self.role_aliases.get(&word).cloned().unwrap_or(word)
    }
}

/// What is known at one revision.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The store's position.
    pub revision: Option<String>,
    /// The moment of the question in milliseconds: not before the first, not after the second. Engines have no clock.
    pub time: Option<(i64, i64)>,
    /// Global roles by user.
    pub users: Table<Option<Set<String>>>,
    /// Communities by id.
    pub communities: Table<Community>,
    /// Memberships by user, by community.
    pub memberships: Table<Table<Membership>>,
    /// Memberships by global role, by community.
    pub groups: Table<Table<Membership>>,
    /// Rows by action.
    pub access: Table<Vec<AccessRow>>,
    /// Access lists. Many facts may share those that were read once.
    pub acls: Arc<Acls>,
    /// Documents by id.
    pub records: Table<Document>,
    /// Addresses of fields a record has and these facts do not show, by id.
    pub withheld: Table<Vec<Address>>,
    /// What access lists come to for the subject of a view, or for `told_for`, by the ids of records; those of which nothing is said
    /// are not here.
    pub told: Table<Listed>,
    /// The same of records that are yet to be made, by schema.
    pub told_new: Table<Listed>,
    /// Whom these facts tell what access lists come to instead of the lists: a user, or the empty id of nobody.
    pub told_for: Option<String>,
    /// Whether the host's word on the subject has not come: a device that does not hold the subject's own entry.
    pub unvouched: bool,
    /// These are a view: what one user is shown.
    pub is_view: bool,
    pub(super) certificates: Vec<Certificate>,
    pub(super) closed: bool,
}

const SECTIONS: [&str; 11] = [
    "revision",
    "time",
    "users",
    "communities",
    "memberships",
    "access",
    "acls",
    "acl_outcomes",
    "records",
    "withheld",
    "complete",
];

impl Facts {
    /// A view with nothing in it yet, and nothing proved.
    pub fn view() -> Self {
        Self { is_view: true, ..Self::default() }
    }

    /// Reads a set of facts; every fault is reported with its path.
    pub fn read(value: &Value, words: &Words) -> Result<Self, Error> {
        let mut reader = Reader::new();
        let at = At::Root("facts");
        let mut facts = Self::default();
        if let Some(map) = reader.object_of(value, &at, &SECTIONS) {
            for (section, value) in map {
                facts.read_section(section, value, &at.key(section), words, &mut reader);
            }
        }
        let facts = reader.faults.give(Some(facts))?;
        facts.one_way_of_lists().map(|()| facts)
    }

    fn read_section(&mut self, section: &str, value: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) {
        match section {
            "revision" => self.revision = reader.text(value, at).map(str::to_string),
            "time" => match value.as_i64() {
                Some(ms) => self.time = Some((ms, ms)),
                None => reader.faults.add(ErrorCode::Malformed, at, "expected milliseconds since 1970, a whole number"),
            },
            "complete" if value.as_bool() == Some(true) => self.closed = true,
            "acl_outcomes" => _ = self.read_outcomes(value, at, reader),
            "memberships" | "access" | "complete" => {
                for (index, entry) in reader.list(value, at).unwrap_or_default().iter().enumerate() {
                    self.read_entry(section, entry, &at.index(index), words, reader);
                }
            }
            "users" | "communities" | "acls" | "records" | "withheld" => {
                let Some(map) = reader.object(value, at) else { return };
                for (id, entity) in map {
                    let at = at.key(id);
                    if section == "withheld" || reader.valid_id(id, &at) {
                        self.read_entity(section, id, entity, &at, words, reader);
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds an entry of a section that is a list.
    fn read_entry(&mut self, section: &str, entry: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) {
        match section {
            "memberships" => self.read_membership(entry, at, words, reader),
            "access" => {
                if let Some(row) = AccessRow::read(entry, at, reader) {
                    self.access.change(&row.action.clone(), |rows| rows.push(row));
                }
            }
            _ => self.certificates.extend(Certificate::read(entry, at, reader)),
        }
    }

    /// Adds what a section says of the entity with an id.
    fn read_entity(
        &mut self,
        section: &str,
        id: &str,
        value: &Value,
        at: &At<'_>,
        words: &Words,
        reader: &mut Reader,
    ) -> Option<()> {
        match section {
            "users" => {
                reader.object(value, at)?;
                self.users.insert(id.to_string(), read_roles(value, at, reader));
            }
            "communities" => {
                let community = Community::read(value, at, words, reader)?;
                self.communities.insert(id.to_string(), community);
            }
            "acls" => self.put_acl(id, value, words, at, reader)?,
            "records" => {
                reader.object(value, at)?;
                self.records.insert(id.to_string(), Document::from(value.clone()));
            }
            _ => {
                let addresses = read_addresses(value, at, reader);
                self.withheld.insert(id.to_string(), addresses.unwrap_or_default());
            }
        }
        Some(())
    }

    fn read_membership(&mut self, entry: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) {
        let Some(map) = reader.object(entry, at) else { return };
        let community = reader.required_id(map, "community", at);
        let member = Member::read(map, at, reader);
        let membership = Membership::read(map, false, words, at, reader);
        let (Some(community), Some(member), Some(membership)) = (community, member, membership) else { return };
        let (table, name) = self.holders(member);
        table.change(&community, |members| members.change(&name, |held| held.merge(membership)));
    }

    /// The table that memberships of such a member stand in, and the member's name there.
    pub(super) fn holders(&mut self, member: Member) -> (&mut Table<Table<Membership>>, String) {
        match member {
            Member::User(id) => (&mut self.memberships, id),
            Member::Group(name) => (&mut self.groups, name),
        }
    }

    /// What is known of one membership.
    pub fn membership(&self, community: &str, member: &Member) -> Option<&Membership> {
        match member {
            Member::User(id) => self.memberships.get(community)?.get(id),
            Member::Group(name) => self.groups.get(community)?.get(name),
        }
    }

    /// All memberships known in a community: those of users, then those of groups.
    pub fn members(&self, community: &str) -> impl Iterator<Item = (Member, &Membership)> {
        let users = self.memberships.get(community).into_iter().flat_map(Table::iter);
        let groups = self.groups.get(community).into_iter().flat_map(Table::iter);
        let users = users.map(|(id, held)| (Member::User(id.to_string()), held));
        users.chain(groups.map(|(name, held)| (Member::Group(name.to_string()), held)))
    }

    /// Whether everything of a relation that the arguments name is given. Lists ask this of every community, so nothing
    /// is copied.
    fn complete(&self, relation: Relation, asked: Asked<'_>) -> bool {
        let within = |limit: &Option<String>, asked: Option<&str>| limit.is_none() || limit.as_deref() == asked;
        // All there is was given, but for lists, if only what they come to was.
        self.closed && (relation != Relation::Acl || self.told_for.is_none())
            || self.certificates.iter().any(|proof| {
                proof.relation == relation
                    && within(&proof.user, asked.user)
                    && within(&proof.community, asked.community)
                    && within(&proof.action, asked.action)
                    && within(&proof.id, asked.id)
                    && asked.spares(proof)
            })
    }

    /// Whether these facts are a view, which leaves out communities the subject may not know of.
    pub fn hides(&self) -> bool {
        self.is_view || self.certificates.iter().any(|proof| proof.visible && proof.relation == Relation::Community)
    }

    /// Whether the entity with this id is known not to exist, if it was not given.
    pub fn absent(&self, relation: Relation, id: &str) -> bool {
        id != HIDDEN && self.complete(relation, Asked { id: Some(id), community: Some(id), ..Asked::default() })
    }

    /// Whether all access lists of an operation are given; of all operations, if none is named.
    pub fn acls_complete(&self, operation: Option<&str>) -> bool {
        self.complete(Relation::Acl, Asked { action: operation, ..Asked::default() })
    }

    /// Whether these facts say of every record what access lists come to for this user; the empty id is nobody's.
    pub fn tells_lists(&self, user: &str) -> bool {
        match &self.told_for {
            Some(own) => own == user,
            None => self.complete(Relation::Acl, Asked { user: Some(user), ..Asked::default() }),
        }
    }

    /// Whether all communities there are are given.
    pub fn all_communities(&self) -> bool {
        self.complete(Relation::Community, Asked::default())
    }

    /// Whether all roles a user holds in a community are given.
    pub fn membership_complete(&self, community: Option<&str>, user: Option<&str>) -> bool {
        self.complete(Relation::Membership, Asked { user, community, ..Asked::default() })
    }

    /// Whether all rows of an action are given that speak of a user, or of nobody who is signed in. `argument` as in
    /// [`AccessRow::covers`].
    pub fn access_complete(&self, action: &str, user: Option<&str>, argument: Option<&str>) -> bool {
        self.complete(Relation::Access, Asked { action: Some(action), user, community: argument, id: None })
    }
}

impl Community {
    /// Something a host counted when it was asked: whether there is any.
    pub fn counted(&self, what: &str) -> Option<bool> {
        self.entity.get(COUNTED)?.get(what)?.as_bool()
    }

    pub(super) fn read(value: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) -> Option<Self> {
        let entity = reader.object(value, at)?;
        let grants = entity.get("grants").and_then(|grants| read_grants(grants, &at.key("grants"), words, reader));
        Some(Self { entity: entity.clone(), grants })
    }
}

pub(super) fn read_roles(user: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Set<String>> {
    let roles = user.get("roles").and_then(|roles| reader.names(roles, &at.key("roles")))?;
    Some(roles.into_iter().collect())
}

/// Addresses in a list: text with dots, or lists of keys.
pub fn read_addresses(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Address>> {
    let list = reader.list(value, at)?;
    // A policy's addresses may hold dots inside a key; a list of keys says which.
    let mut addresses = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        addresses.push(Address::read(entry, &at.index(index), reader)?);
    }
    Some(addresses)
}

/// The part of a relation a question needs to be complete.
#[derive(Default)]
struct Asked<'a> {
    user: Option<&'a str>,
    community: Option<&'a str>,
    action: Option<&'a str>,
    id: Option<&'a str>,
}

impl Asked<'_> {
    /// Whether nothing that is asked for is excepted from a proof.
    fn spares(&self, proof: &Certificate) -> bool {
        match self.community {
            Some(id) => !proof.except.contains(id),
            // Without an argument only rows without one are asked for; else everything.
            None => proof.relation == Relation::Access || proof.except.is_empty(),
        }
    }
}

/// Grants as they are given.
pub fn grants_value(grants: &Grants) -> Value {
    object(grants.iter().map(|(role, actions)| (role, texts(actions.as_slice()))).collect())
}

fn read_grants(value: &Value, at: &At<'_>, words: &Words, reader: &mut Reader) -> Option<Grants> {
    let map = reader.object(value, at)?;
    let mut grants = Grants::default();
    for (word, actions) in map {
        let at = at.key(word);
        let role = words.role(word.clone());
        if role != "any" && role != "author" {
            known_role(&role, words, &at, reader);
        }
        let Some(actions) = reader.names(actions, &at) else { continue };
        for (index, action) in actions.iter().enumerate() {
            if !words.actions.contains(action) {
                let known = listed(&words.actions);
                reader.faults.unknown(ErrorCode::UnknownAction, &at.index(index), "action", action, &known);
            }
        }
        grants.change(&role, |granted| granted.extend(actions));
    }
    Some(grants)
}

/// Notes a role that communities do not have.
pub(super) fn known_role(role: &str, words: &Words, at: &At<'_>, reader: &mut Reader) {
    if !words.roles.contains(role) {
        reader.faults.unknown(ErrorCode::UnknownRole, at, "role", role, &listed(&words.roles));
    }
}
