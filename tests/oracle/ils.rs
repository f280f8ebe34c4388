//! A second opinion of the preset `ils`, from section 4 of the product's document: who reads, makes, changes, lends.

use std::collections::BTreeSet;

/// Somebody or something that a list or a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    User(i64),
    Role(&'static str),
    SystemRole(&'static str),
}

/// An access row without argument.
#[derive(Clone, Debug)]
pub struct Row {
    pub action: &'static str,
    pub deny: bool,
    pub to: Name,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub rows: Vec<Row>,
    pub self_checkout: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    Anonymous,
    System,
    User { id: i64, roles: BTreeSet<&'static str>, system_roles: BTreeSet<&'static str> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Document,
    Series,
    Item,
    Electronic,
    Loan,
    Request,
}

/// What somebody said of who may read: `restricted`, and names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    pub restricted: bool,
    pub read: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub kind: Kind,
    pub state: &'static str,
    pub access: Access,
    pub update: Vec<Name>,
    pub delete: Vec<Name>,
    /// Of an item: what its document says.
    pub document: Access,
    pub open_access: Option<bool>,
    pub patron: i64,
    pub extensions: u64,
    pub overbooked: Option<bool>,
}

impl Kind {
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Document | Self::Series | Self::Item => &["read", "create", "update", "delete"],
            Self::Electronic => &["read", "create", "update", "delete", "read-files", "update-files"],
            Self::Loan => {
                &["read", "create", "update", "request", "checkout", "self_checkout", "checkin", "extend", "cancel"]
            }
            Self::Request => &["read", "create", "update", "accept", "decline"],
        }
    }

    /// The name of an action in rows.
    pub fn need(self, action: &str) -> String {
        match self {
            Self::Loan => format!("circulation-loan-{action}"),
            Self::Request => format!("document-request-{action}"),
            _ => format!("{action}-records"),
        }
    }
}

impl Visitor {
    fn is(&self, name: &Name, any_case: bool) -> bool {
        match (self, name) {
            (Self::User { id, .. }, Name::User(named)) => id == named,
            (Self::User { roles, .. }, Name::Role(named)) if any_case => {
                roles.iter().any(|role| role.to_lowercase() == named.to_lowercase())
            }
            (Self::User { roles, .. }, Name::Role(named)) => roles.contains(named),
            (Self::User { system_roles, .. }, Name::SystemRole(named)) => {
                system_roles.contains(named) || ["any_user", "authenticated_user"].contains(named)
            }
            (Self::Anonymous, Name::SystemRole(named)) => *named == "any_user",
            (Self::System, Name::SystemRole(named)) => *named == "system_process",
            _ => false,
        }
    }

    fn named(&self, names: &[Name]) -> bool {
        names.iter().any(|name| self.is(name, true))
    }

    fn has_role(&self, role: &str) -> bool {
        matches!(self, Self::User { roles, .. } if roles.contains(role))
    }
}

/// A row of this kind speaks of the visitor.
fn row(world: &World, visitor: &Visitor, action: &str, deny: bool) -> bool {
    world.rows.iter().any(|row| row.action == action && row.deny == deny && visitor.is(&row.to, false))
}

/// 5.7: deny beats allow.
fn need(world: &World, visitor: &Visitor, action: &str) -> bool {
    row(world, visitor, action, false) && !row(world, visitor, action, true)
}

fn superuser(world: &World, visitor: &Visitor) -> bool {
    *visitor == Visitor::System || need(world, visitor, "superuser-access")
}

fn librarian(world: &World, visitor: &Visitor) -> bool {
    superuser(world, visitor) || visitor.has_role("librarian") || need(world, visitor, "ils-backoffice-access")
}

fn staff(world: &World, visitor: &Visitor) -> bool {
    librarian(world, visitor)
        || visitor.has_role("librarian-readonly")
        || need(world, visitor, "ils-backoffice-readonly-access")
}

/// 4.2: exactly those who are named; if nobody is, everybody, unless it is restricted.
fn open(visitor: &Visitor, access: &Access) -> bool {
    if access.read.is_empty() { !access.restricted } else { visitor.named(&access.read) }
}

fn own(visitor: &Visitor, thing: &Thing) -> bool {
    matches!(visitor, Visitor::User { id, .. } if *id == thing.patron)
}

fn denied(world: &World, visitor: &Visitor, thing: &Thing, action: &str) -> bool {
    *visitor != Visitor::System
        && (row(world, visitor, "superuser-access", true) || row(world, visitor, &thing.kind.need(action), true))
}

pub fn reads(world: &World, visitor: &Visitor, thing: &Thing) -> bool {
    if denied(world, visitor, thing, "read") {
        return false;
    }
    if staff(world, visitor) {
        return true;
    }
    match thing.kind {
        Kind::Loan | Kind::Request => own(visitor, thing),
        Kind::Document | Kind::Series => thing.state == "published" && open(visitor, &thing.access),
        Kind::Item | Kind::Electronic => {
            thing.state == "published" && open(visitor, &thing.access) && open(visitor, &thing.document)
        }
    }
}

pub fn decide(world: &World, visitor: &Visitor, thing: &Thing, action: &str) -> bool {
    if denied(world, visitor, thing, action) {
        return false;
    }
    if action == "read" {
        return reads(world, visitor, thing);
    }
    let librarian = librarian(world, visitor);
    let signed_in = superuser(world, visitor) || matches!(visitor, Visitor::User { .. });
    if action == "create" {
        return match thing.kind {
            Kind::Loan | Kind::Request => signed_in,
            _ => librarian || row(world, visitor, "create-records", false),
        };
    }
    if !reads(world, visitor, thing) {
        return false;
    }
    let (own, state) = (own(visitor, thing), thing.state);
    match (thing.kind, action) {
        (Kind::Loan, "request") => state == "created" && signed_in,
        (Kind::Loan, "checkout") => ["created", "pending"].contains(&state) && librarian,
        (Kind::Loan, "self_checkout") => ["created", "pending"].contains(&state) && own && world.self_checkout,
        (Kind::Loan, "cancel") => (state == "pending" && (own || librarian)) || (state == "on-loan" && librarian),
        (Kind::Loan, "checkin") => state == "on-loan" && librarian,
        (Kind::Loan, "extend") => state == "on-loan" && (own || librarian),
        (Kind::Request, "accept") => state == "pending" && librarian,
        (Kind::Request, "decline") => state == "pending" && (own || librarian),
        (Kind::Loan | Kind::Request, _) => librarian,
        (_, "read-files") => thing.open_access == Some(true) || signed_in,
        // What a row for another word lets do is that word's business: files are changed with the item.
        (_, "update" | "update-files") => {
            state == "published"
                && (librarian || visitor.named(&thing.update) || row(world, visitor, "update-records", false))
        }
        (_, "delete") => {
            state == "published"
                && (librarian || visitor.named(&thing.delete) || row(world, visitor, "delete-records", false))
        }
        _ => false,
    }
}

/// A transition is run: permitted, and nothing stands against it.
pub fn runs(world: &World, visitor: &Visitor, thing: &Thing, action: &str) -> bool {
    let free = thing.extensions < 3 && thing.overbooked == Some(false);
    decide(world, visitor, thing, action) && (action != "extend" || librarian(world, visitor) || free)
}
