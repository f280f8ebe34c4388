//! Single values, and the types they compare by.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::meet;
use crate::model::{Address, At, Number, Reader, Table, Value, moment};
use crate::terms::ErrorCode;

/// The declared type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A word, compared as it stands; numbers and booleans count as they are written.
    Keyword,
    /// Text, compared by its words.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A moment.
    Date,
}

/// A value of one of the types.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Of a keyword or text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Milliseconds since 1970.
    Moment(i64),
}

/// The types of fields, by dotted path; the rest are keywords. And the field nothing asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldTypes {
    kinds: Table<Kind>,
    kept: Option<Address>,
}

const KINDS: [(&str, Kind); 6] = [
    ("keyword", Kind::Keyword),
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("date", Kind::Date),
];

impl FieldTypes {
    /// Reads `{path: type}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Self {
        let mut types = Table::default();
        for (path, word) in reader.object(value, at).into_iter().flatten() {
            match KINDS.iter().find(|(name, _)| word.as_str() == Some(name)) {
                Some((_, kind)) => types.insert(path.clone(), *kind),
                None => {
                    let message = "a field is keyword, text, integer, number, boolean or date";
                    reader.faults.add(ErrorCode::UnknownType, &at.key(path), message);
                }
            }
        }
        Self { kinds: types, kept: None }
    }

    /// The same, where an index keeps at an address what lists come to: that rests on the lists, so no list asks for it.
    pub fn but_for(self, kept: &Address) -> Self {
        Self { kept: Some(kept.clone()), ..self }
    }

    /// The type of a field.
    pub fn of(&self, path: &str) -> Kind {
        self.kinds.get(path).copied().unwrap_or(Kind::Keyword)
    }

    /// Whether a field may be asked for; that it may not is a fault.
    pub fn allow(&self, keys: &[String], at: &At<'_>, reader: &mut Reader) -> bool {
        let Some(kept) = self.kept.as_ref().filter(|kept| meet(kept.keys(), keys)) else { return true };
        let message = format!("lists do not look at what an index keeps of them, `{kept}`");
        reader.faults.add(ErrorCode::Malformed, at, message);
        false
    }
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// A value as one of this type; none if it is not.
    pub fn scalar(self, value: &Value) -> Option<Scalar> {
        Some(match self {
            Self::Keyword | Self::Text => Scalar::Text(text_of(value)?.into_owned()),
            Self::Integer => Scalar::Integer(match value {
                Value::Number(number) => integer(number)?,
                Value::String(text) => whole(text)?,
                _ => return None,
            }),
            Self::Number => Scalar::Number(match value {
                Value::Number(number) => number.as_f64()?,
                Value::String(text) => decimal(text)?,
                _ => return None,
            }),
            Self::Boolean => Scalar::Boolean(match value {
                Value::Bool(yes) => *yes,
                Value::String(text) if text == "true" => true,
                Value::String(text) if text == "false" => false,
                _ => return None,
            }),
            Self::Date => Scalar::Moment(moment(value)?),
        })
    }
}

// No number here is not a number.
impl Eq for Scalar {}

impl Scalar {
    /// The order of two values of one type.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(mine), Self::Text(theirs)) => Some(mine.cmp(theirs)),
            (Self::Integer(mine), Self::Integer(theirs)) | (Self::Moment(mine), Self::Moment(theirs)) => {
                Some(mine.cmp(theirs))
            }
            (Self::Number(mine), Self::Number(theirs)) => mine.partial_cmp(theirs),
            (Self::Boolean(mine), Self::Boolean(theirs)) => Some(mine.cmp(theirs)),
            _ => None,
        }
    }
}

/// The text of a single value: text as it is, `true` and `false`, numbers in decimal. None for what is no single value, and for
/// numbers that are not written without an exponent in 15 digits: hosts write those differently.
pub fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(yes) => Some(Cow::Borrowed(if *yes { "true" } else { "false" })),
        Value::Number(number) => match integer(number) {
            Some(whole) => Some(Cow::Owned(whole.to_string())),
            None => fraction(number.as_f64()?).map(Cow::Owned),
        },
        _ => None,
    }
}

