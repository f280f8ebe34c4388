//! A community's settings, its name, its end and its return. Each change is checked against the policy's closed lists, and
//! against the guards that stand between communities and records.

use serde_json::{Map, Value};

use super::community::fault;
use crate::facts::{COUNTED, Change, Community, EntityKey, Facts, Key};
use crate::model::{Address, At, Attributes, Faults, Limits, Reader, id_of, listed};
use crate::policy::{Ask, Policy};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{FieldChange, Refusal, Stop, asked_of_community, stands};

/// A change of a community.
#[derive(Debug, Clone)]
pub struct CommunityChange {
    /// Which community.
    pub id: String,
    /// What is done to it.
    pub what: CommunityAct,
}

/// What is done to a community.
#[derive(Debug, Clone)]
pub enum CommunityAct {
    /// Its settings or its description are changed.
    Update(Vec<FieldChange>),
    /// It is deleted; it can come back.
    Delete {
        /// Why, for people.
        reason: Option<String>,
    },
    /// It comes back.
    Restore,
}

/// Carries a change of a community out; `main` is the whole document's policy.
pub fn change_community<'a>(ask: &Ask<'a>, main: &'a Policy, change: &CommunityChange) -> Result<Vec<Change>, Stop> {
    let id = &change.id;
    let action = match &change.what {
        CommunityAct::Update(changes) if changes.iter().all(is_title) => "rename",
        CommunityAct::Update(_) => "update",
        CommunityAct::Delete { .. } => "delete",
        CommunityAct::Restore => "restore",
    };
    permitted(ask, main, id, action)?;
    let facts = ask.identity.facts();
    let Some(found) = facts.communities.get(id) else { return Err(Stop::refused(Refusal::not_found())) };
    let mut entity = Value::Object(found.entity.clone());
    // What the host counted was said for this call alone.
    if let Some(map) = entity.as_object_mut() {
        map.remove(COUNTED);
    }
    match &change.what {
        CommunityAct::Update(changes) => update(ask, main, id, found, changes, &mut entity)?,
        CommunityAct::Delete { reason } => {
            if open_requests(main, facts, id, found)? {
                let message = "requests to this community are open; answer or cancel them first";
                return Err(Stop::refused(Refusal::new(ErrorCode::OpenRequests, 409, message)));
            }
            let mut said = Map::new();
            said.insert("status".to_string(), Value::from("deleted"));
            said.extend(ask.time.map(|(first, _)| ("at".to_string(), Value::from(first))));
            said.extend(ask.identity.subject().id().map(|user| ("by".to_string(), Value::from(user))));
            said.extend(reason.iter().map(|reason| ("reason".to_string(), Value::from(reason.as_str()))));
            put(&mut entity, "deletion", Value::Object(said));
        }
        CommunityAct::Restore => {
            if let Some(map) = entity.as_object_mut() {
                map.remove("deletion");
            }
        }
    }
    let key = EntityKey::Community { id: id.clone() };
    Ok(vec![Change::Put { key, value: entity }])
}

/// Goes on only if the machine of communities permits the action.
fn permitted<'a>(ask: &Ask<'a>, main: &'a Policy, id: &str, action: &str) -> Result<(), Stop> {
    let decision = asked_of_community(ask, main, id, action)?.ok_or_else(|| {
        let message = format!("this policy has no `{action}` of communities");
        Stop::refused(Refusal::new(ErrorCode::UnknownAction, 400, message))
    })?;
    Stop::unless_allowed(ask, decision, action, false).map(|_| ())
}

fn update(
    ask: &Ask<'_>,
    main: &Policy,
    id: &str,
    before: &Community,
    changes: &[FieldChange],
    entity: &mut Value,
) -> Result<(), Stop> {
    for (index, change) in changes.iter().enumerate() {
        let path = format!("call.set[{index}]");
        let address = change.address();
        let first = address.keys().first().map(String::as_str).unwrap_or_default();
        if matches!(first, "grants" | "deletion" | "type" | COUNTED) {
            let message = format!("`{first}` is changed by its own operation");
            return Err(fault(ErrorCode::FieldImmutable, 400, &path, message));
        }
        match change {
            FieldChange::Remove(_) if first == "title" => {
                return Err(fault(ErrorCode::InvalidId, 400, &path, "a community keeps a title".to_string()));
            }
            FieldChange::Remove(address) => address.remove(entity),
            FieldChange::Set(address, value) => {
                checked(main, address, value, &path)?;
                let set = address.set(entity, value.clone());
                set.map_err(|message| fault(ErrorCode::Malformed, 400, &path, message))?;
            }
        }
    }
    guards(ask, main, id, before, entity)
}

