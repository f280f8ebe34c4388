//! Documents in SQLite: JSON text, walked key by key. Where a value is named and stands where one expects it, an index on an
//! expression finds it.

use super::super::test::{Ask, Path, Test, Why};
use super::super::words::spellings;
use super::lite_scalar::{self as scalar, Value};
use super::pg::number;
use super::{NEVER, Root, Writer, quoted};
use crate::acl::{Kind, Scalar};

impl Writer<'_> {
    pub(super) fn lite_value(&mut self, root: &Root, path: &Path, ask: &Ask, up: bool) -> String {
        match ask {
            Ask::In(Kind::Keyword, wanted) => self.lite_keywords(root, path, wanted, up),
            Ask::In(Kind::Boolean, wanted) => {
                let wanted = wanted.iter().map(super::pg_scalar::written).collect::<Vec<String>>();
                let list = self.texts(&wanted);
                self.lite_some(root, path, |v| {
                    format!("{} IN (SELECT value FROM json_each({list}))", scalar::truth(v))
                })
            }
            Ask::In(Kind::Number, wanted) => {
                let tests: Vec<Test> = wanted
                    .iter()
                    .map(|one| {
                        let end = Some((one.clone(), true));
                        let ends = super::super::test::Ends { low: end.clone(), high: end };
                        Test::Value(path.clone(), Ask::Range(Kind::Number, ends))
                    })
                    .collect();
                self.test(&Test::Any(tests), root, up)
            }
            Ask::In(kind, wanted) => {
                let list = self.numbers(wanted);
                self.lite_some(root, path, |v| {
                    format!("{} IN (SELECT CAST(value AS INTEGER) FROM json_each({list}))", scalar::whole(*kind, v))
                })
            }
            Ask::Range(Kind::Number, ends) => {
                self.why.insert(Why::Numbers);
                let ends = self.near(ends, up);
                self.lite_some(root, path, |v| scalar::between(&scalar::decimal(v), &ends))
            }
            Ask::Range(Kind::Keyword | Kind::Text | Kind::Boolean, ends) => {
                // Beyond the digits and signs no number is written.
                let start = ends.low.as_ref().is_none_or(|(low, _)| matches!(low, Scalar::Text(low) if low.as_str() < ":"));
                let end = ends.high.as_ref().is_none_or(|(high, _)| matches!(high, Scalar::Text(high) if high.as_str() >= "-"));
                let fractions = self.fractions(start && end, up);
                let ends = self.lite_ends(ends);
                self.lite_some(root, path, |v| {
                    format!("({}{})", scalar::between(&scalar::text(v), &ends), scalar::or_fraction(v, fractions))
                })
            }
            Ask::Range(kind, ends) => {
                let ends = self.lite_ends(ends).map(|end| end.map(|end| cast(&end)));
                self.lite_some(root, path, |v| scalar::between(&scalar::whole(*kind, v), &ends))
            }
            Ask::Prefix(start) => {
                let fractions = self.fractions(super::like_a_number(start), up);
                let low = self.text(start);
                let high = super::behind(start).map(|end| self.text(&end));
                self.lite_some(root, path, |v| {
                    let text = scalar::text(v);
                    let high = high.map_or_else(String::new, |high| format!(" AND {text} < {high}"));
                    format!("({text} >= {low}{high}{})", scalar::or_fraction(v, fractions))
                })
            }
            Ask::AnyCase(text) => {
                let wanted = self.text(text);
                self.lite_some(root, path, |v| format!("lower({}) = {wanted}", scalar::text(v)))
            }
            Ask::Words(words) => self.lite_words(root, path, words, up),
            Ask::There(_) => self.lite_some(root, path, |Value { v, t }| {
                let leaf = "type NOT IN ('object', 'array', 'null')";
                format!("({t} <> 'object' OR EXISTS (SELECT 1 FROM json_tree(CASE {t} WHEN 'object' THEN {v} ELSE '{{}}' END) WHERE {leaf}))")
            }),
            Ask::Size(size) => {
                let Some(at) = literal(&path.keys) else { return self.open(Why::Names, up) };
                let sign = if *size >= 2 { ">=" } else { "=" };
                let of = container(root);
                format!("(json_type({of}, {at}) IS 'array' AND json_array_length({of}, {at}) {sign} {size})")
            }
        }
    }

    pub(super) fn lite_each(&mut self, root: &Root, path: &Path, part: &Test, up: bool) -> String {
        let (rows, name) = self.lite_values(root, path);
        let inner = Root { value: format!("{name}.v"), kind: format!("{name}.t"), whole: false };
        let test = self.test(part, &inner, up);
        format!("EXISTS (SELECT 1 FROM ({rows}) AS {name} WHERE {test})")
    }

    /// Some value there is so.
    fn lite_some(&mut self, root: &Root, path: &Path, test: impl FnOnce(Value<'_>) -> String) -> String {
        let (rows, name) = self.lite_values(root, path);
        let (v, t) = (format!("{name}.v"), format!("{name}.t"));
        format!("EXISTS (SELECT 1 FROM ({rows}) AS {name} WHERE {})", test(Value { v: &v, t: &t }))
    }

    /// The values there, as rows of value and type: lists are gone through, and of objects the key that is next.
    fn lite_values(&mut self, root: &Root, path: &Path) -> (String, String) {
        let keys = self.texts(&path.keys);
        let (walk, name, n) = (self.name(), self.name(), path.keys.len());
        // An address leads through objects; what stands there may be a list.
        let through = if path.direct { format!("{walk}.k = {n}") } else { "1".to_string() };
        let rows = format!(
            "WITH RECURSIVE {walk}(v, t, k) AS (SELECT {}, {}, 0 UNION ALL
            SELECT e.value, e.type, {walk}.k + ({walk}.t = 'object') FROM {walk},
            json_each(CASE WHEN {walk}.t IN ('object', 'array') THEN {walk}.v ELSE '[]' END) AS e
            WHERE ({walk}.t = 'array' AND {through}) OR ({walk}.t = 'object' AND e.key = ({keys} ->> {walk}.k)))
            SELECT v, t FROM {walk} WHERE k = {n} AND t NOT IN ('array', 'null')",
            root.value, root.kind
        );
        (rows, name)
    }

    /// One of these words, numbers or truths as they are written.
    fn lite_keywords(&mut self, root: &Root, path: &Path, wanted: &[Scalar], up: bool) -> String {
        let texts: Vec<&str> = wanted
            .iter()
            .filter_map(|one| match one {
                Scalar::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let (whole, broken): (Vec<&str>, Vec<&str>) =
            texts.iter().filter(|text| number(text)).partition(|text| !text.contains('.'));
        let fractions = self.fractions(!broken.is_empty(), up);
        let truths = texts.iter().any(|text| matches!(*text, "true" | "false"));
        let typed: Vec<serde_json::Value> =
            whole.iter().filter_map(|text| text.parse::<i64>().ok()).map(serde_json::Value::from).collect();
        let list = self.list(texts.iter().map(|text| serde_json::Value::from(*text)).collect());
        let numbers = (!typed.is_empty()).then(|| self.list(typed.clone()));
        let walked = self.lite_some(root, path, |v| {
            let whole = numbers.as_ref().map_or_else(String::new, |numbers| {
                format!(" OR ({} IN ('integer', 'real') AND {} IN (SELECT value FROM json_each({numbers})))", v.t, v.v)
            });
            let text = format!(
                "({} IN ('text', 'true', 'false') AND {} IN (SELECT value FROM json_each({list})))",
                v.t,
                scalar::text(v)
            );
            format!("({text}{whole}{})", scalar::or_fraction(v, fractions))
        });
        // What stands where one expects it can be found by an index; what lists hold is walked to.
        let (Some(at), true) = (literal(&path.keys), root.whole && !truths && fractions.is_none()) else {
            return walked;
        };
        let mut all: Vec<serde_json::Value> = texts.iter().map(|text| serde_json::Value::from(*text)).collect();
        all.extend(typed);
        let all = self.list(all);
        let document = self.column(&self.table.document.clone());
        let single = "IN ('text', 'integer', 'real')";
        let lists = self.lite_lists(path);
        let (plain, bent) = (format!("json_extract({{}}, {at})"), lists);
        let here = |text: &str| text.replace("{}", &document);
        self.lite_index(&path.keys, &plain, &bent);
        format!(
            "(({plain} IN (SELECT value FROM json_each({all})) AND json_type({document}, {at}) {single}) OR ({bent} = 1 AND {walked}))",
            plain = here(&plain),
            bent = here(&bent)
        )
    }

    /// Whether a list stands on the way, as an expression that an index can hold; `{}` stands for the document.
    fn lite_lists(&self, path: &Path) -> String {
        let n = path.keys.len();
        let levels = if path.direct { n..=n } else { 1..=n };
        let types = levels.filter_map(|level| {
            let at = literal(path.keys.get(..level)?)?;
            Some(format!("WHEN json_type({{}}, {at}) THEN 1"))
        });
        let types: Vec<String> = types.collect();
        format!("(CASE 'array' {} END)", types.join(" "))
    }

    fn lite_index(&mut self, keys: &[String], plain: &str, bent: &str) {
        let (table, column) = (quoted(&self.table.table), quoted(&self.table.document));
        for (what, expression) in [("value", plain), ("lists", bent)] {
            let name = quoted(&[&self.table.table, " ", &keys.join("."), " ", what].concat());
            let expression = expression.replace("{}", &column);
            // Of those with lists alone: an index of all would seem to have thousands for each look-up.
            let part = if what == "lists" { format!(" WHERE {expression} = 1") } else { String::new() };
            self.indexes.insert(format!("CREATE INDEX IF NOT EXISTS {name} ON {table} ({expression}){part}"));
        }
    }

    /// A text with one of these words: found by the characters alone.
    fn lite_words(&mut self, root: &Root, path: &Path, words: &[String], up: bool) -> String {
        self.why.insert(Why::Words);
        let found: Vec<Vec<Vec<char>>> = words.iter().filter_map(|word| spellings(word)).collect();
        if !up || found.is_empty() {
            return NEVER.to_string();
        }
        let list = self.texts(&found.iter().map(|word| pattern(word)).collect::<Vec<String>>());
        let digits = words.iter().any(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        self.lite_some(root, path, |v| {
            let text = scalar::text(v);
            // A zero ends a text for `GLOB`: what is behind it may hold the word.
            let cut = format!("instr(CAST({text} AS BLOB), x'00') > 0");
            let any = format!("EXISTS (SELECT 1 FROM json_each({list}) AS w WHERE {text} GLOB w.value)");
            format!("({any} OR {cut}{})", scalar::or_fraction(v, digits.then_some(true)))
        })
    }

    /// Whether numbers with a fraction are let in, if they matter; how SQLite writes them is not to be relied on.
    fn fractions(&mut self, matter: bool, up: bool) -> Option<bool> {
        if matter {
            self.why.insert(Why::Numbers);
        }
        matter.then_some(up)
    }

    /// Whole numbers and moments, as one parameter.
    fn numbers(&mut self, wanted: &[Scalar]) -> String {
        self.texts(&wanted.iter().map(super::pg_scalar::written).collect::<Vec<String>>())
    }

    fn lite_ends(&mut self, ends: &super::super::test::Ends) -> [Option<String>; 2] {
        let mut end = |end: &Option<(Scalar, bool)>, sign: &str| {
            let (value, belongs) = end.as_ref()?;
            let equal = if *belongs { "= " } else { " " };
            Some([sign, equal, &self.text(&super::pg_scalar::written(value))].concat())
        };
        [end(&ends.low, ">"), end(&ends.high, "<")]
    }

    /// Ends of a range of numbers, a little further apart where more may be found, and nearer otherwise.
    fn near(&mut self, ends: &super::super::test::Ends, up: bool) -> [Option<String>; 2] {
        let mut end = |end: &Option<(Scalar, bool)>, sign: &str, further: f64| {
            let Some((Scalar::Number(number), _)) = end else { return None };
            let step = number.abs() * 4e-15 + f64::MIN_POSITIVE;
            let moved = if up { number + further * step } else { number - further * step };
            Some(format!("{sign}= CAST({} AS REAL)", self.text(&moved.to_string())))
        };
        [end(&ends.low, ">", -1.0), end(&ends.high, "<", 1.0)]
    }
}

/// An end of a range of whole numbers.
fn cast(end: &str) -> String {
    let (sign, place) = end.split_once(' ').unwrap_or((end, ""));
    format!("{sign} CAST({place} AS INTEGER)")
}

/// A value as what holds keys.
fn container(root: &Root) -> String {
    if root.whole {
        return root.value.clone();
    }
    format!("(CASE WHEN {} IN ('object', 'array') THEN {} ELSE '{{}}' END)", root.kind, root.value)
}

/// A path of keys as SQL; none if one of them cannot be quoted in it.
pub(super) fn literal(keys: &[String]) -> Option<String> {
    let mut path = "'$".to_string();
    for key in keys {
        if key.is_empty() || key.chars().any(|c| c.is_control() || matches!(c, '"' | '\\' | '{' | '}')) {
            return None;
        }
        path.push_str(".\"");
        path.push_str(&key.replace('\'', "''"));
        path.push('"');
    }
    path.push('\'');
    Some(path)
}

/// A word in any of its spellings, wherever it stands in a text.
fn pattern(word: &[Vec<char>]) -> String {
    let mut out = "*".to_string();
    for chars in word {
        match chars.as_slice() {
            [] => out.push('*'),
            chars => {
                out.push('[');
                out.extend(chars);
                out.push(']');
            }
        }
    }
    out.push('*');
    out
}
