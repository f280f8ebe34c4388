//! Who may do what to an access list. The rules are those of the machine `acl`: `manage`, and `grant-beyond` for those who may
//! give what they may not do themselves. They are asked of each record that a list names by its id, and of what stands nowhere
//! where it names none. Operations on lists and questions about lists are answered by the same function.

use crate::acl::{Acl, Means};
use crate::facts::{Document, Key};
use crate::model::{At, Attributes, Faults, FieldId, FieldValue, Listed, Named, Seen, Set, StateId, Subject};
use crate::policy::{Ask, Explanation, Policy, Question, RecordType, Shown, users_of};
use crate::terms::{Answer, Relation};
use crate::workflow::Stop;

/// The record type whose machine says who manages access lists.
pub const ACL: &str = "acl";
/// The action of those who manage a list.
pub const MANAGE: &str = "manage";
/// The action of those who may give what they may not do themselves.
pub(super) const BEYOND: &str = "grant-beyond";

/// The list that is asked about.
#[derive(Debug, Clone, Copy)]
pub enum About<'l> {
    /// This one.
    List(&'l Acl),
    /// None in particular.
    Any,
    /// One that is not given and may be there.
    Unknown(&'l str),
}

/// Whether the subject may do something to a list.
pub(super) fn may(ask: &Ask<'_>, acl: &Acl, action: &str) -> Result<bool, Stop> {
    let of = About::List(acl);
    let found = verdict(ask, of, &places(ask, of), action, false);
    match found.answer {
        Answer::Unknown => Err(Stop::Need(found.missing.into_iter().collect())),
        answer => Ok(answer == Answer::Allow),
    }
}

/// Whether the subject may manage an access list.
pub fn manages(ask: &Ask<'_>, acl: &Acl) -> Result<bool, Stop> {
    may(ask, acl, MANAGE)
}

/// What is said of an action of the machine on a list. Who manages one that names records by id may do so for each of them, and
/// reads it, or may give what they may not do. `told`: what is behind it, too.
pub fn verdict(ask: &Ask<'_>, of: About<'_>, places: &[Place<'_>], action: &str, told: bool) -> Verdict {
    let by = |action: Option<&str>| Verdict::of(ask, of, places, action, told);
    let mut found = by(Some(action));
    if action == MANAGE && found.answer != Answer::Deny {
        let mut read = by(None);
        if read.answer != Answer::Allow {
            let beyond = by(Some(BEYOND));
            read.join(read.answer.or(beyond.answer), beyond);
        }
        found.join(found.answer.and(read.answer), read);
    }
    found
}

/// An answer about a list.
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// The facts that could settle it.
    pub missing: Set<Key>,
    /// What makes it what it is: of several records, the decision on one.
    pub behind: Option<Box<Explanation>>,
}

impl Verdict {
    /// Another answer joins, and both come to this.
    fn join(&mut self, both: Answer, other: Self) {
        if both != self.answer || self.behind.is_none() {
            self.behind = other.behind.or(self.behind.take());
        }
        self.answer = both;
        self.missing.extend(other.missing);
    }

    /// What a rule of the machine says of each place of a list; without an action, whether the subject reads what is there.
    fn of(ask: &Ask<'_>, of: About<'_>, places: &[Place<'_>], action: Option<&str>, told: bool) -> Self {
        let mut found = Self { answer: Answer::Allow, missing: Set::new(), behind: None };
        for place in places {
            let mut own = ask.clone();
            let mut one = Self { answer: Answer::Deny, missing: Set::new(), behind: None };
            let (record, rule) = match (action, ask.policy.machine(ACL), place) {
                (Some(action), Some(machine), _) => {
                    own.policy = machine;
                    own.kind = machine.record_type(ACL);
                    (of_machine(machine, of, place), machine.action(action))
                }
                (None, _, Place::There(meant)) => {
                    own = meant.ask(ask);
                    (meant.record.clone(), meant.policy.action("read"))
                }
                (None, _, Place::Nowhere) => continue,
                (None, _, Place::NotGiven(_)) => {
                    one.answer = Answer::Unknown;
                    (Attributes::missing(None), None)
                }
                (Some(_), None, _) => {
                    // Where nobody is let, the host itself is.
                    one.answer = Answer::from(matches!(ask.identity.subject(), Subject::System));
                    (Attributes::missing(None), None)
                }
            };
            if let Some(action) = rule {
                let question = Question { ask: &own, record: &record, action };
                one.answer = question.answer();
                one.behind = told.then(|| Box::new(question.explain()));
                // What was not given is wanted as a whole.
                for key in own.gaps(question.rule(), &record) {
                    if !matches!(key, Key::Record { id: None, .. }) {
                        one.missing.insert(key);
                    }
                }
            }
            if let (Answer::Unknown, Place::NotGiven(key)) = (one.answer, place) {
                one.missing.insert(key.clone());
            }
            found.join(found.answer.and(one.answer), one);
            // No other record makes up for one.
            if found.answer == Answer::Deny {
                break;
            }
        }
        found
    }
}

/// Where a list speaks: a record it names, as far as it can be looked at.
pub enum Place<'a> {
    /// This one.
    There(Meant<'a>),
    /// A record that is gone is nobody's: whoever manages any list may still mend or remove this one.
    Nowhere,
    /// One that is not given; the fact that would.
    NotGiven(Key),
}

/// Where a list speaks; whoever asks, it is the same.
pub fn places<'a>(ask: &Ask<'a>, of: About<'_>) -> Vec<Place<'a>> {
    let ids = match of {
        About::Unknown(id) => return vec![Place::NotGiven(Key::Acls { id: Some(id.to_string()) })],
        About::List(acl) => named(acl),
        About::Any => None,
    };
    let Some(ids) = ids else { return vec![Place::Nowhere] };
    let mut found = Vec::new();
    for id in ids {
        found.push(Place::of(ask, id));
    }
    found
}

impl<'a> Place<'a> {
    /// The record with this id, as rules look at it. One that cannot be read is none.
    fn of(ask: &Ask<'a>, id: &str) -> Self {
        let facts = ask.identity.facts();
        let Some(document) = facts.records.get(id).map(Document::read) else {
            if facts.absent(Relation::Record, id) {
                return Self::Nowhere;
            }
            return Self::NotGiven(Key::Record { id: Some(id.to_string()), field: None });
        };
        let missing = facts.withheld.get(id).map_or(&[][..], Vec::as_slice);
        let shown = Shown { id: Some(id), document: &document, missing, stored: true };
        let policy = ask.policy.of_document(&document);
        let read = policy.type_of(&document).and_then(|kind| {
            let record = policy.attributes(kind, shown, facts, &At::Root("record"), &mut Faults::new())?;
            Some(Meant { policy, kind, record })
        });
        read.map_or(Self::Nowhere, Self::There)
    }
}

/// A record, or what stands nowhere, as the machine's rules look at it: its state and its fields by their names, and what the
/// list says in the fields of these names.
fn of_machine(machine: &Policy, of: About<'_>, place: &Place<'_>) -> Attributes {
    let word = |text: &str| Seen::Known(FieldValue::Word(Some(text.to_string())));
    let own = |name: &str| match place {
        Place::Nowhere => None,
        Place::NotGiven(_) => Some(Seen::Missing),
        Place::There(Meant { policy, record, .. }) => {
            let place = policy.fields.iter().position(|field| field.name == name)?;
            Some(match record.named.get(FieldId(u16::try_from(place).ok()?))? {
                Seen::Known(value) => Seen::Known(value.clone()),
                Seen::Missing => Seen::Missing,
            })
        }
    };
    let fields = machine.fields.iter().map(|field| match (field.name.as_str(), of) {
        ("acl_type", About::List(acl)) => word(&acl.kind),
        ("acl_operation", About::List(acl)) => word(&acl.list.operation),
        ("acl_effect", About::List(acl)) => word(if acl.list.deny { "deny" } else { "allow" }),
        (name, _) => own(name).unwrap_or_else(|| Seen::Known(field.kind.absent())),
    });
    let named = Named::Read(fields.collect());
    let record = match place {
        Place::Nowhere => Attributes { listed: Listed::Nothing, ..Attributes::to_be(None, &machine.states) },
        Place::NotGiven(_) => Attributes::missing(None),
        Place::There(Meant { policy, record, .. }) => {
            let of = |state: &StateId| machine.states.find(policy.states.name(*state)).unwrap_or(StateId::OTHER);
            let state = record.state.known().map_or(Seen::Missing, |state| Seen::Known(of(state)));
            Attributes { state, ..record.clone() }
        }
    };
    Attributes { named, ..record }
}

/// A record as the rules that are asked look at it, and the policy they are of.
#[derive(Clone)]
pub struct Meant<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its type there.
    pub kind: &'a RecordType,
    /// The record.
    pub record: Attributes,
}

impl<'a> Meant<'a> {
    /// The same subject, asking about this record.
    pub fn ask(&self, ask: &Ask<'a>) -> Ask<'a> {
        let mut ask = ask.clone().about(self.kind);
        ask.policy = self.policy;
        ask
    }
}

/// Everybody who stands in the records a list names by id.
pub fn people(places: &[Place<'_>]) -> Set<String> {
    let mut found = Set::new();
    for place in places {
        if let Place::There(meant) = place {
            found.extend(users_of(meant.policy, &meant.record));
        }
    }
    found
}

/// The records a list names by id. One that names none speaks of nothing yet, and is nobody's own for that.
pub fn named(acl: &Acl) -> Option<&Set<String>> {
    match &acl.means {
        Means::Ids(ids) if acl.kind == "id" && !ids.is_empty() => Some(ids),
        _ => None,
    }
}

/// The records a list names by id, in their order; none for one that is not there.
pub(super) fn named_records<'a>(ask: &Ask<'a>, acl: &Acl) -> Result<Vec<Option<Meant<'a>>>, Stop> {
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    for place in places(ask, About::List(acl)) {
        match place {
            Place::There(meant) => found.push(Some(meant)),
            Place::Nowhere => found.push(None),
            Place::NotGiven(key) => wanted.push(key),
        }
    }
    if wanted.is_empty() { Ok(found) } else { Err(Stop::Need(wanted)) }
}

/// Does something for each; what it needs to know for any of them is wanted at once.
pub(super) fn each<T>(
    of: impl IntoIterator<Item = T>,
    mut then: impl FnMut(T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut wanted = Set::new();
    for one in of {
        match then(one) {
            Err(Stop::Need(keys)) => wanted.extend(keys),
            other => other?,
        }
    }
    if wanted.is_empty() { Ok(()) } else { Err(Stop::Need(wanted.into_iter().collect())) }
}
