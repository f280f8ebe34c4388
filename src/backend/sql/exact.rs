//! What stands at one place of a document: its schema, or where a pointer of an access list leads.

use super::super::test::{Exact, Place};
use super::lite::literal;
use super::{NEVER, Root, Writer};
use crate::acl::place_in_list;

/// Ids as they stand in a document: text, and the whole numbers among them, as text.
fn whole(names: &[String]) -> Vec<String> {
    let is_whole = |name: &&String| {
        let number = name.parse::<i64>().ok().filter(|number| number.unsigned_abs() < 1 << 53);
        number.is_some_and(|number| number.to_string() == **name)
    };
    names.iter().filter(is_whole).cloned().collect()
}

impl Writer<'_> {
    pub(super) fn pg_exact(&mut self, root: &Root, place: &Place, how: &Exact) -> String {
        if place.keys.iter().any(|key| key.contains('\0')) {
            return NEVER.to_string();
        }
        let mut at = root.value.clone();
        for key in &place.keys {
            let into_list = place.lists && place_in_list(key).is_some();
            let key = self.text(key);
            at = if into_list { format!("({at} #> ARRAY[{key}::text])") } else { format!("({at} -> {key}::text)") };
        }
        let text = format!("({at} #>> '{{}}')");
        let is_text = format!("jsonb_typeof({at}) = 'string'");
        match how {
            Exact::There => format!("({at} IS NOT NULL)"),
            Exact::Text => format!("({is_text})"),
            Exact::Is(wanted) | Exact::Ends(wanted) if wanted.contains('\0') => NEVER.to_string(),
            Exact::Is(wanted) => {
                let wanted = self.text(wanted);
                format!("({is_text} AND {text} = {wanted}::text)")
            }
            Exact::Ends(end) => {
                let end = self.text(end);
                format!("({is_text} AND right({text}, length({end}::text)) = {end}::text)")
            }
            Exact::Names(names) => {
                let (row, one) = (self.name(), self.name());
                let (names, whole) = (self.texts(names), self.texts(&whole(names)));
                let each = format!("CASE jsonb_typeof({at}) WHEN 'array' THEN {at} ELSE jsonb_build_array({at}) END");
                let own = format!("COALESCE({row}.v -> 'user', {row}.v)");
                let is = format!(
                    "CASE jsonb_typeof({one}.v) WHEN 'string' THEN {one}.v #>> '{{}}' = ANY({names}::text[])
                    WHEN 'number' THEN {one}.v #>> '{{}}' = ANY({whole}::text[]) ELSE FALSE END"
                );
                format!(
                    "EXISTS (SELECT 1 FROM jsonb_array_elements({each}) AS {row}(v), LATERAL (SELECT {own}) AS {one}(v) WHERE {is})"
                )
            }
        }
    }

    pub(super) fn lite_exact(&mut self, root: &Root, place: &Place, how: &Exact) -> String {
        let (rows, row) = (self.lite_place(root, place), self.name());
        let (v, t) = (format!("{row}.v"), format!("{row}.t"));
        let is = match how {
            Exact::There => format!("{t} IS NOT NULL"),
            Exact::Text => format!("{t} = 'text'"),
            Exact::Is(wanted) => {
                let wanted = self.text(wanted);
                format!("{t} = 'text' AND {v} = {wanted}")
            }
            // By bytes: a zero ends a text for `length`.
            Exact::Ends(end) => {
                let (bytes, end) = (end.len(), self.text(end));
                format!("{t} = 'text' AND substr(CAST({v} AS BLOB), -{bytes}) = CAST({end} AS BLOB)")
            }
            Exact::Names(names) => {
                let one = self.name();
                let (names, whole) = (self.texts(names), self.texts(&whole(names)));
                let among = |v: &str, t: &str| {
                    format!(
                        "CASE {t} WHEN 'text' THEN {v} IN (SELECT value FROM json_each({names}))
                        WHEN 'integer' THEN CAST({v} AS TEXT) IN (SELECT value FROM json_each({whole})) ELSE 0 END"
                    )
                };
                let user = format!("(CASE {one}.type WHEN 'object' THEN {one}.value ELSE '{{}}' END)");
                let (mine, inner) = (
                    among(&format!("{one}.value"), &format!("{one}.type")),
                    among(&format!("({user} ->> '$.user')"), &format!("json_type({user}, '$.user')")),
                );
                let each = format!(
                    "CASE {t} WHEN 'array' THEN {v} WHEN 'object' THEN '[' || {v} || ']'
                    WHEN 'text' THEN json_array({v}) WHEN 'integer' THEN json_array({v}) ELSE '[]' END"
                );
                format!("EXISTS (SELECT 1 FROM json_each({each}) AS {one} WHERE {mine} OR {inner})")
            }
        };
        format!("EXISTS (SELECT 1 FROM ({rows}) AS {row} WHERE {is})")
    }

    /// What stands there, as a row of value and type; of what is not there, none, or one without a type.
    fn lite_place(&mut self, root: &Root, place: &Place) -> String {
        let numbered = place.lists && place.keys.iter().any(|key| place_in_list(key).is_some());
        if let (Some(at), false) = (literal(&place.keys), numbered) {
            return format!("SELECT json_extract({0}, {at}) AS v, json_type({0}, {at}) AS t", root.value);
        }
        let (keys, walk, n) = (self.texts(&place.keys), self.name(), place.keys.len());
        let lists = if place.lists { "'object', 'array'" } else { "'object'" };
        format!(
            "WITH RECURSIVE {walk}(v, t, k) AS (SELECT {}, {}, 0 UNION ALL
            SELECT e.value, e.type, {walk}.k + 1 FROM {walk},
            json_each(CASE WHEN {walk}.t IN ({lists}) THEN {walk}.v ELSE '[]' END) AS e
            WHERE {walk}.k < {n} AND CAST(e.key AS TEXT) = ({keys} ->> {walk}.k))
            SELECT v, t FROM {walk} WHERE k = {n}",
            root.value, root.kind
        )
    }
}
