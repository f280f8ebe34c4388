//! `users.yaml`, once it is data: who is to be made, who is left out and why, and everything that is wrong with it. All or
//! nothing.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Tools;
use super::access::{short, unknown_role, words};
use super::address::{folded, is_username, wrong_email};
use crate::model::{At, Error, Fault, Faults, Reader};
use crate::terms::ErrorCode;

/// Characters a password has at least.
const SHORTEST: usize = 6;

/// Bytes it has at most.
const LONGEST: usize = 1_024;

/// Keys of an entry.
const KEYS: [&str; 9] =
    ["email", "username", "full_name", "affiliations", "active", "confirmed", "password", "roles", "allow"];

/// What a file of users comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fixture {
    /// To be made, in order.
    pub users: Vec<UserFixture>,
    /// There already, or twice in the file: left as they are.
    pub skipped: Vec<Skipped>,
    /// What nobody reads.
    pub warnings: Vec<Fault>,
}

/// Somebody to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UserFixture {
    /// As it is written.
    pub email: String,
    /// Its letters in lower case: what it is found by.
    pub key: String,
    /// As it is written.
    pub username: Option<String>,
    /// Its letters in lower case.
    pub username_key: Option<String>,
    /// For people.
    pub full_name: String,
    /// For people.
    pub affiliations: String,
    /// Whether it may log in, once confirmed.
    pub active: bool,
    /// Whether the address is known to be theirs.
    pub confirmed: bool,
    /// None: a random one is to be made.
    pub password: Option<String>,
    /// Global roles.
    pub roles: Vec<String>,
    /// Actions to be allowed.
    pub allow: Vec<String>,
}

/// An entry that nothing comes of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Where.
    pub path: String,
    /// Who.
    pub email: String,
    /// Why.
    pub message: String,
}

struct Known<'v> {
    roles: Vec<&'v str>,
    emails: Vec<&'v str>,
    usernames: Vec<&'v str>,
    passwords: Option<&'v Map<String, Value>>,
}

impl Tools {
    /// `{users, passwords?, there: {roles, emails, usernames}}`: the file's content, passwords by address, and what
    /// exists (addresses and usernames in lower case). Where there are faults, the warnings come after them.
    pub fn fixture(&self, input: &Value) -> Result<Fixture, Error> {
        let mut reader = Reader::new();
        let mut unread = Faults::new();
        let found = self.read_fixture(input, &mut reader, &mut unread);
        let unread = unread.give(None::<()>).err().map(|error| error.faults).unwrap_or_default();
        let warnings = unread.into_iter().filter(|fault| fault.code == ErrorCode::UnknownField);
        match reader.faults.give(found) {
            Ok(found) => Ok(Fixture { warnings: warnings.collect(), ..found }),
            Err(mut error) => {
                error.faults.extend(warnings);
                Err(error)
            }
        }
    }

    /// One account, by itself: `{user, there}`, with the rules of a file's entries. Who is there already is an error here.
    pub fn account(&self, input: &Value) -> Result<UserFixture, Error> {
        let mut fixture = self.fixture(input)?;
        if let Some(skipped) = fixture.skipped.first() {
            return Err(Error::new(ErrorCode::Duplicate, &skipped.path, skipped.message.as_str()));
        }
        if let Some(fault) = fixture.warnings.pop() {
            return Err(Error { faults: vec![fault] });
        }
        fixture.users.pop().ok_or_else(|| Error::new(ErrorCode::MissingField, "users", "an account must be given"))
    }

    fn read_fixture(&self, input: &Value, reader: &mut Reader, unread: &mut Faults) -> Option<Fixture> {
        let at = At::Root("input");
        let map = reader.object_of(input, &at, &["users", "passwords", "there"])?;
        let there = reader.required(map, "there", &at)?;
        let at_there = at.key("there");
        let there = reader.object_of(there, &at_there, &["roles", "emails", "usernames"])?;
        let known = Known {
            roles: words(there, "roles", &at_there, reader)?,
            emails: words(there, "emails", &at_there, reader)?,
            usernames: words(there, "usernames", &at_there, reader)?,
            passwords: match map.get("passwords") {
                None | Some(Value::Null) => None,
                Some(passwords) => Some(reader.object(passwords, &at.key("passwords"))?),
            },
        };
        let users = reader.required(map, "users", &at)?;
        let root = At::Root("users");
        let mut found = Fixture { users: Vec::new(), skipped: Vec::new(), warnings: Vec::new() };
        // An empty file means nobody.
        if users.is_null() {
            return Some(found);
        }
        for (index, entry) in reader.list(users, &root)?.iter().enumerate() {
            let at = root.index(index);
            if let Some(user) = self.entry(entry, &known, &at, reader, unread) {
                found.add(user, &known, &at);
            }
        }
        Some(found)
    }

