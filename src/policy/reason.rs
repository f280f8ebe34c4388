//! A condition of a rule as the asker meets it: which, whether it holds, and of what it spoke.

use serde::Serialize;

use super::leaf::counts;
use super::{Ask, Atom, AtomId, CommunityAtom, Of, SubjectAtom};
use crate::model::{Attributes, FieldId, FieldValue, Seen};
use crate::terms::{Answer, ReasonCode};

/// One typed cause of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which condition.
    pub code: ReasonCode,
    /// Whether it holds; none if that is not known.
    pub holds: Option<bool>,
    /// The action it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The community it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The roles that would do (if it does not hold) or do (if it does).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The states that would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<String>>,
    /// The state the record is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The values of the field or setting, the levels, or the operations of access lists, that would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// The user, role, system role, field or setting it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Reason {
    /// A reason of a code and whether it holds.
    pub fn new(code: ReasonCode, holds: Answer) -> Self {
        let holds = match holds {
            Answer::Allow => Some(true),
            Answer::Deny => Some(false),
            Answer::Unknown => None,
        };
        Self {
            code,
            holds,
            action: None,
            community: None,
            roles: None,
            states: None,
            state: None,
            values: None,
            name: None,
        }
    }

    /// The reason a condition is.
    pub fn of(ask: &Ask<'_>, record: &Attributes, id: AtomId, holds: Answer) -> Self {
        let mut reason = Self::new(ReasonCode::Never, holds);
        match ask.policy.atom(id) {
            None => {}
            Some(Atom::Subject(atom)) => reason.of_subject(atom),
            Some(Atom::Community(atom, of)) => reason.of_community(ask, record, atom, *of, holds),
            Some(Atom::Owner) => reason.code = ReasonCode::Owner,
            Some(Atom::HasOwner) => reason.code = ReasonCode::HasOwner,
            Some(Atom::Word(field, words)) => reason.of_field(ask, ReasonCode::Field, *field, Some(words)),
            Some(Atom::UserIn(field)) => reason.of_field(ask, ReasonCode::UserIn, *field, None),
            Some(Atom::RoleIn(field)) => reason.of_field(ask, ReasonCode::RoleIn, *field, None),
            Some(Atom::Past(field)) => reason.of_field(ask, ReasonCode::Past, *field, None),
            Some(Atom::Filled(field)) => reason.of_field(ask, ReasonCode::Filled, *field, None),
            Some(Atom::Given(field, _)) if ask.names_holders(*field) => {
                reason.of_field(ask, ReasonCode::UserIn, *field, None);
            }
            Some(Atom::Given(field, levels)) => reason.of_field(ask, ReasonCode::RecordGrant, *field, Some(levels)),
            // Which list it is, only those are told who may manage it.
            Some(Atom::List(operations, denies, _)) => {
                reason.code = if *denies { ReasonCode::AclDenies } else { ReasonCode::AclAllows };
                reason.values = Some(operations.clone());
            }
            Some(Atom::InScope) => {
                reason.code = ReasonCode::InScope;
                reason.community = ask.scope.clone();
            }
            Some(Atom::State(states)) => {
                let mut names = Vec::new();
                for state in states {
                    names.push(ask.policy.states.name(*state).to_string());
                }
                reason.code = ReasonCode::State;
                reason.states = Some(names);
                reason.state = record.state.known().map(|state| ask.policy.states.name(*state).to_string());
            }
        }
        reason
    }

    fn of_field(&mut self, ask: &Ask<'_>, code: ReasonCode, id: FieldId, values: Option<&Vec<String>>) {
        self.code = code;
        self.name = ask.policy.fields.get(usize::from(id.0)).map(|field| field.name.clone());
        self.values = values.cloned();
    }

    fn of_subject(&mut self, atom: &SubjectAtom) {
        let (code, name, action) = match atom {
            SubjectAtom::Authenticated => (ReasonCode::Authenticated, None, None),
            SubjectAtom::System => (ReasonCode::System, None, None),
            SubjectAtom::User(id) => (ReasonCode::User, Some(id), None),
            SubjectAtom::Role(name) => (ReasonCode::Role, Some(name), None),
            SubjectAtom::SystemRole(name) => (ReasonCode::SystemRole, Some(name), None),
            SubjectAtom::Need(action) => (ReasonCode::Need, None, Some(action)),
            SubjectAtom::Banned(action) => (ReasonCode::Banned, None, Some(action)),
            SubjectAtom::Enabled(action, _) => (ReasonCode::Enabled, None, Some(action)),
        };
        self.code = code;
        self.name = name.cloned();
        self.action = action.cloned();
    }

    fn of_community(&mut self, ask: &Ask<'_>, record: &Attributes, atom: &CommunityAtom, of: Of, holds: Answer) {
        let community = match of {
            Of::Scope => ask.scope.clone(),
            Of::Primary => record.primary.known().cloned().flatten(),
            Of::Any => Self::any_community(ask, record, atom),
            Of::Field(id) => match record.named.get(id) {
                Some(Seen::Known(FieldValue::Community(community))) => community.clone(),
                _ => None,
            },
        };
        let (code, action) = match atom {
            CommunityAtom::There | CommunityAtom::Named => (ReasonCode::InCommunity, None),
            CommunityAtom::Holds(roles) => {
                self.roles = Some(roles.clone());
                (ReasonCode::CommunityRole, None)
            }
            CommunityAtom::HoldsWhere(roles, setting) => {
                self.of_community(ask, record, setting, of, holds);
                self.roles = Some(roles.clone());
                (ReasonCode::CommunityRole, None)
            }
            CommunityAtom::GrantedToRole(action, only) => {
                self.roles = community.as_deref().map(|id| granting(ask, id, action, only.as_deref(), holds));
                (ReasonCode::GrantedToRole, Some(action))
            }
            CommunityAtom::GrantedToAnyone(action) => (ReasonCode::GrantedToAnyone, Some(action)),
            CommunityAtom::GrantedToAuthor(action) => (ReasonCode::GrantedToAuthor, Some(action)),
            CommunityAtom::GrantedByRow(action) => (ReasonCode::GrantedByRow, Some(action)),
            CommunityAtom::Excluded(action) => (ReasonCode::Excluded, Some(action)),
            CommunityAtom::AuthorExcluded(action) => (ReasonCode::AuthorExcluded, Some(action)),
            CommunityAtom::Setting(address, values, _) => {
                self.name = Some(address.to_string());
                self.values = Some(values.clone());
                (ReasonCode::Setting, None)
            }
        };
        self.code = code;
        self.action = action.cloned();
        self.community = community;
    }

    /// Of several communities, the one that makes the condition hold; else the primary.
    fn any_community(ask: &Ask<'_>, record: &Attributes, atom: &CommunityAtom) -> Option<String> {
        let primary = record.primary.known().and_then(Option::as_ref);
        let holds = |id: &String| ask.in_community(atom, Some(id), None) == Answer::Allow;
        let mut found = primary;
        if let Some(others) = record.secondary.known()
            && !primary.is_some_and(holds)
        {
            found = others.iter().find(|id| holds(id)).or(primary);
        }
        found.cloned()
    }
}

/// Roles to which the community grants the action: those the subject holds if it holds one, else all.
fn granting(ask: &Ask<'_>, community: &str, action: &str, only: Option<&[String]>, holds: Answer) -> Vec<String> {
    let facts = ask.identity.facts();
    let Some(grants) = facts.communities.get(community).and_then(|found| found.grants.as_ref()) else {
        return Vec::new();
    };
    let mine = ask.identity.known_roles(community);
    let includes = &ask.policy.naming.includes;
    let held = |role: &str| mine.contains(role) || includes.holders(role).any(|above| mine.contains(above));
    let mut found = Vec::new();
    for (role, actions) in grants.iter() {
        let granted = actions.contains(action) && role != "any" && role != "author" && counts(role, only);
        if granted && (holds != Answer::Allow || held(role)) {
            found.push(role.to_string());
        }
    }
    found
}
