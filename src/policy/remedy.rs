//! What would change a denial: the smallest sets of changes under which the same rule allows. Each set is tried by
//! evaluating the rule, so a remedy never promises what the rule would not keep.

use serde::Serialize;

use super::settle::{distinct_states, settle};
use super::{Atom, CommunityAtom, Question, SubjectAtom};
use crate::identity::Identity;
use crate::model::{FieldId, FieldKind, FieldValue, Given, Holder, Seen, StateId, Subject, ordered};
use crate::terms::{Answer, ChangeCode};

/// Changes tried together, at most.
const TOGETHER: usize = 3;
/// Remedies given, at most.
const MOST: usize = 8;
/// Sets of changes tried, at most: a machine may have thousands of states.
const TRIES: usize = 4096;

/// One thing that would have to become so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemedyChange {
    /// Which.
    pub change: ChangeCode,
    /// The community concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The role to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The state to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The action concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The record's field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The value of the field, or the level to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl RemedyChange {
    fn new(change: ChangeCode) -> Self {
        Self { change, community: None, role: None, state: None, action: None, field: None, value: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    SignIn,
    Role(String),
    Owner,
    State(StateId),
    RemoveDeny,
    Word(FieldId, String),
    Level(FieldId, String),
}

impl Step {
    /// Two states at once there are not; two roles are one too many to be the least that would do.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::State(_), Self::State(_)) | (Self::Role(_), Self::Role(_)) | (Self::Level(..), Self::Level(..)) => {
                true
            }
            (Self::Word(one, _), Self::Word(other, _)) => one == other,
            _ => false,
        }
    }
}

impl Question<'_, '_> {
    /// The smallest sets of changes that would allow the action; empty if it is allowed or nothing tried would help.
    pub fn remedies(&self) -> Vec<Vec<RemedyChange>> {
        let steps = self.steps();
        let mut found: Vec<Vec<&Step>> = Vec::new();
        let mut left = TRIES;
        for size in 1..=TOGETHER {
            self.search(&steps, size, 0, &mut Vec::new(), &mut found, &mut left);
            if found.len() >= MOST {
                break;
            }
        }
        found.truncate(MOST);
        found.into_iter().map(|set| set.into_iter().map(|step| self.change(step)).collect()).collect()
    }

