//! The query of an access list, as what is asked of a record.

use super::test::{Ask, Ends, Path, Test};
use crate::acl::{Field, Kind, Query, Scalar};

impl From<&Query> for Test {
    fn from(query: &Query) -> Self {
        match query {
            Query::All => Self::ALWAYS,
            Query::Ids(ids) => Self::Id(ids.clone()),
            // Of a text a word is asked, as it is given.
            Query::Values(field, wanted) if field.kind == Kind::Text => {
                let words = wanted.iter().filter_map(|wanted| match wanted {
                    Scalar::Text(word) => Some(word.clone()),
                    _ => None,
                });
                Self::Value(path(field), Ask::Words(words.collect()))
            }
            Query::Values(field, wanted) => Self::Value(path(field), Ask::In(field.kind, wanted.clone())),
            Query::Words(field, words) => Self::Value(path(field), Ask::Words(words.clone())),
            Query::Range(field, bounds) => {
                let ends = Ends { low: bounds.low.clone(), high: bounds.high.clone() };
                Self::Value(path(field), Ask::Range(field.kind, ends))
            }
            Query::Exists(field) => Self::Value(path(field), Ask::There(field.kind)),
            Query::Prefix(field, start) => Self::Value(path(field), Ask::Prefix(start.clone())),
            Query::Nested(field, query) => Self::Each(path(field), Box::new(Self::from(query.as_ref()))),
            Query::Bool(parts) => {
                let mut all: Vec<Self> = parts.must.iter().chain(&parts.filter).map(Self::from).collect();
                all.extend(parts.must_not.iter().map(|part| Self::from(part).turned()));
                if parts.wants_one() {
                    all.push(Self::Any(parts.should.iter().map(Self::from).collect()));
                }
                Self::All(all)
            }
        }
    }
}

fn path(field: &Field) -> Path {
    Path { keys: field.keys.get(field.above..).unwrap_or_default().to_vec(), direct: false }
}
