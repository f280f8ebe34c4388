//! A policy from its document. Every fault of the document is reported, each with its path; a policy exists only if
//! there is none.

mod acls;
mod community;
mod fields;
mod machine;
mod machines;
mod membership;
mod rules;
mod types;
mod words;

use super::canonical::content_hash;
use super::document::{ActionId, Policy};
use super::explain::PREAMBLE;
use super::parse::{RuleReader, find};
use super::{Atom, Rule};
use crate::facts::Words;
use crate::model::{At, Error, Limits, Map, Reader, Set, Table, Value, listed};
use crate::terms::ErrorCode;

const KNOWN: [&str; 38] = [
    "lictor",
    "$schema",
    "name",
    "about",
    "roles",
    "reserved_roles",
    "role_includes",
    "role_aliases",
    "role_name",
    "role_description",
    "actions",
    "allowed_actions",
    "action_need",
    "grants",
    "states",
    "state_aliases",
    "absent_state",
    "open_states",
    "fields",
    "acls",
    "types",
    "transitions",
    "checks",
    "identity",
    "pseudo_roles",
    "define",
    "rules",
    "deny",
    "gate",
    "reveal",
    "lists",
    "community",
    "forbid_anonymous",
    "empty_all_denies",
    "machines",
    "membership",
    "tombstone",
    "guards",
];

impl Policy {
    /// Reads a document.
    ///
    /// ```
    /// use lictor::policy::{Policy, preset};
    /// let policy = Policy::read(&preset("oarepo").unwrap()).unwrap();
    /// assert_eq!(policy.actions.len(), 10);
    /// let error = Policy::read(&serde_json::json!({"lictor": 1, "name": "x", "rulez": {}})).unwrap_err();
    /// assert!(error.faults.iter().any(|fault| fault.path == "policy.rulez"));
    /// ```
    pub fn read(document: &Value) -> Result<Self, Error> {
        let hash = content_hash(document)?;
        let (mut policy, uses) = Self::read_at(document, "policy", &hash)?;
        let mut reader = Reader::new();
        let machines = machines::read(document, &policy, &hash)?;
        policy.machines = machines.policies;
        membership::check(&policy, &mut reader);
        // What only machines use may speak of what only they have.
        for (_, error) in uses.faulty.into_iter().filter(|(name, _)| !machines.used.contains(name)) {
            reader.faults.take(error);
        }
        reader.faults.give(Some(policy))
    }

    fn read_at(document: &Value, root: &str, hash: &str) -> Result<(Self, Uses), Error> {
        let mut reader = Reader::new();
        let at = At::Root(root);
        let policy = reader
            .object_of(document, &at, &KNOWN)
            .and_then(|map| Draft { map, at: &at, reader: &mut reader }.policy(document, root, hash));
        reader.faults.give(policy)
    }
}

/// Which definitions a document, or a part of it, uses.
struct Uses {
    used: Set<String>,
    /// The others that have faults, with those.
    faulty: Vec<(String, Error)>,
}

/// A document being read.
struct Draft<'d, 'r> {
    map: &'d Map<String, Value>,
    at: &'r At<'r>,
    reader: &'r mut Reader,
}

