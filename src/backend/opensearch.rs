//! A condition in the query language of OpenSearch, over documents as its index has them, and the mapping under which it means
//! the same.
//!
//! An index keeps words, not values: which of them stood in a text and which in a number it has forgotten. What it could not
//! read at all it names in `_ignored`, so nothing that may be meant is left out.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Reason;
use super::mapping::Mapping;
use super::sql::{like_a_number, number, written};
use super::test::{Ask, Column, Ends, Exact, Path, Place, Test, Why};
use crate::acl::{Kind, Scalar, place_in_list};
use crate::model::{joined, texts};

/// A condition for an OpenSearch index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dsl {
    /// The query; it stands well in a `filter`.
    pub query: Value,
    /// How the fields it looks at must be mapped.
    pub mappings: Value,
    /// Settings of the index that the mapping uses.
    pub settings: Value,
    /// `equal`, or `over` where more is found than is meant.
    pub side: &'static str,
    /// Why more is found.
    pub reasons: Vec<Reason>,
}

/// One query in the making.
struct Writer<'c> {
    columns: &'c [(Column, String)],
    why: BTreeSet<Why>,
    mapping: Mapping,
    /// Fields of elements, some of which the index may not have read: only the whole document says so.
    lifted: BTreeSet<String>,
}

/// A pointer may mean so many fields at most: each number in it doubles them.
const FIELDS: usize = 16;

/// So many values at most stand in one `terms`.
const TERMS: usize = 50_000;

/// The condition for an index; `columns` are the fields that keep what the engine's columns hold.
pub fn opensearch(test: &Test, columns: &[(Column, String)]) -> Dsl {
    let mut writer = Writer { columns, why: BTreeSet::new(), mapping: Mapping::default(), lifted: BTreeSet::new() };
    let query = writer.test(test, &[], true);
    Dsl {
        query,
        settings: writer.mapping.settings(),
        mappings: writer.mapping.written(),
        side: if writer.why.is_empty() { "equal" } else { "over" },
        reasons: writer.why.into_iter().map(Reason::from).collect(),
    }
}

