//! The axes of all situations that some rules tell apart.

use super::acls::told_apart;
use super::axis::{Axis, Choice, Slot, What};
use super::looks::states_are_named;
use super::side::{Side, kept};
use crate::model::{Field, FieldKind, SIZES, Said, Set};
use crate::policy::{Atom, CommunityAtom, Rule, SubjectAtom};

/// Roles of which every set is tried; of more, one at a time.
const ROLES: usize = 6;

/// The axes, each once, in the order of [`What`].
pub fn axes(sides: &[&Side], rules: &[Vec<Rule>]) -> Vec<Axis> {
    let mut met: Vec<(&Side, Vec<&Atom>)> = Vec::new();
    let mut whats: Set<What> = [What::Who].into_iter().collect();
    for (side, rules) in sides.iter().zip(rules) {
        let mut ids = Vec::new();
        rules.iter().for_each(|rule| rule.atoms(&mut ids));
        let ids: Set<_> = ids.into_iter().collect();
        let atoms: Vec<&Atom> = ids.into_iter().filter_map(|id| side.policy().atom(id)).collect();
        whats.extend(atoms.iter().flat_map(|atom| side.looks_at(atom)));
        met.push((side, atoms));
    }
    // In what state a record is, is always said.
    whats.insert(What::State);
    let axes = whats.into_iter().map(|what| Axis { values: values(&what, &met), what });
    axes.filter(|axis| axis.values.len() > 1 || matches!(axis.what, What::Who | What::State)).collect()
}

fn values(what: &What, met: &[(&Side, Vec<&Atom>)]) -> Vec<Choice> {
    let sides = || met.iter().map(|(side, _)| *side);
    match what {
        What::Who => {
            let mut found = vec![Choice::User, Choice::Anonymous, Choice::System];
            let named = atoms(met).filter_map(|atom| match atom {
                Atom::Subject(SubjectAtom::User(id)) => Some(Choice::Named(id.clone())),
                _ => None,
            });
            found.extend(named.collect::<Set<Choice>>());
            found
        }
        What::Rows(_) | What::AuthorRows(_) => vec![Choice::None, Choice::Allow, Choice::Deny],
        What::Role(_) | What::SystemRole(_) => vec![Choice::None, Choice::There],
        What::State => {
            let mut found: Vec<Choice> = Vec::new();
            // Records that keep no state are in the one that stands for none.
            let absent = |side: &Side, place: usize| {
                side.policy().states.absent.is_some_and(|state| usize::from(state.0) == place)
            };
            let names = sides().flat_map(|side| {
                let names = side.policy().states.names.iter().enumerate();
                let all = kept(&side.kind().fields.state);
                names.filter(move |(place, _)| all || absent(side, *place)).map(|(_, name)| name)
            });
            for name in names {
                let word = Choice::Word(name.clone());
                if !found.contains(&word) {
                    found.push(word);
                }
            }
            found
        }
        What::Owner if sides().any(Side::has_owners) => vec![Choice::Other, Choice::Subject, Choice::None],
        What::Owner => vec![Choice::None],
        What::There(slot) => there(slot, met),
        What::Holds(_) => held(met),
        What::Field(name) => {
            let mut found: Vec<Choice> = Vec::new();
            for side in sides() {
                if let Some(field) = side.kind().fields.named.iter().find(|field| field.name == *name) {
                    for choice in of_field(field, side, met) {
                        if !found.contains(&choice) {
                            found.push(choice);
                        }
                    }
                }
            }
            found
        }
        What::List { operation, denies, as_in } => {
            // Where lists cannot name all states, they are taken to speak of all or of none.
            let apart = as_in.is_none() || sides().all(|side| states_are_named(&side.engine, side.policy()));
            let told = apart && told_apart(operation, *denies, atoms(met));
            let says = if *denies { Choice::Deny } else { Choice::Allow };
            std::iter::once(Choice::None).chain(told.then_some(says)).collect()
        }
        What::Setting(_, address) => {
            let (mut usual, mut words): (Set<Choice>, Set<Choice>) = (Set::new(), Set::new());
            let word = |word: &String| Choice::Word(word.clone());
            for setting in atoms(met).filter_map(setting) {
                if let CommunityAtom::Setting(at, values, default) = setting
                    && at == address
                {
                    usual.insert(default.as_ref().map_or(Choice::None, word));
                    words.extend(values.iter().map(word));
                }
            }
            let declared = sides().flat_map(|side| &side.engine.policy().community.settings);
            words.extend(declared.filter(|own| own.at == *address).flat_map(|own| own.values.iter().map(word)));
            let fixed = sides().flat_map(|side| &side.fixed.settings);
            words.extend(fixed.filter(|(at, _)| at == address).map(|(_, own)| word(own)));
            // Where conditions differ about what holds if nothing is set, that is a case of its own.
            let first = if usual.len() == 1 { usual.iter().next().cloned() } else { None };
            let first = first.unwrap_or(Choice::None);
            std::iter::once(first.clone()).chain(words.into_iter().filter(|own| *own != first)).collect()
        }
    }
}

