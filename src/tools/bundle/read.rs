//! A bundle as somebody gives it, read with care: nothing of it is used before its signature is known to be right.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{FORM, LIMITS, Refused, Trusted, key, readable, signed, time, version, wrong};
use crate::model::{At, Reader, parse_text};
use crate::policy::content_hash;
use crate::terms::ErrorCode;

const KEYS: [&str; 6] = ["lictor_bundle", "version", "time", "key", "policies", "signature"];

/// A bundle that a trusted key signed.
#[derive(Debug, Clone, Serialize)]
pub struct Opened {
    /// Grows with each bundle.
    pub version: i64,
    /// When it was signed, by the clock of whoever did.
    pub time: String,
    /// Who signed it.
    pub key: String,
    /// Names what was signed: bundles with the same hash say the same.
    pub hash: String,
    /// Its documents, by name.
    pub policies: BTreeMap<String, Document>,
}

/// One policy of a bundle.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// Its content hash, as an engine over it says too.
    pub hash: String,
    /// The document itself.
    pub document: Value,
}

/// Reads a bundle's text and says what it holds, if a key that is trusted at this moment signed it.
pub fn open(text: &str, trusted: &Value, now: i64) -> Result<Opened, Refused> {
    let trusted = Trusted::read(trusted)?;
    let value = parse_text(text, "bundle", LIMITS)?;
    let (mut reader, at) = (Reader::new(), At::Root("bundle"));
    let found = parts(&value, &at, &mut reader);
    let (opened, signature) = reader.faults.give(found)?;
    let key = match Trusted::find(&trusted, &opened.key, now) {
        Some(Ok(key)) => key,
        Some(Err(key::Ended)) => {
            let message = "this key is no longer trusted; sign the bundle with one that is";
            return Err(Refused::new("key_ended", &at.key("key"), message));
        }
        None => {
            let message = "this key is not among those trusted here";
            return Err(Refused::new("unknown_key", &at.key("key"), message));
        }
    };
    let hashes = opened.policies.iter().map(|(name, held)| (name.as_str(), held.hash.as_str()));
    let said = signed(opened.version, &opened.time, &opened.key, hashes)?;
    if !key.verifies(said.as_bytes(), &signature) {
        let message = "this is not the key's signature over this bundle: it was changed, or another key signed it";
        return Err(Refused::new("wrong_signature", &at.key("signature"), message));
    }
    for (name, held) in &opened.policies {
        let at_policies = at.key("policies");
        let at_policy = at_policies.key(name);
        let at_document = at_policy.key("document");
        // What has no hash was never signed.
        if content_hash(&held.document).ok().as_ref() != Some(&held.hash) {
            let message = "this is another document than the one that was signed";
            return Err(Refused::new("other_hash", &at_document, message));
        }
        readable(&held.document, &at_document)?;
    }
    Ok(Opened { hash: content_hash(&Value::from(said))?, ..opened })
}

fn parts(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<(Opened, [u8; 64])> {
    let map = reader.object_of(value, at, &KEYS)?;
    let form = reader.required(map, "lictor_bundle", at)?;
    if form.as_i64() != Some(FORM) {
        wrong(&mut reader.faults, &at.key("lictor_bundle"), "this host reads bundles of form 1");
        return None;
    }
    let version = reader.required(map, "version", at).and_then(|value| version(value, &at.key("version"), reader));
    let time = reader.required(map, "time", at).and_then(|value| time(value, &at.key("time"), reader));
    let key = reader.required(map, "key", at).and_then(|value| reader.text(value, &at.key("key")));
    let signature = reader.required(map, "signature", at).and_then(|value| {
        let at = at.key("signature");
        let found = key::bytes(reader.text(value, &at)?);
        if found.is_none() {
            wrong(&mut reader.faults, &at, "expected 128 hexadecimal digits in lower case");
        }
        found
    });
    let policies = reader.required(map, "policies", at).and_then(|value| policies(value, &at.key("policies"), reader));
    let (version, time, key) = (version?, time?, key?.to_string());
    Some((Opened { version, time, key, hash: String::new(), policies: policies? }, signature?))
}

fn policies(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<BTreeMap<String, Document>> {
    let map = reader.object(value, at)?;
    if map.is_empty() {
        reader.faults.add(ErrorCode::MissingField, at, "a bundle holds at least one policy");
    }
    let mut found = BTreeMap::new();
    for (name, held) in map {
        let at = at.key(name);
        reader.valid_id(name, &at);
        let Some(held) = reader.object_of(held, &at, &["hash", "document"]) else { continue };
        let hash = reader.required(held, "hash", &at).and_then(|hash| reader.text(hash, &at.key("hash")));
        let document = reader.required(held, "document", &at);
        if let (Some(hash), Some(document)) = (hash, document) {
            found.insert(name.clone(), Document { hash: hash.to_string(), document: document.clone() });
        }
    }
    Some(found)
}
