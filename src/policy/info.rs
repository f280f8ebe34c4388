//! The words of a policy, for whoever shows them: in JSON, as scripts get it.

use serde::Serialize;

use super::{Policy, RecordType};

/// The words of a policy; of a machine in it, those that are its own.
#[derive(Debug, Serialize)]
pub struct Info<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<&'a [String]>,
    actions: &'a [String],
    transitions: Vec<&'a str>,
    states: &'a [String],
    ask: Vec<&'a str>,
    types: Vec<TypeInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machines: Option<Vec<Info<'a>>>,
}

#[derive(Debug, Serialize)]
struct TypeInfo<'a> {
    key: &'a str,
    primary: &'a [String],
    secondary: &'a [String],
    state: &'a [String],
    owners: &'a [String],
    named: Vec<NamedInfo<'a>>,
    transitions: bool,
    list_path: &'a str,
    item_path: &'a str,
}

#[derive(Debug, Serialize)]
struct NamedInfo<'a> {
    name: &'a str,
    path: &'a [String],
}

impl Policy {
    /// What the policy calls things.
    pub fn info(&self) -> Info<'_> {
        let whole = !self.is_machine;
        Info {
            name: whole.then_some(self.name.as_str()),
            hash: whole.then_some(self.hash.as_str()),
            roles: whole.then_some(self.roles.as_slice()),
            actions: &self.actions,
            transitions: self.transitions.iter().map(|transition| transition.name.as_str()).collect(),
            states: &self.states.names,
            ask: self.ask.iter().map(|action| self.action_name(*action)).collect(),
            types: self.types.iter().map(type_info).collect(),
            machines: whole.then(|| self.machines().iter().map(|machine| machine.info()).collect()),
        }
    }
}

fn type_info(kind: &RecordType) -> TypeInfo<'_> {
    let fields = &kind.fields;
    TypeInfo {
        key: &kind.key,
        primary: fields.primary.keys(),
        secondary: fields.secondary.keys(),
        state: fields.state.keys(),
        owners: fields.owners.keys(),
        named: fields.placed().map(|(_, field, at)| NamedInfo { name: &field.name, path: at.keys() }).collect(),
        transitions: kind.transitions,
        list_path: &kind.list_path,
        item_path: &kind.item_path,
    }
}
