//! Communities: who may make them, and what comes of it.

use super::Draft;
use crate::model::Table;
use crate::policy::Rule;
use crate::policy::document::CommunityDoor;
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
            "actions",
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
        let actions = optional("actions", Rule::Never, self);
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
            actions: actions?,
            types,
            default_type,
            grants_from: doors.unwrap_or_default().into_iter().collect(),
            events,
            role_description,
        })
    }
}
