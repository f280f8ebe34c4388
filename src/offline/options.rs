//! What an interface shows of every action, from a view: the answer, and what is in the way though permission is there.

use serde::Serialize;

use super::predict::{Clock, Prediction};
use super::replica::Replica;
use crate::facts::EntityKey;
use crate::model::{Attributes, Error, Table, Value, object};
use crate::terms::Answer;
use crate::workflow::Possible;

/// An answer from a view with what comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foreseen {
    /// The answer.
    #[serde(flatten)]
    pub prediction: Prediction,
    /// The rest.
    #[serde(flatten)]
    pub possible: Possible,
}

impl Replica {
    /// Every action on a resource, with what is in the way of those that are allowed.
    pub fn options(&self, resource: &Value, clock: Clock) -> Result<Table<Foreseen>, Error> {
        let asked = object(vec![("subject", self.subject.value()), ("resource", resource.clone())]);
        let mut found = Table::default();
        let Some(membership) = self.engine.membership(&asked)? else {
            self.of_resource(resource, clock, None, &mut found)?;
            return Ok(found);
        };
        let about = Attributes::target(&membership.community, &self.engine.policy().states);
        // Whether somebody is the last one with a role rests on every membership.
        let speculative = self.touched.values().any(|key| match key {
            EntityKey::Membership { community: id, .. } | EntityKey::Community { id } => *id == membership.community,
            _ => false,
        });
        let stale = self.lease_over(clock);
        let request = self.engine.try_members(&membership, &self.facts, &mut |name, decision, possible| {
            let foreseen = match &stale {
                None => Foreseen { prediction: self.predicted(decision, speculative, &about), possible },
                Some(stale) => Foreseen {
                    prediction: Prediction { speculative, ..stale.clone() },
                    possible: Possible::new(Answer::Unknown),
                },
            };
            found.insert(name.to_string(), foreseen);
        });
        if let Some(request) = request {
            self.of_resource(&request, clock, Some(&request), &mut found)?;
        }
        Ok(found)
    }

    /// Every action on a resource; of a request that a membership waits for, those that move it on.
    fn of_resource(
        &self,
        resource: &Value,
        clock: Clock,
        moving: Option<&Value>,
        found: &mut Table<Foreseen>,
    ) -> Result<(), Error> {
        let asked = object(vec![("subject", self.subject.value()), ("resource", resource.clone())]);
        for (name, prediction) in self.actions(resource, clock)?.iter() {
            if moving.is_none_or(|request| self.engine.moves(request, name)) {
                let (decision, conceal) = (prediction.decision, prediction.conceal);
                let possible = self.engine.possible(&asked, name, decision, conceal, &self.facts)?;
                found.insert(name.to_string(), Foreseen { prediction: prediction.clone(), possible });
            }
        }
        Ok(())
    }
}
