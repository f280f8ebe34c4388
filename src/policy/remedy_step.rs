//! Single changes that might turn a denial: which are worth trying, what it means to suppose one, and how it is told. None
//! names what the asker may not see.

use super::settle::{atoms, distinct_states};
use super::{Ask, Atom, CommunityAtom, Of, Policy, Question, RemedyChange, SubjectAtom};
use crate::facts::RowSubject;
use crate::identity::Identity;
use crate::model::{
    Address, Attributes, FieldId, FieldKind, FieldValue, Given, Holder, Listed, Seen, StateId, Subject, date,
};
use crate::terms::{Answer, ChangeCode, ReasonCode};

/// Communities of one record in which roles and settings are tried, at most.
const COMMUNITIES: usize = 8;
/// Somebody who signs in is a user of whom the facts say nothing.
static STRANGER: Subject = Subject::stranger();

/// One change. Those before others are tried, and told, first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    SignIn,
    State(StateId),
    /// In a community.
    Role(String, String),
    Owner,
    Level(FieldId, String),
    Word(FieldId, String),
    /// The moment in a field comes.
    Wait(i64),
    /// A community's setting becomes this word.
    Setting(String, Address, String),
    /// An access list allows this operation, or none denies it any more.
    List(String, bool),
    RemoveDeny,
}

