//! Access requests: somebody who may not see all of a record asks those who manage it.

use serde_json::Value;

use super::request::owner;
use super::{Work, conflict, put};
use crate::facts::Change;
use crate::model::{FieldKind, id_of, object};
use crate::terms::ErrorCode;
use crate::workflow::{Refusal, Stop};

impl Work<'_, '_> {
    /// The request goes to the record's owners and its community.
    pub(super) fn ask_access(&mut self) -> Result<(), Stop> {
        let message = self.text("message")?.map(Value::from);
        let community = self.primary()?;
        let receivers: Vec<Value> = self.record.owners.known().into_iter().flatten().map(|id| owner(id)).collect();
        self.make_request("access-request", community.as_deref())?;
        if let Some(Change::Put { value, .. }) = self.more.last_mut()
            && let Some(kind) = self.main.of_document(value).type_of(value)
        {
            let receiver = kind.fields.placed().find(|(_, field, _)| field.name == "receiver");
            if let Some((.., address)) = receiver {
                put(address, value, Value::Array(receivers))?;
            }
            if let (Some(message), Some(map)) = (message, value.as_object_mut()) {
                map.insert("message".to_string(), message);
            }
        }
        Ok(())
    }

    /// Whoever asked is given a level on the record: `view`, unless another is named.
    pub(super) fn give_access(&mut self) -> Result<(), Stop> {
        let level = self.text("permission")?.unwrap_or("view").to_string();
        let Some(user) = self.record.owners.known().and_then(|owners| owners.first()).cloned() else {
            return Err(conflict(ErrorCode::NotFound, "nobody is known to have asked"));
        };
        self.with_topic(true, |topic, _, kind| {
            let field = kind.fields.placed().find(|(_, field, _)| field.name == "grants");
            let Some((_, field, address)) = field else { return Err(Stop::refused(Refusal::not_found())) };
            if matches!(&field.kind, FieldKind::Grants(levels) if !levels.is_empty() && !levels.contains(&level)) {
                return Err(super::wrong("permission", "no such level"));
            }
            let mut list = address.get(topic).and_then(Value::as_array).cloned().unwrap_or_default();
            list.retain(|given| {
                let subject = given.get("subject");
                let part = |name: &str| subject.and_then(|subject| subject.get(name)).and_then(id_of);
                part("type").as_deref() != Some("user") || part("id").as_ref() != Some(&user)
            });
            let subject = object(vec![("type", Value::from("user")), ("id", owner(&user))]);
            list.push(object(vec![("subject", subject), ("permission", Value::from(level))]));
            put(address, topic, Value::Array(list))
        })
    }
}
