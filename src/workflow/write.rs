//! Writing a record: what a client may set, and what it may not.

use super::guard::{guard_changed, holds};
use super::{Refusal, Stop};
use crate::model::{
    Address, At, Attributes, Faults, FieldId, FieldKind, Named, Seen, StateId, Subject, Value, check_owner_schema,
    fill, listed, object,
};
use crate::policy::{Ask, Question, RecordType, Shown, TYPE};
use crate::terms::{Answer, ErrorCode};

/// A document that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The document.
    pub document: Value,
    /// What rules see in it.
    pub attributes: Attributes,
}

/// One change of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldChange {
    /// Sets a field.
    Set(Address, Value),
    /// Removes a field.
    Remove(Address),
}

/// A new record in a community, or in none where its type lets it. The subject becomes its owner, its state is the first of
/// the machine; neither is the client's to choose. The host's own process may name other owners (an import).
pub fn create(
    ask: &Ask<'_>,
    kind: &RecordType,
    id: &str,
    community: Option<&str>,
    document: &Value,
) -> Result<Draft, Stop> {
    let policy = ask.policy;
    let action = policy.action("create").ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    if community.is_none() && kind.fields.primary_required {
        let mut faults = Faults::new();
        let at = At::Root("call");
        faults.add(ErrorCode::MissingField, &at.key("community"), "a new record is made in a community; name it");
        return refuse(faults, 400);
    }
    let target = Attributes::to_be(community, &policy.states);
    let decision = Question { ask, record: &target, action }.decide();
    Stop::unless_allowed(ask, decision, "create", false)?;

    let at = At::Root("call.record");
    let mut faults = Faults::new();
    let mut document = document.clone();
    let subject = ask.identity.subject();
    let system = matches!(subject, Subject::System);
    if !document.is_object() {
        faults.add(ErrorCode::Malformed, &at, "a record's document is an object");
        return refuse(faults, 400);
    }
    let name = kind.fields.primary.to_string();
    match (kind.fields.primary.get(&document), community) {
        // Whatever stands there and names no community is told of where the document is read.
        (_, None) => {}
        (Some(Value::String(own)), Some(community)) if own == community => {}
        (Some(_), Some(community)) => {
            let message = format!("must be the community of the path, `{community}`");
            faults.add(ErrorCode::CommunityMismatch, &at.key(&name), message);
        }
        (None, Some(community)) => {
            put(&kind.fields.primary, &mut document, Value::from(community), &at, &mut faults);
        }
    }
    let first = !policy.is_machine && policy.default_type().is_some_and(|first| first.key == kind.key);
    let own = document.get(TYPE).map(|own| own.as_str() == Some(&kind.key));
    if own == Some(false) {
        faults.add(ErrorCode::UnknownType, &at.key(TYPE), format!("must be `{}`, or left out", kind.key));
    } else if own.is_none()
        && !first
        && let Some(map) = document.as_object_mut()
    {
        map.insert(TYPE.to_string(), Value::from(kind.key.as_str()));
    }
    fill(&kind.entries, &mut document, true);
    let given = kind.fields.owners.get(&document).cloned();
    if kind.owner_schema {
        let name = kind.fields.owners.to_string();
        check_owner_schema(given.as_ref(), &at.key(&name), &mut faults);
    }
    if given.is_none()
        && let Some(user) = subject.id()
    {
        put(&kind.fields.owners, &mut document, owner_value(user, kind), &at, &mut faults);
    }
    if let Some(state) = policy.states.absent
        && kind.fields.state.get(&document).is_none()
        && kind.transitions
        && !policy.states.open
    {
        put(&kind.fields.state, &mut document, Value::from(policy.states.name(state)), &at, &mut faults);
    }
    keep_lists(ask, &mut document, None, &at, &mut faults);
    let shown = Shown { id: Some(id), document: &document, missing: &[], stored: false };
    let read = policy.attributes(kind, shown, ask.identity.facts(), &at, &mut faults);
    let Some(attributes) = read.filter(|_| faults.is_empty()) else { return refuse(faults, 400) };
    if !system {
        let mine: Vec<String> = subject.id().map(str::to_string).into_iter().collect();
        let others = attributes.owners != Seen::Known(mine.clone()) && !(mine.is_empty() && given.is_none());
        if others && !made_for(ask, kind, &target)? {
            let name = kind.fields.owners.to_string();
            faults.add(ErrorCode::OwnersImmutable, &at.key(&name), "the owner of a new record is whoever creates it");
        }
        if policy.states.absent.is_some_and(|first| attributes.state != Seen::Known(first)) {
            let name = kind.fields.state.to_string();
            faults.add(ErrorCode::StateImmutable, &at.key(&name), "a new record starts in the first state");
        }
        if kind.fields.whole_list && attributes.primary.known().is_some_and(Option::is_some) {
            let message = "a record joins its first community as any other: with its consent";
            faults.add(ErrorCode::SecondaryConsent, &at.key(&name), message);
        }
        if attributes.secondary.known().is_some_and(|ids| !ids.is_empty()) {
            let name = kind.fields.secondary.to_string();
            faults.add(ErrorCode::SecondaryConsent, &at.key(&name), "other communities are added with their consent");
        }
        // A new record has nothing in its fields; who creates it is its owner.
        let nothing = kind.fields.named.iter().map(|field| Seen::Known(field.kind.absent())).collect();
        let bare = Attributes { named: Named::Read(nothing), ..attributes.clone() };
        fields_changed(ask, (&bare, &Value::Null), (&attributes, &document), &mut faults)?;
    }
    fields_refused(ask, None, &attributes, &mut faults)?;
    if !faults.is_empty() {
        return refuse(faults, 400);
    }
    Ok(Draft { document, attributes })
}

