//! Access lists as a condition: whether one that counts speaks of the subject.

use std::sync::Arc;

use super::{ActionId, Ask, Policy, RecordType};
use crate::acl::{AclSettings, Body, LOOKED_AT, Reading, counting};
use crate::facts::{Facts, Key};
use crate::identity::{Missing, note};
use crate::model::{Address, At, Attributes, Entry, Faults, List, Listed, Seen, StateId, Subject, Value};
use crate::terms::{Answer, Relation};

/// Who says what access lists ask of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// The engine, of each.
    Engine,
    /// A back end, from the lists.
    BackEnd,
    /// A back end that keeps what they come to; they need not be given.
    Kept,
}

/// A record's document, as far as it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'d> {
    /// Its id, if it has one yet.
    pub id: Option<&'d str>,
    /// The document.
    pub document: &'d Value,
    /// What of it is withheld.
    pub missing: &'d [Address],
    /// Whether it is the record as the facts have it, and not one that somebody thinks of.
    pub stored: bool,
}

/// What facts say of lists that they do not hold.
fn told(policy: &Policy, settings: &AclSettings, kind: &RecordType, shown: Shown<'_>, facts: &Facts) -> Listed {
    let schema = settings.schema_of(shown.document, &kind.key);
    // Of another schema other lists speak; so they may of another type.
    let as_stored =
        |stored: &Value| policy.type_of(stored).is_some_and(|own| settings.schema_of(stored, &own.key) == schema);
    let found = match shown.id.map(|id| (id, facts.records.get(id))) {
        Some((id, Some(document))) => {
            let document = document.read();
            match facts.told.get(id) {
                // Somebody who thinks of the record as it is thinks of the record.
                found if shown.stored || *document == *shown.document => found,
                _ if !as_stored(&document) => return Listed::Unknown,
                Some(Listed::Told(told)) => return Listed::Told(Arc::new(told.changed())),
                found => found,
            }
        }
        // It may be any of those that lists name by their ids.
        None => return Listed::Unknown,
        // Nobody could name it yet.
        Some((id, None)) if facts.absent(Relation::Record, id) => facts.told_new.get(schema),
        Some((_, None)) => return Listed::Unknown,
    };
    found.cloned().unwrap_or_else(|| Listed::Told(Arc::default()))
}

