//! Access lists: who may make, change, remove and look at one. The rules are those of the machine `acl`: `manage`, and
//! `grant-beyond` for those who may give what they may not do themselves.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::community::fault;
use crate::acl::{Acl, Means};
use crate::facts::{Change, Document, EntityKey, Key};
use crate::model::{
    At, Attributes, Faults, FieldId, FieldValue, List, Listed, Named, Seen, Set, StateId, Subject, id_of,
};
use crate::policy::{Ask, Policy, RecordType, Shown};
use crate::terms::{Answer, ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

/// The record type whose machine says who manages access lists.
const ACL: &str = "acl";

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
        && !manages(ask, acl)?
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
    if !manages(ask, acl)? {
        return denied(ask, "you may not make such an access list".to_string());
    }
    if before.is_none() {
        let facts = ask.identity.facts();
        if facts.acls.get(&call.id).is_some() {
            let message = "there is an access list with this id already".to_string();
            return Err(fault(ErrorCode::Duplicate, 409, "call.id", message));
        }
        if !facts.absent(Relation::Acl, &call.id) {
            return Err(Stop::Need(vec![Key::Acls { id: Some(call.id.clone()) }]));
        }
    }
    if let Some((id, _)) = named_records(ask, acl)?.iter().find(|(_, found)| found.is_none()) {
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
        if manages(ask, acl)? {
            found.push(shown(acl));
        }
        Ok(())
    })?;
    Ok(found)
}

/// Whether the subject may manage an access list; of one that names records by id, whether it may for each of them, and reads
/// it.
pub fn manages(ask: &Ask<'_>, acl: &Acl) -> Result<bool, Stop> {
    Ok(rule_holds(ask, acl, "manage")? && (rule_holds(ask, acl, "grant-beyond")? || reads(ask, acl)?))
}

fn reads(ask: &Ask<'_>, acl: &Acl) -> Result<bool, Stop> {
    all(named_records(ask, acl)?.iter().filter_map(|(_, found)| found.as_ref()), |meant| does(ask, "read", meant))
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
    if rule_holds(ask, acl, "grant-beyond")? {
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

/// Does something for each; what it needs to know for any of them is wanted at once.
fn each<T>(of: impl IntoIterator<Item = T>, mut then: impl FnMut(T) -> Result<(), Stop>) -> Result<(), Stop> {
    let mut wanted = Set::new();
    for one in of {
        match then(one) {
            Err(Stop::Need(keys)) => wanted.extend(keys),
            other => other?,
        }
    }
    if wanted.is_empty() { Ok(()) } else { Err(Stop::Need(wanted.into_iter().collect())) }
}

/// Whether something holds of all; of one of which it does not, the others need not be known.
fn all<T>(of: impl IntoIterator<Item = T>, mut holds: impl FnMut(T) -> Result<bool, Stop>) -> Result<bool, Stop> {
    let mut failed = false;
    let known = each(of, |one| {
        failed |= !holds(one)?;
        Ok(())
    });
    if failed { Ok(false) } else { known.map(|()| true) }
}

/// A record as the rules that are asked look at it, and the policy they are of.
#[derive(Clone)]
struct Meant<'a> {
    policy: &'a Policy,
    kind: &'a RecordType,
    record: Attributes,
}

/// Whether the subject may do an operation of lists to a record.
fn does(ask: &Ask<'_>, operation: &str, meant: &Meant<'_>) -> Result<bool, Stop> {
    let (policy, record) = (meant.policy, &meant.record);
    let mut ask = ask.clone().about(meant.kind);
    ask.policy = policy;
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
    Ok(named_records(ask, acl)?.into_iter().filter_map(|(_, found)| found).collect())
}

/// The records a list names by id. One that names none speaks of nothing yet, and is nobody's own for that.
fn named(acl: &Acl) -> Option<&Set<String>> {
    match &acl.means {
        Means::Ids(ids) if acl.kind == "id" && !ids.is_empty() => Some(ids),
        _ => None,
    }
}

/// The records a list names by id, as far as they are there and can be read.
fn named_records<'a, 'l>(ask: &Ask<'a>, acl: &'l Acl) -> Result<Vec<(&'l String, Option<Meant<'a>>)>, Stop> {
    let mut found = Vec::new();
    each(named(acl).into_iter().flatten(), |id| {
        found.push((id, record(ask, id)?));
        Ok(())
    })?;
    Ok(found)
}

/// The document of a record; none if there is no such record.
fn document<'a>(ask: &Ask<'a>, id: &str) -> Result<Option<&'a Document>, Stop> {
    let facts = ask.identity.facts();
    match facts.records.get(id) {
        Some(document) => Ok(Some(document)),
        None if facts.absent(Relation::Record, id) => Ok(None),
        None => Err(Stop::Need(vec![Key::Record { id: Some(id.to_string()), field: None }])),
    }
}

