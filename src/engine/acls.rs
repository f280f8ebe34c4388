//! What access lists say of a record, and what they let a subject do.

use serde::Serialize;

use super::evaluation::{Evaluation, Found};
use super::{Engine, Error};
use crate::acl::{applied, materialised};
use crate::admin::manages;
use crate::facts::{Facts, Key};
use crate::model::{Entry, List, Seen, Set, Subject, Value};
use crate::policy::{Ask, Question, Shown};
use crate::terms::{Answer, ErrorCode};
use crate::workflow::Stop;

/// An access list that speaks of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Speaks {
    /// Its id.
    pub id: String,
    /// The operation.
    pub operation: String,
    /// Its group.
    pub priority_group: String,
    /// Its priority.
    pub priority: i64,
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// Whether it speaks of the record: allow, or unknown.
    pub matches: Answer,
    /// Whether it counts.
    pub counts: Answer,
    /// The users it names, in the record or by itself; none if those in the record are withheld.
    pub users: Option<Vec<String>>,
    /// The roles it names, likewise.
    pub roles: Option<Vec<String>>,
    /// The system roles it names.
    pub system_roles: Vec<String>,
}

/// What access lists say of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedLists {
    /// Those that speak of it and that the subject may manage, in the order in which they are compared.
    pub matched: Vec<Speaks>,
    /// What an index keeps of those that count; none if the record gets no such field. For the host alone.
    pub materialised: Option<Value>,
    /// The facts that would tell more.
    pub missing: Vec<Key>,
}

/// The operations a subject may do to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operations {
    /// Words of access lists: those it may do.
    pub allowed: Vec<String>,
    /// Those of which it is not known.
    pub unknown: Vec<String>,
}

impl Engine {
    /// Which access lists speak of a record, which of them count, and of whom they speak: `{subject, resource}`. Lists are
    /// shown to those who may manage them.
    pub fn explain_lists(&self, evaluation: &Value, facts: &Facts) -> Result<ExplainedLists, Error> {
        let engine = self.for_question(evaluation.get("resource"), None);
        let asked = Evaluation::read(evaluation, &["subject", "resource"], &engine.policy, facts)?;
        let nothing = |missing| ExplainedLists { matched: Vec::new(), materialised: None, missing };
        let (Some(target), Some(settings)) = (&asked.target, &engine.policy.acls) else {
            return Ok(nothing(Vec::new()));
        };
        let document = match &target.found {
            Found::Document(document) => document,
            Found::Unknown => return Ok(nothing(vec![target.key()])),
            Found::New | Found::Absent => return Ok(nothing(Vec::new())),
        };
        let shown = Shown { id: target.attributes.id.as_deref(), document, missing: &target.missing, stored: true };
        let found = engine.policy.entries(settings, target.kind, shown, facts).map_err(|pointer| {
            let message = format!("an access list looks for actors at `{pointer}`, where the record has nothing");
            Error::new(ErrorCode::Malformed, "evaluation.resource", message)
        })?;
        let Some(entries) = found else { return Ok(nothing(vec![target.key()])) };
        let system = matches!(asked.subject, Subject::System);
        let ask = Ask::new(&engine.policy, &asked.subject, facts).about(target.kind);
        let state = |list: &List| ask.list_state(list, &target.attributes, None);
        let counting = applied(&entries, settings, &state);
        let named = facts.acls.names(settings.schema_of(document, &target.kind.key));
        let sure = facts.acls_complete(None)
            && counting.iter().all(|(entry, counts)| {
                *counts == Answer::Allow && entry.users != Seen::Missing && entry.roles != Seen::Missing
            });
        let field = system && sure && (named || !settings.named_schemas_only);
        let kept = counting.iter().filter(|(_, counts)| *counts == Answer::Allow).map(|(entry, _)| *entry);
        let mut found = nothing(Vec::new());
        found.materialised = field.then(|| materialised(kept, settings));
        let main = Ask::new(&self.policy, &asked.subject, facts);
        let mut missing = Set::new();
        if !facts.acls_complete(None) {
            missing.insert(Key::Acls { id: None });
        } else if !sure {
            missing.insert(target.key());
        }
        for entry in &entries {
            // Outside its states a list does not speak of the record.
            let matches = entry.matches.and(state(&entry.list));
            if matches == Answer::Deny {
                continue;
            }
            let mine = match facts.acls.get(&entry.list.id).map(|acl| manages(&main, acl)) {
                Some(Ok(mine)) => mine,
                Some(Err(Stop::Need(keys))) => {
                    missing.extend(keys);
                    false
                }
                _ => false,
            };
            if system || mine {
                let counts = counting.iter().find(|(own, _)| std::ptr::eq(*own, entry));
                found.matched.push(speaks(entry, matches, counts.map_or(Answer::Deny, |(_, counts)| *counts)));
            }
        }
        found.missing = missing.into_iter().collect();
        Ok(found)
    }

    /// The operations access lists name that a subject may do to a record: `{subject, resource}`. Those that are actions of
    /// the policy are decided as these; of what the subject may not read nothing is said that is not certain.
    pub fn operations(&self, evaluation: &Value, facts: &Facts) -> Result<Operations, Error> {
        let engine = self.for_question(evaluation.get("resource"), None);
        let asked = Evaluation::read(evaluation, &["subject", "resource"], &engine.policy, facts)?;
        let mut found = Operations { allowed: Vec::new(), unknown: Vec::new() };
        let Some(target) = &asked.target else { return Ok(found) };
        let (ask, record) = (Ask::new(&engine.policy, &asked.subject, facts).about(target.kind), &target.attributes);
        let there = target.under_path(&ask);
        if !matches!(target.found, Found::Document(_)) || there == Ok(false) {
            return Ok(found);
        }
        let words: Set<String> = facts.acls.iter().map(|acl| acl.list.operation.clone()).collect();
        for word in words {
            let answer = match engine.policy.operation(&word) {
                Some(action) => {
                    let question = Question { ask: &ask, record, action };
                    question.answer()
                }
                None => ask.by_lists(&word, record).0,
            };
            let hidden = engine.policy.action("read").is_some_and(|action| {
                let read = Question { ask: &ask, record, action };
                read.answer() == Answer::Deny && read.concealed()
            });
            match answer {
                Answer::Allow if there.is_err() => found.unknown.push(word),
                Answer::Allow => found.allowed.push(word),
                Answer::Unknown if !hidden => found.unknown.push(word),
                Answer::Unknown | Answer::Deny => {}
            }
        }
        Ok(found)
    }
}

fn speaks(entry: &Entry, matches: Answer, counts: Answer) -> Speaks {
    let list = &entry.list;
    let [users, roles, system_roles] = entry.actors();
    let all = |known: bool, names: Vec<String>| known.then_some(names);
    Speaks {
        id: list.id.clone(),
        operation: list.operation.clone(),
        priority_group: list.group.clone(),
        priority: list.priority,
        effect: if list.deny { "deny" } else { "allow" },
        matches,
        counts,
        users: all(entry.users != Seen::Missing, users),
        roles: all(entry.roles != Seen::Missing, roles),
        system_roles,
    }
}
