//! A condition of a rule as the asker meets it: which, whether it holds, and of what it spoke.

use serde::Serialize;

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
        match ask.policy.atom(id) {
            None => Self::new(ReasonCode::Never, holds),
            Some(Atom::Subject(atom)) => Self::of_subject(atom, holds),
            Some(Atom::Community(atom, of)) => Self::of_community(ask, record, atom, *of, holds),
            Some(Atom::Owner) => Self::new(ReasonCode::Owner, holds),
            Some(Atom::HasOwner) => Self::new(ReasonCode::HasOwner, holds),
            Some(Atom::Word(field, words)) => Self::of_field(ask, ReasonCode::Field, *field, Some(words), holds),
            Some(Atom::UserIn(field)) => Self::of_field(ask, ReasonCode::UserIn, *field, None, holds),
            Some(Atom::RoleIn(field)) => Self::of_field(ask, ReasonCode::RoleIn, *field, None, holds),
            Some(Atom::Past(field)) => Self::of_field(ask, ReasonCode::Past, *field, None, holds),
            Some(Atom::Filled(field)) => Self::of_field(ask, ReasonCode::Filled, *field, None, holds),
            Some(Atom::Given(field, _)) if ask.names_holders(*field) => {
                Self::of_field(ask, ReasonCode::UserIn, *field, None, holds)
            }
            Some(Atom::Given(field, levels)) => {
                Self::of_field(ask, ReasonCode::RecordGrant, *field, Some(levels), holds)
            }
            // Which list it is, only those are told who may manage it.
            Some(Atom::List(operations, denies, _)) => {
                let code = if *denies { ReasonCode::AclDenies } else { ReasonCode::AclAllows };
                Self { values: Some(operations.clone()), ..Self::new(code, holds) }
            }
            Some(Atom::InScope) => Self { community: ask.scope.clone(), ..Self::new(ReasonCode::InScope, holds) },
            Some(Atom::State(states)) => {
                let names = &ask.policy.states;
                Self {
                    states: Some(states.iter().map(|state| names.name(*state).to_string()).collect()),
                    state: record.state.known().map(|state| names.name(*state).to_string()),
                    ..Self::new(ReasonCode::State, holds)
                }
            }
        }
    }

    fn of_field(ask: &Ask<'_>, code: ReasonCode, id: FieldId, values: Option<&Vec<String>>, holds: Answer) -> Self {
        let name = ask.policy.fields.get(usize::from(id.0)).map(|field| field.name.clone());
        Self { name, values: values.cloned(), ..Self::new(code, holds) }
    }

    fn of_subject(atom: &SubjectAtom, holds: Answer) -> Self {
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
        Self { name: name.cloned(), action: action.cloned(), ..Self::new(code, holds) }
    }

    fn of_community(ask: &Ask<'_>, record: &Attributes, atom: &CommunityAtom, of: Of, holds: Answer) -> Self {
        let community = match of {
            Of::Scope => ask.scope.clone(),
            Of::Primary => record.primary.known().cloned().flatten(),
            Of::Any => Self::any_community(ask, record, atom),
            Of::Field(id) => match record.named.get(id) {
                Some(Seen::Known(FieldValue::Community(community))) => community.clone(),
                _ => None,
            },
        };
        let (code, action, roles) = match atom {
            CommunityAtom::There | CommunityAtom::Named => (ReasonCode::InCommunity, None, None),
            CommunityAtom::Holds(roles) => (ReasonCode::CommunityRole, None, Some(roles.clone())),
            CommunityAtom::HoldsWhere(roles, setting) => {
                let setting = Self::of_community(ask, record, setting, of, holds);
                let (code, roles) = (ReasonCode::CommunityRole, Some(roles.clone()));
                return Self { code, roles, community, ..setting };
            }
            CommunityAtom::GrantedToRole(action, only) => {
                let roles = community.as_deref().map(|id| granting(ask, id, action, only.as_deref(), holds));
                (ReasonCode::GrantedToRole, Some(action), roles)
            }
            CommunityAtom::GrantedToAnyone(action) => (ReasonCode::GrantedToAnyone, Some(action), None),
            CommunityAtom::GrantedToAuthor(action) => (ReasonCode::GrantedToAuthor, Some(action), None),
            CommunityAtom::GrantedByRow(action) => (ReasonCode::GrantedByRow, Some(action), None),
            CommunityAtom::Excluded(action) => (ReasonCode::Excluded, Some(action), None),
            CommunityAtom::AuthorExcluded(action) => (ReasonCode::AuthorExcluded, Some(action), None),
            CommunityAtom::Setting(address, values, _) => {
                let (name, values) = (Some(address.to_string()), Some(values.clone()));
                return Self { community, name, values, ..Self::new(ReasonCode::Setting, holds) };
            }
        };
        Self { action: action.cloned(), community, roles, ..Self::new(code, holds) }
    }

    /// Of several communities, the one that makes the condition hold; else the primary.
    fn any_community(ask: &Ask<'_>, record: &Attributes, atom: &CommunityAtom) -> Option<String> {
        let primary = record.primary.known().cloned().flatten();
        let secondary = record.secondary.known().into_iter().flatten().cloned();
        primary
            .clone()
            .into_iter()
            .chain(secondary)
            .find(|id| ask.in_community(atom, Some(id), None) == Answer::Allow)
            .or(primary)
    }
}

/// Roles to which the community grants the action: those the subject holds if it holds one, else all.
fn granting(ask: &Ask<'_>, community: &str, action: &str, only: Option<&[String]>, holds: Answer) -> Vec<String> {
    let facts = ask.identity.facts();
    let Some(grants) = facts.communities.get(community).and_then(|found| found.grants.as_ref()) else {
        return Vec::new();
    };
    let mine = ask.identity.known_roles(community);
    let roles = grants.iter().filter(|(_, actions)| actions.contains(action)).map(|(role, _)| role);
    let includes = &ask.policy.naming.includes;
    roles
        .filter(|role| *role != "any" && *role != "author")
        .filter(|role| only.is_none_or(|only| only.iter().any(|name| name == role)))
        .filter(|role| {
            holds != Answer::Allow || mine.contains(role) || includes.holders(role).any(|above| mine.contains(&above))
        })
        .map(str::to_string)
        .collect()
}
