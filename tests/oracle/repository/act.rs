//! What may be done to a record and in a community. Quotes are from `domain.md`, section 6 where nothing else is said.

use super::grants::{denied, granted, through};
use super::lists;
use super::read::{content, curates_any, files_are_open, knows, level, own, reviews, state};
use super::world::{DAY, Record, Visitor, World};

/// "Update ...: by the matrix in P; reviewers under rule 4 update; an edit grant or link updates, ..., in the states the
/// matrix gives grants(a)".
pub fn update(world: &World, visitor: &Visitor, record: &Record) -> bool {
    let state = state(record);
    if denied(world, visitor, record, "update")
        || lists::deny(world, visitor, record, &["update"], state)
        || !content(world, visitor, record)
    {
        return false;
    }
    // "ACLs in their `states`": published too. Reading: what is deleted is not updated.
    if state != "deleted" && lists::allow(world, visitor, record, &["update"], state) {
        return true;
    }
    // "own in editing; grants(update) in editing and pending-approval; superuser, or grants(update) through role admin, also
    // in approved". Reading: reviewers too only in the states the matrix gives grants(update).
    let beside = granted(world, visitor, record, "update")
        || reviews(world, visitor, record)
        || level(world, visitor, record, "edit");
    let superuser = world.superuser(visitor);
    match state {
        "editing" => own(visitor, record) || superuser || beside,
        "pending-approval" => superuser || beside,
        "approved" => superuser || through(world, visitor, record, "update", "admin"),
        _ => false,
    }
}

/// "editing, and own, superuser or grants(delete)"; "a manage grant also deletes"; "ACLs in their `states`"; "Delete never
/// leaves editing".
pub fn delete(world: &World, visitor: &Visitor, record: &Record) -> bool {
    !denied(world, visitor, record, "delete")
        && !lists::deny(world, visitor, record, &["delete"], state(record))
        && content(world, visitor, record)
        && state(record) == "editing"
        && (own(visitor, record)
            || world.superuser(visitor)
            || granted(world, visitor, record, "delete")
            || level(world, visitor, record, "manage")
            || lists::allow(world, visitor, record, &["delete"], state(record)))
}

/// "submit = request-approval (section 1's rule, or a record grant of manage; 3.4 and the guards hold)". The guards are
/// looked at after permission; so is 3.4 of the community somebody chooses for a record that is in none.
pub fn request_approval(world: &World, visitor: &Visitor, record: &Record) -> bool {
    if denied(world, visitor, record, "request-approval") || !content(world, visitor, record) {
        return false;
    }
    let may = own(visitor, record)
        || world.superuser(visitor)
        || granted(world, visitor, record, "request-approval")
        || granted_manage(world, visitor, record);
    let submits = world.primary(record).is_none_or(|id| may_submit(world, visitor, id));
    state(record) == "editing" && may && submits
}

/// 3.4: "open: every authenticated user; if the community is restricted, members only. Members: members only". A superuser
/// passes: "`superuser-access` is an implied need of every permission".
pub fn may_submit(world: &World, visitor: &Visitor, community: &str) -> bool {
    if world.superuser(visitor) {
        return true;
    }
    let Some((id, found)) = world.living(Some(community)) else { return false };
    if found.members_submit || found.restricted {
        return world.is_member(visitor, id);
    }
    visitor.is_signed_in()
}

/// "approve = accept (review for P: section 1's grants(approve); no P: curators and up of the receiving community, ...;
/// superuser)"; request-changes and decline likewise: "Accept and decline: curators, managers, admins of the receiving
/// community". Without P only a submitted review can be decided.
pub fn decide_review(world: &World, visitor: &Visitor, record: &Record, action: &str) -> bool {
    if denied(world, visitor, record, action) || !content(world, visitor, record) {
        return false;
    }
    let receiver = match world.primary(record) {
        Some(_) => granted(world, visitor, record, action),
        None => reviews(world, visitor, record),
    };
    state(record) == "pending-approval" && (world.superuser(visitor) || receiver)
}

/// "other transitions | source state, and grants(a) or superuser": publish ("publisher, from approved, whatever the review
/// policy"), unpublish ("by the matrix in P"); revert-approve, below.
pub fn transition(world: &World, visitor: &Visitor, record: &Record, action: &str, source: &str) -> bool {
    !denied(world, visitor, record, action)
        && content(world, visitor, record)
        && state(record) == source
        && (world.superuser(visitor) || granted(world, visitor, record, action))
}

/// "cancel (creator)"; "Submit and cancel: creator". A superuser passes as in every permission.
pub fn cancel(world: &World, visitor: &Visitor, record: &Record) -> bool {
    let creator = record.review.as_ref().and_then(|review| review.creator);
    !denied(world, visitor, record, "cancel")
        && content(world, visitor, record)
        && state(record) == "pending-approval"
        && (world.superuser(visitor) || (creator.is_some() && creator == visitor.asker.id()))
}

/// "revert-approve | pending-approval | a new submitted one": some community must be there to review it again.
pub fn revert_approve(world: &World, visitor: &Visitor, record: &Record) -> bool {
    record.primary.as_deref().is_some_and(|id| !is_deleted(world, id))
        && transition(world, visitor, record, "revert-approve", "approved")
}

