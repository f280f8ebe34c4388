//! Keys of bundles, and the signatures made with them: Ed25519 by `ed25519-dalek`, the same code with the same verdicts on every
//! host. (WebCrypto's hosts do not agree on keys and signatures of small order, and Node 20 calls its Ed25519 experimental.)
//!
//! A key is one word, `ed25519-` and 64 hexadecimal digits in lower case, and is known by it: no two texts are the same key.

use std::fmt::Write as _;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::Value;

use super::wrong;
use crate::model::{At, Error, Reader, moment};
use crate::terms::ErrorCode;

const PUBLIC: &str = "ed25519-";
const SECRET: &str = "ed25519-secret-";

/// A key a host trusts, and the moment after which it no longer does.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// The word it is known by.
    pub key: String,
    verifying: VerifyingKey,
    until: Option<i64>,
}

/// All entries of a key have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended;

impl Trusted {
    /// Reads a list of keys; each is text, or `{key, until}`.
    pub fn read(value: &Value) -> Result<Vec<Self>, Error> {
        let (mut reader, at) = (Reader::new(), At::Root("trusted"));
        let list = reader.list(value, &at).unwrap_or_default();
        let found = list.iter().enumerate().filter_map(|(i, entry)| one(entry, &at.index(i), &mut reader)).collect();
        if list.is_empty() {
            reader.faults.add(ErrorCode::MissingField, &at, "name at least one key whose bundles are taken");
        }
        reader.faults.give(Some(found))
    }

    /// The key of this name that holds at a moment; none if nobody trusts it.
    pub fn find<'a>(all: &'a [Self], key: &str, now: i64) -> Option<Result<&'a Self, Ended>> {
        let mut named = all.iter().filter(|own| own.key == key).peekable();
        named.peek()?;
        Some(named.find(|own| own.until.is_none_or(|until| now < until)).ok_or(Ended))
    }

    /// Whether a signature is this key's over a message. Strict: one signature cannot be made into another, and keys and
    /// signatures of small order, which fit many messages, are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.verifying.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

fn one(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Trusted> {
    let Value::Object(_) = value else { return trusted(reader.text(value, at)?, None, at, reader) };
    let map = reader.object_of(value, at, &["key", "until"])?;
    let key = reader.required(map, "key", at).and_then(|key| reader.text(key, &at.key("key")));
    let until = map.get("until").map(|until| {
        let found = moment(until);
        if found.is_none() {
            wrong(&mut reader.faults, &at.key("until"), "expected a moment such as 2027-01-01T12:00:00Z");
        }
        found
    });
    match until {
        Some(None) => None,
        until => trusted(key?, until.flatten(), &at.key("key"), reader),
    }
}

fn trusted(key: &str, until: Option<i64>, at: &At<'_>, reader: &mut Reader) -> Option<Trusted> {
    let bytes = key.strip_prefix(PUBLIC).and_then(bytes);
    let point = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let Some(verifying) = point.filter(|point| !point.is_weak()) else {
        wrong(
            &mut reader.faults,
            at,
            "expected a public key as `lictor policy keygen` prints it: `ed25519-` and 64 digits",
        );
        return None;
    };
    Some(Trusted { key: key.to_string(), verifying, until })
}

/// A secret key of bytes nobody can guess, and the public one that belongs to it.
pub fn fresh(seed: &[u8; 32]) -> (String, String) {
    let pair = SigningKey::from_bytes(seed);
    (format!("{SECRET}{}", hex(seed)), public_text(&pair.verifying_key()))
}

/// The public key that belongs to a secret one.
pub fn public_of(text: &str) -> Result<String, Error> {
    Ok(public_text(&secret(text)?.verifying_key()))
}

/// Reads a secret key. What is wrong with it is said without it.
pub fn secret(text: &str) -> Result<SigningKey, Error> {
    let bytes = text.trim().strip_prefix(SECRET).and_then(bytes);
    let message = "expected a secret key as `lictor policy keygen` writes it";
    bytes.map(|bytes| SigningKey::from_bytes(&bytes)).ok_or_else(|| Error::new(ErrorCode::Malformed, "secret", message))
}

/// The word a key is known by.
pub fn public_text(key: &VerifyingKey) -> String {
    format!("{PUBLIC}{}", hex(key.as_bytes()))
}

/// A signature over a message.
pub fn signature(pair: &SigningKey, message: &[u8]) -> [u8; 64] {
    pair.sign(message).to_bytes()
}

/// Two digits a byte, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// So many bytes, written in one way only.
pub fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in out.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
