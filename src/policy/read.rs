//! A policy from its document. Every fault of the document is reported, each with its path; a policy exists only if
//! there is none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::canonical::content_hash;
use super::document::{ActionId, Check, CommunityDoor, Policy, RecordType, Transition};
use super::parse::RuleReader;
use super::{Atom, Rule};
use crate::facts::{Grants, Words};
use crate::identity::Naming;
use crate::model::{Address, At, Error, Fields, Limits, OwnerForm, Reader, StateId, StateWords};
use crate::terms::ErrorCode;

const KNOWN: [&str; 30] = [
    "lictor",
    "$schema",
    "name",
    "about",
    "roles",
    "reserved_roles",
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
        let mut reader = Reader::new();
        let at = At::Root("policy");
        let policy = reader
            .object_of(document, &at, &KNOWN)
            .and_then(|map| Draft { map, at: &at, reader: &mut reader }.policy(document, hash));
        reader.faults.give(policy)
    }
}

/// A document being read.
struct Draft<'d, 'r> {
    map: &'d Map<String, Value>,
    at: &'r At<'r>,
    reader: &'r mut Reader,
}

impl<'d> Draft<'d, '_> {
    fn policy(mut self, document: &Value, hash: String) -> Option<Policy> {
        if self.map.get("lictor").and_then(Value::as_i64) != Some(1) {
            let message = "the document's format; this lictor reads format 1";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("lictor"), message);
        }
        let name = self.reader.required(self.map, "name", self.at);
        let name = name.and_then(|value| self.reader.name(value, &self.at.key("name")));
        let roles = self.names("roles", true);
        let reserved = self.names("reserved_roles", false);
        let actions = self.names("actions", true);
        if actions.len() > Limits::ACTIONS {
            let message = format!("{} actions; the limit is {}", actions.len(), Limits::ACTIONS);
            self.reader.faults.add(ErrorCode::TooLarge, &self.at.key("actions"), message);
        }
        let allowed = if self.map.contains_key("allowed_actions") {
            self.names("allowed_actions", false)
        } else {
            actions.clone()
        };
        self.known_actions("allowed_actions", &allowed, &actions);
        let words = Words { roles: roles.iter().cloned().collect(), actions: actions.iter().cloned().collect() };
        let default_grants = self.grants(&words);
        let states = self.states()?;
        let naming = self.naming()?;
        let types = self.types();
        let checks = self.checks();

        let mut rules = RuleReader::new(&roles, &actions, &allowed, &states);
        rules.reserved_roles = reserved;
        rules.empty_all_denies = self.flag("empty_all_denies", false);
        rules.define = self.entries("define");
        rules.action_rules = self.entries("rules");
        let unknown: Vec<&str> =
            rules.action_rules.keys().copied().filter(|name| !words.actions.contains(*name)).collect();
        for name in unknown {
            let message = format!("unknown action `{name}`; add it to `actions` or remove its rule");
            self.reader.faults.add(ErrorCode::UnknownAction, &self.at.key("rules").key(name), message);
        }
        // The first condition is always "belongs to the community asked about", so that lists can use it.
        let in_scope = rules.atom(Atom::InScope);
        let mine = rules.atom(Atom::Community(super::CommunityAtom::Holds(roles.clone()), super::Of::Any));
        rules.pseudo_roles = self.pseudo_roles(&mut rules);
        let plain = self.permissions(&mut rules, &actions);
        let transitions = self.transitions(&mut rules, &actions, &states, &plain);
        let complete = self.complete(&mut rules, &actions, &plain, &transitions);
        let lists = self.lists(&mut rules, &actions);
        let reveal = self.reveal(&mut rules, &actions);
        let community = self.community(&mut rules)?;
        let Rule::Is(in_scope) = in_scope else { return None };
        let atoms = std::mem::take(&mut rules.atoms);
        let forbid_anonymous = self.flag("forbid_anonymous", false);
        Some(Policy {
            name: name?,
            hash,
            document: document.clone(),
            roles,
            actions,
            allowed: allowed.into_iter().collect(),
            default_grants,
            states,
            transitions,
            checks,
            types,
            community,
            naming,
            forbid_anonymous,
            words,
            rules: complete,
            lists,
            reveal,
            in_scope,
            atoms,
            mine,
        })
    }

    fn names(&mut self, key: &str, required: bool) -> Vec<String> {
        let at = self.at.key(key);
        let value = if required { self.reader.required(self.map, key, self.at) } else { self.map.get(key) };
        let names = value.and_then(|value| self.reader.names(value, &at)).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            if !seen.insert(name) {
                self.reader.faults.add(ErrorCode::Duplicate, &at.index(index), format!("`{name}` stands twice"));
            }
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

    fn entries(&mut self, key: &str) -> BTreeMap<&'d str, &'d Value> {
        let at = self.at.key(key);
        let map = self.map.get(key).and_then(|value| self.reader.object(value, &at));
        map.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
    }

    fn known_actions(&mut self, key: &str, names: &[String], actions: &[String]) {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !actions.contains(name)) {
            let message = format!("unknown action `{name}`; known: {}", actions.join(", "));
            self.reader.faults.add(ErrorCode::UnknownAction, &self.at.key(key).index(index), message);
        }
    }

    fn grants(&mut self, words: &Words) -> Grants {
        let at = self.at.key("grants");
        let mut grants = Grants::new();
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

    fn states(&mut self) -> Option<StateWords> {
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

    fn naming(&mut self) -> Option<Naming> {
        let role = self.text("role_name", "community:{community}:{role}");
        let need = self.text("action_need", "community-{action}");
        let Some(mut naming) = Naming::new(role, need) else {
            let message = "role_name needs {community}, something, then {role}; action_need needs {action}";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("role_name"), message);
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

    fn checks(&mut self) -> Vec<Check> {
        let mut checks = Vec::new();
        for (index, name) in self.names("checks", true).iter().enumerate() {
            let at = self.at.key("checks");
            match name.as_str() {
                "visible" => checks.push(Check::Visible),
                "known" => checks.push(Check::Known),
                "parameters" => checks.push(Check::Parameters),
                "state" => checks.push(Check::State),
                "permission" => checks.push(Check::Permission),
                _ => {
                    let message = "one of: visible, known, parameters, state, permission";
                    self.reader.faults.add(ErrorCode::Malformed, &at.index(index), message);
                }
            }
        }
        if !checks.contains(&Check::Permission) || !checks.contains(&Check::State) {
            let message = "must hold `state` and `permission`, or transitions would not be checked";
            self.reader.faults.add(ErrorCode::Malformed, &self.at.key("checks"), message);
        }
        checks
    }

    /// Who the pseudo-roles are: everybody, and the record's owner, unless the document says otherwise.
    fn pseudo_roles(&mut self, rules: &mut RuleReader<'d>) -> [Rule; 2] {
        let owner = rules.atom(Atom::Owner);
        let Some(value) = self.map.get("pseudo_roles") else { return [Rule::Always, owner] };
        let at = self.at.key("pseudo_roles");
        let map = self.reader.object_of(value, &at, &["any", "author"]);
        let mut one = |name: &str, default: Rule| match map.and_then(|map| map.get(name)) {
            Some(value) => rules.rule(value, "", &at.key(name), self.reader).unwrap_or(Rule::Never),
            None => default,
        };
        [one("any", Rule::Always), one("author", owner)]
    }

    /// The rule of each action as the document gives it; an action without one is permitted to nobody.
    fn permissions(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> Vec<Rule> {
        let given = rules.action_rules.clone();
        let at = self.at.key("rules");
        actions
            .iter()
            .map(|action| {
                let Some(value) = given.get(action.as_str()) else { return Rule::Never };
                rules.rule(value, action, &at.key(action), self.reader).unwrap_or(Rule::Never)
            })
            .collect()
    }

    /// The complete rules: no deny row, through the gate, in a source state, and permitted.
    fn complete(
        &mut self,
        rules: &mut RuleReader<'d>,
        actions: &[String],
        plain: &[Rule],
        transitions: &[Transition],
    ) -> Vec<Rule> {
        let gate = self.map.get("gate").and_then(|value| self.excepting("gate", value, actions));
        let mut complete = Vec::new();
        for (index, (action, permission)) in actions.iter().zip(plain).enumerate() {
            let mut parts = Vec::new();
            if let Some(value) = self.map.get("deny")
                && let Some(rule) = rules.rule(value, action, &self.at.key("deny"), self.reader)
            {
                parts.push(Rule::Named("deny".to_string(), Box::new(Rule::Not(Box::new(rule)))));
            }
            if let Some((rule, except)) = &gate
                && !except.contains(action)
                && let Some(rule) = rules.rule(rule, action, &self.at.key("gate").key("rule"), self.reader)
            {
                parts.push(Rule::Named("gate".to_string(), Box::new(rule)));
            }
            let mut from: Vec<StateId> = Vec::new();
            for transition in transitions.iter().filter(|t| usize::from(t.action.0) == index) {
                from.extend(&transition.from);
            }
            if !from.is_empty() {
                from.sort();
                from.dedup();
                parts.push(rules.atom(Atom::State(from)));
            }
            parts.push(permission.clone());
            complete.push(Rule::all(parts));
        }
        complete
    }

    /// `{rule, except}`.
    fn excepting(&mut self, key: &str, value: &'d Value, actions: &[String]) -> Option<(&'d Value, Vec<String>)> {
        let at = self.at.key(key);
        let map = self.reader.object_of(value, &at, &["rule", "except"])?;
        let rule = self.reader.required(map, "rule", &at)?;
        let except = map.get("except").and_then(|value| self.reader.names(value, &at.key("except")));
        let except = except.unwrap_or_default();
        for (index, name) in except.iter().enumerate().filter(|(_, name)| !actions.contains(name)) {
            let message = format!("unknown action `{name}`");
            self.reader.faults.add(ErrorCode::UnknownAction, &at.key("except").index(index), message);
        }
        Some((rule, except))
    }

    fn reveal(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> Option<(Rule, BTreeSet<ActionId>)> {
        let value = self.map.get("reveal")?;
        let (rule, except) = self.excepting("reveal", value, actions)?;
        let rule = rules.rule(rule, "read", &self.at.key("reveal").key("rule"), self.reader)?;
        let ids = except.iter().filter_map(|name| action_id(actions, name)).collect();
        Some((rule, ids))
    }

    fn lists(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> BTreeMap<ActionId, [Rule; 2]> {
        let mut lists = BTreeMap::new();
        let at = self.at.key("lists");
        for (name, value) in self.entries("lists") {
            let at = at.key(name);
            let Some(id) = action_id(actions, name) else {
                self.reader.faults.add(ErrorCode::UnknownAction, &at, format!("unknown action `{name}`"));
                continue;
            };
            let Some(map) = self.reader.object_of(value, &at, &["community", "everywhere"]) else { continue };
            let mut one = |key: &str, draft: &mut Self| {
                let value = draft.reader.required(map, key, &at)?;
                rules.rule(value, name, &at.key(key), draft.reader)
            };
            let community = one("community", self);
            let everywhere = one("everywhere", self);
            if let (Some(community), Some(everywhere)) = (community, everywhere) {
                lists.insert(id, [community, everywhere]);
            }
        }
        lists
    }

    fn transitions(
        &mut self,
        rules: &mut RuleReader<'d>,
        actions: &[String],
        states: &StateWords,
        plain: &[Rule],
    ) -> Vec<Transition> {
        let list_at = self.at.key("transitions");
        let Some(list) = self.map.get("transitions").and_then(|value| self.reader.list(value, &list_at)) else {
            return Vec::new();
        };
        let mut transitions: Vec<Transition> = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            let at = list_at.index(index);
            let Some(transition) = self.transition(entry, &at, rules, actions, states, plain) else { continue };
            if transitions.iter().any(|before| before.name == transition.name) {
                let message = format!("transition `{}` stands twice", transition.name);
                self.reader.faults.add(ErrorCode::Duplicate, &at.key("name"), message);
            }
            transitions.push(transition);
        }
        transitions
    }

    fn transition(
        &mut self,
        entry: &'d Value,
        at: &At<'_>,
        rules: &mut RuleReader<'d>,
        actions: &[String],
        states: &StateWords,
        plain: &[Rule],
    ) -> Option<Transition> {
        let known = ["name", "action", "from", "to", "required", "event", "commit"];
        let map = self.reader.object_of(entry, at, &known)?;
        let name = self.reader.required(map, "name", at)?;
        let name = self.reader.name(name, &at.key("name"))?;
        let action = match map.get("action") {
            Some(value) => self.reader.name(value, &at.key("action"))?,
            None => name.clone(),
        };
        let Some(action) = action_id(actions, &action) else {
            let message = format!("unknown action `{action}`; known: {}", actions.join(", "));
            self.reader.faults.add(ErrorCode::UnknownAction, &at.key("action"), message);
            return None;
        };
        let from = self.reader.required(map, "from", at)?;
        let from = self.reader.names(from, &at.key("from"))?;
        let mut sources = Vec::new();
        for (index, name) in from.iter().enumerate() {
            match states.find(name) {
                Some(state) => sources.push(state),
                None => {
                    let at = at.key("from");
                    self.reader.faults.add(
                        ErrorCode::UnknownState,
                        &at.index(index),
                        format!("unknown state `{name}`"),
                    );
                }
            }
        }
        let to = self.reader.required(map, "to", at)?;
        let to = self.reader.text(to, &at.key("to"))?;
        let Some(to) = states.find(to) else {
            self.reader.faults.add(ErrorCode::UnknownState, &at.key("to"), format!("unknown state `{to}`"));
            return None;
        };
        let required = map.get("required").and_then(|value| self.reader.names(value, &at.key("required")));
        let event = map.get("event").and_then(|value| self.reader.name(value, &at.key("event")));
        let commit = map.get("commit").and_then(|value| self.reader.boolean(value, &at.key("commit")));
        let _ = rules;
        let permission = plain.get(usize::from(action.0)).cloned().unwrap_or(Rule::Never);
        Some(Transition {
            name,
            action,
            from: sources,
            to,
            required: required.unwrap_or_default(),
            event,
            commit: commit.unwrap_or(true),
            permission,
        })
    }

    fn types(&mut self) -> Vec<RecordType> {
        let at = self.at.key("types");
        let Some(list) =
            self.reader.required(self.map, "types", self.at).and_then(|value| self.reader.list(value, &at))
        else {
            return Vec::new();
        };
        if list.is_empty() {
            self.reader.faults.add(ErrorCode::MissingField, &at, "at least one record type must be given");
        }
        list.iter().enumerate().filter_map(|(i, entry)| self.record_type(entry, &at.index(i))).collect()
    }

    fn record_type(&mut self, entry: &'d Value, at: &At<'_>) -> Option<RecordType> {
        let known = [
            "key",
            "fields",
            "owner_form",
            "primary_required",
            "transitions",
            "community_scope",
            "list_path",
            "item_path",
            "owner_schema",
            "schema",
        ];
        let map = self.reader.object_of(entry, at, &known)?;
        let key = self.reader.required(map, "key", at)?;
        let key = self.reader.name(key, &at.key("key"))?;
        let fields_at = at.key("fields");
        let fields = self.reader.required(map, "fields", at)?;
        let fields = self.reader.object_of(fields, &fields_at, &["primary", "secondary", "state", "owners"])?;
        let mut address = |name: &str| {
            let value = self.reader.required(fields, name, &fields_at)?;
            Address::read(value, &fields_at.key(name), self.reader)
        };
        let (primary, secondary) = (address("primary"), address("secondary"));
        let (state, owners) = (address("state"), address("owners"));
        let mut flag = |name: &str, default: bool| {
            map.get(name).and_then(|value| self.reader.boolean(value, &at.key(name))).unwrap_or(default)
        };
        let primary_required = flag("primary_required", true);
        let transitions = flag("transitions", true);
        let community_scope = flag("community_scope", true);
        let owner_schema = flag("owner_schema", false);
        let owner_form = match map.get("owner_form").map(|value| (value, value.as_str())) {
            None | Some((_, Some("any"))) => OwnerForm::Any,
            Some((_, Some("integer"))) => OwnerForm::Integer,
            Some(_) => {
                self.reader.faults.add(ErrorCode::Malformed, &at.key("owner_form"), "one of: any, integer");
                OwnerForm::Any
            }
        };
        let mut path = |name: &str, default: &str| {
            let text = map.get(name).and_then(|value| self.reader.text(value, &at.key(name)));
            text.unwrap_or(default).to_string()
        };
        let list_path = path("list_path", "/{community}/");
        let item_path = path("item_path", "/{community}/{id}");
        let (primary, secondary, state, owners) = (primary?, secondary?, state?, owners?);
        let fields = Fields { primary, secondary, state, owners, owner_form, primary_required };
        Some(RecordType { key, fields, transitions, community_scope, list_path, item_path, owner_schema })
    }

    fn community(&mut self, rules: &mut RuleReader<'d>) -> Option<CommunityDoor> {
        let at = self.at.key("community");
        let value = self.reader.required(self.map, "community", self.at)?;
        let known = ["create", "manage", "types", "default_type", "grants_from", "before_insert", "after_insert"];
        let map = self.reader.object_of(value, &at, &known)?;
        let mut rule = |key: &str, draft: &mut Self| {
            let value = draft.reader.required(map, key, &at)?;
            rules.rule(value, "", &at.key(key), draft.reader)
        };
        let (create, manage) = (rule("create", self), rule("manage", self));
        let types_at = at.key("types");
        let types = self.reader.required(map, "types", &at).and_then(|v| self.reader.object(v, &types_at));
        let types: BTreeMap<String, String> = types
            .into_iter()
            .flatten()
            .filter_map(|(key, label)| Some((key.clone(), self.reader.name(label, &types_at.key(key))?)))
            .collect();
        let default_type = map.get("default_type").and_then(|v| self.reader.name(v, &at.key("default_type")));
        let default_type = default_type.or_else(|| types.keys().next().cloned()).unwrap_or_default();
        if !types.contains_key(&default_type) {
            self.reader.faults.add(ErrorCode::UnknownType, &at.key("default_type"), "must be one of `types`");
        }
        let doors = map.get("grants_from").and_then(|v| self.reader.names(v, &at.key("grants_from")));
        let mut event = |key: &str| map.get(key).and_then(|v| self.reader.name(v, &at.key(key)));
        let events = [event("before_insert"), event("after_insert")];
        let role_description = self.text("role_description", "{title} - {role}").to_string();
        Some(CommunityDoor {
            create: create?,
            manage: manage?,
            types,
            default_type,
            grants_from: doors.unwrap_or_default().into_iter().collect(),
            events,
            role_description,
        })
    }
}

fn action_id(actions: &[String], name: &str) -> Option<ActionId> {
    let index = actions.iter().position(|action| action == name)?;
    u16::try_from(index).ok().map(ActionId)
}
