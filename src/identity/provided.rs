//! A subject together with the facts: which needs it provides, and where that is not known, which fact is missing.

use std::cell::RefCell;

use super::Naming;
use crate::facts::{Community, Facts, HIDDEN, Key, Member};
use crate::model::{Address, Set, Subject, Value, folded, is_key, ordered};
use crate::terms::{Answer, Relation};

/// Collects the keys of facts that were looked for and not found.
pub type Missing = RefCell<Set<Key>>;

/// An identity. Cheap to make; borrows the facts.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    subject: &'a Subject,
    facts: &'a Facts,
    pub(super) naming: &'a Naming,
    /// Global roles; none if they are not known.
    roles: Option<Set<&'a str>>,
    /// Community roles that stand among the global roles under their internal names.
    internal: Vec<(&'a str, Set<&'a str>)>,
    /// The question is about a community itself, which may be deleted.
    pub of_community: bool,
    /// Roles, by global or internal name, it is taken to have or not to have, whatever the facts say.
    pub assumed: Vec<(String, bool)>,
    /// Communities it is taken for granted of that they are deleted, or are not, where facts do not say.
    pub assumed_gone: Vec<(String, bool)>,
}

impl<'a> Identity<'a> {
    /// The identity of a subject at these facts.
    pub fn new(subject: &'a Subject, facts: &'a Facts, naming: &'a Naming) -> Self {
        let known: Option<&[String]> = match subject {
            Subject::User { roles: Some(roles), .. } => Some(roles),
            Subject::User { id, .. } => match facts.users.get(id) {
                Some(Some(roles)) => Some(roles.as_slice()),
                // A user who is known not to exist has no roles; one given without roles has unknown ones.
                None if facts.absent(Relation::User, id) => Some(&[]),
                _ => None,
            },
            _ => Some(&[]),
        };
        let mut roles = Set::new();
        let mut internal: Vec<(&str, Set<&str>)> = Vec::new();
        for name in known.unwrap_or_default() {
            roles.insert(name.as_str());
            if let Some((community, role)) = naming.parse(name) {
                match internal.iter_mut().find(|(id, _)| *id == community) {
                    Some((_, roles)) => _ = roles.insert(role),
                    None => internal.push((community, Set::from_iter([role]))),
                }
            }
        }
        Self {
            subject,
            facts,
            naming,
            roles: known.map(|_| roles),
            internal,
            of_community: false,
            assumed: Vec::new(),
            assumed_gone: Vec::new(),
        }
    }

    /// Whether a community is deleted. One of which nothing is known but that the subject holds no role there is not: what it
    /// could ask for is not known anyway.
    pub fn gone(&self, community: &str) -> Answer {
        if self.of_community { Answer::Deny } else { self.deleted(community) }
    }

    /// Whether a community is deleted, and so gives no roles.
    pub fn deleted(&self, community: &str) -> Answer {
        let Some(deleted) = &self.naming.deleted else { return Answer::Deny };
        if let Some((_, gone)) = self.assumed_gone.iter().find(|(id, _)| id == community) {
            return Answer::from(*gone);
        }
        match self.facts.communities.get(community) {
            Some(found) => is_set(found, &deleted.at, &deleted.values, deleted.default.as_deref()),
            None if community == HIDDEN || community.is_empty() => Answer::Deny,
            None if self.facts.absent(Relation::Community, community) => Answer::Deny,
            None => Answer::Unknown,
        }
    }

    fn assumed(&self, role: &str) -> Option<bool> {
        self.assumed.iter().rev().find(|(name, _)| name == role).map(|(_, has)| *has)
    }