fn body(shown: Shown<'_>) -> Body<'_> {
    Body { id: shown.id, document: shown.document, withheld: shown.missing }
}

impl Policy {
    /// What rules look at in a record: what its document says, and the access lists that speak of it.
    pub fn attributes(
        &self,
        kind: &RecordType,
        shown: Shown<'_>,
        facts: &Facts,
        at: &At<'_>,
        faults: &mut Faults,
    ) -> Option<Attributes> {
        let id = shown.id.map(str::to_string);
        let read = Attributes::read(shown.document, id, shown.missing, &kind.fields, &self.states, at, faults)?;
        Some(Attributes { listed: self.listed(kind, shown, facts), ..read })
    }

    /// The access lists that speak of a record.
    pub fn listed(&self, kind: &RecordType, shown: Shown<'_>, facts: &Facts) -> Listed {
        let Some(settings) = &self.acls else { return Listed::Nothing };
        if facts.is_view || facts.told_for.is_some() {
            return told(self, settings, kind, shown, facts);
        }
        if !LOOKED_AT || shown.missing.iter().any(|address| address.overlaps(&settings.schema)) {
            return Listed::Unknown;
        }
        let schema = settings.schema_of(shown.document, &kind.key);
        if settings.named_schemas_only && !facts.acls.names(schema) {
            // One that is not given may name it.
            return if facts.acls_complete(None) { Listed::Nothing } else { Listed::Unknown };
        }
        match facts.acls.able_to_count(body(shown), schema, settings) {
            Ok(Some(entries)) => Listed::Entries(Arc::new(entries)),
            Ok(None) => Listed::Unknown,
            // A pointer that leads nowhere, where that is a fault, leaves the record without any.
            Err(_) => Listed::Entries(Arc::default()),
        }
    }

    /// All access lists that speak of a record, those that cannot count included, or the pointer that leads nowhere. None where
    /// that is not known.
    pub fn entries(
        &self,
        settings: &AclSettings,
        kind: &RecordType,
        shown: Shown<'_>,
        facts: &Facts,
    ) -> Result<Option<Vec<Entry>>, String> {
        match self.listed(kind, shown, facts) {
            Listed::Unknown => Ok(None),
            Listed::Told(_) => Ok(Some(Vec::new())),
            // Those of a record that gets none are explained all the same.
            Listed::Nothing | Listed::Entries(_) => {
                facts.acls.entries(body(shown), settings.schema_of(shown.document, &kind.key), settings)
            }
        }
    }
}

impl Policy {
    /// The action that an operation of access lists is: `get` is reading.
    pub fn operation(&self, word: &str) -> Option<ActionId> {
        self.action(if word == "get" { "read" } else { word })
    }
}

impl Ask<'_> {
    /// Whether the subject may do an operation that is no action of the policy, by its rule for these, and what is missing.
    pub fn by_lists(&self, operation: &str, record: &Attributes) -> (Answer, Vec<Key>) {
        let Some(rule) = &self.policy.operations else { return (Answer::Deny, Vec::new()) };
        let ask = Self { operation: Some(operation.to_string()), ..self.clone() };
        (ask.evaluate(rule, record), ask.gaps(rule, record))
    }

    /// Operations as a rule names them: `*` is the one that is asked for.
    fn asked_for<'o>(&'o self, operations: &'o [String]) -> &'o [String] {
        match (operations, &self.operation) {
            ([every], Some(asked)) if every == "*" => std::slice::from_ref(asked),
            _ => operations,
        }
    }

    /// Whether, of the access lists that count for one of these operations, one that denies, or one that allows, speaks of the
    /// subject. `supposed`: as if the record were in this state.
    pub(super) fn by_list(
        &self,
        operations: &[String],
        denies: bool,
        supposed: Option<StateId>,
        record: &Attributes,
        missing: Option<&Missing>,
    ) -> Answer {
        let (facts, Some(settings)) = (self.identity.facts(), &self.policy.acls) else { return Answer::Deny };
        let mut operations = self.asked_for(operations);
        let mut left = Vec::new();
        if let Some(supposed) = self.supposed() {
            for name in operations {
                if !supposed.by_lists.iter().any(|(own, deny)| own == name && *deny == denies) {
                    left.push(name.clone());
                }
            }
            if !denies && left.len() < operations.len() {
                return Answer::Allow;
            }
            operations = &left;
        }
        let concerns = |list: &List| list.deny == denies && operations.contains(&list.operation);
        match &record.listed {
            Listed::Nothing => return Answer::Deny,
            // It is told to one subject, and says nothing of others.
            Listed::Told(told) => {
                let state = supposed.as_ref().or(record.state.known()).map(|state| self.policy.states.name(*state));
                let subject = self.identity.subject();
                // The host's own process is nobody who is told anything.
                let known = !matches!(subject, Subject::System) && facts.tells_lists(subject.id().unwrap_or_default());
                let answer = if known { told.says(operations, denies, state) } else { Answer::Unknown };
                if answer == Answer::Unknown {
                    note(missing, || Key::Acls { id: None });
                }
                return answer;
            }
            _ => {}
        }
        // One that is not given may stand before those that are.
        if !self.all_lists(operations) {
            note(missing, || Key::Acls { id: None });
            return Answer::Unknown;
        }
        // Facts that hold any were refused.
        if !LOOKED_AT {
            return Answer::Deny;
        }
        let Listed::Entries(entries) = &record.listed else {
            if !facts.acls.iter().any(|acl| concerns(&acl.list)) {
                return Answer::Deny;
            }
            note(missing, || Key::Record { id: record.id.clone(), field: None });
            return Answer::Unknown;
        };
        let mut actor = |entry: &Entry| {
            // One that says the opposite may stand before those that say this.
            if entry.matches == Answer::Unknown {
                note(missing, || Key::Record { id: record.id.clone(), field: None });
            }
            if !concerns(&entry.list) {
                return Answer::Deny;
            }
            self.is_actor(entry, settings, record, missing)
        };
        let state = |list: &List| match supposed {
            Some(state) => self.of_state(list, state),
            None => self.list_state(list, record, missing),
        };
        let wanted = |list: &List| operations.contains(&list.operation);
        counting(entries, settings, &mut Reading { wanted: &wanted, state: &state, actor: &mut actor })
    }

    /// Whether all access lists are given that may count for these operations.
    pub(super) fn all_lists(&self, operations: &[String]) -> bool {
        let facts = self.identity.facts();
        let together = self.policy.acls.as_ref().is_some_and(|settings| settings.one_priority);
        facts.acls_complete(None) || !together && operations.iter().all(|name| facts.acls_complete(Some(name)))
    }

    /// Whether a list speaks of records in the state of this one.
    pub fn list_state(&self, list: &List, record: &Attributes, missing: Option<&Missing>) -> Answer {
        match &record.state {
            Seen::Known(state) => self.of_state(list, *state),
            Seen::Missing if list.states.is_none() => Answer::Allow,
            Seen::Missing => {
                let field = self.kind.map(|kind| kind.fields.state.to_string());
                note(missing, || Key::Record { id: record.id.clone(), field });
                Answer::Unknown
            }
        }
    }

    fn of_state(&self, list: &List, state: StateId) -> Answer {
        let name = self.policy.states.name(state);
        Answer::from(list.states.as_ref().is_none_or(|states| states.iter().any(|own| own == name)))
    }

    /// Whether an entry speaks of the subject.
    pub fn is_actor(
        &self,
        entry: &Entry,
        settings: &AclSettings,
        record: &Attributes,
        missing: Option<&Missing>,
    ) -> Answer {
        let (list, subject) = (&entry.list, self.identity.subject());
        let mine = |users: &[String]| {
            subject.id().is_some_and(|id| users.binary_search_by(|user| user.as_str().cmp(id)).is_ok())
        };
        let mut answer = Answer::from(mine(&list.users));
        let mut names = list.system_roles.iter();
        while let (false, Some(name)) = (answer == Answer::Allow, names.next()) {
            // Those who are not signed in have no system role of their own.
            answer = answer.or(match name.as_str() {
                "anonymous" => Answer::from(matches!(subject, Subject::Anonymous { .. })),
                _ => self.identity.has_system_role(name, missing),
            });
        }
        if answer != Answer::Allow {
            answer = answer.or(self.identity.has_one_role(&list.roles, missing));
        }
        if settings.record_actors_unread || answer == Answer::Allow {
            return answer;
        }
        match (&entry.users, subject.id()) {
            (Seen::Known(users), _) => answer = answer.or(Answer::from(mine(users))),
            (Seen::Missing, None) => {}
            (Seen::Missing, Some(_)) => {
                note(missing, || Key::Record { id: record.id.clone(), field: None });
                answer = answer.or(Answer::Unknown);
            }
        }
        match &entry.roles {
            Seen::Known(roles) => answer.or(self.identity.has_one_role(roles, missing)),
            Seen::Missing => {
                note(missing, || Key::Record { id: record.id.clone(), field: None });
                answer.or(Answer::Unknown)
            }
        }
    }
}
