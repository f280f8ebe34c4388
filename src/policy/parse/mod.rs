//! Rules from their JSON form. Definitions are filled in where they are used; `$name` stands for a parameter.

mod names;

use super::{Atom, AtomId, CommunityAtom, Of, Rule, SubjectAtom};
use crate::model::{At, Error, Field, Limits, Map, Reader, Set, StateWords, Value, joined, listed, ordered};
use crate::terms::ErrorCode;

/// What rules may speak of, and the conditions met so far.
pub(super) struct RuleReader<'d> {
    /// Where the document, or the part of it that is read, stands.
    root: String,
    pub define: Vec<(&'d str, &'d Value)>,
    pub roles: Vec<String>,
    pub reserved_roles: Vec<String>,
    pub actions: Vec<String>,
    pub allowed: Vec<String>,
    pub states: StateWords,
    /// Named fields of records.
    pub fields: Vec<Field>,
    /// Rules of actions, for `{"action": "read"}`.
    pub action_rules: Vec<(&'d str, &'d Value)>,
    pub empty_all_denies: bool,
    /// Who the pseudo-roles `any` and `author` are.
    pub pseudo_roles: [Rule; 2],
    pub atoms: Vec<Atom>,
    /// Definitions that were filled in somewhere.
    pub used: Set<String>,
    /// Reads a definition by itself: what its parameters stand for is not known.
    alone: bool,
    nodes: usize,
}

type Parameters<'p> = Vec<(&'p str, String)>;

struct Place<'p> {
    depth: usize,
    /// What is being filled in: `use` or `action`, and its name.
    open: Vec<(&'static str, &'p str)>,
    parameters: Parameters<'p>,
}

impl<'d> RuleReader<'d> {
    pub fn new(root: &str, roles: &[String], actions: &[String], allowed: &[String], states: &StateWords) -> Self {
        Self {
            root: root.to_string(),
            define: Vec::new(),
            roles: roles.to_vec(),
            reserved_roles: Vec::new(),
            actions: actions.to_vec(),
            allowed: allowed.to_vec(),
            states: states.clone(),
            fields: Vec::new(),
            action_rules: Vec::new(),
            empty_all_denies: false,
            pseudo_roles: [Rule::Always, Rule::Never],
            atoms: Vec::new(),
            used: Set::new(),
            alone: false,
            nodes: 0,
        }
    }

    /// Reads a rule; `action` is what `$action` stands for.
    pub fn rule(&mut self, value: &'d Value, action: &str, at: &At<'_>, reader: &mut Reader) -> Option<Rule> {
        let parameters = vec![("action", action.to_string())];
        self.part(value, &Place { depth: 0, open: Vec::new(), parameters }, at, reader)
    }

    /// The definitions no rule uses that have faults, with those. What is met only in them is no condition of the policy.
    pub fn unused(&mut self) -> Vec<(String, Error)> {
        self.alone = true;
        let met = self.atoms.len();
        let root = self.root.clone();
        let mut faulty = Vec::new();
        for (name, rule) in self.define.clone() {
            if !self.used.contains(name) {
                let mut reader = Reader::new();
                let place = Place { depth: 0, open: vec![("use", name)], parameters: Vec::new() };
                self.part(rule, &place, &At::Root(&root).key("define").key(name), &mut reader);
                if !reader.faults.is_empty() {
                    faulty.extend(reader.faults.give(None::<()>).err().map(|error| (name.to_string(), error)));
                }
            }
        }
        self.atoms.truncate(met);
        self.alone = false;
        faulty
    }

