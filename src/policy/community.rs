//! A community as something rules look at itself.

use super::{Ask, Policy, RecordType};
use crate::facts::Facts;
use crate::model::{At, Attributes, Faults, Listed, Seen, Value};
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
    let (mut found, whereabouts) = match facts.communities.get(id) {
        Some(community) => {
            let document = Value::Object(community.entity.clone());
            let (root, states) = (At::Root("facts.communities"), &policy.states);
            let read = Attributes::read(&document, None, &[], &kind.fields, states, &root.key(id), faults)?;
            (read, Whereabouts::There(document))
        }
        None if facts.absent(Relation::Community, id) => (Attributes::target(id, &policy.states), Whereabouts::Absent),
        None => (Attributes::missing(None), Whereabouts::Unknown),
    };
    found.id = Some(id.to_string());
    found.primary = Seen::Known(Some(id.to_string()));
    found.secondary = Seen::Known(Vec::new());
    // Access lists speak of records.
    found.listed = Listed::Nothing;
    Some((found, whereabouts))
}

impl<'a> Ask<'a> {
    /// The same subject, asking of the machine that says what can be done to communities; none if there is no such machine.
    pub fn of_communities(&self, main: &'a Policy) -> Option<Self> {
        let machine = main.machine("community")?;
        let kind = machine.record_type("community")?;
        Some(Self { policy: machine, ..self.clone() }.about(kind))
    }
}
