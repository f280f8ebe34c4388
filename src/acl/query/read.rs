//! A query from JSON. What the language does not have is refused, with its place.

use super::{Bounds, Field, FieldTypes, Joined, Kind, Query, Scalar, words};
use crate::model::{At, Error, Limits, Map, Reader, Value, joined};
use crate::terms::ErrorCode;

const WORDS: [&str; 10] = ["match_all", "term", "terms", "match", "range", "exists", "prefix", "ids", "bool", "nested"];

impl Query {
    /// A field by its path, outside of any `nested`.
    pub(in crate::acl) fn field_named(
        path: &str,
        types: &FieldTypes,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Field> {
        let mut queries = Queries { types, reader, left: Limits::QUERY_PARTS, full: false };
        queries.field(path, at, Inside { depth: 1, nested: &[] })
    }

    /// A field has a value.
    pub(in crate::acl) fn of_value(field: Field, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let value = scalar(field.kind, value, at, reader)?;
        Some(Self::Values(field, vec![value]))
    }

    /// A text has one of the words of a value.
    pub(in crate::acl) fn of_words(field: Field, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        match scalar(field.kind, value, at, reader)? {
            Scalar::Text(text) if words(&text).len() <= Limits::QUERY_PARTS => Some(Self::Words(field, words(&text))),
            _ => {
                let message = format!("a query has at most {} conditions and values", Limits::QUERY_PARTS);
                reader.faults.add(ErrorCode::TooLarge, at, message);
                None
            }
        }
    }
}

/// A value of a field's type.
fn scalar(kind: Kind, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Scalar> {
    let found = kind.scalar(value);
    if found.is_none() {
        let message = format!("no value of a field of the type `{}`", kind.as_str());
        reader.faults.add(ErrorCode::Malformed, at, message);
    }
    found
}

/// A reader of one query.
struct Queries<'a, 'r> {
    types: &'a FieldTypes,
    reader: &'r mut Reader,
    /// How many more conditions and values it may have.
    left: usize,
    /// Whether it was said that it has too many.
    full: bool,
}

/// Where in a query a condition stands.
#[derive(Clone, Copy)]
struct Inside<'i> {
    depth: usize,
    /// The path of the nearest `nested` around it.
    nested: &'i [String],
}

impl Query {
    /// Reads a query; fields have the types given.
    pub fn read(value: &Value, types: &FieldTypes, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let mut queries = Queries { types, reader, left: Limits::QUERY_PARTS, full: false };
        queries.query(value, at, Inside { depth: 1, nested: &[] })
    }

    /// Reads a query by itself.
    ///
    /// ```
    /// use lictor::acl::{FieldTypes, Query};
    /// use lictor::model::{Limits, parse_text};
    /// let read = |text| Query::parse(&parse_text(text, "query", Limits::CALL)?, &FieldTypes::default());
    /// assert!(read(r#"{"term": {"language": "cs"}}"#).is_ok());
    /// let error = read(r#"{"bool": {"must": [{"fuzzy": {"title": "hrad"}}]}}"#).unwrap_err();
    /// assert_eq!(error.path(), "query.bool.must[0].fuzzy");
    /// # Ok::<(), lictor::model::Error>(())
    /// ```
    pub fn parse(value: &Value, types: &FieldTypes) -> Result<Self, Error> {
        let mut reader = Reader::new();
        let query = Self::read(value, types, &At::Root("query"), &mut reader);
        reader.faults.give(query)
    }
}

impl Queries<'_, '_> {
    fn query(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        if inside.depth > Limits::QUERY_DEPTH {
            let message = format!("nested deeper than {} levels", Limits::QUERY_DEPTH);
            self.reader.faults.add(ErrorCode::TooDeep, at, message);
            return None;
        }
        self.spend(at)?;
        let map = self.reader.object(value, at)?;
        let mut entries = map.iter();
        let (Some((word, value)), None) = (entries.next(), entries.next()) else {
            self.wrong(at, "a condition is an object with one key, which says what it asks for");
            return None;
        };
        let at = at.key(word);
        match word.as_str() {
            "match_all" => self.reader.object_of(value, &at, &[]).map(|_| Query::All),
            "term" => self.term(value, &at, inside),
            "terms" => self.terms(value, &at, inside),
            "match" => self.words(value, &at, inside),
            "range" => self.range(value, &at, inside),
            "exists" => {
                let map = self.reader.object_of(value, &at, &["field"])?;
                let path = self.reader.required(map, "field", &at)?;
                Some(Query::Exists(self.named(path, &at.key("field"), inside)?))
            }
            "prefix" => self.prefix(value, &at, inside),
            "ids" => self.ids(value, &at, inside),
            "bool" => self.joined(value, &at, inside),
            "nested" => self.nested(value, &at, inside),
            _ => {
                let message = format!("access lists ask for {}", joined(&WORDS, ", "));
                self.reader.faults.add(ErrorCode::UnknownField, &at, message);
                None
            }
        }
    }

