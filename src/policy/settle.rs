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
        if record.state.known().is_none() {
            for state in distinct_states(ask.policy, self.rule) {
                trial.state = Seen::Known(state);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.owners.known().is_none() {
            trial.owners = Seen::Known(Vec::new());
            self.agree(ask, &trial, &mut agreed);
            for owner in [Some(SOMEBODY), ask.identity.subject().id()].into_iter().flatten() {
                trial.owners = Seen::Known(vec![owner.to_string()]);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.primary.known().is_none() {
            for id in communities(ask, self.rule, record) {
                trial.primary = Seen::Known(id);
                self.agree(ask, &trial, &mut agreed);
            }
        } else if record.secondary.known().is_none() {
            let mut ids = Vec::new();
            for id in communities(ask, self.rule, record) {
                ids.extend(id);
            }
            for ids in subsets(&ids) {
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
            Atom::State(named) => {
                for state in named {
                    states.insert(*state);
                }
            }
            // Access lists tell any state from any other.
            Atom::List(..) => {
                for state in words.spellings.values() {
                    states.insert(*state);
                }
            }
            _ => {}
        }
    }
    let mut all = (0..u16::try_from(words.names.len()).unwrap_or(u16::MAX)).map(StateId);
    if let Some(other) = all.find(|state| !states.contains(state)).or(words.open.then_some(StateId::OTHER)) {
        states.insert(other);
    }
    states
}

/// The conditions of a rule, each once.
pub(super) fn atoms<'a>(policy: &'a Policy, rule: &Rule) -> Vec<&'a Atom> {
    let mut ids = Vec::new();
    rule.atoms(&mut ids);
    let mut found = Vec::new();
    for id in ordered(ids) {
        found.extend(policy.atom(id));
    }
    found
}

/// Values of a named field that a rule tells apart; one that it does not mention has one value.
fn values(ask: &Ask<'_>, rule: &Rule, record: &Attributes, id: FieldId) -> Vec<FieldValue> {
    let Some(field) = ask.policy.fields.get(usize::from(id.0)) else { return Vec::new() };
    let mut found = vec![field.kind.absent()];
    let mut mentioned = Vec::new();
    for atom in atoms(ask.policy, rule) {
        if atom.field() == Some(id) {
            mentioned.push(atom);
        }
    }
    if mentioned.is_empty() {
        return found;
    }
    let subject = ask.identity.subject();
    match &field.kind {
        FieldKind::Kept => {}
        FieldKind::Word { values, .. } => {
            for word in values {
                found.push(FieldValue::Word(Some(word.clone())));
            }
        }
        FieldKind::Users | FieldKind::SystemRoles | FieldKind::Roles => {
            let own = match field.kind {
                FieldKind::Users => Ok(subject.id().map_or_else(Vec::new, |id| vec![id.to_string()])),
                FieldKind::SystemRoles => ask.identity.all_system_roles(),
                _ => ask.identity.roles(),
            };
            let Ok(own) = own else { return Vec::new() };
            found.push(FieldValue::Ids(vec![SOMEBODY.to_string()]));
            if let Some(name) = own.first() {
                found.push(FieldValue::Ids(vec![name.clone()]));
            }
        }
        FieldKind::Community { .. } => {
            // The primary one is known by now, so none of these is none.
            for id in communities(ask, rule, record) {
                found.push(FieldValue::Community(id));
            }
        }
        FieldKind::Moment => {
            // Long past, or never to come.
            for moment in [i64::MIN, i64::MAX] {
                found.push(FieldValue::Moment(Some(moment)));
            }
        }
        FieldKind::Grants(_) | FieldKind::Holders { .. } | FieldKind::Links(_) => {
            let to = match (&field.kind, subject.id()) {
                // Links the subject holds may stand there, or not. Several give what one of all their levels gives.
                (FieldKind::Links(_), _) => subject.links().first().map(|id| Holder::Link(id.clone())),
                (_, Some(id)) => Some(Holder::User(id.to_string())),
                (_, None) => match ask.identity.all_system_roles() {
                    Ok(roles) => roles.first().map(|role| Holder::SystemRole(role.clone())),
                    Err(_) => return Vec::new(),
                },
            };
            if let Some(to) = to {
                found = levels(&mentioned, &to);
            }
            if let FieldKind::Holders { .. } = field.kind {
                let to = Holder::User(SOMEBODY.to_string());
                found.push(FieldValue::Given(vec![Given { to, level: NAMED.to_string(), until: None }]));
            }
        }
    }
    found
}

/// Every set of the levels that conditions name, given to somebody; none if they are too many to try.
fn levels(mentioned: &[&Atom], to: &Holder) -> Vec<FieldValue> {
    let mut levels = Vec::new();
    for atom in mentioned {
        if let Atom::Given(_, some) = atom {
            levels.extend_from_slice(some);
        }
    }
    let mut found = Vec::new();
    for levels in subsets(&ordered(levels)) {
        let mut given = Vec::new();
        for level in levels {
            given.push(Given { to: to.clone(), level, until: None });
        }
        found.push(FieldValue::Given(given));
    }
    found
}

/// Communities a rule tells apart. What a view withholds is a community it leaves out. Else: of those it answers alike, one; that no fact speaks of, one; and, where a record may
/// have none, that.
fn communities(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Vec<Option<String>> {
    let facts = ask.identity.facts();
    let open = record.primary.known().is_none();
    if facts.hides() && open {
        return vec![Some(HIDDEN.to_string())];
    }
    let mut ids = Vec::new();
    if open && ask.kind.is_some_and(|kind| !kind.fields.primary_required) {
        ids.push(None);
    }
    let mut met: Set<&str> = communities_met(ask);
    if let Some(scope) = &ask.scope {
        met.insert(scope);
    }
    // No community has the empty id.
    met.insert(if facts.hides() { HIDDEN } else { "" });
    for id in met {
        ids.push(Some(id));
    }
    let atoms = atoms(ask.policy, rule);
    let mut kinds: Vec<Vec<Answer>> = Vec::new();
    let mut found = Vec::new();
    for id in ids {
        let mut kind = vec![Answer::from(id.is_some() && id == ask.scope.as_deref())];
        for atom in &atoms {
            if let Atom::Community(atom, _) = atom {
                kind.push(ask.in_community(atom, id, None));
            }
        }
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
    for id in facts.communities.keys() {
        found.insert(id);
    }
    for rows in facts.access.values() {
        for row in rows {
            if let Some(id) = &row.argument {
                found.insert(id);
            }
        }
    }
    found
}

/// Every set of these; none if they are too many to try.
fn subsets(ids: &[String]) -> Vec<Vec<String>> {
    if ids.len() > KINDS {
        return Vec::new();
    }
    let mut sets = Vec::new();
    for chosen in 0..1_u32 << ids.len() {
        let mut set = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            if chosen >> place & 1 == 1 {
                set.push(id.clone());
            }
        }
        sets.push(set);
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
    for value in record.named.known() {
        if let FieldValue::Community(Some(id)) = value {
            ids.push(id);
        }
    }
    ids.into_iter().find(|id| ask.identity.gone(id) == Answer::Unknown).cloned()
}

/// A role that a deny row of the rule names and that the subject may have or not.
fn doubtful_role(ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Option<String> {
    let near = |id: &String| {
        record.primary.known().is_some_and(|primary| primary.as_ref() == Some(id))
            || record.secondary.known().is_some_and(|ids| ids.contains(id))
            || ask.scope.as_ref() == Some(id)
    };
    for atom in atoms(ask.policy, rule) {
        let need = match atom {
            Atom::Subject(SubjectAtom::Banned(need)) => need.clone(),
            Atom::Community(CommunityAtom::Excluded(action), _) => ask.policy.naming.need(action),
            _ => continue,
        };
        for row in ask.identity.facts().access.get(&need).into_iter().flatten() {
            if let RowSubject::Role(name) = &row.subject
                && row.exclude
                && row.argument.as_ref().is_none_or(near)
                && ask.identity.has_role(name, None) == Answer::Unknown
            {
                return Some(name.clone());
            }
        }
    }
    None
}
