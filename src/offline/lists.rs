//! Access lists in a view. The lists stay with the server; what they come to for the user travels with each record: exactly, and
//! what is left of that once the user's own work changes the record.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::entry::Entry;
use super::replica::Replica;
use crate::facts::{Document, EntityKey, Facts};
use crate::model::{Attributes, Listed, Map, Set, Table, Told, Value};
use crate::policy::{Ask, Shown};

/// What lists come to for one user, while the user's view is made.
pub(super) struct Listings {
    /// The ids by which they name records.
    named: Set<String>,
    /// What they come to whatever a record holds that none names, by type and schema: there are few.
    whatever: RefCell<Vec<([String; 2], Told)>>,
}

impl Listings {
    pub fn new(facts: &Facts) -> Self {
        Self { named: facts.acls.ids(), whatever: RefCell::default() }
    }

    /// Of records that are yet to be made: an entry for each schema of which lists say anything to the user.
    pub fn to_be(&self, ask: &Ask<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        let Some(settings) = &ask.policy.acls else { return entries };
        for schema in settings.schemas.iter() {
            let mut ask = ask.clone();
            ask.policy = ask.policy.machine(schema).map_or(ask.policy, Rc::as_ref);
            let told = ask.told_whatever(settings, schema, None);
            if told != Told::default() {
                entries.push(Entry {
                    key: EntityKey::Acl { id: schema.clone() },
                    value: Value::Object(Map::new()).into(),
                    missing: Vec::new(),
                    derived: Table::default(),
                    acls: Some(Arc::new(told)),
                    seal: None,
                });
            }
        }
        entries
    }

    /// Of a record as it is; none if the policy knows no lists.
    pub fn of(&self, ask: &Ask<'_>, record: &Attributes, id: &str, document: &Value) -> Option<Arc<Told>> {
        let (settings, kind) = (ask.policy.acls.as_ref()?, ask.kind?);
        if ask.identity.facts().acls.is_empty() {
            return Some(Arc::default());
        }
        let schema = settings.schema_of(document, &kind.key);
        let whatever = || ask.told_whatever(settings, schema, Some(id));
        if self.named.contains(id) {
            return Some(Arc::new(ask.told_now(whatever(), record)));
        }
        let mut known = self.whatever.borrow_mut();
        let place = [kind.key.clone(), schema.to_string()];
        let found = known.iter().find(|(own, _)| *own == place).map(|(_, told)| told.clone());
        let told = found.unwrap_or_else(|| {
            let told = whatever();
            known.push((place, told.clone()));
            told
        });
        Some(Arc::new(ask.told_now(told, record)))
    }
}

impl Replica {
    /// Notes what access lists come to for a record, or for those of a schema that are yet to be made.
    pub(super) fn tell(&mut self, key: &EntityKey, told: Option<Listed>) {
        let (table, name) = match key {
            EntityKey::Record { id } => (&mut self.facts.told, id),
            EntityKey::Acl { id } => (&mut self.facts.told_new, id),
            _ => return,
        };
        match told {
            Some(told) => table.insert(name.clone(), told),
            None => _ = table.remove(name),
        }
    }

    /// What access lists come to for a record that changes.
    pub(super) fn listed_anew(&mut self, key: &EntityKey, value: &Document) {
        let (EntityKey::Record { id }, document) = (key, value.read()) else { return };
        let policy = self.engine.policy().of_document(&document);
        let shown = Shown { id: Some(id), document: &document, missing: &[], stored: false };
        let listed = policy.type_of(&document).map(|kind| policy.listed(kind, shown, &self.facts));
        self.tell(key, listed);
    }

    /// The subject's roles, if a change may be one of them. A list may name one of a community that is only made here: ids are chosen.
    pub(super) fn roles(&self, key: &EntityKey) -> Option<Option<Vec<String>>> {
        let (EntityKey::Community { .. } | EntityKey::Membership { .. }) = key else { return None };
        Some(Ask::new(self.engine.policy(), &self.subject, &self.facts).identity.roles().ok())
    }
}
