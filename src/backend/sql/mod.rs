//! A condition as SQL, for a table of the host's own. Values are parameters; names of tables and columns are quoted; the names
//! of fields are parameters, or quoted where an index must know them.
//!
//! What one database cannot tell exactly is told twice: `up`, more than is meant, and its opposite under a `NOT`, less. So the
//! whole never leaves out what is meant, and says why it may give more.

mod exact;
mod lite;
mod lite_scalar;
mod moment;
mod pg;
mod pg_scalar;

use std::collections::BTreeSet;

pub use pg::number;
pub use pg_scalar::written;

use serde::Serialize;
use serde_json::Value;

use super::Reason;
use super::test::{Column, Test, Why};

/// A database's way of saying things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL; documents are `jsonb`.
    Postgres,
    /// SQLite; documents are JSON text.
    Sqlite,
}

/// Where things are in the host's database.
#[derive(Debug, Clone)]
pub struct Table {
    /// The table, or what it is called in the host's statement.
    pub table: String,
    /// The column of ids.
    pub id: String,
    /// The column of documents.
    pub document: String,
    /// The columns that keep what the engine's columns hold.
    pub columns: Vec<(Column, String)>,
}

/// A condition in SQL.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sql {
    /// The condition, to stand behind `WHERE`.
    pub sql: String,
    /// What its placeholders stand for, in their order.
    pub parameters: Vec<Value>,
    /// `equal`, or `over` where more is found than is meant.
    pub side: &'static str,
    /// Why more is found.
    pub reasons: Vec<Reason>,
    /// Statements that make the indexes it can use.
    pub indexes: Vec<String>,
}

/// A value in a statement.
#[derive(Debug, Clone)]
struct Root {
    /// The expression.
    value: String,
    /// That of its type, where the database has it apart.
    kind: String,
    /// Whether it is the whole document, which indexes are about.
    whole: bool,
}

/// One statement in the making.
struct Writer<'t> {
    dialect: Dialect,
    table: &'t Table,
    /// How many parameters the host has before these.
    before: usize,
    parameters: Vec<Value>,
    why: BTreeSet<Why>,
    indexes: BTreeSet<String>,
    /// How many names were given.
    names: usize,
    /// In how many lists of elements we are.
    inside: usize,
}

/// Elements of elements of elements: SQLite reads statements that nest a hundred words deep, and no deeper.
const NESTED: usize = 3;

/// So many conditions are joined in a row: each is one level of what a database makes of it, and SQLite has a thousand.
const CHAIN: usize = 64;

const ALWAYS: &str = "(1 = 1)";
const NEVER: &str = "(1 = 0)";

/// The condition for a table; `before` parameters are the host's own.
pub fn sql(test: &Test, dialect: Dialect, table: &Table, before: usize) -> Sql {
    let mut writer = Writer {
        dialect,
        table,
        before,
        parameters: Vec::new(),
        why: BTreeSet::new(),
        indexes: BTreeSet::new(),
        names: 0,
        inside: 0,
    };
    let root = writer.document();
    let sql = writer.test(test, &root, true);
    Sql {
        sql,
        parameters: writer.parameters,
        side: if writer.why.is_empty() { "equal" } else { "over" },
        reasons: writer.why.into_iter().map(Reason::from).collect(),
        indexes: writer.indexes.into_iter().collect(),
    }
}

