//! Questions about an access list itself: whether somebody manages it, as whoever changes it is asked.

use std::rc::Rc;

use serde_json::Value;

use super::answer::with;
use super::evaluation::Evaluation;
use super::{Engine, Error};
use crate::acl::{Acl, LOOKED_AT};
use crate::admin::{ACL, About, MANAGE, named, people, verdict};
use crate::facts::Facts;
use crate::model::{At, Reader, Subject};
use crate::policy::{Ask, Explanation, Policy, Who, users_in};
use crate::terms::{Answer, ErrorCode, Relation};

/// The list, as far as it was found.
enum Found<'f> {
    /// As facts have it.
    Stored(&'f Acl),
    /// As whoever asks gives it.
    Given(Box<Acl>),
    /// None in particular.
    Any,
    Absent,
    Unknown(String),
}

impl Found<'_> {
    fn about(&self) -> Option<About<'_>> {
        Some(match self {
            Self::Stored(acl) => About::List(acl),
            Self::Given(acl) => About::List(acl),
            Self::Any => About::Any,
            Self::Unknown(id) => About::Unknown(id),
            Self::Absent => return None,
        })
    }
}

impl Engine {
    /// The machine that says who manages access lists, if that is what a question is about.
    pub(crate) fn lists(&self, evaluation: &Value) -> Option<&Rc<Policy>> {
        let key = evaluation.get("resource")?.get("type")?;
        let known = key.as_str() == Some(ACL) && self.policy.acls.is_some();
        self.policy.machine(ACL).filter(|_| known)
    }

    /// A decision about a list, with the rule behind it. Reads `{subject?, action, resource: {type: "acl", id?, properties?}, told?}`.
    pub(super) fn explain_list(
        &self,
        machine: &Rc<Policy>,
        evaluation: &Value,
        facts: &Facts,
    ) -> Result<Explanation, Error> {
        if !LOOKED_AT {
            let message = "`lictor/check` does not look at access lists; import `lictor` for records they speak of";
            return Err(Error::new(ErrorCode::UnknownType, "evaluation.resource.type", message));
        }
        let mut rest = evaluation.clone();
        if let Some(map) = rest.as_object_mut() {
            map.remove("resource");
        }
        let asked = Evaluation::read(&rest, &["subject", "action"], machine, facts)?;
        let action = asked.action.map(|action| machine.action_name(action)).unwrap_or_default();
        let list = self.find_list(evaluation, facts)?;
        let nothing = || {
            let decision = Self { policy: Rc::clone(machine) }.nothing(facts);
            Ok(Explanation { decision, tree: None })
        };
        let Some(of) = list.about() else { return nothing() };
        let hides = match &list {
            Found::Given(acl) => named(acl).is_some(),
            list => !matches!(list, Found::Any),
        };
        let mut ask = Ask::new(&self.policy, &asked.subject, facts);
        ask.open = asked.open;
        let found = verdict(&ask, of, action, true);
        // Of a list that is there, and of records that a list names, those who do not manage it are not told that they are.
        if found.answer == Answer::Deny
            && hides
            && !ask.open
            && verdict(&ask, of, MANAGE, false).answer != Answer::Allow
        {
            return nothing();
        }
        let Some(mut told) = found.behind else { return nothing() };
        let decision = &mut told.decision;
        decision.decision = found.answer;
        decision.policy.clone_from(&machine.hash);
        // What would change it would have to hold of every record, and be read there.
        decision.remedies.clear();
        decision.missing.clear();
        if found.answer == Answer::Unknown {
            decision.missing.extend(found.missing);
        }
        Ok(*told)
    }

    /// Everybody the facts know of, those in the records it names included.
    pub(super) fn who_of_list(&self, machine: &Policy, evaluation: &Value, facts: &Facts) -> Result<Who, Error> {
        let mut all = users_in(facts);
        if let Some(of) = self.find_list(evaluation, facts)?.about() {
            all.extend(people(&Ask::new(&self.policy, &Subject::System, facts), of));
        }
        let ask = |subject: &Subject| self.check(&with(evaluation, "subject", subject.value()), facts);
        // Only who asks differs, and each of them can be read.
        let nothing = ask(&Subject::anonymous())?;
        Ok(Who::among(machine, all, &|subject| ask(subject).unwrap_or_else(|_| nothing.clone())))
    }

    fn find_list<'f>(&self, evaluation: &Value, facts: &'f Facts) -> Result<Found<'f>, Error> {
        let mut reader = Reader::new();
        let resource = evaluation.get("resource").unwrap_or(&Value::Null);
        let found = self.read_list(resource, facts, &mut reader);
        reader.faults.give(found)
    }

    fn read_list<'f>(&self, resource: &Value, facts: &'f Facts, reader: &mut Reader) -> Option<Found<'f>> {
        let root = At::Root("evaluation");
        let at = root.key("resource");
        let map = reader.object_of(resource, &at, &["type", "id", "properties"])?;
        let id = match map.get("id") {
            Some(id) => Some(reader.user_id(id, &at.key("id"))?),
            None => None,
        };
        Some(match (map.get("properties"), id) {
            (Some(list), id) => {
                let (settings, id) = (self.policy.acls.as_ref()?, id.unwrap_or_default());
                Found::Given(Box::new(Acl::read(&id, list, settings, &at.key("properties"), reader)?))
            }
            (None, None) => Found::Any,
            (None, Some(id)) => match facts.acls.get(&id) {
                Some(acl) => Found::Stored(acl),
                None if facts.absent(Relation::Acl, &id) => Found::Absent,
                None => Found::Unknown(id),
            },
        })
    }
}
