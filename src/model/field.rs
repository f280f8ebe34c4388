//! What rules look at in a record beside its communities, state and owners: fields a policy names, each of a kind.

use super::holders::holders;
use super::{Address, At, Faults, Limits, OwnerForm, Reader, Value, id_of, moment, ordered, read_owners};
use crate::terms::ErrorCode;

/// A named field's number in its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub u16);

/// What is read in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One word of a closed list.
    Word {
        /// The words there are.
        values: Vec<String>,
        /// The word of a record without one.
        default: Option<String>,
        /// What stands there.
        said: Said,
    },
    /// Anything, which no rule looks at: where an effect keeps something.
    Kept,
    /// Ids of users, in any of the forms owners are written in.
    Users,
    /// Names of global roles.
    Roles,
    /// Names of system roles.
    SystemRoles,
    /// A community's id.
    Community {
        /// The record's own primary community is not meant: where it stands there, nothing does.
        other: bool,
    },
    /// A moment: a date (its midnight in UTC), a time as RFC 3339 has it, or milliseconds.
    Moment,
    /// Record grants: `[{subject: {type, id}, permission}]`, of these levels (of any, if none are named).
    Grants(Vec<String>),
    /// Secret links: `[{id, permission, expires_at?}]`, of these levels.
    Links(Vec<String>),
    /// Users, global roles and system roles together.
    Holders {
        /// Whether an object there is read as the list of its keys (compat).
        keys: bool,
    },
}

/// How the word of a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// As itself.
    Word,
    /// As a list that has so many entries: one of `SIZES`.
    Size,
    /// As a whole number; the last word stands for all from there on.
    Count,
}

/// How many entries a list has.
pub const SIZES: [&str; 3] = ["none", "one", "several"];

/// A named field of a record type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in rules.
    pub name: String,
    /// What is read there.
    pub kind: FieldKind,
    /// Where this record type keeps it; none if it has no such field.
    pub at: Option<Address>,
}

/// To whom something of a record is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user.
    User(String),
    /// A global role.
    Role(String),
    /// A system role.
    SystemRole(String),
    /// Whoever holds the secret link.
    Link(String),
}

/// A level on one record, given to somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Given {
    /// To whom.
    pub to: Holder,
    /// What, for example `view`.
    pub level: String,
    /// Until when, in milliseconds.
    pub until: Option<i64>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldValue {
    /// A word; none if there is none and none stands for it.
    Word(Option<String>),
    /// Ids or names, sorted, without repetition.
    Ids(Vec<String>),
    /// A community, if any.
    Community(Option<String>),
    /// A moment in milliseconds, if any.
    Moment(Option<i64>),
    /// Levels given.
    Given(Vec<Given>),
}

impl FieldKind {
    /// The value of a field that is not there.
    pub fn absent(&self) -> FieldValue {
        match self {
            Self::Word { default, .. } => FieldValue::Word(default.clone()),
            Self::Kept => FieldValue::Word(None),
            Self::Users | Self::Roles | Self::SystemRoles => FieldValue::Ids(Vec::new()),
            Self::Community { .. } => FieldValue::Community(None),
            Self::Moment => FieldValue::Moment(None),
            Self::Grants(_) | Self::Links(_) | Self::Holders { .. } => FieldValue::Given(Vec::new()),
        }
    }

    /// Reads a field's value; none after a fault was noted.
    pub fn read(&self, value: Option<&Value>, at: &At<'_>, faults: &mut Faults) -> Option<FieldValue> {
        let Some(value) = value else { return Some(self.absent()) };
        let mut reader = Reader::new();
        let found = match self {
            Self::Word { said: Said::Size, .. } => {
                let word = reader.list(value, at).and_then(|list| SIZES.get(list.len().min(SIZES.len() - 1)));
                word.map(|word| FieldValue::Word(Some((*word).to_string())))
            }
            Self::Word { said: Said::Count, values, .. } => {
                counted(value, values, at, &mut reader).map(|word| FieldValue::Word(Some(word)))
            }
            Self::Word { values, .. } => word(value, values, at, &mut reader).map(|word| FieldValue::Word(Some(word))),
            Self::Kept => Some(FieldValue::Word(None)),
            Self::Users => read_owners(Some(value), OwnerForm::Any, at, &mut reader.faults).map(FieldValue::Ids),
            Self::Roles | Self::SystemRoles => names(value, at, &mut reader).map(FieldValue::Ids),
            Self::Moment => when(value, at, &mut reader).map(|moment| FieldValue::Moment(Some(moment))),
            Self::Community { .. } => reader.user_id(value, at).map(|id| FieldValue::Community(Some(id))),
            Self::Grants(levels) => given(value, levels, at, &mut reader, grant),
            Self::Links(levels) => given(value, levels, at, &mut reader, link),
            Self::Holders { keys } => holders(value, *keys, at, &mut reader),
        };
        if reader.faults.is_empty() {
            return found;
        }
        faults.extend(reader.faults);
        None
    }
}