impl Writer<'_> {
    /// A condition on what stands at `root`: more than it where `up`, less otherwise, unless it can be told exactly.
    fn test(&mut self, test: &Test, root: &Root, up: bool) -> String {
        self.part(test, root, up, false)
    }

    /// The same; of its opposite where `not`. Only what is asked last is turned round: statements that nest deep are not read
    /// by every database.
    fn part(&mut self, test: &Test, root: &Root, up: bool, not: bool) -> String {
        match test {
            Test::Not(part) => self.part(part, root, up, !not),
            Test::Any(_) | Test::All(_) => {
                let any = matches!(test, Test::Any(_)) != not;
                let mut parts = Vec::new();
                gather(test, not, any, &mut parts);
                // What nests deepest stands first, where nothing is left open before it.
                parts.sort_by_key(|(part, _)| std::cmp::Reverse(depth(part)));
                let said = parts.into_iter().map(|(part, not)| self.part(part, root, up, not)).collect();
                let (word, none) = if any { (" OR ", NEVER) } else { (" AND ", ALWAYS) };
                chained(said, word).unwrap_or_else(|| none.to_string())
            }
            // What is null is not so, and its opposite is.
            leaf if not => [&self.leaf(leaf, root, !up), " IS NOT TRUE"].concat(),
            leaf => self.leaf(leaf, root, up),
        }
    }

    fn leaf(&mut self, test: &Test, root: &Root, up: bool) -> String {
        match test {
            Test::Any(_) | Test::All(_) | Test::Not(_) => ["(", &self.part(test, root, up, false), ")"].concat(),
            Test::Open(why) => self.open(*why, up),
            Test::Among(part, why) => {
                self.why.insert(*why);
                if up { ["(", &self.test(part, root, up), ")"].concat() } else { NEVER.to_string() }
            }
            Test::Id(ids) => {
                let id = self.column(&self.table.id.clone());
                match self.dialect {
                    Dialect::Postgres => {
                        let ids = self.texts(ids);
                        format!("({id}::text = ANY({ids}::text[]))")
                    }
                    Dialect::Sqlite => {
                        let ids = self.texts(ids);
                        format!("({id} IN (SELECT value FROM json_each({ids})))")
                    }
                }
            }
            Test::Column(column, values) => self.held(*column, Some(values)),
            Test::Filled(column) => self.held(*column, None),
            Test::Value(path, ask) => match self.dialect {
                Dialect::Postgres => self.pg_value(root, path, ask, up),
                Dialect::Sqlite => self.lite_value(root, path, ask, up),
            },
            Test::Exact(place, how) => match self.dialect {
                Dialect::Postgres => self.pg_exact(root, place, how),
                Dialect::Sqlite => self.lite_exact(root, place, how),
            },
            Test::Each(path, part) if self.inside < NESTED => {
                self.inside += 1;
                let found = match self.dialect {
                    Dialect::Postgres => self.pg_each(root, path, part, up),
                    Dialect::Sqlite => self.lite_each(root, path, part, up),
                };
                self.inside -= 1;
                found
            }
            Test::Each(..) => self.open(Why::Depth, up),
        }
    }

    /// It cannot be told.
    fn open(&mut self, why: Why, up: bool) -> String {
        self.why.insert(why);
        if up { ALWAYS.to_string() } else { NEVER.to_string() }
    }

    fn document(&self) -> Root {
        let value = self.column(&self.table.document);
        let kind = format!("json_type({value})");
        Root { value, kind, whole: true }
    }

    fn column(&self, name: &str) -> String {
        [&quoted(&self.table.table), ".", &quoted(name)].concat()
    }

    /// A column of the engine's holds one of these values, or any.
    fn held(&mut self, column: Column, values: Option<&[String]>) -> String {
        let name = self.table.columns.iter().find(|(own, _)| *own == column).map(|(_, name)| name.clone());
        let Some(name) = name else { return NEVER.to_string() };
        let at = self.column(&name);
        let list = matches!(column, Column::Secondary | Column::Owners | Column::Terms);
        let table = quoted(&self.table.table);
        match self.dialect {
            Dialect::Postgres => {
                let how = if list { " USING gin " } else { " " };
                self.indexes.insert(format!("CREATE INDEX ON {table}{how}({})", quoted(&name)));
            }
            Dialect::Sqlite if !list => {
                let index = quoted(&[&self.table.table, " ", &name].concat());
                self.indexes.insert(format!("CREATE INDEX IF NOT EXISTS {index} ON {table} ({})", quoted(&name)));
            }
            Dialect::Sqlite => {}
        }
        let wanted = values.map(|values| self.texts(values));
        match (self.dialect, list, wanted) {
            (_, false, None) => format!("({at} IS NOT NULL)"),
            (Dialect::Postgres, false, Some(wanted)) => format!("({at} = ANY({wanted}::text[]))"),
            (Dialect::Postgres, true, Some(wanted)) => format!("({at} && {wanted}::text[])"),
            (Dialect::Postgres, true, None) => format!("(cardinality({at}) > 0)"),
            (Dialect::Sqlite, false, Some(wanted)) => format!("({at} IN (SELECT value FROM json_each({wanted})))"),
            (Dialect::Sqlite, true, Some(wanted)) => {
                format!("EXISTS (SELECT 1 FROM json_each({at}) WHERE value IN (SELECT value FROM json_each({wanted})))")
            }
            (Dialect::Sqlite, true, None) => format!("(json_array_length({at}) > 0)"),
        }
    }

    /// A parameter's placeholder.
    fn add(&mut self, value: Value) -> String {
        self.parameters.push(value);
        let mark = if self.dialect == Dialect::Postgres { '$' } else { '?' };
        format!("{mark}{}", self.before + self.parameters.len())
    }

    fn text(&mut self, text: &str) -> String {
        self.add(Value::from(text))
    }

    /// Several texts as one parameter: a list, or the text of one. PostgreSQL keeps no text with a zero in it.
    fn texts(&mut self, texts: &[String]) -> String {
        let list: Vec<Value> = match self.dialect {
            Dialect::Postgres => {
                texts.iter().filter(|text| !text.contains('\0')).map(|text| text.as_str().into()).collect()
            }
            Dialect::Sqlite => texts.iter().map(|text| text.as_str().into()).collect(),
        };
        self.list(list)
    }

    fn list(&mut self, list: Vec<Value>) -> String {
        let list = Value::Array(list);
        match self.dialect {
            Dialect::Postgres => self.add(list),
            Dialect::Sqlite => self.text(&list.to_string()),
        }
    }

    /// A name for a row.
    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }
}

