//! All access lists, and which of them may speak of a record: found by the record's id, its schema, and the values a query
//! cannot do without.

use std::cell::OnceCell;
use std::sync::Arc;

use super::merged::{Above, Merged};
use super::query::meet;
use super::{Acl, AclSettings, Body, Field, Kind, Means, Query, Scalar, entry};
use crate::model::{Entry, List, Set, Table};
use crate::terms::Answer;

/// Access lists by id.
#[derive(Debug, Clone, Default)]
pub struct Acls {
    all: Table<Arc<Acl>>,
    /// By the ids of records.
    ids: Table<Vec<Arc<Acl>>>,
    /// By schema.
    schemas: Table<OfSchema>,
}

/// The lists of a schema.
#[derive(Debug, Clone, Default)]
struct OfSchema {
    /// How many name it.
    count: usize,
    /// Those that must be looked at with every record, in their order.
    every: Vec<Arc<Acl>>,
    /// The same as decisions look at them, put together when one is first asked for.
    merged: OnceCell<Arc<Merged>>,
    /// Those that ask for a value of a keyword: by field, by value.
    terms: Vec<(Field, Table<Vec<Arc<Acl>>>)>,
}

impl Acls {
    /// The list with an id.
    pub fn get(&self, id: &str) -> Option<&Arc<Acl>> {
        self.all.get(id)
    }

