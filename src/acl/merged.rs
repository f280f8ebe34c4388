//! What a record need not be asked list by list: many lists that say the same of it are one, ranges of one field are held against
//! values that are read once, and what stands below one that counts is not looked at.

use std::sync::Arc;

use super::{Acl, AclSettings, Body, Bounds, Field, Means, Query, Scalar, count, set::covers};
use crate::model::{List, Map, Set, ordered};

/// The lists of a schema as decisions look at them.
#[derive(Debug)]
pub(super) struct Merged {
    /// Each with the place of the field of which it asks for a range, if it does.
    lists: Vec<(Arc<Acl>, usize)>,
    fields: Vec<Field>,
}

impl Merged {
    /// The same lists, those as one that say the same.
    pub fn of(every: &[Arc<Acl>]) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        let mut placed = |acl: Arc<Acl>| {
            let place = range(&acl).map_or(0, |(field, _)| {
                fields.iter().position(|own| own == field).unwrap_or_else(|| {
                    fields.push(field.clone());
                    fields.len() - 1
                })
            });
            (acl, place)
        };
        Self { lists: merged(every).into_iter().map(&mut placed).collect(), fields }
    }

    /// Those that may speak of a record. A field of which many ask for a range is read once.
    pub fn near(&self, body: Body<'_>) -> Vec<&Acl> {
        let values: Vec<Option<Vec<Scalar>>> = self.fields.iter().map(|field| field.values(body)).collect();
        let may = |(acl, place): &&(Arc<Acl>, usize)| match (range(acl), values.get(*place)) {
            (Some((_, bounds)), Some(Some(values))) => values.iter().any(|value| bounds.hold(value)),
            _ => true,
        };
        self.lists.iter().filter(may).map(|(acl, _)| acl.as_ref()).collect()
    }
}

/// A range without which a list speaks of no record.
fn range(acl: &Acl) -> Option<(&Field, &Bounds)> {
    let Means::Query(query) = &acl.means else { return None };
    query.needed(&|part| match part {
        Query::Range(field, bounds) => Some((field, bounds)),
        _ => None,
    })
}

/// The same lists, those as one that differ only in whom they name by themselves, and speak of all records of their schemas.
fn merged(every: &[Arc<Acl>]) -> Vec<Arc<Acl>> {
    let mut found: Vec<Arc<Acl>> = Vec::new();
    let mut same_level: Vec<usize> = Vec::new();
    for acl in every {
        if found.last().is_some_and(|last| last.list.priority != acl.list.priority) {
            same_level.clear();
        }
        if acl.means != Means::All {
            found.push(Arc::clone(acl));
            continue;
        }
        let alike = |place: &&usize| found.get(**place).is_some_and(|own| alike(own, acl));
        match same_level.iter().find(alike).and_then(|place| found.get_mut(*place)).and_then(own) {
            Some(list) => {
                let more = &acl.list;
                list.users.extend(more.users.iter().cloned());
                list.roles.extend(more.roles.iter().cloned());
                list.system_roles.extend(more.system_roles.iter().cloned());
            }
            None => {
                same_level.push(found.len());
                found.push(Arc::new(Acl {
                    list: Arc::new(List::clone(&acl.list)),
                    kind: String::new(),
                    schemas: Set::new(),
                    means: Means::All,
                    in_record: acl.in_record.clone(),
                    value: Map::new(),
                }));
            }
        }
    }
    for list in found.iter_mut().filter_map(own) {
        for names in [&mut list.users, &mut list.roles, &mut list.system_roles] {
            *names = ordered(std::mem::take(names));
        }
    }
    found
}

/// What a list says, where nobody else holds it.
fn own(acl: &mut Arc<Acl>) -> Option<&mut List> {
    Arc::get_mut(acl).and_then(|acl| Arc::get_mut(&mut acl.list))
}

/// Whether two lists of one priority differ only in whom they name by themselves.
fn alike(one: &Acl, other: &Acl) -> bool {
    let (mine, theirs) = (&one.list, &other.list);
    mine.deny == theirs.deny
        && mine.operation == theirs.operation
        && mine.group == theirs.group
        && mine.states == theirs.states
        && one.in_record == other.in_record
}

/// The lists that stand before the next, as lists are gone through in their order.
#[derive(Default)]
pub(super) struct Above<'l> {
    last: Option<&'l List>,
    /// Of a higher priority than the last; of those of the same states, one.
    higher: Vec<&'l List>,
    /// Of its priority.
    level: Vec<&'l List>,
}

impl<'l> Above<'l> {
    /// Whether one of a higher priority speaks of the record in all the same states.
    pub fn stand_before(&mut self, list: &'l List, settings: &AclSettings) -> bool {
        // Most often nothing was found yet, and the lists need not be compared.
        if self.level.is_empty() && self.higher.is_empty() {
            return false;
        }
        self.go_to(list, settings);
        self.higher.iter().any(|above| covers(above, list))
    }

    /// The list speaks of the record.
    pub fn add(&mut self, list: &'l List, settings: &AclSettings) {
        self.go_to(list, settings);
        if !self.level.iter().chain(&self.higher).any(|own| own.states == list.states) {
            self.level.push(list);
        }
    }

    fn go_to(&mut self, list: &'l List, settings: &AclSettings) {
        match self.last {
            Some(last) if !count::together(last, list, settings) => *self = Self::default(),
            Some(last) if last.priority != list.priority => self.higher.append(&mut self.level),
            _ => {}
        }
        self.last = Some(list);
    }
}
