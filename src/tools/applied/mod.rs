//! What access lists come to for each record, for a host that keeps it beside its records in an index of its own: after a
//! change of lists or records, which of these must be written again.
//!
//! All records and lists are held. Of each list it is known which records its query finds, and of each record which queries
//! find it, so a change looks at the records it touches and at no others. A query that is new looks at the records that have a
//! value it cannot do without, or at all of its schemas if it can do without any.

mod rows;

use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use self::rows::{Row, Rows, Said};
use crate::acl::{Acl, AclSettings, Acls, Body, Means, Scalar, applied, entries_of, materialised};
use crate::engine::Engine;
use crate::model::{At, Error, List, Reader, Set, Table};
use crate::terms::{Answer, ErrorCode};

/// Records, lists, and which speak of which.
#[derive(Debug)]
pub struct Applied {
    engine: Engine,
    settings: Rc<AclSettings>,
    lists: Acls,
    rows: Rows,
    /// By the ids of lists with a query: the records it finds.
    found: Table<Set<u32>>,
    /// What came of the last change, of some of its records: whoever heard of it asks for that next.
    latest: Table<Option<Value>>,
}

/// Records of which that is kept.
const LATEST: usize = 1_000;

/// What an index keeps for a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AppliedRecord {
    /// Its id.
    pub id: String,
    /// The field; none for a record that gets none, or that there is not.
    pub field: Option<Value>,
}

/// What is to be changed: lists and documents, none where one is removed.
type Changes = (Vec<(String, Option<Acl>)>, Vec<(String, Option<Value>)>);

/// A list that was changed.
struct Replaced {
    id: String,
    old: Option<Arc<Acl>>,
    /// The records the old one's query found.
    found: Set<u32>,
    new: Option<Arc<Acl>>,
}

impl Applied {
    /// Nothing yet, under a policy that has access lists.
    pub fn new(engine: Engine) -> Result<Self, Error> {
        let Some(settings) = engine.policy().acls.clone() else {
            let message = "this policy has no access lists; say of them under `acls`";
            return Err(Error::new(ErrorCode::MissingField, "policy.acls", message));
        };
        Ok(Self {
            engine,
            settings,
            lists: Acls::default(),
            rows: Rows::default(),
            found: Table::default(),
            latest: Table::default(),
        })
    }

    /// The content hash of the policy.
    pub fn policy(&self) -> &str {
        &self.engine.policy().hash
    }

    /// How many records are held.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Holds records, by their ids. What that changes is not asked for.
    pub fn load(&mut self, records: &Value) -> Result<(), Error> {
        let mut reader = Reader::new();
        let found = read_records(Some(records), &At::Root("records"), &mut reader);
        self.latest = Table::default();
        for (id, document) in reader.faults.give(found)? {
            self.put(&id, document);
        }
        Ok(())
    }

    /// `{acls?: {id: list | null}, records?: {id: document | null}}`: changes all of these, or nothing if one cannot be read.
    /// The ids of the records for which the index must keep something else than before, in order.
    pub fn change(&mut self, changes: &Value) -> Result<Vec<String>, Error> {
        let mut reader = Reader::new();
        let found = self.read(changes, &At::Root("changes"), &mut reader);
        let (lists, records) = reader.faults.give(found)?;
        let before: Vec<Option<Value>> = records.iter().map(|(id, _)| self.field(id)).collect();
        let given: Set<u32> = records.iter().filter_map(|(id, _)| self.rows.number(id)).collect();
        let named = self.named();
        let replaced: Vec<Replaced> = lists.into_iter().map(|(id, acl)| self.replace(id, acl)).collect();
        let touched = self.touched(&replaced, &named);
        let (mut changed, mut latest) = (Vec::new(), Table::default());
        let mut tell = |id: String, now: Option<Value>| {
            if latest.len() < LATEST {
                latest.insert(id.clone(), now);
            }
            changed.push(id);
        };
        for number in touched.into_iter().filter(|number| !given.contains(number)) {
            let Some(row) = self.rows.get(number) else { continue };
            if let Some(now) = self.changed(number, row, &replaced, &named) {
                tell(row.id.clone(), now);
            }
        }
        for ((id, document), before) in records.into_iter().zip(before) {
            self.put(&id, document);
            let now = self.field(&id);
            if now != before {
                tell(id, now);
            }
        }
        self.latest = latest;
        changed.sort_unstable();
        Ok(changed)
    }