impl Field {
    /// What the field holds as terms of an index, `name=value`: no two values have the same terms, but for moments; a record
    /// that holds nothing out of the ordinary has none.
    pub fn terms(&self, value: &FieldValue, found: &mut Vec<String>) {
        let name = &self.name;
        match value {
            FieldValue::Word(None) | FieldValue::Community(None) | FieldValue::Moment(None) => {}
            // When it is, no term says.
            FieldValue::Moment(Some(_)) => found.push(format!("{name}=*")),
            FieldValue::Word(Some(word)) => {
                let usual = match &self.kind {
                    FieldKind::Word { default, .. } => default.as_ref() == Some(word),
                    _ => true,
                };
                found.extend((!usual).then(|| format!("{name}={word}")));
            }
            FieldValue::Community(Some(id)) => found.push(format!("{name}={id}")),
            FieldValue::Ids(ids) => {
                // That somebody stands there is a term too; no id is `*` alone.
                found.extend((!ids.is_empty()).then(|| format!("{name}=*")));
                found.extend(ids.iter().filter(|id| *id != "*").map(|id| format!("{name}={id}")));
            }
            FieldValue::Given(list) => {
                let named = matches!(self.kind, FieldKind::Holders { .. }) && !list.is_empty();
                found.extend(named.then(|| format!("{name}=*")));
                found.extend(list.iter().map(|given| given.term(name)));
            }
        }
    }
}

impl Given {
    /// As a term of an index, whatever its end is.
    pub fn term(&self, field: &str) -> String {
        let (kind, id) = match &self.to {
            Holder::User(id) => ("user", id),
            Holder::Role(id) => ("role", id),
            Holder::SystemRole(id) => ("system_role", id),
            Holder::Link(id) => ("link", id),
        };
        format!("{field}={}:{kind}:{id}", self.level)
    }
}

/// Names; one may stand by itself.
fn names(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<String>> {
    match value {
        Value::String(_) => reader.name(value, at).map(|name| vec![name]),
        list => reader.names(list, at).map(ordered),
    }
}

fn word(value: &Value, values: &[String], at: &At<'_>, reader: &mut Reader) -> Option<String> {
    let text = match value {
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        other => reader.text(other, at)?,
    };
    if values.iter().any(|word| word == text) {
        return Some(text.to_string());
    }
    reader.faults.unknown(ErrorCode::UnknownValue, at, "value", text, &super::listed(values));
    None
}

/// The word of a number.
fn counted(value: &Value, values: &[String], at: &At<'_>, reader: &mut Reader) -> Option<String> {
    let number = value.as_u64();
    if number.is_none() {
        reader.faults.add(ErrorCode::Malformed, at, "expected a whole number, 0 or more");
    }
    let place = usize::try_from(number?).unwrap_or(usize::MAX);
    values.get(place).or(values.last()).cloned()
}

type ReadOne = fn(&Value, &At<'_>, &mut Reader) -> Option<Given>;

fn given(value: &Value, levels: &[String], at: &At<'_>, reader: &mut Reader, one: ReadOne) -> Option<FieldValue> {
    let list = reader.list(value, at)?;
    if list.len() > Limits::GIVEN {
        let message = format!("{} entries; the limit is {}", list.len(), Limits::GIVEN);
        reader.faults.add(ErrorCode::TooLarge, at, message);
        return None;
    }
    let mut read = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        read.extend(one(entry, &at.index(index), reader));
    }
    if read.len() < list.len() {
        return None;
    }
    for (index, given) in read.iter().enumerate() {
        if !levels.is_empty() && !levels.contains(&given.level) {
            let known = super::listed(levels);
            let message = format!("unknown level; known: {known}");
            reader.faults.add(ErrorCode::UnknownValue, &at.index(index).key("permission"), message);
        }
    }
    Some(FieldValue::Given(ordered(read)))
}

fn grant(entry: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Given> {
    // A grant may carry more (who gave it, a message); only what rules look at is read.
    let map = reader.object(entry, at)?;
    let level = reader.required_name(map, "permission", at);
    let at = at.key("subject");
    let subject = reader.required(map, "subject", &at).and_then(|value| reader.object(value, &at))?;
    let kind = reader.required(subject, "type", &at)?;
    let id = reader.required_id(subject, "id", &at)?;
    let to = match kind.as_str() {
        Some("user") => Holder::User(id),
        Some("role") => Holder::Role(id),
        Some("system_role") => Holder::SystemRole(id),
        _ => {
            reader.faults.add(ErrorCode::UnknownType, &at.key("type"), "one of: user, role, system_role");
            return None;
        }
    };
    Some(Given { to, level: level?, until: None })
}

fn when(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<i64> {
    let found = moment(value);
    if found.is_none() {
        reader.faults.add(ErrorCode::Malformed, at, "a date, a time as RFC 3339 has it, or milliseconds");
    }
    found
}

fn link(entry: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Given> {
    let map = reader.object(entry, at)?;
    let id = reader.required(map, "id", at);
    let id = id.and_then(id_of).filter(|id| reader.valid_id(id, &at.key("id")));
    let level = reader.required_name(map, "permission", at);
    let until = match map.get("expires_at").filter(|value| !value.is_null()) {
        None => None,
        Some(value) => Some(when(value, &at.key("expires_at"), reader)?),
    };
    Some(Given { to: Holder::Link(id?), level: level?, until })
}
