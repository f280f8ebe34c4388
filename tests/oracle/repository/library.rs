//! Library types under `repository`: what section 6 says of them, and section 4 where it says nothing. Quotes are from
//! section 6 where nothing else is said.

use super::grants::denied;
use super::lists;
use super::read::{self, level};
use super::world::{Readers, Record, Visitor, World};
use crate::oracle::world::Asker;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Document,
    Series,
    Item,
    Electronic,
    Loan,
    Request,
}

/// A document, an item, a loan, a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub kind: Kind,
    /// What it has in common with records; its owner is the patron of a loan or request. It is in no community.
    pub record: Record,
    pub updaters: Readers,
    pub deleters: Readers,
    /// Of an item: what its document says.
    pub document_restricted: bool,
    pub document_readers: Readers,
    pub open_access: Option<bool>,
    pub extensions: u64,
    pub overbooked: Option<bool>,
}

/// Everything that any of them is asked for.
pub const ACTIONS: [&str; 15] = [
    "read",
    "create",
    "update",
    "delete",
    "manage",
    "read-tombstone",
    "read-files",
    "request",
    "checkout",
    "self_checkout",
    "checkin",
    "extend",
    "cancel",
    "accept",
    "decline",
];

impl Kind {
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Document | Self::Series | Self::Item => &ACTIONS[..6],
            Self::Electronic => &ACTIONS[..7],
            Self::Loan => {
                &["read", "create", "update", "request", "checkout", "self_checkout", "checkin", "extend", "cancel"]
            }
            Self::Request => &["read", "create", "update", "accept", "decline"],
        }
    }

    pub fn is_catalogued(self) -> bool {
        !matches!(self, Self::Loan | Self::Request)
    }
}

/// The state; "they count as published until deleted".
pub fn state(thing: &Thing) -> &str {
    let first = match thing.kind {
        Kind::Loan => "created",
        Kind::Request => "pending",
        _ => "published",
    };
    thing.record.state.as_deref().unwrap_or(first)
}

fn has_role(visitor: &Visitor, role: &str) -> bool {
    matches!(&visitor.asker, Asker::User { roles, .. } if roles.contains(role))
}

/// 4.1: "librarian (curates data and runs the workflows)"; a superuser does what a librarian does.
fn librarian(world: &World, visitor: &Visitor) -> bool {
    world.superuser(visitor) || has_role(visitor, "librarian") || world.has_access(visitor, "ils-backoffice-access")
}

/// "librarians, read-only too"
fn librarians(world: &World, visitor: &Visitor) -> bool {
    librarian(world, visitor)
        || has_role(visitor, "librarian-readonly")
        || world.has_access(visitor, "ils-backoffice-readonly-access")
}

/// Rule 5 for library types: the list, and "librarians, read-only too, on library types". What an item's document withholds,
/// the item withholds too: from all but those the list lets in, and those the document names.
fn published(world: &World, visitor: &Visitor, thing: &Thing, files: bool) -> bool {
    if librarians(world, visitor) {
        return true;
    }
    let by_rule = |record: &Record| read::by_rule(world, visitor, record, "published", files);
    let document = &thing.document_readers;
    let by_document = !(thing.document_restricted || *document != Readers::default()) || {
        // One more reader, nobody, withholds it: no flag does, at which lists may look.
        let mut record = thing.record.clone();
        record.readers.users.push(-1);
        record.readers.users.extend(&document.users);
        record.readers.roles.extend(document.roles.iter().cloned());
        record.readers.system_roles.extend(document.system_roles.iter().cloned());
        by_rule(&record)
    };
    by_rule(&thing.record) && by_document
}

/// Rules 1 and 2 as for records; of loans and requests, "instead of rules 3 to 6 the patron concerned and librarians
/// (read-only too) read". Reading of rule 3: librarians, who curate, read what is deleted as curators do.
pub fn reads(world: &World, visitor: &Visitor, thing: &Thing) -> bool {
    if denied(world, visitor, &thing.record, "read") || listed(world, visitor, thing, true, &read::READING) {
        return false;
    }
    match state(thing) {
        "published" => published(world, visitor, thing, false),
        _ => librarians(world, visitor) || read::own(visitor, &thing.record),
    }
}

