//! What a policy says of access lists.

use std::rc::Rc;

use super::Draft;
use crate::acl::{AclSettings, FieldTypes, spelled};
use crate::model::{Address, Map, Set, StateWords, Table, Value};
use crate::policy::Rule;
use crate::policy::parse::RuleReader;

const KNOWN: [&str; 13] = [
    "schema",
    "schemas",
    "preferred",
    "fields",
    "types",
    "actors",
    "states",
    "operations",
    "materialised",
    "one_priority",
    "record_actors_unread",
    "pointers_must_lead",
    "named_schemas_only",
];

impl<'d> Draft<'d, '_> {
    /// None if the policy knows no access lists.
    pub(super) fn acls(&mut self, states: &StateWords) -> Option<Rc<AclSettings>> {
        let at = self.at.key("acls");
        let map = self.reader.object_of(self.map.get("acls")?, &at, &KNOWN)?;
        let reader = &mut *self.reader;
        let mut names = |key: &str| -> Option<Vec<String>> {
            let value = map.get(key)?;
            reader.names(value, &at.key(key))
        };
        let (schemas, types, actors) = (names("schemas"), names("types"), names("actors"));
        let limited = names("states");
        let mut place = |key: &str, usual: &str| match map.get(key) {
            Some(value) => Address::read(value, &at.key(key), self.reader),
            None => Some(Address::key(usual)),
        };
        let schema = place("schema", "$schema");
        let materialised = place("materialised", "_invenio_explicit_acls");
        let fields = map.get("fields").map(|value| FieldTypes::read(value, &at.key("fields"), self.reader));
        let preferred = map.get("preferred").and_then(|value| self.reader.name(value, &at.key("preferred")));
        let spellings: Table<String> =
            states.spellings.iter().map(|(word, state)| (word.to_string(), states.name(*state).to_string())).collect();
        let limited = limited.map(|words| spelled(&words, &spellings, &at.key("states"), self.reader));
        let mut flag =
            |key: &str| map.get(key).and_then(|value| self.reader.boolean(value, &at.key(key))).unwrap_or(false);
        let materialised = materialised?;
        let settings = AclSettings {
            schema: schema?,
            schemas: schemas.unwrap_or_else(|| type_keys(self.map)).into_iter().collect(),
            preferred,
            fields: fields.unwrap_or_default().but_for(&materialised),
            types: set(types),
            actors: set(actors),
            states: limited,
            spellings,
            materialised,
            one_priority: flag("one_priority"),
            record_actors_unread: flag("record_actors_unread"),
            pointers_must_lead: flag("pointers_must_lead"),
            named_schemas_only: flag("named_schemas_only"),
        };
        Some(Rc::new(settings))
    }
}

impl<'d> Draft<'d, '_> {
    /// The rule for operations of lists that are no actions; `*` in it is the operation.
    pub(super) fn operations(&mut self, rules: &mut RuleReader<'d>) -> Option<Rule> {
        let value = self.map.get("acls")?.get("operations")?;
        rules.rule(value, "", &self.at.key("acls").key("operations"), self.reader)
    }
}

fn set(names: Option<Vec<String>>) -> Set<String> {
    names.into_iter().flatten().collect()
}

/// The keys of all record types of a document: a type of records is a schema, where no others are named.
pub(super) fn type_keys(document: &Map<String, Value>) -> Vec<String> {
    let machines = document.get("machines").and_then(Value::as_object);
    let parts = machines.into_iter().flat_map(Map::values).filter_map(Value::as_object);
    let types = std::iter::once(document).chain(parts).filter_map(|part| part.get("types")?.as_array()).flatten();
    types.filter_map(|kind| kind.get("key")?.as_str()).map(str::to_string).collect()
}
