//! Rules from their JSON form. Definitions are filled in where they are used; `$name` stands for a parameter.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Atom, AtomId, CommunityAtom, Of, Rule, SubjectAtom};
use crate::model::{At, Limits, Reader, StateId, StateWords};
use crate::terms::ErrorCode;

/// What rules may speak of, and the conditions met so far.
pub(super) struct RuleReader<'d> {
    pub define: BTreeMap<&'d str, &'d Value>,
    pub roles: Vec<String>,
    pub reserved_roles: Vec<String>,
    pub actions: Vec<String>,
    pub allowed: Vec<String>,
    pub states: StateWords,
    /// Rules of actions, for `{"action": "read"}`.
    pub action_rules: BTreeMap<&'d str, &'d Value>,
    pub empty_all_denies: bool,
    /// Who the pseudo-roles `any` and `author` are.
    pub pseudo_roles: [Rule; 2],
    pub atoms: Vec<Atom>,
    index: BTreeMap<Atom, AtomId>,
    nodes: usize,
}

type Parameters<'p> = BTreeMap<&'p str, String>;

struct Place<'p> {
    depth: usize,
    open: Vec<&'p str>,
    parameters: Parameters<'p>,
}

impl<'d> RuleReader<'d> {
    pub fn new(roles: &[String], actions: &[String], allowed: &[String], states: &StateWords) -> Self {
        Self {
            define: BTreeMap::new(),
            roles: roles.to_vec(),
            reserved_roles: Vec::new(),
            actions: actions.to_vec(),
            allowed: allowed.to_vec(),
            states: states.clone(),
            action_rules: BTreeMap::new(),
            empty_all_denies: false,
            pseudo_roles: [Rule::Always, Rule::Never],
            atoms: Vec::new(),
            index: BTreeMap::new(),
            nodes: 0,
        }
    }

    /// Reads a rule; `action` is what `$action` stands for.
    pub fn rule(&mut self, value: &'d Value, action: &str, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        let parameters = BTreeMap::from([("action", action.to_string())]);
        self.part(value, &Place { depth: 0, open: Vec::new(), parameters }, at, reader)
    }

    /// The number of a condition.
    pub fn atom(&mut self, atom: Atom) -> Rule {
        let next = AtomId(u32::try_from(self.atoms.len()).unwrap_or(u32::MAX));
        let id = *self.index.entry(atom.clone()).or_insert_with(|| {
            self.atoms.push(atom);
            next
        });
        Rule::Is(id)
    }

    fn part(&mut self, value: &'d Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        self.nodes += 1;
        if place.depth > Limits::RULE_DEPTH || self.nodes > Limits::RULE_NODES {
            reader.faults.add(
                ErrorCode::TooDeep,
                at,
                "the rule is too deep or too large once definitions are filled in",
            );
            return None;
        }
        match value {
            Value::String(word) => self.word(word, at, reader),
            Value::Object(map) => self.object(map, place, at, reader),
            _ => {
                reader.faults.add(ErrorCode::Malformed, at, "a rule is a word such as \"owner\" or an object");
                None
            }
        }
    }

    fn word(&mut self, word: &str, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        Some(match word {
            "always" => Rule::Always,
            "never" => Rule::Never,
            "authenticated" => self.atom(Atom::Subject(SubjectAtom::Authenticated)),
            "system" => self.atom(Atom::Subject(SubjectAtom::System)),
            "owner" => self.atom(Atom::Owner),
            "has_owner" => self.atom(Atom::HasOwner),
            "in_scope" => self.atom(Atom::InScope),
            _ => {
                let message = "unknown word; known: always, never, authenticated, system, owner, has_owner, in_scope";
                reader.faults.add(ErrorCode::UnknownField, at, message);
                return None;
            }
        })
    }

