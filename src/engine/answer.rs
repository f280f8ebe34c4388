//! Questions.

use std::rc::Rc;

use serde::Serialize;

use super::evaluation::{Evaluation, Target};
use super::{Engine, Error};
use crate::acl::LOOKED_AT;
use crate::admin::ACL;
use crate::facts::{Facts, Key};
use crate::identity::Permission;
use crate::model::{At, Reader, Subject, Table, Value, listed};
use crate::policy::{ActionId, Ask, Decision, Explanation, Filter, Policy, Question, Reason, Scope, Who};
use crate::terms::{Answer, ErrorCode, ReasonCode};
use crate::workflow;

/// Which transitions there are; see [`workflow::Available`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransitionLists {
    /// Those that start in the record's state.
    pub in_state: Vec<String>,
    /// Those the subject may run now.
    pub now: Vec<String>,
    /// Those the subject would be permitted in the right state.
    pub in_any_state: Vec<String>,
}

/// What a list is asked for.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// For whom.
    pub subject: Subject,
    /// Of what they may do this to.
    pub action: ActionId,
    /// The policy of the record type, and the type's number in it.
    pub policy: Rc<Policy>,
    /// See `policy`.
    pub kind: usize,
    /// Drawn from which records. A type that is not limited to communities is drawn from all.
    pub scope: Scope,
}

impl Engine {
    fn asked(&self, evaluation: &Value) -> Self {
        self.for_question(evaluation.get("resource"), evaluation.get("action"))
    }

    /// One decision.
    pub fn check(&self, evaluation: &Value, facts: &Facts) -> Result<Decision, Error> {
        if let Some(machine) = self.asked_of_list(evaluation)?
            && LOOKED_AT
        {
            return Ok(self.explain_list(machine, evaluation, facts)?.decision);
        }
        let engine = self.asked(evaluation);
        let asked = Evaluation::read(evaluation, &["subject", "action", "resource"], &engine.policy, facts)?;
        let (action, target) = both(&asked)?;
        engine.decided(&asked.subject, target, action, facts)
    }

    /// One decision with the whole rule behind it. `told` is whom it is explained to, if that is not the subject.
    pub fn explain(&self, evaluation: &Value, facts: &Facts) -> Result<Explanation, Error> {
        if let Some(machine) = self.asked_of_list(evaluation)?
            && LOOKED_AT
        {
            return self.explain_list(machine, evaluation, facts);
        }
        let engine = self.asked(evaluation);
        let asked = Evaluation::read(evaluation, &["subject", "action", "resource"], &engine.policy, facts)?;
        let (action, target) = both(&asked)?;
        let mut found = None;
        engine.within(&asked.subject, target, action, facts, &mut |question| {
            let mut ask = question.ask.clone();
            ask.open = asked.open;
            found = Some(Question { ask: &ask, ..*question }.explain());
        })?;
        Ok(found.unwrap_or_else(|| Explanation { decision: engine.nothing(facts), tree: None }))
    }

    /// Every action at once.
    pub fn actions(&self, evaluation: &Value, facts: &Facts) -> Result<Table<Decision>, Error> {
        let mut found = Table::default();
        if let Some(machine) = self.asked_of_list(evaluation)?
            && LOOKED_AT
        {
            for name in &machine.actions {
                let one = with(evaluation, "action", Value::from(name.as_str()));
                found.insert(name.clone(), self.explain_list(machine, &one, facts)?.decision);
            }
            return Ok(found);
        }
        let engine = self.asked(evaluation);
        let asked = Evaluation::read(evaluation, &["subject", "resource"], &engine.policy, facts)?;
        let Some(target) = &asked.target else { return Err(missing("resource")) };
        // What can be done to a community, and the one thing that can be done in it.
        let kind = evaluation.get("resource").and_then(|resource| resource.get("type")).and_then(Value::as_str);
        let own = engine.policy.action("create").is_some();
        let inside = !own && kind == Some("community") && self.policy.action("create").is_some();
        for name in engine.policy.actions.iter().map(String::as_str).chain(inside.then_some("create")) {
            let decision = match engine.policy.action(name) {
                Some(action) if name != "create" => match target.found.is_new() {
                    true => continue,
                    false => engine.decided(&asked.subject, target, action, facts)?,
                },
                // Where a document would be made is read otherwise than where a record is.
                _ => self.check(&with(evaluation, "action", Value::from(name)), facts)?,
            };
            found.insert(name.to_string(), decision);
        }
        Ok(found)
    }

