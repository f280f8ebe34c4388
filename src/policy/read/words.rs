//! The words of a document: what is granted at first, states, names.

use super::Draft;
use crate::facts::{Grants, Words};
use crate::identity::{Deleted, Includes, Naming};
use crate::model::{Address, Limits, StateId, StateWords, Table, around, listed};
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

    /// Other words for roles.
    pub(super) fn role_aliases(&mut self, roles: &[String], reserved: &[String]) -> Table<String> {
        let at = self.at.key("role_aliases");
        let mut aliases = Table::default();
        for (alias, value) in self.entries("role_aliases") {
            let at = at.key(alias);
            let Some(role) = self.reader.name(value, &at) else { continue };
            if !roles.contains(&role) {
                let message = format!("an alias of an unknown role; known: {}", listed(roles));
                self.reader.faults.add(ErrorCode::UnknownRole, &at, message);
            }
            if roles.iter().chain(reserved).any(|known| known == alias) || matches!(alias, "any" | "author") {
                self.reader.faults.add(ErrorCode::Duplicate, &at, "an alias that is a role already");
            }
            aliases.insert(alias.to_string(), role);
        }
        aliases
    }

    /// Which roles include which.
    pub(super) fn includes(&mut self, roles: &[String]) -> Includes {
        let at = self.at.key("role_includes");
        let mut direct = Vec::new();
        for (role, value) in self.entries("role_includes") {
            let at = at.key(role);
            let included = self.reader.names(value, &at).unwrap_or_default();
            for (index, name) in std::iter::once(role).chain(included.iter().map(String::as_str)).enumerate() {
                if !roles.iter().any(|known| known == name) {
                    let at = if index == 0 { at } else { at.index(index - 1) };
                    self.reader.faults.add(ErrorCode::UnknownRole, &at, format!("unknown role `{name}`"));
                }
            }
            direct.push((role.to_string(), included));
        }
        Includes::new(&direct)
    }

    /// `community.deleted`: `{setting, in, default?}`.
    pub(super) fn deleted(&mut self) -> Option<Deleted> {
        let value = self.map.get("community")?.get("deleted")?;
        let at = self.at.key("community");
        let at = at.key("deleted");
        let map = self.reader.object_of(value, &at, &["setting", "in", "default"])?;
        let address = self.reader.required(map, "setting", &at)?;
        let address = Address::read(address, &at.key("setting"), self.reader)?;
        let values = self.reader.required(map, "in", &at)?;
        let values = self.reader.names(values, &at.key("in"))?;
        let default = map.get("default").and_then(|value| self.reader.name(value, &at.key("default")));
        Some(Deleted { at: address, values, default })
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

    /// A role's internal name must lead back to it: read as another role of another community, it would give that one.
    pub(super) fn told_apart(&mut self, naming: &Naming, roles: &[String]) {
        let at = self.at.key("roles");
        for (index, role) in roles.iter().enumerate() {
            if naming.parse(&naming.role("c", role)).is_none_or(|(_, read)| read != role) {
                let message = "cannot be told from the community in `role_name`";
                self.reader.faults.add(ErrorCode::InvalidId, &at.index(index), message);
            }
        }
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