    fn search<'s>(
        &self,
        steps: &'s [Step],
        size: usize,
        from: usize,
        taken: &mut Vec<&'s Step>,
        found: &mut Vec<Vec<&'s Step>>,
        left: &mut usize,
    ) {
        if *left == 0 || found.len() >= MOST || found.iter().any(|set| set.iter().all(|step| taken.contains(step))) {
            return;
        }
        if taken.len() == size {
            *left -= 1;
            if self.would_allow(taken) {
                found.push(taken.clone());
            }
            return;
        }
        for (index, step) in steps.iter().enumerate().skip(from) {
            if taken.iter().any(|other| step.excludes(other)) {
                continue;
            }
            taken.push(step);
            self.search(steps, size, index + 1, taken, found, left);
            taken.pop();
        }
    }

    fn would_allow(&self, steps: &[&Step]) -> bool {
        // A stranger who signs in is a user of whom the facts say nothing more.
        let stranger = Subject::stranger();
        let mut ask = self.ask.clone();
        if steps.contains(&&Step::SignIn) {
            ask.identity = Identity::new(&stranger, self.ask.identity.facts(), &self.ask.policy.naming);
        }
        let mut record = self.record.clone();
        for step in steps {
            match step {
                Step::SignIn => {}
                Step::RemoveDeny => ask.no_deny = true,
                Step::Word(id, word) => {
                    let count = ask.policy.fields.len();
                    record.named = record.named.with(*id, FieldValue::Word(Some(word.clone())), count);
                }
                Step::Level(id, level) => {
                    let Some(user) = ask.identity.subject().id() else { return false };
                    let given = Given { to: Holder::User(user.to_string()), level: level.clone(), until: None };
                    let count = ask.policy.fields.len();
                    record.named = record.named.with(*id, FieldValue::Given(vec![given]), count);
                }
                Step::State(state) => record.state = Seen::Known(*state),
                Step::Owner => {
                    let Some(user) = ask.identity.subject().id() else { return false };
                    record.owners = Seen::Known(vec![user.to_string()]);
                }
                Step::Role(role) => {
                    let (Some(_), Some(Some(community))) = (ask.identity.subject().id(), record.primary.known()) else {
                        return false;
                    };
                    ask = ask.assuming(ask.policy.naming.role(community, role), true);
                }
            }
        }
        settle(&ask, self.rule(), &record) == Answer::Allow
    }

    /// Changes worth trying: only what the rule looks at.
    fn steps(&self) -> Vec<Step> {
        let policy = self.ask.policy;
        let mut atoms = Vec::new();
        self.rule().atoms(&mut atoms);
        let anonymous = matches!(self.ask.identity.subject(), Subject::Anonymous { .. });
        let mut steps = Vec::new();
        let mut roles = Vec::new();
        let (mut owner, mut denied, mut stateful) = (false, false, false);
        let (mut words, mut levels) = (Vec::new(), Vec::new());
        for atom in ordered(atoms).into_iter().filter_map(|id| policy.atom(id)) {
            match atom {
                Atom::Owner => owner = true,
                Atom::Word(id, some) => {
                    let now = match self.record.named.get(*id) {
                        Some(Seen::Known(FieldValue::Word(word))) => word.as_ref(),
                        _ => None,
                    };
                    words.extend(
                        some.iter().filter(|word| Some(*word) != now).map(|word| Step::Word(*id, word.clone())),
                    );
                }
                Atom::Given(id, some) => {
                    let links = policy
                        .fields
                        .get(usize::from(id.0))
                        .is_some_and(|field| matches!(field.kind, FieldKind::Links(_)));
                    levels.extend(some.iter().filter(|_| !links).map(|level| Step::Level(*id, level.clone())));
                }
                Atom::State(_) => stateful = true,
                Atom::Subject(SubjectAtom::Banned(_)) => denied = true,
                Atom::Community(CommunityAtom::Excluded(_) | CommunityAtom::AuthorExcluded(_), _) => denied = true,
                Atom::Community(CommunityAtom::Holds(some), _) => roles.extend(some.iter().cloned()),
                Atom::Community(CommunityAtom::GrantedToRole(_, only), _) => {
                    roles.extend(only.iter().flatten().filter(|role| policy.roles.contains(role)).cloned());
                    roles.extend(only.is_none().then_some(&policy.roles).into_iter().flatten().cloned());
                }
                _ => {}
            }
        }
        if anonymous {
            steps.push(Step::SignIn);
        }
        if stateful {
            let now = self.record.state.known();
            let states = distinct_states(self.ask.policy, self.rule());
            steps.extend(
                states.into_iter().filter(|state| Some(state) != now && *state != StateId::OTHER).map(Step::State),
            );
        }
        // In the document's order, so that the least role that would do is named first.
        let named = policy.roles.iter().filter(|role| roles.contains(role));
        steps.extend(named.map(|role| Step::Role(role.clone())));
        if owner {
            steps.push(Step::Owner);
        }
        for step in levels.into_iter().chain(words) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        if denied {
            steps.push(Step::RemoveDeny);
        }
        steps
    }

    fn field_name(&self, id: FieldId) -> Option<String> {
        self.ask.policy.fields.get(usize::from(id.0)).map(|field| field.name.clone())
    }

    fn change(&self, step: &Step) -> RemedyChange {
        let primary = self.record.primary.known().cloned().flatten();
        let community = primary.filter(|id| self.ask.sees_community(id) != Answer::Deny);
        let action = Some(self.ask.policy.action_name(self.action).to_string());
        match step {
            Step::SignIn => RemedyChange::new(ChangeCode::SignIn),
            Step::Owner => RemedyChange::new(ChangeCode::Owner),
            Step::RemoveDeny => RemedyChange { action, community, ..RemedyChange::new(ChangeCode::RemoveDeny) },
            Step::Role(role) => {
                RemedyChange { community, role: Some(role.clone()), ..RemedyChange::new(ChangeCode::Role) }
            }
            Step::Word(id, value) => {
                let (field, value) = (self.field_name(*id), Some(value.clone()));
                RemedyChange { field, value, ..RemedyChange::new(ChangeCode::Field) }
            }
            Step::Level(_, level) => {
                RemedyChange { value: Some(level.clone()), ..RemedyChange::new(ChangeCode::RecordGrant) }
            }
            Step::State(state) => {
                let state = Some(self.ask.policy.states.name(*state).to_string());
                RemedyChange { state, ..RemedyChange::new(ChangeCode::State) }
            }
        }
    }
}
