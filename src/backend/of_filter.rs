//! The condition of a list, as what is asked of a record: of its document, at the addresses the policy names, or of what the
//! engine's columns keep of it.

use super::test::{Ask, Column, Ends, Path, Test, Why};
use crate::acl::{Kind, Scalar};
use crate::facts::Key;
use crate::model::{Address, FieldKind, NAMED, OwnerForm, SIZES, Said};
use crate::policy::{Ask as Asking, Policy, RecordType, Where};
use crate::terms::Answer;

/// Where a record's state, communities, owners and named fields are.
#[derive(Debug)]
pub struct Places<'p> {
    /// Who asks, at which facts.
    pub ask: &'p Asking<'p>,
    /// The policy of the record type.
    pub policy: &'p Policy,
    /// The type.
    pub kind: &'p RecordType,
    /// What the host keeps.
    pub kept: Kept,
}

/// What a host keeps of its records.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// What the engine's columns hold; otherwise documents are looked at.
    pub columns: bool,
    /// The documents, beside columns. Access lists ask for them.
    pub documents: bool,
    /// What access lists come to, where the policy says.
    pub applied: bool,
}

/// What must be looked up before a list can be asked for.
#[derive(Debug, Default)]
pub struct Unsettled {
    /// Facts by name.
    pub missing: Vec<Key>,
}

impl Unsettled {
    pub(super) fn note(&mut self, key: Key) {
        if !self.missing.contains(&key) {
            self.missing.push(key);
        }
    }
}

