//! Single values in SQLite: expressions over a value and its JSON type, null where it is not of the type.

use super::Dialect;
use super::moment::moment;
use crate::acl::Kind;

/// A value and its type, as expressions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'v> {
    pub v: &'v str,
    pub t: &'v str,
}

/// Its text. What a number with a fraction is written like is not asked of SQLite.
pub(super) fn text(Value { v, t }: Value<'_>) -> String {
    format!(
        "(CASE {t} WHEN 'text' THEN {v} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'integer' THEN CAST({v} AS TEXT)
        WHEN 'real' THEN CASE WHEN abs({v}) < 1e15 AND CAST({v} AS INTEGER) = {v} THEN CAST(CAST({v} AS INTEGER) AS TEXT) END END)"
    )
}

/// Lets numbers with a fraction in, or keeps them out; nothing where they do not matter.
pub(super) fn or_fraction(Value { t, .. }: Value<'_>, fractions: Option<bool>) -> String {
    if fractions == Some(true) { format!(" OR {t} = 'real'") } else { String::new() }
}

/// True or false, as text.
pub(super) fn truth(Value { v, t }: Value<'_>) -> String {
    format!("(CASE WHEN {t} IN ('true', 'false') THEN {t} WHEN {t} = 'text' AND {v} IN ('true', 'false') THEN {v} END)")
}

/// A number.
pub(super) fn decimal(Value { v, t }: Value<'_>) -> String {
    format!(
        "(CASE WHEN {t} IN ('integer', 'real') THEN {v} WHEN {t} = 'text' AND {} AND {u} GLOB '[0-9]*' AND {u} GLOB '*[0-9]'
        AND {u} NOT GLOB '*[^0-9.]*' AND {u} NOT GLOB '*.*.*' AND length(replace({u}, '.', '')) <= 15 THEN CAST({v} AS REAL) END)",
        no_zero(v),
        u = unsigned(v),
    )
}

/// A whole number, or a moment.
pub(super) fn whole(kind: Kind, Value { v, t }: Value<'_>) -> String {
    let (fits, text) = if kind == Kind::Date {
        (format!("abs({v}) < 9007199254740992"), moment(v, Dialect::Sqlite))
    } else {
        let digits = unsigned(v);
        let plain = format!("{} AND {digits} NOT GLOB '*[^0-9]*' AND length({digits}) BETWEEN 1 AND 15", no_zero(v));
        ("1".to_string(), format!("CASE WHEN {plain} THEN CAST({v} AS INTEGER) END"))
    };
    format!(
        "(CASE {t} WHEN 'integer' THEN CASE WHEN {fits} THEN {v} END
        WHEN 'real' THEN CASE WHEN abs({v}) < 1e15 AND CAST({v} AS INTEGER) = {v} THEN CAST({v} AS INTEGER) END
        WHEN 'text' THEN {text} END)"
    )
}

/// Ends are signs with what they compare to.
pub(super) fn between(value: &str, ends: &[Option<String>; 2]) -> String {
    let ends = ends.iter().flatten().map(|end| [value, " ", end].concat());
    ends.collect::<Vec<String>>().join(" AND ")
}

/// A text without one sign before it.
fn unsigned(v: &str) -> String {
    format!("(CASE WHEN substr({v}, 1, 1) = '-' THEN substr({v}, 2) ELSE {v} END)")
}

/// A zero ends a text for `GLOB` and `length`.
fn no_zero(v: &str) -> String {
    format!("length(CAST({v} AS BLOB)) = length({v})")
}
