//! Who administers accounts, roles and access rows: whoever holds `administration-access`. Nobody gives or takes what they do not
//! hold themselves, or that right would be the right to everything. So with roles: what one gives, a policy, a group of a
//! community, a record or a list may say, and not rows alone.

use serde::Serialize;
use serde_json::Value;

use super::Tools;
use super::actions::{ADMINISTRATION, SUPERUSER};
use crate::facts::Key;
use crate::identity::Missing;
use crate::model::{At, Error, Reader, Subject};
use crate::policy::{Ask, SubjectAtom};
use crate::terms::Answer;

/// Whether a subject may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Administers {
    /// Unknown if the facts do not say.
    pub decision: Answer,
    /// The facts that would say more.
    pub missing: Vec<Key>,
}

impl Tools {
    /// `{subject, gives?, roles?, everybody?, facts}`: whether the subject administers, and holds all the actions, and has all the
    /// roles, that what it does would give or take. What is for all who have a system role, whoever they will be, superusers do.
    pub fn administers(&self, call: &Value) -> Result<Administers, Error> {
        let mut reader = Reader::new();
        let at = At::Root("call");
        let read = reader.object_of(call, &at, &["subject", "gives", "roles", "everybody", "facts"]).and_then(|map| {
            let subject = reader.required(map, "subject", &at)?;
            let subject = Subject::read(subject, &at.key("subject"), &mut reader)?;
            let mut names = |key: &str| {
                let names = map.get(key).and_then(|names| reader.names(names, &at.key(key)));
                names.unwrap_or_default()
            };
            let (gives, roles) = (names("gives"), names("roles"));
            let everybody =
                map.get("everybody").and_then(|flag| reader.boolean(flag, &at.key("everybody"))) == Some(true);
            let facts = reader.required(map, "facts", &at)?;
            Some((subject, (gives, roles, everybody), facts))
        });
        let (subject, (gives, roles, everybody), facts) = reader.faults.give(read)?;
        let facts = self.engine().facts(facts)?;
        let ask = Ask::new(&self.policy, &subject, &facts);
        let missing = Missing::default();
        if matches!(subject, Subject::System) {
            return Ok(Administers { decision: Answer::Allow, missing: Vec::new() });
        }
        let need = |name: &str| ask.subject_atom(&SubjectAtom::Need(name.to_string()), Some(&missing));
        let banned = ask.subject_atom(&SubjectAtom::Banned(SUPERUSER.to_string()), Some(&missing));
        let superuser = need(SUPERUSER);
        let held = std::iter::once(ADMINISTRATION).chain(gives.iter().map(String::as_str));
        let all = held.fold(Answer::Allow, |all, name| all.and(superuser.or(need(name))));
        let has = |name: String| ask.subject_atom(&SubjectAtom::Role(name), Some(&missing));
        let all = roles.into_iter().fold(all, |all, name| all.and(superuser.or(has(name))));
        let all = if everybody { all.and(superuser) } else { all };
        let decision = all.and(!banned);
        let missing = if decision == Answer::Unknown { missing.into_inner().into_iter().collect() } else { Vec::new() };
        Ok(Administers { decision, missing })
    }
}
