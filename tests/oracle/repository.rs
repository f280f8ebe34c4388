//! Preset `repository`: sections 1, 2, 3, 4 and 6 of `domain.md`, sentence by sentence.
//!
//! | module | what is in it |
//! | --- | --- |
//! | `world` | the plain structs a case is made of |
//! | `read` | content, files, tombstone: the ordered rules |
//! | `grants` | `grants(a)` and deny rows |
//! | `lists` | access lists: which count, and of whom they speak |
//! | `act` | everything else that may be done |
//! | `library` | library types: what differs for them |
//! | `three` | three values by trying every completion |
//! | `space` | the finite space, in a fixed order |
//! | `library_space` | the space of library types, and random ones |
//! | `random` | seeded worlds for the corners the space leaves out |

pub mod act;
pub mod grants;
pub mod library;
pub mod library_space;
pub mod lists;
pub mod random;
pub mod read;
pub mod space;
pub mod three;
pub mod world;

use world::{Record, Visitor, World};

/// Everything a record is asked for: the ten actions, reading in parts, and what is added to them.
pub const ACTIONS: [&str; 23] = [
    "read",
    "create",
    "update",
    "request-approval",
    "approve",
    "revert-approve",
    "request-changes",
    "delete",
    "publish",
    "unpublish",
    "read-files",
    "read-tombstone",
    "cancel",
    "expire",
    "manage",
    "lift-embargo",
    "include",
    "exclude",
    "request-access",
    "remove",
    "restore",
    "mark",
    "unmark",
];

/// May this subject do this to this record? For `create` only the primary community is looked at.
pub fn decide(world: &World, visitor: &Visitor, record: &Record, action: &str) -> bool {
    match action {
        "read" => read::content(world, visitor, record),
        "read-tombstone" => read::tombstone(world, visitor, record),
        "read-files" => read::files(world, visitor, record),
        "create" => act::create(world, visitor, record.primary.as_deref()),
        "update" => act::update(world, visitor, record),
        "delete" => act::delete(world, visitor, record),
        "request-approval" => act::request_approval(world, visitor, record),
        "approve" | "request-changes" => act::decide_review(world, visitor, record, action),
        "revert-approve" => act::revert_approve(world, visitor, record),
        "publish" => act::transition(world, visitor, record, action, "approved"),
        "unpublish" => act::transition(world, visitor, record, action, "published"),
        "manage" => act::manage(world, visitor, record),
        "lift-embargo" => act::lift_embargo(world, visitor, record),
        "remove" => act::remove(world, visitor, record),
        "restore" | "mark" => act::after_deletion(world, visitor, record, false),
        "unmark" => act::after_deletion(world, visitor, record, true),
        "cancel" => act::cancel(world, visitor, record),
        "expire" => act::expire(visitor, record),
        "include" => act::include(world, visitor, record),
        "exclude" => act::exclude(world, visitor, record),
        "request-access" => act::request_access(world, visitor, record),
        other => panic!("no action `{other}`"),
    }
}
