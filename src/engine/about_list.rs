//! Questions about an access list itself: whether somebody manages it, as whoever changes it is asked.

use std::rc::Rc;

use super::evaluation::Evaluation;
use super::{Engine, Error};
use crate::acl::{Acl, LOOKED_AT, NOT_LOOKED_AT};
use crate::admin::{ACL, About, MANAGE, Place, named, people, places, verdict};
use crate::facts::Facts;
use crate::model::{At, Reader, Subject, Value};
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

    /// The same, and an error where nobody looks at lists: so that nothing that follows is in what does not.
    pub(super) fn asked_of_list(&self, evaluation: &Value) -> Result<Option<&Rc<Policy>>, Error> {
        match self.lists(evaluation) {
            Some(_) if !LOOKED_AT => Err(Error::new(ErrorCode::UnknownType, "evaluation.resource.type", NOT_LOOKED_AT)),
            machine => Ok(machine),
        }
    }

    /// A decision about a list, with the rule behind it. Reads `{subject?, action, resource: {type: "acl", id?, properties?}, told?}`.
    pub(super) fn explain_list(
        &self,
        machine: &Rc<Policy>,
        evaluation: &Value,
        facts: &Facts,
    ) -> Result<Explanation, Error> {
        let asked = asked(machine, evaluation, &["subject", "action"], facts)?;
        let list = self.find_list(evaluation, facts)?;
        let places = self.places(&list, facts);
        Ok(self.told_of_list(machine, (&list, &places), &asked, &asked.subject, facts))
    }

    /// Everybody the facts know of, those in the records it names included.
    pub(super) fn who_of_list(&self, machine: &Rc<Policy>, evaluation: &Value, facts: &Facts) -> Result<Who, Error> {
        let asked = asked(machine, evaluation, &["action"], facts)?;
        let list = self.find_list(evaluation, facts)?;
        let places = self.places(&list, facts);
        let mut all = users_in(facts);
        all.extend(people(&places));
        Ok(Who::among(machine, all, &|subject| {
            self.told_of_list(machine, (&list, &places), &asked, subject, facts).decision
        }))
    }

    fn places<'a>(&'a self, list: &Found<'_>, facts: &'a Facts) -> Vec<Place<'a>> {
        let ask = Ask::new(&self.policy, &Subject::System, facts);
        list.about().map_or_else(Vec::new, |of| places(&ask, of))
    }

    fn told_of_list(
        &self,
        machine: &Rc<Policy>,
        (list, places): (&Found<'_>, &[Place<'_>]),
        asked: &Evaluation<'_>,
        subject: &Subject,
        facts: &Facts,
    ) -> Explanation {
        let nothing = || {
            let decision = Self { policy: Rc::clone(machine) }.nothing(facts);
            Explanation { decision, tree: None }
        };
        let Some(of) = list.about() else { return nothing() };
        let hides = match list {
            Found::Given(acl) => named(acl).is_some(),
            list => !matches!(list, Found::Any),
        };
        let action = asked.action.map(|action| machine.action_name(action)).unwrap_or_default();
        let mut ask = Ask::new(&self.policy, subject, facts);
        ask.open = asked.open;
        let found = verdict(&ask, of, places, action, true);
        // Of a list that is there, and of records that a list names, those who do not manage it are not told that they are.
        if found.answer == Answer::Deny
            && hides
            && !ask.open
            && verdict(&ask, of, places, MANAGE, false).answer != Answer::Allow
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
        *told
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

/// A question without the list it is about.
fn asked<'f>(
    machine: &'f Rc<Policy>,
    evaluation: &Value,
    keys: &[&str],
    facts: &Facts,
) -> Result<Evaluation<'f>, Error> {
    let mut rest = evaluation.clone();
    if let Some(map) = rest.as_object_mut() {
        map.remove("resource");
    }
    Evaluation::read(&rest, keys, machine, facts)
}
