//! Creating a community: its roles, its default grants, its events.

use super::variant::Said;
use crate::facts::{Change, EntityKey, Grants, Key, Member, Membership, grants_value};
use crate::model::{Attributes, Limits, Map, Value, listed, object, replaced};
use crate::policy::Ask;
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{Event, Refusal, Stop};

/// A community to be.
#[derive(Debug, Clone, Default)]
pub struct NewCommunity {
    /// Its id: at most 63 characters, no `:`.
    pub id: String,
    /// Its title: 1 to 128 characters.
    pub title: String,
    /// The key of its type; none for the policy's default.
    pub kind: Option<String>,
    /// The host's own description of it.
    pub metadata: Map<String, Value>,
    /// The door it comes through, `api` or `command-line`.
    pub via: String,
    /// Its settings; what is not said is as the policy's defaults.
    pub said: Said,
}

/// Creates a community; the events are those before and after it is written.
pub fn create_community(ask: &Ask<'_>, new: &NewCommunity) -> Result<(Vec<Change>, Vec<Event>), Stop> {
    let door = &ask.policy.community;
    let target = Attributes::target(&new.id, &ask.policy.states);
    permitted(ask, &door.create, &target, "create a community")?;
    check(ask, new)?;
    let settings = new.said.here(ask.policy)?;
    let facts = ask.identity.facts();
    if facts.communities.contains_key(&new.id) {
        let message = format!("there is a community `{}` already", new.id);
        return Err(fault(ErrorCode::Duplicate, 409, "call.id", message));
    }
    if !facts.absent(Relation::Community, &new.id) {
        return Err(Stop::Need(vec![Key::Community { id: new.id.clone(), field: None }]));
    }
    let kind = new.kind.as_deref().unwrap_or(&door.default_type);
    let mut entity = Map::new();
    entity.insert("title".to_string(), Value::from(new.title.as_str()));
    entity.insert("type".to_string(), Value::from(kind));
    entity.insert("metadata".to_string(), Value::Object(new.metadata.clone()));
    let none = Grants::default();
    let grants = if door.grants_from.contains(&new.via) { &ask.policy.default_grants } else { &none };
    entity.insert("grants".to_string(), grants_value(grants));
    let mut entity = Value::Object(entity);
    for (address, word) in settings {
        let set = address.set(&mut entity, Value::from(word));
        set.map_err(|message| fault(ErrorCode::Malformed, 400, "call.settings", message))?;
    }
    let mut changes = vec![Change::Put { key: EntityKey::Community { id: new.id.clone() }, value: entity }];
    changes.extend(first_member(ask, new));

    let roles: Vec<Value> = ask
        .policy
        .roles
        .iter()
        .map(|role| {
            let description = replaced(&replaced(&door.role_description, "{title}", &new.title), "{role}", role);
            let name = ask.policy.naming.role(&new.id, role);
            object(vec![("name", Value::from(name)), ("description", Value::from(description))])
        })
        .collect();
    let events = door.events.iter().flatten().map(|name| {
        let mut event = Event::new(name, ask.identity.subject(), "community", &new.id);
        event.payload.insert("roles".to_string(), Value::Array(roles.clone()));
        event
    });
    Ok((changes, events.collect()))
}

/// Whoever creates a community administers it, where a policy wants that somebody does. The host's own process does not.
fn first_member(ask: &Ask<'_>, new: &NewCommunity) -> Option<Change> {
    let top = &ask.policy.membership.as_ref()?.top;
    let member = Member::User(ask.identity.subject().id()?.to_string());
    let membership = Membership { roles: std::iter::once(top.clone()).collect(), ..Membership::default() };
    let key = EntityKey::Membership { community: new.id.clone(), member };
    Some(Change::Put { key, value: membership.value() })
}

/// Goes on only if a rule about communities allows.
pub(super) fn permitted(
    ask: &Ask<'_>,
    rule: &crate::policy::Rule,
    target: &Attributes,
    what: &str,
) -> Result<(), Stop> {
    let ask = &ask.about_community();
    match ask.evaluate(rule, target) {
        Answer::Allow => Ok(()),
        Answer::Unknown => Err(Stop::Need(ask.gaps(rule, target))),
        Answer::Deny => {
            let anonymous = ask.identity.subject().id().is_none();
            let (status, hint) = if anonymous { (401, "sign in and try again") } else { (403, "ask an administrator") };
            let message = format!("you may not {what}; {hint}");
            Err(Stop::refused(Refusal::new(ErrorCode::Denied, status, message)))
        }
    }
}

fn check(ask: &Ask<'_>, new: &NewCommunity) -> Result<(), Stop> {
    let invalid = |path: &str, message: String| Err(fault(ErrorCode::InvalidId, 400, path, message));
    let length = new.id.chars().count();
    if length == 0 || length > Limits::COMMUNITY_ID {
        return invalid(
            "call.id",
            format!("a community id has 1 to {} characters, not {length}", Limits::COMMUNITY_ID),
        );
    }
    if new.id.chars().any(|c| c.is_control() || c.is_whitespace() || c == ':' || c == '/') {
        return invalid("call.id", "a community id holds no `:`, `/`, space or control character".to_string());
    }
    // In an address the first two are steps, not names; facts that hold the last as a key are read by nobody (`model/json.rs`).
    if matches!(new.id.as_str(), "." | ".." | "__proto__") {
        return invalid("call.id", "a community is not called `.`, `..` or `__proto__`".to_string());
    }
    let length = new.title.chars().count();
    if length == 0 || length > Limits::TITLE {
        return invalid("call.title", format!("a title has 1 to {} characters, not {length}", Limits::TITLE));
    }
    match &new.kind {
        Some(kind) if !ask.policy.community.types.contains_key(kind) => {
            let known = listed(ask.policy.community.types.keys());
            let message = format!("unknown community type `{kind}`; known: {known}");
            Err(fault(ErrorCode::UnknownType, 400, "call.type", message))
        }
        _ => Ok(()),
    }
}

pub(super) fn fault(code: ErrorCode, status: u16, path: &str, message: String) -> Stop {
    Stop::refused(Refusal { path: Some(path.to_string()), ..Refusal::new(code, status, message) })
}