    fn wrong(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.reader.faults.add(ErrorCode::Malformed, at, message);
    }

    /// Counts one condition or value.
    fn spend(&mut self, at: &At<'_>) -> Option<()> {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            return Some(());
        }
        if !self.full {
            self.full = true;
            let message = format!("a query has at most {} conditions and values", Limits::QUERY_PARTS);
            self.reader.faults.add(ErrorCode::TooLarge, at, message);
        }
        None
    }

    fn field(&mut self, path: &str, at: &At<'_>, inside: Inside<'_>) -> Option<Field> {
        let keys: Vec<String> = path.split('.').map(str::to_string).collect();
        if keys.len() > Limits::PATH || keys.iter().any(String::is_empty) {
            self.wrong(at, format!("a field is 1 to {} names with dots between them", Limits::PATH));
            return None;
        }
        if !keys.starts_with(inside.nested) || keys.len() == inside.nested.len() && !inside.nested.is_empty() {
            self.wrong(at, format!("inside this `nested` fields begin with `{}.`", joined(inside.nested, ".")));
            return None;
        }
        let field = Field { above: inside.nested.len(), kind: self.types.of(path), keys };
        self.types.allow(&field.keys, at, self.reader).then_some(field)
    }

    fn named(&mut self, path: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Field> {
        let path = self.reader.text(path, at)?;
        self.field(path, at, inside)
    }

    /// `{field: value}`: the one field there is, and what is said of it.
    fn one<'v>(&mut self, value: &'v Value, at: &At<'_>, inside: Inside<'_>) -> Option<(Field, &'v str, &'v Value)> {
        let map = self.reader.object(value, at)?;
        let mut entries = map.iter();
        let (Some((path, value)), None) = (entries.next(), entries.next()) else {
            self.wrong(at, "names exactly one field");
            return None;
        };
        Some((self.field(path, &at.key(path), inside)?, path, value))
    }

    /// What is asked of a field: a value, or an object that holds it under a key.
    fn given<'v>(&mut self, value: &'v Value, key: &str, at: &At<'_>) -> Option<&'v Value> {
        match value {
            Value::Object(_) => {
                let map = self.reader.object_of(value, at, &[key])?;
                self.reader.required(map, key, at)
            }
            _ => Some(value),
        }
    }

    fn term(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let (field, path, value) = self.one(value, at, inside)?;
        let at = at.key(path);
        let value = self.given(value, "value", &at)?;
        Query::of_value(field, value, &at, self.reader)
    }

    fn terms(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let (field, path, value) = self.one(value, at, inside)?;
        let at = at.key(path);
        let mut values = Vec::new();
        for (index, value) in self.reader.list(value, &at)?.iter().enumerate() {
            let at = at.index(index);
            self.spend(&at)?;
            values.extend(scalar(field.kind, value, &at, self.reader));
        }
        Some(Query::Values(field, values))
    }

    fn words(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let (field, path, value) = self.one(value, at, inside)?;
        let at = at.key(path);
        let value = self.given(value, "query", &at)?;
        // Only texts have words.
        if field.kind != Kind::Text {
            return Query::of_value(field, value, &at, self.reader);
        }
        let query = Query::of_words(field, value, &at, self.reader)?;
        if let Query::Words(_, words) = &query {
            for _ in words {
                self.spend(&at)?;
            }
        }
        Some(query)
    }

