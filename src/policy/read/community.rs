//! Communities: who may make them, and what comes of it.

use super::Draft;
use crate::model::{Address, At, Table, Value, listed};
use crate::policy::Rule;
use crate::policy::document::{CommunityDoor, SaidElsewhere, Setting};
use crate::policy::parse::RuleReader;
use crate::terms::ErrorCode;

impl<'d> Draft<'d, '_> {
    /// Who may know of a community: everybody, unless the document says otherwise.
    pub(super) fn community_read(&mut self, rules: &mut RuleReader<'d>) -> Option<Rule> {
        let value = self.map.get("community").and_then(|community| community.get("read"));
        let Some(value) = value else { return Some(Rule::Always) };
        rules.rule(value, "", &self.at.key("community").key("read"), self.reader)
    }

    pub(super) fn community(&mut self, rules: &mut RuleReader<'d>, read: Rule) -> Option<CommunityDoor> {
        let at = self.at.key("community");
        let value = self.reader.required(self.map, "community", self.at)?;
        let known = [
            "create",
            "manage",
            "read",
            "members",
            "members_public",
            "members_pending",
            "actions",
            "deleted",
            "settings",
            "templates",
            "variants",
            "types",
            "default_type",
            "grants_from",
            "before_insert",
            "after_insert",
        ];
        let map = self.reader.object_of(value, &at, &known)?;
        let mut rule = |key: &str, draft: &mut Self| {
            let value = draft.reader.required(map, key, &at)?;
            rules.rule(value, "", &at.key(key), draft.reader)
        };
        let (create, manage) = (rule("create", self), rule("manage", self));
        let mut optional = |key: &str, default: Rule, draft: &mut Self| match map.get(key) {
            Some(value) => rules.rule(value, "", &at.key(key), draft.reader),
            None => Some(default),
        };
        let members = optional("members", Rule::Never, self);
        let members_public = optional("members_public", Rule::Never, self);
        let members_pending = optional("members_pending", Rule::Never, self);
        let actions = optional("actions", Rule::Never, self);
        let settings = map.get("settings").map(|value| self.settings(value, &at.key("settings"))).unwrap_or_default();
        if let Some(templates) = map.get("templates") {
            self.templates(templates, &settings, &at.key("templates"));
        }
        let variants =
            map.get("variants").map(|value| self.variants(value, &settings, &at.key("variants"))).unwrap_or_default();
        let types_at = at.key("types");
        let types = self.reader.required(map, "types", &at).and_then(|v| self.reader.object(v, &types_at));
        let types: Table<String> = types
            .into_iter()
            .flatten()
            .filter_map(|(key, label)| Some((key.clone(), self.reader.name(label, &types_at.key(key))?)))
            .collect();
        let default_type = map.get("default_type").and_then(|v| self.reader.name(v, &at.key("default_type")));
        let default_type = default_type.or_else(|| types.keys().next().map(str::to_string)).unwrap_or_default();
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
            read,
            members: members?,
            members_public: members_public?,
            members_pending: members_pending?,
            actions: actions?,
            settings,
            variants,
            types,
            default_type,
            grants_from: doors.unwrap_or_default().into_iter().collect(),
            events,
            role_description,
        })
    }

    /// `[{key, at, label, description, default, values: [{value, label, icon, description, effect}]}]`. The texts are for
    /// interfaces.
    fn settings(&mut self, value: &'d Value, at: &At<'_>) -> Vec<Setting> {
        let mut settings = Vec::new();
        for (index, entry) in self.reader.list(value, at).into_iter().flatten().enumerate() {
            let at = at.index(index);
            let known = ["key", "at", "label", "description", "default", "values"];
            let Some(map) = self.reader.object_of(entry, &at, &known) else { continue };
            for key in ["key", "label", "description"].into_iter().filter(|key| map.contains_key(*key)) {
                map.get(key).and_then(|text| self.reader.text(text, &at.key(key)));
            }
            let place = self.reader.required(map, "at", &at);
            let place = place.and_then(|place| Address::read(place, &at.key("at"), self.reader));
            let list_at = at.key("values");
            let list = self.reader.required(map, "values", &at).and_then(|list| self.reader.list(list, &list_at));
            let mut values = Vec::new();
            for (index, entry) in list.into_iter().flatten().enumerate() {
                let at = list_at.index(index);
                let known = ["value", "label", "icon", "description", "effect"];
                let Some(map) = self.reader.object_of(entry, &at, &known) else { continue };
                for key in ["label", "icon", "description", "effect"].into_iter().filter(|key| map.contains_key(*key)) {
                    map.get(key).and_then(|text| self.reader.text(text, &at.key(key)));
                }
                let value = self.reader.required(map, "value", &at);
                values.extend(value.and_then(|value| self.reader.name(value, &at.key("value"))));
            }
            let default = map.get("default").and_then(|value| self.reader.name(value, &at.key("default")));
            if default.as_ref().is_some_and(|default| !values.contains(default)) {
                self.reader.faults.add(ErrorCode::UnknownValue, &at.key("default"), "must be one of `values`");
            }
            settings.extend(place.map(|at| Setting { at, values, default }));
        }
        settings
    }

    /// `{name: {address: {word: word here, or null}}}`.
    fn variants(&mut self, value: &'d Value, settings: &[Setting], at: &At<'_>) -> Table<Vec<SaidElsewhere>> {
        let mut variants = Table::default();
        for (name, value) in self.reader.object(value, at).into_iter().flatten() {
            let at = at.key(name);
            let mut words = Vec::new();
            for (place, value) in self.reader.object(value, &at).into_iter().flatten() {
                let at = at.key(place);
                let Some(setting) = settings.iter().find(|setting| setting.at.to_string() == *place) else {
                    self.reader.faults.add(ErrorCode::UnknownField, &at, "a setting of `settings`");
                    continue;
                };
                for (word, here) in self.reader.object(value, &at).into_iter().flatten() {
                    let here = here.as_str().map(str::to_string).or_else(|| (!here.is_null()).then(String::new));
                    if here.as_ref().is_some_and(|here| !setting.values.contains(here)) {
                        let message = format!("null, or one of: {}", listed(&setting.values));
                        self.reader.faults.add(ErrorCode::UnknownValue, &at.key(word), message);
                    }
                    words.push(SaidElsewhere { at: setting.at.clone(), word: word.clone(), here });
                }
            }
            variants.insert(name.clone(), words);
        }
        variants
    }

    /// `[{key, label, reason, settings: {address: value}}]`: values that are recommended together.
    fn templates(&mut self, value: &'d Value, settings: &[Setting], at: &At<'_>) {
        for (index, entry) in self.reader.list(value, at).into_iter().flatten().enumerate() {
            let at = at.index(index);
            let Some(map) = self.reader.object_of(entry, &at, &["key", "label", "reason", "settings"]) else {
                continue;
            };
            for key in ["key", "label", "reason"] {
                self.reader.required(map, key, &at).and_then(|text| self.reader.text(text, &at.key(key)));
            }
            let parent = at;
            let at = parent.key("settings");
            let given = self.reader.required(map, "settings", &parent);
            let given = given.and_then(|given| self.reader.object(given, &at));
            for (place, value) in given.into_iter().flatten() {
                let known = settings.iter().find(|setting| setting.at.to_string() == *place);
                let fits = known
                    .is_some_and(|known| value.as_str().is_some_and(|word| known.values.iter().any(|own| own == word)));
                if !fits {
                    let message = "a setting of `settings`, with one of its values";
                    self.reader.faults.add(ErrorCode::UnknownValue, &at.key(place), message);
                }
            }
        }
    }
}