impl Writer<'_> {
    fn test(&mut self, test: &Test, above: &[String], up: bool) -> Value {
        match test {
            Test::Any(parts) => any(parts.iter().map(|part| self.test(part, above, up)).collect()),
            Test::All(parts) => all(parts.iter().map(|part| self.test(part, above, up)).collect()),
            Test::Not(part) => not(self.test(part, above, !up)),
            Test::Open(why) => self.open(*why, up),
            Test::Among(part, why) => {
                self.why.insert(*why);
                if up { self.test(part, above, up) } else { never() }
            }
            Test::Id(ids) => one("ids", one("values", texts(ids))),
            Test::Column(column, values) => match self.column(*column) {
                Some(field) => terms(&field, values.clone()),
                None => never(),
            },
            Test::Filled(column) => match self.column(*column) {
                Some(field) => exists(&field),
                None => never(),
            },
            Test::Value(path, ask) => {
                let keys: Vec<String> = above.iter().chain(&path.keys).cloned().collect();
                self.value(&keys, ask, !above.is_empty(), up)
            }
            Test::Exact(place, how) => self.exact(place, how, up),
            Test::Each(path, part) => self.each(above, path, part, up),
        }
    }

    /// Where a record says its schema there is one text, or nothing. A pointer may lead to one entry of a list, and an index
    /// knows only of all.
    fn exact(&mut self, place: &Place, how: &Exact, up: bool) -> Value {
        let field = joined(&place.keys, ".");
        match how {
            Exact::Text => exists(&field),
            Exact::Is(text) => {
                self.mapping.add(&place.keys, Kind::Keyword);
                terms(&field, vec![text.clone()])
            }
            Exact::Ends(end) => {
                self.mapping.add(&place.keys, Kind::Keyword);
                let mut wild = "*".to_string();
                for c in end.chars() {
                    if matches!(c, '*' | '?' | '\\') {
                        wild.push('\\');
                    }
                    wild.push(c);
                }
                one("wildcard", one(&field, Value::from(wild)))
            }
            Exact::There => self.open(Why::Pointers, up),
            Exact::Names(names) => {
                self.why.insert(Why::Pointers);
                if !up {
                    return never();
                }
                let mut paths: Vec<Vec<String>> = vec![Vec::new()];
                for key in &place.keys {
                    // A number is the name of a level, or leads into a list, of which the index knows nothing.
                    let inside = if place_in_list(key).is_some() { paths.clone() } else { Vec::new() };
                    paths.iter_mut().for_each(|path| path.push(key.clone()));
                    paths.extend(inside);
                    if paths.len() > FIELDS {
                        return always();
                    }
                }
                let mut found = Vec::new();
                for mut path in paths.into_iter().filter(|path| !path.is_empty()) {
                    self.mapping.add(&path, Kind::Keyword);
                    found.push(terms(&joined(&path, "."), names.clone()));
                    path.push("user".to_string());
                    self.mapping.add(&path, Kind::Keyword);
                    found.push(terms(&joined(&path, "."), names.clone()));
                }
                any(found)
            }
        }
    }

    fn column(&mut self, column: Column) -> Option<String> {
        let field = self.columns.iter().find(|(own, _)| *own == column).map(|(_, name)| name.clone())?;
        self.mapping.add(std::slice::from_ref(&field), Kind::Keyword);
        Some(field)
    }

    fn open(&mut self, why: Why, up: bool) -> Value {
        self.why.insert(why);
        if up { always() } else { never() }
    }

    fn each(&mut self, above: &[String], path: &Path, part: &Test, up: bool) -> Value {
        let keys: Vec<String> = above.iter().chain(&path.keys).cloned().collect();
        self.mapping.nest(&keys);
        let query = self.test(part, &keys, up);
        let mut map = Map::new();
        map.insert("path".to_string(), Value::from(joined(&keys, ".")));
        map.insert("query".to_string(), query);
        let found = one("nested", Value::Object(map));
        if !above.is_empty() || self.lifted.is_empty() {
            return found;
        }
        let lifted: Vec<String> = std::mem::take(&mut self.lifted).into_iter().collect();
        let ignored = terms("_ignored", lifted);
        if up { any(vec![found, ignored]) } else { all(vec![found, not(ignored)]) }
    }

    fn value(&mut self, keys: &[String], ask: &Ask, inside: bool, up: bool) -> Value {
        let field = joined(keys, ".");
        match ask {
            Ask::In(Kind::Keyword | Kind::Text, wanted) => {
                self.mapping.add(keys, Kind::Keyword);
                let wanted = wanted.iter().filter_map(|one| match one {
                    Scalar::Text(text) => Some(text.clone()),
                    _ => None,
                });
                self.keywords(&field, wanted.collect(), up)
            }
            Ask::In(Kind::Boolean, wanted) => {
                self.mapping.add(keys, Kind::Boolean);
                terms(&field, wanted.iter().map(written).collect())
            }
            Ask::In(kind, wanted) => {
                let each = wanted.iter().map(|one| {
                    let end = Some((one.clone(), true));
                    Ask::Range(*kind, Ends { low: end.clone(), high: end })
                });
                let each: Vec<Ask> = each.collect();
                any(each.iter().map(|ask| self.value(keys, ask, inside, up)).collect())
            }
            Ask::Range(kind @ (Kind::Keyword | Kind::Text | Kind::Boolean), ends) => {
                self.mapping.add(keys, *kind);
                let start =
                    ends.low.as_ref().is_none_or(|(low, _)| matches!(low, Scalar::Text(low) if low.as_str() < ":"));
                let end = ends
                    .high
                    .as_ref()
                    .is_none_or(|(high, _)| matches!(high, Scalar::Text(high) if high.as_str() >= "-"));
                if start && end {
                    // What a number is written like is told apart from it by its order.
                    return self.among_numbers(&field, range(&field, ends), up);
                }
                range(&field, ends)
            }
            Ask::Range(kind, ends) => {
                self.mapping.add(keys, *kind);
                self.why.insert(Why::Written);
                if !up {
                    return never();
                }
                self.with_ignored(&field, range(&field, ends), inside)
            }
            Ask::Prefix(start) => {
                self.mapping.add(keys, Kind::Keyword);
                let query = one("prefix", one(&field, Value::from(start.as_str())));
                if like_a_number(start) { self.among_numbers(&field, query, up) } else { query }
            }
            Ask::AnyCase(text) => {
                self.mapping.add(keys, Kind::Keyword);
                let mut map = Map::new();
                map.insert("value".to_string(), Value::from(text.as_str()));
                map.insert("case_insensitive".to_string(), Value::Bool(true));
                one("term", one(&field, Value::Object(map)))
            }
            Ask::Words(words) => {
                self.mapping.add(keys, Kind::Text);
                self.words(&field, words, up)
            }
            Ask::There(kind) => {
                if matches!(kind, Kind::Integer | Kind::Number | Kind::Date) {
                    self.mapping.add(keys, *kind);
                }
                if inside {
                    self.why.insert(Why::Written);
                    if !up {
                        return exists(&field);
                    }
                }
                self.with_ignored(&field, exists(&field), inside)
            }
            // Neither that a list is empty nor how long it is stands in an index.
            Ask::Size(_) => self.open(Why::Lengths, up),
        }
    }

    /// One of these texts; numbers are in the index as they are written.
    fn keywords(&mut self, field: &str, wanted: Vec<String>, up: bool) -> Value {
        let is_number = |text: &String| serde_json::from_str::<serde_json::Number>(text).is_ok();
        // Below a millionth they are written with an exponent.
        let safe = |text: &String| !is_number(text) || (number(text) && !small(text));
        let (same, other): (Vec<String>, Vec<String>) = wanted.into_iter().partition(safe);
        if !other.is_empty() {
            self.why.insert(Why::Numbers);
        }
        let mut asked = same;
        if up {
            asked.extend(other.iter().filter_map(|text| exponent(text)));
            asked.extend(other);
        }
        terms(field, asked)
    }

    /// What a number is written like may be in the index, and not be its text; or be its text, and not be in the index.
    fn among_numbers(&mut self, field: &str, query: Value, up: bool) -> Value {
        self.why.insert(Why::Numbers);
        if !up {
            return never();
        }
        // Below a millionth they are written with an exponent.
        let small = one("regexp", one(field, Value::from("-?[0-9](\\.[0-9]+)?e-[0-9]+")));
        any(vec![query, small])
    }

    /// Among them what the index could not read.
    fn with_ignored(&mut self, field: &str, query: Value, inside: bool) -> Value {
        if inside {
            self.lifted.insert(field.to_string());
            return query;
        }
        any(vec![query, terms("_ignored", vec![field.to_string()])])
    }

    /// The index keeps both small forms of the one letter that has two.
    fn words(&mut self, field: &str, words: &[String], up: bool) -> Value {
        let (mut asked, mut found) = (Vec::new(), Vec::new());
        for word in words {
            if !word.contains('σ') {
                asked.push(word.clone());
                continue;
            }
            self.why.insert(Why::Words);
            if up {
                found.push(one("regexp", one(field, Value::from(word.replace('σ', "[σς]")))));
            }
        }
        if !asked.is_empty() || found.is_empty() {
            found.push(terms(field, asked));
        }
        let found = any(found);
        if !words.iter().any(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
            return found;
        }
        // Digits may be of a number, which is in the index as it is written.
        self.why.insert(Why::Numbers);
        if up { any(vec![found, one("regexp", one(field, Value::from("[0-9]+e")))]) } else { never() }
    }
}

