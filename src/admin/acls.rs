//! Access lists: making, changing, removing and looking at one. Who may is said in `acl_rights.rs`.

use std::rc::Rc;

use super::acl_rights::{BEYOND, MANAGE, Meant, each, may, named, named_records};
use super::community::fault;
use crate::acl::Acl;
use crate::facts::{Change, EntityKey, Key};
use crate::model::{Attributes, List, Map, Seen, StateId, Subject, Value, id_of};
use crate::policy::{Ask, Policy};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

/// What is to be done with one access list.
#[derive(Debug, Clone)]
pub struct AclCall {
    /// Its id.
    pub id: String,
    /// What.
    pub act: AclAct,
}

/// See [`AclCall`].
#[derive(Debug, Clone)]
pub enum AclAct {
    /// Make it.
    Create(Box<Acl>),
    /// Put another in its place.
    Update(Box<Acl>),
    /// Remove it.
    Delete,
    /// Look at it.
    Read,
}

/// Changes an access list, or shows it: what is to be written, and the list as it is then.
pub fn change_acl(ask: &Ask<'_>, call: &AclCall) -> Result<(Vec<Change>, Option<Value>), Stop> {
    let before = match &call.act {
        AclAct::Create(_) => None,
        _ => Some(existing(ask, &call.id)?),
    };
    // Of a list that is there, others are not told that it is.
    if let Some(acl) = before
        && !may(ask, acl, MANAGE)?
    {
        return Err(Stop::refused(Refusal::not_found()));
    }
    let key = EntityKey::Acl { id: call.id.clone() };
    if let (Some(acl), AclAct::Update(_) | AclAct::Delete) = (before, &call.act) {
        may_give(ask, acl)?;
    }
    let acl = match &call.act {
        AclAct::Read => return Ok((Vec::new(), before.map(shown))),
        AclAct::Delete => return Ok((vec![Change::Del { key }], None)),
        AclAct::Create(acl) | AclAct::Update(acl) => acl.as_ref(),
    };
    if !may(ask, acl, MANAGE)? {
        return denied(ask, "you may not make such an access list".to_string());
    }
    if before.is_none() {
        // In an address the first two are steps, not names; facts that hold the last as a key are read by nobody (`model/json.rs`).
        if matches!(call.id.as_str(), "." | ".." | "__proto__") {
            let message = "an access list is not called `.`, `..` or `__proto__`".to_string();
            return Err(fault(ErrorCode::InvalidId, 400, "call.id", message));
        }
        let facts = ask.identity.facts();
        if facts.acls.get(&call.id).is_some() {
            let message = "there is an access list with this id already".to_string();
            return Err(fault(ErrorCode::Duplicate, 409, "call.id", message));
        }
        if !facts.absent(Relation::Acl, &call.id) {
            return Err(Stop::Need(vec![Key::Acls { id: Some(call.id.clone()) }]));
        }
    }
    let ids = named(acl).into_iter().flatten();
    if let Some((id, _)) = ids.zip(&named_records(ask, acl)?).find(|(_, found)| found.is_none()) {
        let message = format!("there is no record `{}` that can be read", id.chars().take(64).collect::<String>());
        return Err(fault(ErrorCode::NotFound, 404, "call.acl.records", message));
    }
    may_give(ask, acl)?;
    let value = stored(ask, acl, before);
    let view = with_id(&call.id, &value);
    Ok((vec![Change::Put { key, value: Value::Object(value) }], Some(view)))
}

/// Every access list the subject may manage.
pub fn list_acls(ask: &Ask<'_>) -> Result<Vec<Value>, Stop> {
    let facts = ask.identity.facts();
    if !facts.acls_complete(None) {
        return Err(Stop::Need(vec![Key::Acls { id: None }]));
    }
    let mut found = Vec::new();
    each(facts.acls.iter(), |acl| {
        if may(ask, acl, MANAGE)? {
            found.push(shown(acl));
        }
        Ok(())
    })?;
    Ok(found)
}

fn existing<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a Acl, Stop> {
    let facts = ask.identity.facts();
    match facts.acls.get(id) {
        Some(acl) => Ok(acl),
        None if facts.absent(Relation::Acl, id) => Err(Stop::refused(Refusal::not_found())),
        None => Err(Stop::Need(vec![Key::Acls { id: Some(id.to_string()) }])),
    }
}

fn denied<T>(ask: &Ask<'_>, message: String) -> Result<T, Stop> {
    let status = if ask.identity.subject().id().is_none() { 401 } else { 403 };
    Err(Stop::refused(Refusal::new(ErrorCode::Denied, status, message)))
}

