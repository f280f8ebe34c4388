//! What one user may see of a repository, with proofs of what is complete in it. Where an answer rests on evidence that
//! stays hidden, the answer itself is given: only one the user could have had by asking.

use std::rc::Rc;
use std::sync::Arc;

use super::derived::Derived;
use super::entry::{Entry, Scope, ViewBase};
use super::lists::Listings;
use crate::admin::{MemberSight, RowSight};
use crate::engine::Engine;
use crate::facts::{Certificate, EntityKey, Facts, Member, Membership, RowSubject};
use crate::model::{
    Address, At, Attributes, Error, Faults, Listed, Map, Reader, Seen, Set, Subject, Table, Told, Value, ordered, texts,
};
use crate::policy::{Ask, Policy, Question, Shown, Shows, community_attributes};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::view::redact;

impl Engine {
    /// All of a subject's view but its records. Reads `{subject, subs}`; the facts must hold all communities, and all
    /// roles, memberships and access rows of the subject.
    pub fn project_base(&self, query: &Value, facts: &Facts) -> Result<ViewBase, Error> {
        let at = At::Root("query");
        let mut reader = Reader::new();
        let read = reader.object_of(query, &at, &["subject", "subs"]).and_then(|map| {
            let subject = reader.required(map, "subject", &at)?;
            let subject = Subject::read(subject, &at.key("subject"), &mut reader)?;
            let subs = reader.required(map, "subs", &at)?;
            let at = at.key("subs");
            let list = reader.list(subs, &at)?;
            let subs: Option<Vec<Scope>> =
                list.iter().enumerate().map(|(index, sub)| Scope::read(sub, &at.index(index), &mut reader)).collect();
            Some((subject, subs?))
        });
        let (subject, subs) = reader.faults.give(read)?;
        let mut viewer = Viewer::new(self.policy(), &subject, facts)?;
        viewer.creation();
        let proved = !viewer.base.closed.is_empty();
        if proved && subs.contains(&Scope::Everywhere) && self.policy().conceals() {
            viewer.base.closed.push(Certificate { visible: true, ..Certificate::of(Relation::Record) });
        }
        Ok(viewer.base)
    }

    /// Of some records, those the subject may see, as it sees them. Reads `{subject, records}`; facts as for the base.
    pub fn project_records(&self, query: &Value, facts: &Facts) -> Result<Vec<Entry>, Error> {
        let at = At::Root("query");
        let mut reader = Reader::new();
        let read = reader.object_of(query, &at, &["subject", "records"]).and_then(|map| {
            let subject = reader.required(map, "subject", &at)?;
            let subject = Subject::read(subject, &at.key("subject"), &mut reader)?;
            let records = reader.required(map, "records", &at)?;
            Some((subject, reader.object(records, &at.key("records"))?))
        });
        let (subject, records) = reader.faults.give(read)?;
        let viewer = Viewer::new(self.policy(), &subject, facts)?;
        let mut entries = Vec::new();
        for (id, document) in records {
            entries.extend(viewer.record(id, document)?);
        }
        Ok(entries)
    }
}

/// One user's view while it is made.
struct Viewer<'a> {
    ask: Ask<'a>,
    subject: &'a Subject,
    base: ViewBase,
    /// The base as facts: what a device will answer from.
    shown: Facts,
    /// Restricted communities in the view.
    sealed: Set<String>,
    listings: Listings,
}

impl<'a> Viewer<'a> {
    fn new(policy: &'a Policy, subject: &'a Subject, facts: &'a Facts) -> Result<Self, Error> {
        whole(subject, facts)?;
        if policy.acls.is_some() && !facts.acls_complete(None) {
            return Err(incomplete("access lists"));
        }
        let ask = Ask::new(policy, subject, facts);
        let base = ViewBase { entries: Vec::new(), closed: Vec::new() };
        let listings = Listings::new(facts);
        let mut viewer = Self { ask, subject, base, shown: Facts::view(), sealed: Set::new(), listings };
        viewer.communities();
        viewer.own();
        viewer.rows();
        viewer.lists();
        // In the order of keys; an access row that stands in a store twice is one.
        let entries: Table<Entry> = viewer.base.entries.drain(..).map(|entry| (entry.key.text(), entry)).collect();
        viewer.base.entries = entries.values().cloned().collect();
        let mut reader = Reader::new();
        for entry in &viewer.base.entries {
            let at = At::Root("facts");
            viewer.shown.put(&entry.key, &entry.value, &entry.missing, &policy.words, &at, &mut reader);
        }
        reader.faults.give(Some(()))?;
        if viewer.holds_where_it_sees_nothing() {
            // Rows and rules may speak of a role that the view must not name, so nothing in it proves anything.
            viewer.base.closed.clear();
        }
        viewer.shown.prove(viewer.base.closed.clone());
        Ok(viewer)
    }

