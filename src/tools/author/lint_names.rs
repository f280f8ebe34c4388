//! System roles that records name and nobody has by this policy.

use super::finding::{Finding, LintCode};
use crate::engine::Engine;
use crate::facts::Facts;
use crate::model::{At, Attributes, Faults, FieldValue, Holder, Seen};

/// Tells of them. What cannot be read is not this search's to tell.
pub fn strangers(engine: &Engine, facts: &Facts, found: &mut Vec<Finding>) {
    for (id, document) in facts.records.iter() {
        let document = document.read();
        let policy = engine.policy().of_document(&document);
        let Some(kind) = policy.type_of(&document) else { continue };
        let (facts, mut faults) = (At::Root("facts"), Faults::new());
        let records = facts.key("records");
        let at = records.key(id);
        let read = Attributes::read(&document, None, &[], &kind.fields, &policy.states, &at, &mut faults);
        let Some(read) = read else { continue };
        for (field, _, place) in kind.fields.placed() {
            let Some(Seen::Known(FieldValue::Given(list))) = read.named.get(field) else { continue };
            for given in list {
                let Holder::SystemRole(name) = &given.to else { continue };
                if !policy.naming.is_system_role(name) {
                    let path = at.key(&place.to_string()).to_string();
                    let message = format!("`{name}` is no system role of this policy");
                    found.push(Finding { path, code: LintCode::UnknownSystemRole, message });
                }
            }
        }
    }
}
