//! Actions that access rows may name. What a policy's rules ask for is known, what its communities may grant, what every
//! policy knows, and what a host registers; each with its meaning.

use serde::Serialize;
use serde_json::Value;

use crate::model::{At, Error, Reader};
use crate::policy::Policy;
use crate::terms::ErrorCode;

/// One action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownAction {
    /// Its name in access rows.
    pub name: String,
    /// What a row may be limited to; none if a row covers everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// What it means, for people.
    pub meaning: String,
    /// Whether a rule of this policy looks at it.
    pub used: bool,
}

/// An allow row on it is an implied need of every permission; a deny row on it bans.
pub const SUPERUSER: &str = "superuser-access";

/// Administration: accounts, roles and rows among it.
pub const ADMINISTRATION: &str = "administration-access";

/// The argument of an action that communities grant.
pub const COMMUNITY: &str = "community";

/// Known under every policy, whether its rules ask for them or not: accounts move from one to another.
const WELL_KNOWN: [(&str, &str); 7] = [
    (SUPERUSER, "everything, everywhere; a deny row on it bans from everything"),
    (
        ADMINISTRATION,
        "administration pages, users, roles, grants and all requests; not restricted records, not membership",
    ),
    ("administration-moderation", "reads restricted records and drafts, and cannot edit them"),
    ("acl-admin", "manages access lists of all records"),
    ("community-admin", "creates communities"),
    ("ils-backoffice-access", "librarian of a library: curates data and runs its workflows"),
    ("ils-backoffice-readonly-access", "librarian of a library who only reads"),
];

pub fn known(policy: &Policy, registered: Option<&Value>) -> Result<Vec<KnownAction>, Error> {
    let mut asked = Vec::new();
    needs(&policy.document, &mut asked);
    let used = |name: &str| asked.contains(&name) || name == SUPERUSER;
    let plain = |name: &str, meaning: &str| KnownAction {
        name: name.to_string(),
        argument: None,
        meaning: meaning.to_string(),
        used: used(name),
    };
    let mut found: Vec<KnownAction> = WELL_KNOWN.iter().map(|(name, meaning)| plain(name, meaning)).collect();
    for action in policy.allowed.iter() {
        let name = policy.naming.need(action);
        if find(&found, &name).is_none() {
            let meaning = format!("`{action}` on records of the community named, or of all communities");
            let argument = Some(COMMUNITY.to_string());
            found.push(KnownAction { name, argument, meaning, used: true });
        }
    }
    for name in &asked {
        if find(&found, name).is_none() {
            found.push(plain(name, "rules of this policy ask for it"));
        }
    }
    if let Some(registered) = registered {
        add_registered(&mut found, registered, &used)?;
    }
    Ok(found)
}

fn find<'k>(found: &'k [KnownAction], name: &str) -> Option<&'k KnownAction> {
    found.iter().find(|action| action.name == name)
}

/// Names that conditions of a document ask access rows for.
fn needs<'d>(part: &'d Value, found: &mut Vec<&'d str>) {
    match part {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(name) if key == "need" || key == "banned" => {
                        if !found.contains(&name.as_str()) {
                            found.push(name);
                        }
                    }
                    _ => needs(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|entry| needs(entry, found)),
        _ => {}
    }
}

fn add_registered(found: &mut Vec<KnownAction>, registered: &Value, used: &dyn Fn(&str) -> bool) -> Result<(), Error> {
    let mut reader = Reader::new();
    let root = At::Root("actions");
    for (name, about) in reader.object(registered, &root).into_iter().flatten() {
        let at = root.key(name);
        reader.valid_id(name, &at);
        let Some(map) = reader.object_of(about, &at, &["meaning", "argument"]) else { continue };
        let meaning = reader.required(map, "meaning", &at).and_then(|value| reader.name(value, &at.key("meaning")));
        let argument = map.get("argument").and_then(|value| reader.name(value, &at.key("argument")));
        // What the engine gives a meaning to keeps it.
        match found.iter_mut().find(|action| action.name == *name) {
            Some(action) if action.argument != argument || WELL_KNOWN.iter().any(|(known, _)| known == name) => {
                let message = format!("`{name}` is known already: {}", action.meaning);
                reader.faults.add(ErrorCode::Duplicate, &at, message);
            }
            Some(action) => action.meaning = meaning.unwrap_or_default(),
            None => {
                let meaning = meaning.unwrap_or_default();
                found.push(KnownAction { name: name.clone(), argument, meaning, used: used(name) });
            }
        }
    }
    reader.faults.give(Some(()))
}
