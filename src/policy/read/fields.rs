//! Fields of records that rules look at beside communities, state and owners.

use serde_json::{Map, Value};

use super::Draft;
use crate::model::{At, Field, FieldId, FieldKind, Limits, SIZES};
use crate::policy::parse::RuleReader;
use crate::policy::{RecordType, Rule};
use crate::terms::ErrorCode;

const KINDS: &str = "one of: word, size, kept, users, roles, system_roles, community, moment, grants, links";

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
            let map =
                self.reader.object_of(value, &at, &["kind", "values", "default", "not", "shown_to", "changed_by"]);
            if let Some(kind) = map.and_then(|map| self.field_kind(map, &at)) {
                fields.push(Field { name: name.to_string(), kind, at: None });
            }
        }
        fields
    }

    fn field_kind(&mut self, map: &'d Map<String, Value>, at: &At<'_>) -> Option<FieldKind> {
        let kind = self.reader.required(map, "kind", at)?;
        let kind = self.reader.text(kind, &at.key("kind"))?;
        if kind == "word" {
            let values = self.reader.required(map, "values", at)?;
            let values = self.reader.names(values, &at.key("values"))?;
            let default = map.get("default").and_then(|value| self.reader.name(value, &at.key("default")));
            if default.as_ref().is_some_and(|word| !values.contains(word)) {
                self.reader.faults.add(ErrorCode::UnknownValue, &at.key("default"), "must be one of `values`");
            }
            return Some(FieldKind::Word { values, default, size: false });
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
                FieldKind::Word { default: values.first().cloned(), values, size: true }
            }
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
            // A machine has the fields of the rest of the document; where it keeps none, their rules may not even make sense.
            let kept = types.iter().any(|kind| kind.fields.placed().any(|(_, field, _)| field.name == name));
            let Some(rule) = value.get(key).filter(|_| kept) else { continue };
            let at = at.key(name);
            let rule = rules.rule(rule, "read", &at.key(key), self.reader);
            if let (Some(id), Some(rule)) = (rules.field_id(name), rule) {
                found.push((id, rule));
            }
        }
        found
    }
}
