//! What access lists say to somebody, as what is asked of a record: a list that speaks of the subject and of the record, and
//! none above it in its group that speaks of the record, too.

use std::sync::Arc;

use super::of_filter::{Places, Unsettled};
use super::test::{Exact, Place, Test, Why};
use crate::acl::{Acl, AclSettings, Means, RecordActor, covers, together};
use crate::identity::Missing;
use crate::model::{Attributes, Entry, List, Seen, Set};
use crate::terms::Answer;

/// So many conditions at most are made of the lists of one rule: search indexes take about a thousand.
const MOST: usize = 1000;

/// What one list asks of a record: its schema and state, and what the list means by itself.
type Speaks = (Test, Test);

impl Places<'_> {
    /// Whether, of the lists that count for one of these operations, one that denies, or one that allows, speaks of the subject.
    pub(super) fn lists(&self, operations: &[String], denies: bool, open: &mut Unsettled) -> Test {
        let Some(settings) = &self.ask.policy.acls else { return Test::NEVER };
        if self.kept.columns && !self.kept.documents {
            return Test::Open(Why::Engine);
        }
        let acls = &self.ask.identity.facts().acls;
        let concerns = |list: &List| list.deny == denies && operations.contains(&list.operation);
        let all = acls.in_order(settings);
        let (mut exact, mut loose, mut size) = (Vec::new(), Vec::new(), 0);
        for stack in all.chunk_by(|one, other| together(&one.list, &other.list, settings)) {
            let mut above: Vec<Speaks> = Vec::new();
            let Some(last) = stack.iter().rposition(|acl| concerns(&acl.list)) else { continue };
            let concerned = stack.get(..=last).unwrap_or_default();
            for level in concerned.chunk_by(|one, other| one.list.priority == other.list.priority) {
                let speaks: Vec<Speaks> = level.iter().map(|acl| self.speaks(acl, settings)).collect();
                let mut mine = Vec::new();
                for (acl, (place, own)) in level.iter().zip(&speaks).filter(|(acl, _)| concerns(&acl.list)) {
                    let actor = self.actor(acl, settings, open);
                    if !actor.is_never() {
                        mine.push((place.clone(), Test::all([own.clone(), actor])));
                    }
                }
                if !mine.is_empty() {
                    let mine = joined(mine);
                    loose.push(mine.clone());
                    if size <= MOST {
                        let counts = Test::all([mine, joined(above.clone()).turned()]);
                        size += counts.size();
                        exact.push(counts);
                    }
                }
                above.extend(speaks);
            }
        }
        let found = if size <= MOST {
            Test::any(exact)
        } else {
            // What stands above is left to the engine; if that is too much still, all is.
            let loose = Test::any(loose);
            if loose.size() > MOST { Test::ALWAYS } else { loose }
        };
        let (readable, all_said) = self.readable(&all, settings, MOST.saturating_sub(found.size()));
        let found = Test::all([readable, found]);
        if found.is_never() || all_said && size <= MOST { found } else { Test::Among(Box::new(found), Why::Lists) }
    }

    fn speaks(&self, acl: &Acl, settings: &AclSettings) -> Speaks {
        let state = acl.list.states.as_ref().map_or(Test::ALWAYS, |states| self.state(states));
        let (place, own) = self.means(acl, settings);
        (Test::all([place, state]), own)
    }

    fn means(&self, acl: &Acl, settings: &AclSettings) -> Speaks {
        match &acl.means {
            Means::Ids(ids) => (Test::ALWAYS, Test::Id(ids.iter().cloned().collect())),
            Means::All => (self.schemas(&acl.schemas, settings), Test::ALWAYS),
            Means::Query(query) => (self.schemas(&acl.schemas, settings), Test::from(query)),
        }
    }

    /// The record is of one of these schemas: the name, or an address that ends in it. Of two names the longer is meant.
    fn schemas(&self, names: &Set<String>, settings: &AclSettings) -> Test {
        let said = |how| Test::Exact(Place { keys: settings.schema.keys().to_vec(), lists: false }, how);
        let below = |name: &str| ["/", name].concat();
        let mut found: Vec<Test> = Vec::new();
        for name in names {
            let longer = settings.schemas.iter().filter(|other| other.ends_with(&below(name)));
            let taken = longer.flat_map(|other| [said(Exact::Is(other.clone())), said(Exact::Ends(below(other)))]);
            found.push(said(Exact::Is(name.clone())));
            found.push(Test::all([said(Exact::Ends(below(name))), Test::any(taken).turned()]));
        }
        if names.contains(self.kind.key.as_str()) {
            found.push(said(Exact::Text).turned());
        }
        Test::any(found)
    }

    /// The subject is an actor of the list, by itself or for what stands in the record.
    fn actor(&self, acl: &Acl, settings: &AclSettings, open: &mut Unsettled) -> Test {
        let (missing, nobody) = (Missing::default(), || Seen::Known(Vec::new()));
        let entry = Entry { list: Arc::clone(&acl.list), matches: Answer::Allow, users: nobody(), roles: nobody() };
        match self.ask.is_actor(&entry, settings, &Attributes::missing(None), Some(&missing)) {
            Answer::Allow => return Test::ALWAYS,
            Answer::Deny if settings.record_actors_unread => return Test::NEVER,
            Answer::Deny => {}
            Answer::Unknown => missing.into_inner().into_iter().for_each(|key| open.note(key)),
        }
        let identity = &self.ask.identity;
        let one = |actor: &RecordActor, open: &mut Unsettled| {
            let names = match actor {
                RecordActor::Users(_) => identity.subject().id().into_iter().map(str::to_string).collect(),
                _ => match (identity.roles(), actor) {
                    (Ok(roles), RecordActor::RoleFor(role, parameter, _)) => {
                        let of_value = |own: &String| Some(role_value(own, role, parameter)?.to_string());
                        roles.iter().filter_map(of_value).collect()
                    }
                    (Ok(roles), _) => roles,
                    (Err(missing), _) => {
                        missing.into_iter().for_each(|key| open.note(key));
                        Vec::new()
                    }
                },
            };
            if names.is_empty() { Test::NEVER } else { Test::Exact(place(actor), Exact::Names(names)) }
        };
        Test::any(acl.in_record.iter().map(|actor| one(actor, open)).collect::<Vec<Test>>())
    }

    /// Where a preset says so: of records whose schema no list names, and of those in which a pointer leads nowhere, lists say
    /// nothing. Of more than so many conditions only the first, and that these are not all.
    fn readable(&self, all: &[&Acl], settings: &AclSettings, most: usize) -> (Test, bool) {
        let (mut found, mut size) = (Vec::new(), 0);
        if settings.named_schemas_only {
            let named = all.iter().flat_map(|acl| acl.schemas.iter().cloned()).collect();
            found.push(self.schemas(&named, settings));
        }
        for acl in all.iter().filter(|acl| settings.pointers_must_lead && !acl.in_record.is_empty()) {
            let lost = acl.in_record.iter().map(|actor| Test::Exact(place(actor), Exact::There).turned());
            let stands_before = |other: &&&Acl| {
                let (above, list) = (&other.list, &acl.list);
                together(above, list, settings) && above.priority > list.priority && covers(above, list)
            };
            let above = all.iter().filter(stands_before).map(|other| self.means(other, settings)).collect();
            let (schema, own) = self.means(acl, settings);
            let lost = Test::all([schema, own, Test::any(lost), joined(above).turned()]);
            size += lost.size();
            if size > most {
                return (Test::all(found), false);
            }
            found.push(lost.turned());
        }
        (Test::all(found), true)
    }
}

/// The value for which somebody has a role: `role[parameter=value]`.
fn role_value<'o>(own: &'o str, role: &str, parameter: &str) -> Option<&'o str> {
    own.strip_prefix(role)?.strip_prefix('[')?.strip_prefix(parameter)?.strip_prefix('=')?.strip_suffix(']')
}

fn place(actor: &RecordActor) -> Place {
    Place { keys: actor.pointer().keys().to_vec(), lists: true }
}

/// One of these, those of the same schemas and states together.
fn joined(parts: Vec<Speaks>) -> Test {
    let mut groups: Vec<(Test, Vec<Test>)> = Vec::new();
    for (place, own) in parts {
        match groups.iter_mut().find(|(other, _)| *other == place) {
            Some((_, all)) => all.push(own),
            None => groups.push((place, vec![own])),
        }
    }
    Test::any(groups.into_iter().map(|(place, own)| Test::all([place, Test::any(own)])))
}