    /// Everybody the facts know of who may, or might.
    pub fn who(&self, evaluation: &Value, facts: &Facts) -> Result<Who, Error> {
        if let Some(machine) = self.asked_of_list(evaluation)?
            && LOOKED_AT
        {
            return self.who_of_list(machine, evaluation, facts);
        }
        let engine = self.asked(evaluation);
        let asked = Evaluation::read(evaluation, &["action", "resource"], &engine.policy, facts)?;
        let (action, target) = both(&asked)?;
        if !engine.exists(target, action)? {
            return Ok(Who::nobody(&engine.policy));
        }
        let people = Who::people(&engine.policy, &target.attributes, facts);
        Ok(Who::among(&engine.policy, people, &|subject| {
            let mut ask = Ask::new(&engine.policy, subject, facts).about(target.kind);
            match at_address(&mut ask, target) {
                true => Question { ask: &ask, record: &target.attributes, action }.decide(),
                false => engine.nothing(facts),
            }
        }))
    }

    /// Which transitions a subject may run.
    pub fn transitions(&self, evaluation: &Value, facts: &Facts) -> Result<TransitionLists, Error> {
        let engine = self.asked(evaluation);
        let asked = Evaluation::read(evaluation, &["subject", "resource"], &engine.policy, facts)?;
        let Some(target) = &asked.target else { return Err(missing("resource")) };
        let mut ask = Ask::new(&engine.policy, &asked.subject, facts);
        ask = ask.about(target.kind);
        let there = !target.found.is_new() && !target.found.is_absent() && target.under_path(&ask) == Ok(true);
        let found = if there { workflow::available(&ask, &target.attributes) } else { workflow::Available::default() };
        let texts = |names: Vec<&str>| names.into_iter().map(str::to_string).collect();
        Ok(TransitionLists {
            in_state: texts(found.in_state),
            now: texts(found.now),
            in_any_state: texts(found.in_any_state),
        })
    }

