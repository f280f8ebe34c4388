//! Reading an access list, with every fault at its path.

use std::sync::Arc;

use super::actor::Actors;
use super::settings::spelled;
use super::{Acl, AclSettings, Joined, Kind, Means, Query};
use crate::model::{At, Limits, List, Map, Reader, Set, Value, listed, ordered};
use crate::terms::ErrorCode;

/// Types every deployment has.
const TYPES: [&str; 4] = ["id", "default", "query", "property_value"];
/// What every list has.
const COMMON: [&str; 11] = [
    "type",
    "name",
    "priority",
    "priority_group",
    "schemas",
    "operation",
    "originator",
    "actors",
    "effect",
    "states",
    "changed",
];

impl Acl {
    /// Reads a list. One of a type of the host's own comes with what the host found it to mean: `records`, or with `matches` all
    /// of its schemas or none.
    pub fn read(id: &str, value: &Value, settings: &AclSettings, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let map = reader.object(value, at)?;
        let kind = reader.required(map, "type", at)?;
        let kind = reader.text(kind, &at.key("type"))?.to_string();
        let own: &[&str] = match kind.as_str() {
            "id" => &["records"],
            "default" => &[],
            "query" => &["query"],
            "property_value" => &["property_values"],
            own if settings.types.contains(own) => &["records", "matches"],
            _ => {
                let all = TYPES.into_iter().chain(settings.types.iter().map(String::as_str));
                let message = format!("unknown type of access list; known: {}", listed(all));
                reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
                return None;
            }
        };
        let known: Vec<&str> = COMMON.iter().chain(own).copied().collect();
        reader.object_of(value, at, &known)?;
        let mut draft = Draft { map, at, settings, reader };
        draft.name();
        let priority = draft.priority();
        let group = draft.word("priority_group").unwrap_or_else(|| Some("default".to_string()));
        let schemas = draft.schemas(&kind);
        let operation = draft.required_word("operation");
        let deny = draft.effect();
        let states = draft.states(&kind);
        let means = draft.means(&kind);
        let actors = draft.actors();
        if let Some(originator) = map.get("originator") {
            draft.reader.user_id(originator, &at.key("originator"));
        }
        let changed = map.get("changed").and_then(|value| draft.moment(value));
        let Actors { users, roles, system_roles, in_record } = actors?;
        let list = List {
            id: id.to_string(),
            operation: operation?,
            group: group?,
            priority: priority?,
            deny: deny?,
            states: states?,
            users: ordered(users),
            roles: ordered(roles),
            system_roles: ordered(system_roles),
            changed,
        };
        let (list, schemas, means) = (Arc::new(list), schemas?, means?);
        Some(Self { list, kind, schemas, means, in_record, value: map.clone() })
    }
}

/// A list being read. Every part is looked at, so that every fault is told.
struct Draft<'d, 'r> {
    map: &'d Map<String, Value>,
    at: &'r At<'r>,
    settings: &'r AclSettings,
    reader: &'r mut Reader,
}

impl Draft<'_, '_> {
    fn name(&mut self) {
        let at = self.at.key("name");
        let Some(name) = self.map.get("name").and_then(|name| self.reader.text(name, &at)) else { return };
        let length = name.chars().count();
        if length > Limits::ACL_NAME {
            let message = format!("a name of {length} characters; the limit is {}", Limits::ACL_NAME);
            self.reader.faults.add(ErrorCode::TooLarge, &at, message);
        }
    }

    /// A word, if it is given.
    fn word(&mut self, key: &str) -> Option<Option<String>> {
        self.map.get(key).map(|value| self.reader.name(value, &self.at.key(key)))
    }

    fn required_word(&mut self, key: &str) -> Option<String> {
        self.reader.required(self.map, key, self.at)?;
        self.word(key).flatten()
    }

