//! What each condition means. The only place where a fact becomes true, false or unknown.

use std::rc::Rc;

use super::remedy::SOUGHT;
use super::{Atom, AtomId, CommunityAtom, Of, Policy, RecordType, SubjectAtom};
use crate::facts::{Facts, Grants, Key};
use crate::identity::{Identity, Missing, is_set, note};
use crate::model::{Address, Attributes, Seen, Subject};
use crate::terms::{Answer, Relation};

/// What is taken to be so while remedies are tried.
#[derive(Debug, Clone, Default)]
pub(super) struct Supposed {
    /// No access row denies anything.
    pub no_deny: bool,
    /// These settings of communities have these words.
    pub settings: Vec<(String, Address, String)>,
    /// Of these operations, that a list allows them, or that none denies them.
    pub by_lists: Vec<(String, bool)>,
}

/// A subject who asks, at some facts, under a policy.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The rules.
    pub policy: &'a Policy,
    /// The subject and what it provides.
    pub identity: Identity<'a>,
    /// The type of the records asked about.
    pub kind: Option<&'a RecordType>,
    /// The community a list is asked for; see [`Ask::within`].
    pub(super) scope: Option<String>,
    /// Whether the subject may know of that community.
    pub(super) scope_seen: Answer,
    /// Whether it may know of the one a record was asked for under is not known: these facts tell.
    pub doubts: Vec<Key>,
    /// What is supposed, while it is looked for what would change an answer.
    pub(super) supposing: Option<Rc<Supposed>>,
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
            scope_seen: Answer::Allow,
            doubts: Vec::new(),
            supposing: None,
            shown: false,
            operation: None,
            open: false,
            time,
        }
    }

    /// The same, about a record of this type.
    pub fn about(mut self, kind: &'a RecordType) -> Self {
        self.identity.of_community = kind.key == "community";
        self.kind = Some(kind);
        self
    }

    /// The same, about a community itself.
    pub fn about_community(&self) -> Self {
        let mut ask = self.clone();
        ask.identity.of_community = true;
        ask
    }

    /// The same, asked for what belongs to a community: of one that the subject may not know of, nothing does.
    pub fn within(mut self, community: &str) -> Self {
        self.scope_seen = self.names_community(community);
        self.scope = Some(community.to_string());
        self
    }

    /// The same, if the subject had a role (by global or internal name), or had it not.
    pub(super) fn assuming(&self, role: String, has: bool) -> Self {
        let mut ask = self.clone();
        ask.identity.assumed.push((role, has));
        ask
    }

    /// The same, if a community were deleted, or were not.
    pub(super) fn assuming_gone(&self, community: String, gone: bool) -> Self {
        let mut ask = self.clone();
        ask.identity.assumed_gone.push((community, gone));
        ask
    }

    /// To suppose something more.
    pub(super) fn suppose(&mut self) -> &mut Supposed {
        Rc::make_mut(self.supposing.get_or_insert_default())
    }

    /// What is supposed; where no remedies are sought, nothing ever is.
    pub(super) fn supposed(&self) -> Option<&Supposed> {
        self.supposing.as_deref().filter(|_| SOUGHT)
    }

    fn no_deny(&self) -> bool {
        self.supposed().is_some_and(|supposed| supposed.no_deny)
    }

    fn facts(&self) -> &'a Facts {
        self.identity.facts()
    }

    /// The value of a condition on a record.
    pub fn atom(&self, id: AtomId, record: &Attributes, missing: Option<&Missing>) -> Answer {
        let Some(atom) = self.policy.atom(id) else { return Answer::Unknown };
        match atom {
            Atom::Subject(atom) => self.subject_atom(atom, missing),
            Atom::Community(_, Of::Field(id)) => self.named(atom, *id, record, missing),
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
            Atom::UserIn(_) if self.identity.subject().id().is_none() => Answer::Deny,
            Atom::Word(id, _)
            | Atom::UserIn(id)
            | Atom::RoleIn(id)
            | Atom::Past(id)
            | Atom::Filled(id)
            | Atom::Given(id, _) => self.named(atom, *id, record, missing),
            Atom::List(operations, denies, state) => self.by_list(operations, *denies, *state, record, missing),
            Atom::InScope => match &self.scope {
                None => Answer::Allow,
                Some(_) if self.scope_seen == Answer::Deny => Answer::Deny,
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
                    let belongs = match (primary, &record.secondary) {
                        (Answer::Allow, _) => primary,
                        (_, Seen::Known(ids)) => primary.or(Answer::from(ids.contains(scope))),
                        _ => primary.or(self.withheld(record, Field::Secondary, missing)),
                    };
                    belongs.and(self.scope_is_seen(missing))
                }
            },
        }
    }

    /// Whether the subject may know of the community a list is asked for.
    pub(super) fn scope_is_seen(&self, missing: Option<&Missing>) -> Answer {
        if let (Answer::Unknown, Some(missing), Some(scope)) = (self.scope_seen, missing, &self.scope) {
            let target = Attributes::target(scope, &self.policy.states);
            missing.borrow_mut().extend(self.about_community().gaps(&self.policy.community.read, &target));
        }
        self.scope_seen
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
                allowed if self.no_deny() => allowed,
                allowed => allowed.and(!self.identity.row(need, true, None, missing)),
            },
            SubjectAtom::Banned(_) if self.no_deny() => Answer::Deny,
            SubjectAtom::Banned(need) => self.identity.row(need, true, None, missing),
            SubjectAtom::Enabled(_, on) => Answer::from(*on),
        }
    }

    fn community_atom(&self, atom: &CommunityAtom, of: Of, record: &Attributes, missing: Option<&Missing>) -> Answer {
        if of == Of::Scope {
            return self.in_community(atom, self.scope.as_deref(), missing);
        }
        let mut answer = match &record.primary {
            Seen::Known(primary) => self.in_community(atom, primary.as_deref(), missing),
            Seen::Missing => self.withheld(record, Field::Primary, missing),
        };
        if of == Of::Any && answer != Answer::Allow {
            match &record.secondary {
                Seen::Known(ids) => {
                    for id in ids {
                        answer = answer.or(self.in_community(atom, Some(id), missing));
                        if answer == Answer::Allow {
                            break;
                        }
                    }
                }
                Seen::Missing => answer = answer.or(self.withheld(record, Field::Secondary, missing)),
            }
        }
        answer
    }

    /// The value of a condition on the subject in one community, or in none.
    pub fn in_community(&self, atom: &CommunityAtom, community: Option<&str>, missing: Option<&Missing>) -> Answer {
        let need = |action: &str| self.policy.naming.need(action);
        if let CommunityAtom::Named = atom {
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
            CommunityAtom::Holds(roles) => self.holds_any(roles, None, community, missing),
            CommunityAtom::HoldsWhere(roles, setting) => match self.holds_any(roles, None, community, missing) {
                Answer::Deny => Answer::Deny,
                held => held.and(self.in_community(setting, community, missing)),
            },
            CommunityAtom::GrantedToRole(action, only) => {
                // Whoever holds no role that counts need not wait for the grants. Others are asked for both at once.
                let only = only.as_deref();
                let Some(id) = community else { return Answer::Deny };
                if self.holds_any(&self.policy.roles, only, community, None) == Answer::Deny {
                    return Answer::Deny;
                }
                let grants = match self.grants(id, missing) {
                    Ok(grants) => grants,
                    Err(answer) => {
                        self.holds_any(&self.policy.roles, only, community, missing);
                        return answer;
                    }
                };
                let mut answer = Answer::Deny;
                for (role, actions) in grants.iter() {
                    if actions.contains(action) && counts(role, only) && role != "any" && role != "author" {
                        answer = answer.or(self.identity.holds(id, role, missing));
                        if answer == Answer::Allow {
                            break;
                        }
                    }
                }
                answer
            }
            CommunityAtom::GrantedToAnyone(action) => self.granted_to("any", action, community, missing),
            CommunityAtom::GrantedToAuthor(action) => self
                .granted_to("author", action, community, missing)
                .or(self.identity.author_row(&need(action), false, community, missing)),
            CommunityAtom::GrantedByRow(action) => self.identity.row(&need(action), false, community, missing),
            CommunityAtom::Excluded(_) | CommunityAtom::AuthorExcluded(_) if self.no_deny() => Answer::Deny,
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
        let mut supposed = self.supposed().into_iter().flat_map(|supposed| &supposed.settings);
        if let Some((.., word)) = supposed.find(|(own, at, _)| own == id && at == address) {
            return Answer::from(values.contains(word));
        }
        let Some(found) = self.facts().communities.get(id) else {
            if self.facts().absent(Relation::Community, id) {
                return Answer::Deny;
            }
            note(missing, || Key::Community { id: id.to_string(), field: None });
            return Answer::Unknown;
        };
        is_set(found, address, values, default)
    }

    /// Whether the subject holds one of these roles; only those of `only` count, if given.
    fn holds_any(
        &self,
        roles: &[String],
        only: Option<&[String]>,
        community: Option<&str>,
        missing: Option<&Missing>,
    ) -> Answer {
        let Some(community) = community else { return Answer::Deny };
        let mut answer = Answer::Deny;
        for role in roles {
            if counts(role, only) {
                answer = answer.or(self.identity.holds(community, role, missing));
                if answer == Answer::Allow {
                    break;
                }
            }
        }
        answer
    }

    /// Whether a community grants an action to one that is no role: everybody, or owners of records.
    fn granted_to(&self, whom: &str, action: &str, community: Option<&str>, missing: Option<&Missing>) -> Answer {
        let Some(id) = community else { return Answer::Deny };
        match self.grants(id, missing) {
            Ok(grants) => Answer::from(grants.get(whom).is_some_and(|actions| actions.contains(action))),
            Err(answer) => answer,
        }
    }

    /// What a community grants; where that is not said, the value of any condition on it.
    fn grants(&self, community: &str, missing: Option<&Missing>) -> Result<&'a Grants, Answer> {
        let found = self.facts().communities.get(community);
        if found.is_none() && self.facts().absent(Relation::Community, community) {
            return Err(Answer::Deny);
        }
        found.and_then(|found| found.grants.as_ref()).ok_or_else(|| {
            note(missing, || Key::Community { id: community.to_string(), field: Some("grants") });
            Answer::Unknown
        })
    }
}

#[derive(Clone, Copy)]
enum Field {
    Primary,
    Secondary,
    State,
    Owners,
}

/// Whether a role is one of those that count.
pub(super) fn counts(role: &str, only: Option<&[String]>) -> bool {
    only.is_none_or(|only| only.iter().any(|own| own == role))
}