    fn object(
        &mut self,
        map: &'d Map<String, Value>,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Rule> {
        const HEADS: [&str; 19] = [
            "any",
            "all",
            "not",
            "if",
            "use",
            "action",
            "state",
            "user",
            "role",
            "system_role",
            "need",
            "banned",
            "enabled",
            "community_role",
            "granted",
            "excluded",
            "granted_to_role",
            "granted_to_anyone",
            "granted_by_row",
        ];
        let heads: Vec<&str> = HEADS.into_iter().filter(|head| map.contains_key(*head)).collect();
        let [head] = heads.as_slice() else {
            let message = format!("a rule has exactly one of: {}", HEADS.join(", "));
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        };
        let head = *head;
        let beside: &[&str] = match head {
            "if" => &["then", "else"],
            "use" => &["with"],
            "community_role" | "excluded" | "granted_to_anyone" | "granted_by_row" => &["of"],
            "granted" | "granted_to_role" => &["of", "to"],
            _ => &[],
        };
        for key in map.keys().filter(|key| key.as_str() != head && !beside.contains(&key.as_str())) {
            let message = format!("unknown field beside `{head}`");
            reader.faults.add(ErrorCode::UnknownField, &at.key(key), message);
        }
        let value = map.get(head)?;
        let here = at.key(head);
        match head {
            "any" | "all" => self.list(head, value, place, &here, reader),
            "not" => Some(Rule::Not(Box::new(self.part(value, &place.deeper(), &here, reader)?))),
            "if" => {
                let condition = self.part(value, &place.deeper(), &here, reader)?;
                let then = reader.required(map, "then", at)?;
                let then = self.part(then, &place.deeper(), &at.key("then"), reader)?;
                let otherwise = match map.get("else") {
                    Some(value) => self.part(value, &place.deeper(), &at.key("else"), reader)?,
                    None => Rule::Never,
                };
                Some(Rule::If(Box::new([condition, then, otherwise])))
            }
            "use" => self.definition(map, value, place, at, reader),
            "action" => {
                let name = self.action(value, place, &here, reader)?;
                let key = self.action_rules.keys().copied().find(|key| *key == name)?;
                let rule = *self.action_rules.get(key)?;
                let mut inner = place.enter(key, &here, reader)?;
                inner.parameters.insert("action", name.clone());
                Some(Rule::Named(name, Box::new(self.part(rule, &inner, &here, reader)?)))
            }
            "state" => self.states(value, &here, reader),
            "user" => reader.user_id(value, &here).map(|id| self.atom(Atom::Subject(SubjectAtom::User(id)))),
            "role" => {
                let name = self.filled(value, place, &here, reader)?;
                Some(self.atom(Atom::Subject(SubjectAtom::Role(name))))
            }
            "system_role" => {
                let name = self.filled(value, place, &here, reader)?;
                Some(self.atom(Atom::Subject(SubjectAtom::SystemRole(name))))
            }
            "need" | "banned" => {
                let name = self.filled(value, place, &here, reader)?;
                let atom = if head == "need" { SubjectAtom::Need(name) } else { SubjectAtom::Banned(name) };
                Some(self.atom(Atom::Subject(atom)))
            }
            "enabled" => {
                let action = self.action(value, place, &here, reader)?;
                let on = self.allowed.contains(&action);
                Some(self.atom(Atom::Subject(SubjectAtom::Enabled(action, on))))
            }
            _ => self.community(head, map, value, place, at, reader),
        }
    }

