//! Record grants and secret links: given and taken back by those who manage the record.

use super::{Work, conflict, missing, wrong};
use crate::facts::Key;
use crate::model::{At, Faults, FieldKind, Limits, Map, Value, id_of, moment, object};
use crate::policy::Ask;
use crate::terms::{Answer, ErrorCode};
use crate::workflow::Stop;

impl Work<'_, '_> {
    /// `{subject: {type, id}, permission}`; what the same subject had before is replaced.
    pub(super) fn grant(&mut self) -> Result<(), Stop> {
        let subject = self.params.get("subject").cloned().ok_or_else(|| missing("subject"))?;
        let level = self.required("permission")?;
        let entry = object(vec![("subject", subject.clone()), ("permission", Value::from(level))]);
        let mut list = self.list("grants");
        list.retain(|given| !same_subject(given, &subject));
        list.push(entry);
        self.give("grants", list)
    }

    pub(super) fn revoke(&mut self) -> Result<(), Stop> {
        let subject = self.params.get("subject").cloned().ok_or_else(|| missing("subject"))?;
        let mut list = self.list("grants");
        let before = list.len();
        list.retain(|given| !same_subject(given, &subject));
        if list.len() == before {
            return Err(conflict(ErrorCode::NotFound, "nothing on this record is given to that subject"));
        }
        self.give("grants", list)
    }

    /// `{link, permission, expires_at?}`. An end lies in the future, and is never put off.
    pub(super) fn link(&mut self) -> Result<(), Stop> {
        let (id, level) = (self.required("link")?, self.required("permission")?);
        let list = with_link(self.ask, self.params, self.list("links"), &id, &level)?;
        self.give("links", list)
    }

    pub(super) fn unlink(&mut self) -> Result<(), Stop> {
        let id = self.required("link")?;
        let mut list = self.list("links");
        let before = list.len();
        list.retain(|link| link.get("id").and_then(id_of).as_deref() != Some(&id));
        if list.len() == before {
            return Err(conflict(ErrorCode::NotFound, "this record has no such link"));
        }
        self.give("links", list)
    }

    pub(super) fn list(&self, name: &str) -> Vec<Value> {
        self.value(name).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// Writes what is given once it reads as what the field holds, so that a fault is told of the parameter.
    pub(super) fn give(&mut self, name: &str, list: Vec<Value>) -> Result<(), Stop> {
        if list.is_empty() {
            self.clear(name);
            return Ok(());
        }
        room(&list)?;
        let kind = self.kind.fields.placed().find(|(_, field, _)| field.name == name).map(|(_, field, _)| &field.kind);
        if let (Some(kind @ (FieldKind::Grants(_) | FieldKind::Links(_))), Some(last)) = (kind, list.last()) {
            readable(kind, last)?;
        }
        self.write(name, Value::Array(list))
    }
}

/// Links with one more, or another instead of one; its end is the call's.
pub(super) fn with_link(
    ask: &Ask<'_>,
    params: &Map<String, Value>,
    mut list: Vec<Value>,
    id: &str,
    level: &str,
) -> Result<Vec<Value>, Stop> {
    let until = params.get("expires_at").filter(|value| !value.is_null()).cloned();
    let before = list.iter().find(|link| link.get("id").and_then(id_of).as_deref() == Some(id)).cloned();
    let had = before.as_ref().and_then(|link| link.get("expires_at")).and_then(moment);
    let end =
        until.as_ref().map(|value| moment(value).ok_or_else(|| wrong("expires_at", "a date, a time, or milliseconds")));
    let end = end.transpose()?;
    if let Some(end) = end {
        match ask.before(end, None) {
            Answer::Allow => {}
            Answer::Deny => return Err(wrong("expires_at", "must lie in the future")),
            Answer::Unknown => return Err(Stop::Need(vec![Key::Time])),
        }
    }
    if had.is_some_and(|had| end.is_none_or(|end| end > had)) {
        return Err(conflict(ErrorCode::Denied, "the end of a link is never put off; make a new link"));
    }
    let mut fields = vec![("id", Value::from(id)), ("permission", Value::from(level))];
    fields.extend(until.map(|until| ("expires_at", until)));
    list.retain(|link| link.get("id").and_then(id_of).as_deref() != Some(id));
    list.push(object(fields));
    Ok(list)
}

/// Goes on only if a record has room for so many.
pub(super) fn room(list: &[Value]) -> Result<(), Stop> {
    match list.len() > Limits::GIVEN {
        true => Err(conflict(ErrorCode::TooLarge, "a record has no room for more of these; take some back")),
        false => Ok(()),
    }
}

/// Goes on only if what is given reads as what the field holds; a fault is told of the parameter.
pub(super) fn readable(kind: &FieldKind, given: &Value) -> Result<(), Stop> {
    let mut faults = Faults::new();
    let one = Value::Array(vec![given.clone()]);
    let read = kind.read(Some(&one), &At::Root("call.params"), &mut faults);
    faults.give(read).map(|_| ()).map_err(|error| {
        let field = error.path().rsplit('.').next().unwrap_or("subject").to_string();
        wrong(&field, error.faults.first().map_or("not understood", |fault| &fault.message))
    })
}

pub(super) fn same_subject(given: &Value, subject: &Value) -> bool {
    let part = |value: Option<&Value>, name: &str| value.and_then(|value| value.get(name)).and_then(id_of);
    let own = given.get("subject");
    part(own, "type") == part(Some(subject), "type") && part(own, "id") == part(Some(subject), "id")
}