/// A title has its length; a setting has one of the values the policy knows; nothing else stands among the settings.
fn checked(main: &Policy, address: &Address, value: &Value, path: &str) -> Result<(), Stop> {
    if address.keys() == ["title"] {
        let length = value.as_str().map(|title| title.chars().count()).unwrap_or_default();
        return match (1..=Limits::TITLE).contains(&length) {
            true => Ok(()),
            false => {
                let message = format!("a title is text of 1 to {} characters", Limits::TITLE);
                Err(fault(ErrorCode::InvalidId, 400, path, message))
            }
        };
    }
    let settings = &main.community.settings;
    match settings.iter().find(|setting| setting.at == *address) {
        Some(setting) if value.as_str().is_some_and(|word| setting.values.iter().any(|known| known == word)) => Ok(()),
        Some(setting) => {
            let message = format!("unknown value; known: {}", listed(&setting.values));
            Err(fault(ErrorCode::UnknownValue, 400, path, message))
        }
        None if settings.iter().any(|setting| setting.at.overlaps(address)) => {
            let known = listed(settings.iter().map(|setting| setting.at.to_string()));
            let message = format!("settings are set one by one; known: {known}");
            Err(fault(ErrorCode::UnknownField, 400, path, message))
        }
        None if settings.iter().any(|setting| setting.at.keys().first() == address.keys().first()) => {
            let known = listed(settings.iter().map(|setting| setting.at.to_string()));
            Err(fault(ErrorCode::UnknownField, 400, path, format!("unknown setting; known: {known}")))
        }
        None => Ok(()),
    }
}

/// What a guard keeps out of such communities must not be in this one already.
fn guards(ask: &Ask<'_>, main: &Policy, id: &str, before: &Community, entity: &Value) -> Result<(), Stop> {
    let facts = ask.identity.facts();
    let target = Attributes::target(id, &main.states);
    // A guard looks at the community alone, so facts of nothing else are needed to ask it.
    let mut changed = Facts::default();
    let mut reader = Reader::new();
    let at = At::Root("call.set");
    let value = entity.clone().into();
    let key = EntityKey::Community { id: id.to_string() };
    if changed.put(&key, &value, &[], &main.words, &at, &mut reader).is_none() {
        return Err(fault(
            ErrorCode::Malformed,
            400,
            "call.set",
            "the community cannot be read after this change".to_string(),
        ));
    }
    for guard in &main.guards {
        let was = ask.about_community().evaluate(&guard.community, &target);
        let after = Ask::new(main, ask.identity.subject(), &changed).about_community();
        if was == Answer::Allow || after.evaluate(&guard.community, &target) != Answer::Allow {
            continue;
        }
        let inside = match within(main, facts, id) {
            Some(records) => {
                let ask = Ask::new(main, ask.identity.subject(), facts);
                records.iter().any(|record| ask.evaluate(&guard.record, record) == Answer::Allow)
            }
            None => {
                before.counted("guarded_records").ok_or_else(|| Stop::Need(vec![counted(id, "guarded_records")]))?
            }
        };
        if inside {
            return Err(stands(guard));
        }
    }
    Ok(())
}

/// The records of a community, if all there are are at hand.
fn within(main: &Policy, facts: &Facts, id: &str) -> Option<Vec<Attributes>> {
    all_records(facts).then(|| {
        let read = |document: &Value| {
            let kind = main.type_of(document)?;
            let at = At::Root("record");
            Attributes::read(document, None, &[], &kind.fields, &main.states, &at, &mut Faults::new())
        };
        let all = facts.records.values().filter_map(|document| read(&document.read()));
        let inside = |record: &Attributes| {
            record.primary.known().is_some_and(|own| own.as_deref() == Some(id))
                || record.secondary.known().is_some_and(|ids| ids.iter().any(|own| own == id))
        };
        all.filter(inside).collect()
    })
}

/// Whether a request waits for this community: one in a state from which its machine leads on.
fn open_requests(main: &Policy, facts: &Facts, id: &str, found: &Community) -> Result<bool, Stop> {
    if !all_records(facts) {
        return found.counted("open_requests").ok_or_else(|| Stop::Need(vec![counted(id, "open_requests")]));
    }
    let mut records = facts.records.values().map(|document| document.read());
    Ok(records.any(|document| {
        let machine = main.of_document(&document);
        let Some(kind) = machine.type_of(&document).filter(|_| machine.is_machine) else { return false };
        let state = kind.fields.state.get(&document).and_then(Value::as_str).and_then(|word| machine.states.find(word));
        let state = state.or(machine.states.absent);
        let to = kind.fields.primary.get(&document).and_then(id_of);
        to.as_deref() == Some(id) && state == machine.states.names.first().and_then(|name| machine.states.find(name))
    }))
}

/// Whether all records there are are at hand. A view leaves out what its user may not see.
fn all_records(facts: &Facts) -> bool {
    facts.absent(Relation::Record, "") && !facts.hides()
}

fn counted(id: &str, what: &'static str) -> Key {
    Key::Community { id: id.to_string(), field: Some(what) }
}

fn is_title(change: &FieldChange) -> bool {
    change.address().keys() == ["title"]
}

fn put(entity: &mut Value, key: &str, value: Value) {
    if let Some(map) = entity.as_object_mut() {
        map.insert(key.to_string(), value);
    }
}
