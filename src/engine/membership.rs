//! What can be done about memberships, as options.

use super::evaluation::Target;
use super::{Engine, Error};
use crate::admin::{awaited, member_choice};
use crate::facts::{Facts, Member};
use crate::model::{At, Reader, Subject, Value, object};
use crate::policy::{Ask, Decision, MEMBER, MemberAction};
use crate::workflow::Possible;

/// A membership that a question names by whose it is, or none in particular.
pub(crate) struct Membership {
    subject: Subject,
    pub community: String,
    member: Option<Member>,
}

impl Engine {
    /// Reads `{subject, resource: {type: "member", community, member?}}`. None if the question is about something else, or
    /// about a membership's document.
    pub(crate) fn membership(&self, evaluation: &Value) -> Result<Option<Membership>, Error> {
        let Some(resource) = evaluation.get("resource").filter(|_| self.policy.membership.is_some()) else {
            return Ok(None);
        };
        if resource.get("type").and_then(Value::as_str) != Some(MEMBER) || resource.get("properties").is_some() {
            return Ok(None);
        }
        let mut reader = Reader::new();
        let found = read(evaluation, resource, &mut reader);
        reader.faults.give(found).map(Some)
    }

    /// Tries every operation on a membership; `put` is given what can be done. The request it waits for, as a resource, if
    /// it does.
    pub(crate) fn try_members(
        &self,
        of: &Membership,
        facts: &Facts,
        put: &mut dyn FnMut(&str, Decision, Possible),
    ) -> Option<Value> {
        let ask = Ask::new(&self.policy, &of.subject, facts);
        let words = self.policy.membership.as_ref()?;
        for (action, _) in MemberAction::ALL {
            if let Some(choice) = member_choice(&ask, &of.community, of.member.as_ref(), action) {
                let decision = choice.decision(&ask).unwrap_or_else(|| self.nothing(facts));
                put(words.action(action), decision, choice.possible);
            }
        }
        let (kind, id) = awaited(&ask, &of.community, of.member.as_ref()?)?;
        Some(object(vec![("type", Value::from(kind)), ("id", Value::from(id))]))
    }

    /// What comes of an action on the membership a document is of, or of asking to join a community; none if it is neither.
    pub(super) fn about_member(
        &self,
        subject: &Subject,
        target: &Target<'_>,
        name: &str,
        facts: &Facts,
    ) -> Option<Possible> {
        let ask = Ask::new(&self.policy, subject, facts);
        let own = |action: &MemberAction| {
            let machine = self.policy.member_machine(*action);
            machine.is_some_and(|(machine, kind, id)| kind.key == target.kind.key && machine.action_name(id) == name)
        };
        let action = MemberAction::ALL.into_iter().map(|(action, _)| action).find(own)?;
        let seen = &target.attributes;
        let community = target.community.as_ref().or_else(|| seen.primary.known()?.as_ref())?;
        let member = seen.owners.known().and_then(|owners| owners.first()).map(|id| Member::User(id.clone()));
        member_choice(&ask, community, member.as_ref(), action).map(|choice| choice.possible)
    }

    /// Whether an action moves a request on.
    pub(crate) fn moves(&self, request: &Value, name: &str) -> bool {
        let engine = self.for_question(Some(request), None);
        let policy = engine.policy();
        policy.transitions.iter().any(|one| policy.action_name(one.action) == name)
    }
}

fn read(evaluation: &Value, resource: &Value, reader: &mut Reader) -> Option<Membership> {
    let at = At::Root("evaluation");
    let map = reader.object_of(evaluation, &at, &["subject", "resource"])?;
    let subject = reader.required(map, "subject", &at)?;
    let subject = Subject::read(subject, &at.key("subject"), reader)?;
    let at = at.key("resource");
    let map = reader.object_of(resource, &at, &["type", "community", "member"])?;
    let community = reader.required(map, "community", &at)?;
    let community = reader.user_id(community, &at.key("community"))?;
    let member = match map.get("member") {
        Some(value) => {
            let at = at.key("member");
            Some(Member::read(reader.object_of(value, &at, &["user", "group"])?, &at, reader)?)
        }
        None => None,
    };
    Some(Membership { subject, community, member })
}
