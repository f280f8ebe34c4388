//! What a host asks for: a list of what somebody may do something to, or the query of an access list, in one form or another.

use std::rc::Rc;

use serde_json::Value;

use super::of_filter::{Kept, Places, Unsettled};
use super::opensearch::{Dsl, opensearch};
use super::sql::{Dialect, Sql, Table, sql};
use super::test::{Column, Test};
use crate::acl::{Body, FieldTypes, Query};
use crate::engine::{Engine, ListQuery};
use crate::facts::{Facts, Key};
use crate::model::{At, Error, Faults, Limits, Reader};
use crate::policy::{Shown, Where};
use crate::terms::{Answer, ErrorCode};

/// A condition on records, to be said in a back end's language.
///
/// ```
/// use lictor::backend::Condition;
/// use serde_json::json;
///
/// let condition = Condition::of_query(&json!({"query": {"term": {"language": "cs"}}})).unwrap();
/// let sql = condition.sql(&json!({"dialect": "postgres", "table": "items"})).unwrap();
/// assert_eq!(sql.side, "equal");
/// assert!(sql.sql.starts_with(r#"("items"."document" @? $1::jsonpath"#));
/// assert_eq!(sql.indexes, [r#"CREATE INDEX ON "items" USING gin ("document" jsonb_path_ops)"#]);
/// let query = condition.opensearch(&json!({})).unwrap().query;
/// assert_eq!(query, json!({"terms": {"language": ["cs"]}}));
/// ```
#[derive(Debug, Clone)]
pub struct Condition {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Query(Query),
    List { engine: Engine, query: ListQuery, facts: Rc<Facts>, condition: Where, applied: bool },
}

const COLUMNS: [(&str, Column); 5] = [
    ("state", Column::State),
    ("primary", Column::Primary),
    ("secondary", Column::Secondary),
    ("owners", Column::Owners),
    ("terms", Column::Terms),
];

impl Condition {
    /// Reads `{query, types?}`: the query of an access list, and the types of fields that are no keywords.
    pub fn of_query(call: &Value) -> Result<Self, Error> {
        let at = At::Root("call");
        let mut reader = Reader::new();
        let found = reader.object_of(call, &at, &["query", "types"]).and_then(|map| {
            let types = map.get("types").map(|types| FieldTypes::read(types, &at.key("types"), &mut reader));
            let query = reader.required(map, "query", &at)?;
            Query::read(query, &types.unwrap_or_default(), &at.key("query"), &mut reader)
        });
        Ok(Self::from(reader.faults.give(found)?))
    }

    /// Reads `{subject, action, type?, scope?}`, as the engine's own filter does. `applied`: an index keeps what access lists come
    /// to, and is asked for that; then the facts need not hold them.
    pub fn of_list(engine: Engine, query: &Value, facts: Facts, applied: bool) -> Result<Self, Error> {
        let query = engine.read_filter(query)?;
        let condition = engine.filter_of(&query, &facts, |filter| filter.with_lists(applied));
        Ok(Self { source: Source::List { engine, query, facts: Rc::new(facts), condition, applied } })
    }

    /// Whether a record is meant: what is asked of each hit of a result that gives more.
    pub fn answer(&self, id: Option<&str>, document: &Value) -> Result<Answer, Error> {
        match &self.source {
            Source::Query(query) => Ok(query.matches(Body { id, document, withheld: &[] })),
            Source::List { engine, query, facts, applied, .. } => {
                let Some(kind) = query.policy.types.get(query.kind) else { return Ok(Answer::Deny) };
                let (at, mut faults) = (At::Root("record"), Faults::new());
                let shown = Shown { id, document, missing: &[], stored: true };
                let read = query.policy.attributes(kind, shown, facts, &at, &mut faults);
                let record = faults.give(read)?;
                match engine.filter_of(query, facts, |filter| filter.answer(&record)) {
                    Answer::Unknown if *applied => {
                        let message = "a hit is checked against the access lists; they are not given";
                        Err(Error::new(ErrorCode::MissingField, "facts.acls", message))
                    }
                    answer => Ok(answer),
                }
            }
        }
    }

    /// The facts that must be looked up before it can be said; none if it can.
    pub fn missing(&self) -> Vec<Key> {
        let mut open = Unsettled::default();
        self.test(self.kept(false, true), &mut open);
        open.missing
    }

