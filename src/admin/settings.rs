//! A community's settings, its name, its end and its return. Each change is checked against the policy's closed lists, and
//! against the guards that stand between communities and records.

use super::community::fault;
use super::counted::{Counted, is_guarded, is_open};
use crate::facts::{COUNTED, Change, Community, EntityKey, Facts, Key};
use crate::model::{Address, At, Attributes, Limits, Map, Reader, Value, listed};
use crate::policy::{Ask, Policy};
use crate::terms::{Answer, Door, ErrorCode, Relation};
use crate::workflow::{FieldChange, Refusal, Stop, asked_in_state, asked_of_community, stands};

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
    permitted(ask, main, change, action)?;
    let facts = ask.identity.facts();
    let Some(found) = facts.communities.get(id) else {
        return Err(match facts.absent(Relation::Community, id) {
            true => Stop::refused(Refusal::not_found()),
            false => Stop::Need(vec![Key::Community { id: id.clone(), field: None }]),
        });
    };
    let mut entity = Value::Object(found.entity.clone());
    // What the host counted was said for this call alone.
    if let Some(map) = entity.as_object_mut() {
        map.remove(COUNTED);
    }
    match &change.what {
        CommunityAct::Update(changes) => update(ask, main, id, found, changes, &mut entity)?,
        CommunityAct::Delete { reason } => {
            if any_record(facts, id, found, Counted::OpenRequests, |document| is_open(main, id, document))? {
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

/// Goes on only if the machine of communities permits the action. What was deleted is not deleted again, nor does a community
/// come back that is there.
fn permitted<'a>(ask: &Ask<'a>, main: &'a Policy, change: &CommunityChange, action: &str) -> Result<(), Stop> {
    let decision = match change.what {
        CommunityAct::Update(_) => asked_of_community(ask, main, &change.id, action),
        CommunityAct::Delete { .. } => asked_in_state(ask, main, &change.id, action, false),
        CommunityAct::Restore => asked_in_state(ask, main, &change.id, action, true),
    }?;
    let decision = decision.ok_or_else(|| {
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
    for guard in main.guards.iter().filter(|guard| guard.doors.contains(&Door::Settings)) {
        let was = ask.about_community().evaluate(&guard.community, &target);
        let after = Ask::new(main, ask.identity.subject(), &changed).about_community();
        if was == Answer::Allow || after.evaluate(&guard.community, &target) != Answer::Allow {
            continue;
        }
        let is_one = |document: &Value| is_guarded(main, guard, id, document, facts);
        if any_record(facts, id, before, Counted::GuardedRecords, is_one)? {
            return Err(stands(guard));
        }
    }
    Ok(())
}

/// Whether a record is among those that are counted of a community: looked for among all records, or counted by the host.
fn any_record(
    facts: &Facts,
    id: &str,
    found: &Community,
    what: Counted,
    is_one: impl Fn(&Value) -> bool,
) -> Result<bool, Stop> {
    if all_records(facts) {
        return Ok(facts.records.values().any(|document| is_one(&document.read())));
    }
    let wanted = || Stop::Need(vec![Key::Community { id: id.to_string(), field: Some(what.name()) }]);
    found.counted(what.name()).ok_or_else(wanted)
}

/// Whether all records there are are at hand. A view leaves out what its user may not see.
fn all_records(facts: &Facts) -> bool {
    facts.absent(Relation::Record, "") && !facts.hides()
}

fn is_title(change: &FieldChange) -> bool {
    change.address().keys() == ["title"]
}

fn put(entity: &mut Value, key: &str, value: Value) {
    if let Some(map) = entity.as_object_mut() {
        map.insert(key.to_string(), value);
    }
}