    fn community(
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
            Some(_) => {
                reader.faults.add(ErrorCode::Malformed, &at.key("of"), "one of: primary, any, scope");
                return None;
            }
        };
        if head == "community_role" {
            let roles = self.roles(value, place, &here, reader)?;
            return Some(self.atom(Atom::Community(CommunityAtom::Holds(roles), of)));
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
            "granted" => {
                Some(Rule::Any(vec![
                    is(CommunityAtom::GrantedToRole(action.clone(), None)),
                    Rule::all(vec![anyone, is(CommunityAtom::GrantedToAnyone(action.clone()))]),
                    is(CommunityAtom::GrantedByRow(action.clone())),
                    Rule::all(vec![author, is(CommunityAtom::GrantedToAuthor(action))]),
                ]))
            }
            _ => {
                let excluded = is(CommunityAtom::Excluded(action.clone()));
                let author = is(CommunityAtom::AuthorExcluded(action));
                let author = Rule::All(vec![self.atom(Atom::Owner), author]);
                let banned = self.atom(Atom::Subject(SubjectAtom::Banned("superuser-access".to_string())));
                Some(Rule::Any(vec![banned, excluded, author]))
            }
        }
    }

    fn list(
        &mut self,
        head: &str,
        value: &'d Value,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Rule> {
        let list = value.as_array();
        let Some(list) = list else {
            reader.faults.add(ErrorCode::Malformed, at, "expected a list of rules");
            return None;
        };
        if list.is_empty() && head == "all" && self.empty_all_denies {
            return Some(Rule::Never);
        }
        if list.is_empty() {
            let word = if head == "all" { "always" } else { "never" };
            let message = format!("an empty list says nothing; write \"{word}\" if that is meant");
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        }
        let inner = place.deeper();
        // All parts are read even after a fault, so that every fault is reported.
        let parts: Vec<Option<Rule>> =
            list.iter().enumerate().map(|(i, part)| self.part(part, &inner, &at.index(i), reader)).collect();
        let parts: Vec<Rule> = parts.into_iter().collect::<Option<_>>()?;
        Some(if head == "all" { Rule::All(parts) } else { Rule::Any(parts) })
    }

    fn definition(
        &mut self,
        map: &'d Map<String, Value>,
        value: &'d Value,
        place: &Place<'d>,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<Rule> {
        let here = at.key("use");
        let name = reader.text(value, &here)?;
        let Some((name, rule)) = self.define.get_key_value(name).map(|(name, rule)| (*name, *rule)) else {
            let known = self.define.keys().copied().collect::<Vec<_>>().join(", ");
            reader.faults.add(ErrorCode::UnknownField, &here, format!("no such definition; known: {known}"));
            return None;
        };
        let mut inner = place.enter(name, &here, reader)?;
        if let Some(value) = map.get("with") {
            let at = at.key("with");
            for (key, value) in reader.object(value, &at)? {
                inner.parameters.insert(key, self.filled(value, place, &at.key(key), reader)?);
            }
        }
        let rule = self.part(rule, &inner, &here, reader)?;
        Some(Rule::Named(name.to_string(), Box::new(rule)))
    }

    fn states(&mut self, value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        let names = reader.names(value, at)?;
        let mut states: Vec<StateId> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match self.states.find(name) {
                Some(state) => states.push(state),
                None => {
                    reader.faults.add(ErrorCode::UnknownState, &at.index(index), format!("unknown state `{name}`"));
                    return None;
                }
            }
        }
        states.sort();
        states.dedup();
        Some(self.atom(Atom::State(states)))
    }

    fn roles(&mut self, value: &Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<Vec<String>> {
        let list = reader.list(value, at)?;
        let mut roles = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            let at = at.index(index);
            let role = self.filled(entry, place, &at, reader)?;
            if !self.roles.contains(&role) && !self.reserved_roles.contains(&role) {
                let message = format!("unknown role `{role}`; known: {}", self.roles.join(", "));
                reader.faults.add(ErrorCode::UnknownRole, &at, message);
            }
            roles.push(role);
        }
        roles.sort();
        roles.dedup();
        Some(roles)
    }

    fn action(&self, value: &Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<String> {
        let name = self.filled(value, place, at, reader)?;
        if !self.actions.contains(&name) {
            let message = format!("unknown action `{name}`; known: {}", self.actions.join(", "));
            reader.faults.add(ErrorCode::UnknownAction, at, message);
            return None;
        }
        Some(name)
    }

    /// Text, with a parameter in its place if it is one.
    fn filled(&self, value: &Value, place: &Place<'d>, at: &At<'_>, reader: &mut Reader) -> Option<String> {
        let text = reader.name(value, at)?;
        let Some(name) = text.strip_prefix('$') else { return Some(text) };
        let found = place.parameters.get(name).cloned();
        if found.is_none() {
            let message = format!("parameter `${name}` is not given where the definition is used");
            reader.faults.add(ErrorCode::MissingField, at, message);
        }
        found
    }
}

impl<'p> Place<'p> {
    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, open: self.open.clone(), parameters: self.parameters.clone() }
    }

    fn enter(&self, name: &'p str, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        if self.open.contains(&name) {
            let path = self.open.iter().chain([&name]).copied().collect::<Vec<_>>().join(" -> ");
            reader.faults.add(ErrorCode::Cyclic, at, format!("leads back to itself: {path}"));
            return None;
        }
        let mut open = self.open.clone();
        open.push(name);
        Some(Self { depth: self.depth + 1, open, parameters: self.parameters.clone() })
    }
}