/// The most digits behind the point that are written.
const PLACES: usize = 15;

/// Ten to the power of 15: what is smaller is counted exactly by every host.
const EXACT: f64 = 1e15;

/// A number without a fraction, however it came.
fn integer(number: &Number) -> Option<i64> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT);
    number.as_i64().or_else(|| float().map(|float| float as i64))
}

/// A number with a fraction in decimal: as few digits as tell it from all others.
fn fraction(number: f64) -> Option<String> {
    let mut ten = 1.0;
    for places in 1..=PLACES {
        ten *= 10.0;
        let digits = (number.abs() * ten).round();
        if digits >= EXACT {
            return None;
        }
        if digits / ten == number.abs() {
            let mut text = (digits as i64).to_string();
            while text.len() <= places {
                text.insert(0, '0');
            }
            text.insert(text.len() - places, '.');
            if number < 0.0 {
                text.insert(0, '-');
            }
            return Some(text);
        }
    }
    None
}

/// A whole number in decimal.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= PLACES && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A number in decimal, of at most 15 digits. Divided by a power of ten that is exact, it is the number nearest to what is
/// written, as every other reader gives it.
fn decimal(text: &str) -> Option<f64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    if before.is_empty() || (behind.is_empty() && digits.contains('.')) {
        return None;
    }
    let mut all = before.to_string();
    all.push_str(behind);
    let ten = behind.bytes().fold(1.0, |ten, _| ten * 10.0);
    whole(&all).filter(|_| !all.starts_with('-')).map(|number| sign * number as f64 / ten)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fractions_are_written_as_json_writes_them() {
        let mut n: u64 = 1;
        for _ in 0..200_000 {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let places = [1e1, 1e2, 1e3, 1e6, 1e9][(n >> 33) as usize % 5];
            let number = ((n >> 40) as f64 - 8e6) / places;
            let value = json!(number);
            let written = value.to_string();
            let Some(text) = text_of(&value) else { panic!("{written}") };
            // Small ones it writes with an exponent, and others do not.
            if !written.contains('e') {
                assert_eq!(text, written.strip_suffix(".0").unwrap_or(&written));
            }
            assert_eq!(decimal(&text), Some(number), "{text}");
        }
        for number in [1e-9, 0.1 + 0.2, 1e300, 1.0 / 3.0] {
            assert!(text_of(&json!(number)).is_none_or(|text| text.parse() == Ok(number)), "{number}");
        }
    }

    #[test]
    fn values_are_of_their_type_or_none() {
        let of = |kind: Kind, value: Value| kind.scalar(&value);
        assert_eq!(of(Kind::Keyword, json!(5)), of(Kind::Keyword, json!("5")));
        assert_eq!(of(Kind::Keyword, json!(true)), of(Kind::Keyword, json!("true")));
        assert_eq!(of(Kind::Integer, json!("-05")), Some(Scalar::Integer(-5)));
        assert_eq!(of(Kind::Number, json!("2.50")), of(Kind::Number, json!(2.5)));
        assert_eq!(of(Kind::Date, json!("1970-01-02")), Some(Scalar::Moment(86_400_000)));
        for (kind, value) in [
            (Kind::Integer, json!(5.5)),
            (Kind::Integer, json!("5.0")),
            (Kind::Integer, json!("")),
            (Kind::Integer, json!("--5")),
            (Kind::Number, json!("5.")),
            (Kind::Number, json!(".5")),
            (Kind::Number, json!("-")),
            (Kind::Number, json!("--1")),
            (Kind::Number, json!("1e3")),
            (Kind::Boolean, json!(1)),
            (Kind::Date, json!("soon")),
            (Kind::Keyword, json!(null)),
            (Kind::Keyword, json!({})),
        ] {
            assert_eq!(of(kind, value.clone()), None, "{kind:?} {value}");
        }
    }
}
