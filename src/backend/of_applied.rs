//! What an index keeps of access lists, asked for somebody: beside each record stand the lists that count for it and allow, with
//! whom they name, so none of them need be at hand.

use super::of_filter::{Places, Unsettled, inside, place};
use super::test::{Test, Why};
use crate::model::Subject;

impl Places<'_> {
    /// Whether, of the lists that count for one of these operations, one that denies, or one that allows, speaks of the subject.
    pub(super) fn applied(&self, operations: &[String], denies: bool, open: &mut Unsettled) -> Test {
        let Some(settings) = &self.ask.policy.acls else { return Test::NEVER };
        // Those that deny are not kept.
        if denies {
            return Test::Open(Why::Denials);
        }
        let identity = &self.ask.identity;
        let mut known = |names: Result<Vec<String>, Vec<_>>| {
            names.unwrap_or_else(|missing| {
                missing.into_iter().for_each(|key| open.note(key));
                Vec::new()
            })
        };
        let users = identity.subject().id().map(str::to_string).into_iter().collect();
        let (roles, mut system_roles) = (known(identity.roles()), known(identity.all_system_roles()));
        // That one says how somebody comes, and nobody vouches for it.
        system_roles.retain(|name| name != "anonymous");
        if matches!(identity.subject(), Subject::Anonymous { .. }) {
            system_roles.push("anonymous".to_string());
        }
        let named = [("user", users), ("role", roles), ("system_role", system_roles)];
        let named = named.map(|(key, names): (&str, Vec<String>)| match names.is_empty() {
            true => Test::NEVER,
            false => Test::texts(inside(&[key]), names.iter().map(String::as_str)),
        });
        let operation = Test::texts(inside(&["operation"]), operations.iter().map(String::as_str));
        match Test::all([operation, Test::any(named)]) {
            nobody if nobody.is_never() => nobody,
            entry => Test::Each(place(&settings.materialised), Box::new(entry)),
        }
    }
}
