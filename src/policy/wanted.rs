//! Which facts a rule looks at that are not at hand: what a host should look up before it asks again.

use super::{Ask, Rule};
use crate::facts::Key;
use crate::identity::Missing;
use crate::model::{Attributes, Set};

impl Ask<'_> {
    /// Every missing fact the rule mentions, whether or not it would change this answer. Asking for all of them at once
    /// saves a host the rounds in which one answer only shows what the next question is.
    pub fn wanted(&self, rule: &Rule, record: &Attributes) -> Set<Key> {
        let mut atoms = Vec::new();
        rule.atoms(&mut atoms);
        let missing = Missing::default();
        for id in atoms {
            self.atom(id, record, Some(&missing));
        }
        missing.into_inner()
    }
}
