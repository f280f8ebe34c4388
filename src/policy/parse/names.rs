//! The names rules speak of: communities, states, roles, actions, and parameters in their place.

use super::{Place, RuleReader};
use crate::model::{Address, At, FieldId, FieldKind, Map, NAMED, Reader, StateId, Value, listed, ordered};
use crate::policy::{Atom, CommunityAtom, Of, Rule, SubjectAtom};
use crate::terms::ErrorCode;

impl<'d> RuleReader<'d> {
    pub(super) fn community(
        &mut self,
        head: &str,
        map: &'d Map<String, Value>,
        value: &'d Value,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Rule> {
        let here = at.key(head);
        let of = match map.get("of").map(|of| (of, of.as_str())) {
            None | Some((_, Some("primary"))) => Of::Primary,
            Some((_, Some("any"))) => Of::Any,
            Some((_, Some("scope"))) => Of::Scope,
            Some((of, _)) => {
                let name = reader.name(of, &at.key("of"))?;
                match self.fields.iter().find(|field| field.name == name).map(|field| &field.kind) {
                    Some(FieldKind::Community { .. }) => Of::Field(self.field_id(&name)?),
                    _ => {
                        let message = "one of: primary, any, scope, or a field of kind `community`";
                        reader.faults.add(ErrorCode::Malformed, &at.key("of"), message);
                        return None;
                    }
                }
            }
        };
        if head == "community_role" {
            let every = value.as_str() == Some("*");
            let roles = if every { ordered(self.roles.clone()) } else { self.roles(value, place, &here, reader)? };
            let atom = match map.get("where") {
                None => CommunityAtom::Holds(roles),
                Some(value) => {
                    let at = at.key("where");
                    let map = reader.object_of(value, &at, &["setting", "in", "default"])?;
                    CommunityAtom::HoldsWhere(roles, Box::new(setting(map, &at, reader)?))
                }
            };
            return Some(self.atom(Atom::Community(atom, of)));
        }
        if head == "setting" {
            let setting = setting(map, at, reader)?;
            return Some(self.atom(Atom::Community(setting, of)));
        }
        let action = self.action(value, place, &here, reader)?;
        let to = match map.get("to") {
            Some(list) => Some(self.roles(list, place, &at.key("to"), reader)?),
            None => None,
        };
        let [anyone, author] = self.pseudo_roles.clone();
        let mut is = |atom| self.atom(Atom::Community(atom, of));
        match head {
            "granted_to_role" => Some(is(CommunityAtom::GrantedToRole(action, to))),
            "granted_to_anyone" => Some(Rule::all(vec![anyone, is(CommunityAtom::GrantedToAnyone(action))])),
            "granted_by_row" => Some(is(CommunityAtom::GrantedByRow(action))),
            "granted" if to.is_some() => Some(is(CommunityAtom::GrantedToRole(action, to))),
            "granted" => Some(Rule::Any(vec![
                is(CommunityAtom::GrantedToRole(action.clone(), None)),
                Rule::all(vec![anyone, is(CommunityAtom::GrantedToAnyone(action.clone()))]),
                is(CommunityAtom::GrantedByRow(action.clone())),
                Rule::all(vec![author, is(CommunityAtom::GrantedToAuthor(action))]),
            ])),
            _ => {
                let excluded = is(CommunityAtom::Excluded(action.clone()));
                let author = is(CommunityAtom::AuthorExcluded(action));
                let author = Rule::All(vec![self.atom(Atom::Owner), author]);
                let banned = self.atom(Atom::Subject(SubjectAtom::Banned("superuser-access".to_string())));
                Some(Rule::Any(vec![banned, excluded, author]))
            }
        }
    }

    /// The number of a named field.
    pub fn field_id(&self, name: &str) -> Option<FieldId> {
        let place = self.fields.iter().position(|field| field.name == name)?;
        u16::try_from(place).ok().map(FieldId)
    }