    /// Reads `{subject, action, type?, scope?}` and gives the list's filter to `then`.
    pub fn filter<T>(
        &self,
        query: &Value,
        facts: &Facts,
        then: impl FnOnce(&Filter<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.filter_of(&self.read_filter(query)?, facts, then)
    }

    /// Gives a list's filter to `then`.
    pub fn filter_of<T>(&self, query: &ListQuery, facts: &Facts, then: impl FnOnce(&Filter<'_, '_>) -> T) -> T {
        let mut ask = Ask::new(&query.policy, &query.subject, facts);
        if let Some(kind) = query.policy.types.get(query.kind) {
            ask = ask.about(kind);
        }
        if let Scope::Community(id) = &query.scope {
            ask = ask.within(id);
        }
        then(&Filter::new(&ask, query.action, &query.scope))
    }

    /// Reads `{subject, action, type?, scope?}`.
    pub fn read_filter(&self, query: &Value) -> Result<ListQuery, Error> {
        let at = At::Root("query");
        let mut reader = Reader::new();
        let found = reader.object_of(query, &at, &["subject", "action", "type", "scope"]).and_then(|map| {
            let subject = reader.required(map, "subject", &at)?;
            let subject = Subject::read(subject, &at.key("subject"), &mut reader)?;
            let (policy, kind) = match map.get("type") {
                None => (self.shared_policy(), 0),
                Some(key) => {
                    let key = reader.text(key, &at.key("type"))?;
                    let policy = self.of_type(key).policy;
                    // Access lists are no records: `list_acls` gives those the subject may manage.
                    let lists = key == ACL && self.policy.acls.is_some();
                    let found = policy.types.iter().position(|kind| kind.key == key && !lists);
                    if found.is_none() {
                        let known = listed(self.policy.type_names(if self.policy.acls.is_some() { ACL } else { "" }));
                        let message = format!("unknown record type; known: {known}");
                        reader.faults.add(ErrorCode::UnknownType, &at.key("type"), message);
                    }
                    (policy, found?)
                }
            };
            let action = reader.required(map, "action", &at)?;
            let action = super::evaluation::read_action(action, &policy, &at.key("action"), &mut reader)?;
            let scope = self.read_scope(map.get("scope"), &at.key("scope"), &mut reader)?;
            let limited = policy.types.get(kind).is_none_or(|kind| kind.community_scope);
            let scope = if limited { scope } else { Scope::Everywhere };
            Some(ListQuery { subject, action, policy, kind, scope })
        });
        reader.faults.give(found)
    }

    fn read_scope(&self, value: Option<&Value>, at: &At<'_>, reader: &mut Reader) -> Option<Scope> {
        match value {
            None => Some(Scope::Everywhere),
            Some(Value::String(word)) if word == "everywhere" => Some(Scope::Everywhere),
            Some(Value::String(word)) if word == "mine" => Some(Scope::Mine),
            Some(value @ Value::Object(_)) => {
                let map = reader.object_of(value, at, &["community"])?;
                let id = reader.required(map, "community", at)?;
                Some(Scope::Community(reader.user_id(id, &at.key("community"))?))
            }
            Some(_) => {
                let message = "a scope is \"everywhere\", \"mine\" or {community: id}";
                reader.faults.add(ErrorCode::Malformed, at, message);
                None
            }
        }
    }

    /// The need algebra by itself; see [`Permission::allows`].
    pub fn permits(&self, query: &Value) -> Result<bool, Error> {
        Ok(Permission::read(query)?.allows())
    }

    fn decided(
        &self,
        subject: &Subject,
        target: &Target<'_>,
        action: ActionId,
        facts: &Facts,
    ) -> Result<Decision, Error> {
        let mut found = None;
        self.within(subject, target, action, facts, &mut |question| found = Some(question.decide()))?;
        Ok(found.unwrap_or_else(|| self.nothing(facts)))
    }

    /// Asks a question about a target, unless it is certain that there is no such thing.
    fn within(
        &self,
        subject: &Subject,
        target: &Target<'_>,
        action: ActionId,
        facts: &Facts,
        then: &mut dyn FnMut(&Question<'_, '_>),
    ) -> Result<(), Error> {
        if !self.exists(target, action)? {
            return Ok(());
        }
        let mut ask = Ask::new(&self.policy, subject, facts).about(target.kind);
        if !at_address(&mut ask, target) {
            return Ok(());
        }
        let record = &target.attributes;
        // Creation has no record yet. Asked of one that is there, it must not show that it is.
        if target.looked_up && !target.found.is_new() && self.policy.action_name(action) == "create" {
            let read = self.policy.action("read").map(|action| Question { ask: &ask, record, action });
            if read.is_some_and(|read| read.answer() == Answer::Deny && read.concealed()) {
                return Ok(());
            }
        }
        then(&Question { ask: &ask, record, action });
        Ok(())
    }

    /// Whether a question about a target has an object, or it is certain that there is no such thing.
    fn exists(&self, target: &Target<'_>, action: ActionId) -> Result<bool, Error> {
        if target.found.is_new() && self.policy.action_name(action) != "create" {
            let message = "only `create` can be asked of what does not exist yet";
            return Err(Error::new(ErrorCode::UnknownAction, "evaluation.action", message));
        }
        Ok(!target.found.is_absent())
    }

    /// The decision about what does not exist: the same as about what may not be known.
    pub(crate) fn nothing(&self, facts: &Facts) -> Decision {
        Decision {
            decision: Answer::Deny,
            reasons: vec![Reason::new(ReasonCode::Concealed, Answer::Allow)],
            missing: Vec::<Key>::new(),
            remedies: Vec::new(),
            conceal: true,
            policy: self.policy.hash.clone(),
            revision: facts.revision.clone(),
            unsure: Vec::new(),
        }
    }
}

/// Whether there is something for the asker under the address it was asked for; what is not known of that, the asker keeps.
fn at_address(ask: &mut Ask<'_>, target: &Target<'_>) -> bool {
    match target.under_path(ask) {
        Ok(there) => there,
        Err(doubts) => {
            ask.doubts = doubts;
            true
        }
    }
}

fn both<'e, 'a>(asked: &'e Evaluation<'a>) -> Result<(ActionId, &'e Target<'a>), Error> {
    match (asked.action, &asked.target) {
        (Some(action), Some(target)) => Ok((action, target)),
        (None, _) => Err(missing("action")),
        (_, None) => Err(missing("resource")),
    }
}

/// A question with something said in it.
pub(super) fn with(evaluation: &Value, key: &str, value: Value) -> Value {
    let mut other = evaluation.clone();
    if let Some(map) = other.as_object_mut() {
        map.insert(key.to_string(), value);
    }
    other
}

fn missing(field: &str) -> Error {
    Error::new(ErrorCode::MissingField, format!("evaluation.{field}"), "must be given")
}