/// A name in SQL. It holds no zero: that was refused.
pub fn quoted(name: &str) -> String {
    ["\"", &name.replace('"', "\"\""), "\""].concat()
}

/// Conditions joined by a word, in groups where they are many.
fn chained(mut parts: Vec<String>, word: &str) -> Option<String> {
    while parts.len() > CHAIN {
        parts = parts.chunks(CHAIN).map(|some| ["(", &some.join(word), ")"].concat()).collect();
    }
    if parts.len() > 1 { Some(["(", &parts.join(word), ")"].concat()) } else { parts.pop() }
}

/// The parts of conditions that are joined alike, each with whether its opposite is meant.
fn gather<'t>(test: &'t Test, not: bool, any: bool, found: &mut Vec<(&'t Test, bool)>) {
    match test {
        Test::Not(part) => gather(part, !not, any, found),
        Test::Any(parts) if any != not => parts.iter().for_each(|part| gather(part, not, any, found)),
        Test::All(parts) if any == not => parts.iter().for_each(|part| gather(part, not, any, found)),
        other => found.push((other, not)),
    }
}

/// How deep conditions nest.
fn depth(test: &Test) -> usize {
    match test {
        Test::Any(parts) | Test::All(parts) => 1 + parts.iter().map(depth).max().unwrap_or_default(),
        Test::Not(part) | Test::Among(part, _) => depth(part),
        Test::Each(_, part) => 4 + depth(part),
        _ => 0,
    }
}

/// The least text behind all that begin so; none if there is none.
fn behind(start: &str) -> Option<String> {
    let mut chars: Vec<char> = start.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// Whether the text of a number may begin so.
pub fn like_a_number(start: &str) -> bool {
    start.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'))
}
