//! Situations in people's words.

use super::axis::{Axis, Choice, Slot, What};
use crate::model::joined;

/// What is out of the ordinary in a situation: who, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// What is said of the subject, such as `members`.
    pub who: Vec<String>,
    /// What is said of the record and its communities, such as `restricted is true`.
    pub circumstances: Vec<String>,
}

impl Told {
    /// The words for some axes with their values.
    pub fn of<'a>(literals: impl Iterator<Item = (&'a Axis, &'a Choice)>) -> Self {
        let mut told = Self::default();
        for (axis, choice) in literals {
            told.add(&axis.what, choice);
        }
        told.needless();
        told
    }

    fn add(&mut self, what: &What, choice: &Choice) {
        let mut who = |text: String| self.who.push(text);
        match (what, choice) {
            (What::Who, Choice::System) => who("the system".to_string()),
            (What::Who, Choice::Named(id)) => who(format!("user {id}")),
            (What::Owner, Choice::Subject) => who("the record's owner".to_string()),
            (What::Holds(slot), Choice::Roles(roles)) => {
                let of = match slot {
                    Slot::Primary => String::new(),
                    Slot::Secondary => " of a secondary community".to_string(),
                    Slot::Field(name) => format!(" of the community in `{name}`"),
                };
                let roles: Vec<String> = roles.iter().map(|role| several(role)).collect();
                who(format!("{}{of}", joined(&roles, " who are also ")));
            }
            (What::Rows(need), Choice::Allow) => who(format!("those allowed `{need}`")),
            (What::Rows(need), _) => who(format!("those denied `{need}`")),
            (What::Role(name), _) => who(format!("those with the role `{name}`")),
            (What::SystemRole(name), _) => who(format!("those with the system role `{name}`")),
            (What::Field(name), Choice::Subject) => who(format!("those named in `{name}`")),
            (What::Field(name), Choice::Level(level, to)) if **to == Choice::There => {
                who(format!("holders of a link to {level} in `{name}`"));
            }
            (What::Field(name), Choice::Level(level, to)) if **to == Choice::Subject => {
                who(format!("those given {level} in `{name}`"));
            }
            _ => self.circumstances.extend(circumstance(what, choice)),
        }
    }

    /// That a community is there goes without saying where something else is said of it.
    fn needless(&mut self) {
        let all: Vec<String> = self.who.iter().chain(&self.circumstances).cloned().collect();
        self.circumstances.retain(|own| {
            let community = own.strip_prefix("there is ").or(own.strip_prefix("the record is in "));
            let community = community.map(|rest| rest.trim_end_matches(" too"));
            !community.is_some_and(|name| all.iter().any(|other| other != own && other.contains(name)))
        });
    }

    /// Who: with nothing said of the subject, whoever is meant by `otherwise`.
    pub fn people(&self, otherwise: &str) -> String {
        if self.who.is_empty() { otherwise.to_string() } else { joined(&self.who, " who are also ") }
    }

    /// Where: empty if nothing is out of the ordinary.
    pub fn place(&self) -> String {
        match self.circumstances.as_slice() {
            [] => String::new(),
            all => format!(" where {}", joined(all, " and ")),
        }
    }
}

fn circumstance(what: &What, choice: &Choice) -> Option<String> {
    let community = |slot: &Slot| match slot {
        Slot::Primary => "the community".to_string(),
        Slot::Secondary => "a secondary community".to_string(),
        Slot::Field(name) => format!("the community in `{name}`"),
    };
    Some(match (what, choice) {
        (What::Owner, Choice::None) => "the record has no owner".to_string(),
        (What::AuthorRows(need), Choice::Allow) => format!("owners of records are allowed `{need}`"),
        (What::AuthorRows(need), _) => format!("owners of records are denied `{need}`"),
        (What::There(slot), Choice::Deleted) => format!("{} is deleted", community(slot)),
        (What::There(Slot::Primary), Choice::None) => "the record is in no community".to_string(),
        (What::There(Slot::Secondary), _) => "the record is in a secondary community too".to_string(),
        (What::There(slot), _) => format!("there is {}", community(slot)),
        (What::Setting(slot, at), Choice::Word(word)) => format!("`{at}` of {} is {word}", community(slot)),
        (What::Setting(slot, at), _) => format!("`{at}` of {} is not set", community(slot)),
        (What::Field(name), Choice::Word(word)) => format!("`{name}` is {word}"),
        (What::Field(name), Choice::None) => format!("`{name}` is empty"),
        (What::Field(name), Choice::Other) => format!("`{name}` names somebody else"),
        (What::Field(name), Choice::Everybody) => format!("`{name}` names everybody"),
        (What::Field(name), Choice::Past) => format!("the moment in `{name}` has come"),
        (What::Field(name), Choice::Future) => format!("the moment in `{name}` is still to come"),
        (What::Field(name), Choice::Level(level, _)) => format!("{level} is given to everybody in `{name}`"),
        (What::List { operation, as_in, .. }, choice) => {
            let verb = if *choice == Choice::Deny { "denies" } else { "allows" };
            let state = as_in.as_ref().map_or(String::new(), |state| format!(" in {state}"));
            format!("a list {verb} `{operation}` to them{state}")
        }
        _ => return None,
    })
}

/// Holders of a role: `member` makes `members`.
pub fn several(role: &str) -> String {
    if role.ends_with('s') { format!("holders of {role}") } else { format!("{role}s") }
}
