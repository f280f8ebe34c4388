//! The records by which somebody joins, and what follows from their transitions.

use super::guard::refused;
use crate::facts::{Change, EntityKey, Key, Member, roles_value};
use crate::model::{Address, Attributes, FieldValue, Seen, Value, object};
use crate::policy::{Ask, RecordType, RequestType, TYPE};
use crate::terms::{Effect, ErrorCode, Relation};
use crate::workflow::{Refusal, Stop};

const DAY: i64 = 86_400_000;

/// What a request record says.
pub(super) struct Offer<'o> {
    /// The community.
    pub community: &'o str,
    /// Who makes it; none for the host's own process.
    pub creator: Option<&'o str>,
    /// Who would become a member.
    pub member: &'o str,
    /// The roles offered or asked for.
    pub roles: &'o [String],
    /// The moment it is made.
    pub now: i64,
    /// Words to go with it.
    pub message: Option<&'o str>,
}

/// A new request record, in the form its type says.
pub(super) fn request_record(ask: &Ask<'_>, request: &RequestType, offer: &Offer<'_>) -> Result<Value, Stop> {
    let missing = || Stop::refused(Refusal::not_found());
    let machine = ask.policy.machine(&request.kind).ok_or_else(missing)?;
    let kind = machine.record_type(&request.kind).ok_or_else(missing)?;
    let days = ask.policy.membership.as_ref().map_or(0, |words| words.days);
    let mut document = object(vec![(TYPE, Value::from(kind.key.as_str()))]);
    let fields = &kind.fields;
    let user = |id: &str| id.parse::<i64>().map_or_else(|_| Value::from(id), Value::from);
    let mut put = |address: &Address, value: Value| {
        let set = address.set(&mut document, value);
        set.map_err(|message| Stop::refused(Refusal::new(ErrorCode::Malformed, 400, message)))
    };
    put(&fields.primary, Value::from(offer.community))?;
    put(&fields.state, Value::from(request.state.as_str()))?;
    if let Some(creator) = offer.creator.filter(|_| !request.by_community) {
        put(&fields.owners, user(creator))?;
    }
    if let Some(field) = &request.member {
        put(&place(kind, field), user(offer.member))?;
    }
    let said = [
        ("role", Some(roles_value(offer.roles))),
        ("expires", Some(Value::from(offer.now + days * DAY))),
        ("message", offer.message.map(Value::from)),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            put(&place(kind, name), value)?;
        }
    }
    Ok(document)
}

/// Where a type keeps something: in its field of that name, or at the top.
fn place(kind: &RecordType, name: &str) -> Address {
    let own = kind.fields.placed().find(|(_, field, _)| field.name == name).map(|(.., address)| address.clone());
    own.unwrap_or_else(|| Address::key(name))
}

/// The request of a pending membership, offering other roles.
pub(super) fn with_role(ask: &Ask<'_>, id: Option<String>, roles: &[String]) -> Result<Option<Change>, Stop> {
    let Some(id) = id else { return Ok(None) };
    let facts = ask.identity.facts();
    let Some(record) = facts.records.get(&id) else {
        if facts.absent(Relation::Record, &id) {
            return Ok(None);
        }
        return Err(Stop::Need(vec![Key::Record { id: Some(id), field: None }]));
    };
    let mut document = Value::clone(&record.read());
    let machine = ask.policy.of_document(&document);
    let Some(kind) = machine.type_of(&document) else { return Ok(None) };
    let set = place(kind, "role").set(&mut document, roles_value(roles));
    set.map_err(|message| refused(ErrorCode::Malformed, 400, message))?;
    Ok(Some(Change::Put { key: EntityKey::Record { id }, value: document }))
}

/// What a transition of a request does to the pending membership that waits for it.
pub fn membership_follows(ask: &Ask<'_>, effect: Option<Effect>, record: &Attributes) -> Result<Vec<Change>, Stop> {
    let joins = match effect {
        Some(Effect::Join) => true,
        Some(Effect::Withdraw) => false,
        _ => return Ok(Vec::new()),
    };
    let gone = || refused(ErrorCode::WrongState, 409, "no membership waits for this request any more".to_string());
    let words = ask.policy.membership.as_ref().ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    let facts = ask.identity.facts();
    let (Seen::Known(Some(community)), Some(user)) = (&record.primary, joining(ask, record)) else {
        return Err(gone());
    };
    let member = Member::User(user.clone());
    let Some(held) = facts.membership(community, &member) else {
        if !facts.membership_complete(Some(community), Some(&user)) {
            let wanted = Key::Membership { community: Some(community.clone()), user: Some(user) };
            return Err(Stop::Need(vec![wanted]));
        }
        return if joins { Err(gone()) } else { Ok(Vec::new()) };
    };
    let waits = words.waits(held) && held.request() == record.id;
    let key = EntityKey::Membership { community: community.clone(), member };
    match (joins, waits) {
        (true, false) => Err(gone()),
        // Whoever is a member by now stays one.
        (false, false) => Ok(Vec::new()),
        (false, true) => Ok(vec![Change::Del { key }]),
        (true, true) => {
            let mut joined = held.clone();
            joined.roles = held.offered().into_iter().collect();
            if joined.roles.is_empty() {
                return Err(gone());
            }
            for name in ["as", "request"] {
                joined.row.remove(name);
            }
            Ok(vec![Change::Put { key, value: joined.value() }])
        }
    }
}

/// Who becomes a member: who is invited, else who asks.
fn joining(ask: &Ask<'_>, record: &Attributes) -> Option<String> {
    let kind = ask.kind?;
    let words = ask.policy.membership.as_ref()?;
    let mut types = words.invitation.iter().chain(&words.application);
    let Some(field) = &types.find(|request| request.kind == kind.key)?.member else {
        return record.owners.known()?.first().cloned();
    };
    let (id, ..) = kind.fields.placed().find(|(_, own, _)| own.name == *field)?;
    match record.named.get(id) {
        Some(Seen::Known(FieldValue::Ids(ids))) => ids.first().cloned(),
        _ => None,
    }
}