/// What rules look at in a record; none if there is no such record, or none that can be read.
fn record<'a>(ask: &Ask<'a>, id: &str) -> Result<Option<Meant<'a>>, Stop> {
    let Some(document) = document(ask, id)? else { return Ok(None) };
    let (facts, document) = (ask.identity.facts(), document.read());
    let missing = facts.withheld.get(id).map_or(&[][..], Vec::as_slice);
    let shown = Shown { id: Some(id), document: &document, missing, stored: true };
    let policy = ask.policy.of_document(&document);
    let read = policy.type_of(&document).and_then(|kind| {
        let record = policy.attributes(kind, shown, facts, &At::Root("record"), &mut Faults::new())?;
        Some(Meant { policy, kind, record })
    });
    Ok(read)
}

/// Whether a rule of the machine holds of a list: of each record it names, or of what stands nowhere.
fn rule_holds(ask: &Ask<'_>, acl: &Acl, action: &str) -> Result<bool, Stop> {
    let Some(machine) = ask.policy.machine(ACL) else {
        // Where nobody is let, the host itself is.
        return Ok(matches!(ask.identity.subject(), Subject::System));
    };
    let (Some(kind), Some(action)) = (machine.record_type(ACL), machine.action(action)) else { return Ok(false) };
    // A record that is gone is nobody's: whoever manages any list may still mend or remove this one.
    let records = match named(acl) {
        None => vec![None],
        Some(_) => named_records(ask, acl)?.into_iter().map(|(_, found)| found).collect(),
    };
    let mut own = ask.clone();
    own.policy = machine;
    let own = own.about(kind);
    let rule = machine.rule(action);
    all(records, |meant| {
        let record = of_machine(machine, acl, meant);
        match own.evaluate(rule, &record) {
            Answer::Unknown => Err(Stop::Need(own.gaps(rule, &record))),
            answer => Ok(answer == Answer::Allow),
        }
    })
}

/// A record, or what stands nowhere, as the machine's rules look at it: its state and its fields by their names, and what the
/// list says in the fields of these names.
fn of_machine(machine: &Policy, acl: &Acl, meant: Option<Meant<'_>>) -> Attributes {
    let word = |text: &str| Seen::Known(FieldValue::Word(Some(text.to_string())));
    let own = |name: &str| {
        let Meant { policy, record, .. } = meant.as_ref()?;
        let place = policy.fields.iter().position(|field| field.name == name)?;
        Some(match record.named.get(FieldId(u16::try_from(place).ok()?))? {
            Seen::Known(value) => Seen::Known(value.clone()),
            Seen::Missing => Seen::Missing,
        })
    };
    let fields = machine.fields.iter().map(|field| match field.name.as_str() {
        "acl_type" => word(&acl.kind),
        "acl_operation" => word(&acl.list.operation),
        "acl_effect" => word(if acl.list.deny { "deny" } else { "allow" }),
        name => own(name).unwrap_or_else(|| Seen::Known(field.kind.absent())),
    });
    let named = Named::Read(fields.collect());
    let Some(Meant { policy, record, .. }) = meant else {
        return Attributes { named, listed: Listed::Nothing, ..Attributes::to_be(None, &machine.states) };
    };
    let state = match record.state {
        Seen::Known(state) => Seen::Known(machine.states.find(policy.states.name(state)).unwrap_or(StateId::OTHER)),
        Seen::Missing => Seen::Missing,
    };
    Attributes { named, state, ..record }
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
