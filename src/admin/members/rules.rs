//! What the policy's machine `member` says: the questions that operations ask are those `check` answers.

use serde_json::{Map, Value};

use super::Who;
use crate::facts::{Key, Member};
use crate::identity::Identity;
use crate::model::{Address, At, Attributes, Faults, Set};
use crate::policy::{ActionId, Ask, MEMBER, MemberAction, MembershipWords, Question, RecordType};
use crate::workflow::{Refusal, Stop};

/// The rules of membership, asked by one subject.
pub struct Rules<'a> {
    ask: &'a Ask<'a>,
    /// The words of membership.
    pub words: &'a MembershipWords,
}

/// A membership as rules see it, with one of its roles.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'s> {
    /// The community.
    pub community: &'s str,
    /// Whose it is.
    pub who: &'s Who,
    /// A role of it.
    pub role: Option<&'s str>,
    /// The role it would get in its place.
    pub new_role: Option<&'s str>,
    /// Whether its member made it public.
    pub visible: bool,
    /// Whether it is only offered or asked for.
    pub pending: bool,
}

impl<'a> Rules<'a> {
    /// The rules of the policy; without them nothing about members can be done.
    pub fn new(ask: &'a Ask<'a>) -> Result<Self, Stop> {
        let words = ask.policy.membership.as_ref();
        words.map(|words| Self { ask, words }).ok_or_else(|| Stop::refused(Refusal::not_found()))
    }

    /// Who asks.
    pub fn identity(&self) -> &Identity<'a> {
        &self.ask.identity
    }

    /// The roles there are.
    pub fn roles(&self) -> &[String] {
        &self.ask.policy.roles
    }

    /// Whether the subject is the user a membership belongs to.
    pub fn own(&self, who: &Who) -> bool {
        let user = self.identity().subject().id();
        user.is_some() && matches!(who, Who::Member(Member::User(id)) if Some(id.as_str()) == user)
    }

    /// Whether this may be done to a membership.
    pub fn permit(&self, done: MemberAction, seen: Seen<'_>) -> Result<(), Stop> {
        let (ask, kind, action) = self.of(done).ok_or_else(|| Stop::refused(Refusal::not_found()))?;
        let record = self.attributes(kind, seen);
        let decision = Question { ask: &ask, record: &record, action }.decide();
        Stop::unless_allowed(&ask, decision, self.words.action(done), false).map(|_| ())
    }

    /// Facts that are missing where it is asked whether this may be done.
    pub fn wanted(&self, done: MemberAction, seen: Seen<'_>) -> Set<Key> {
        let Some((ask, kind, action)) = self.of(done) else { return Set::new() };
        ask.wanted(ask.policy.rule(action), &self.attributes(kind, seen))
    }

    /// The machine that is asked.
    fn of(&self, done: MemberAction) -> Option<(Ask<'a>, &'a RecordType, ActionId)> {
        let (machine, kind, action) = self.ask.policy.member_machine(done)?;
        let mut ask = self.ask.clone();
        ask.policy = machine;
        Some((ask.about(kind), kind, action))
    }

    /// What rules look at; of a community, what they look at in one.
    fn attributes(&self, kind: &RecordType, seen: Seen<'_>) -> Attributes {
        let states = &self.ask.policy.states;
        let target = Attributes::target(seen.community, states);
        let states = self.ask.policy.machine(&kind.key).map_or(states, |machine| &machine.states);
        let facts = self.identity().facts();
        let own = kind.key == MEMBER;
        let document = match facts.communities.get(seen.community) {
            Some(community) if !own => Value::Object(community.entity.clone()),
            _ => document(kind, seen),
        };
        let at = At::Root("member");
        let read = Attributes::read(&document, None, &[], &kind.fields, states, &at, &mut Faults::new());
        // A machine that has no place for what a membership says knows nothing of it.
        let read = read.unwrap_or_else(|| Attributes::missing(None));
        if own { read } else { Attributes { primary: target.primary, secondary: target.secondary, ..read } }
    }
}

/// The membership as a document of the machine's type: `check` is asked about the same.
fn document(kind: &RecordType, seen: Seen<'_>) -> Value {
    let fields = &kind.fields;
    let mut document = Value::Object(Map::new());
    let mut put = |address: &Address, value: Value| _ = address.set(&mut document, value);
    put(&fields.primary, Value::from(seen.community));
    if let Who::Member(Member::User(id)) = seen.who
        && !id.is_empty()
    {
        put(&fields.owners, Value::from(id.as_str()));
    }
    for (_, field, address) in fields.placed() {
        let value = match field.name.as_str() {
            "role" => seen.role.map(Value::from),
            "new_role" => seen.new_role.map(Value::from),
            "member_type" => Some(Value::from(seen.who.kind())),
            "visible" => Some(Value::from(seen.visible)),
            "active" => Some(Value::from(!seen.pending)),
            _ => None,
        };
        if let Some(value) = value {
            put(address, value);
        }
    }
    document
}