    /// All, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Acl>> {
        self.all.values()
    }

    /// All, those together that are compared, the highest priority first.
    pub fn in_order(&self, settings: &AclSettings) -> Vec<&Acl> {
        let mut all: Vec<&Acl> = self.iter().map(Arc::as_ref).collect();
        all.sort_by(|one, other| order(&one.list, &other.list, settings.one_priority));
        all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds a list, in the place of that with the same id.
    pub fn insert(&mut self, acl: Acl, settings: &AclSettings) {
        self.remove(&acl.list.id);
        let acl = Arc::new(acl);
        for schema in &acl.schemas {
            self.schemas.change(schema, |own| own.count += 1);
        }
        match &acl.means {
            Means::Ids(ids) => {
                for id in ids {
                    self.ids.change(id, |own| own.push(Arc::clone(&acl)));
                }
            }
            Means::All => self.each_schema(&acl, |own| own.add(&acl, settings)),
            Means::Query(query) => match query.asks_for() {
                Some((field, values)) => self.each_schema(&acl, |own| {
                    for value in values {
                        own.term(field, value, |lists| lists.push(Arc::clone(&acl)));
                    }
                }),
                None => self.each_schema(&acl, |own| own.add(&acl, settings)),
            },
        }
        self.all.insert(acl.list.id.clone(), acl);
    }

    /// Removes a list; one that is not there is no fault.
    pub fn remove(&mut self, id: &str) {
        let Some(acl) = self.all.remove(id) else { return };
        let others = |lists: &mut Vec<Arc<Acl>>| lists.retain(|own| own.list.id != acl.list.id);
        if let Means::Ids(ids) = &acl.means {
            for id in ids {
                self.ids.change(id, others);
                if self.ids.get(id).is_some_and(Vec::is_empty) {
                    self.ids.remove(id);
                }
            }
        }
        let asked = match &acl.means {
            Means::Query(query) => query.asks_for(),
            _ => None,
        };
        self.each_schema(&acl, |own| {
            own.count -= 1;
            match asked {
                Some((field, values)) => values.iter().for_each(|value| own.term(field, value, others)),
                None => {
                    others(&mut own.every);
                    own.merged.take();
                }
            }
        });
    }

    fn each_schema(&mut self, acl: &Acl, mut then: impl FnMut(&mut OfSchema)) {
        for schema in &acl.schemas {
            self.schemas.change(schema, &mut then);
        }
    }

    /// The ids by which lists name records, in whatever way.
    pub fn ids(&self) -> Set<String> {
        let mut found = Vec::new();
        for acl in self.iter() {
            match &acl.means {
                Means::Ids(ids) => found.extend(ids.iter().cloned()),
                Means::Query(query) => query.ids(&mut found),
                Means::All => {}
            }
        }
        found.into_iter().collect()
    }

    /// Whether some list names a schema.
    pub fn names(&self, schema: &str) -> bool {
        self.schemas.get(schema).is_some_and(|own| own.count > 0)
    }

    /// Every list that speaks of a record, or perhaps does, in an order in which those stand together that are compared, the
    /// highest priority first. The pointer of one that can count that leads nowhere, where that is a fault; none where that is
    /// not known.
    pub fn entries(&self, body: Body<'_>, schema: &str, settings: &AclSettings) -> Result<Option<Vec<Entry>>, String> {
        self.found(body, schema, settings, true)
    }

    /// Those of them that can count in some state: what stands below one that speaks of the record in all the same states never
    /// does, and is not looked at. Lists that say the same are one, under the id of the first.
    pub fn able_to_count(
        &self,
        body: Body<'_>,
        schema: &str,
        settings: &AclSettings,
    ) -> Result<Option<Vec<Entry>>, String> {
        self.found(body, schema, settings, false)
    }

    /// The lists that speak of a record: all, or those that can count.
    fn found(
        &self,
        body: Body<'_>,
        schema: &str,
        settings: &AclSettings,
        all: bool,
    ) -> Result<Option<Vec<Entry>>, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let (mut certain, mut above) = (true, Above::default());
        for acl in self.near(body, schema, settings.one_priority, !all) {
            let below = above.stand_before(&acl.list, settings);
            if below && !all {
                continue;
            }
            let matches = match &acl.means {
                Means::Ids(_) if body.id.is_none() => Answer::Unknown,
                Means::Ids(_) | Means::All => Answer::Allow,
                Means::Query(query) => query.matches(body),
            };
            if matches == Answer::Allow {
                above.add(&acl.list, settings);
            }
            if matches != Answer::Deny {
                match entry::entry(acl, matches, body, settings.pointers_must_lead && !below) {
                    Ok(entry) => entries.push(entry),
                    Err(pointer) if matches == Answer::Allow => return Err(pointer),
                    Err(_) => certain = false,
                }
            }
        }
        Ok(certain.then_some(entries))
    }

    /// The lists that speak of a record by its id, or of all of its schema.
    pub fn plain<'s>(&'s self, id: &str, schema: &str) -> impl Iterator<Item = &'s Arc<Acl>> {
        let every = self.schemas.get(schema).into_iter().flat_map(|own| &own.every);
        let named = self.ids.get(id).into_iter().flatten();
        every.filter(|acl| acl.means == Means::All).chain(named)
    }

    /// The lists whose queries find a record.
    pub fn finding(&self, body: Body<'_>, schema: &str) -> Vec<Arc<Acl>> {
        let near = self.near(body, schema, false, false).into_iter();
        let queries = near.filter(|acl| acl.finds(body) == Some(Answer::Allow));
        queries.filter_map(|acl| self.all.get(&acl.list.id)).cloned().collect()
    }

    /// The lists that may speak of a record, in their order, each once; those as one that say the same.
    fn near(&self, body: Body<'_>, schema: &str, one_priority: bool, as_one: bool) -> Vec<&Acl> {
        let own = self.schemas.get(schema);
        let mut near = own.map_or_else(Vec::new, |own| match as_one {
            true => own.merged.get_or_init(|| Arc::new(Merged::of(&own.every))).near(body),
            false => own.every.iter().map(Arc::as_ref).collect(),
        });
        let mut others: Vec<&Arc<Acl>> = match body.id {
            Some(id) => self.ids.get(id).into_iter().flatten().collect(),
            // Any of those that name records by id may name this one.
            None => self.ids.values().flatten().collect(),
        };
        for (field, lists) in own.into_iter().flat_map(|own| &own.terms) {
            if body.withheld.iter().any(|address| meet(address.keys(), &field.keys)) {
                others.extend(lists.values().flatten());
                continue;
            }
            field.texts(body.document, &mut |text| others.extend(lists.get(text).into_iter().flatten()));
        }
        for acl in others {
            let place = near.partition_point(|other| order(&other.list, &acl.list, one_priority).is_lt());
            if near.get(place).is_none_or(|there| there.list.id != acl.list.id) {
                near.insert(place, acl);
            }
        }
        near
    }
}