    fn range(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let (field, path, value) = self.one(value, at, inside)?;
        let at = at.key(path);
        if matches!(field.kind, Kind::Text | Kind::Boolean) {
            self.wrong(&at, format!("a field of the type `{}` has no order", field.kind.as_str()));
            return None;
        }
        let map = self.reader.object_of(value, &at, &["gt", "gte", "lt", "lte"])?;
        let bounds = Bounds {
            low: self.bound(map, ["gt", "gte"], field.kind, &at)?,
            high: self.bound(map, ["lt", "lte"], field.kind, &at)?,
        };
        if bounds == Bounds::default() {
            self.wrong(&at, "a range has an end");
            return None;
        }
        Some(Query::Range(field, bounds))
    }

    /// One end of a range: without the value named, or with it; none is right.
    fn bound(
        &mut self,
        map: &Map<String, Value>,
        [without, with]: [&str; 2],
        kind: Kind,
        at: &At<'_>,
    ) -> Option<Option<(Scalar, bool)>> {
        let (key, value, belongs) = match (map.get(without), map.get(with)) {
            (None, None) => return Some(None),
            (Some(value), None) => (without, value, false),
            (None, Some(value)) => (with, value, true),
            (Some(_), Some(_)) => {
                self.wrong(at, format!("either `{without}` or `{with}`"));
                return None;
            }
        };
        let value = scalar(kind, value, &at.key(key), self.reader)?;
        Some(Some((value, belongs)))
    }

    fn prefix(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let (field, path, value) = self.one(value, at, inside)?;
        let at = at.key(path);
        if field.kind != Kind::Keyword {
            self.wrong(&at, format!("a field of the type `{}` has no beginning", field.kind.as_str()));
            return None;
        }
        let value = self.given(value, "value", &at)?;
        let start = self.reader.text(value, &at)?.to_string();
        Some(Query::Prefix(field, start))
    }

    fn ids(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        if !inside.nested.is_empty() {
            self.wrong(at, "an element of a record has no id");
            return None;
        }
        let map = self.reader.object_of(value, at, &["values"])?;
        let list = self.reader.required(map, "values", at)?;
        let at = at.key("values");
        let mut ids = Vec::new();
        for (index, id) in self.reader.list(list, &at)?.iter().enumerate() {
            let at = at.index(index);
            self.spend(&at)?;
            ids.extend(self.reader.user_id(id, &at));
        }
        Some(Query::Ids(ids))
    }

    fn joined(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let known = ["must", "filter", "should", "must_not"];
        let map = self.reader.object_of(value, at, &known)?;
        let mut parts = known.into_iter().map(|key| self.parts(map.get(key), &at.key(key), inside));
        let mut next = || parts.next().flatten();
        let joined = Joined { must: next()?, filter: next()?, should: next()?, must_not: next()? };
        Some(Query::Bool(Box::new(joined)))
    }

    /// Conditions in a list, or one by itself.
    fn parts(&mut self, value: Option<&Value>, at: &At<'_>, inside: Inside<'_>) -> Option<Vec<Query>> {
        let levels = if value.is_some_and(Value::is_array) { 3 } else { 2 };
        let inside = Inside { depth: inside.depth + levels, ..inside };
        match value {
            None => Some(Vec::new()),
            Some(Value::Array(list)) => {
                let mut found = Vec::new();
                for (index, part) in list.iter().enumerate() {
                    found.extend(self.query(part, &at.index(index), inside));
                    if self.full {
                        return None;
                    }
                }
                Some(found)
            }
            Some(part) => Some(vec![self.query(part, at, inside)?]),
        }
    }

    fn nested(&mut self, value: &Value, at: &At<'_>, inside: Inside<'_>) -> Option<Query> {
        let map = self.reader.object_of(value, at, &["path", "query"])?;
        let path = self.reader.required(map, "path", at)?;
        let field = self.named(path, &at.key("path"), inside)?;
        let query = self.reader.required(map, "query", at)?;
        let inside = Inside { depth: inside.depth + 2, nested: &field.keys };
        let query = self.query(query, &at.key("query"), inside)?;
        Some(Query::Nested(field, Box::new(query)))
    }
}
