//! Access rows: what is to be written so that an action is allowed, denied, or neither, to some. A row without argument covers
//! all arguments; deny beats allow.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Tools;
use super::actions::{COMMUNITY, KnownAction, SUPERUSER};
use crate::facts::{AccessRow, Change, EntityKey, RowSubject};
use crate::model::{At, Error, Reader, listed};
use crate::policy::content_hash;
use crate::terms::ErrorCode;

/// What must be written, and what to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RowsChanged {
    /// The writes.
    pub changes: Vec<Change>,
    /// Rows that were put or removed.
    pub changed: Vec<Map<String, Value>>,
    /// Rows that stood there already, or did not stand there anyway.
    pub unchanged: Vec<Map<String, Value>>,
    /// What somebody should know of it.
    pub warnings: Vec<String>,
}

/// What there is, as far as rows may name it.
struct There<'v> {
    roles: Vec<&'v str>,
    communities: Vec<&'v str>,
    rows: Vec<(String, AccessRow)>,
}

const KEYS: [&str; 6] = ["do", "action", "argument", "subjects", "rows", "there"];

impl Tools {
    /// `{do: allow | deny | remove, action, argument?, subjects: [{user | role | system_role}], rows: [{id, row}], there:
    /// {roles, communities}}`. `rows` are all that name the action, `there` what exists. All of it is done, or nothing.
    pub fn access(&self, call: &Value) -> Result<RowsChanged, Error> {
        let mut reader = Reader::new();
        let found = self.read_access(call, &At::Root("call"), &mut reader);
        reader.faults.give(found)
    }

    fn read_access(&self, call: &Value, at: &At<'_>, reader: &mut Reader) -> Option<RowsChanged> {
        let map = reader.object_of(call, at, &KEYS)?;
        let verb = reader.required(map, "do", at)?;
        let verb = reader.text(verb, &at.key("do"))?;
        if !["allow", "deny", "remove"].contains(&verb) {
            reader.faults.add(ErrorCode::Malformed, &at.key("do"), "one of: allow, deny, remove");
        }
        let there = There::read(map, at, reader)?;
        let action = reader.required(map, "action", at)?;
        let action = reader.name(action, &at.key("action"))?;
        let known = self.action(&action);
        let argument = map.get("argument").and_then(|value| reader.user_id(value, &at.key("argument")));
        // A row that should not be there can be taken away all the same.
        if verb != "remove" {
            self.check_action(&action, known, argument.as_deref(), &there, at, reader);
        }
        let subjects = reader.required(map, "subjects", at)?;
        let at_subjects = at.key("subjects");
        let mut done = RowsChanged::default();
        for (index, subject) in reader.list(subjects, &at_subjects)?.iter().enumerate() {
            let at = at_subjects.index(index);
            let mut row = Map::new();
            row.extend(reader.object_of(subject, &at, &["user", "role", "system_role"])?.clone());
            row.insert("action".to_string(), Value::from(action.as_str()));
            if let Some(argument) = &argument {
                row.insert("argument".to_string(), Value::from(argument.as_str()));
            }
            row.insert("exclude".to_string(), Value::Bool(verb == "deny"));
            let Some(row) = AccessRow::read(&Value::Object(row), &at, reader) else { continue };
            if verb == "remove" {
                done.remove(&row, &there);
            } else {
                self.check_subject(&row.subject, &there, &at, reader, &mut done.warnings);
                done.put(&row, &there, reader);
            }
        }
        Some(done)
    }

    fn check_action(
        &self,
        action: &str,
        known: Option<&KnownAction>,
        argument: Option<&str>,
        there: &There<'_>,
        at: &At<'_>,
        reader: &mut Reader,
    ) {
        let Some(known) = known else {
            reader.faults.add(ErrorCode::UnknownAction, &at.key("action"), self.unknown_action(action));
            return;
        };
        match (&known.argument, argument) {
            (None, Some(_)) => {
                let message = format!("`{action}` takes no argument: a row of it covers everything");
                reader.faults.add(ErrorCode::Malformed, &at.key("argument"), message);
            }
            (Some(kind), Some(argument)) if kind == COMMUNITY && !there.communities.contains(&argument) => {
                let message = format!("there is no community `{}`", short(argument));
                reader.faults.add(ErrorCode::UnknownCommunity, &at.key("argument"), message);
            }
            _ => {}
        }
    }

    fn check_subject(
        &self,
        subject: &RowSubject,
        there: &There<'_>,
        at: &At<'_>,
        reader: &mut Reader,
        warnings: &mut Vec<String>,
    ) {
        match subject {
            RowSubject::User(_) => {}
            RowSubject::Role(name) => {
                if !self.is_role(name, there) {
                    reader.faults.add(ErrorCode::UnknownRole, &at.key("role"), unknown_role(name, &there.roles));
                }
            }
            RowSubject::SystemRole(name) => {
                if !self.policy.naming.is_system_role(name) {
                    warnings.push(format!(
                        "`{}` is no system role of this policy: the row means somebody only if the host vouches for it",
                        short(name)
                    ));
                }
            }
        }
    }