/// Those stand together that are compared, the highest priority first.
fn order(one: &List, other: &List, one_priority: bool) -> std::cmp::Ordering {
    let stack = (&one.operation, &one.group).cmp(&(&other.operation, &other.group));
    let stack = if one_priority { std::cmp::Ordering::Equal } else { stack };
    stack.then_with(|| other.priority.cmp(&one.priority)).then_with(|| one.id.cmp(&other.id))
}

/// Whether an entry speaks of the record in every state in which the other does.
pub fn covers(above: &List, list: &List) -> bool {
    match (&above.states, &list.states) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(above), Some(own)) => own.iter().all(|state| above.contains(state)),
    }
}

/// What lists that are known to speak of a record say of it, in the order of [`Acls::entries`]; of those that can count, as
/// decisions look at them.
pub fn entries_of(mut lists: Vec<&Arc<Acl>>, body: Body<'_>, settings: &AclSettings) -> Result<Vec<Entry>, String> {
    lists.sort_by(|one, other| order(&one.list, &other.list, settings.one_priority));
    lists.dedup_by(|one, other| one.list.id == other.list.id);
    let mut above = Above::default();
    lists.retain(|acl| {
        let counts = !above.stand_before(&acl.list, settings);
        above.add(&acl.list, settings);
        counts
    });
    lists.into_iter().map(|acl| entry::entry(acl, Answer::Allow, body, settings.pointers_must_lead)).collect()
}

impl Acl {
    /// Whether its query finds a record; none if it has no query.
    pub fn finds(&self, body: Body<'_>) -> Option<Answer> {
        match &self.means {
            Means::Query(query) => Some(query.matches(body)),
            Means::Ids(_) | Means::All => None,
        }
    }
}

impl OfSchema {
    fn add(&mut self, acl: &Arc<Acl>, settings: &AclSettings) {
        let before = |other: &Arc<Acl>| order(&other.list, &acl.list, settings.one_priority).is_lt();
        let place = self.every.partition_point(before);
        self.every.insert(place, Arc::clone(acl));
        self.merged.take();
    }

    fn term(&mut self, field: &Field, value: &Scalar, then: impl FnOnce(&mut Vec<Arc<Acl>>)) {
        let Scalar::Text(text) = value else { return };
        let place = self.terms.iter().position(|(own, _)| own == field).unwrap_or_else(|| {
            self.terms.push((field.clone(), Table::default()));
            self.terms.len() - 1
        });
        if let Some((_, lists)) = self.terms.get_mut(place) {
            lists.change(text, then);
        }
    }
}

impl Query {
    /// Every id it names.
    fn ids(&self, found: &mut Vec<String>) {
        match self {
            Self::Ids(ids) => found.extend(ids.iter().cloned()),
            Self::Nested(_, query) => query.ids(found),
            Self::Bool(parts) => {
                let all = [&parts.must, &parts.filter, &parts.should, &parts.must_not];
                all.into_iter().flatten().for_each(|part| part.ids(found));
            }
            _ => {}
        }
    }

    /// A field of keywords and the values one of which a record must have to be meant.
    pub fn asks_for(&self) -> Option<(&Field, &[Scalar])> {
        self.needed(&|part| match part {
            Self::Values(field, values) if field.kind == Kind::Keyword => Some((field, values.as_slice())),
            _ => None,
        })
    }

    /// What is found in a part without which no record is meant.
    pub(super) fn needed<'q, T>(&'q self, found: &dyn Fn(&'q Self) -> Option<T>) -> Option<T> {
        match self {
            Self::Bool(parts) => parts.must.iter().chain(&parts.filter).find_map(|part| part.needed(found)),
            part => found(part),
        }
    }
}
