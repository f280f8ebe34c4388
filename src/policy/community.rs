//! A community as something rules look at itself.

use serde_json::Value;

use super::{Ask, Policy, RecordType};
use crate::facts::Facts;
use crate::model::{At, Attributes, Faults, Listed, Named};
use crate::terms::Relation;

/// A community, as far as facts know it.
#[derive(Debug, Clone)]
pub enum Whereabouts {
    /// What is known of it.
    There(Value),
    /// There is none.
    Absent,
    /// It was not given.
    Unknown,
}

/// What rules of a community's own machine look at in it.
pub fn community_attributes(
    kind: &RecordType,
    id: &str,
    policy: &Policy,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<(Attributes, Whereabouts)> {
    let Attributes { primary, secondary, state, owners, .. } = Attributes::target(id, &policy.states);
    // Access lists speak of records.
    let (own, listed) = (Some(id.to_string()), Listed::Nothing);
    Some(match facts.communities.get(id) {
        Some(community) => {
            let document = Value::Object(community.entity.clone());
            let root = At::Root("facts.communities");
            let read = Attributes::read(&document, own, &[], &kind.fields, &policy.states, &root.key(id), faults)?;
            (Attributes { primary, secondary, listed, ..read }, Whereabouts::There(document))
        }
        None if facts.absent(Relation::Community, id) => {
            let named = Named::default();
            (
                Attributes { id: own, primary, secondary, state, owners, named, partial: Vec::new(), listed },
                Whereabouts::Absent,
            )
        }
        None => (Attributes { primary, secondary, listed, ..Attributes::missing(own) }, Whereabouts::Unknown),
    })
}

impl<'a> Ask<'a> {
    /// The same subject, asking of the machine that says what can be done to communities; none if there is no such machine.
    pub fn of_communities(&self, main: &'a Policy) -> Option<Self> {
        let machine = main.machine("community")?;
        let kind = machine.record_type("community")?;
        Some(Self { policy: machine, ..self.clone() }.about(kind))
    }
}
