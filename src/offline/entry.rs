//! What a view is made of: one entity as one user sees it, and how it is told.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::derived::Derived;
use crate::facts::{Certificate, Document, EntityKey, read_addresses, read_told};
use crate::model::{Address, At, Error, Float, Limits, Map, Objects, Reader, Table, Told, Value, parse_text_with};
use crate::terms::ErrorCode;

/// One thing of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which entity.
    pub key: EntityKey,
    /// Its value, as this user sees it.
    pub value: Document,
    /// Addresses of what the value has and this user may not see.
    pub missing: Vec<Address>,
    /// Answers whose evidence is not shown, by action.
    pub derived: Table<Derived>,
    /// What access lists come to for this user, where it is not no whatever is asked. Of a record; or, in an entry that is named
    /// as an access list by a schema, of what is yet to be made of it.
    pub acls: Option<Arc<Told>>,
    /// The restricted community under whose key a device keeps it.
    pub seal: Option<String>,
}

/// All of a view but its records.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ViewBase {
    /// In the order of their keys.
    pub entries: Vec<Entry>,
    /// What of it is complete.
    pub closed: Vec<Certificate>,
}

/// Part of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All the user may read.
    Everywhere,
    /// Records of communities the user holds a role in.
    Mine,
    /// Records of one community.
    Community(String),
}

/// One step of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// The entity is so now.
    Put(Entry),
    /// It is gone, or no longer shown.
    Del(EntityKey),
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        map.serialize_entry("k", &self.key)?;
        map.serialize_entry("v", self.value.read().as_ref())?;
        if !self.missing.is_empty() {
            let addresses: Vec<&[String]> = self.missing.iter().map(Address::keys).collect();
            map.serialize_entry("missing", &addresses)?;
        }
        if !self.derived.is_empty() {
            map.serialize_entry("derived", &self.derived)?;
        }
        if let Some(told) = &self.acls {
            map.serialize_entry("acls", told.as_ref())?;
        }
        if let Some(seal) = &self.seal {
            map.serialize_entry("seal", seal)?;
        }
        map.end()
    }
}

impl Entry {
    /// Reads `{k, v, missing?, derived?, acls?, seal?}`. Takes the value: views are large, and are not copied.
    pub fn read(mut value: Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let held = value.get_mut("v").map(Value::take);
        let map = reader.object(&value, at)?;
        let Some(held) = held.filter(Value::is_object) else {
            reader.faults.add(ErrorCode::Malformed, &at.key("v"), "expected an object");
            return None;
        };
        let key = Self::key(map, at, reader)?;
        Self::assemble(map, key, Document::from(held), at, reader)
    }

