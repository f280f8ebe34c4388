//! Whether a record is one that a query means.

use super::{Bounds, Field, Joined, Kind, Query, Scalar, text_of, words};
use crate::model::{Address, Value};
use crate::terms::Answer;

/// A record as a query looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Body<'r> {
    /// Its id, if that was said.
    pub id: Option<&'r str>,
    /// Its document.
    pub document: &'r Value,
    /// What the document does not show: it may be there, and be anything.
    pub withheld: &'r [Address],
}

impl Query {
    /// Whether a record is meant; unknown where that rests on what is withheld.
    pub fn matches(&self, body: Body<'_>) -> Answer {
        match self {
            Self::All => Answer::Allow,
            Self::Ids(ids) if ids.is_empty() => Answer::Deny,
            Self::Ids(ids) => body.id.map_or(Answer::Unknown, |own| Answer::from(ids.iter().any(|id| id == own))),
            Self::Values(field, wanted) => field.any(body, &mut |value| Answer::from(equal(field.kind, value, wanted))),
            Self::Words(field, wanted) => field.any(body, &mut |value| {
                Answer::from(text_of(value).is_some_and(|text| words(&text).iter().any(|word| wanted.contains(word))))
            }),
            Self::Range(field, bounds) => {
                let inside = |value: &Value| field.kind.scalar(value).is_some_and(|value| bounds.hold(&value));
                field.any(body, &mut |value| Answer::from(inside(value)))
            }
            Self::Exists(field) => field.any(body, &mut |value| Answer::from(filled(value))),
            Self::Prefix(field, start) => field.any(body, &mut |value| {
                Answer::from(text_of(value).is_some_and(|text| text.starts_with(start.as_str())))
            }),
            Self::Bool(parts) => parts.matches(body),
            Self::Nested(field, query) => {
                field.any(body, &mut |element| query.matches(Body { document: element, ..body }))
            }
        }
    }
}

impl Joined {
    fn matches(&self, body: Body<'_>) -> Answer {
        let one = |parts: &[Query]| parts.iter().fold(Answer::Deny, |answer, part| answer.or(part.matches(body)));
        let mut answer = !one(&self.must_not);
        for part in self.must.iter().chain(&self.filter) {
            if answer == Answer::Deny {
                return answer;
            }
            answer = answer.and(part.matches(body));
        }
        if self.wants_one() { answer.and(one(&self.should)) } else { answer }
    }
}

impl Bounds {
    /// Whether a value lies between them.
    pub fn hold(&self, value: &Scalar) -> bool {
        let end = |end: &Option<(Scalar, bool)>, wrong: std::cmp::Ordering| match end {
            None => true,
            Some((bound, belongs)) => match value.order(bound) {
                None => false,
                Some(std::cmp::Ordering::Equal) => *belongs,
                Some(order) => order != wrong,
            },
        };
        end(&self.low, std::cmp::Ordering::Less) && end(&self.high, std::cmp::Ordering::Greater)
    }
}

impl Field {
    /// Whether a test holds of one value of the field. What is withheld may hold another.
    fn any(&self, body: Body<'_>, test: &mut dyn FnMut(&Value) -> Answer) -> Answer {
        let mut found = Answer::Deny;
        let keys = self.keys.get(self.above..).unwrap_or_default();
        each(body.document, keys, &mut |value| found = found.or(test(value)));
        if found == Answer::Deny && body.withheld.iter().any(|address| meet(address.keys(), &self.keys)) {
            return Answer::Unknown;
        }
        found
    }
}

impl Field {
    /// Its values, of its type; none if more of them may be withheld.
    pub fn values(&self, body: Body<'_>) -> Option<Vec<Scalar>> {
        if body.withheld.iter().any(|address| meet(address.keys(), &self.keys)) {
            return None;
        }
        let mut found = Vec::new();
        each(body.document, &self.keys, &mut |value| found.extend(self.kind.scalar(value)));
        Some(found)
    }

    /// The text of every value of the field, as keywords are compared.
    pub fn texts(&self, document: &Value, then: &mut dyn FnMut(&str)) {
        each(document, &self.keys, &mut |value| {
            if let Some(text) = text_of(value) {
                then(&text);
            }
        });
    }
}

/// Whether one lies on the way to the other.
pub(in crate::acl) fn meet(one: &[String], other: &[String]) -> bool {
    one.iter().zip(other).all(|(mine, theirs)| mine == theirs)
}

/// Every value at the end of a path, lists looked through. Lists in lists end where documents do, at their own limit.
fn each(value: &Value, keys: &[String], then: &mut dyn FnMut(&Value)) {
    match (value, keys.split_first()) {
        (Value::Array(list), _) => list.iter().for_each(|value| each(value, keys, then)),
        (Value::Null, _) => {}
        (value, None) => then(value),
        (value, Some((key, rest))) => {
            if let Some(value) = value.get(key.as_str()) {
                each(value, rest, then);
            }
        }
    }
}

/// Whether a value is one of these; of a text, whether it holds one as a word.
fn equal(kind: Kind, value: &Value, wanted: &[Scalar]) -> bool {
    match kind {
        // The usual case, and it copies nothing.
        Kind::Keyword => text_of(value).is_some_and(|text| wanted.iter().any(|wanted| wanted.is_text(&text))),
        Kind::Text => {
            let holds = |text: &str| words(text).iter().any(|word| wanted.iter().any(|wanted| wanted.is_text(word)));
            text_of(value).is_some_and(|text| holds(&text))
        }
        _ => kind.scalar(value).is_some_and(|value| wanted.contains(&value)),
    }
}

impl Scalar {
    fn is_text(&self, text: &str) -> bool {
        matches!(self, Self::Text(own) if own == text)
    }
}

/// Whether a value, or anything in it, is not null.
fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(filled),
        Value::Object(map) => map.values().any(filled),
        _ => true,
    }
}
