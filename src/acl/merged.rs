//! What a record need not be asked list by list: many lists that say the same of it are one, and what stands below one that
//! counts is not looked at.

use std::sync::Arc;

use serde_json::Map;

use super::{Acl, AclSettings, Means, count, set::covers};
use crate::model::{List, Set, ordered};

/// The same lists, those as one that differ only in whom they name by themselves, and speak of all records of their schemas.
pub(super) fn merged(every: &[Arc<Acl>]) -> Vec<Arc<Acl>> {
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