    fn facts(&self) -> &'a Facts {
        self.ask.identity.facts()
    }

    fn add(&mut self, key: EntityKey, value: Value, missing: Vec<Address>, seal: Option<&str>) {
        let seal = seal.filter(|id| self.sealed.contains(*id)).map(str::to_string);
        self.base.entries.push(Entry {
            key,
            value: value.into(),
            missing,
            derived: Table::default(),
            acls: None,
            seal,
        });
    }

    /// A membership, with its roles or without.
    fn member(&mut self, community: &str, member: Member, held: &Membership, whole: bool) {
        let mut value = Map::new();
        for name in ["visible", "as", "request"] {
            value.extend(held.row.get(name).map(|field| (name.to_string(), field.clone())));
        }
        let mut missing = Vec::new();
        let role = texts(&["role".to_string()]);
        match whole {
            true => _ = value.insert("role".to_string(), texts(held.roles.as_slice())),
            false => missing.extend(Address::read(&role, &At::Root("role"), &mut Reader::new())),
        }
        let key = EntityKey::Membership { community: community.to_string(), member };
        self.add(key, Value::Object(value), missing, Some(community));
    }

    /// Communities the subject may know of, with their members where it may see them.
    fn communities(&mut self) {
        let (policy, facts) = (self.ask.policy, self.facts());
        let door = &policy.community;
        let anonymous = Subject::anonymous();
        let anybody = Ask::new(policy, &anonymous, facts);
        for (id, community) in facts.communities.iter() {
            if self.ask.sees_community(id) != Answer::Allow {
                continue;
            }
            if anybody.sees_community(id) != Answer::Allow {
                self.sealed.insert(id.to_string());
            }
            let target = Attributes::target(id, &policy.states);
            let mut entity = community.entity.clone();
            let mut missing = Vec::new();
            if self.ask.about_community().evaluate(&door.actions, &target) != Answer::Allow {
                entity.remove("grants");
                missing.extend(Address::read(&texts(&["grants".to_string()]), &At::Root("grants"), &mut Reader::new()));
            }
            let key = EntityKey::Community { id: id.to_string() };
            self.add(key, Value::Object(entity), missing, Some(id));
            let sight = MemberSight::new(&self.ask, id);
            for (member, held) in facts.members(id) {
                match sight.of(&self.ask, &member, held) {
                    RowSight::Whole => self.member(id, member, held, true),
                    RowSight::Identity => self.member(id, member, held, false),
                    RowSight::Nothing => {}
                }
            }
            if sight.whole(&self.ask) && facts.membership_complete(Some(id), None) {
                let proof = Certificate { community: Some(id.to_string()), ..Certificate::of(Relation::Membership) };
                self.base.closed.push(proof);
            }
        }
        // Where a community may be acted on by somebody who may not know of it, it is not as one that does not exist.
        if policy.machine("community").is_none_or(|machine| machine.conceals()) {
            self.base.closed.push(Certificate { visible: true, ..Certificate::of(Relation::Community) });
        }
    }

    /// Whether the subject holds a role that rules look at in a community it may not know of; no shipped policy lets that
    /// be. (Who is invited where it sees nothing sees the invitation only.)
    fn holds_where_it_sees_nothing(&self) -> bool {
        let (facts, policy) = (self.facts(), self.ask.policy);
        let hidden = |id: &str| facts.communities.contains_key(id) && self.ask.sees_community(id) != Answer::Allow;
        let identity = &self.ask.identity;
        // A deleted community gives no roles.
        let counts = |id: &str| {
            identity.deleted(id) != Answer::Allow && identity.known_roles(id).iter().any(|role| policy.speaks_of(role))
        };
        identity.communities().iter().any(|id| hidden(id) && counts(id))
    }

    /// What the host and the facts say of the subject itself.
    fn own(&mut self) {
        let (roles, system_roles) = match self.subject {
            Subject::User { roles, system_roles, .. } => (roles.as_ref(), system_roles.as_slice()),
            Subject::Anonymous { system_roles, .. } => (None, system_roles.as_slice()),
            Subject::System => (None, &[][..]),
        };
        let Some(user) = self.subject.id() else { return };
        let facts = self.facts();
        for id in self.ask.identity.communities().iter().filter(|id| !facts.communities.contains_key(id)) {
            for (member, held) in facts.members(id) {
                if self.ask.identity.is(&member) == Answer::Allow {
                    self.member(id, member, held, true);
                }
            }
        }
        let given = self.facts().users.get(user).cloned().flatten();
        let roles = roles.map(|roles| ordered(roles.clone())).or(given.map(|set| set.iter().cloned().collect()));
        let mut value = Map::new();
        value.insert("roles".to_string(), texts(&roles.unwrap_or_default()));
        if !system_roles.is_empty() {
            value.insert("system_roles".to_string(), texts(&ordered(system_roles.to_vec())));
        }
        if !self.subject.links().is_empty() {
            value.insert("links".to_string(), texts(&ordered(self.subject.links().to_vec())));
        }
        self.add(EntityKey::User { id: user.to_string() }, Value::Object(value), Vec::new(), None);
        for relation in [Relation::User, Relation::Membership] {
            let mut proof = Certificate::of(relation);
            let id = Some(user.to_string());
            if relation == Relation::User {
                proof.id = id
            } else {
                proof.user = id
            }
            self.base.closed.push(proof);
        }
    }

    /// Access rows that speak of the subject, but for those that name a community it may not know of.
    fn rows(&mut self) {
        let facts = self.facts();
        let author = self.ask.policy.naming.author.as_deref();
        for row in facts.access.values().flatten() {
            let owners = self.subject.id().is_some()
                && matches!(&row.subject, RowSubject::SystemRole(name) if Some(name.as_str()) == author);
            let mine = owners || self.ask.identity.matches(row, None) == Answer::Allow;
            let hidden = row
                .argument
                .as_deref()
                .is_some_and(|id| facts.communities.contains_key(id) && self.ask.sees_community(id) != Answer::Allow);
            if mine && !hidden {
                let key = EntityKey::Access { id: row.name() };
                self.add(key, Value::Object(row.value()), Vec::new(), row.argument.as_deref());
            }
        }
        let user = Some(self.subject.id().unwrap_or_default().to_string());
        self.base.closed.push(Certificate { user, ..Certificate::of(Relation::Access) });
    }

    /// What access lists come to for the subject, of records that are yet to be made.
    fn lists(&mut self) {
        if self.ask.policy.acls.is_some() {
            self.base.entries.extend(self.listings.to_be(&self.ask));
            let user = Some(self.subject.id().unwrap_or_default().to_string());
            self.base.closed.push(Certificate { user, ..Certificate::of(Relation::Acl) });
        }
    }

    /// What the subject may do in and to each community, where that does not follow from the view.
    fn creation(&mut self) {
        let main = self.ask.policy;
        let create = main.action("create").map(|action| (main, None, action));
        let machine = main.machine("community").map(Rc::as_ref);
        let kind = machine.and_then(|machine| machine.record_type("community"));
        let own = machine.into_iter().flat_map(|machine| machine.action_ids().map(move |id| (machine, kind, id)));
        let actions: Vec<_> = create.into_iter().chain(own).collect();
        let mut derived = Vec::new();
        for (place, entry) in self.base.entries.iter().enumerate() {
            let EntityKey::Community { id } = &entry.key else { continue };
            for (policy, kind, action) in &actions {
                let answer = |facts: &Facts| {
                    let record = match kind {
                        None => Attributes::target(id, &policy.states),
                        Some(kind) => community_attributes(kind, id, policy, facts, &mut Faults::new())?.0,
                    };
                    let mut ask = Ask::new(policy, self.subject, facts);
                    if let Some(kind) = kind {
                        ask = ask.about(kind);
                    }
                    Some(Question { ask: &ask, record: &record, action: *action }.answer())
                };
                let known = |answer: &Answer| *answer != Answer::Unknown;
                if answer(&self.shown) == Some(Answer::Unknown)
                    && let Some(answer) = answer(self.facts()).filter(known)
                {
                    derived.push((place, policy.action_name(*action).to_string(), answer));
                }
            }
        }
        for (place, action, answer) in derived {
            if let Some(entry) = self.base.entries.get_mut(place) {
                entry.derived.insert(action, answer.into());
            }
        }
    }

    /// A record as the subject sees it; none if it may not, or if nobody can read the document.
    fn record(&self, id: &str, document: &Value) -> Result<Option<Entry>, Error> {
        let policy = self.ask.policy.of_document(document);
        let Some(kind) = policy.type_of(document) else { return Ok(None) };
        let at = At::Root("record");
        let mut faults = Faults::new();
        let shown = Shown { id: Some(id), document, missing: &[], stored: true };
        let Some(record) = policy.attributes(kind, shown, self.facts(), &at, &mut faults) else { return Ok(None) };
        let mut ask = self.ask.clone();
        (ask.policy, ask.kind) = (policy, Some(kind));
        if ask.shows(&record).map_err(|_| incomplete("facts of the record's communities"))? == Shows::Nothing {
            return Ok(None);
        }
        let shown = redact(&ask, kind, &record, document).map_err(|_| incomplete("communities"))?;
        let mut missing = Vec::new();
        for keys in &shown.missing {
            missing.extend(Address::read(&texts(keys), &at, &mut Reader::new()));
        }
        let mut derived = Table::default();
        let withheld = |id: &String| self.shown.communities.get(id).is_some_and(|found| found.grants.is_none());
        // Access lists stay with the server: who else is on them is nobody's business.
        let acls = self.listings.of(&ask, &record, id, document);
        let whole = self.base.closed.iter().any(|proof| proof.relation == Relation::Community);
        if !missing.is_empty() || !whole || shown.communities.iter().any(withheld) {
            let mut device = Ask::new(policy, self.subject, &self.shown);
            (device.kind, device.time) = (Some(kind), None);
            let part = Shown { id: Some(id), document: &shown.document, missing: &missing, stored: true };
            let Some(mut seen) = policy.attributes(kind, part, &self.shown, &at, &mut faults) else { return Ok(None) };
            if let Some(told) = &acls {
                seen.listed = Listed::Told(Arc::clone(told));
            }
            for action in policy.action_ids() {
                // Creation is asked of the community: in one that is not shown there is none.
                let nowhere = policy.action_name(action) == "create" && seen.primary == Seen::Missing;
                if nowhere || (Question { ask: &device, record: &seen, action }).answer() != Answer::Unknown {
                    continue;
                }
                let answer = Derived::of(&Question { ask: &ask, record: &record, action });
                let answer = answer.ok_or_else(|| incomplete("facts of the record's communities"))?;
                derived.insert(policy.action_name(action).to_string(), answer);
            }
        }
        let seal = shown.communities.iter().find(|id| self.sealed.contains(*id)).cloned();
        let key = EntityKey::Record { id: id.to_string() };
        let acls = acls.filter(|told| **told != Told::default());
        Ok(Some(Entry { key, value: shown.document.into(), missing, derived, acls, seal }))
    }
}

/// A view is made of facts that leave nothing open about its subject.
fn whole(subject: &Subject, facts: &Facts) -> Result<(), Error> {
    let user = subject.id().unwrap_or_default();
    if !facts.all_communities() {
        return Err(incomplete("communities"));
    }
    // Rows of no action in particular: only a proof for all actions covers them.
    if !facts.access_complete("", Some(user), None) {
        return Err(incomplete("access rows of the subject"));
    }
    let Subject::User { id, roles, .. } = subject else { return Ok(()) };
    if !facts.membership_complete(None, Some(id)) {
        return Err(incomplete("memberships of the subject"));
    }
    // Given without roles, a user has some that are not known, whatever else is complete.
    let known = facts.users.get(id).map_or_else(|| facts.absent(Relation::User, id), Option::is_some);
    if roles.is_none() && !known {
        return Err(incomplete("global roles of the subject"));
    }
    Ok(())
}

fn incomplete(what: &str) -> Error {
    let message = format!("a view is made of complete facts; give the {what}, with a certificate");
    Error::new(ErrorCode::MissingField, "facts", message)
}