fn is_deleted(world: &World, community: &str) -> bool {
    world.communities.get(community).is_some_and(|found| found.deleted)
}

/// "expire (system)": nobody else.
pub fn expire(visitor: &Visitor, record: &Record) -> bool {
    visitor.is_system() && state(record) == "pending-approval"
}

/// "To *manage* a record: its owner, curators and up of P (once published, of any of *all*), a record grant of manage,
/// superuser." Readings: once published means from then on; what may not be read, or is deleted, is not managed.
pub fn manage(world: &World, visitor: &Visitor, record: &Record) -> bool {
    let published = record.published_once || state(record) == "published";
    let curates =
        if published { curates_any(world, visitor, record) } else { world.curates(visitor, world.primary(record)) };
    content(world, visitor, record)
        && state(record) != "deleted"
        && (own(visitor, record) || curates || granted_manage(world, visitor, record) || world.superuser(visitor))
}

/// "Grants ... and secret links: ..., links up to edit": no link manages.
fn granted_manage(world: &World, visitor: &Visitor, record: &Record) -> bool {
    record.grants.iter().any(|grant| grant.level == "manage" && world.means(visitor, &grant.to))
}

/// "`lift_embargo` (owner, curators and up, manage grant, and the system daily) can be run from midnight UTC of `until`".
pub fn lift_embargo(world: &World, visitor: &Visitor, record: &Record) -> bool {
    embargo_is_over(world, record) && manage(world, visitor, record)
}

pub fn embargo_is_over(world: &World, record: &Record) -> bool {
    record.embargo.is_some_and(|embargo| embargo.active && world.now >= embargo.until * DAY)
}

/// "site administrators (superuser or `administration-access`)".
fn site_administrator(world: &World, visitor: &Visitor) -> bool {
    world.superuser(visitor) || world.has_access(visitor, "administration-access")
}

/// "delete a published record": by those of the site administrators who may read it ("not restricted records").
pub fn remove(world: &World, visitor: &Visitor, record: &Record) -> bool {
    state(record) == "published" && site_administrator(world, visitor) && content(world, visitor, record)
}

/// "restore", "marking": what was deleted after publication, by those of them who may know of it. Reading: what is marked to be
/// purged is unmarked before it is restored.
pub fn after_deletion(world: &World, visitor: &Visitor, record: &Record, marked: bool) -> bool {
    record.marked == marked
        && state(record) == "deleted"
        && record.published_once
        && knows(world, visitor, record)
        && site_administrator(world, visitor)
}

/// "include in D (manage on a published record, 3.4 of D)": the record's part of it.
pub fn include(world: &World, visitor: &Visitor, record: &Record) -> bool {
    state(record) == "published" && manage(world, visitor, record)
}

/// "Create in C: whoever may submit to C (3.4) or holds `create` there." In a community that may not be known nothing is
/// made, and none in one that is deleted and so "ignored in every table", not even by superusers. Reading: without a
/// community, by anybody signed in.
pub fn create(world: &World, visitor: &Visitor, community: Option<&str>) -> bool {
    let record = Record { primary: community.map(str::to_string), ..Record::default() };
    if denied(world, visitor, &record, "create") {
        return false;
    }
    let Some(community) = community else { return visitor.is_signed_in() || world.superuser(visitor) };
    !is_deleted(world, community)
        && sees_community(world, visitor, community)
        && (may_submit(world, visitor, community) || granted(world, visitor, &record, "create"))
}

/// Who may make communities may know of all.
pub fn administers(world: &World, visitor: &Visitor) -> bool {
    world.superuser(visitor) || world.has_access(visitor, "community-admin")
}

/// 3.1: "public: found and viewed by anyone. Restricted: only members"; "Invited users see it only if the switch ... is on:
/// default on in ... `repository`". Superusers and `community-admin` see all, deleted ones
/// and those that are not there too: nothing is hidden from who could restore or make them.
pub fn sees_community(world: &World, visitor: &Visitor, community: &str) -> bool {
    if administers(world, visitor) {
        return true;
    }
    let Some(found) = world.communities.get(community) else { return false };
    if found.deleted {
        // "restorable", by its admin, who must find it.
        let mut alive = world.clone();
        alive.communities.insert(community.to_string(), Default::default());
        return alive.holds(visitor, community, "admin");
    }
    !found.restricted || world.is_member(visitor, community) || world.held(visitor, community).contains("invitee")
}

/// "remove from D: owner (a switch) or curators of D; the primary: site administrators only": whether there may be such a D.
pub fn exclude(world: &World, visitor: &Visitor, record: &Record) -> bool {
    state(record) == "published"
        && content(world, visitor, record)
        && (site_administrator(world, visitor) || curates_any(world, visitor, record) || own(visitor, record))
}

/// "users and guests may ask for access": to the files of what they may read. Reading: not where a list denies these; what is
/// given would not help.
pub fn request_access(world: &World, visitor: &Visitor, record: &Record) -> bool {
    state(record) == "published" && content(world, visitor, record) && !files_are_open(world, visitor, record)
}

/// "A decision that would reveal that a record or community exists which the subject may not read carries `conceal`".
pub fn conceals(world: &World, visitor: &Visitor, record: &Record) -> bool {
    !knows(world, visitor, record)
}