    /// The number of a condition.
    pub fn atom(&mut self, atom: Atom) -> Rule {
        let place = self.atoms.iter().position(|known| *known == atom).unwrap_or_else(|| {
            self.atoms.push(atom);
            self.atoms.len() - 1
        });
        Rule::Is(AtomId(u32::try_from(place).unwrap_or(u32::MAX)))
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
            "names_community" => self.atom(Atom::Community(CommunityAtom::Named, Of::Primary)),
            "in_community" => self.atom(Atom::Community(CommunityAtom::There, Of::Primary)),
            _ => {
                let message = "unknown word; known: always, never, authenticated, system, owner, has_owner, in_scope, in_community, names_community";
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
        const HEADS: [&str; 29] = [
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
            "setting",
            "field",
            "user_in",
            "role_in",
            "filled",
            "past",
            "record_grant",
            "link",
            "acl",
            "acl_denied",
        ];
        let heads: Vec<&str> = HEADS.into_iter().filter(|head| map.contains_key(*head)).collect();
        let [head] = heads.as_slice() else {
            let message = format!("a rule has exactly one of: {}", joined(&HEADS, ", "));
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        };
        let head = *head;
        let beside: &[&str] = match head {
            "if" => &["then", "else"],
            "use" => &["with"],
            "community_role" => &["of", "where"],
            "excluded" | "granted_to_anyone" | "granted_by_row" => &["of"],
            "granted" | "granted_to_role" => &["of", "to"],
            "setting" => &["of", "in", "default"],
            "field" => &["in"],
            "record_grant" | "link" => &["at"],
            "acl" | "acl_denied" => &["as_in"],
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
                let Some((key, rule)) = find(&self.action_rules, &name) else {
                    // An action without a rule is permitted to nobody, here as everywhere.
                    return Some(Rule::Named(name, Box::new(Rule::Never)));
                };
                let mut inner = place.enter(("action", key), &here, reader)?;
                inner.parameters.push(("action", name.clone()));
                let root = self.root.clone();
                let rule = self.part(rule, &inner, &At::Root(&root).key("rules").key(key), reader)?;
                Some(Rule::Named(name, Box::new(rule)))
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
            "acl" | "acl_denied" => {
                let list = reader.list(value, &here)?;
                let mut operations = Vec::new();
                for (index, entry) in list.iter().enumerate() {
                    operations.push(self.filled(entry, place, &here.index(index), reader)?);
                }
                let state = match map.get("as_in") {
                    Some(value) => {
                        let at = at.key("as_in");
                        Some(self.state(&reader.name(value, &at)?, &at, reader)?)
                    }
                    None => None,
                };
                Some(self.atom(Atom::List(ordered(operations), head == "acl_denied", state)))
            }
            "field" | "user_in" | "role_in" | "filled" | "past" | "record_grant" | "link" => {
                self.on_field(head, map, value, place, at, reader)
            }
            _ => self.community(head, map, value, place, at, reader),
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
        // All parts are read even after a fault, so that every fault is reported. What stands behind a switch that is off is no
        // condition of the policy: nothing about it needs to be known.
        let (mut parts, mut faulty) = (Vec::new(), false);
        for (index, part) in list.iter().enumerate() {
            let off = head == "all" && parts.last().is_some_and(Rule::is_never);
            let met = self.atoms.len();
            match self.part(part, &inner, &at.index(index), reader) {
                Some(_) if off => self.atoms.truncate(met),
                Some(part) => parts.push(part),
                None => faulty = true,
            }
        }
        if faulty {
            return None;
        }
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
        let Some((name, rule)) = find(&self.define, name) else {
            let known = listed(self.define.iter().map(|(name, _)| *name));
            reader.faults.add(ErrorCode::UnknownField, &here, format!("no such definition; known: {known}"));
            return None;
        };
        self.used.insert(name.to_string());
        let mut inner = place.enter(("use", name), &here, reader)?;
        if let Some(value) = map.get("with") {
            let at = at.key("with");
            for (key, value) in reader.object(value, &at)? {
                inner.parameters.push((key, self.filled(value, place, &at.key(key), reader)?));
            }
        }
        // A fault of the definition is told where the definition stands, once for all its uses.
        let root = self.root.clone();
        let rule = self.part(rule, &inner, &At::Root(&root).key("define").key(name), reader)?;
        Some(Rule::Named(name.to_string(), Box::new(rule)))
    }
}

impl<'p> Place<'p> {
    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, open: self.open.clone(), parameters: self.parameters.clone() }
    }

    fn enter(&self, name: (&'static str, &'p str), at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        if self.open.contains(&name) {
            let path = self.open.iter().chain([&name]).map(|(_, name)| *name).collect::<Vec<_>>();
            let path = joined(&path, " -> ");
            reader.faults.add(ErrorCode::Cyclic, at, format!("leads back to itself: {path}"));
            return None;
        }
        let mut open = self.open.clone();
        open.push(name);
        Some(Self { depth: self.depth + 1, open, parameters: self.parameters.clone() })
    }
}

/// An entry by name; the list is in the order of names, as a document's objects are.
pub(super) fn find<'d>(entries: &[(&'d str, &'d Value)], name: &str) -> Option<(&'d str, &'d Value)> {
    let place = entries.binary_search_by(|(own, _)| (*own).cmp(name)).ok()?;
    entries.get(place).copied()
}
