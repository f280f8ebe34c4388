//! Record types: where each keeps what rules look at, and its paths.

use super::Draft;
use crate::model::{Address, At, Entries, Field, Fields, OwnerForm, Reader, Value};
use crate::policy::document::RecordType;
use crate::terms::ErrorCode;

impl<'d> Draft<'d, '_> {
    pub(super) fn types(&mut self, named: &[Field]) -> Vec<RecordType> {
        let at = self.at.key("types");
        let Some(list) =
            self.reader.required(self.map, "types", self.at).and_then(|value| self.reader.list(value, &at))
        else {
            return Vec::new();
        };
        if list.is_empty() {
            self.reader.faults.add(ErrorCode::MissingField, &at, "at least one record type must be given");
        }
        let mut types: Vec<RecordType> = Vec::new();
        for (i, entry) in list.iter().enumerate() {
            let at = at.index(i);
            let Some(kind) = self.record_type(entry, &at, named) else { continue };
            if types.iter().any(|other| other.key == kind.key) {
                let message = format!("there is a record type `{}` already", kind.key);
                self.reader.faults.add(ErrorCode::Duplicate, &at.key("key"), message);
            }
            types.push(kind);
        }
        types
    }

    fn record_type(&mut self, entry: &'d Value, at: &At<'_>, named: &[Field]) -> Option<RecordType> {
        let known = [
            "key",
            "fields",
            "owner_form",
            "primary_required",
            "whole_list",
            "transitions",
            "community_scope",
            "list_path",
            "item_path",
            "owner_schema",
            "schema",
            "made_for",
            "entries",
        ];
        let map = self.reader.object_of(entry, at, &known)?;
        let key = self.reader.required(map, "key", at)?;
        let key = self.reader.name(key, &at.key("key"))?;
        let fields_at = at.key("fields");
        let fields = self.reader.required(map, "fields", at)?;
        let mut known = vec!["primary", "secondary", "state", "owners"];
        known.extend(named.iter().map(|field| field.name.as_str()));
        let fields = self.reader.object_of(fields, &fields_at, &known)?;
        let mut address = |name: &str| {
            let value = self.reader.required(fields, name, &fields_at)?;
            Address::read(value, &fields_at.key(name), self.reader)
        };
        let (primary, secondary) = (address("primary"), address("secondary"));
        let (state, owners) = (address("state"), address("owners"));
        let place = |field: &Field, reader: &mut Reader| {
            let value = fields.get(&field.name)?;
            Address::read(value, &fields_at.key(&field.name), reader)
        };
        let named = named.iter().map(|field| Field { at: place(field, self.reader), ..field.clone() }).collect();
        let mut flag = |name: &str, default: bool| {
            map.get(name).and_then(|value| self.reader.boolean(value, &at.key(name))).unwrap_or(default)
        };
        let primary_required = flag("primary_required", true);
        let whole_list = flag("whole_list", false);
        let transitions = flag("transitions", true);
        let community_scope = flag("community_scope", true);
        let owner_schema = flag("owner_schema", false);
        let owner_form = match map.get("owner_form").map(|value| (value, value.as_str())) {
            None | Some((_, Some("any"))) => OwnerForm::Any,
            Some((_, Some("integer"))) => OwnerForm::Integer,
            Some((_, Some("one"))) => OwnerForm::One,
            Some(_) => {
                self.reader.faults.add(ErrorCode::Malformed, &at.key("owner_form"), "one of: any, integer, one");
                OwnerForm::Any
            }
        };
        let mut path = |name: &str, default: &str| {
            let text = map.get(name).and_then(|value| self.reader.text(value, &at.key(name)));
            text.unwrap_or(default).to_string()
        };
        let list_path = path("list_path", "/{community}/");
        let item_path = path("item_path", "/{community}/{id}");
        let entries_at = at.key("entries");
        let entries = map.get("entries").and_then(|value| self.reader.list(value, &entries_at)).unwrap_or_default();
        let entries = entries.iter().enumerate().filter_map(|(i, entry)| self.entry(entry, &entries_at.index(i)));
        let entries = entries.collect();
        let (primary, secondary, state, owners) = (primary?, secondary?, state?, owners?);
        let fields = Fields { primary, secondary, state, owners, owner_form, primary_required, whole_list, named };
        Some(RecordType {
            key,
            fields,
            transitions,
            community_scope,
            list_path,
            item_path,
            owner_schema,
            entries,
            made_for: None,
        })
    }

    /// `{at, field, created?, read?}`.
    fn entry(&mut self, value: &Value, at: &At<'_>) -> Option<Entries> {
        let map = self.reader.object_of(value, at, &["at", "field", "created", "read"])?;
        let list = self.reader.required(map, "at", at)?;
        let field = self.reader.required(map, "field", at)?;
        Some(Entries {
            at: Address::read(list, &at.key("at"), self.reader)?,
            field: self.reader.name(field, &at.key("field"))?,
            created: map.get("created").cloned(),
            read: map.get("read").cloned(),
        })
    }
}
