//! Membership: the words that guards need.

use super::Draft;
use crate::facts::Words;
use crate::model::{At, FieldKind, Reader, Value, listed};
use crate::policy::membership::{MEMBER, MemberAction, MembershipWords, RequestType};

use crate::policy::Policy;
use crate::terms::ErrorCode;

impl<'d> Draft<'d, '_> {
    pub(super) fn membership(&mut self, words: &Words, reserved: &[String]) -> Option<MembershipWords> {
        let value = self.map.get("membership")?;
        let at = self.at.key("membership");
        let known = ["top", "invited", "applied", "joins_as", "groups", "days", "invitation", "application", "actions"];
        let map = self.reader.object_of(value, &at, &known)?;
        let role = |key: &str, required: bool, draft: &mut Self| {
            let value = if required { draft.reader.required(map, key, &at) } else { map.get(key) };
            let role = draft.reader.name(value?, &at.key(key))?;
            if !words.roles.contains(&role) {
                let message = format!("unknown role `{role}`; known: {}", listed(&words.roles));
                draft.reader.faults.add(ErrorCode::UnknownRole, &at.key(key), message);
            }
            Some(role)
        };
        let (top, joins_as) = (role("top", true, self), role("joins_as", false, self));
        let pending = |key: &str, draft: &mut Self| {
            let value = draft.reader.required(map, key, &at)?;
            let role = draft.reader.name(value, &at.key(key))?;
            if !reserved.contains(&role) || words.roles.contains(&role) {
                let message = "a pending membership is marked by a word of `reserved_roles` that is not in `roles`";
                draft.reader.faults.add(ErrorCode::UnknownRole, &at.key(key), message);
            }
            Some(role)
        };
        let (invited, applied) = (pending("invited", self), pending("applied", self));
        let groups = map.get("groups").and_then(|value| self.reader.boolean(value, &at.key("groups")));
        let days = match map.get("days") {
            None => 30,
            Some(value) => match value.as_i64().filter(|days| (1..=36_500).contains(days)) {
                Some(days) => days,
                None => {
                    self.reader.faults.add(ErrorCode::Malformed, &at.key("days"), "a whole number from 1 to 36500");
                    return None;
                }
            },
        };
        let request =
            |key: &str, draft: &mut Self| map.get(key).and_then(|value| draft.request_type(value, &at.key(key)));
        let (invitation, application) = (request("invitation", self), request("application", self));
        let actions = self.member_actions(map.get("actions"), &at.key("actions"));
        Some(MembershipWords {
            top: top?,
            invited: invited?,
            applied: applied?,
            joins_as,
            groups: groups.unwrap_or(false),
            days,
            invitation,
            application,
            actions,
        })
    }

    fn request_type(&mut self, value: &'d Value, at: &At<'_>) -> Option<RequestType> {
        let map = self.reader.object_of(value, at, &["type", "state", "member", "by_community"])?;
        let mut word = |key: &str| {
            let value = self.reader.required(map, key, at)?;
            self.reader.name(value, &at.key(key))
        };
        let (kind, state) = (word("type"), word("state"));
        let member = map.contains_key("member").then(|| word("member")).flatten();
        let by = map.get("by_community").and_then(|value| self.reader.boolean(value, &at.key("by_community")));
        Some(RequestType { kind: kind?, state: state?, member, by_community: by.unwrap_or(false) })
    }

    fn member_actions(&mut self, value: Option<&'d Value>, at: &At<'_>) -> Vec<(MemberAction, String)> {
        let names = MemberAction::ALL.map(|(_, name)| name);
        let map = value.and_then(|value| self.reader.object_of(value, at, &names));
        let mut name = |own: &str| {
            let value = map.and_then(|map| map.get(own));
            value.and_then(|value| self.reader.name(value, &at.key(own))).unwrap_or_else(|| own.to_string())
        };
        MemberAction::ALL.into_iter().map(|(action, own)| (action, name(own))).collect()
    }
}

/// What membership says of machines, once they are read: each is there, with its actions and states.
pub(super) fn check(policy: &Policy, reader: &mut Reader) {
    let Some(words) = &policy.membership else { return };
    let root = At::Root("policy");
    let at = root.key("membership");
    if policy.machine(MEMBER).is_none() {
        let message = "needs a machine with a record type `member`, whose rules say who may do what";
        reader.faults.add(ErrorCode::UnknownType, &at, message);
        return;
    }
    for (action, own) in MemberAction::ALL {
        // Nobody need be able to ask to join.
        let asked = action != MemberAction::Request || words.application.is_some();
        if asked && policy.member_machine(action).is_none() {
            let message = format!("the machine `member` has no action `{}`", words.action(action));
            reader.faults.add(ErrorCode::UnknownAction, &at.key("actions").key(own), message);
        }
    }
    for (key, request) in [("invitation", &words.invitation), ("application", &words.application)] {
        let Some(request) = request else { continue };
        match policy.machine(&request.kind) {
            None => {
                let message = format!("no machine has a record type `{}`", request.kind);
                reader.faults.add(ErrorCode::UnknownType, &at.key(key).key("type"), message);
            }
            Some(machine) => {
                if machine.states.find(&request.state).is_none() {
                    let message = format!("unknown state `{}`", request.state);
                    reader.faults.add(ErrorCode::UnknownState, &at.key(key).key("state"), message);
                }
                let users = |name: &String| {
                    machine.fields.iter().any(|field| field.name == *name && field.kind == FieldKind::Users)
                };
                if request.member.as_ref().is_some_and(|name| !users(name)) {
                    let message = "must name a field of users";
                    reader.faults.add(ErrorCode::UnknownField, &at.key(key).key("member"), message);
                }
            }
        }
    }
}
