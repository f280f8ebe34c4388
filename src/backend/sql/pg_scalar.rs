//! Single values in PostgreSQL: expressions over a `jsonb`, null where it is not of the type.

use super::moment::moment;
use super::{Dialect, Writer};
use crate::acl::{Kind, Scalar};

use super::super::test::Ends;

/// How a value is written as a parameter: in decimal, so that no driver reads it in a way of its own.
pub fn written(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) | Scalar::Moment(number) => number.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(yes) => yes.to_string(),
    }
}

/// Its text. Numbers are written as `text_of` writes them: without an exponent, in 15 digits at most if they have a fraction.
pub(super) fn text(v: &str) -> String {
    let n = format!("({v} #>> '{{}}')::numeric");
    format!(
        "(CASE jsonb_typeof({v}) WHEN 'string' THEN {v} #>> '{{}}' WHEN 'boolean' THEN {v} #>> '{{}}'
        WHEN 'number' THEN CASE
          WHEN {n} = trunc({n}) AND {n} BETWEEN -9223372036854775808 AND 9223372036854775807 THEN trunc({n})::text
          WHEN {n} <> trunc({n}) AND scale(trim_scale({n})) <= 15 AND abs({n}) * 10::numeric ^ scale(trim_scale({n})) < 1e15
            THEN trim_scale({n})::text END
        END COLLATE \"C\")"
    )
}

/// It is one of these; `list` is the placeholder of their texts.
pub(super) fn among(kind: Kind, v: &str, list: &str) -> String {
    match sort(kind) {
        None => format!("{} = ANY({list}::text[])", scalar(kind, v)),
        Some(sort) => format!("{} = ANY({list}::text[]::{sort}[])", scalar(kind, v)),
    }
}

/// It lies between these; each end is a sign and a placeholder.
pub(super) fn between(kind: Kind, v: &str, ends: &[Option<String>]) -> String {
    let value = scalar(kind, v);
    let cast = sort(kind).map_or_else(String::new, |sort| ["::", sort].concat());
    let ends = ends.iter().flatten().map(|end| [&value, " ", end, "::text", &cast].concat());
    ends.collect::<Vec<String>>().join(" AND ")
}

/// What it is compared as.
fn sort(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Keyword | Kind::Text | Kind::Boolean => None,
        Kind::Integer | Kind::Number | Kind::Date => Some("numeric"),
    }
}

fn scalar(kind: Kind, v: &str) -> String {
    let t = format!("{v} #>> '{{}}'");
    match kind {
        Kind::Keyword | Kind::Text => text(v),
        Kind::Boolean => format!("(CASE WHEN {t} IN ('true', 'false') AND jsonb_typeof({v}) IN ('boolean', 'string') THEN {t} END)"),
        Kind::Integer => format!(
            "(CASE jsonb_typeof({v})
            WHEN 'number' THEN CASE WHEN ({t})::numeric = trunc(({t})::numeric)
              AND ({t})::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ({t})::numeric END
            WHEN 'string' THEN CASE WHEN {t} ~ '^-?[0-9]{{1,15}}$' THEN ({t})::numeric END END)"
        ),
        Kind::Number => format!(
            "(CASE jsonb_typeof({v}) WHEN 'number' THEN ({t})::numeric WHEN 'string' THEN
            CASE WHEN {t} ~ '^-?[0-9]+(\\.[0-9]+)?$' AND length(translate({t}, '-.', '')) <= 15 THEN ({t})::numeric END END)"
        ),
        Kind::Date => format!(
            "(CASE jsonb_typeof({v})
            WHEN 'number' THEN CASE WHEN ({t})::numeric = trunc(({t})::numeric) AND abs(({t})::numeric) < 9007199254740992
              THEN ({t})::numeric END
            WHEN 'string' THEN {} END)",
            moment(&t, Dialect::Postgres)
        ),
    }
}

impl Writer<'_> {
    /// The ends of a range, each as a sign and a placeholder.
    pub(super) fn pg_ends(&mut self, ends: &Ends) -> [Option<String>; 2] {
        let mut end = |end: &Option<(Scalar, bool)>, low: bool| {
            let (value, mut belongs) = end.as_ref().map(|(value, belongs)| (written(value), *belongs))?;
            // No text there has a zero in it, so everything from the zero on only says on which side the rest lies.
            let cut = value.split_once('\0').map_or(value.as_str(), |(before, _)| {
                belongs = !low;
                before
            });
            let sign = match (low, belongs) {
                (true, true) => ">= ",
                (true, false) => "> ",
                (false, true) => "<= ",
                (false, false) => "< ",
            };
            Some([sign, &self.text(cut)].concat())
        };
        [end(&ends.low, true), end(&ends.high, false)]
    }
}