    fn internal(&self, community: &str) -> Option<&Set<&'a str>> {
        self.internal.iter().find(|(id, _)| *id == community).map(|(_, roles)| roles)
    }

    /// Whose identity it is.
    pub fn subject(&self) -> &Subject {
        self.subject
    }

    /// The facts it was made from.
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    fn roles_missing(&self, missing: Option<&Missing>) -> Answer {
        note(missing, || Key::User { id: self.subject.id().unwrap_or_default().to_string() });
        Answer::Unknown
    }

    /// Whether the subject holds a role in a community, or one that includes it. Asked of a community itself, its roles
    /// count though it be deleted.
    pub fn holds(&self, community: &str, role: &str, missing: Option<&Missing>) -> Answer {
        self.holds_if(self.gone(community), community, role, missing)
    }

    fn holds_if(&self, gone: Answer, community: &str, role: &str, missing: Option<&Missing>) -> Answer {
        let mut answer = self.holds_itself(community, role, missing);
        for above in self.naming.includes.holders(role) {
            if answer == Answer::Allow {
                break;
            }
            answer = answer.or(self.holds_itself(community, above, missing));
        }
        // A deleted community gives no roles.
        match answer {
            Answer::Deny => answer,
            _ => match gone {
                Answer::Allow => Answer::Deny,
                Answer::Deny => answer,
                Answer::Unknown => {
                    note(missing, || Key::Community { id: community.to_string(), field: None });
                    Answer::Unknown
                }
            },
        }
    }

    fn holds_itself(&self, community: &str, role: &str, missing: Option<&Missing>) -> Answer {
        if !self.assumed.is_empty()
            && let Some(has) = self.assumed(&self.naming.role(community, role))
        {
            return Answer::from(has);
        }
        // A community hidden from the subject is one it holds no role in.
        if community == HIDDEN {
            return Answer::Deny;
        }
        // The empty id is nobody's: it stands for a user who holds nothing.
        let Some(user) = self.subject.id().filter(|id| !id.is_empty()) else { return Answer::Deny };
        let given = self.facts.memberships.get(community).and_then(|members| members.get(user));
        if given.is_some_and(|held| held.roles.contains(role))
            || self.internal(community).is_some_and(|roles| roles.contains(role))
        {
            return Answer::Allow;
        }
        // Rows whose roles are not shown leave open which they are.
        let mut complete = given.is_none_or(|held| !held.withheld);
        if let Some(groups) = self.facts.groups.get(community) {
            for (group, held) in groups.iter() {
                let mine = self.in_group(group);
                if mine == Answer::Allow && held.roles.contains(role) {
                    return Answer::Allow;
                }
                complete &= !held.withheld || mine == Answer::Deny;
            }
        }
        let mut answer = Answer::Deny;
        if !complete || !self.facts.membership_complete(Some(community), Some(user)) {
            note(missing, || Key::Membership { community: Some(community.to_string()), user: Some(user.to_string()) });
            answer = Answer::Unknown;
        }
        if self.roles.is_none() {
            answer = self.roles_missing(missing);
        }
        answer
    }

    /// Whether the subject has the global role of a group. Internal names of community roles are no groups.
    fn in_group(&self, group: &str) -> Answer {
        match (self.assumed(group), &self.roles) {
            (Some(has), _) => Answer::from(has),
            (None, Some(roles)) => Answer::from(roles.contains(group)),
            (None, None) => Answer::Unknown,
        }
    }

    /// Whether a membership is the subject's own, or that of a group it belongs to.
    pub fn is(&self, member: &Member) -> Answer {
        match member {
            Member::User(id) => Answer::from(self.subject.id() == Some(id)),
            Member::Group(name) => self.in_group(name),
        }
    }

    /// Roles the subject is known to hold in a community.
    pub fn known_roles(&self, community: &str) -> Set<&'a str> {
        let mut found = self.internal(community).cloned().unwrap_or_default();
        if let Some(user) = self.subject.id()
            && let Some(held) = self.facts.memberships.get(community).and_then(|members| members.get(user))
        {
            add(&held.roles, &mut found);
        }
        if let Some(groups) = self.facts.groups.get(community) {
            for (group, held) in groups.iter() {
                if self.in_group(group) == Answer::Allow {
                    add(&held.roles, &mut found);
                }
            }
        }
        found
    }

    /// Communities in which the subject is known to hold a role.
    pub fn communities(&self) -> Set<&'a str> {
        let mut found = Set::new();
        for (community, _) in &self.internal {
            found.insert(*community);
        }
        if let Some(user) = self.subject.id() {
            for (community, members) in self.facts.memberships.iter() {
                if members.contains_key(user) {
                    found.insert(community);
                }
            }
        }
        for (community, members) in self.facts.groups.iter() {
            for (group, _) in members.iter() {
                if self.in_group(group) == Answer::Allow {
                    found.insert(community);
                    break;
                }
            }
        }
        found
    }

    /// Whether the subject has a global role. A community role under its internal name counts.
    pub fn has_role(&self, name: &str, missing: Option<&Missing>) -> Answer {
        if let Some(has) = self.assumed(name) {
            return Answer::from(has);
        }
        match (self.naming.parse(name), &self.roles) {
            // A question about one community does not bring back the roles of another.
            (Some((community, role)), _) => self.holds_if(self.deleted(community), community, role, missing),
            (None, Some(roles)) => Answer::from(roles.contains(name)),
            (None, None) => self.roles_missing(missing),
        }
    }

    /// Whether the subject has one of these global roles, which are in order.
    pub fn has_one_role(&self, names: &[String], missing: Option<&Missing>) -> Answer {
        let mut asked = names;
        if let (Some(own), true) = (&self.roles, self.assumed.is_empty()) {
            // The internal names of community roles are asked for by themselves: a deleted community gives none.
            let named = |own: &str| names.binary_search_by(|name| name.as_str().cmp(own)).is_ok();
            if own.iter().any(|own| named(own) && self.naming.parse(own).is_none()) {
                return Answer::Allow;
            }
            asked = self.naming.internal_among(names);
        }
        asked.iter().fold(Answer::Deny, |answer, name| {
            if answer == Answer::Allow { answer } else { answer.or(self.has_role(name, missing)) }
        })
    }

    /// The same where names compare in lower case, which this one is in; those of communities' roles as they are.
    pub fn has_role_in_any_case(&self, name: &str, missing: Option<&Missing>) -> Answer {
        let mut own = self.roles.iter().flatten().filter(|role| !is_key(role));
        match own.any(|role| folded(role) == name && self.assumed(role) != Some(false)) {
            true => Answer::Allow,
            false => self.has_role(name, missing),
        }
    }

    /// Every role it has, by its global name and by the internal names of community roles; what is missing if they are not
    /// all known.
    pub fn roles(&self) -> Result<Vec<String>, Vec<Key>> {
        let missing = Missing::default();
        if self.roles.is_none() {
            self.roles_missing(Some(&missing));
        }
        let user = self.subject.id();
        if user.is_some() && !self.facts.membership_complete(None, user) {
            note(Some(&missing), || Key::Membership { community: None, user: user.map(str::to_string) });
        }
        let communities = self.communities();
        for community in &communities {
            if self.deleted(community) == Answer::Unknown {
                note(Some(&missing), || Key::Community { id: (*community).to_string(), field: None });
            }
        }
        let missing: Vec<Key> = missing.into_inner().into_iter().collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut found = Vec::new();
        for role in self.roles.iter().flatten() {
            if self.naming.parse(role).is_none() {
                found.push((*role).to_string());
            }
        }
        for community in communities {
            if self.deleted(community) == Answer::Allow {
                continue;
            }
            for role in self.known_roles(community) {
                found.push(self.naming.role(community, role));
                for lower in self.naming.includes.included(role) {
                    found.push(self.naming.role(community, lower));
                }
            }
        }
        Ok(ordered(found))
    }

    /// Its global roles as they compare in lower case, and the internal names of community roles as they are.
    pub fn roles_in_any_case(&self) -> Result<Vec<String>, Vec<Key>> {
        let mut found = self.roles()?;
        for role in self.roles.iter().flatten() {
            if !is_key(role) {
                found.push(folded(role));
            }
        }
        Ok(ordered(found))
    }

    /// Every system role it has; what is missing if they are not all known.
    pub fn all_system_roles(&self) -> Result<Vec<String>, Vec<Key>> {
        if self.facts.unvouched {
            let missing = Missing::default();
            self.roles_missing(Some(&missing));
            return Err(missing.into_inner().into_iter().collect());
        }
        let (vouched, everybody) = self.system_roles();
        let mut found = vouched.to_vec();
        found.extend_from_slice(everybody);
        Ok(found)
    }

    fn system_roles(&self) -> (&[String], &[String]) {
        match self.subject {
            Subject::Anonymous { system_roles, .. } => (system_roles, &self.naming.anonymous),
            Subject::User { system_roles, .. } => (system_roles, &self.naming.authenticated),
            Subject::System => (&[], &self.naming.system),
        }
    }

    /// Whether the host vouches for a system role. It says all of them at once, so where it has spoken this is known.
    pub fn has_system_role(&self, name: &str, missing: Option<&Missing>) -> Answer {
        let (vouched, everybody) = self.system_roles();
        let named = |roles: &[String]| roles.iter().any(|role| role == name);
        match named(vouched) || named(everybody) {
            false if self.facts.unvouched => self.roles_missing(missing),
            has => Answer::from(has),
        }
    }
}

fn add<'r>(roles: &'r Set<String>, found: &mut Set<&'r str>) {
    for role in roles {
        found.insert(role);
    }
}

/// Whether a setting of a community has one of these values; the last is what it has if nothing is set.
pub fn is_set(community: &Community, at: &Address, values: &[String], default: Option<&str>) -> Answer {
    let value = at.get_in(&community.entity).and_then(Value::as_str).or(default);
    Answer::from(value.is_some_and(|value| values.iter().any(|one| one == value)))
}

/// Notes a fact that was looked for and not found, if somebody asks for these.
pub fn note(missing: Option<&Missing>, key: impl FnOnce() -> Key) {
    if let Some(missing) = missing {
        missing.borrow_mut().insert(key());
    }
}
