//! Rules: of each action, of lists, and what stands before and beside them.

use super::{Draft, action_id};
use crate::facts::read_addresses;
use crate::model::{Address, At, Set, StateId, Value, listed, ordered};
use crate::policy::document::{ActionId, Guard, Transition};
use crate::policy::parse::{RuleReader, find};
use crate::policy::{Atom, CommunityAtom, Of, Rule};
use crate::terms::{Door, ErrorCode};

impl<'d> Draft<'d, '_> {
    /// Who the pseudo-roles are: everybody, and the record's owner, unless the document says otherwise.
    pub(super) fn pseudo_roles(&mut self, rules: &mut RuleReader<'d>) -> [Rule; 2] {
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
    pub(super) fn permissions(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> Vec<Rule> {
        let given = rules.action_rules.clone();
        let at = self.at.key("rules");
        actions
            .iter()
            .map(|action| {
                let Some((_, value)) = find(&given, action) else { return Rule::Never };
                rules.rule(value, action, &at.key(action), self.reader).unwrap_or(Rule::Never)
            })
            .collect()
    }

    /// The complete rules: no deny row, through the gate, in a source state, and permitted; the same in any state; and
    /// that without the gate, which may look at the state too.
    pub(super) fn complete(
        &mut self,
        rules: &mut RuleReader<'d>,
        actions: &[String],
        plain: &[Rule],
        transitions: &[Transition],
        (seen, alone): (&Rule, bool),
    ) -> [Vec<Rule>; 3] {
        let gate = self.map.get("gate").and_then(|value| self.excepting("gate", value, actions));
        let [mut complete, mut stateless, mut permissions] = [Vec::new(), Vec::new(), Vec::new()];
        for (index, (action, permission)) in actions.iter().zip(plain).enumerate() {
            let mut parts = Vec::new();
            if let Some(value) = self.map.get("deny")
                && let Some(rule) = rules.rule(value, action, &self.at.key("deny"), self.reader)
            {
                parts.push(Rule::Named("deny".to_string(), Box::new(Rule::Not(Box::new(rule)))));
            }
            let mut ungated = parts.clone();
            ungated.push(permission.clone());
            permissions.push(Rule::all(ungated));
            if let Some((rule, except)) = &gate
                && !except.contains(action)
                && let Some(rule) = rules.rule(rule, action, &self.at.key("gate").key("rule"), self.reader)
            {
                parts.push(Rule::Named("gate".to_string(), Box::new(rule)));
            }
            // Into a community one may not know of nothing is created, as into one that does not exist.
            if action == "create" && *seen != Rule::Always {
                // A record may be made in no community where the policy has such records.
                let nowhere = rules.atom(Atom::Community(CommunityAtom::Named, Of::Primary));
                let seen = match alone {
                    true => Rule::Any(vec![Rule::Not(Box::new(nowhere)), seen.clone()]),
                    false => seen.clone(),
                };
                parts.push(Rule::Named("seen".to_string(), Box::new(seen)));
            }
            let mut from: Vec<StateId> = Vec::new();
            for transition in transitions.iter().filter(|t| usize::from(t.action.0) == index) {
                from.extend(&transition.from);
            }
            let mut whole = parts.clone();
            if !from.is_empty() {
                whole.push(rules.atom(Atom::State(ordered(from))));
            }
            for (parts, found) in [(whole, &mut complete), (parts, &mut stateless)] {
                found.push(Rule::all(parts.into_iter().chain([permission.clone()]).collect()));
            }
        }
        [complete, stateless, permissions]
    }

    /// The actions the gate stands before.
    pub(super) fn gated(&self, actions: &[String]) -> Set<ActionId> {
        let Some(gate) = self.map.get("gate") else { return Set::new() };
        let except: Vec<&str> =
            gate.get("except").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let gated = actions.iter().filter(|action| !except.contains(&action.as_str()));
        gated.filter_map(|action| action_id(actions, action)).collect()
    }

    /// `{rule, except}`.
    pub(super) fn excepting(
        &mut self,
        key: &str,
        value: &'d Value,
        actions: &[String],
    ) -> Option<(&'d Value, Vec<String>)> {
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

    pub(super) fn reveal(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> Option<(Rule, Set<ActionId>)> {
        let value = self.map.get("reveal")?;
        let (rule, except) = self.excepting("reveal", value, actions)?;
        let rule = rules.rule(rule, "read", &self.at.key("reveal").key("rule"), self.reader)?;
        let ids = except.iter().filter_map(|name| action_id(actions, name)).collect();
        Some((rule, ids))
    }

    /// `{action, shows}`.
    pub(super) fn tombstone(&mut self, actions: &[String]) -> Option<(ActionId, Vec<Address>)> {
        let value = self.map.get("tombstone")?;
        let at = self.at.key("tombstone");
        let map = self.reader.object_of(value, &at, &["action", "shows"])?;
        let action = self.reader.required(map, "action", &at)?;
        let name = self.reader.text(action, &at.key("action"))?;
        let Some(action) = action_id(actions, name) else {
            self.reader.faults.add(ErrorCode::UnknownAction, &at.key("action"), format!("unknown action `{name}`"));
            return None;
        };
        let shows = self.reader.required(map, "shows", &at)?;
        Some((action, read_addresses(shows, &at.key("shows"), self.reader)?))
    }

    /// `[{name, message, record, community, at?}]`.
    pub(super) fn guards(&mut self, rules: &mut RuleReader<'d>) -> Vec<Guard> {
        let at = self.at.key("guards");
        let list = self.map.get("guards").and_then(|value| self.reader.list(value, &at));
        let mut guards = Vec::new();
        for (index, entry) in list.into_iter().flatten().enumerate() {
            let at = at.index(index);
            let known = ["name", "message", "record", "community", "at"];
            let Some(map) = self.reader.object_of(entry, &at, &known) else { continue };
            let name = self.reader.required(map, "name", &at);
            let name = name.and_then(|value| self.reader.name(value, &at.key("name")));
            let message = self.reader.required(map, "message", &at);
            let message = message.and_then(|value| self.reader.text(value, &at.key("message")).map(str::to_string));
            let mut rule = |key: &str| {
                let value = self.reader.required(map, key, &at)?;
                rules.rule(value, "", &at.key(key), self.reader)
            };
            let (record, community) = (rule("record"), rule("community"));
            let doors = map.get("at").map_or_else(|| Door::ALL.to_vec(), |value| self.doors(value, &at.key("at")));
            if let (Some(name), Some(message), Some(record), Some(community)) = (name, message, record, community) {
                guards.push(Guard { name, message, record, community, doors });
            }
        }
        guards
    }

    fn doors(&mut self, value: &Value, at: &At<'_>) -> Vec<Door> {
        let names = self.reader.names(value, at).unwrap_or_default();
        let mut doors = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match Door::parse(name) {
                Some(door) => doors.push(door),
                None => {
                    let known = listed(Door::ALL.iter().map(|door| door.as_str()));
                    let message = format!("unknown door; known: {known}");
                    self.reader.faults.add(ErrorCode::UnknownValue, &at.index(index), message);
                }
            }
        }
        doors
    }

    pub(super) fn lists(&mut self, rules: &mut RuleReader<'d>, actions: &[String]) -> Vec<(ActionId, [Rule; 2])> {
        let mut lists = Vec::new();
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
                lists.push((id, [community, everywhere]));
            }
        }
        lists
    }
}
