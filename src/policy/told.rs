//! What access lists come to for one subject, as a view tells it: exactly of a record as it is, and of whatever it may become as
//! far as that is certain without looking into it.

use std::sync::Arc;

use super::{Ask, Atom, Policy};
use crate::acl::{AclSettings, Body};
use crate::model::{Address, Attributes, Listed, Seen, Set, Spoken, StateId, Told, Value};
use crate::terms::Answer;

/// The id of a record that is yet to be made. No list names it: no id holds a control character.
const LATER: &str = "\u{2}";

impl Policy {
    /// The operations that its rules ask access lists about.
    fn listed_operations(&self) -> Set<String> {
        let named = self.atoms.iter().filter_map(|atom| match atom {
            Atom::List(operations, ..) => Some(operations),
            _ => None,
        });
        named.flatten().cloned().collect()
    }

    /// The states as if in which they ask them.
    fn supposed_states(&self) -> Set<StateId> {
        let named = self.atoms.iter().filter_map(|atom| match atom {
            Atom::List(_, _, state) => *state,
            _ => None,
        });
        named.collect()
    }

    fn all_states(&self) -> impl Iterator<Item = StateId> {
        let named = (0..u16::try_from(self.states.names.len()).unwrap_or(u16::MAX)).map(StateId);
        named.chain(self.states.open.then_some(StateId::OTHER))
    }
}

impl Ask<'_> {
    /// What lists come to whatever a record of a schema holds; without an id, of one that is yet to be made. Facts must hold all lists.
    pub fn told_whatever(&self, settings: &AclSettings, schema: &str, id: Option<&str>) -> Told {
        let acls = &self.identity.facts().acls;
        if settings.named_schemas_only && !acls.names(schema) {
            return Told::default();
        }
        let body = Body { id: id.or(Some(LATER)), document: &Value::Null, withheld: &[Address::root()] };
        // Of what is withheld no pointer is known to lead nowhere.
        let Ok(Some(entries)) = acls.able_to_count(body, schema, settings) else { return Told::default() };
        // A pointer that leads nowhere may take all lists away.
        let lost = settings.pointers_must_lead
            && entries.iter().any(|entry| entry.users == Seen::Missing || entry.roles == Seen::Missing);
        let mut record = Attributes { listed: Listed::Entries(Arc::new(entries)), ..Attributes::missing(None) };
        let mut states = Vec::new();
        for state in self.policy.all_states() {
            record.state = Seen::Known(state);
            let mut said = self.said(&record);
            for (_, both) in said.iter_mut().filter(|_| lost) {
                *both = both.map(|answer| answer.and(Answer::Unknown));
            }
            said.retain(|(_, both)| *both != [Answer::Deny; 2]);
            states.push((self.policy.states.name(state).to_string(), said));
        }
        // What holds in the last state most often holds in others.
        let any = states.last().map(|(_, said)| said.clone()).unwrap_or_default();
        states.retain(|(_, said)| *said != any);
        Told { any, states, now: Vec::new() }
    }

    /// The same of a record as it is, of which it is known what they come to whatever it holds.
    pub fn told_now(&self, whatever: Told, record: &Attributes) -> Told {
        let Seen::Known(own) = record.state else { return whatever };
        let mut states = self.policy.supposed_states();
        states.insert(own);
        let mut now = Vec::new();
        for state in states {
            let mut said = self.said(&Attributes { state: Seen::Known(state), ..record.clone() });
            let state = self.policy.states.name(state);
            said.retain(|(operation, both)| whatever.of(operation, state) != *both);
            if !said.is_empty() {
                now.push((state.to_string(), said));
            }
        }
        Told { now, ..whatever }
    }

    /// What lists say of each operation.
    fn said(&self, record: &Attributes) -> Spoken {
        let both = |operation: &String| {
            [false, true].map(|denies| self.by_list(std::slice::from_ref(operation), denies, None, record, None))
        };
        self.policy.listed_operations().iter().map(|operation| (operation.clone(), both(operation))).collect()
    }
}
