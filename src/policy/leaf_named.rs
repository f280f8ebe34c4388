//! What conditions on named fields mean, and what is given on a record.

use super::Ask;
use super::leaf::note;
use crate::facts::Key;
use crate::identity::Missing;
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
        self.policy.fields.get(usize::from(id.0)).is_some_and(|field| field.kind == FieldKind::SystemRoles)
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
    pub(super) fn named(
        &self,
        id: FieldId,
        record: &Attributes,
        missing: Option<&Missing>,
        test: impl FnOnce(&FieldValue, Option<&Missing>) -> Answer,
    ) -> Answer {
        match record.named.get(id) {
            None => {
                self.policy.fields.get(usize::from(id.0)).map_or(Answer::Deny, |own| test(&own.kind.absent(), missing))
            }
            Some(Seen::Known(value)) => test(value, missing),
            Some(Seen::Missing) => {
                let place = self.kind.and_then(|kind| kind.fields.named.get(usize::from(id.0))?.at.as_ref());
                note(missing, || Key::Record { id: record.id.clone(), field: place.map(ToString::to_string) });
                Answer::Unknown
            }
        }
    }
}
