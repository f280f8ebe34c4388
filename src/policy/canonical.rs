//! The canonical form of a document and its hash: the same document always gives the same bytes, whatever the order
//! of its keys and the spaces in it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::model::{At, Error, Value};
use crate::terms::ErrorCode;

/// Canonical JSON: keys sorted, no spaces, integers only.
///
/// ```
/// let value = serde_json::json!({"b": [1, true], "a": "é\n"});
/// assert_eq!(lictor::policy::canonical(&value).unwrap(), "{\"a\":\"é\\n\",\"b\":[1,true]}");
/// ```
pub fn canonical(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    write(value, &At::Root("policy"), &mut out)?;
    Ok(out)
}

/// `sha256-` and the hash of the canonical form in hexadecimal.
pub fn content_hash(value: &Value) -> Result<String, Error> {
    let mut text = String::from("sha256-");
    for byte in Sha256::digest(canonical(value)?.as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn write(value: &Value, at: &At<'_>, out: &mut String) -> Result<(), Error> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::String(text) => quote(text, out),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => out.push_str(&integer.to_string()),
            None => return Err(Error::new(ErrorCode::Malformed, at, "numbers in a policy are integers")),
        },
        Value::Array(list) => {
            out.push('[');
            for (index, entry) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(entry, &at.index(index), out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, entry)) in map.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(key, out);
                out.push(':');
                write(entry, &at.key(key), out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Text in quotes, as JSON has it.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0..0x10 => "\\u000",
            0x10..0x20 => "\\u001",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(escaped);
        if escaped.len() > 2 {
            out.extend(char::from_digit(u32::from(byte % 0x10), 0x10));
        }
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.push('"');
}
