//! The need algebra of invenio-access: a permission asks for needs and excludes others, action needs stand for the
//! rows of that action, and an exclude always wins.

use crate::facts::{AccessRow, RowSubject};
use crate::model::{At, Error, Reader, Value, id_of};
use crate::terms::ErrorCode;

/// One atom: `["id", 1]`, `["role", "x"]`, `["action", "name", "argument"]`, and so on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need(pub Vec<String>);

impl Need {
    fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let list = reader.list(value, at)?;
        let parts: Vec<String> = list.iter().filter_map(id_of).collect();
        if parts.len() != list.len() || parts.len() < 2 || parts.len() > 5 {
            reader.faults.add(ErrorCode::Malformed, at, "a need is a list such as [\"role\", \"curator\"]");
            return None;
        }
        Some(Self(parts))
    }

    fn of_row(row: &AccessRow) -> Self {
        let (kind, value) = match &row.subject {
            RowSubject::User(id) => ("id", id),
            RowSubject::Role(name) => ("role", name),
            RowSubject::SystemRole(name) => ("system_role", name),
        };
        Self(vec![kind.to_string(), value.clone()])
    }
}

/// A permission over rows, asked of an identity.
#[derive(Debug, Clone, Default)]
pub struct Permission {
    needs: Vec<Need>,
    excludes: Vec<Need>,
    rows: Vec<AccessRow>,
    provides: Vec<Need>,
    allow_by_default: bool,
}

impl Permission {
    /// Reads `{provides, needs, excludes?, rows?, allow_by_default?}`.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let mut reader = Reader::new();
        let at = At::Root("query");
        let mut found = Self::default();
        let known = ["provides", "needs", "excludes", "rows", "allow_by_default"];
        if let Some(map) = reader.object_of(value, &at, &known) {
            for (key, value) in map {
                let at = at.key(key);
                if key == "allow_by_default" {
                    found.allow_by_default = reader.boolean(value, &at).unwrap_or(false);
                    continue;
                }
                for (index, entry) in reader.list(value, &at).into_iter().flatten().enumerate() {
                    let at = at.index(index);
                    match key.as_str() {
                        "rows" => found.rows.extend(AccessRow::read(entry, &at, &mut reader)),
                        "provides" => found.provides.extend(Need::read(entry, &at, &mut reader)),
                        "excludes" => found.excludes.extend(Need::read(entry, &at, &mut reader)),
                        _ => found.needs.extend(Need::read(entry, &at, &mut reader)),
                    }
                }
            }
        }
        reader.faults.give(Some(found))
    }

    /// Whether the identity may. In this order:
    ///
    /// 1. `superuser-access` is added to the needs.
    /// 2. Every action need, wanted or excluded, is replaced by the rows of that action: allow rows become needs,
    ///    deny rows become excludes. A row without an argument covers every argument.
    /// 3. If the wanted actions have no row at all, they are kept as they are; with `allow_by_default` and nothing
    ///    left to need, everybody may.
    /// 4. A provided exclude denies; otherwise a provided need allows.
    pub fn allows(&self) -> bool {
        let superuser = Need(vec!["action".to_string(), "superuser-access".to_string()]);
        let mut needs = Vec::new();
        let mut excludes = Vec::new();
        for need in self.needs.iter().chain([&superuser]) {
            if !self.expand(need, &mut needs, &mut excludes) {
                needs.push(need.clone());
            }
        }
        for need in &self.excludes {
            if !self.expand(need, &mut needs, &mut excludes) {
                excludes.push(need.clone());
            }
        }
        if needs.is_empty() {
            if self.allow_by_default {
                return !self.provides.iter().any(|need| excludes.contains(need));
            }
            needs.extend(self.needs.iter().chain([&superuser]).cloned());
        }
        !self.provides.iter().any(|need| excludes.contains(need))
            && self.provides.iter().any(|need| needs.contains(need))
    }

    /// Adds the rows of an action need; any other need is not expanded.
    fn expand(&self, need: &Need, needs: &mut Vec<Need>, excludes: &mut Vec<Need>) -> bool {
        let [kind, action, rest @ ..] = need.0.as_slice() else { return false };
        if kind != "action" {
            return false;
        }
        let argument = rest.first().map(String::as_str);
        for row in self.rows.iter().filter(|row| &row.action == action && row.covers(argument)) {
            let list = if row.exclude { &mut *excludes } else { &mut *needs };
            list.push(Need::of_row(row));
        }
        true
    }
}
