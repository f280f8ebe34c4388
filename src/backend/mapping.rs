//! How an index must keep the fields that a query looks at.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::acl::Kind;
use crate::model::object;

/// A level of documents.
#[derive(Debug, Clone, Default)]
struct Level {
    kind: Option<Kind>,
    nested: bool,
    inner: BTreeMap<String, Level>,
}

/// The fields of one query.
#[derive(Debug, Default)]
pub struct Mapping {
    root: Level,
    words: bool,
}

impl Mapping {
    /// A field of a type.
    pub fn add(&mut self, keys: &[String], kind: Kind) {
        self.words |= kind == Kind::Text;
        let level = self.root.at(keys);
        // One field may be asked for in two ways; a list filter knows nothing but keywords.
        level.kind = level.kind.max(Some(kind));
    }

    /// A list whose elements are asked one by one.
    pub fn nest(&mut self, keys: &[String]) {
        self.root.at(keys).nested = true;
    }

    /// As OpenSearch takes it. What is not named here is kept as keywords too, so that nothing is guessed from the first document.
    pub fn written(&self) -> Value {
        let templates = ["string", "long", "double", "boolean", "date"].into_iter().map(|kind| {
            let keyword = object(vec![("type", Value::from("keyword"))]);
            object(vec![(kind, object(vec![("match_mapping_type", Value::from(kind)), ("mapping", keyword)]))])
        });
        object(vec![
            ("date_detection", Value::Bool(false)),
            ("dynamic_templates", Value::Array(templates.collect())),
            ("properties", self.root.properties()),
        ])
    }

    /// The analyzer of texts, where there are any.
    pub fn settings(&self) -> Value {
        if !self.words {
            return Value::Object(Map::new());
        }
        let filter =
            object(vec![("type", Value::from("mapping")), ("mappings", Value::from(vec!["\u{130}=>i\u{307}"]))]);
        let tokenizer = object(vec![
            ("type", Value::from("pattern")),
            ("pattern", Value::from("[^\\p{IsAlphabetic}\\p{N}\\u0300-\\u036f]+")),
        ]);
        let analyzer = object(vec![
            ("type", Value::from("custom")),
            ("char_filter", Value::from(vec!["lictor_dots"])),
            ("tokenizer", Value::from("lictor_words")),
            ("filter", Value::from(vec!["lowercase"])),
        ]);
        let analysis = object(vec![
            ("char_filter", object(vec![("lictor_dots", filter)])),
            ("tokenizer", object(vec![("lictor_words", tokenizer)])),
            ("analyzer", object(vec![("lictor_words", analyzer)])),
        ]);
        object(vec![("analysis", analysis)])
    }
}

impl Level {
    fn at(&mut self, keys: &[String]) -> &mut Self {
        keys.iter().fold(self, |level, key| level.inner.entry(key.clone()).or_default())
    }

    fn properties(&self) -> Value {
        // Ids of users stand by themselves or in objects: of what the first document has, the templates make keywords.
        let either = |level: &Self| level.kind.is_some() && !level.inner.is_empty() && !level.nested && level.plain();
        let known = self.inner.iter().filter(|(_, level)| !either(level));
        Value::Object(known.map(|(key, level)| (key.clone(), level.written())).collect())
    }

    /// Whether there is nothing in it that is not a keyword.
    fn plain(&self) -> bool {
        let keyword = self.kind.is_none_or(|kind| kind == Kind::Keyword);
        keyword && !self.nested && self.inner.values().all(Self::plain)
    }

    fn written(&self) -> Value {
        let mut map = Map::new();
        if self.nested {
            map.insert("type".to_string(), Value::from("nested"));
            // The same elements are also asked together, beside one another.
            map.insert("include_in_parent".to_string(), Value::Bool(true));
            map.insert("include_in_root".to_string(), Value::Bool(true));
        } else if let Some(kind) = self.kind.filter(|_| self.inner.is_empty()) {
            return field(kind);
        }
        if !self.inner.is_empty() {
            map.insert("properties".to_string(), self.properties());
        }
        Value::Object(map)
    }
}

fn field(kind: Kind) -> Value {
    let word = match kind {
        // As a keyword, because an index of booleans takes other words for them too.
        Kind::Keyword | Kind::Boolean => "keyword",
        Kind::Text => "text",
        Kind::Integer => "long",
        Kind::Number => "double",
        Kind::Date => "date",
    };
    let mut map = Map::new();
    map.insert("type".to_string(), Value::from(word));
    match kind {
        Kind::Keyword | Kind::Boolean => {}
        Kind::Text => {
            map.insert("analyzer".to_string(), Value::from("lictor_words"));
        }
        // What it cannot read it names in `_ignored`, and keeps the document.
        Kind::Integer | Kind::Number | Kind::Date => {
            map.insert("ignore_malformed".to_string(), Value::Bool(true));
        }
    }
    if kind == Kind::Date {
        map.insert("format".to_string(), Value::from("strict_date_optional_time||epoch_millis"));
    }
    Value::Object(map)
}
