//! What each condition means. The only place where a fact becomes true, false or unknown.

use super::{Atom, AtomId, CommunityAtom, Of, Policy, RecordType, SubjectAtom};
use crate::facts::{Facts, Grants, Key};
use crate::identity::{Identity, Missing};
use crate::model::{Address, Attributes, FieldValue, Seen, Subject};
use crate::terms::{Answer, Relation};

/// A subject who asks, at some facts, under a policy.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The rules.
    pub policy: &'a Policy,
    /// The subject and what it provides.
    pub identity: Identity<'a>,
    /// The type of the records asked about.
    pub kind: Option<&'a RecordType>,
    /// The community a list is asked for.
    pub scope: Option<String>,
    /// Supposed, while looking for what would change an answer: no access row denies anything.
    pub(super) no_deny: bool,
    /// Supposed, likewise: these settings of communities have these words.
    pub(super) supposed: Vec<(String, Address, String)>,
    /// Supposed, likewise: of these operations, that a list allows them, or that none denies them.
    pub(super) by_lists: Vec<(String, bool)>,
    /// The subject was shown the record, so nothing about it needs to be concealed.
    pub shown: bool,
    /// The moment of the question: not before the first, not after the second.
    pub time: Option<(i64, i64)>,
    /// The operation that is asked for, where it is no action of the policy.
    pub operation: Option<String>,
    /// Whoever is told the answer may know everything, whatever its subject may know.
    pub open: bool,
}

impl<'a> Ask<'a> {
    /// A subject asking at these facts.
    pub fn new(policy: &'a Policy, subject: &'a Subject, facts: &'a Facts) -> Self {
        let identity = Identity::new(subject, facts, &policy.naming);
        let (kind, time) = (policy.default_type(), facts.time);
        Self {
            policy,
            identity,
            kind,
            scope: None,
            no_deny: false,
            supposed: Vec::new(),
            by_lists: Vec::new(),
            shown: false,
            operation: None,
            open: false,
            time,
        }
    }

    /// The same, about a record of this type.
    pub fn about(mut self, kind: &'a RecordType) -> Self {
        self.identity = self.identity.about_community(kind.key == "community");
        self.kind = Some(kind);
        self
    }

    /// The same, about a community itself.
    pub fn about_community(&self) -> Self {
        Self { identity: self.identity.about_community(true), ..self.clone() }
    }

    /// The same, if the subject had a role (by global or internal name), or had it not.
    pub(super) fn assuming(&self, role: String, has: bool) -> Self {
        Self { identity: self.identity.assuming(role, has), ..self.clone() }
    }

    /// The same, if a community were deleted, or were not.
    pub(super) fn assuming_gone(&self, community: String, gone: bool) -> Self {
        Self { identity: self.identity.assuming_gone(community, gone), ..self.clone() }
    }