/// Nobody gives an operation that they may not do themselves, in any state of which the list speaks, but for those whom the
/// policy lets. To deny it may be to give it: a list that counts stands before those below it, and may so lift what they deny.
fn may_give(ask: &Ask<'_>, acl: &Acl) -> Result<(), Stop> {
    if may(ask, acl, BEYOND)? {
        return Ok(());
    }
    let operation = &acl.list.operation;
    each(meant(ask, acl)?, |meant| {
        each(states(&acl.list, &meant), |state| {
            let place = state.known().map(|state| meant.policy.states.name(*state)).unwrap_or_default();
            let supposed = Attributes { state, ..meant.record.clone() };
            if does(ask, operation, &Meant { record: supposed, ..meant })? {
                return Ok(());
            }
            let message = format!("you may not allow or deny what you may not do yourself: `{operation}` in `{place}`");
            denied(ask, message)
        })
    })
}

/// The states of a record in which a list speaks of it. One that names no record by id speaks of any, in no state that is known.
fn states(list: &List, meant: &Meant<'_>) -> Vec<Seen<StateId>> {
    let words = &meant.policy.states;
    let every = (0..).map(StateId).zip(&words.names);
    match meant.record.state {
        Seen::Missing if meant.record.id.is_none() => vec![Seen::Missing],
        _ => every.filter(|(_, name)| speaks_in(list, name)).map(|(state, _)| Seen::Known(state)).collect(),
    }
}

fn speaks_in(list: &List, state: &String) -> bool {
    list.states.as_ref().is_none_or(|states| states.contains(state))
}

/// Whether the subject may do an operation of lists to a record.
fn does(ask: &Ask<'_>, operation: &str, meant: &Meant<'_>) -> Result<bool, Stop> {
    let (policy, record) = (meant.policy, &meant.record);
    let ask = meant.ask(ask);
    let (answer, missing) = match policy.operation(operation) {
        Some(action) => {
            let rule = policy.rule(action);
            (ask.evaluate(rule, record), ask.gaps(rule, record))
        }
        None => ask.by_lists(operation, record),
    };
    match answer {
        Answer::Allow => Ok(true),
        Answer::Deny => Ok(false),
        Answer::Unknown => {
            // What a list says of records that nobody named is asked of any record: then none is wanted.
            let missing: Vec<Key> =
                missing.into_iter().filter(|key| !matches!(key, Key::Record { id: None, .. })).collect();
            if missing.is_empty() { Ok(false) } else { Err(Stop::Need(missing)) }
        }
    }
}

/// The records a list names by id; for a list that speaks of whatever there is, one of each type that it may speak of, of which
/// nothing is known.
fn meant<'a>(ask: &Ask<'a>, acl: &Acl) -> Result<Vec<Meant<'a>>, Stop> {
    if named(acl).is_none() {
        let unknown = |policy: &'a Policy, kind| Meant { policy, kind, record: Attributes::missing(None) };
        let main = ask.policy.default_type().map(|kind| unknown(ask.policy, kind));
        let own = acl.schemas.iter().filter_map(|schema| {
            let policy = ask.policy.machine(schema).map_or(ask.policy, Rc::as_ref);
            policy.record_type(schema).map(|kind| unknown(policy, kind))
        });
        return Ok(main.into_iter().chain(own).collect());
    }
    Ok(named_records(ask, acl)?.into_iter().flatten().collect())
}

/// A list as it is written: who made it and when it changed are not the client's to say.
fn stored(ask: &Ask<'_>, acl: &Acl, before: Option<&Acl>) -> Map<String, Value> {
    let mut value = acl.value.clone();
    let system = matches!(ask.identity.subject(), Subject::System);
    if !system || !value.contains_key("originator") {
        value.remove("originator");
        let made = match before {
            Some(before) => before.value.get("originator").and_then(id_of),
            None => ask.identity.subject().id().map(str::to_string),
        };
        if let Some(made) = made {
            value.insert("originator".to_string(), Value::from(made));
        }
    }
    value.remove("changed");
    if let Some((moment, _)) = ask.time {
        value.insert("changed".to_string(), Value::from(moment));
    }
    value
}

fn shown(acl: &Acl) -> Value {
    with_id(&acl.list.id, &acl.value)
}

fn with_id(id: &str, value: &Map<String, Value>) -> Value {
    let mut map = value.clone();
    map.insert("id".to_string(), Value::from(id));
    Value::Object(map)
}
