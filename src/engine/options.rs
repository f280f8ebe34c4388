//! What an interface shows of every action: whether permission is there, whether it can be done now, and what is in the way.

use serde::Serialize;

use super::evaluation::Evaluation;
use super::step::StepResult;
use super::{Engine, Error};
use crate::admin::MANAGE;
use crate::facts::{Facts, Key};
use crate::model::{Map, Table, Value, id_of, object};
use crate::policy::{Ask, Decision, Policy, Transition};
use crate::terms::{Answer, ErrorCode};
use crate::workflow::{Possible, Refusal, Stop, in_source};

/// Stands for the id of a request that would be made. No host gives it to a record.
const REQUEST: &str = "00000000-0000-0000-0000-000000000000";

/// A decision with what comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// The rest.
    #[serde(flatten)]
    pub possible: Possible,
}

impl Engine {
    /// Every action on a resource, with what is in the way of those that are allowed. Reads `{subject, resource}`.
    ///
    /// ```
    /// use lictor::engine::Engine;
    /// use lictor::terms::Answer;
    /// use serde_json::json;
    ///
    /// let engine = Engine::preset("repository").unwrap();
    /// let facts = engine.facts(&json!({
    ///     "complete": true, "time": 0,
    ///     "records": {"r1": {"owners": [4], "state": "published", "access": {"record": "public"}}},
    /// })).unwrap();
    /// let asked = json!({"subject": {"type": "user", "id": 4}, "resource": {"type": "record", "id": "r1"}});
    /// let options = engine.options(&asked, &facts).unwrap();
    /// let delete = options.get("delete").unwrap();
    /// assert_eq!((delete.possible.allowed, delete.possible.executable), (Answer::Allow, Answer::Deny));
    /// ```
    pub fn options(&self, evaluation: &Value, facts: &Facts) -> Result<Table<Choice>, Error> {
        let mut found = Table::default();
        let Some(membership) = self.membership(evaluation)? else {
            self.of_resource(evaluation, facts, None, &mut found)?;
            return Ok(found);
        };
        let request = self.try_members(&membership, facts, &mut |name, decision, possible| {
            // Two operations may be one action: what can be done is shown.
            if found.get(name).is_none_or(|before: &Choice| before.possible.executable != Answer::Allow) {
                found.insert(name.to_string(), Choice { decision, possible });
            }
        });
        if let Some(request) = request {
            let subject = evaluation.get("subject").cloned().unwrap_or_default();
            let asked = object(vec![("subject", subject), ("resource", request.clone())]);
            self.of_resource(&asked, facts, Some(&request), &mut found)?;
        }
        Ok(found)
    }

    /// Every action on a resource; of a request that a membership waits for, those that move it on.
    fn of_resource(
        &self,
        evaluation: &Value,
        facts: &Facts,
        moving: Option<&Value>,
        found: &mut Table<Choice>,
    ) -> Result<(), Error> {
        for (name, decision) in self.actions(evaluation, facts)?.iter() {
            if moving.is_none_or(|request| self.moves(request, name)) {
                let possible = self.possible(evaluation, name, decision.decision, decision.conceal, facts)?;
                found.insert(name.to_string(), Choice { decision: decision.clone(), possible });
            }
        }
        Ok(())
    }

    /// What comes of one action that was decided so.
    pub(crate) fn possible(
        &self,
        evaluation: &Value,
        name: &str,
        decision: Answer,
        conceal: bool,
        facts: &Facts,
    ) -> Result<Possible, Error> {
        if self.lists(evaluation).is_some() {
            let mut found = Possible::new(decision);
            let call = of_list(evaluation, facts).filter(|_| name == MANAGE && decision == Answer::Allow);
            self.first_of(&mut call.into_iter(), facts, &mut found)?;
            return Ok(found);
        }
        let engine = self.for_question(evaluation.get("resource"), Some(&Value::from(name)));
        let policy = engine.policy();
        let asked = Evaluation::read(evaluation, &["subject", "resource"], policy, facts)?;
        let mut found = Possible::new(decision);
        let (Some(action), Some(target)) = (policy.action(name), &asked.target) else { return Ok(found) };
        let all = policy.transitions.iter().filter(|_| target.kind.transitions);
        let moves: Vec<&Transition> = all.filter(|one| one.action == action).collect();
        if let [one] = moves.as_slice() {
            found.parameters.clone_from(&one.required);
        }
        match decision {
            _ if conceal => {}
            Answer::Allow | Answer::Unknown
                if let Some(tried) = self.about_member(&asked.subject, target, name, facts) =>
            {
                found = Possible { allowed: decision, ..tried };
            }
            Answer::Deny if !moves.is_empty() => {
                let ask = Ask::new(policy, &asked.subject, facts).about(target.kind);
                let record = &target.attributes;
                found.allowed = ask.evaluate(policy.permission(action), record);
                if found.allowed == Answer::Allow
                    && let Some(Err(Stop::Refused(refusal, _))) =
                        moves.first().map(|first| in_source(&ask, record, first))
                {
                    found.blocked = Some(*refusal);
                }
            }
            // Nothing is run on what is not stored.
            Answer::Allow if target.attributes.id.is_none() => {}
            Answer::Allow => {
                let calls = moves.iter().map(|one| tried(evaluation, one));
                self.first_of(&mut calls.chain(of_community(evaluation, policy, name)), facts, &mut found)?;
            }
            Answer::Deny | Answer::Unknown => {}
        }
        Ok(found)
    }