    fn facts(&self) -> &'a Facts {
        self.identity.facts()
    }

    /// The value of a condition on a record.
    pub fn atom(&self, id: AtomId, record: &Attributes, missing: Option<&Missing>) -> Answer {
        let Some(atom) = self.policy.atom(id) else { return Answer::Unknown };
        match atom {
            Atom::Subject(atom) => self.subject_atom(atom, missing),
            Atom::Community(atom, of) => self.community_atom(atom, *of, record, missing),
            Atom::State(states) => match &record.state {
                Seen::Known(state) => Answer::from(states.contains(state)),
                Seen::Missing => self.withheld(record, Field::State, missing),
            },
            Atom::Owner => self.owner(record, missing),
            Atom::HasOwner => match &record.owners {
                Seen::Known(owners) => Answer::from(!owners.is_empty()),
                Seen::Missing => self.withheld(record, Field::Owners, missing),
            },
            Atom::Word(id, words) => self.named(*id, record, missing, |value, _| match value {
                FieldValue::Word(Some(word)) => Answer::from(words.contains(word)),
                _ => Answer::Deny,
            }),
            Atom::UserIn(id) => match self.identity.subject().id() {
                None => Answer::Deny,
                Some(user) => self.named(*id, record, missing, |value, _| match value {
                    FieldValue::Ids(ids) => Answer::from(ids.iter().any(|id| id == user)),
                    _ => Answer::Deny,
                }),
            },
            Atom::RoleIn(id) => self.named(*id, record, missing, |value, missing| match value {
                FieldValue::Ids(names) if self.holds_system_roles(*id) => {
                    let has = |name: &String| self.identity.has_system_role(name, missing);
                    names.iter().fold(Answer::Deny, |answer, name| answer.or(has(name)))
                }
                FieldValue::Ids(names) => {
                    names.iter().fold(Answer::Deny, |answer, name| answer.or(self.identity.has_role(name, missing)))
                }
                _ => Answer::Deny,
            }),
            Atom::Past(id) => self.named(*id, record, missing, |value, missing| match value {
                FieldValue::Moment(Some(moment)) => !self.before(*moment, missing),
                _ => Answer::Deny,
            }),
            Atom::Filled(id) => self.named(*id, record, missing, |value, _| match value {
                FieldValue::Ids(list) => Answer::from(!list.is_empty()),
                FieldValue::Given(list) => Answer::from(!list.is_empty()),
                _ => Answer::Deny,
            }),
            Atom::Given(id, levels) => self.named(*id, record, missing, |value, missing| match value {
                FieldValue::Given(list) => {
                    let counts = list.iter().filter(|given| levels.contains(&given.level));
                    counts.fold(Answer::Deny, |answer, given| answer.or(self.given(*id, given, missing)))
                }
                _ => Answer::Deny,
            }),
            Atom::List(operations, denies, state) => self.by_list(operations, *denies, *state, record, missing),
            Atom::InScope => match &self.scope {
                None => Answer::Allow,
                Some(scope) if record.partial.contains(scope) => Answer::Allow,
                // What a view withholds is no community that it shows.
                Some(scope) if self.facts().hides() && self.facts().communities.contains_key(scope) => {
                    let primary = record.primary.known().is_some_and(|id| id.as_ref() == Some(scope));
                    Answer::from(primary || record.secondary.known().is_some_and(|ids| ids.contains(scope)))
                }
                Some(scope) => {
                    let primary = match &record.primary {
                        Seen::Known(id) => Answer::from(id.as_ref() == Some(scope)),
                        Seen::Missing => self.withheld(record, Field::Primary, missing),
                    };
                    if primary == Answer::Allow {
                        return primary;
                    }
                    primary.or(match &record.secondary {
                        Seen::Known(ids) => Answer::from(ids.contains(scope)),
                        Seen::Missing => self.withheld(record, Field::Secondary, missing),
                    })
                }
            },
        }
    }

    fn owner(&self, record: &Attributes, missing: Option<&Missing>) -> Answer {
        let Some(user) = self.identity.subject().id() else { return Answer::Deny };
        match &record.owners {
            Seen::Known(owners) => Answer::from(owners.iter().any(|id| id == user)),
            Seen::Missing => self.withheld(record, Field::Owners, missing),
        }
    }

    /// What a condition comes to that looks at a field which is not shown.
    fn withheld(&self, record: &Attributes, field: Field, missing: Option<&Missing>) -> Answer {
        let address = self.kind.map(|kind| match field {
            Field::Primary => &kind.fields.primary,
            Field::Secondary => &kind.fields.secondary,
            Field::State => &kind.fields.state,
            Field::Owners => &kind.fields.owners,
        });
        note(missing, || Key::Record { id: record.id.clone(), field: address.map(Address::to_string) });
        Answer::Unknown
    }

    /// The value of a condition on the subject.
    pub fn subject_atom(&self, atom: &SubjectAtom, missing: Option<&Missing>) -> Answer {
        let subject = self.identity.subject();
        match atom {
            SubjectAtom::Authenticated => Answer::from(subject.id().is_some()),
            SubjectAtom::System => Answer::from(matches!(subject, Subject::System)),
            SubjectAtom::User(id) => Answer::from(subject.id() == Some(id)),
            SubjectAtom::Role(name) => self.identity.has_role(name, missing),
            SubjectAtom::SystemRole(name) => self.identity.has_system_role(name, missing),
            // Deny beats allow.
            SubjectAtom::Need(need) => match self.identity.row(need, false, None, missing) {
                Answer::Deny => Answer::Deny,
                allowed if self.no_deny => allowed,
                allowed => allowed.and(!self.identity.row(need, true, None, missing)),
            },
            SubjectAtom::Banned(_) if self.no_deny => Answer::Deny,
            SubjectAtom::Banned(need) => self.identity.row(need, true, None, missing),
            SubjectAtom::Enabled(_, on) => Answer::from(*on),
        }
    }

    fn community_atom(&self, atom: &CommunityAtom, of: Of, record: &Attributes, missing: Option<&Missing>) -> Answer {
        let withheld = |field| self.withheld(record, field, missing);
        match of {
            Of::Scope => self.in_community(atom, self.scope.as_deref(), missing),
            Of::Field(id) => self.named(id, record, missing, |value, missing| match value {
                FieldValue::Community(community) => self.in_community(atom, community.as_deref(), missing),
                _ => Answer::Deny,
            }),
            Of::Primary => match &record.primary {
                Seen::Known(primary) => self.in_community(atom, primary.as_deref(), missing),
                Seen::Missing => withheld(Field::Primary),
            },
            Of::Any => {
                let mut answer = match &record.primary {
                    Seen::Known(primary) => self.in_community(atom, primary.as_deref(), missing),
                    Seen::Missing => withheld(Field::Primary),
                };
                match &record.secondary {
                    Seen::Known(ids) => {
                        for id in ids {
                            if answer == Answer::Allow {
                                break;
                            }
                            answer = answer.or(self.in_community(atom, Some(id), missing));
                        }
                    }
                    Seen::Missing if answer == Answer::Allow => {}
                    Seen::Missing => answer = answer.or(withheld(Field::Secondary)),
                }
                answer
            }
        }
    }

    /// The value of a condition on the subject in one community, or in none.
    pub fn in_community(&self, atom: &CommunityAtom, community: Option<&str>, missing: Option<&Missing>) -> Answer {
        let need = |action: &str| self.policy.naming.need(action);
        if *atom == CommunityAtom::Named {
            return Answer::from(community.is_some());
        }
        let community = match community.map_or(Answer::Deny, |id| self.identity.gone(id)) {
            // A deleted community gives nothing and asks for nothing: as if the record were in none.
            Answer::Allow => None,
            Answer::Deny => community,
            Answer::Unknown => {
                note(missing, || Key::Community { id: community.unwrap_or_default().to_string(), field: None });
                return Answer::Unknown;
            }
        };
        match atom {
            CommunityAtom::There | CommunityAtom::Named => Answer::from(community.is_some()),
            CommunityAtom::Holds(roles) => match community {
                Some(community) => self.holds_any(roles.iter().map(String::as_str), community, missing),
                None => Answer::Deny,
            },
            CommunityAtom::HoldsWhere(roles, setting) => {
                match self.in_community(&CommunityAtom::Holds(roles.clone()), community, missing) {
                    Answer::Deny => Answer::Deny,
                    held => held.and(self.in_community(setting, community, missing)),
                }
            }
            CommunityAtom::GrantedToRole(action, only) => {
                let counts = |role: &&str| only.as_ref().is_none_or(|only| only.iter().any(|r| r == role));
                // Whoever holds no role that counts need not wait for the grants. Others are asked for both at once.
                let everyone = || self.policy.roles.iter().map(String::as_str).filter(counts);
                let Some(id) = community else { return Answer::Deny };
                if self.holds_any(everyone(), id, None) == Answer::Deny {
                    return Answer::Deny;
                }
                if self.facts().communities.get(id).is_none_or(|found| found.grants.is_none()) {
                    self.holds_any(everyone(), id, missing);
                }
                self.granted(community, missing, |grants, community| {
                    let granted = grants.iter().filter(|(_, actions)| actions.contains(action));
                    let roles = granted.map(|(role, _)| role).filter(counts);
                    let named = roles.filter(|role| *role != "any" && *role != "author");
                    self.holds_any(named, community, missing)
                })
            }
            CommunityAtom::GrantedToAnyone(action) => {
                self.granted(community, missing, |grants, _| pseudo(grants, "any", action))
            }
            CommunityAtom::GrantedToAuthor(action) => self
                .granted(community, missing, |grants, _| pseudo(grants, "author", action))
                .or(self.identity.author_row(&need(action), false, community, missing)),
            CommunityAtom::GrantedByRow(action) => self.identity.row(&need(action), false, community, missing),
            CommunityAtom::Excluded(_) | CommunityAtom::AuthorExcluded(_) if self.no_deny => Answer::Deny,
            CommunityAtom::Excluded(action) => self.identity.row(&need(action), true, community, missing),
            CommunityAtom::AuthorExcluded(action) => self.identity.author_row(&need(action), true, community, missing),
            CommunityAtom::Setting(address, values, default) => {
                self.setting(address, values, default.as_deref(), community, missing)
            }
        }
    }

    /// What does not exist has no settings. One that is not set has its default; one withheld is not known.
    fn setting(
        &self,
        address: &Address,
        values: &[String],
        default: Option<&str>,
        community: Option<&str>,
        missing: Option<&Missing>,
    ) -> Answer {
        let Some(id) = community else { return Answer::Deny };
        if let Some((.., word)) = self.supposed.iter().find(|(own, at, _)| own == id && at == address) {
            return Answer::from(values.contains(word));
        }
        let Some(found) = self.facts().communities.get(id) else {
            if self.facts().absent(Relation::Community, id) {
                return Answer::Deny;
            }
            note(missing, || Key::Community { id: id.to_string(), field: None });
            return Answer::Unknown;
        };
        let value = address.get_in(&found.entity).and_then(serde_json::Value::as_str).or(default);
        Answer::from(value.is_some_and(|value| values.iter().any(|one| one == value)))
    }

    fn holds_any<'r>(
        &self,
        roles: impl Iterator<Item = &'r str>,
        community: &str,
        missing: Option<&Missing>,
    ) -> Answer {
        let mut answer = Answer::Deny;
        for role in roles {
            answer = answer.or(self.identity.holds(community, role, missing));
            if answer == Answer::Allow {
                break;
            }
        }
        answer
    }

    fn granted(
        &self,
        community: Option<&str>,
        missing: Option<&Missing>,
        test: impl FnOnce(&Grants, &str) -> Answer,
    ) -> Answer {
        let Some(id) = community else { return Answer::Deny };
        match self.facts().communities.get(id) {
            Some(found) => match &found.grants {
                Some(grants) => test(grants, id),
                None => self.grants_missing(id, missing),
            },
            None if self.facts().absent(Relation::Community, id) => Answer::Deny,
            None => self.grants_missing(id, missing),
        }
    }

    fn grants_missing(&self, community: &str, missing: Option<&Missing>) -> Answer {
        note(missing, || Key::Community { id: community.to_string(), field: Some("grants") });
        Answer::Unknown
    }
}

#[derive(Clone, Copy)]
enum Field {
    Primary,
    Secondary,
    State,
    Owners,
}

fn pseudo(grants: &Grants, role: &str, action: &str) -> Answer {
    Answer::from(grants.get(role).is_some_and(|actions| actions.contains(action)))
}

pub(super) fn note(missing: Option<&Missing>, key: impl FnOnce() -> Key) {
    if let Some(missing) = missing {
        missing.borrow_mut().insert(key());
    }
}