/// "whoever could read it now, were it still published, gets the tombstone"
fn tombstone(world: &World, visitor: &Visitor, thing: &Thing) -> bool {
    state(thing) == "deleted"
        && !denied(world, visitor, &thing.record, "read")
        && !lists::deny(world, visitor, &thing.record, &read::READING, "published")
        && published(world, visitor, thing, false)
}

/// What lists say, as of records; "instead of rules 3 to 6" they say nothing of loans and requests. Reading: nor instead of 1.
fn listed(world: &World, visitor: &Visitor, thing: &Thing, denies: bool, operations: &[&str]) -> bool {
    let says = if denies { lists::deny } else { lists::allow };
    thing.kind.is_catalogued() && says(world, visitor, &thing.record, operations, state(thing))
}

/// Whether the subject may know that it exists.
pub fn knows(world: &World, visitor: &Visitor, thing: &Thing) -> bool {
    reads(world, visitor, thing) || tombstone(world, visitor, thing)
}

/// "To *manage* a record: its owner, ..., a record grant of manage, superuser"; and those who curate here.
pub fn manages(world: &World, visitor: &Visitor, thing: &Thing) -> bool {
    let granted = level(world, visitor, &thing.record, "manage");
    librarian(world, visitor) || read::own(visitor, &thing.record) || granted
}

pub fn decide(world: &World, visitor: &Visitor, thing: &Thing, action: &str) -> bool {
    if denied(world, visitor, &thing.record, action) {
        return false;
    }
    let librarian = librarian(world, visitor);
    let signed_in = visitor.is_signed_in() || world.superuser(visitor);
    match action {
        "read" => return reads(world, visitor, thing),
        "read-tombstone" => return tombstone(world, visitor, thing),
        // 4.6: "request (any authenticated)"; "Librarians create, update and delete".
        "create" => return if thing.kind.is_catalogued() { librarian } else { signed_in },
        _ => {}
    }
    let (own, state) = (read::own(visitor, &thing.record), state(thing));
    let named = |names: &Readers| read::named(world, visitor, names);
    let allowed = |operation| listed(world, visitor, thing, false, &[operation]);
    reads(world, visitor, thing)
        && !(["update", "delete", "read-files"].contains(&action) && listed(world, visitor, thing, true, &[action]))
        && match (thing.kind, action) {
            (Kind::Loan, "request") => state == "created" && signed_in,
            (Kind::Loan, "checkout") => ["created", "pending"].contains(&state) && librarian,
            (Kind::Loan, "self_checkout") => ["created", "pending"].contains(&state) && own && world.self_checkout,
            (Kind::Loan, "cancel") => (state == "pending" && (own || librarian)) || (state == "on-loan" && librarian),
            (Kind::Loan, "checkin") => state == "on-loan" && librarian,
            (Kind::Loan, "extend") => state == "on-loan" && (own || librarian),
            (Kind::Request, "accept") => state == "pending" && librarian,
            (Kind::Request, "decline") => state == "pending" && (own || librarian),
            (Kind::Loan | Kind::Request, _) => librarian,
            // "`_access` on library types": it "adds to that" what librarians may.
            (_, "update") => state == "published" && (librarian || named(&thing.updaters) || allowed("update")),
            (_, "delete") => state == "published" && (librarian || named(&thing.deleters) || allowed("delete")),
            (_, "manage") => state == "published" && manages(world, visitor, thing),
            // "Files: only for who may read the metadata's content"; 4.4: "false, ... a download needs authentication".
            (_, "read-files") => {
                (state != "published" || published(world, visitor, thing, true))
                    && (thing.open_access == Some(true) || signed_in)
            }
            (_, other) => panic!("no action `{other}`"),
        }
}

/// A transition is run: permitted, and nothing stands against it. 4.6: "owner at most 3 times and not if overbooked".
pub fn runs(world: &World, visitor: &Visitor, thing: &Thing, action: &str) -> bool {
    let free = thing.extensions < 3 && thing.overbooked == Some(false);
    decide(world, visitor, thing, action) && (action != "extend" || librarian(world, visitor) || free)
}