fn atoms<'m>(met: &'m [(&Side, Vec<&'m Atom>)]) -> impl Iterator<Item = &'m Atom> {
    met.iter().flat_map(|(_, atoms)| atoms.iter().copied())
}

fn setting(atom: &Atom) -> Option<&CommunityAtom> {
    match atom {
        Atom::Community(CommunityAtom::HoldsWhere(_, setting), _) => Some(setting.as_ref()),
        Atom::Community(setting @ CommunityAtom::Setting(..), _) => Some(setting),
        _ => None,
    }
}

fn there(slot: &Slot, met: &[(&Side, Vec<&Atom>)]) -> Vec<Choice> {
    let mut sides = met.iter().map(|(side, _)| *side);
    match slot {
        Slot::Primary if sides.clone().all(Side::of_communities) => vec![Choice::There],
        Slot::Primary => {
            let mut found = vec![Choice::There];
            found.extend(sides.clone().any(|side| !side.kind().fields.primary_required).then_some(Choice::None));
            found.extend(sides.any(|side| side.policy().naming.deleted.is_some()).then_some(Choice::Deleted));
            found
        }
        Slot::Secondary | Slot::Field(_) => vec![Choice::None, Choice::There],
    }
}

/// Sets of community roles that can be told apart: those that include the same roles are one.
fn held(met: &[(&Side, Vec<&Atom>)]) -> Vec<Choice> {
    let roles: Set<&String> = met.iter().flat_map(|(side, _)| &side.engine.policy().roles).collect();
    let roles: Vec<&String> = ordered_as_given(roles, met);
    let mut sets: Vec<Vec<&String>> = vec![Vec::new()];
    if roles.len() > ROLES {
        sets.extend(roles.iter().map(|role| vec![*role]));
    } else {
        for role in &roles {
            let with: Vec<Vec<&String>> = sets.iter().map(|set| set.iter().copied().chain([*role]).collect()).collect();
            sets.extend(with);
        }
        sets.sort_by_key(Vec::len);
    }
    let mut known: Vec<Vec<Set<&str>>> = Vec::new();
    let mut found = Vec::new();
    for set in sets {
        let whole = met.iter().map(|(side, _)| {
            let naming = &side.engine.policy().naming;
            let included = set.iter().flat_map(|role| naming.includes.included(role));
            included.chain(set.iter().map(|role| role.as_str())).collect::<Set<&str>>()
        });
        let whole: Vec<Set<&str>> = whole.collect();
        if !known.contains(&whole) {
            known.push(whole);
            found.push(match set.is_empty() {
                true => Choice::None,
                false => Choice::Roles(set.into_iter().cloned().collect()),
            });
        }
    }
    let pending: Set<&String> = met.iter().flat_map(|(side, _)| side.engine.policy().words.pending.iter()).collect();
    found.extend(pending.into_iter().map(|role| Choice::Roles(vec![role.clone()])));
    found
}

/// In the order of the documents.
fn ordered_as_given<'m>(roles: Set<&'m String>, met: &'m [(&Side, Vec<&Atom>)]) -> Vec<&'m String> {
    let mut found: Vec<&String> = Vec::new();
    for role in met.iter().flat_map(|(side, _)| &side.engine.policy().roles) {
        if roles.contains(&role) && !found.contains(&role) {
            found.push(role);
        }
    }
    found
}

fn of_field(field: &Field, side: &Side, met: &[(&Side, Vec<&Atom>)]) -> Vec<Choice> {
    let naming = &side.policy().naming;
    match &field.kind {
        FieldKind::Kept => vec![Choice::None],
        FieldKind::Word { values, default, said } => {
            let words: Vec<String> = match said {
                Said::Size => SIZES.iter().map(|size| (*size).to_string()).collect(),
                Said::Word | Said::Count => values.clone(),
            };
            let first = default.as_ref().map_or(Choice::None, |word| Choice::Word(word.clone()));
            let words = words.into_iter().map(Choice::Word).filter(|word| *word != first);
            std::iter::once(first.clone()).chain(words).collect()
        }
        FieldKind::Users | FieldKind::Roles => vec![Choice::None, Choice::Other, Choice::Subject],
        FieldKind::Holders { .. } => {
            let mut found = vec![Choice::None, Choice::Other, Choice::Subject];
            found.extend((!naming.anonymous.is_empty()).then_some(Choice::Everybody));
            found
        }
        FieldKind::SystemRoles => {
            let known = naming.anonymous.iter().chain(&naming.authenticated).chain(&naming.system);
            let known: Set<Choice> = known.map(|role| Choice::Word(role.clone())).collect();
            [Choice::None, Choice::Other].into_iter().chain(known).collect()
        }
        // Whether it is there is an axis of the community's.
        FieldKind::Community { .. } => vec![Choice::None],
        FieldKind::Moment => vec![Choice::None, Choice::Past, Choice::Future],
        FieldKind::Grants(_) | FieldKind::Links(_) => {
            let links = matches!(field.kind, FieldKind::Links(_));
            let mut found = vec![Choice::None];
            for level in levels(field, side, met) {
                let mut to = vec![if links { Choice::There } else { Choice::Subject }];
                to.extend((!links && !naming.anonymous.is_empty()).then_some(Choice::Everybody));
                found.extend(to.into_iter().map(|to| Choice::Level(level.clone(), Box::new(to))));
            }
            found
        }
    }
}

/// Levels that conditions tell apart, each by one of them.
fn levels(field: &Field, side: &Side, met: &[(&Side, Vec<&Atom>)]) -> Vec<String> {
    let mut lists: Vec<&Vec<String>> = Vec::new();
    for (own, atoms) in met {
        for atom in atoms {
            let named = |id: u16| own.kind().fields.named.get(usize::from(id)).is_some_and(|f| f.name == field.name);
            if let Atom::Given(id, levels) = atom
                && named(id.0)
            {
                lists.push(levels);
            }
        }
    }
    let declared = match side.kind().fields.named.iter().find(|own| own.name == field.name).map(|own| &own.kind) {
        Some(FieldKind::Grants(levels) | FieldKind::Links(levels)) => levels.clone(),
        _ => Vec::new(),
    };
    let mentioned: Set<String> = lists.iter().flat_map(|list| list.iter().cloned()).collect();
    let all = declared.into_iter().filter(|level| mentioned.contains(level)).collect::<Vec<_>>();
    let others = mentioned.iter().filter(|level| !all.contains(level)).cloned().collect::<Vec<_>>();
    let mut known: Vec<Vec<bool>> = Vec::new();
    let mut found = Vec::new();
    for level in all.into_iter().chain(others) {
        let mark: Vec<bool> = lists.iter().map(|list| list.contains(&level)).collect();
        if !known.contains(&mark) {
            known.push(mark);
            found.push(level);
        }
    }
    found
}
