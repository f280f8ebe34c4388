//! Links of a record: itself, always under its primary community (or, if that may not be named, under one that may), and the transitions the subject may run now.

use crate::model::{Attributes, Map, Value, joined, replaced};
use crate::policy::RecordType;

/// What the host brings to the links.
#[derive(Debug, Clone, Default)]
pub struct LinkOptions {
    /// Prefix of every link.
    pub base: String,
    /// Links of the host's own; kept, but for `self`.
    pub own: Map<String, Value>,
    /// The path of records under no community that may be named, with `{id}`. Empty: they have no address.
    pub item: String,
}

/// The links of a record with these transitions, under a community.
pub fn links(
    kind: &RecordType,
    record: &Attributes,
    community: Option<&str>,
    transitions: &[&str],
    options: &LinkOptions,
) -> Map<String, Value> {
    let mut links = options.own.clone();
    let id = record.id.as_deref().unwrap_or_default();
    let path = match community {
        Some(community) => replaced(&kind.item_path, "{community}", &encode(community)),
        None if options.item.is_empty() => return links,
        None => options.item.clone(),
    };
    let path = replaced(&path, "{id}", &encode(id));
    let own = format!("{}{path}", options.base.trim_end_matches('/'));
    let mut named = match links.remove("transitions") {
        Some(Value::Object(named)) => named,
        _ => Map::new(),
    };
    for name in transitions {
        named.insert((*name).to_string(), Value::from(format!("{own}/{}", encode(name))));
    }
    links.insert("transitions".to_string(), Value::Object(named));
    links.insert("self".to_string(), Value::from(own));
    links
}

/// The route of a type's transitions, from the route of its item: `/records/<pid>` gives
/// `/records/<pid>/<any(open,close):transition>`, in the notation of the route it was given.
pub fn transition_route(item_route: &str, transitions: &[&str]) -> String {
    format!("{}/<any({}):transition>", item_route.trim_end_matches('/'), joined(transitions, ","))
}

/// Percent-encodes what may not stand in a path segment.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}
