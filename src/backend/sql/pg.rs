//! Documents in PostgreSQL: `jsonb`, looked into by `jsonpath`, which a GIN index can answer where a value is named.

use super::super::test::{Ask, Path, Test, Why};
use super::super::words::spellings;
use super::{NEVER, Root, Writer, quoted};
use crate::acl::{Kind, Scalar, text_of};
use crate::model::Limits;

/// Looks through a list, and does nothing where there is none. As often as documents nest: lists may hold lists.
fn lists() -> String {
    "[*]".repeat(Limits::CALL.depth)
}

impl Writer<'_> {
    pub(super) fn pg_value(&mut self, root: &Root, path: &Path, ask: &Ask, up: bool) -> String {
        match ask {
            Ask::In(Kind::Keyword, wanted) => self.pg_keywords(root, path, wanted),
            Ask::In(kind, wanted) => {
                let wanted: Vec<String> = wanted.iter().map(super::pg_scalar::written).collect();
                let list = self.texts(&wanted);
                self.pg_some(root, path, |v| super::pg_scalar::among(*kind, v, &list))
            }
            Ask::Range(kind, ends) => {
                let ends = self.pg_ends(ends);
                self.pg_some(root, path, |v| super::pg_scalar::between(*kind, v, &ends))
            }
            Ask::Prefix(start) if start.contains('\0') => NEVER.to_string(),
            Ask::Prefix(start) => {
                let low = self.text(start);
                let high = super::behind(start).map(|end| self.text(&end));
                self.pg_some(root, path, |v| {
                    let text = super::pg_scalar::text(v);
                    let high = high.map_or_else(String::new, |high| format!(" AND {text} < {high}"));
                    format!("{text} >= {low}{high}")
                })
            }
            Ask::AnyCase(text) => {
                let wanted = self.texts(std::slice::from_ref(text));
                self.pg_some(root, path, |v| format!("lower({}) = ANY({wanted}::text[])", super::pg_scalar::text(v)))
            }
            Ask::Words(words) => {
                self.why.insert(Why::Words);
                let found: Vec<Vec<Vec<char>>> = words.iter().filter_map(|word| spellings(word)).collect();
                if !up || found.is_empty() {
                    return NEVER.to_string();
                }
                let patterns: Vec<String> = found.iter().map(|word| pattern(word)).collect();
                let all = self.text(&patterns.join("|"));
                self.pg_some(root, path, |v| format!("{} ~ {all}", super::pg_scalar::text(v)))
            }
            Ask::There(_) => self.pg_some(root, path, |v| {
                let leaf = "@.type() != \"object\" && @.type() != \"array\" && @.type() != \"null\"";
                format!("jsonb_path_exists({v}, 'strict $.** ? ({leaf})')")
            }),
            Ask::Size(size) => {
                let list = self.pg_direct(&root.value, &path.keys);
                let sign = if *size >= 2 { ">=" } else { "=" };
                format!(
                    "(CASE jsonb_typeof({list}) WHEN 'array' THEN jsonb_array_length({list}) {sign} {size} ELSE FALSE END)"
                )
            }
        }
    }

    pub(super) fn pg_each(&mut self, root: &Root, path: &Path, part: &Test, up: bool) -> String {
        let Some((from, name)) = self.pg_values(root, path) else { return NEVER.to_string() };
        let value = format!("{name}.v");
        let inner = Root { value: value.clone(), kind: String::new(), whole: false };
        let test = self.test(part, &inner, up);
        format!("EXISTS (SELECT 1 FROM {from} WHERE jsonb_typeof({value}) <> 'null' AND {test})")
    }

    /// Some value there is so.
    fn pg_some(&mut self, root: &Root, path: &Path, test: impl FnOnce(&str) -> String) -> String {
        let Some((from, name)) = self.pg_values(root, path) else { return NEVER.to_string() };
        format!("EXISTS (SELECT 1 FROM {from} WHERE {})", test(&format!("{name}.v")))
    }

    /// The values there, as rows; none where the path cannot be in a `jsonb`.
    fn pg_values(&mut self, root: &Root, path: &Path) -> Option<(String, String)> {
        let (from, steps) = self.pg_start(&root.value, path)?;
        let steps = self.text(&steps);
        let name = self.name();
        Some((format!("jsonb_path_query({from}, {steps}::jsonpath) AS {name}(v)"), name))
    }

    /// Where to start, and how to go on from there.
    fn pg_start(&mut self, value: &str, path: &Path) -> Option<(String, String)> {
        if path.keys.iter().any(|key| key.contains('\0')) {
            return None;
        }
        Some(if path.direct {
            (self.pg_direct(value, &path.keys), ["$", &lists()].concat())
        } else {
            (value.to_string(), through(&path.keys))
        })
    }

    /// What stands there, every level above it an object.
    fn pg_direct(&mut self, value: &str, keys: &[String]) -> String {
        let mut found = format!("({value}");
        for key in keys {
            let key = self.text(key);
            found.push_str(" -> ");
            found.push_str(&key);
            found.push_str("::text");
        }
        found.push(')');
        found
    }

    /// One of these words, numbers or truths as they are written: what the index of a document can find.
    fn pg_keywords(&mut self, root: &Root, path: &Path, wanted: &[Scalar]) -> String {
        let mut tests = Vec::new();
        for wanted in wanted {
            let Scalar::Text(text) = wanted else { continue };
            tests.extend(literal(text).map(|literal| ["@ == ", &literal].concat()));
            if text == "true" || text == "false" || number(text) {
                tests.push(["@ == ", text].concat());
            }
        }
        let Some((from, steps)) = self.pg_start(&root.value, path).filter(|_| !tests.is_empty()) else {
            return NEVER.to_string();
        };
        let tests = tests.join(" || ");
        let exact = self.text(&format!("{steps} ? ({tests})"));
        let exact = format!("({from} @? {exact}::jsonpath)");
        if root.whole {
            let table = quoted(&self.table.table);
            let document = quoted(&self.table.document);
            self.indexes.insert(format!("CREATE INDEX ON {table} USING gin ({document} jsonb_path_ops)"));
        }
        if !path.direct || !root.whole {
            return exact;
        }
        // The index knows whole documents only. What it finds may stand in a list on the way; that is then looked at.
        let near = self.text(&format!("{} ? ({tests})", through(&path.keys)));
        format!("({} @? {near}::jsonpath AND {exact})", root.value)
    }
}

/// A path, lists looked through. No key has a zero in it.
fn through(keys: &[String]) -> String {
    let mut steps = "$".to_string();
    for key in keys {
        steps.push('.');
        steps.push_str(&literal(key).unwrap_or_default());
        steps.push_str(&lists());
    }
    steps
}

/// Text in a `jsonpath`; none if it has a zero in it, which no `jsonb` has.
fn literal(text: &str) -> Option<String> {
    let mut out = "\"".to_string();
    for c in text.chars() {
        match c {
            '\0' => return None,
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    Some(out)
}

/// Whether a number is written so.
pub fn number(text: &str) -> bool {
    let value = serde_json::from_str::<serde_json::Number>(text).ok().map(serde_json::Value::Number);
    value.is_some_and(|value| text_of(&value).as_deref() == Some(text))
}

/// A word in any of its spellings, wherever it stands in a text.
fn pattern(word: &[Vec<char>]) -> String {
    let place = |chars: &Vec<char>| match chars.as_slice() {
        [] => ".*".to_string(),
        chars => format!("[{}]", chars.iter().collect::<String>()),
    };
    word.iter().map(place).collect()
}
