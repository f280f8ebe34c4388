//! What a policy says of access lists.

use super::FieldTypes;
use crate::model::{Address, At, Reader, Set, Table, Value, listed};
use crate::terms::ErrorCode;

/// What a policy says of access lists. What a preset does otherwise than the rest is a switch here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclSettings {
    /// Where a record says its schema; one that does not say it has the key of its type.
    pub schema: Address,
    /// The schemas there are.
    pub schemas: Set<String>,
    /// What a record is given that says no schema, as it is written. Where this is said, records keep to the schemas there are.
    pub preferred: Option<String>,
    /// The declared types of fields.
    pub fields: FieldTypes,
    /// Types of lists of the host's own.
    pub types: Set<String>,
    /// Types of actors of the host's own.
    pub actors: Set<String>,
    /// The states in which lists speak of records where they do not say it themselves; those that name records by id speak of
    /// them in every state. None for every state.
    pub states: Option<Vec<String>>,
    /// Every spelling of a state, and its name.
    pub spellings: Table<String>,
    /// Where an index keeps what was worked out for a record. No client writes it.
    pub materialised: Address,
    /// Whether only the highest priority of all counts, whatever the operation and group (compat).
    pub one_priority: bool,
    /// Whether actors who stand in the record are written down and never asked (compat).
    pub record_actors_unread: bool,
    /// Whether a pointer that leads nowhere stops all lists of the record (compat).
    pub pointers_must_lead: bool,
    /// Whether lists speak only of records whose schema some list names, those that name records by id too (compat).
    pub named_schemas_only: bool,
}

impl AclSettings {
    /// The schema of a record, as lists name it. A document may say it with the address it is published under.
    pub fn schema_of<'s>(&'s self, document: &'s Value, kind: &'s str) -> &'s str {
        let Some(said) = self.schema.get(document).and_then(Value::as_str) else { return kind };
        self.known(said).unwrap_or(said)
    }

    /// A schema that was said, as lists name it; none if there is no such schema.
    pub fn known(&self, said: &str) -> Option<&str> {
        let short = |own: &&String| said.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('/'));
        let exact = self.schemas.iter().find(|own| *own == said);
        exact.or_else(|| self.schemas.iter().filter(short).max_by_key(|own| own.len())).map(String::as_str)
    }
}

/// States by their names; a word that is none is a fault.
pub fn spelled(words: &[String], spellings: &Table<String>, at: &At<'_>, reader: &mut Reader) -> Vec<String> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match spellings.get(word) {
            Some(name) => found.push(name.clone()),
            None => {
                let message = format!("unknown state `{word}`; known: {}", listed(spellings.keys()));
                reader.faults.add(ErrorCode::UnknownState, &at.index(index), message);
            }
        }
    }
    found
}
