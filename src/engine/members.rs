//! Reading an operation on members.

use crate::admin::{Entry, MemberCall, What, Who};
use crate::facts::{Member, Words};
use crate::model::{At, Map, Reader, Subject, Value};
use crate::terms::ErrorCode;

/// The operations and the fields each has beside `do` and `subject`.
pub(super) const MEMBER_CALLS: [(&str, &[&str]); 7] = [
    ("invite", &["do", "subject", "community", "role", "members", "visible", "message"]),
    ("add_member", &["do", "subject", "community", "role", "members", "visible"]),
    ("change_role", &["do", "subject", "community", "role", "members"]),
    ("set_visibility", &["do", "subject", "community", "visible", "members"]),
    ("remove_member", &["do", "subject", "community", "members"]),
    ("leave", &["do", "subject", "community"]),
    ("request_membership", &["do", "subject", "community", "request", "message"]),
];

/// Reads one of them.
pub(super) fn read(
    operation: &str,
    map: &Map<String, Value>,
    subject: &Subject,
    words: &Words,
    at: &At<'_>,
    reader: &mut Reader,
) -> Option<MemberCall> {
    let community = reader.required(map, "community", at)?;
    let community = reader.user_id(community, &at.key("community"))?;
    let message = match map.get("message") {
        Some(value) => Some(reader.text(value, &at.key("message"))?.to_string()),
        None => None,
    };
    let mut visible = false;
    if let Some(value) = map.get("visible") {
        visible = reader.boolean(value, &at.key("visible"))?;
    } else if operation == "set_visibility" {
        reader.required(map, "visible", at)?;
    }
    let mut roles = || {
        let value = reader.required(map, "role", at)?;
        let given = match value {
            Value::Array(_) => reader.names(value, &at.key("role"))?,
            one => vec![reader.name(one, &at.key("role"))?],
        };
        Some(given.into_iter().map(|word| words.role(word)).collect())
    };
    let what = match operation {
        "invite" => What::Invite { roles: roles()?, visible, message },
        "add_member" => What::Add { roles: roles()?, visible },
        "change_role" => What::ChangeRole { roles: roles()? },
        "set_visibility" => What::SetVisibility(visible),
        "remove_member" => What::Remove,
        "leave" => What::Leave,
        "request_membership" => What::Request { message },
        _ => return None,
    };
    let entries = match &what {
        What::Leave => vec![own(subject, None)],
        What::Request { .. } => {
            let request = reader.required(map, "request", at)?;
            let request = reader.user_id(request, &at.key("request"))?;
            vec![own(subject, Some(request))]
        }
        _ => {
            let list = reader.required(map, "members", at)?;
            let at = at.key("members");
            let list = reader.list(list, &at)?;
            let invited = matches!(what, What::Invite { .. });
            let entries = list.iter().enumerate();
            let entries: Vec<Option<Entry>> =
                entries.map(|(index, value)| entry(value, invited, &at.index(index), reader)).collect();
            entries.into_iter().collect::<Option<_>>()?
        }
    };
    Some(MemberCall { community, entries, what })
}

/// The subject itself. Who is not signed in is nobody, whom no rule lets join.
fn own(subject: &Subject, request: Option<String>) -> Entry {
    Entry { who: Who::Member(Member::User(subject.id().unwrap_or_default().to_string())), request }
}

/// Reads `{user | group | email, request?}`; who is invited waits for a request, so that has an id.
fn entry(value: &Value, invited: bool, at: &At<'_>, reader: &mut Reader) -> Option<Entry> {
    let known: &[&str] = if invited { &["user", "group", "email", "request"] } else { &["user", "group", "email"] };
    let map = reader.object_of(value, at, known)?;
    let who = match map.get("email") {
        Some(address) if map.get("user").or(map.get("group")).is_none() => {
            reader.name(address, &at.key("email"))?;
            Who::Email
        }
        Some(_) => {
            reader.faults.add(ErrorCode::Malformed, at, "name a `user`, a `group` or an `email`");
            return None;
        }
        None => Who::Member(Member::read(map, at, reader)?),
    };
    let user = matches!(who, Who::Member(Member::User(_)));
    let request = match map.get("request") {
        Some(value) => Some(reader.user_id(value, &at.key("request"))?),
        None if invited && user => {
            reader.required(map, "request", at)?;
            None
        }
        None => None,
    };
    Some(Entry { who, request })
}