    fn entry(
        &self,
        entry: &Value,
        known: &Known<'_>,
        at: &At<'_>,
        reader: &mut Reader,
        unread: &mut Faults,
    ) -> Option<UserFixture> {
        let map = reader.object(entry, at)?;
        for key in map.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let message = format!("nobody reads the key `{}`", short(key));
            unread.add(ErrorCode::UnknownField, &at.key(key), message);
        }
        let email = reader.required(map, "email", at).and_then(|value| reader.text(value, &at.key("email")));
        if let Some(wrong) = email.and_then(wrong_email) {
            reader.faults.add(ErrorCode::InvalidId, &at.key("email"), wrong);
        }
        let username = optional(map, "username").and_then(|value| reader.text(value, &at.key("username")));
        if username.is_some_and(|name| !is_username(name)) {
            let message = "a username is a letter, then 2 to 255 of letters, digits, `-` and `_`";
            reader.faults.add(ErrorCode::InvalidId, &at.key("username"), message);
        }
        let mut line = |key: &str| match optional(map, key) {
            // Nothing is said of it.
            None => String::new(),
            Some(Value::String(text)) if text.is_empty() => String::new(),
            Some(value) => reader.name(value, &at.key(key)).unwrap_or_default(),
        };
        let (full_name, affiliations) = (line("full_name"), line("affiliations"));
        let mut flag =
            |key: &str| optional(map, key).is_some_and(|value| reader.boolean(value, &at.key(key)).unwrap_or_default());
        let (active, confirmed) = (flag("active"), flag("confirmed"));
        let password = password(map, email, known.passwords, at, reader);
        let mut list = |key: &str| match optional(map, key) {
            None => Vec::new(),
            Some(value) => reader.names(value, &at.key(key)).unwrap_or_default(),
        };
        let (roles, allow) = (list("roles"), list("allow"));
        let at_roles = at.key("roles");
        for (index, role) in roles.iter().enumerate() {
            // Not the roles of communities: those are memberships, with rules of their own.
            if !known.roles.contains(&role.as_str()) {
                reader.faults.add(ErrorCode::UnknownRole, &at_roles.index(index), unknown_role(role, &known.roles));
            }
        }
        let at_allow = at.key("allow");
        for (index, action) in allow.iter().enumerate() {
            if self.action(action).is_none() {
                reader.faults.add(ErrorCode::UnknownAction, &at_allow.index(index), self.unknown_action(action));
            }
        }
        let email = email?;
        Some(UserFixture {
            email: email.to_string(),
            key: folded(email),
            username: username.map(str::to_string),
            username_key: username.map(folded),
            full_name,
            affiliations,
            active,
            confirmed,
            password,
            roles: once(roles),
            allow: once(allow),
        })
    }
}

/// What stands under a key; nothing written is nothing said.
fn optional<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    map.get(key).filter(|value| !value.is_null())
}

/// The configuration beats the file; what is empty counts as absent.
fn password(
    map: &Map<String, Value>,
    email: Option<&str>,
    configured: Option<&Map<String, Value>>,
    at: &At<'_>,
    reader: &mut Reader,
) -> Option<String> {
    let own = map.get("password");
    let given = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let by_name = |passwords: &'_ Map<String, Value>| {
        let key = email.map(folded);
        let found = passwords.iter().find(|(name, _)| Some(folded(name)) == key);
        found.map(|(_, value)| value.clone())
    };
    let at_own = at.key("password");
    let configured = configured.and_then(by_name).filter(|value| given(&value));
    // What the file says is looked at even where it is not used.
    let own = own.filter(given).and_then(|value| checked(value, &at_own, reader));
    match &configured {
        Some(value) => checked(value, &At::Root("passwords").key(email.unwrap_or_default()), reader),
        None => own,
    }
}

fn checked(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<String> {
    let Value::String(text) = value else {
        reader.faults.add(ErrorCode::Malformed, at, "a password is text; write it in quotes");
        return None;
    };
    if text.chars().count() < SHORTEST || text.len() > LONGEST {
        reader.faults.add(ErrorCode::Malformed, at, "a password has at least 6 characters, and at most 1024 bytes");
    }
    Some(text.clone())
}

fn once(words: Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

impl Fixture {
    fn add(&mut self, user: UserFixture, known: &Known<'_>, at: &At<'_>) {
        let named = |other: &UserFixture| user.username_key.is_some() && other.username_key == user.username_key;
        let username = short(user.username.as_deref().unwrap_or_default());
        let message = if known.emails.contains(&user.key.as_str()) {
            "there is an account with this address already; it stays as it is".to_string()
        } else if user.username_key.as_ref().is_some_and(|key| known.usernames.contains(&key.as_str())) {
            format!("there is an account with the username `{username}` already; it stays as it is")
        } else if self.users.iter().any(|other| other.key == user.key) {
            "this address stands in the file before; the first entry counts".to_string()
        } else if self.users.iter().any(named) {
            format!("the username `{username}` stands in the file before; the first entry counts")
        } else {
            self.users.push(user);
            return;
        };
        self.skipped.push(Skipped { path: at.to_string(), email: user.email, message });
    }
}