    fn moment(&mut self, value: &Value) -> Option<i64> {
        let found = value.as_i64();
        if found.is_none() {
            let message = "expected milliseconds since 1970, a whole number";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("changed"), message);
        }
        found
    }

    fn priority(&mut self) -> Option<i64> {
        let Some(value) = self.map.get("priority") else { return Some(0) };
        let found = value.as_i64().filter(|number| i32::try_from(*number).is_ok());
        if found.is_none() {
            let message = "a priority is a whole number of at most 32 bits";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("priority"), message);
        }
        found
    }

    /// The schemas; those of a list that names records by id are only said.
    fn schemas(&mut self, kind: &str) -> Option<Set<String>> {
        let at = self.at.key("schemas");
        let list = match self.map.get("schemas") {
            None if kind == "id" => return Some(Set::new()),
            None => return self.reader.required(self.map, "schemas", self.at).map(|_| Set::new()),
            Some(value) => limited(value, Limits::ACL_NAMES, &at, self.reader)?,
        };
        let mut found = Set::new();
        for (index, value) in list.iter().enumerate() {
            let at = at.index(index);
            let Some(said) = self.reader.text(value, &at) else { continue };
            match self.settings.known(said) {
                Some(known) => _ = found.insert(known.to_string()),
                None => {
                    let message = format!("unknown schema; known: {}", listed(&self.settings.schemas));
                    self.reader.faults.add(ErrorCode::UnknownValue, &at, message);
                }
            }
        }
        if list.is_empty() && kind != "id" {
            self.reader.faults.add(ErrorCode::MissingField, &at, "name at least one schema");
        }
        Some(found)
    }

    fn effect(&mut self) -> Option<bool> {
        match self.map.get("effect").map(Value::as_str) {
            None | Some(Some("allow")) => Some(false),
            Some(Some("deny")) => Some(true),
            Some(_) => {
                self.reader.faults.add(ErrorCode::UnknownValue, &self.at.key("effect"), "one of: allow, deny");
                None
            }
        }
    }

    fn states(&mut self, kind: &str) -> Option<Option<Vec<String>>> {
        let Some(value) = self.map.get("states") else {
            let every = kind == "id";
            return Some(self.settings.states.clone().filter(|_| !every));
        };
        let at = self.at.key("states");
        let words = self.reader.names(value, &at)?;
        Some(Some(spelled(&words, &self.settings.spellings, &at, self.reader)))
    }

    fn means(&mut self, kind: &str) -> Option<Means> {
        match kind {
            "id" => self.ids().map(Means::Ids),
            "default" => Some(Means::All),
            "query" => {
                let query = self.reader.required(self.map, "query", self.at)?;
                let at = self.at.key("query");
                Some(Means::Query(Query::read(query, &self.settings.fields, &at, self.reader)?))
            }
            "property_value" => Some(Means::Query(self.properties()?)),
            _ => match self.map.get("matches") {
                None => self.ids().map(Means::Ids),
                Some(value) => {
                    let every = self.reader.boolean(value, &self.at.key("matches"))?;
                    Some(if every { Means::All } else { Means::Ids(Set::new()) })
                }
            },
        }
    }

    fn ids(&mut self) -> Option<Set<String>> {
        let value = self.reader.required(self.map, "records", self.at)?;
        let at = self.at.key("records");
        let list = limited(value, Limits::ACL_NAMES, &at, self.reader)?;
        Some(list.iter().enumerate().filter_map(|(i, id)| self.reader.user_id(id, &at.index(i))).collect())
    }

    /// Rows `{name, value, match_operation?, bool_operation?}` as the query they stand for. No rows match everything.
    fn properties(&mut self) -> Option<Query> {
        let value = self.reader.required(self.map, "property_values", self.at)?;
        let at = self.at.key("property_values");
        let mut joined = Joined::default();
        for (index, row) in limited(value, Limits::QUERY_PARTS, &at, self.reader)?.iter().enumerate() {
            let at = at.index(index);
            let known = ["name", "value", "match_operation", "bool_operation"];
            let map = self.reader.object_of(row, &at, &known)?;
            let name = self.reader.required(map, "name", &at)?;
            let name = self.reader.text(name, &at.key("name"))?;
            let value = self.reader.required(map, "value", &at)?;
            let word = |key: &str, default| map.get(key).map_or(Some(default), Value::as_str);
            let whole = match word("match_operation", "term") {
                Some("term") => false,
                Some("match") => true,
                _ => {
                    let message = "one of: term, match";
                    self.reader.faults.add(ErrorCode::UnknownValue, &at.key("match_operation"), message);
                    continue;
                }
            };
            let Some(field) = Query::field_named(name, &self.settings.fields, &at.key("name"), self.reader) else {
                continue;
            };
            let part = if whole && field.kind == Kind::Text {
                Query::of_words(field, value, &at.key("value"), self.reader)
            } else {
                Query::of_value(field, value, &at.key("value"), self.reader)
            };
            let parts = match word("bool_operation", "must") {
                Some("must") => &mut joined.must,
                Some("filter") => &mut joined.filter,
                Some("should") => &mut joined.should,
                Some("must_not") => &mut joined.must_not,
                _ => {
                    let message = "one of: must, must_not, should, filter";
                    self.reader.faults.add(ErrorCode::UnknownValue, &at.key("bool_operation"), message);
                    continue;
                }
            };
            parts.extend(part);
        }
        Some(Query::Bool(Box::new(joined)))
    }

    fn actors(&mut self) -> Option<Actors> {
        let value = self.reader.required(self.map, "actors", self.at)?;
        let at = self.at.key("actors");
        let mut found = Actors::default();
        for (index, actor) in limited(value, Limits::ACL_ACTORS, &at, self.reader)?.iter().enumerate() {
            found.add(actor, self.settings, &at.index(index), self.reader);
        }
        Some(found)
    }
}

/// A list of at most so many entries.
pub(super) fn limited<'v>(value: &'v Value, most: usize, at: &At<'_>, reader: &mut Reader) -> Option<&'v [Value]> {
    let list = reader.list(value, at)?;
    if list.len() > most {
        reader.faults.add(ErrorCode::TooLarge, at, format!("{} entries; the limit is {most}", list.len()));
        return None;
    }
    Some(list)
}