/// Whether the subject may make records of this type for somebody else.
fn made_for(ask: &Ask<'_>, kind: &RecordType, target: &Attributes) -> Result<bool, Stop> {
    let Some(rule) = &kind.made_for else { return Ok(false) };
    match ask.evaluate(rule, target) {
        Answer::Unknown => Err(Stop::Need(ask.gaps(rule, target))),
        answer => Ok(answer == Answer::Allow),
    }
}

/// An update of a record: any field but those that say whose it is and where it stands.
pub fn update(
    ask: &Ask<'_>,
    kind: &RecordType,
    before: &Attributes,
    document: &Value,
    changes: &[FieldChange],
) -> Result<Draft, Stop> {
    let policy = ask.policy;
    let action = policy.action("update").ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    let decision = Question { ask, record: before, action }.decide();
    Stop::unless_allowed(ask, decision, "update", false)?;
    changed(ask, kind, before, document, changes)
}

/// The same, once it is known that the subject may.
pub fn changed(
    ask: &Ask<'_>,
    kind: &RecordType,
    before: &Attributes,
    document: &Value,
    changes: &[FieldChange],
) -> Result<Draft, Stop> {
    let at = At::Root("call.set");
    let mut faults = Faults::new();
    let original = document;
    let mut document = document.clone();
    for (index, change) in changes.iter().enumerate() {
        let at = at.index(index);
        match change {
            FieldChange::Set(address, value) => put(address, &mut document, value.clone(), &at, &mut faults),
            FieldChange::Remove(address) => address.remove(&mut document),
        }
    }
    let fields = &kind.fields;
    let root = At::Root("record");
    keep_lists(ask, &mut document, Some(original), &root, &mut faults);
    // What was withheld before the change is withheld after it.
    let missing = before.withheld(fields);
    let shown = Shown { id: before.id.as_deref(), document: &document, missing: &missing, stored: false };
    let read = ask.policy.attributes(kind, shown, ask.identity.facts(), &root, &mut faults);
    // A change that breaks one of these fields is told as what it is: a change of that field.
    let touched = |address: &Address| changes.iter().any(|change| change.address().overlaps(address));
    let after = read.unwrap_or_else(|| Attributes::missing(before.id.clone()));
    let mut forbidden = Faults::new();
    // Who may not know of a community is not told that its id is the right one.
    let told = |ids: &[String], address: &Address| match touched(address) {
        true => ids.iter().try_fold(true, |told, id| Ok(told && Stop::may_know(ask, id)?)),
        false => Ok(true),
    };
    let primary: Vec<String> = before.primary.known().cloned().flatten().into_iter().collect();
    let told_primary = told(&primary, &fields.primary)?;
    let told_secondary = told(before.secondary.known().map(Vec::as_slice).unwrap_or_default(), &fields.secondary)?;
    let mut check = |address: &Address, same: bool, code: ErrorCode, message: &str| {
        if touched(address) && !same {
            let name = address.to_string();
            forbidden.add(code, &root.key(&name), message);
        }
    };
    check(
        &fields.primary,
        after.primary == before.primary && told_primary,
        ErrorCode::CommunityImmutable,
        "the primary community cannot be changed",
    );
    // Words the policy does not name are all one state to rules; a write may not swap them either.
    let same_word = fields.state.get(&document) == fields.state.get(original);
    let same_state = after.state == before.state && (same_word || after.state != Seen::Known(StateId::OTHER));
    check(&fields.state, same_state, ErrorCode::StateImmutable, "the state is changed by transitions only");
    check(
        &fields.owners,
        after.owners == before.owners,
        ErrorCode::OwnersImmutable,
        "owners are not set by a client's write",
    );
    check(
        &fields.secondary,
        after.secondary == before.secondary && told_secondary,
        ErrorCode::SecondaryConsent,
        "other communities are added with their consent and removed by their own action",
    );
    if document.get(TYPE) != original.get(TYPE) {
        forbidden.add(ErrorCode::FieldImmutable, &root.key(TYPE), "a record stays of the type it is");
    }
    fields_changed(ask, (before, original), (&after, &document), &mut forbidden)?;
    if !forbidden.is_empty() {
        // No value of the state would be a better one: the write as such is forbidden.
        let state_only = after.primary == before.primary && !same_state;
        return refuse(forbidden, if state_only { 403 } else { 400 });
    }
    // The same owners may stand there in another form; what is written is held to the schema all the same.
    if kind.owner_schema && touched(&fields.owners) {
        let name = fields.owners.to_string();
        check_owner_schema(fields.owners.get(&document), &root.key(&name), &mut faults);
    }
    if !faults.is_empty() {
        return refuse(faults, 400);
    }
    if after.named != before.named {
        fields_refused(ask, Some(before), &after, &mut faults)?;
        if !faults.is_empty() {
            return refuse(faults, 400);
        }
        guard_changed(ask, before, &after)?;
    }
    Ok(Draft { document, attributes: after })
}

