//! Fields of records that rules look at beside communities, state and owners.

use super::Draft;
use crate::model::{At, Field, FieldId, FieldKind, Limits, Map, SIZES, Said, Value};
use crate::policy::parse::RuleReader;
use crate::policy::{RecordType, Rule};
use crate::terms::ErrorCode;

const KINDS: &str =
    "one of: word, size, count, kept, users, roles, system_roles, holders, community, moment, grants, links";

impl<'d> Draft<'d, '_> {
    /// Their names and kinds; where each record type keeps them is said with the type.
    pub(super) fn fields(&mut self) -> Vec<Field> {
        let at = self.at.key("fields");
        let given = self.entries("fields");
        if given.len() > Limits::FIELDS {
            let message = format!("{} fields; the limit is {}", given.len(), Limits::FIELDS);
            self.reader.faults.add(ErrorCode::TooLarge, &at, message);
            return Vec::new();
        }
        let mut fields = Vec::new();
        for (name, value) in given {
            let at = at.key(name);
            if ["primary", "secondary", "state", "owners"].contains(&name) {
                self.reader.faults.add(ErrorCode::Duplicate, &at, "every record type has this field already");
            }
            let map = self.reader.object_of(
                value,
                &at,
                &["kind", "values", "default", "not", "up_to", "keys", "shown_to", "changed_by", "refused"],
            );
            if let Some(kind) = map.and_then(|map| self.field_kind(map, &at)) {
                fields.push(Field { name: name.to_string(), kind, at: None });
            }
        }
        fields
    }

    fn field_kind(&mut self, map: &'d Map<String, Value>, at: &At<'_>) -> Option<FieldKind> {
        let kind = self.reader.required(map, "kind", at)?;
        let kind = self.reader.text(kind, &at.key("kind"))?;
        for (key, only) in [("up_to", "count"), ("keys", "holders")] {
            if kind != only && map.contains_key(key) {
                let message = format!("only a field of kind `{only}` has this");
                self.reader.faults.add(ErrorCode::UnknownField, &at.key(key), message);
            }
        }
        if kind == "word" {
            let values = self.reader.required(map, "values", at)?;
            let values = self.reader.names(values, &at.key("values"))?;
            let default = map.get("default").and_then(|value| self.reader.name(value, &at.key("default")));
            if default.as_ref().is_some_and(|word| !values.contains(word)) {
                self.reader.faults.add(ErrorCode::UnknownValue, &at.key("default"), "must be one of `values`");
            }
            return Some(FieldKind::Word { values, default, said: Said::Word });
        }
        if let Some(value) = map.get("not")
            && (kind != "community" || value.as_str() != Some("primary"))
        {
            let message = "a field of kind `community` may say \"primary\" here: the primary community is not meant";
            self.reader.faults.add(ErrorCode::Malformed, &at.key("not"), message);
        }
        let given = kind == "grants" || kind == "links";
        let levels = map.get("values").filter(|_| given).and_then(|list| self.reader.names(list, &at.key("values")));
        let levels = levels.unwrap_or_default();
        let others = ["values", "default"].into_iter().filter(|key| map.contains_key(*key));
        for key in others.filter(|key| !(given && *key == "values")) {
            let message = "only a field of kind `word` has this";
            self.reader.faults.add(ErrorCode::UnknownField, &at.key(key), message);
        }
        Some(match kind {
            "kept" => FieldKind::Kept,
            "size" => {
                let values: Vec<String> = SIZES.iter().map(ToString::to_string).collect();
                FieldKind::Word { default: values.first().cloned(), values, said: Said::Size }
            }
            "count" => {
                let last = self.reader.required(map, "up_to", at).and_then(Value::as_u64);
                let Some(last) = last.filter(|last| (1..=Limits::COUNT).contains(last)) else {
                    let message = "a whole number from 1 to 100: what it stands for is that many, or more";
                    self.reader.faults.add(ErrorCode::Malformed, &at.key("up_to"), message);
                    return None;
                };
                let values: Vec<String> = (0..=last).map(|number| number.to_string()).collect();
                FieldKind::Word { default: values.first().cloned(), values, said: Said::Count }
            }
            "holders" => FieldKind::Holders {
                keys: map.get("keys").and_then(|value| self.reader.boolean(value, &at.key("keys"))).unwrap_or(false),
            },
            "users" => FieldKind::Users,
            "roles" => FieldKind::Roles,
            "system_roles" => FieldKind::SystemRoles,
            "community" => FieldKind::Community { other: map.get("not").is_some() },
            "moment" => FieldKind::Moment,
            "grants" => FieldKind::Grants(levels),
            "links" => FieldKind::Links(levels),
            _ => {
                self.reader.faults.add(ErrorCode::Malformed, &at.key("kind"), KINDS);
                return None;
            }
        })
    }

    /// Who may make records of which types for somebody else.
    pub(super) fn made_for(&mut self, types: &mut [RecordType], rules: &mut RuleReader<'d>) {
        let at = self.at.key("types");
        let list = self.map.get("types").and_then(Value::as_array);
        for (index, entry) in list.into_iter().flatten().enumerate() {
            let own = entry.get("key").and_then(Value::as_str);
            if let Some(rule) = entry.get("made_for")
                && let Some(kind) = types.iter_mut().find(|kind| Some(kind.key.as_str()) == own)
            {
                kind.made_for = rules.rule(rule, "create", &at.index(index).key("made_for"), self.reader);
            }
        }
    }

    /// What a write must not make of fields: the rule, and what people are told.
    pub(super) fn refused(&mut self, types: &[RecordType], rules: &mut RuleReader<'d>) -> Vec<(FieldId, Rule, String)> {
        let at = self.at.key("fields");
        let mut found = Vec::new();
        for (name, value) in self.entries("fields") {
            let Some(value) = value.get("refused").filter(|_| is_kept(types, name)) else { continue };
            let at = at.key(name);
            let at = at.key("refused");
            let Some(map) = self.reader.object_of(value, &at, &["when", "message"]) else { continue };
            let when = self.reader.required(map, "when", &at);
            let when = when.and_then(|rule| rules.rule(rule, "update", &at.key("when"), self.reader));
            let message = self.reader.required(map, "message", &at);
            let message = message.and_then(|value| self.reader.text(value, &at.key("message")));
            if let (Some(id), Some(when), Some(message)) = (rules.field_id(name), when, message) {
                found.push((id, when, message.to_string()));
            }
        }
        found
    }

    /// The rules of fields under a key: who is shown which, or who may change it.
    pub(super) fn of_fields(
        &mut self,
        key: &str,
        types: &[RecordType],
        rules: &mut RuleReader<'d>,
    ) -> Vec<(FieldId, Rule)> {
        let at = self.at.key("fields");
        let mut found = Vec::new();
        for (name, value) in self.entries("fields") {
            let Some(rule) = value.get(key).filter(|_| is_kept(types, name)) else { continue };
            let at = at.key(name);
            let rule = rules.rule(rule, "read", &at.key(key), self.reader);
            if let (Some(id), Some(rule)) = (rules.field_id(name), rule) {
                found.push((id, rule));
            }
        }
        found
    }
}

/// A machine has the fields of the rest of the document; where it keeps none, their rules may not even make sense.
fn is_kept(types: &[RecordType], name: &str) -> bool {
    types.iter().any(|kind| kind.fields.placed().any(|(_, field, _)| field.name == name))
}