    /// Whether a global role exists: one that was made, or that of a community by its internal name.
    fn is_role(&self, name: &str, there: &There<'_>) -> bool {
        let internal = self.policy.naming.parse(name);
        there.roles.contains(&name)
            || internal.is_some_and(|(community, role)| {
                there.communities.contains(&community) && self.policy.roles.iter().any(|known| known == role)
            })
    }

    /// What is wrong with the name of a new role; none if it is good. A community's role by its internal name would be a
    /// membership that no list of members shows.
    pub fn wrong_role(&self, name: &str) -> Option<String> {
        let mut reader = Reader::new();
        if !reader.valid_id(name, &At::Root("name")) {
            return reader
                .faults
                .give(None::<()>)
                .err()
                .and_then(|error| error.faults.into_iter().next())
                .map(|f| f.message);
        }
        let (community, role) = self.policy.naming.parse(name)?;
        let (community, role) = (short(community), short(role));
        Some(format!("this names the role `{role}` in the community `{community}`; it is given to members there"))
    }

    pub(super) fn unknown_action(&self, name: &str) -> String {
        let known: Vec<&str> = self.actions.iter().map(|action| action.name.as_str()).collect();
        let listed = listed(&known);
        format!("there is no action `{}` that access rows could name; known: {listed}", short(name))
    }
}

pub(super) fn unknown_role(name: &str, roles: &[&str]) -> String {
    let known = if roles.is_empty() { "there are none yet".to_string() } else { format!("known: {}", listed(roles)) };
    format!("there is no role `{}`; {known}", short(name))
}

/// A word in a message: whoever wrote it may have written a book.
pub(super) fn short(word: &str) -> String {
    word.chars().take(64).collect()
}

impl<'v> There<'v> {
    fn read(map: &'v Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let there = reader.required(map, "there", at)?;
        let at_there = at.key("there");
        let there = reader.object_of(there, &at_there, &["roles", "communities"])?;
        let rows = reader.required(map, "rows", at)?;
        let at_rows = at.key("rows");
        let mut read = Vec::new();
        for (index, entry) in reader.list(rows, &at_rows)?.iter().enumerate() {
            let at = at_rows.index(index);
            let entry = reader.object_of(entry, &at, &["id", "row"])?;
            let id = reader.required(entry, "id", &at)?;
            let id = reader.text(id, &at.key("id"))?.to_string();
            let row = reader.required(entry, "row", &at)?;
            read.extend(AccessRow::read(row, &at.key("row"), reader).map(|row| (id, row)));
        }
        Some(Self {
            roles: words(there, "roles", &at_there, reader)?,
            communities: words(there, "communities", &at_there, reader)?,
            rows: read,
        })
    }

    fn same<'t>(&'t self, row: &'t AccessRow) -> impl Iterator<Item = &'t (String, AccessRow)> {
        self.rows.iter().filter(move |(_, other)| {
            other.subject == row.subject && other.action == row.action && other.argument == row.argument
        })
    }
}

/// A list of names that must be given.
pub(super) fn words<'v>(
    map: &'v Map<String, Value>,
    key: &str,
    at: &At<'_>,
    reader: &mut Reader,
) -> Option<Vec<&'v str>> {
    let list = reader.required(map, key, at)?;
    let at = at.key(key);
    let list = reader.list(list, &at)?;
    Some(list.iter().enumerate().filter_map(|(index, word)| reader.text(word, &at.index(index))).collect())
}

impl RowsChanged {
    fn put(&mut self, row: &AccessRow, there: &There<'_>, reader: &mut Reader) {
        let opposite = there.rows.iter().any(|(_, other)| {
            let (deny, allow) = if row.exclude { (row, other) } else { (other, row) };
            let same = other.subject == row.subject && other.action == row.action && other.exclude != row.exclude;
            same && deny.covers(allow.argument.as_deref())
        });
        if row.exclude && row.action == SUPERUSER {
            self.warn("a deny row on `superuser-access` bans the subject from everything, reading included");
        } else if opposite {
            self.warn(if row.exclude {
                "there is an allow row too; deny beats allow, so it gives nothing any more"
            } else {
                "there is a deny row too; deny beats allow, so this gives nothing until that is removed"
            });
        }
        if there.same(row).any(|(_, other)| other.exclude == row.exclude) || self.changed.contains(&row.value()) {
            self.unchanged.push(row.value());
            return;
        }
        let value = row.value();
        let whole = Value::Object(value.clone());
        // What a row says may be longer than an id.
        match content_hash(&whole) {
            Ok(id) => self.changes.push(Change::Put { key: EntityKey::Access { id }, value: whole }),
            Err(error) => reader.faults.take(error),
        }
        self.changed.push(value);
    }

    /// Allow and deny rows alike: afterwards neither is said.
    fn remove(&mut self, row: &AccessRow, there: &There<'_>) {
        let mut any = false;
        for (id, other) in there.same(row) {
            any = true;
            if !self.changed.contains(&other.value()) {
                self.changed.push(other.value());
            }
            let change = Change::Del { key: EntityKey::Access { id: id.clone() } };
            if !self.changes.contains(&change) {
                self.changes.push(change);
            }
        }
        if !any {
            self.unchanged.push(row.value());
        }
    }

    fn warn(&mut self, text: &str) {
        if !self.warnings.iter().any(|known| known == text) {
            self.warnings.push(text.to_string());
        }
    }
}
