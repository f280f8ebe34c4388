//! Bundles: policy documents that somebody signed, with a version that only grows. On hosts only.
//!
//! ```text
//! {lictor_bundle: 1, version, time, key, policies: {NAME: {hash, document}}, signature}
//! ```
//!
//! The signature is over a text of its own ([`signed`]): what it is for, so that it is good for nothing else, and the canonical
//! form of all the bundle says, each document by its content hash. So it does not matter how a bundle is written down.

mod key;
mod read;

use serde::Serialize;
use serde_json::Value;

pub use key::{Ended, Trusted, fresh, public_of};
pub use read::{Opened, open};

use crate::model::{At, Error, Faults, Limits, Reader, merge_patch, object};
use crate::policy::{Policy, canonical, content_hash};
use crate::terms::ErrorCode;

/// The form written and read here.
const FORM: i64 = 1;

/// What a signature is for. It ends with what no canonical form holds.
const DOMAIN: &str = "lictor policy bundle 1\n";

/// JavaScript counts exactly up to here.
const LAST_VERSION: i64 = (1 << 53) - 1;

/// Several documents, and some words around them.
const LIMITS: Limits = Limits { depth: Limits::POLICY.depth + 3, bytes: 8 << 20 };

/// Why a bundle is not taken: a code of its own, or that of what is wrong with its shape or with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// `unknown_key`, `key_ended`, `wrong_signature`, `other_hash`, or an [`ErrorCode`].
    pub code: &'static str,
    /// Where, for example `bundle.signature`.
    pub path: String,
    /// For people: lower case, what to do about it.
    pub message: String,
}

/// Every fault; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// In the order they were found.
    pub faults: Vec<Fault>,
}

impl Refused {
    fn new(code: &'static str, at: &At<'_>, message: impl Into<String>) -> Self {
        Self { faults: vec![Fault { code, path: at.to_string(), message: message.into() }] }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let fault =
            |fault: crate::model::Fault| Fault { code: fault.code.as_str(), path: fault.path, message: fault.message };
        Self { faults: error.faults.into_iter().map(fault).collect() }
    }
}

/// Makes a bundle: `{policies: [{policy, changes?}], version, time}`, signed with a secret key. Each document goes by the name it
/// has; one that cannot be read is not signed.
pub fn sign(input: &Value, secret: &str) -> Result<Value, Error> {
    let mut reader = Reader::new();
    let at = At::Root("call");
    let map = reader.object_of(input, &at, &["policies", "version", "time"]);
    let map = reader.faults.give(map)?;
    let mut reader = Reader::new();
    let version =
        reader.required(map, "version", &at).and_then(|value| version(value, &at.key("version"), &mut reader));
    let time = reader.required(map, "time", &at).and_then(|value| time(value, &at.key("time"), &mut reader));
    let list = reader.required(map, "policies", &at).and_then(|value| reader.list(value, &at.key("policies")));
    let (version, time, list) = reader.faults.give(version.zip(time).zip(list).map(|((v, t), l)| (v, t, l)))?;
    let at_list = at.key("policies");
    if list.is_empty() {
        return Err(Error::new(ErrorCode::MissingField, at_list, "a bundle holds at least one policy"));
    }
    let mut documents: Vec<(String, String, Value)> = Vec::new();
    for (index, given) in list.iter().enumerate() {
        let (name, hash, document) = given_document(given, &at_list.index(index))?;
        if documents.iter().any(|(there, ..)| *there == name) {
            let message = format!("a policy with the name `{name}` stands in the bundle already");
            return Err(Error::new(ErrorCode::Duplicate, at_list.index(index), message));
        }
        documents.push((name, hash, document));
    }
    let pair = key::secret(secret)?;
    let public = key::public_text(&pair.verifying_key());
    let text = signed(version, &time, &public, documents.iter().map(|(name, hash, _)| (name.as_str(), hash.as_str())))?;
    let signature = key::hex(&key::signature(&pair, text.as_bytes()));
    let policy = |(name, hash, document): &(String, String, Value)| {
        let held = object(vec![("hash", Value::from(hash.as_str())), ("document", document.clone())]);
        (name.clone(), held)
    };
    Ok(object(vec![
        ("lictor_bundle", Value::from(FORM)),
        ("version", Value::from(version)),
        ("time", Value::from(time)),
        ("key", Value::from(public)),
        ("policies", Value::Object(documents.iter().map(policy).collect())),
        ("signature", Value::from(signature)),
    ]))
}

/// A document with its changes, which must be a policy; its name and its hash.
fn given_document(given: &Value, at: &At<'_>) -> Result<(String, String, Value), Error> {
    let mut reader = Reader::new();
    let found = reader.object_of(given, at, &["policy", "changes"]);
    let document = found.and_then(|map| Some((map, reader.required(map, "policy", at)?.clone())));
    let (map, mut document) = reader.faults.give(document)?;
    if let Some(changes) = map.get("changes") {
        merge_patch(&mut document, changes);
    }
    let policy = readable(&document, &at.key("policy"))?;
    Ok((policy.name.clone(), content_hash(&document)?, document))
}

/// The policy a document is; what is wrong with it stands under `at`.
fn readable(document: &Value, at: &At<'_>) -> Result<Policy, Error> {
    crate::model::Bounded::read(document, &at.to_string(), Limits::POLICY)?;
    Policy::read(document).map_err(|mut error| {
        for fault in &mut error.faults {
            if let Some(rest) = fault.path.strip_prefix("policy") {
                fault.path = format!("{at}{rest}");
            }
        }
        error
    })
}

/// What is signed.
fn signed<'a>(
    version: i64,
    time: &str,
    key: &str,
    hashes: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<String, Error> {
    let hashes = hashes.map(|(name, hash)| (name.to_string(), Value::from(hash))).collect();
    let all = object(vec![
        ("lictor_bundle", Value::from(FORM)),
        ("version", Value::from(version)),
        ("time", Value::from(time)),
        ("key", Value::from(key)),
        ("policies", Value::Object(hashes)),
    ]);
    Ok(format!("{DOMAIN}{}", canonical(&all)?))
}

fn version(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<i64> {
    let found = value.as_i64().filter(|version| (1..=LAST_VERSION).contains(version));
    if found.is_none() {
        wrong(&mut reader.faults, at, "a version is a whole number from 1 up, higher than that of the bundle before");
    }
    found
}

fn time(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<String> {
    let text = reader.text(value, at)?;
    if crate::model::moment(value).is_none() {
        wrong(&mut reader.faults, at, "expected a moment such as 2027-01-01T12:00:00Z");
        return None;
    }
    Some(text.to_string())
}

fn wrong(faults: &mut Faults, at: &At<'_>, message: &str) {
    faults.add(ErrorCode::Malformed, at, message);
}