    /// What the index is to keep for each of these records.
    pub fn fields(&self, ids: &Value) -> Result<Vec<AppliedRecord>, Error> {
        let (at, mut reader) = (At::Root("ids"), Reader::new());
        let ids = reader.list(ids, &at).map(|ids| {
            let each = ids.iter().enumerate().filter_map(|(index, id)| reader.user_id(id, &at.index(index)));
            each.collect::<Vec<_>>()
        });
        let ids = reader.faults.give(ids)?;
        let field = |id: &str| self.latest.get(id).cloned().unwrap_or_else(|| self.field(id));
        Ok(ids.into_iter().map(|id| AppliedRecord { field: field(&id), id }).collect())
    }

    fn read(&self, changes: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Changes> {
        let map = reader.object_of(changes, at, &["acls", "records"])?;
        let (mut lists, acls) = (Vec::new(), at.key("acls"));
        if let Some(given) = map.get("acls") {
            for (id, value) in reader.object(given, &acls)? {
                let at = acls.key(id);
                reader.valid_id(id, &at);
                let acl = match value {
                    Value::Null => None,
                    value => match Acl::read(id, value, &self.settings, &at, reader) {
                        Some(acl) => Some(acl),
                        None => continue,
                    },
                };
                lists.push((id.clone(), acl));
            }
        }
        let records = read_records(map.get("records"), &at.key("records"), reader)?;
        Some((lists, records))
    }

    fn field(&self, id: &str) -> Option<Value> {
        let row = self.rows.get(self.rows.number(id)?)?;
        let said = row.said.as_ref()?;
        let lists: Vec<&Arc<Acl>> = self.lists.plain(id, &said.schema).chain(&row.queries).collect();
        let document = looked_at(row, lists.iter().copied());
        self.comes_to(body(row, &document), said, lists, self.lists.names(&said.schema))
    }

    /// What these lists, which speak of a record, come to; `named`: whether a list names its schema.
    fn comes_to(&self, body: Body<'_>, said: &Said, lists: Vec<&Arc<Acl>>, named: bool) -> Option<Value> {
        if self.settings.named_schemas_only && !named {
            return None;
        }
        // Where a pointer that leads nowhere is a fault, the record gets nothing.
        let entries = entries_of(lists, body, &self.settings).ok()?;
        let in_state = |states: &Vec<String>| states.iter().any(|state| **state == *said.state);
        let state = |list: &List| Answer::from(list.states.as_ref().is_none_or(in_state));
        let counting = applied(&entries, &self.settings, &state);
        Some(materialised(counting.iter().map(|(entry, _)| *entry), &self.settings))
    }

    /// The schemas some list names, where that matters.
    fn named(&self) -> Set<String> {
        let all = self.settings.schemas.iter();
        all.filter(|name| self.settings.named_schemas_only && self.lists.names(name)).cloned().collect()
    }

    /// Puts a list in the place of that with its id, or removes that.
    fn replace(&mut self, id: String, acl: Option<Acl>) -> Replaced {
        let old = self.lists.get(&id).cloned();
        let found = self.found.remove(&id).unwrap_or_default();
        self.lists.remove(&id);
        for number in &found {
            if let Some(row) = self.rows.get_mut(*number) {
                row.queries.retain(|own| own.list.id != id);
            }
        }
        let new = acl.and_then(|acl| {
            let same = old.as_ref().is_some_and(|old| old.means == acl.means && old.schemas == acl.schemas);
            let numbers = if same { found.clone() } else { self.search(&acl) };
            self.lists.insert(acl, &self.settings);
            let acl = self.lists.get(&id).cloned()?;
            for number in &numbers {
                if let Some(row) = self.rows.get_mut(*number) {
                    row.queries.push(Arc::clone(&acl));
                }
            }
            if !numbers.is_empty() {
                self.found.insert(id.clone(), numbers);
            }
            Some(acl)
        });
        Replaced { id, old, found, new }
    }

    /// The records a list's query finds; none for a list without.
    fn search(&mut self, acl: &Acl) -> Set<u32> {
        let Means::Query(query) = &acl.means else { return Set::new() };
        let near: Vec<u32> = match query.asks_for() {
            Some((field, values)) => {
                let texts = values.iter().filter_map(|value| match value {
                    Scalar::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                self.rows.with_values(field, texts)
            }
            None => acl.schemas.iter().flat_map(|schema| self.rows.of_schema(schema)).copied().collect(),
        };
        let meant = ascending(near).into_iter().filter(|number| {
            let Some(row) = self.rows.get(*number) else { return false };
            let of_schema = row.said.as_ref().is_some_and(|said| acl.schemas.contains(&*said.schema));
            of_schema && acl.finds(body(row, &row.document())) == Some(Answer::Allow)
        });
        meant.collect()
    }

    /// The records that a changed list speaks of, or spoke of.
    fn touched(&self, replaced: &[Replaced], named: &Set<String>) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        for one in replaced {
            found.extend(one.found.iter().chain(self.found.get(&one.id).into_iter().flatten()));
            for acl in one.old.iter().chain(&one.new) {
                match &acl.means {
                    Means::Query(_) => {}
                    Means::All => found.extend(acl.schemas.iter().flat_map(|schema| self.rows.of_schema(schema))),
                    Means::Ids(ids) => found.extend(ids.iter().filter_map(|id| self.rows.number(id))),
                }
            }
        }
        // Whether any list names a schema may matter to all of its records.
        let now = self.named();
        let flipped = self.settings.schemas.iter().filter(|name| named.contains(*name) != now.contains(*name));
        found.extend(flipped.flat_map(|schema| self.rows.of_schema(schema)));
        ascending(found)
    }

    /// What a record comes to; none if that is what it came to before these lists were changed.
    fn changed(&self, number: u32, row: &Row, replaced: &[Replaced], named: &Set<String>) -> Option<Option<Value>> {
        let said = row.said.as_ref()?;
        let now: Vec<&Arc<Acl>> = self.lists.plain(&row.id, &said.schema).chain(&row.queries).collect();
        // They came as the keys of an object, which are in order.
        let is_new = |acl: &Acl| replaced.binary_search_by(|one| one.id.as_str().cmp(&acl.list.id)).is_ok();
        let mut before: Vec<&Arc<Acl>> = now.iter().copied().filter(|acl| !is_new(acl)).collect();
        before.extend(replaced.iter().filter_map(|one| {
            let spoke = |old: &&Arc<Acl>| match &old.means {
                Means::Ids(ids) => ids.contains(&row.id),
                Means::All => old.schemas.contains(&*said.schema),
                Means::Query(_) => one.found.contains(&number),
            };
            one.old.as_ref().filter(spoke)
        }));
        let document = looked_at(row, before.iter().chain(&now).copied());
        let is_named = self.lists.names(&said.schema);
        let before = self.comes_to(body(row, &document), said, before, named.contains(&*said.schema));
        let now = self.comes_to(body(row, &document), said, now, is_named);
        (now != before).then_some(now)
    }

    /// Puts a record in the place of that with its id, or removes that.
    fn put(&mut self, id: &str, document: Option<Value>) {
        if let Some(number) = self.rows.number(id) {
            for acl in self.rows.remove(number).into_iter().flat_map(|row| row.queries) {
                self.found.change(&acl.list.id, |own| _ = own.remove(&number));
            }
        }
        let Some(mut document) = document else { return };
        // What an index kept is no part of the record.
        self.settings.materialised.remove(&mut document);
        let said = self.rows.said(&document, &self.engine, &self.settings);
        let body = Body { id: Some(id), document: &document, withheld: &[] };
        let queries = said.as_ref().map_or_else(Vec::new, |said| self.lists.finding(body, &said.schema));
        let names: Vec<String> = queries.iter().map(|acl| acl.list.id.clone()).collect();
        let number = self.rows.add(id, &document, said, queries);
        for name in names {
            self.found.change(&name, |own| _ = own.insert(number));
        }
    }
}

fn body<'r>(row: &'r Row, document: &'r Value) -> Body<'r> {
    Body { id: Some(&row.id), document, withheld: &[] }
}

/// A record's document, where one of the lists that speak of it asks who stands there. Few do, and its text is long to read.
fn looked_at<'l>(row: &Row, lists: impl IntoIterator<Item = &'l Arc<Acl>>) -> Value {
    if lists.into_iter().all(|acl| acl.in_record.is_empty()) { Value::Null } else { row.document() }
}

fn read_records(value: Option<&Value>, at: &At<'_>, reader: &mut Reader) -> Option<Vec<(String, Option<Value>)>> {
    let Some(value) = value else { return Some(Vec::new()) };
    let mut found = Vec::new();
    for (id, document) in reader.object(value, at)? {
        let at = at.key(id);
        reader.valid_id(id, &at);
        if !document.is_null() {
            reader.object(document, &at);
        }
        found.push((id.clone(), Some(document.clone()).filter(|document| !document.is_null())));
    }
    Some(found)
}

/// Numbers in order, each once.
fn ascending(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
