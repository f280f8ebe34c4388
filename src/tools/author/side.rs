//! A policy as one side of a comparison: its machine for one record type, and how the community at hand is set up.

use std::rc::Rc;

use crate::engine::Engine;
use crate::facts::Grants;
use crate::model::{Address, Field};
use crate::policy::{Policy, RecordType, Rule};

/// How the record's primary community is set up, where that is not left open.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    /// Settings with their words.
    pub settings: Vec<(Address, String)>,
    /// What its roles are granted; the policy's own grants if it is not said.
    pub grants: Option<Grants>,
}

/// One side.
#[derive(Debug, Clone)]
pub struct Side {
    /// The engine over the whole policy.
    pub engine: Engine,
    /// How the primary community is set up.
    pub fixed: Fixed,
    machine: Rc<Policy>,
    kind: RecordType,
}

impl Side {
    /// A policy for one record type; none if it has no such type.
    pub fn new(engine: &Engine, key: &str, fixed: &Fixed) -> Option<Self> {
        let machine = engine.of_type(key).shared_policy();
        let kind = machine.record_type(key)?.clone();
        Some(Self { engine: engine.clone(), fixed: fixed.clone(), machine, kind })
    }

    /// The machine of the type.
    pub fn policy(&self) -> &Policy {
        &self.machine
    }

    /// The type.
    pub fn kind(&self) -> &RecordType {
        &self.kind
    }

    /// Whether this is about communities themselves.
    pub fn of_communities(&self) -> bool {
        self.kind().key == "community"
    }

    /// Whether records of the type can be in secondary communities.
    pub fn has_secondary(&self) -> bool {
        kept(&self.kind().fields.secondary) && !self.of_communities()
    }

    /// Whether records of the type have owners.
    pub fn has_owners(&self) -> bool {
        kept(&self.kind().fields.owners)
    }

    /// A named field of the type.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.kind.fields.named.iter().find(|field| field.name == name)
    }

    /// What the roles of communities are granted.
    pub fn grants(&self) -> &Grants {
        self.fixed.grants.as_ref().unwrap_or(&self.engine.policy().default_grants)
    }

    /// The complete rule of an action; nobody may what there is not.
    pub fn rule(&self, action: &str) -> Rule {
        self.machine.action(action).map_or(Rule::Never, |id| self.machine.rule(id).clone())
    }
}

/// Whether a type keeps something at all: presets write `-` for a place it does not have.
pub fn kept(at: &Address) -> bool {
    at.to_string() != "-"
}