impl Places<'_> {
    /// The condition. What is not settled is noted, and the condition means nothing then.
    pub fn test(&self, condition: &Where, open: &mut Unsettled) -> Test {
        match condition {
            Where::Always => Test::ALWAYS,
            Where::Never => Test::NEVER,
            Where::Open => Test::Open(Why::Engine),
            Where::Lists { operations, denies } if self.kept.applied => self.applied(operations, *denies, open),
            Where::Lists { operations, denies } => self.lists(operations, *denies, open),
            Where::Unknown { missing } => {
                missing.iter().for_each(|key| open.note(key.clone()));
                Test::NEVER
            }
            Where::Any { of } => Test::Any(of.iter().map(|part| self.test(part, open)).collect()),
            Where::All { of } => Test::All(of.iter().map(|part| self.test(part, open)).collect()),
            Where::Not { of } => self.test(of, open).turned(),
            Where::State { r#in } => self.state(r#in),
            Where::Owner { user } => self.owners(Some(user)),
            Where::HasOwner => self.owners(None),
            Where::HasCommunity if self.kept.columns => Test::Filled(Column::Primary),
            Where::HasCommunity => there(&self.kind.fields.primary),
            Where::Term { r#in, over } => {
                let terms = if self.kept.columns {
                    Test::Column(Column::Terms, r#in.clone())
                } else {
                    Test::Any(r#in.iter().map(|term| self.term(term)).collect())
                };
                if *over { Test::Among(Box::new(terms), Why::Links) } else { terms }
            }
            Where::Community { of, r#in, unknown, rest } => {
                unknown.iter().for_each(|id| open.note(Key::Community { id: id.clone(), field: None }));
                match rest {
                    // Nobody is refused in a community by name where the rest is let in.
                    Answer::Allow => Test::ALWAYS,
                    Answer::Deny => self.communities(*of == "any", r#in),
                    Answer::Unknown => {
                        open.note(Key::Communities);
                        Test::NEVER
                    }
                }
            }
        }
    }

    pub(super) fn state(&self, names: &[String]) -> Test {
        if self.kept.columns {
            return Test::Column(Column::State, names.to_vec());
        }
        let states = &self.policy.states;
        let meant = |state| names.iter().any(|name| name == states.name(state));
        let spellings = states.spellings.iter().filter(|(_, state)| meant(**state)).map(|(word, _)| word);
        let at = &self.kind.fields.state;
        let written = Test::texts(place(at), spellings);
        if states.absent.is_some_and(meant) { Test::Any(vec![written, there(at).turned()]) } else { written }
    }

    fn owners(&self, user: Option<&str>) -> Test {
        let fields = &self.kind.fields;
        let found = match user {
            Some(user) if self.kept.columns => return Test::Column(Column::Owners, vec![user.to_string()]),
            None if self.kept.columns => return Test::Filled(Column::Owners),
            Some(user) => Test::Any(vec![
                Test::texts(place(&fields.owners), [user]),
                Test::texts(below(&fields.owners, "user"), [user]),
            ]),
            None => there(&fields.owners),
        };
        match fields.owner_form {
            OwnerForm::Any | OwnerForm::One => found,
            OwnerForm::Integer => Test::Among(Box::new(found), Why::Owners),
        }
    }

    fn communities(&self, any: bool, ids: &[String]) -> Test {
        let fields = &self.kind.fields;
        let one = |column, at| {
            if self.kept.columns {
                Test::Column(column, ids.to_vec())
            } else {
                Test::texts(place(at), ids.iter().map(String::as_str))
            }
        };
        let primary = one(Column::Primary, &fields.primary);
        if any { Test::Any(vec![primary, one(Column::Secondary, &fields.secondary)]) } else { primary }
    }

    /// What has this term. Where two fields could have given it, either did.
    fn term(&self, term: &str) -> Test {
        let named = self.kind.fields.placed().filter_map(|(_, field, at)| {
            let value = term.strip_prefix(field.name.as_str())?.strip_prefix('=')?;
            Some(holds(&field.kind, at, value, &self.kind.fields.primary))
        });
        Test::Any(named.collect())
    }
}

/// The field there has this value, out of the ordinary.
fn holds(kind: &FieldKind, at: &Address, value: &str, primary: &Address) -> Test {
    match kind {
        FieldKind::Word { default, .. } if default.as_deref() == Some(value) => Test::NEVER,
        FieldKind::Word { said: Said::Size, .. } => match SIZES.iter().position(|size| *size == value) {
            Some(size) => Test::Value(place(at), Ask::Size(size)),
            None => Test::NEVER,
        },
        FieldKind::Word { said: Said::Count, values, .. } => {
            let places = (0..).zip(values).filter(|(_, word)| *word == value);
            Test::Any(places.map(|(number, _)| counted(at, number, values.len())).collect())
        }
        FieldKind::Word { said: Said::Word, .. } => Test::texts(place(at), [value]),
        // The record's own community there is none; whether it is, only two values side by side tell.
        FieldKind::Community { other: true } => {
            let own = Test::texts(place(primary), [value]);
            Test::All(vec![Test::texts(place(at), [value]), own.turned()])
        }
        FieldKind::Community { other: false } => Test::texts(place(at), [value]),
        FieldKind::Users if value == "*" => there(at),
        FieldKind::Users => Test::Any(vec![Test::texts(place(at), [value]), Test::texts(below(at, "user"), [value])]),
        FieldKind::Roles | FieldKind::SystemRoles if value == "*" => there(at),
        FieldKind::Roles | FieldKind::SystemRoles => Test::texts(place(at), [value]),
        FieldKind::Moment if value == "*" => there(at),
        FieldKind::Kept | FieldKind::Moment => Test::NEVER,
        // An object there may be read as the list of its keys, which no index has as values.
        FieldKind::Holders { keys: true } => Test::Open(Why::Engine),
        FieldKind::Holders { keys: false } if value == "*" => there(at),
        FieldKind::Holders { keys: false } => named(at, value),
        FieldKind::Grants(_) => given(at, value, &["user", "role", "system_role"], |kind, id| {
            vec![Test::texts(inside(&["subject", "type"]), [kind]), Test::texts(inside(&["subject", "id"]), [id])]
        }),
        FieldKind::Links(_) => given(at, value, &["link"], |_, id| vec![Test::texts(inside(&["id"]), [id])]),
    }
}

/// A whole number stands there; the last word stands for all from there on.
fn counted(at: &Address, number: i64, of: usize) -> Test {
    let last = usize::try_from(number).is_ok_and(|number| number + 1 == of);
    let low = Some((Scalar::Integer(number), true));
    let high = if last { None } else { low.clone() };
    Test::Value(place(at), Ask::Range(Kind::Integer, Ends { low, high }))
}

/// Somebody is named: under the key of their sort, or in one list of all sorts, where digits are a user.
fn named(at: &Address, value: &str) -> Test {
    let Some((kind, id)) = value.strip_prefix(NAMED).and_then(|rest| rest.strip_prefix(':')?.split_once(':')) else {
        return Test::NEVER;
    };
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "user" => {
            let own = Test::texts(under(at, "users"), [id]);
            if digits { Test::Any(vec![own, Test::texts(place(at), [id])]) } else { own }
        }
        "role" => {
            // As `folded` has it: a community's role is named by an id.
            let any_case = |path| match id.contains(':') {
                true => Test::texts(path, [id]),
                false => Test::Value(path, Ask::AnyCase(id.to_string())),
            };
            let own = any_case(under(at, "roles"));
            if digits { own } else { Test::Any(vec![own, any_case(place(at))]) }
        }
        "system_role" => Test::texts(under(at, "systemroles"), [id]),
        _ => Test::NEVER,
    }
}

/// One entry of a list gives a level to somebody: `level:kind:id`, wherever it is cut.
fn given(at: &Address, value: &str, kinds: &[&str], to: impl Fn(&str, &str) -> Vec<Test>) -> Test {
    let mut found = Vec::new();
    for kind in kinds {
        let mark = [":", *kind, ":"].concat();
        for (start, _) in value.match_indices(mark.as_str()) {
            let Some((level, id)) = value.get(..start).zip(value.get(start + mark.len()..)) else { continue };
            let mut all = to(kind, id);
            all.push(Test::texts(inside(&["permission"]), [level]));
            found.push(Test::Each(place(at), Box::new(Test::All(all))));
        }
    }
    Test::Any(found)
}

pub(super) fn place(at: &Address) -> Path {
    Path { keys: at.keys().to_vec(), direct: true }
}

fn there(at: &Address) -> Test {
    Test::Value(place(at), Ask::There(Kind::Keyword))
}

pub(super) fn inside(keys: &[&str]) -> Path {
    Path { keys: keys.iter().map(|key| (*key).to_string()).collect(), direct: true }
}

/// A key of an object.
fn under(at: &Address, key: &str) -> Path {
    Path { direct: true, ..below(at, key) }
}

/// A key of the entries of a list.
fn below(at: &Address, key: &str) -> Path {
    let mut keys = at.keys().to_vec();
    keys.push(key.to_string());
    Path { keys, direct: false }
}