/// What an index keeps of access lists is no client's to write, and by the schema a record says lists find it.
fn keep_lists(ask: &Ask<'_>, document: &mut Value, before: Option<&Value>, at: &At<'_>, faults: &mut Faults) {
    let Some(settings) = &ask.policy.acls else { return };
    if !matches!(ask.identity.subject(), Subject::System) {
        settings.materialised.remove(document);
        if let Some(kept) = before.and_then(|before| settings.materialised.get(before)) {
            put(&settings.materialised, document, kept.clone(), at, faults);
        }
    }
    let Some(preferred) = &settings.preferred else { return };
    let said = settings.schema.get(document);
    if said.is_none() {
        put(&settings.schema, document, Value::from(preferred.as_str()), at, faults);
    } else if said.and_then(Value::as_str).and_then(|said| settings.known(said)).is_none() {
        let name = settings.schema.to_string();
        let message = format!("unknown schema; known: {}", listed(&settings.schemas));
        faults.add(ErrorCode::UnknownValue, &at.key(&name), message);
    }
}

/// Named fields that a write changed and that this subject may not change by one.
fn fields_changed(
    ask: &Ask<'_>,
    (before, original): (&Attributes, &Value),
    (after, document): (&Attributes, &Value),
    forbidden: &mut Faults,
) -> Result<(), Stop> {
    let Some(kind) = ask.kind else { return Ok(()) };
    for (id, field, address) in kind.fields.placed() {
        // Of what is only kept, rules see nothing that could change.
        let same = match field.kind {
            FieldKind::Kept => address.get(original) == address.get(document),
            _ => before.named.get(id) == after.named.get(id),
        };
        let Some(rule) = ask.policy.changed(id).filter(|_| !same) else { continue };
        match ask.evaluate(rule, before) {
            Answer::Allow => {}
            Answer::Unknown => return Err(Stop::Need(ask.gaps(rule, before))),
            Answer::Deny => {
                let name = address.to_string();
                let message = "this field is changed by its own operations, or by others than you";
                forbidden.add(ErrorCode::FieldImmutable, &At::Root("record").key(&name), message);
            }
        }
    }
    Ok(())
}

/// What the policy has no write make of named fields. A write that changes neither the field nor any that its rule looks at is not held
/// to it: what was in order once may stand as it is.
fn fields_refused(
    ask: &Ask<'_>,
    before: Option<&Attributes>,
    after: &Attributes,
    faults: &mut Faults,
) -> Result<(), Stop> {
    let Some(kind) = ask.kind else { return Ok(()) };
    for (id, rule, message) in &ask.policy.refused {
        let Some((_, _, address)) = kind.fields.placed().find(|(own, ..)| own == id) else { continue };
        let mut atoms = Vec::new();
        rule.atoms(&mut atoms);
        let mut looked_at = atoms.into_iter().filter_map(|atom| ask.policy.atom(atom)?.field());
        let new = |field: FieldId| before.is_none_or(|before| before.named.get(field) != after.named.get(field));
        if (new(*id) || looked_at.any(new)) && holds(ask, rule, after)? {
            let name = address.to_string();
            faults.add(ErrorCode::Guarded, &At::Root("record").key(&name), message.as_str());
        }
    }
    Ok(())
}

impl FieldChange {
    /// What it changes.
    pub fn address(&self) -> &Address {
        match self {
            Self::Set(address, _) | Self::Remove(address) => address,
        }
    }
}

fn put(address: &Address, document: &mut Value, value: Value, at: &At<'_>, faults: &mut Faults) {
    if let Err(message) = address.set(document, value) {
        faults.add(ErrorCode::Malformed, at, message);
    }
}

/// The subject as the owner of a new record, in the form the type is read in.
fn owner_value(user: &str, kind: &RecordType) -> Value {
    kind.fields.owner_form.written(user, |id| object(vec![("user", id)]))
}

fn refuse<T>(faults: Faults, status: u16) -> Result<T, Stop> {
    let error = match faults.give::<()>(None) {
        Err(error) => error,
        Ok(()) => return Err(Stop::refused(Refusal::not_found())),
    };
    let first = error.faults.first().map(|fault| Refusal::of_fault(fault, status));
    let mut refusal = first.unwrap_or_else(Refusal::not_found);
    if error.faults.len() > 1 {
        refusal.message = error.to_string();
    }
    Err(Stop::refused(refusal))
}