fn one(key: &str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert(key.to_string(), value);
    Value::Object(map)
}

fn always() -> Value {
    one("match_all", Value::Object(Map::new()))
}

fn never() -> Value {
    one("match_none", Value::Object(Map::new()))
}

fn any(mut parts: Vec<Value>) -> Value {
    match parts.len() {
        0 => never(),
        1 => parts.pop().unwrap_or_default(),
        _ => {
            let mut map = Map::new();
            map.insert("should".to_string(), Value::Array(parts));
            map.insert("minimum_should_match".to_string(), Value::from(1));
            one("bool", Value::Object(map))
        }
    }
}

fn all(mut parts: Vec<Value>) -> Value {
    match parts.len() {
        0 => always(),
        1 => parts.pop().unwrap_or_default(),
        _ => one("bool", one("filter", Value::Array(parts))),
    }
}

fn not(part: Value) -> Value {
    one("bool", one("must_not", Value::Array(vec![part])))
}

fn exists(field: &str) -> Value {
    one("exists", one("field", Value::from(field)))
}

fn terms(field: &str, values: Vec<String>) -> Value {
    any(values.chunks(TERMS).map(|some| one("terms", one(field, texts(some)))).collect())
}

fn range(field: &str, ends: &Ends) -> Value {
    let mut map = Map::new();
    for (end, without, with) in [(&ends.low, "gt", "gte"), (&ends.high, "lt", "lte")] {
        if let Some((value, belongs)) = end {
            let key = if *belongs { with } else { without };
            let value = match value {
                Scalar::Text(text) => Value::from(text.as_str()),
                Scalar::Integer(number) => Value::from(*number),
                Scalar::Number(number) => Value::from(*number),
                Scalar::Boolean(yes) => Value::from(yes.to_string()),
                Scalar::Moment(ms) => {
                    map.insert("format".to_string(), Value::from("epoch_millis"));
                    Value::from(*ms)
                }
            };
            map.insert(key.to_string(), value);
        }
    }
    one("range", one(field, Value::Object(map)))
}

/// Whether a fraction is less than a millionth.
fn small(text: &str) -> bool {
    text.trim_start_matches('-').starts_with("0.000000")
}

/// A fraction as it is written with an exponent.
fn exponent(text: &str) -> Option<String> {
    if !small(text) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let behind = text.split_once('.')?.1;
    let digits = behind.trim_start_matches('0');
    let places = behind.len() - digits.len() + 1;
    let (first, rest) = digits.split_at_checked(1)?;
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{sign}{first}{point}{rest}e-{places}"))
}