    /// A condition on a named field.
    pub(super) fn on_field(
        &mut self,
        head: &str,
        map: &'d Map<String, Value>,
        value: &'d Value,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Rule> {
        let levels = matches!(head, "record_grant" | "link");
        let default = if head == "link" { "links" } else { "grants" };
        let here = at.key(if levels { "at" } else { head });
        let name = match (levels, map.get("at")) {
            (false, _) => self.filled(value, place, &here, reader)?,
            (true, Some(value)) => self.filled(value, place, &here, reader)?,
            (true, None) => default.to_string(),
        };
        let kind = self.fields.iter().find(|field| field.name == name).map(|field| field.kind.clone());
        let (Some(id), Some(kind)) = (self.field_id(&name), kind) else {
            let known = listed(self.fields.iter().map(|field| field.name.as_str()));
            reader.faults.add(ErrorCode::UnknownField, &here, format!("no such field in `fields`; known: {known}"));
            return None;
        };
        let (atom, wanted) = match (head, &kind) {
            ("field", FieldKind::Word { values, .. }) => {
                let given = reader.required(map, "in", at)?;
                let at = at.key("in");
                let list = reader.list(given, &at)?;
                let mut words = Vec::new();
                for (index, entry) in list.iter().enumerate() {
                    let word = self.filled(entry, place, &at.index(index), reader)?;
                    if !values.contains(&word) {
                        let message = format!("unknown value `{word}`; known: {}", listed(values));
                        reader.faults.add(ErrorCode::UnknownValue, &at.index(index), message);
                    }
                    words.push(word);
                }
                (Some(Atom::Word(id, ordered(words))), "")
            }
            ("field", _) => (None, "word"),
            ("user_in", FieldKind::Users) => (Some(Atom::UserIn(id)), ""),
            ("user_in", FieldKind::Holders { .. }) => (Some(Atom::Given(id, vec![NAMED.to_string()])), ""),
            ("user_in", _) => (None, "users"),
            ("role_in", FieldKind::Roles | FieldKind::SystemRoles) => (Some(Atom::RoleIn(id)), ""),
            ("role_in", _) => (None, "roles"),
            (
                "filled",
                FieldKind::Users
                | FieldKind::Roles
                | FieldKind::SystemRoles
                | FieldKind::Holders { .. }
                | FieldKind::Moment,
            ) => (Some(Atom::Filled(id)), ""),
            ("filled", _) => (None, "users` or `moment"),
            ("past", FieldKind::Moment) => (Some(Atom::Past(id)), ""),
            ("past", _) => (None, "moment"),
            ("record_grant", FieldKind::Grants(known)) | ("link", FieldKind::Links(known)) => {
                let at = at.key(head);
                let levels = reader.names(value, &at)?;
                for (index, level) in
                    levels.iter().enumerate().filter(|(_, level)| !known.is_empty() && !known.contains(level))
                {
                    let message = format!("unknown level `{level}`; known: {}", listed(known));
                    reader.faults.add(ErrorCode::UnknownValue, &at.index(index), message);
                }
                (Some(Atom::Given(id, ordered(levels))), "")
            }
            ("record_grant", _) => (None, "grants"),
            _ => (None, "links"),
        };
        if atom.is_none() {
            reader.faults.add(ErrorCode::Malformed, &here, format!("`{head}` speaks of a field of kind `{wanted}`"));
        }
        atom.map(|atom| self.atom(atom))
    }

    pub(super) fn states(&mut self, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        let names = reader.names(value, at)?;
        let mut states: Vec<StateId> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            states.push(self.state(name, &at.index(index), reader)?);
        }
        Some(self.atom(Atom::State(ordered(states))))
    }

    pub(super) fn state(&self, name: &str, at: &At<'_>, reader: &mut Reader) -> Option<StateId> {
        let state = self.states.find(name);
        if state.is_none() {
            reader.faults.add(ErrorCode::UnknownState, at, format!("unknown state `{name}`"));
        }
        state
    }

    pub(super) fn roles(
        &mut self,
        value: &Value,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Vec<String>> {
        let list = reader.list(value, at)?;
        let mut roles = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            let at = at.index(index);
            let role = self.filled(entry, place, &at, reader)?;
            if !self.roles.contains(&role) && !self.reserved_roles.contains(&role) {
                let message = format!("unknown role `{role}`; known: {}", listed(&self.roles));
                reader.faults.add(ErrorCode::UnknownRole, &at, message);
            }
            roles.push(role);
        }
        Some(ordered(roles))
    }

    pub(super) fn action(&self, value: &Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<String> {
        let name = self.filled(value, place, at, reader)?;
        if !self.actions.contains(&name) {
            let message = format!("unknown action `{name}`; known: {}", listed(&self.actions));
            reader.faults.add(ErrorCode::UnknownAction, at, message);
            return None;
        }
        Some(name)
    }

    /// Text, with a parameter in its place if it is one.
    pub(super) fn filled(&self, value: &Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<String> {
        let text = reader.name(value, at)?;
        let Some(name) = text.strip_prefix('$') else { return Some(text) };
        let found = place.parameters.iter().rev().find(|(own, _)| *own == name).map(|(_, value)| value.clone());
        if found.is_none() && !self.alone {
            let message = format!("parameter `${name}` is not given where the definition is used");
            reader.faults.add(ErrorCode::MissingField, at, message);
        }
        found
    }
}

/// `{setting, in, default?}`.
fn setting(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<CommunityAtom> {
    let address = reader.required(map, "setting", at)?;
    let address = Address::read(address, &at.key("setting"), reader)?;
    let values = reader.required(map, "in", at)?;
    let values = reader.names(values, &at.key("in"))?;
    let default = match map.get("default") {
        Some(value) => Some(reader.name(value, &at.key("default"))?),
        None => None,
    };
    Some(CommunityAtom::Setting(address, values, default))
}
