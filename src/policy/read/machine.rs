//! The machine: transitions, and the order in which a transition is checked.

use super::{Draft, action_id};
use crate::model::{At, Map, Set, StateWords, Value, joined, listed};
use crate::policy::Rule;
use crate::policy::document::{Check, Made, Transition};
use crate::policy::parse::RuleReader;
use crate::terms::{Effect, ErrorCode};

impl<'d> Draft<'d, '_> {
    pub(super) fn checks(&mut self) -> Vec<Check> {
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

    pub(super) fn transitions(
        &mut self,
        rules: &mut RuleReader<'d>,
        actions: &[String],
        states: &StateWords,
    ) -> Vec<Transition> {
        let list_at = self.at.key("transitions");
        let Some(list) = self.map.get("transitions").and_then(|value| self.reader.list(value, &list_at)) else {
            return Vec::new();
        };
        let mut transitions: Vec<Transition> = Vec::new();
        let mut names = Set::new();
        for (index, entry) in list.iter().enumerate() {
            let at = list_at.index(index);
            let Some(transition) = self.transition(entry, &at, rules, actions, states) else { continue };
            if !names.insert(transition.name.clone()) {
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
    ) -> Option<Transition> {
        let known = [
            "name", "action", "from", "to", "required", "event", "commit", "offline", "effect", "directly", "request",
            "blocked",
        ];
        let map = self.reader.object_of(entry, at, &known)?;
        let name = self.reader.required(map, "name", at)?;
        let name = self.reader.name(name, &at.key("name"))?;
        let action = match map.get("action") {
            Some(value) => self.reader.name(value, &at.key("action"))?,
            None => name.clone(),
        };
        let Some(action) = action_id(actions, &action) else {
            let message = format!("unknown action `{action}`; known: {}", listed(actions));
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
        let mut leads = |key: &str| {
            let word = self.reader.text(map.get(key)?, &at.key(key))?;
            let found = states.find(word);
            if found.is_none() {
                self.reader.faults.add(ErrorCode::UnknownState, &at.key(key), format!("unknown state `{word}`"));
            }
            found
        };
        let (to, directly) = (leads("to"), leads("directly"));
        let effect = self.effect(map, at);
        let request = map.get("request").and_then(|value| self.made(value, &at.key("request")));
        let blocked = map.get("blocked").and_then(|value| self.blocked(value, &at.key("blocked"), rules));
        if to.is_none() && effect.is_none() {
            let message = "a transition leads to a state, or has an effect, or both";
            self.reader.faults.add(ErrorCode::MissingField, &at.key("to"), message);
        }
        let required = map.get("required").and_then(|value| self.reader.names(value, &at.key("required")));
        let event = map.get("event").and_then(|value| self.reader.name(value, &at.key("event")));
        let commit = map.get("commit").and_then(|value| self.reader.boolean(value, &at.key("commit")));
        let offline = map.get("offline").and_then(|value| self.reader.text(value, &at.key("offline")));
        if !matches!(offline, None | Some("optimistic" | "ask")) {
            self.reader.faults.add(ErrorCode::Malformed, &at.key("offline"), "one of: optimistic, ask");
        }
        Some(Transition {
            name,
            action,
            from: sources,
            to,
            effect,
            request,
            blocked,
            directly,
            required: required.unwrap_or_default(),
            event,
            ask: offline == Some("ask"),
            commit: commit.unwrap_or(true),
        })
    }

    /// `{type, always?}`.
    fn made(&mut self, value: &'d Value, at: &At<'_>) -> Option<Made> {
        let map = self.reader.object_of(value, at, &["type", "always"])?;
        let kind = self.reader.required(map, "type", at)?;
        let kind = self.reader.name(kind, &at.key("type"))?;
        let always = map.get("always").and_then(|value| self.reader.boolean(value, &at.key("always")));
        Some(Made { kind, always: always.unwrap_or(false) })
    }

    /// `{rule, message}`.
    fn blocked(&mut self, value: &'d Value, at: &At<'_>, rules: &mut RuleReader<'d>) -> Option<(Rule, String)> {
        let map = self.reader.object_of(value, at, &["rule", "message"])?;
        let rule = self.reader.required(map, "rule", at);
        let rule = rule.and_then(|value| rules.rule(value, "", &at.key("rule"), self.reader));
        let message = self.reader.required(map, "message", at)?;
        let message = self.reader.text(message, &at.key("message"))?.to_string();
        Some((rule?, message))
    }

    /// What a transition does beside; the fields it writes must be there.
    fn effect(&mut self, map: &'d Map<String, Value>, at: &At<'_>) -> Option<Effect> {
        let word = self.reader.text(map.get("effect")?, &at.key("effect"))?;
        let found = Effect::parse(word);
        if found.is_none() {
            let known: Vec<&str> = Effect::ALL.iter().map(|effect| effect.as_str()).collect();
            let message = format!("unknown effect `{word}`; known: {}", joined(&known, ", "));
            self.reader.faults.add(ErrorCode::UnknownField, &at.key("effect"), message);
        }
        found
    }
}