impl Step {
    /// Two states at once there are not; two roles are one too many to be the least that would do.
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::State(_), Self::State(_))
            | (Self::Role(..), Self::Role(..))
            | (Self::Level(..), Self::Level(..))
            | (Self::Wait(_), Self::Wait(_)) => true,
            (Self::Word(one, _), Self::Word(other, _)) => one == other,
            (Self::Setting(one, at, _), Self::Setting(other, place, _)) => one == other && at == place,
            _ => false,
        }
    }

    /// Whether this gives what the other does: it is the same, a role that includes the other, or a level above it.
    pub fn gives(&self, other: &Self, policy: &Policy) -> bool {
        match (self, other) {
            (Self::Role(one, role), Self::Role(place, other)) => {
                one == place && (role == other || policy.naming.includes.holders(other).any(|above| above == role))
            }
            (Self::Level(one, level), Self::Level(place, other)) if one == place => {
                let ranks = [level, other].map(|level| rank(policy, *one, level));
                level == other || matches!(ranks, [Some(own), Some(lower)] if own > lower)
            }
            _ => self == other,
        }
    }

    /// Changes only what the rule of the question looks at.
    pub fn worth_trying(question: &Question<'_, '_>) -> Vec<Self> {
        let (ask, record, policy) = (question.ask, question.record, question.ask.policy);
        let mut roles: Vec<(String, &str)> = Vec::new();
        let mut steps = Vec::new();
        let mut stateful = false;
        for atom in atoms(policy, question.rule()) {
            match atom {
                Atom::Owner => Self::Owner.add(&mut steps),
                Atom::Word(id, some) => {
                    let now = match record.named.get(*id) {
                        Some(Seen::Known(FieldValue::Word(word))) => word.as_ref(),
                        _ => None,
                    };
                    for word in some.iter().filter(|word| Some(*word) != now) {
                        Self::Word(*id, word.clone()).add(&mut steps);
                    }
                }
                Atom::Given(id, some) => {
                    let kind = policy.fields.get(usize::from(id.0)).map(|field| &field.kind);
                    let grants = matches!(kind, Some(FieldKind::Grants(_)));
                    let mut lowest: Vec<&String> = Vec::new();
                    for level in some.iter().filter(|_| grants) {
                        let at = |level| rank(policy, *id, level);
                        let before = lowest.iter().take_while(|other| at(other) <= at(level)).count();
                        lowest.insert(before, level);
                    }
                    for level in lowest {
                        Self::Level(*id, level.clone()).add(&mut steps);
                    }
                }
                Atom::Past(id) => {
                    if let Some(moment) = coming(ask, record, *id) {
                        Self::Wait(moment).add(&mut steps);
                    }
                }
                Atom::State(_) => stateful = true,
                Atom::List(operations, denies, state) => {
                    stateful = true;
                    for name in operations {
                        // That a list denies something is told only to whom it is a reason.
                        let told = !denies || {
                            let hit = ask.by_list(std::slice::from_ref(name), true, *state, record, None);
                            hit == Answer::Allow && question.told_denied()
                        };
                        if told {
                            Self::List(name.clone(), *denies).add(&mut steps);
                        }
                        // One word that allows it is enough.
                        if !denies {
                            break;
                        }
                    }
                }
                Atom::Subject(SubjectAtom::Banned(_))
                | Atom::Community(CommunityAtom::Excluded(_) | CommunityAtom::AuthorExcluded(_), _) => {
                    Self::RemoveDeny.add(&mut steps);
                }
                Atom::Community(atom, of) => {
                    for community in communities(ask, record, *of) {
                        match atom {
                            CommunityAtom::Holds(some) => add_roles(&community, some, &mut roles),
                            CommunityAtom::HoldsWhere(some, setting) => {
                                add_roles(&community, some, &mut roles);
                                add_words(ask, &community, setting, &mut steps);
                            }
                            CommunityAtom::GrantedToRole(_, only) => {
                                add_roles(&community, only.as_ref().unwrap_or(&policy.roles), &mut roles);
                            }
                            setting => add_words(ask, &community, setting, &mut steps),
                        }
                    }
                }
                _ => {}
            }
        }
        if matches!(ask.identity.subject(), Subject::Anonymous { .. }) {
            Self::SignIn.add(&mut steps);
        }
        if stateful {
            let now = record.state.known();
            let states = distinct_states(policy, question.rule());
            for state in states.iter().filter(|state| Some(*state) != now && **state != StateId::OTHER) {
                Self::State(*state).add(&mut steps);
            }
        }
        // The primary community comes first; roles in the document's order, so that the least that would do is named first.
        let mut places = communities(ask, record, Of::Any);
        for (community, _) in &roles {
            places.push(community.clone());
        }
        for community in &places {
            for role in policy.roles.iter().filter(|role| roles.contains(&(community.clone(), role.as_str()))) {
                Self::Role(community.clone(), role.clone()).add(&mut steps);
            }
        }
        steps
    }

    /// Adds it behind those of its kind, once.
    fn add(self, steps: &mut Vec<Self>) {
        if !steps.contains(&self) {
            let before = steps.iter().take_while(|step| step.kind() <= self.kind()).count();
            steps.insert(before, self);
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::SignIn => 0,
            Self::State(_) => 1,
            Self::Role(..) => 2,
            Self::Owner => 3,
            Self::Level(..) => 4,
            Self::Word(..) => 5,
            Self::Wait(_) => 6,
            Self::Setting(..) => 7,
            Self::List(..) => 8,
            Self::RemoveDeny => 9,
        }
    }

    /// Whether supposing it may give a condition another value, whatever else is supposed with it.
    pub fn touches(&self, atom: &Atom, question: &Question<'_, '_>) -> bool {
        let (ask, record) = (question.ask, question.record);
        let named = |name: &str| ask.policy.naming.parse(name).is_some();
        // Of access rows those that deny matter to who takes them away, and to a role those that name one of a community's.
        let by_rows = |need: &str| {
            let mut rows = ask.identity.facts().access.get(need).into_iter().flatten();
            rows.any(|row| match self {
                Self::RemoveDeny => row.exclude,
                _ => matches!(&row.subject, RowSubject::Role(name) if named(name)),
            })
        };
        match (self, atom) {
            (Self::SignIn, _) => true,
            (Self::List(operation, denies), Atom::List(some, deny, _)) => {
                denies == deny && some.iter().any(|own| own == operation || own == "*")
            }
            (Self::State(_) | Self::Role(..), Atom::List(..)) => match &record.listed {
                Listed::Entries(entries) => !entries.is_empty(),
                Listed::Unknown => ask.identity.facts().acls.iter().next().is_some(),
                Listed::Nothing => false,
                Listed::Told(_) => true,
            },
            (Self::State(_), atom) => matches!(atom, Atom::State(_)),
            (Self::Owner, atom) => matches!(atom, Atom::Owner | Atom::HasOwner),
            (Self::Wait(_), atom) => matches!(atom, Atom::Past(_) | Atom::Given(..)),
            (Self::Word(id, _) | Self::Level(id, _), atom) => atom.field() == Some(*id),
            (Self::Setting(..), Atom::Community(atom, _)) => {
                matches!(atom, CommunityAtom::Setting(..) | CommunityAtom::HoldsWhere(..))
            }
            (Self::RemoveDeny | Self::Role(..), Atom::Subject(SubjectAtom::Need(need) | SubjectAtom::Banned(need))) => {
                by_rows(need)
            }
            (Self::Role(..), Atom::Subject(SubjectAtom::Role(name))) => named(name),
            (Self::RemoveDeny | Self::Role(..), Atom::Community(atom, _)) => match atom {
                CommunityAtom::Excluded(action)
                | CommunityAtom::AuthorExcluded(action)
                | CommunityAtom::GrantedByRow(action) => by_rows(&ask.policy.naming.need(action)),
                CommunityAtom::Holds(_) | CommunityAtom::HoldsWhere(..) | CommunityAtom::GrantedToRole(..) => {
                    *self != Self::RemoveDeny
                }
                _ => false,
            },
            (Self::Role(..), atom) => matches!(atom, Atom::RoleIn(_) | Atom::Given(..)),
            _ => false,
        }
    }

    /// Supposes that it is so; none if this asker cannot have it.
    pub fn suppose(&self, ask: &mut Ask<'_>, record: &mut Attributes) -> Option<()> {
        let count = ask.policy.fields.len();
        match self {
            Self::SignIn => {
                let of_community = ask.identity.of_community;
                ask.identity = Identity::new(&STRANGER, ask.identity.facts(), &ask.policy.naming);
                ask.identity.of_community = of_community;
            }
            Self::RemoveDeny => ask.suppose().no_deny = true,
            Self::Wait(moment) => ask.time = Some((*moment, *moment)),
            Self::Setting(community, address, word) => {
                ask.suppose().settings.push((community.clone(), address.clone(), word.clone()));
            }
            Self::Word(id, word) => record.named = record.named.with(*id, FieldValue::Word(Some(word.clone())), count),
            Self::Level(id, level) => {
                let to = Holder::User(ask.identity.subject().id()?.to_string());
                let given = Given { to, level: level.clone(), until: None };
                record.named = record.named.with(*id, FieldValue::Given(vec![given]), count);
            }
            Self::State(state) => record.state = Seen::Known(*state),
            Self::List(operation, denies) => ask.suppose().by_lists.push((operation.clone(), *denies)),
            Self::Owner => record.owners = Seen::Known(vec![ask.identity.subject().id()?.to_string()]),
            Self::Role(community, role) => {
                ask.identity.subject().id()?;
                *ask = ask.assuming(ask.policy.naming.role(community, role), true);
            }
        }
        Some(())
    }

    /// As it is told to whoever asked.
    pub fn change(&self, question: &Question<'_, '_>) -> RemedyChange {
        let (ask, policy) = (question.ask, question.ask.policy);
        let shown = |id: &String| ask.sees_community(id) != Answer::Deny;
        let mut change = RemedyChange::new(match self {
            Self::SignIn => ChangeCode::SignIn,
            Self::Owner => ChangeCode::Owner,
            Self::RemoveDeny => ChangeCode::RemoveDeny,
            Self::Role(..) => ChangeCode::Role,
            Self::Word(..) => ChangeCode::Field,
            Self::Level(..) => ChangeCode::RecordGrant,
            Self::List(_, true) => ChangeCode::AclDenies,
            Self::List(_, false) => ChangeCode::AclAllows,
            Self::State(_) => ChangeCode::State,
            Self::Wait(_) => ChangeCode::Wait,
            Self::Setting(..) => ChangeCode::Setting,
        });
        match self {
            Self::SignIn | Self::Owner => {}
            Self::RemoveDeny => {
                change.action = Some(policy.action_name(question.action).to_string());
                change.community = question.record.primary.known().cloned().flatten().filter(shown);
            }
            Self::Role(community, role) => {
                change.community = Some(community.clone()).filter(shown);
                change.role = Some(role.clone());
            }
            Self::Word(id, value) => {
                change.field = policy.fields.get(usize::from(id.0)).map(|field| field.name.clone());
                change.value = Some(value.clone());
            }
            // Neither which list it is nor whom it names.
            Self::Level(_, value) | Self::List(value, _) => change.value = Some(value.clone()),
            Self::State(state) => change.state = Some(policy.states.name(*state).to_string()),
            Self::Wait(end) => change.until = Some(written(*end)),
            Self::Setting(community, address, word) => {
                change.community = Some(community.clone());
                change.setting = Some(address.to_string());
                change.value = Some(word.clone());
            }
        }
        change
    }
}

