//! "Read metadata, the first rule that applies", files, and the tombstone. Quotes are from `domain.md`, section 6 where
//! nothing else is said.

use super::grants::granted;
use super::lists;
use super::world::{Readers, Record, Visitor, World};
use crate::oracle::world::{Asker, Who};

/// The operations of lists that are reading: "get, update, delete usual".
pub const READING: [&str; 2] = ["get", "read"];

/// The content of the record.
pub fn content(world: &World, visitor: &Visitor, record: &Record) -> bool {
    by_rule(world, visitor, record, state(record), false)
}

/// "Files: only for who may read the metadata's content (a tombstone has none)." Reading: a list may deny `read-files` alone.
pub fn files(world: &World, visitor: &Visitor, record: &Record) -> bool {
    files_are_open(world, visitor, record) && !lists::deny(world, visitor, record, &["read-files"], state(record))
}

/// Whether nothing but a list that denies files stands in the way.
pub fn files_are_open(world: &World, visitor: &Visitor, record: &Record) -> bool {
    content(world, visitor, record) && by_rule(world, visitor, record, state(record), true)
}

/// "If it was once published, whoever could read it now, were it still published, gets the tombstone."
pub fn tombstone(world: &World, visitor: &Visitor, record: &Record) -> bool {
    state(record) == "deleted" && record.published_once && by_rule(world, visitor, record, "published", false)
}

/// Whether the subject may know that the record exists.
pub fn knows(world: &World, visitor: &Visitor, record: &Record) -> bool {
    content(world, visitor, record) || tombstone(world, visitor, record)
}

pub fn by_rule(world: &World, visitor: &Visitor, record: &Record, state: &str, files: bool) -> bool {
    // 1. "an exclude row for read (without argument or for one of *all*) or for `superuser-access` ...: no (the system is
    // never hit)"
    let excluded = world.banned(visitor) || world.row(visitor, "read", &world.all(record), true);
    if excluded && !visitor.is_system() {
        return false;
    }
    // "or a counting ACL deny whose actor matches": superusers too.
    if lists::deny(world, visitor, record, &READING, state) {
        return false;
    }
    // 2. "superuser, system: yes"
    if world.superuser(visitor) {
        return true;
    }
    // 3. "deleted: the owner and curators and up of P (of any of *all* if it was once published) read the content."
    if state == "deleted" {
        let curates = if record.published_once {
            curates_any(world, visitor, record)
        } else {
            world.curates(visitor, world.primary(record))
        };
        return own(visitor, record) || curates;
    }
    // 4. "not published: the owner; holders of `administration-moderation`; roles in P by section 1's matrix (manager as
    // curator); reviewers of a *submitted* review whose community is not P; a grant or link of preview or more; an ACL whose
    // `states` name this state"
    if state != "published" {
        return own(visitor, record)
            || world.has_access(visitor, "administration-moderation")
            || by_matrix(world, visitor, record, state)
            || reviews(world, visitor, record)
            || level(world, visitor, record, "preview")
            || lists::allow(world, visitor, record, &READING, state);
    }
    // 5. "published and withheld (`access.record` restricted, or `restricted: true`, or `_access.read` names somebody)";
    // "In rule 5 `access.files` restricted is one more reason to withhold"; "files are restricted whenever the record is".
    let names =
        !record.readers.users.is_empty() || !record.readers.roles.is_empty() || !record.readers.system_roles.is_empty();
    if record.record_restricted || record.restricted || names || (files && record.files_restricted) {
        // "the owner; holders of `administration-moderation`; curators and up of any of *all*; a grant or link of view or
        // more; an ACL; those named in `_access.read`". Reading: of files one for `read-files`, too.
        if own(visitor, record)
            || world.has_access(visitor, "administration-moderation")
            || curates_any(world, visitor, record)
            || level(world, visitor, record, "view")
            || named(world, visitor, &record.readers)
            || lists::allow(world, visitor, record, &READING, state)
            || (files && lists::allow(world, visitor, record, &["read-files"], state))
        {
            return true;
        }
        // "and, only when `access.record` is the sole reason, members by section 3's table"; for files "only if no reason
        // other than `access.record` and `access.files` holds".
        return !record.restricted && !names && member_of_open(world, visitor, record);
    }
    // 6. "otherwise everyone"
    true
}

/// "member of one of them: yes if every community of the record is `open`, no if some community is `restricted`".
fn member_of_open(world: &World, visitor: &Visitor, record: &Record) -> bool {
    let all = world.all(record);
    let strict = all.iter().any(|id| world.communities[*id].strict);
    !strict && all.iter().any(|id| world.is_member(visitor, id))
}

/// "grants(read) and the state is within the reach of the granted role. Reach: curator and admin every state; member,
/// publisher, every other role and `any`: approved and published"; "manager as curator".
fn by_matrix(world: &World, visitor: &Visitor, record: &Record, state: &str) -> bool {
    let through = |role: &str| super::grants::through(world, visitor, record, "read", role);
    through("curator")
        || through("manager")
        || through("admin")
        || (state == "approved" && granted(world, visitor, record, "read"))
}

/// "reviewers of a *submitted* review whose community is not P": curators, managers, admins of the receiving community.
pub fn reviews(world: &World, visitor: &Visitor, record: &Record) -> bool {
    match &record.review {
        Some(review) => {
            review.status == "submitted"
                && record.primary.as_deref() != Some(review.community.as_str())
                && world.curates(visitor, Some(&review.community))
        }
        None => false,
    }
}

/// "role names compare in lower case" (4.2); communities' roles are named by ids, which compare as they are.
pub fn named(world: &World, visitor: &Visitor, readers: &Readers) -> bool {
    readers.users.iter().any(|id| world.means(visitor, &Who::User(*id)))
        || readers.system_roles.iter().any(|name| world.means(visitor, &Who::SystemRole(name.clone())))
        || readers.roles.iter().any(|name| match &visitor.asker {
            Asker::User { roles, .. } if !name.starts_with("community:") => {
                roles.iter().any(|role| role.to_lowercase() == name.to_lowercase())
            }
            _ => world.means(visitor, &Who::Role(name.clone())),
        })
}

/// A grant or link of this level or more. A link lives until its end; at its end it is dead.
pub fn level(world: &World, visitor: &Visitor, record: &Record, least: &str) -> bool {
    let rank = |level: &str| ["view", "preview", "edit", "manage"].iter().position(|one| *one == level);
    let least = rank(least);
    record.grants.iter().any(|grant| rank(grant.level) >= least && world.means(visitor, &grant.to))
        || record.links.iter().any(|link| {
            rank(link.level) >= least
                && visitor.links.contains(&link.id)
                && link.ends.is_none_or(|end| world.now < end)
                && !visitor.is_system()
        })
}

pub fn own(visitor: &Visitor, record: &Record) -> bool {
    visitor.asker.id().is_some_and(|id| record.owners.contains(&id))
}

/// "curators and up of any of *all*"
pub fn curates_any(world: &World, visitor: &Visitor, record: &Record) -> bool {
    world.all(record).into_iter().any(|id| world.curates(visitor, Some(id)))
}

/// "`editing` (a record without a status is in it; alias `filling`), `pending-approval` (alias `approving`)".
pub fn state(record: &Record) -> &str {
    match record.state.as_deref() {
        None | Some("filling") => "editing",
        Some("approving") => "pending-approval",
        Some(other) => other,
    }
}