    /// Whether one of the calls would do. Without a call there is nothing that could be in the way.
    fn first_of(
        &self,
        calls: &mut dyn Iterator<Item = Value>,
        facts: &Facts,
        found: &mut Possible,
    ) -> Result<(), Error> {
        let mut best: Option<(Answer, Option<Refusal>, Vec<Key>)> = None;
        for call in calls {
            let (answer, refusal, wanted) = match self.outcome(&call, facts)? {
                StepResult::Done(done) => match done.error {
                    // What is not said yet may be said.
                    Some(error) if error.code != ErrorCode::MissingParameter => (Answer::Deny, Some(error), Vec::new()),
                    _ => return Ok(()),
                },
                StepResult::Need { wanted } if wanted.iter().all(is_request) => return Ok(()),
                StepResult::Need { mut wanted } => {
                    wanted.retain(|key| !is_request(key));
                    (Answer::Unknown, None, wanted)
                }
            };
            // A way of which it is not known whether it leads there is better than one that does not.
            if best.as_ref().is_none_or(|(known, ..)| *known == Answer::Deny) {
                best = Some((answer, refusal, wanted));
            }
        }
        if let Some((answer, refusal, wanted)) = best {
            (found.executable, found.blocked, found.wanted) = (answer, refusal, wanted);
        }
        Ok(())
    }
}

/// The call that would run a transition.
fn tried(evaluation: &Value, one: &Transition) -> Value {
    let given = |name: &'static str| (name, evaluation.get(name).cloned().unwrap_or_default());
    let mut params = Map::new();
    if one.required.iter().any(|name| name == "request") {
        params.insert("request".to_string(), Value::from(REQUEST));
    }
    object(vec![
        ("do", Value::from("transition")),
        given("subject"),
        given("resource"),
        ("transition", Value::from(one.name.as_str())),
        ("params", Value::Object(params)),
    ])
}

/// What is done to a community by a call of its own.
fn of_community(evaluation: &Value, policy: &Policy, name: &str) -> Option<Value> {
    let resource = evaluation.get("resource")?;
    let call = match name {
        "delete" => "delete_community",
        "restore" => "restore_community",
        _ => return None,
    };
    (policy.is_machine && resource.get("type")?.as_str() == Some("community")).then(|| {
        object(vec![
            ("do", Value::from(call)),
            ("subject", evaluation.get("subject").cloned().unwrap_or_default()),
            ("id", resource.get("id").cloned().unwrap_or_default()),
        ])
    })
}

/// The call that would write an access list as it is given, or remove one that is there.
fn of_list(evaluation: &Value, facts: &Facts) -> Option<Value> {
    let resource = evaluation.get("resource")?;
    let made = resource.get("properties").map(|_| Value::from(REQUEST));
    let id = resource.get("id").or(made.as_ref())?;
    let subject = evaluation.get("subject").cloned().unwrap_or_default();
    let mut call = vec![("subject", subject), ("id", id.clone())];
    let what = match resource.get("properties") {
        None => "delete_acl",
        Some(acl) => {
            call.push(("acl", acl.clone()));
            if facts.acls.get(&id_of(id)?).is_some() { "update_acl" } else { "create_acl" }
        }
    };
    call.push(("do", Value::from(what)));
    Some(object(call))
}

fn is_request(key: &Key) -> bool {
    matches!(key, Key::Record { id: Some(id), .. } | Key::Acls { id: Some(id) } if id == REQUEST)
}
