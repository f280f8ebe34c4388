//! What conditions on named fields mean, and what is given on a record.

use super::{Ask, Atom};
use crate::facts::Key;
use crate::identity::{Missing, note};
use crate::model::{Attributes, FieldId, FieldKind, FieldValue, Given, Holder, Seen};
use crate::terms::Answer;

impl Ask<'_> {
    /// Whether a field names users and roles, and those in lower case.
    pub(super) fn names_holders(&self, id: FieldId) -> bool {
        let kind = self.policy.fields.get(usize::from(id.0)).map(|field| &field.kind);
        matches!(kind, Some(FieldKind::Holders { .. }))
    }

    /// Whether a field of names holds those of system roles.
    pub(super) fn holds_system_roles(&self, id: FieldId) -> bool {
        let kind = self.policy.fields.get(usize::from(id.0)).map(|field| &field.kind);
        matches!(kind, Some(FieldKind::SystemRoles))
    }

    /// Whether what is given in a record's field is given to the subject, and still is.
    pub(super) fn given(&self, id: FieldId, given: &Given, missing: Option<&Missing>) -> Answer {
        let subject = self.identity.subject();
        let mine = match &given.to {
            Holder::User(id) => Answer::from(subject.id() == Some(id)),
            Holder::Role(name) if self.names_holders(id) => self.identity.has_role_in_any_case(name, missing),
            Holder::Role(name) => self.identity.has_role(name, missing),
            Holder::SystemRole(name) => self.identity.has_system_role(name, missing),
            Holder::Link(id) => Answer::from(subject.links().contains(id)),
        };
        match given.until {
            Some(until) if mine != Answer::Deny => mine.and(self.before(until, missing)),
            _ => mine,
        }
    }

    /// Whether a moment is still to come.
    pub fn before(&self, moment: i64, missing: Option<&Missing>) -> Answer {
        match self.time {
            Some((_, last)) if last < moment => Answer::Allow,
            Some((first, _)) if first >= moment => Answer::Deny,
            _ => {
                note(missing, || Key::Time);
                Answer::Unknown
            }
        }
    }

    /// The value of a condition on a named field; one the record type does not have holds nothing.
    pub(super) fn named(&self, atom: &Atom, id: FieldId, record: &Attributes, missing: Option<&Missing>) -> Answer {
        match record.named.get(id) {
            None => match self.policy.fields.get(usize::from(id.0)) {
                Some(own) => self.of_value(atom, id, &own.kind.absent(), missing),
                None => Answer::Deny,
            },
            Some(Seen::Known(value)) => self.of_value(atom, id, value, missing),
            Some(Seen::Missing) => {
                let place = self.kind.and_then(|kind| kind.fields.named.get(usize::from(id.0))?.at.as_ref());
                note(missing, || Key::Record { id: record.id.clone(), field: place.map(ToString::to_string) });
                Answer::Unknown
            }
        }
    }

    /// The same, where the field holds this.
    fn of_value(&self, atom: &Atom, id: FieldId, value: &FieldValue, missing: Option<&Missing>) -> Answer {
        let mut answer = Answer::Deny;
        match (atom, value) {
            (Atom::Community(atom, _), FieldValue::Community(community)) => {
                return self.in_community(atom, community.as_deref(), missing);
            }
            (Atom::Word(_, words), FieldValue::Word(Some(word))) => return Answer::from(words.contains(word)),
            (Atom::UserIn(_), FieldValue::Ids(ids)) => {
                let user = self.identity.subject().id();
                return Answer::from(ids.iter().any(|id| Some(id.as_str()) == user));
            }
            (Atom::RoleIn(_), FieldValue::Ids(names)) => {
                let system = self.holds_system_roles(id);
                for name in names {
                    answer = answer.or(match system {
                        true => self.identity.has_system_role(name, missing),
                        false => self.identity.has_role(name, missing),
                    });
                }
            }
            (Atom::Past(_), FieldValue::Moment(Some(moment))) => return !self.before(*moment, missing),
            (Atom::Filled(_), FieldValue::Ids(list)) => return Answer::from(!list.is_empty()),
            (Atom::Filled(_), FieldValue::Given(list)) => return Answer::from(!list.is_empty()),
            (Atom::Filled(_), FieldValue::Moment(moment)) => return Answer::from(moment.is_some()),
            (Atom::Given(_, levels), FieldValue::Given(list)) => {
                for given in list {
                    if levels.contains(&given.level) {
                        answer = answer.or(self.given(id, given, missing));
                    }
                }
            }
            _ => {}
        }
        answer
    }
}
