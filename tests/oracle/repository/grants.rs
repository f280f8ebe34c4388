//! `grants(a)` of section 1, in the communities of `repository`.

use super::read::own;
use super::world::{Record, Visitor, World};

/// "a is in the allowed set and granted in the **primary** community to a role the subject holds there, to `any`, or to
/// `author` when the subject owns this record". Allow rows "count as a grant in C".
pub fn granted(world: &World, visitor: &Visitor, record: &Record, action: &str) -> bool {
    if !world.allowed.contains(action) {
        return false;
    }
    let primary = world.primary(record);
    let here: Vec<&str> = primary.into_iter().collect();
    if world.row(visitor, action, &here, false) {
        return true;
    }
    let Some(primary) = primary else { return false };
    let to = |role: &str| world.communities[primary].grants.get(role).is_some_and(|actions| actions.contains(action));
    ["member", "publisher", "curator", "manager", "admin"]
        .into_iter()
        .any(|role| through(world, visitor, record, action, role))
        || to("any")
        || (action != "create" && own(visitor, record) && to("author"))
}

/// The same, through one role: the subject holds it, or one that includes it, and it is granted the action. Reading: "admin
/// ... holds all ten actions" is a line of the default matrix, which a community may change.
pub fn through(world: &World, visitor: &Visitor, record: &Record, action: &str, role: &str) -> bool {
    let Some(primary) = world.primary(record) else { return false };
    let given = world.communities[primary].grants.get(role).is_some_and(|actions| actions.contains(action));
    world.allowed.contains(action) && given && world.holds(visitor, primary, role)
}

/// "A deny row for a, or for `superuser-access`, comes before every other rule here": with the primary community as its
/// argument, or none.
pub fn denied(world: &World, visitor: &Visitor, record: &Record, action: &str) -> bool {
    let here: Vec<&str> = world.primary(record).into_iter().collect();
    !visitor.is_system() && (world.banned(visitor) || world.row(visitor, action, &here, true))
}
