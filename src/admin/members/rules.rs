//! What the policy's machine `member` says: the questions that operations ask are those `check` answers.

use std::cell::RefCell;

use super::Who;
use crate::facts::{Key, Member};
use crate::identity::Identity;
use crate::model::{Address, At, Attributes, Faults, Field, Map, Set, Value};
use crate::policy::community_attributes;
use crate::policy::{ActionId, Ask, Decision, MEMBER, MemberAction, MembershipWords, Question, RecordType};
use crate::terms::Answer;
use crate::workflow::{Refusal, Stop};

/// The rules of membership, asked by one subject.
pub struct Rules<'a> {
    ask: &'a Ask<'a>,
    /// The words of membership.
    pub words: &'a MembershipWords,
    /// Whether answers will do, without their reasons.
    brief: bool,
    /// What they were asked last.
    asked: RefCell<Option<Asked>>,
}

/// What rules were asked, and what they said.
#[derive(Debug)]
pub struct Asked {
    /// Whether it may be done.
    pub answer: Answer,
    /// About what.
    pub record: Attributes,
    done: MemberAction,
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
    /// Whether the facts do not show what there is of it. Then its role, `visible` and `pending` are unknown.
    pub withheld: bool,
}

impl<'s> Seen<'s> {
    /// A membership that is not there, or that there may be.
    pub fn none(community: &'s str, who: &'s Who) -> Self {
        Self { community, who, role: None, new_role: None, visible: false, pending: false, withheld: false }
    }
}

impl<'a> Rules<'a> {
    /// The rules of the policy; without them nothing about members can be done.
    pub fn new(ask: &'a Ask<'a>) -> Result<Self, Stop> {
        let words = ask.policy.membership.as_ref();
        let rules = words.map(|words| Self { ask, words, brief: false, asked: RefCell::new(None) });
        rules.ok_or_else(|| Stop::refused(Refusal::not_found()))
    }

    /// The same where a refusal by the rules need not say why.
    pub fn brief(ask: &'a Ask<'a>) -> Result<Self, Stop> {
        Self::new(ask).map(|rules| Self { brief: true, ..rules })
    }

    /// Who asks what.
    pub fn ask(&self) -> &'a Ask<'a> {
        self.ask
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
        let record = self.attributes(&ask, kind, seen)?;
        let question = Question { ask: &ask, record: &record, action };
        let answer = question.answer();
        let stop = match answer {
            Answer::Allow => Ok(()),
            Answer::Deny if self.brief => Err(Stop::refused(Refusal::not_found())),
            Answer::Unknown if self.brief => Err(Stop::Need(ask.gaps(question.rule(), &record))),
            _ => Stop::unless_allowed(&ask, question.decide(), self.words.action(done), false).map(|_| ()),
        };
        self.asked.replace(Some(Asked { answer, done, record }));
        stop
    }

    /// What was asked last, if anything was.
    pub fn asked(self) -> Option<Asked> {
        self.asked.into_inner()
    }

    /// The same question, with the reasons of its answer.
    pub fn decide(&self, asked: &Asked) -> Option<Decision> {
        let (ask, _, action) = self.of(asked.done)?;
        Some(Question { ask: &ask, record: &asked.record, action }.decide())
    }

    /// Whether nothing was asked yet.
    pub fn silent(&self) -> bool {
        self.asked.borrow().is_none()
    }

    /// Facts that are missing where it is asked whether this may be done.
    pub fn wanted(&self, done: MemberAction, seen: Seen<'_>) -> Set<Key> {
        let Some((ask, kind, action)) = self.of(done) else { return Set::new() };
        // What cannot be read is told where it is asked whether this may be done.
        let record = self.attributes(&ask, kind, seen);
        record.map_or_else(|_| Set::new(), |record| ask.wanted(ask.policy.rule(action), &record))
    }

    /// The machine that is asked.
    fn of(&self, done: MemberAction) -> Option<(Ask<'a>, &'a RecordType, ActionId)> {
        let (machine, kind, action) = self.ask.policy.member_machine(done)?;
        let mut ask = self.ask.clone();
        ask.policy = machine;
        Some((ask.about(kind), kind, action))
    }

    /// What rules look at; of a community, what they look at in one.
    fn attributes(&self, ask: &Ask<'_>, kind: &RecordType, seen: Seen<'_>) -> Result<Attributes, Stop> {
        let mut faults = Faults::new();
        let read = if kind.key == MEMBER {
            let (states, at) = (&ask.policy.states, At::Root("member"));
            let hidden =
                |(_, field, at): (_, &Field, &Address)| HIDDEN.contains(&field.name.as_str()).then(|| at.clone());
            let hidden: Vec<Address> = kind.fields.placed().filter(|_| seen.withheld).filter_map(hidden).collect();
            Attributes::read(&document(kind, seen), None, &hidden, &kind.fields, states, &at, &mut faults)
        } else {
            let found = community_attributes(kind, seen.community, ask.policy, self.identity().facts(), &mut faults);
            found.map(|(record, _)| record)
        };
        faults.give(read).map_err(|error| Stop::unreadable(&error, 400))
    }
}

/// What is not known of a membership that the facts do not show.
const HIDDEN: [&str; 3] = ["role", "visible", "active"];

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
