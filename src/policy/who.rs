//! Who may: everybody the facts know of, each decided by the same rule, and the classes of those they do not.

use serde::Serialize;

use super::{Decision, Policy, Reason};
use crate::facts::{Facts, Key, RowSubject};
use crate::model::{Attributes, FieldId, FieldKind, FieldValue, Holder, Listed, Seen, Set, Subject};
use crate::terms::Answer;

/// One user who may, or might.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct One {
    /// The user.
    pub id: String,
    /// Allow or unknown.
    pub decision: Answer,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Who may do something to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Those who are not signed in: everybody, unless `authenticated` says otherwise.
    pub anyone: Answer,
    /// Everybody signed in: a user of whom the facts say nothing.
    pub authenticated: Answer,
    /// Users named in the facts who may or might, in the order of their ids.
    pub users: Vec<One>,
    /// Facts that could settle the unknown ones.
    pub missing: Vec<Key>,
    /// The policy's content hash.
    pub policy: String,
}

impl Who {
    /// The answer about what does not exist.
    pub fn nobody(policy: &Policy) -> Self {
        let (anyone, authenticated) = (Answer::Deny, Answer::Deny);
        Self { anyone, authenticated, users: Vec::new(), missing: Vec::new(), policy: policy.hash.clone() }
    }

    /// Everybody the facts, or the record, know of.
    pub fn people(policy: &Policy, record: &Attributes, facts: &Facts) -> Set<String> {
        let mut people = users_in(facts);
        people.extend(users_of(policy, record));
        people
    }

    /// Decides for each of these people, and for those of whom nothing is said.
    pub fn among(policy: &Policy, people: Set<String>, decision: &dyn Fn(&Subject) -> Decision) -> Self {
        let mut missing = Set::new();
        let mut decide = |subject: &Subject| {
            let decision = decision(subject);
            missing.extend(decision.missing.iter().cloned());
            decision
        };
        let anyone = decide(&Subject::anonymous()).decision;
        let authenticated = decide(&Subject::stranger()).decision;
        let users = people
            .into_iter()
            .filter_map(|id| {
                let decision = decide(&Subject::user(&id));
                let may = decision.decision != Answer::Deny;
                may.then_some(One { id, decision: decision.decision, reasons: decision.reasons })
            })
            .collect();
        Self { anyone, authenticated, users, missing: missing.into_iter().collect(), policy: policy.hash.clone() }
    }
}

/// Every user the facts speak of, but for those their records name.
pub fn users_in(facts: &Facts) -> Set<String> {
    let mut found: Set<String> = facts.users.keys().map(str::to_string).collect();
    found.extend(facts.memberships.values().flat_map(|members| members.keys().map(str::to_string)));
    found.extend(facts.access.values().flatten().filter_map(|row| match &row.subject {
        RowSubject::User(id) => Some(id.clone()),
        _ => None,
    }));
    found
}

/// Every user a record speaks of: its owners, those in its named fields, and those on access lists.
pub fn users_of(policy: &Policy, record: &Attributes) -> Set<String> {
    let mut found: Set<String> = record.owners.known().into_iter().flatten().cloned().collect();
    let field = |place: usize| u16::try_from(place).ok().and_then(|place| record.named.get(FieldId(place)));
    for (place, own) in policy.fields.iter().enumerate() {
        match field(place).as_ref().and_then(Seen::known) {
            Some(FieldValue::Ids(ids)) if own.kind == FieldKind::Users => found.extend(ids.iter().cloned()),
            Some(FieldValue::Given(given)) => found.extend(given.iter().filter_map(|given| match &given.to {
                Holder::User(id) => Some(id.clone()),
                _ => None,
            })),
            _ => {}
        }
    }
    if let Listed::Entries(entries) = &record.listed {
        let users =
            entries.iter().flat_map(|entry| entry.list.users.iter().chain(entry.users.known().into_iter().flatten()));
        found.extend(users.cloned());
    }
    found
}
