//! Moments written as text, read by a database: the same calendar as `model/moment.rs`, in whole numbers alone, because
//! databases differ in what they take for a date.

use super::Dialect;

/// Milliseconds of the moment that a text says; null if it says none.
pub fn moment(text: &str, dialect: Dialect) -> String {
    let (int, rest, zone_of, right) = match dialect {
        Dialect::Postgres => ("bigint", "substr(t, 20)", "right(t, 6)", "right(t, 1)"),
        Dialect::Sqlite => ("INTEGER", "substr(t, 20)", "substr(t, -6)", "substr(t, -1)"),
    };
    let fits = match dialect {
        Dialect::Postgres => PG.to_string(),
        Dialect::Sqlite => lite(),
    };
    let number = |of: &str| format!("CAST(COALESCE(NULLIF({of}, ''), '0') AS {int})");
    // Each names what the next counts with. One after the other: SQLite does not read what nests deep.
    let one = format!("SELECT CASE WHEN {fits} THEN t END AS t FROM m0");
    let two = format!(
        "SELECT t, {} AS y, {} AS mo, {} AS d, {} AS h, {} AS mi, {} AS s, {rest} AS r,
        CASE WHEN length(t) < 20 THEN 0 WHEN {right} IN ('Z', 'z') THEN 1 ELSE 6 END AS zl, {zone_of} AS z FROM m1",
        number("substr(t, 1, 4)"),
        number("substr(t, 6, 2)"),
        number("substr(t, 9, 2)"),
        number("substr(t, 12, 2)"),
        number("substr(t, 15, 2)"),
        number("substr(t, 18, 2)"),
    );
    let three = format!(
        "SELECT t, mo, d, h, mi, s, y + 400 - (CASE WHEN mo <= 2 THEN 1 ELSE 0 END) AS q, (mo + 9) % 12 AS f,
        CASE WHEN mo = 2 THEN CASE WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END
          WHEN mo IN (4, 6, 9, 11) THEN 30 WHEN mo BETWEEN 1 AND 12 THEN 31 ELSE 0 END AS last,
        CASE WHEN length(r) - zl > 1 THEN CAST(substr(substr(r, 2, length(r) - zl - 1) || '00', 1, 3) AS {int}) ELSE 0 END AS ms,
        CASE WHEN zl = 6 THEN {} ELSE 0 END AS zh, CASE WHEN zl = 6 THEN {} ELSE 0 END AS zm,
        CASE WHEN substr(z, 1, 1) = '-' THEN -1 ELSE 1 END AS sign FROM m2",
        number("substr(z, 2, 2)"),
        number("substr(z, 5, 2)"),
    );
    format!(
        "(WITH m0 AS (SELECT {text} AS t), m1 AS ({one}), m2 AS ({two}), m3 AS ({three}) SELECT CASE WHEN t IS NOT NULL AND d BETWEEN 1 AND last AND h <= 23 AND mi <= 59 AND s <= 60 AND zh <= 23 AND zm <= 59
        THEN ((q / 400) * 146097 + (q % 400) * 365 + (q % 400) / 4 - (q % 400) / 100 + (153 * f + 2) / 5 + d - 1 - 865565) * 86400000
          + (h * 60 + mi) * 60000 + (CASE WHEN s > 59 THEN 59 ELSE s END) * 1000 + ms - sign * (zh * 60 + zm) * 60000
        END FROM m3)"
    )
}

const PG: &str =
    "t ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$'";

/// A zero ends a text for `GLOB` and `length`, so it is looked for first.
fn lite() -> String {
    const DATE: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    const TIME: &str = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]";
    const ZONE: &str = "[+-][0-9][0-9]:[0-9][0-9]";
    let cut = |n| format!("substr(t, 20, length(t) - 19 - {n})");
    let fraction = |n| {
        let part = cut(n);
        format!("({part} = '' OR ({part} GLOB '.[0-9]*' AND substr({part}, 2) NOT GLOB '*[^0-9]*'))")
    };
    format!(
        "length(CAST(t AS BLOB)) = length(t) AND (t GLOB '{DATE}' OR (t GLOB '{DATE}[Tt ]{TIME}*'
        AND ((t GLOB '*[Zz]' AND {}) OR (length(t) >= 25 AND t GLOB '*{ZONE}' AND {}))))",
        fraction(1),
        fraction(6),
    )
}
