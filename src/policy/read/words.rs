//! The words of a document: what is granted at first, states, names.

use super::Draft;
use crate::facts::{Grants, Words};
use crate::identity::Naming;
use crate::model::{Limits, StateId, StateWords, around};
use crate::terms::ErrorCode;

impl Draft<'_, '_> {
    pub(super) fn grants(&mut self, words: &Words) -> Grants {
        let at = self.at.key("grants");
        let mut grants = Grants::default();
        for (role, actions) in self.entries("grants") {
            let at = at.key(role);
            if !words.roles.contains(role) && role != "any" && role != "author" {
                let message = format!("unknown role `{role}`; add it to `roles`, or use `any` or `author`");
                self.reader.faults.add(ErrorCode::UnknownRole, &at, message);
            }
            let names = self.reader.names(actions, &at).unwrap_or_default();
            for (index, name) in names.iter().enumerate().filter(|(_, name)| !words.actions.contains(*name)) {
                let message = format!("unknown action `{name}`");
                self.reader.faults.add(ErrorCode::UnknownAction, &at.index(index), message);
            }
            grants.insert(role.to_string(), names.into_iter().collect());
        }
        grants
    }

    pub(super) fn states(&mut self) -> Option<StateWords> {
        let names = self.names("states", true);
        if names.len() > Limits::STATES {
            let message = format!("{} states; the limit is {}", names.len(), Limits::STATES);
            self.reader.faults.add(ErrorCode::TooLarge, &self.at.key("states"), message);
            return None;
        }
        let mut words = StateWords { open: self.flag("open_states", false), ..StateWords::default() };
        for (index, name) in names.iter().enumerate() {
            words.spellings.insert(name.clone(), StateId(u16::try_from(index).ok()?));
        }
        words.names = names;
        let at = self.at.key("state_aliases");
        for (alias, name) in self.entries("state_aliases") {
            let at = at.key(alias);
            let state = self.reader.text(name, &at).and_then(|name| words.find(name));
            match state {
                Some(state) if !words.spellings.contains_key(alias) => {
                    words.spellings.insert(alias.to_string(), state);
                }
                Some(_) => self.reader.faults.add(ErrorCode::Duplicate, &at, "an alias that is a state already"),
                None => self.reader.faults.add(ErrorCode::UnknownState, &at, "an alias of an unknown state"),
            }
        }
        if let Some(value) = self.map.get("absent_state") {
            let at = self.at.key("absent_state");
            words.absent = self.reader.text(value, &at).and_then(|name| words.find(name));
            if words.absent.is_none() {
                self.reader.faults.add(ErrorCode::UnknownState, &at, "must be one of `states`");
            }
        }
        Some(words)
    }

    pub(super) fn naming(&mut self) -> Option<Naming> {
        let role = self.text("role_name", "community:{community}:{role}");
        let need = self.text("action_need", "community-{action}");
        let Some(mut naming) = Naming::new(role, need) else {
            let (key, message) = match around(need, "{action}").is_some() {
                true => ("role_name", "needs {community}, something, then {role}"),
                false => ("action_need", "needs {action}"),
            };
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key(key), message);
            return None;
        };
        let at = self.at.key("identity");
        for (key, value) in self.entries("identity") {
            let at = at.key(key);
            match key {
                "anonymous" => naming.anonymous = self.reader.names(value, &at).unwrap_or_default(),
                "authenticated" => naming.authenticated = self.reader.names(value, &at).unwrap_or_default(),
                "system" => naming.system = self.reader.names(value, &at).unwrap_or_default(),
                "author" => naming.author = self.reader.name(value, &at),
                _ => {
                    let message = "unknown field; known here: anonymous, authenticated, system, author";
                    self.reader.faults.add(ErrorCode::UnknownField, &at, message);
                }
            }
        }
        Some(naming)
    }
}
