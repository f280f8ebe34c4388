//! A subject together with the facts: which needs it provides, and where that is not known, which fact is missing.

use std::cell::RefCell;

use super::Naming;
use crate::facts::{AccessRow, Facts, HIDDEN, Key, RowSubject};
use crate::model::{Set, Subject};
use crate::terms::{Answer, Relation};

/// Collects the keys of facts that were looked for and not found.
pub type Missing = RefCell<Set<Key>>;

/// An identity. Cheap to make; borrows the facts.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    subject: &'a Subject,
    facts: &'a Facts,
    naming: &'a Naming,
    /// Global roles; none if they are not known.
    roles: Option<Set<&'a str>>,
    /// Community roles that stand among the global roles under their internal names.
    internal: Vec<(&'a str, Set<&'a str>)>,
    /// Roles, by global or internal name, it is taken to have or not to have, whatever the facts say.
    assumed: Vec<(String, bool)>,
}

impl<'a> Identity<'a> {
    /// The identity of a subject at these facts.
    pub fn new(subject: &'a Subject, facts: &'a Facts, naming: &'a Naming) -> Self {
        let roles: Option<Set<&str>> = match subject {
            Subject::User { roles: Some(roles), .. } => Some(roles.iter().map(String::as_str).collect()),
            Subject::User { id, .. } => match facts.users.get(id) {
                Some(Some(roles)) => Some(roles.iter().map(String::as_str).collect()),
                // A user who is known not to exist has no roles; one given without roles has unknown ones.
                None if facts.absent(Relation::User, id) => Some(Set::new()),
                _ => None,
            },
            _ => Some(Set::new()),
        };
        let mut internal: Vec<(&str, Set<&str>)> = Vec::new();
        for name in roles.iter().flatten() {
            if let Some((community, role)) = naming.parse(name) {
                match internal.iter_mut().find(|(id, _)| *id == community) {
                    Some((_, roles)) => _ = roles.insert(role),
                    None => internal.push((community, Set::from_iter([role]))),
                }
            }
        }
        Self { subject, facts, naming, roles, internal, assumed: Vec::new() }
    }

    /// The same, if the subject had a role, or had it not.
    pub fn assuming(&self, role: String, has: bool) -> Self {
        let mut other = self.clone();
        other.assumed.push((role, has));
        other
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

    /// Whether the subject holds a role in a community.
    pub fn holds(&self, community: &str, role: &str, missing: Option<&Missing>) -> Answer {
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
        if given.is_some_and(|roles| roles.contains(role))
            || self.internal(community).is_some_and(|roles| roles.contains(role))
        {
            return Answer::Allow;
        }
        let mut answer = Answer::Deny;
        if !self.facts.membership_complete(Some(community), Some(user)) {
            note(missing, || Key::Membership { community: Some(community.to_string()), user: Some(user.to_string()) });
            answer = Answer::Unknown;
        }
        if self.roles.is_none() {
            answer = self.roles_missing(missing);
        }
        answer
    }

    /// Roles the subject is known to hold in a community.
    pub fn known_roles(&self, community: &str) -> Set<&'a str> {
        let mut found = self.internal(community).cloned().unwrap_or_default();
        if let Some(user) = self.subject.id()
            && let Some(roles) = self.facts.memberships.get(community).and_then(|members| members.get(user))
        {
            found.extend(roles.iter().map(String::as_str));
        }
        found
    }

    /// Communities in which the subject is known to hold a role.
    pub fn communities(&self) -> Set<&'a str> {
        let mut found: Set<&str> = self.internal.iter().map(|(community, _)| *community).collect();
        if let Some(user) = self.subject.id() {
            let mine = self.facts.memberships.iter().filter(|(_, members)| members.contains_key(user));
            found.extend(mine.map(|(community, _)| community));
        }
        found
    }

    /// Whether the subject has a global role. A community role under its internal name counts.
    pub fn has_role(&self, name: &str, missing: Option<&Missing>) -> Answer {
        if let Some(has) = self.assumed(name) {
            return Answer::from(has);
        }
        if self.roles.as_ref().is_some_and(|roles| roles.contains(name)) {
            return Answer::Allow;
        }
        match self.naming.parse(name) {
            Some((community, role)) => self.holds(community, role, missing),
            None if self.roles.is_none() => self.roles_missing(missing),
            None => Answer::Deny,
        }
    }

    /// Whether the host vouches for a system role. It says all of them at once, so where it has spoken this is known.
    pub fn has_system_role(&self, name: &str, missing: Option<&Missing>) -> Answer {
        let (vouched, everybody): (&[String], &[String]) = match self.subject {
            Subject::Anonymous { system_roles } => (system_roles, &self.naming.anonymous),
            Subject::User { system_roles, .. } => (system_roles, &self.naming.authenticated),
            Subject::System => (&[], &self.naming.system),
        };
        match vouched.iter().chain(everybody).any(|role| role == name) {
            false if self.facts.unvouched => self.roles_missing(missing),
            has => Answer::from(has),
        }
    }

    /// Whether a row speaks of the subject.
    pub fn matches(&self, row: &AccessRow, missing: Option<&Missing>) -> Answer {
        match &row.subject {
            RowSubject::User(id) => Answer::from(self.subject.id() == Some(id)),
            RowSubject::Role(name) => self.has_role(name, missing),
            RowSubject::SystemRole(name) => self.has_system_role(name, missing),
        }
    }

    /// Whether a row of this need, allowing or denying, speaks of the subject. `argument` as in [`AccessRow::covers`].
    pub fn row(&self, need: &str, exclude: bool, argument: Option<&str>, missing: Option<&Missing>) -> Answer {
        self.any_row(need, exclude, argument, missing, |row, missing| self.matches(row, missing))
    }

    /// Whether a row of this need speaks of owners of records.
    pub fn author_row(&self, need: &str, exclude: bool, argument: Option<&str>, missing: Option<&Missing>) -> Answer {
        let Some(author) = self.naming.author.as_deref() else { return Answer::Deny };
        self.any_row(need, exclude, argument, missing, |row, _| {
            Answer::from(matches!(&row.subject, RowSubject::SystemRole(name) if name == author))
        })
    }

    fn any_row(
        &self,
        need: &str,
        exclude: bool,
        argument: Option<&str>,
        missing: Option<&Missing>,
        matches: impl Fn(&AccessRow, Option<&Missing>) -> Answer,
    ) -> Answer {
        let mut answer = Answer::Deny;
        let rows = self.facts.access.get(need).into_iter().flatten();
        for row in rows.filter(|row| row.exclude == exclude && row.covers(argument)) {
            answer = answer.or(matches(row, missing));
            if answer == Answer::Allow {
                return answer;
            }
        }
        // Of those who are not signed in the rows of nobody suffice.
        if argument == Some(HIDDEN)
            || !self.facts.access_complete(need, Some(self.subject.id().unwrap_or_default()), argument)
        {
            note(missing, || Key::Access { action: Some(need.to_string()) });
            answer = Answer::Unknown;
        }
        answer
    }
}

fn note(missing: Option<&Missing>, key: impl FnOnce() -> Key) {
    if let Some(missing) = missing {
        missing.borrow_mut().insert(key());
    }
}