impl<'d> Draft<'d, '_> {
    fn policy(mut self, document: &Value, root: &str, hash: &str) -> Option<(Policy, Uses)> {
        if self.map.get("lictor").and_then(Value::as_i64) != Some(1) {
            let message = "the document's format; this lictor reads format 1";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("lictor"), message);
        }
        for key in ["$schema", "about"] {
            self.text(key, "");
        }
        let name = self.reader.required(self.map, "name", self.at);
        let name = name.and_then(|value| self.reader.name(value, &self.at.key("name")));
        let roles = self.names("roles", true);
        let reserved = self.names("reserved_roles", false);
        let actions = self.names("actions", true);
        let mut within = |key: &str, count: usize, limit: usize| {
            if count > limit {
                let message = format!("{count} {key}; the limit is {limit}");
                self.reader.faults.add(ErrorCode::TooLarge, &self.at.key(key), message);
            }
            count <= limit
        };
        if !(within("roles", roles.len(), Limits::ROLES) & within("actions", actions.len(), Limits::ACTIONS)) {
            return None;
        }
        let allowed = if self.map.contains_key("allowed_actions") {
            self.names("allowed_actions", false)
        } else {
            actions.clone()
        };
        self.known_actions("allowed_actions", &allowed, &actions);
        let mut words = Words::default();
        words.roles.extend(roles.iter().cloned());
        words.actions.extend(actions.iter().cloned());
        words.role_aliases = self.role_aliases(&roles, &reserved);
        let membership = self.membership(&words, &reserved);
        words.pending.extend(membership.iter().flat_map(|words| [words.invited.clone(), words.applied.clone()]));
        let default_grants = self.grants(&words);
        let states = self.states()?;
        words.acls = self.acls(&states);
        let acls = words.acls.clone();
        let mut naming = self.naming()?;
        self.told_apart(&naming, &roles);
        naming.includes = self.includes(&roles);
        naming.deleted = self.deleted();
        let fields = self.fields();
        let mut types = self.types(&fields);
        let checks = self.checks();

        let mut rules = RuleReader::new(root, &roles, &actions, &allowed, &states);
        rules.reserved_roles = reserved;
        rules.fields.clone_from(&fields);
        rules.empty_all_denies = self.flag("empty_all_denies", false);
        rules.define = self.entries("define");
        for name in PREAMBLE.into_iter().filter(|name| find(&rules.define, name).is_some()) {
            let message = "the name of a part every rule begins with; choose another";
            self.reader.faults.add(ErrorCode::Duplicate, &self.at.key("define").key(name), message);
        }
        rules.action_rules = self.entries("rules");
        let unknown: Vec<&str> =
            rules.action_rules.iter().map(|(name, _)| *name).filter(|name| !words.actions.contains(*name)).collect();
        for name in unknown {
            let message = format!("unknown action `{name}`; add it to `actions` or remove its rule");
            self.reader.faults.add(ErrorCode::UnknownAction, &self.at.key("rules").key(name), message);
        }
        // The first condition is always "belongs to the community asked about", so that lists can use it.
        let in_scope = rules.atom(Atom::InScope);
        let mine = rules.atom(Atom::Community(super::CommunityAtom::Holds(roles.clone()), super::Of::Any));
        rules.pseudo_roles = self.pseudo_roles(&mut rules);
        let plain = self.permissions(&mut rules, &actions);
        let transitions = self.transitions(&mut rules, &actions, &states);
        let seen = self.community_read(&mut rules)?;
        let alone = types.iter().any(|kind| !kind.fields.primary_required);
        let [complete, stateless, permissions] =
            self.complete(&mut rules, &actions, &plain, &transitions, (&seen, alone));
        let gated = self.gated(&actions);
        let ask = transitions.iter().filter(|transition| transition.ask).map(|transition| transition.action).collect();
        let lists = self.lists(&mut rules, &actions);
        let reveal = self.reveal(&mut rules, &actions);
        let [shown, changed] = ["shown_to", "changed_by"].map(|key| self.of_fields(key, &types, &mut rules));
        let refused = self.refused(&types, &mut rules);
        self.made_for(&mut types, &mut rules);
        let tombstone = self.tombstone(&actions);
        let operations = self.operations(&mut rules);
        let guards = self.guards(&mut rules);
        let community = self.community(&mut rules, seen)?;
        let Rule::Is(in_scope) = in_scope else { return None };
        let faulty = rules.unused();
        let uses = Uses { used: std::mem::take(&mut rules.used), faulty };
        let atoms = std::mem::take(&mut rules.atoms);
        let forbid_anonymous = self.flag("forbid_anonymous", false);
        let policy = Policy {
            name: name?,
            hash: hash.to_string(),
            document: document.clone(),
            roles,
            actions,
            allowed: allowed.into_iter().collect(),
            default_grants,
            states,
            transitions,
            checks,
            fields,
            shown,
            changed,
            refused,
            types,
            community,
            naming,
            forbid_anonymous,
            words,
            rules: complete,
            stateless,
            permissions,
            lists,
            reveal,
            gated,
            in_scope,
            atoms,
            mine,
            ask,
            tombstone,
            operations,
            guards,
            machines: Vec::new(),
            membership,
            acls,
            is_machine: root != "policy",
        };
        Some((policy, uses))
    }

    fn names(&mut self, key: &str, required: bool) -> Vec<String> {
        let at = self.at.key(key);
        let value = if required { self.reader.required(self.map, key, self.at) } else { self.map.get(key) };
        let names = value.and_then(|value| self.reader.names(value, &at)).unwrap_or_default();
        let mut seen = Table::default();
        for (index, name) in names.iter().enumerate() {
            if seen.contains_key(name) {
                self.reader.faults.add(ErrorCode::Duplicate, &at.index(index), format!("`{name}` stands twice"));
            }
            seen.insert(name.clone(), ());
        }
        names
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        let at = self.at.key(key);
        self.map.get(key).and_then(|value| self.reader.boolean(value, &at)).unwrap_or(default)
    }

    fn text(&mut self, key: &str, default: &'d str) -> &'d str {
        let at = self.at.key(key);
        self.map.get(key).and_then(|value| self.reader.text(value, &at)).unwrap_or(default)
    }

    fn entries(&mut self, key: &str) -> Vec<(&'d str, &'d Value)> {
        let at = self.at.key(key);
        let map = self.map.get(key).and_then(|value| self.reader.object(value, &at));
        map.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
    }

    fn known_actions(&mut self, key: &str, names: &[String], actions: &[String]) {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !actions.contains(name)) {
            let message = format!("unknown action `{name}`; known: {}", listed(actions));
            self.reader.faults.add(ErrorCode::UnknownAction, &self.at.key(key).index(index), message);
        }
    }
}

fn action_id(actions: &[String], name: &str) -> Option<ActionId> {
    let index = actions.iter().position(|action| action == name)?;
    u16::try_from(index).ok().map(ActionId)
}