impl Question<'_, '_> {
    /// Whether a list that denies is among the reasons that are told.
    fn told_denied(&self) -> bool {
        let reasons = self.ask.why(self.rule(), self.record);
        reasons.iter().any(|reason| reason.code == ReasonCode::AclDenies && reason.holds == Some(true))
    }
}

/// The communities a condition speaks of. Beside the record's own, which a change does not name if it is hidden, only those the
/// asker may know of.
fn communities(ask: &Ask<'_>, record: &Attributes, of: Of) -> Vec<String> {
    let primary = record.primary.known().and_then(Option::as_ref);
    let others: &[String] = match (of, &record.secondary) {
        (Of::Any, Seen::Known(ids)) => ids,
        (Of::Scope, _) => ask.scope.as_slice(),
        (Of::Field(id), _) => match record.named.get(id) {
            Some(Seen::Known(FieldValue::Community(community))) => community.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    let mut found = Vec::new();
    if let (Of::Primary | Of::Any, Some(id)) = (of, primary) {
        found.push(id.clone());
    }
    for id in others {
        if found.len() < COMMUNITIES && ask.sees_community(id) == Answer::Allow {
            found.push(id.clone());
        }
    }
    found
}

/// A level's place in the field's list, which goes from the least to the most.
fn rank(policy: &Policy, id: FieldId, level: &str) -> Option<usize> {
    match policy.fields.get(usize::from(id.0)).map(|field| &field.kind) {
        Some(FieldKind::Grants(levels)) => levels.iter().position(|known| known == level),
        _ => None,
    }
}

fn add_roles<'r>(community: &str, roles: &'r [String], found: &mut Vec<(String, &'r str)>) {
    for role in roles {
        found.push((community.to_string(), role.as_str()));
    }
}

/// The words a community's setting may have, if a condition is on one the policy declares and the asker may see.
fn add_words(ask: &Ask<'_>, community: &str, atom: &CommunityAtom, found: &mut Vec<Step>) {
    let CommunityAtom::Setting(address, ..) = atom else { return };
    let Some(setting) = ask.policy.community.settings.iter().find(|setting| setting.at == *address) else { return };
    if ask.sees_community(community) == Answer::Allow {
        for word in &setting.values {
            Step::Setting(community.to_string(), address.clone(), word.clone()).add(found);
        }
    }
}

/// A moment as people write it: a day, where it is the midnight in UTC with which the day begins.
fn written(moment: i64) -> String {
    let (day, time) = (date(moment), moment.rem_euclid(86_400_000));
    if time == 0 {
        return day;
    }
    let (seconds, thousandths) = (time / 1_000, time % 1_000);
    format!("{day}T{:02}:{:02}:{:02}.{thousandths:03}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The moment in a field, if it is still to come and the asker is shown it.
fn coming(ask: &Ask<'_>, record: &Attributes, id: FieldId) -> Option<i64> {
    let Some(Seen::Known(FieldValue::Moment(Some(moment)))) = record.named.get(id) else { return None };
    let shown = ask.policy.shown(id).is_none_or(|rule| ask.evaluate(rule, record) == Answer::Allow);
    (shown && ask.before(*moment, None) == Answer::Allow).then_some(*moment)
}