    fn assemble(
        map: &Map<String, Value>,
        key: EntityKey,
        value: Document,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Self> {
        let missing = match map.get("missing") {
            Some(list) => read_addresses(list, &at.key("missing"), reader)?,
            None => Vec::new(),
        };
        let mut derived = Table::default();
        if let Some(answers) = map.get("derived") {
            let at = at.key("derived");
            for (action, answer) in reader.object(answers, &at)? {
                let answer = Derived::read(answer, &at.key(action), reader)?;
                derived.insert(action.clone(), answer);
            }
        }
        let acls = match map.get("acls") {
            Some(told) => Some(Arc::new(read_told(told, &at.key("acls"), reader)?)),
            None => None,
        };
        let seal = match map.get("seal") {
            Some(seal) => Some(reader.text(seal, &at.key("seal"))?.to_string()),
            None => None,
        };
        Some(Self { key, value, missing, derived, acls, seal })
    }

    fn key(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<EntityKey> {
        let key = reader.required(map, "k", at)?;
        EntityKey::read(key, &at.key("k"), reader)
    }

    /// Reads a list of them from text. Documents of records stay text until they are looked at;
    /// `float` makes a number from its digits.
    pub fn read_text(text: &str, float: Float) -> Result<Vec<Self>, Error> {
        let root = At::Root("entries");
        let malformed = || Error::new(ErrorCode::Malformed, "entries", "expected a list of entries in JSON");
        let mut reader = Reader::new();
        let mut entries = Vec::new();
        let mut objects = Objects::of(text);
        let mut index = 0;
        while let Some(members) = objects.step() {
            let at = root.index(index);
            index += 1;
            let Some(members) = members else {
                reader.faults.add(ErrorCode::Malformed, &at, "expected an entry in JSON");
                continue;
            };
            let (mut map, mut held, mut id) = (Map::new(), "", None);
            // The path is put together for a fault only: there are tens of thousands of entries.
            let read = |name: &str, text: &str, limits: Limits| {
                let wrong = |_| parse_text_with(text, &at.key(name).to_string(), limits, float);
                parse_text_with(text, "entries", limits, float).or_else(wrong)
            };
            for (name, text) in members {
                if *name == "k" {
                    id = plain_record(text);
                }
                match *name {
                    "v" => held = text,
                    "k" if id.is_some() => {}
                    name => drop(map.insert(name.to_string(), read(name, text, Limits::CALL)?)),
                }
            }
            if !held.starts_with('{') {
                reader.faults.add(ErrorCode::Malformed, &at.key("v"), "expected an object");
                continue;
            }
            let key = match id {
                Some(id) => Some(EntityKey::Record { id: id.to_string() }),
                None => Self::key(&map, &at, &mut reader),
            };
            let Some(key) = key else { continue };
            let value = match key {
                EntityKey::Record { .. } => Document::Text(held.into(), float),
                _ => Document::from(read("v", held, Limits::FACTS)?),
            };
            entries.extend(Self::assemble(&map, key, value, &at, &mut reader));
        }
        if !objects.whole() {
            return Err(malformed());
        }
        reader.faults.give(Some(entries))
    }

    /// Reads a list of them.
    pub fn read_list(value: Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Self>> {
        listed(value, at, reader)?
            .into_iter()
            .enumerate()
            .map(|(index, entry)| Self::read(entry, &at.index(index), reader))
            .collect()
    }
}

impl Op {
    /// Reads a list of `{op: "put", ...}` and `{op: "del", k}`.
    pub fn read_list(value: Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Self>> {
        let list = listed(value, at, reader)?;
        let mut ops = Vec::with_capacity(list.len());
        for (index, entry) in list.into_iter().enumerate() {
            let at = at.index(index);
            ops.push(match entry.get("op").and_then(Value::as_str) {
                Some("put") => Self::Put(Entry::read(entry, &at, reader)?),
                Some("del") => {
                    let map = reader.object(&entry, &at)?;
                    let key = reader.required(map, "k", &at)?;
                    Self::Del(EntityKey::read(key, &at.key("k"), reader)?)
                }
                _ => {
                    reader.faults.add(ErrorCode::Malformed, &at.key("op"), "one of: put, del");
                    return None;
                }
            });
        }
        Some(ops)
    }
}

impl Scope {
    /// Reads `"everywhere"`, `"mine"` or `{community}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        match value {
            Value::String(word) if word == "everywhere" => Some(Self::Everywhere),
            Value::String(word) if word == "mine" => Some(Self::Mine),
            Value::Object(_) => {
                let map = reader.object_of(value, at, &["community"])?;
                let id = reader.required(map, "community", at)?;
                Some(Self::Community(reader.user_id(id, &at.key("community"))?))
            }
            _ => {
                reader.faults.add(ErrorCode::Malformed, at, "a scope is \"everywhere\", \"mine\" or {community: id}");
                None
            }
        }
    }
}

/// The id in the key of a record as servers write it, if it is plain: nearly all entries are records, and nearly all ids are.
/// Whatever is written otherwise is read in full.
fn plain_record(key: &str) -> Option<&str> {
    let id = key.strip_prefix("{\"relation\":\"record\",\"id\":\"")?.strip_suffix("\"}")?;
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (!id.is_empty() && id.len() <= Limits::ID && id.bytes().all(plain)).then_some(id)
}

fn listed(value: Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Value>> {
    reader.list(&value, at)?;
    match value {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

/// Reads a list of proofs.
pub(super) fn read_closed(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<Certificate>> {
    let list = reader.list(value, at)?;
    list.iter().enumerate().map(|(index, entry)| Certificate::read(entry, &at.index(index), reader)).collect()
}