    /// The condition in SQL. `{dialect: postgres | sqlite, table?, id?, document?, columns?: {state, primary, secondary, owners,
    /// terms}, before?}`: where things are, and how many parameters the host has before these. With columns, documents are looked at
    /// only where `document` says where they are.
    pub fn sql(&self, options: &Value) -> Result<Sql, Error> {
        let at = At::Root("options");
        let mut reader = Reader::new();
        let keys = ["dialect", "table", "id", "document", "columns", "before"];
        let found = reader.object_of(options, &at, &keys).and_then(|map| {
            let word = reader.required(map, "dialect", &at)?;
            let dialect = match word.as_str() {
                Some("postgres") => Dialect::Postgres,
                Some("sqlite") => Dialect::Sqlite,
                _ => {
                    reader.faults.add(ErrorCode::UnknownValue, &at.key("dialect"), "one of: postgres, sqlite");
                    return None;
                }
            };
            let mut name = |key: &str, usual: &str| match map.get(key) {
                None => Some(usual.to_string()),
                Some(value) => read_name(value, &at.key(key), &mut reader),
            };
            let (table, id, document) = (name("table", "records")?, name("id", "id")?, name("document", "document")?);
            let columns = read_columns(map.get("columns"), &at.key("columns"), &mut reader)?;
            let before = match map.get("before").map(Value::as_u64) {
                None => 0,
                Some(Some(before)) if before <= 10_000 => before as usize,
                Some(_) => {
                    reader.faults.add(ErrorCode::Malformed, &at.key("before"), "a whole number up to 10,000");
                    return None;
                }
            };
            Some((dialect, Table { table, id, document, columns }, before))
        });
        let (dialect, table, before) = reader.faults.give(found)?;
        let columns = !table.columns.is_empty();
        let test = self.settled(self.kept(columns, options.get("document").is_some()))?;
        Ok(sql(&test, dialect, &table, before))
    }

    /// The condition for OpenSearch. `{columns?, documents?}`: the fields that keep what the engine's columns hold, and whether the
    /// documents are there beside them.
    pub fn opensearch(&self, options: &Value) -> Result<Dsl, Error> {
        let at = At::Root("options");
        let mut reader = Reader::new();
        let found = reader.object_of(options, &at, &["columns", "documents"]).and_then(|map| {
            let documents = map.get("documents").map(|said| reader.boolean(said, &at.key("documents")));
            Some((
                read_columns(map.get("columns"), &at.key("columns"), &mut reader)?,
                documents.unwrap_or(Some(false))?,
            ))
        });
        let (columns, documents) = reader.faults.give(found)?;
        Ok(opensearch(&self.settled(self.kept(!columns.is_empty(), documents))?, &columns))
    }

    fn kept(&self, columns: bool, documents: bool) -> Kept {
        Kept { columns, documents, applied: matches!(self.source, Source::List { applied: true, .. }) }
    }

    fn settled(&self, kept: Kept) -> Result<Test, Error> {
        let mut open = Unsettled::default();
        let test = self.test(kept, &mut open);
        if open.missing.is_empty() {
            return Ok(test);
        }
        let message = "facts are missing; look up those the condition names, and ask again";
        Err(Error::new(ErrorCode::MissingField, "facts", message))
    }

    fn test(&self, kept: Kept, open: &mut Unsettled) -> Test {
        match &self.source {
            Source::Query(query) => Test::from(query),
            Source::List { engine, query, facts, condition, .. } => match query.policy.types.get(query.kind) {
                Some(kind) => engine.filter_of(query, facts, |filter| {
                    Places { ask: filter.ask(), policy: &query.policy, kind, kept }.test(condition, open)
                }),
                None => Test::NEVER,
            },
        }
    }
}

impl From<Query> for Condition {
    fn from(query: Query) -> Self {
        Self { source: Source::Query(query) }
    }
}

/// All of them, or none: a list's condition may ask for any.
fn read_columns(value: Option<&Value>, at: &At<'_>, reader: &mut Reader) -> Option<Vec<(Column, String)>> {
    let Some(value) = value else { return Some(Vec::new()) };
    let map = reader.object_of(value, at, &COLUMNS.map(|(key, _)| key))?;
    let mut found = Vec::new();
    for (key, column) in COLUMNS {
        let name = reader.required(map, key, at)?;
        found.push((column, read_name(name, &at.key(key), reader)?));
    }
    Some(found)
}

/// The name of something in a database. It is quoted, so it may hold anything but a zero.
fn read_name(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<String> {
    let name = reader.text(value, at)?;
    if name.is_empty() || name.len() > Limits::ID || name.contains('\0') {
        reader.faults.add(ErrorCode::InvalidId, at, "a name of 1 to 255 bytes, without a zero");
        return None;
    }
    Some(name.to_string())
}
