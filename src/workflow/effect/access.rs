//! Access requests: somebody who may not see all of a record asks those who manage it.

use super::given::{readable, room, same_subject, with_link};
use super::request::owner;
use super::{Work, conflict, field, put, wrong};
use crate::facts::Change;
use crate::model::{Subject, Value, object};
use crate::terms::ErrorCode;
use crate::workflow::{Refusal, Stop};

/// Bytes of the longest address mail goes to.
const MAIL: usize = 254;

impl Work<'_, '_> {
    /// The request goes to the record's owners and its community; where the transition says of which type it is, to its owner, if
    /// that type has receivers, with all that is said. A guest says where the answer is to be sent.
    pub(super) fn ask_access(&mut self) -> Result<(), Stop> {
        let guest = match self.ask.identity.subject() {
            Subject::Anonymous { .. } => Some(self.email()?),
            _ => None,
        };
        let message = self.text("message")?.map(Value::from);
        self.reason()?;
        let named = self.transition.request.is_some();
        let community = self.primary()?.filter(|_| !named);
        let receivers: Vec<Value> = self.record.owners.known().into_iter().flatten().map(|id| owner(id)).collect();
        let mut said =
            [("message", message), ("guest", guest.map(|email| object(vec![("email", Value::from(email))])))];
        if named {
            let mut payload = self.params.clone();
            payload.remove("request");
            said = [("payload", Some(Value::Object(payload))), ("", None)];
        }
        self.make_request("access-request", community.as_deref(), "submitted")?;
        if let Some(Change::Put { value, .. }) = self.more.last_mut()
            && let Some(kind) = self.main.of_document(value).type_of(value)
        {
            if let Some(address) = field(kind, "receiver") {
                put(address, value, Value::Array(receivers))?;
            }
            if let Some(map) = value.as_object_mut() {
                map.extend(said.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))));
            }
        }
        Ok(())
    }

    /// Whether mail reaches it only sending can tell.
    fn email(&self) -> Result<String, Stop> {
        let email = self.required("email")?;
        let plain = !email.chars().any(|letter| letter.is_control() || letter.is_whitespace());
        let parts = email.rsplit_once('@').is_some_and(|(who, place)| !who.is_empty() && !place.is_empty());
        if plain && parts && email.len() <= MAIL {
            Ok(email)
        } else {
            Err(wrong("email", "an address such as a@b.org"))
        }
    }

    /// Whoever asked is given a level on the record: `view`, or what they have had since, unless another is named. A guest gets a
    /// secret link, which the host sends; its id comes with the call.
    pub(super) fn give_access(&mut self) -> Result<(), Stop> {
        let level = self.text("permission")?.map(str::to_string);
        let user = self.record.owners.known().and_then(|owners| owners.first()).cloned();
        let payload = self.document.get("payload");
        let link = match (&user, self.document.get("guest").or_else(|| payload?.get("email"))) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(self.required("link")?),
            (None, None) => return Err(conflict(ErrorCode::NotFound, "nobody is known to have asked")),
        };
        let (ask, params) = (self.ask, self.params);
        self.with_topic(true, &mut |topic, _, kind| {
            let name = if link.is_some() { "links" } else { "grants" };
            let place = kind.fields.placed().find(|(_, field, _)| field.name == name);
            let Some((_, field, address)) = place else { return Err(Stop::refused(Refusal::not_found())) };
            let list = address.get(topic).and_then(Value::as_array).cloned().unwrap_or_default();
            let list = match (&user, &link) {
                (Some(user), _) => with_grant(list, user, level.as_deref()),
                (None, Some(link)) => with_link(ask, params, list, link, level.as_deref().unwrap_or("view"))?,
                (None, None) => list,
            };
            room(&list)?;
            if let Some(given) = list.last() {
                readable(&field.kind, given)?;
            }
            put(address, topic, Value::Array(list))
        })
    }
}

/// Grants with one more. What the user had before is replaced by a level that is named; `view` comes only where there was none.
fn with_grant(mut list: Vec<Value>, user: &str, level: Option<&str>) -> Vec<Value> {
    let subject = object(vec![("type", Value::from("user")), ("id", owner(user))]);
    if level.is_none() && list.iter().any(|given| same_subject(given, &subject)) {
        return list;
    }
    list.retain(|given| !same_subject(given, &subject));
    list.push(object(vec![("subject", subject), ("permission", Value::from(level.unwrap_or("view")))]));
    list
}
