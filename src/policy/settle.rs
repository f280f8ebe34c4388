//! A rule's value on a record of which not everything is known.
//!
//! Kleene's logic alone is too timid where one unknown fact stands behind several conditions: a rule may be the same
//! whatever the fact is, though no part of it shows that. Those facts are tried: a record's withheld fields, and roles
//! that a deny row names (such a role may help and hurt). The value is what all trials agree on.

use super::{Ask, Atom, CommunityAtom, Policy, Rule, SubjectAtom};
use crate::facts::{HIDDEN, RowSubject};
use crate::model::{Attributes, FieldId, FieldKind, FieldValue, Given, Holder, NAMED, Seen, Set, StateId, ordered};
use crate::terms::Answer;

/// Trials for one value, at most; after that it stays unknown.
const TRIALS: usize = 4096;
/// Kinds of communities whose sets are tried as the secondary ones, at most.
const KINDS: usize = 8;
/// An owner who is nobody that could ask: no id holds a control character.
pub(super) const SOMEBODY: &str = "\u{0}";

/// A rule's value on a record.
pub(super) fn settle(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Answer {
    settle_within(ask, rule, record, &mut { TRIALS })
}

/// The same with so many trials at most; those that were not needed are left.
pub(super) fn settle_within(ask: &Ask<'_>, rule: &Rule, record: &Attributes, left: &mut usize) -> Answer {
    match plain(ask, rule, record) {
        Answer::Unknown => {
            let mut trials = Trials { rule, left: *left };
            let value = trials.completions(ask, record);
            *left = trials.left;
            value
        }
        known => known,
    }
}

fn plain(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Answer {
    rule.value(&mut |id| ask.atom(id, record, None))
}

struct Trials<'r> {
    rule: &'r Rule,
    left: usize,
}

impl Trials<'_> {
    fn value(&mut self, ask: &Ask<'_>, record: &Attributes) -> Answer {
        let Some(left) = self.left.checked_sub(1) else { return Answer::Unknown };
        self.left = left;
        match plain(ask, self.rule, record) {
            Answer::Unknown => self.completions(ask, record),
            known => known,
        }
    }

    /// What every completion of the first thing that is not known agrees on.
    fn completions(&mut self, ask: &Ask<'_>, record: &Attributes) -> Answer {
        let mut agreed = None;
        let mut trial = record.clone();
        if record.state == Seen::Missing {
            for state in distinct_states(ask.policy, self.rule) {
                trial.state = Seen::Known(state);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.owners == Seen::Missing {
            let mut owners = vec![Vec::new(), vec![SOMEBODY.to_string()]];
            owners.extend(ask.identity.subject().id().map(|id| vec![id.to_string()]));
            for owners in owners {
                trial.owners = Seen::Known(owners);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.primary == Seen::Missing {
            for id in communities(ask, self.rule, record) {
                trial.primary = Seen::Known(id);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.secondary == Seen::Missing {
            let ids: Vec<String> = communities(ask, self.rule, record).into_iter().flatten().collect();
            let sets = if ids.len() > KINDS { Vec::new() } else { subsets(ids) };
            for ids in sets {
                trial.secondary = Seen::Known(ids);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if let Some(id) = record.named.first_missing(ask.policy.fields.len()) {
            for value in values(ask, self.rule, record, id) {
                trial.named = record.named.with(id, value, ask.policy.fields.len());
                self.agree(ask, &trial, &mut agreed);
            }
        } else if let Some(id) = doubtful_community(ask, record) {
            for gone in [true, false] {
                self.agree(&ask.assuming_gone(id.clone(), gone), record, &mut agreed);
            }
        } else if let Some(role) = doubtful_role(ask, self.rule, record) {
            for has in [true, false] {
                self.agree(&ask.assuming(role.clone(), has), record, &mut agreed);
            }
        }
        agreed.unwrap_or(Answer::Unknown)
    }

    /// One trial more. Where two do not agree, no other is looked at.
    fn agree(&mut self, ask: &Ask<'_>, record: &Attributes, agreed: &mut Option<Answer>) {
        if *agreed != Some(Answer::Unknown) {
            let value = self.value(ask, record);
            let differs = agreed.is_some_and(|before| before != value);
            *agreed = Some(if differs { Answer::Unknown } else { value });
        }
    }
}

/// Every state a rule tells apart: those it mentions, and one it does not.
pub(super) fn distinct_states(policy: &Policy, rule: &Rule) -> Set<StateId> {
    let mut states = Set::new();
    let words = &policy.states;
    for atom in atoms(policy, rule) {
        match atom {
            Atom::State(named) => states.extend(named),
            // Access lists tell any state from any other.
            Atom::List(..) => states.extend(words.spellings.values().copied()),
            _ => {}
        }
    }
    let mut all = (0..u16::try_from(words.names.len()).unwrap_or(u16::MAX)).map(StateId);
    let other = all.find(|state| !states.contains(state)).or(words.open.then_some(StateId::OTHER));
    states.extend(other);
    states
}

fn atoms<'a>(policy: &'a Policy, rule: &Rule) -> Vec<&'a Atom> {
    let mut ids = Vec::new();
    rule.atoms(&mut ids);
    ordered(ids).into_iter().filter_map(|id| policy.atom(id)).collect()
}

/// Values of a named field that a rule tells apart; one that it does not mention has one value.
fn values(ask: &Ask<'_>, rule: &Rule, record: &Attributes, id: FieldId) -> Vec<FieldValue> {
    let Some(field) = ask.policy.fields.get(usize::from(id.0)) else { return Vec::new() };
    let nothing = field.kind.absent();
    let mentioned: Vec<&Atom> = atoms(ask.policy, rule).into_iter().filter(|atom| atom.field() == Some(id)).collect();
    if mentioned.is_empty() {
        return vec![nothing];
    }
    let subject = ask.identity.subject();
    let mut found = vec![nothing];
    match &field.kind {
        FieldKind::Kept => {}
        FieldKind::Word { values, .. } => {
            found.extend(values.iter().map(|word| FieldValue::Word(Some(word.clone()))));
        }
        FieldKind::Users => {
            found.push(FieldValue::Ids(vec![SOMEBODY.to_string()]));
            found.extend(subject.id().map(|id| FieldValue::Ids(vec![id.to_string()])));
        }
        FieldKind::SystemRoles | FieldKind::Roles => {
            found.push(FieldValue::Ids(vec![SOMEBODY.to_string()]));
            let system = field.kind == FieldKind::SystemRoles;
            let roles = if system { ask.identity.all_system_roles() } else { ask.identity.roles() };
            let Ok(roles) = roles else { return Vec::new() };
            found.extend(roles.into_iter().next().map(|role| FieldValue::Ids(vec![role])));
        }
        FieldKind::Community { .. } => {
            let ids = communities(ask, rule, record).into_iter().flatten();
            found.extend(ids.map(|id| FieldValue::Community(Some(id))));
        }
        FieldKind::Moment => {
            // Long past, or never to come.
            found.extend([i64::MIN, i64::MAX].map(|moment| FieldValue::Moment(Some(moment))));
        }
        FieldKind::Grants(_) | FieldKind::Holders { .. } => {
            let to = match subject.id() {
                Some(id) => Some(Holder::User(id.to_string())),
                None => match ask.identity.all_system_roles() {
                    Ok(roles) => roles.into_iter().next().map(Holder::SystemRole),
                    Err(_) => return Vec::new(),
                },
            };
            let mut some = to.map_or(found, |to| levels(&mentioned, &to));
            if let FieldKind::Holders { .. } = field.kind {
                let to = Holder::User(SOMEBODY.to_string());
                some.push(FieldValue::Given(vec![Given { to, level: NAMED.to_string(), until: None }]));
            }
            return some;
        }
        // Links the subject holds may stand there, or not. Several give what one of all their levels gives.
        FieldKind::Links(_) => {
            let held = subject.links().first().map(|id| Holder::Link(id.clone()));
            return held.map_or(found, |to| levels(&mentioned, &to));
        }
    }
    found
}

/// Every set of the levels that conditions name, given to somebody; none if they are too many to try.
fn levels(mentioned: &[&Atom], to: &Holder) -> Vec<FieldValue> {
    let mut levels: Set<String> = Set::new();
    for atom in mentioned {
        if let Atom::Given(_, some) = atom {
            levels.extend(some.iter().cloned());
        }
    }
    if levels.len() > KINDS {
        return Vec::new();
    }
    let one = |level: String| Given { to: to.clone(), level, until: None };
    let sets = subsets(levels.into_iter().collect()).into_iter();
    sets.map(|levels| FieldValue::Given(levels.into_iter().map(one).collect())).collect()
}

/// Communities a rule tells apart. What a view withholds is a community it leaves out. Else: of those it answers alike, one; that no fact speaks of, one; and, where a record may
/// have none, that.
fn communities(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Vec<Option<String>> {
    let facts = ask.identity.facts();
    if facts.hides() && record.primary == Seen::Missing {
        return vec![Some(HIDDEN.to_string())];
    }
    let mut ids: Set<&str> = communities_met(ask);
    if let Some(scope) = &ask.scope {
        ids.insert(scope);
    }
    // No community has the empty id.
    ids.insert(if facts.hides() { HIDDEN } else { "" });
    let atoms = atoms(ask.policy, rule);
    let mut kinds: Vec<Vec<Answer>> = Vec::new();
    let mut found = Vec::new();
    let none = ask.kind.is_some_and(|kind| !kind.fields.primary_required) && record.primary == Seen::Missing;
    for id in none.then_some(None).into_iter().chain(ids.into_iter().map(Some)) {
        let mut kind = vec![Answer::from(id.is_some() && id == ask.scope.as_deref())];
        kind.extend(atoms.iter().filter_map(|atom| match atom {
            Atom::Community(atom, _) => Some(ask.in_community(atom, id, None)),
            _ => None,
        }));
        // What is not known of two communities may differ.
        if kind.contains(&Answer::Unknown) || !kinds.contains(&kind) {
            kinds.push(kind);
            found.push(id.map(str::to_string));
        }
    }
    found
}

/// Communities that the facts speak of.
pub(super) fn communities_met<'a>(ask: &Ask<'a>) -> Set<&'a str> {
    let facts = ask.identity.facts();
    let mut found = ask.identity.communities();
    found.extend(facts.communities.keys());
    for rows in facts.access.values() {
        found.extend(rows.iter().filter_map(|row| row.argument.as_deref()));
    }
    found
}

fn subsets(ids: Vec<String>) -> Vec<Vec<String>> {
    let mut sets = vec![Vec::new()];
    for id in ids {
        for mut set in sets.clone() {
            set.push(id.clone());
            sets.push(set);
        }
    }
    sets
}

/// A community of the record of which it is not known whether it is deleted.
fn doubtful_community(ask: &Ask<'_>, record: &Attributes) -> Option<String> {
    ask.policy.naming.deleted.as_ref()?;
    let mut ids: Vec<&String> = Vec::new();
    if let Seen::Known(Some(id)) = &record.primary {
        ids.push(id);
    }
    if let Seen::Known(secondary) = &record.secondary {
        ids.extend(secondary);
    }
    for (number, _) in (0..).zip(&ask.policy.fields) {
        if let Some(Seen::Known(FieldValue::Community(Some(id)))) = record.named.get(FieldId(number)) {
            ids.push(id);
        }
    }
    ids.into_iter().find(|id| ask.identity.gone(id) == Answer::Unknown).cloned()
}

/// A role that a deny row of the rule names and that the subject may have or not.
fn doubtful_role(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Option<String> {
    let facts = ask.identity.facts();
    let near = |id: &String| {
        record.primary.known().is_some_and(|primary| primary.as_ref() == Some(id))
            || record.secondary.known().is_some_and(|ids| ids.contains(id))
            || ask.scope.as_ref() == Some(id)
    };
    atoms(ask.policy, rule).into_iter().find_map(|atom| {
        let need = match atom {
            Atom::Subject(SubjectAtom::Banned(need)) => need.clone(),
            Atom::Community(CommunityAtom::Excluded(action), _) => ask.policy.naming.need(action),
            _ => return None,
        };
        let rows = facts.access.get(&need).into_iter().flatten();
        let rows = rows.filter(|row| row.exclude && row.argument.as_ref().is_none_or(near));
        rows.filter_map(|row| match &row.subject {
            RowSubject::Role(name) if ask.identity.has_role(name, None) == Answer::Unknown => Some(name.clone()),
            _ => None,
        })
        .next()
    })
}
