//! The values of a rule's conditions on one record, each looked at once.

use super::{Ask, AtomId, Rule};
use crate::model::Attributes;
use crate::terms::Answer;

/// Those that are known so far, by the number of the condition.
#[derive(Clone, Default)]
pub(super) struct Values(Vec<Option<Answer>>);

impl Values {
    /// The value of a rule. The values are those of one subject and one record.
    pub fn value(&mut self, ask: &Ask<'_>, rule: &Rule, record: &Attributes) -> Answer {
        rule.value(&mut |id| self.of(ask, id, record))
    }

    /// The value of a condition.
    pub fn of(&mut self, ask: &Ask<'_>, id: AtomId, record: &Attributes) -> Answer {
        self.get(id).unwrap_or_else(|| {
            let value = ask.atom(id, record, None);
            self.set(&[id], Some(value));
            value
        })
    }

    /// The value of a condition, if it is known.
    pub fn get(&self, id: AtomId) -> Option<Answer> {
        self.0.get(id.0 as usize).copied().flatten()
    }

    /// Takes conditions to have a value, or looks at them again.
    pub fn set(&mut self, ids: &[AtomId], value: Option<Answer>) {
        for id in ids {
            let place = id.0 as usize;
            if place >= self.0.len() {
                self.0.resize(place + 1, None);
            }
            if let Some(own) = self.0.get_mut(place) {
                *own = value;
            }
        }
    }
}
