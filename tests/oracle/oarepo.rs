//! Preset `oarepo`: the rule table and state matrix of section 1, sentence by sentence. Quotes are from `domain.md`.

use super::world::{Asker, Rec, World};

/// Reading: an allow row "counts as a grant", and `grants(a)` asks first whether a is in the allowed set, so taking an action
/// out of the allowed set silences its allow rows too.
pub const ALLOW_ROWS_OBEY_ALLOWED_SET: bool = true;

/// May this subject do this to this record? For `create`, `record.primary` is the community C and nothing else of the
/// record is looked at.
pub fn decide(world: &World, asker: &Asker, record: &Rec, action: &str) -> bool {
    // "A deny row for a, or for `superuser-access`, comes before every other rule here."
    if denied(world, asker, record, action) {
        return false;
    }
    // "all but create and read | only if the subject may read the record"
    if action != "create" && action != "read" && !decide(world, asker, record, "read") {
        return false;
    }
    permitted(world, asker, record, action)
}

/// The same without what comes before: the rule of the action alone.
pub fn permitted(world: &World, asker: &Asker, record: &Rec, action: &str) -> bool {
    let state = state(record);
    let own = own(asker, record);
    let superuser = superuser(world, asker);
    let granted = grants(world, asker, record, action);

    if action == "create" {
        // "grants(create) in C, or superuser; no state"
        superuser || granted
    } else if action == "read" {
        // "published; or own; or superuser; or grants(read) and the state is within the reach of the granted role."
        if state == "published" || own || superuser {
            return true;
        }
        // "Reach: curator and admin every state"
        if granted_through(world, asker, record, "read", "curator")
            || granted_through(world, asker, record, "read", "admin")
        {
            return true;
        }
        // "member, publisher, every other role and `any`: approved and published"
        granted && (state == "approved" || state == "published")
    } else if action == "update" {
        if state == "editing" {
            // "own in editing; grants(update) in editing and pending-approval"; "A superuser satisfies every `grants`"
            own || granted || superuser
        } else if state == "pending-approval" {
            granted || superuser
        } else if state == "approved" {
            // "superuser, or grants(update) through role admin, also in approved"
            superuser || granted_through(world, asker, record, "update", "admin")
        } else {
            false
        }
    } else if action == "delete" || action == "request-approval" {
        // "editing, and own, superuser or grants(delete)"; "editing, and own, superuser or grants(request-approval)"
        state == "editing" && (own || superuser || granted)
    } else {
        // "other transitions | source state, and grants(a) or superuser"; "A superuser satisfies every `grants`, never a
        // state check."
        Some(state) == source(action) && (granted || superuser)
    }
}

/// What trying a transition comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// "may the subject read the record? if not, not found, whatever the transition's name"; "unknown transition 404"
    NotFound,
    /// 400
    WrongState,
    /// "permission 401 (anonymous) or 403"
    Refused,
    /// 202 and the new state.
    Done(&'static str),
}

/// "Checked in this order in the default presets": read, name, (parameters), source state, permission, (guards).
pub fn transition(world: &World, asker: &Asker, record: &Rec, action: &str) -> Outcome {
    if !decide(world, asker, record, "read") {
        return Outcome::NotFound;
    }
    let Some(source) = source(action) else {
        return Outcome::NotFound;
    };
    if state(record) != source {
        return Outcome::WrongState;
    }
    if !decide(world, asker, record, action) {
        return Outcome::Refused;
    }
    Outcome::Done(match action {
        "request-approval" | "revert-approve" => "pending-approval",
        "request-changes" => "editing",
        "approve" | "unpublish" => "approved",
        "publish" => "published",
        _ => "deleted",
    })
}

/// "The available list equals the permitted list, always."
pub fn available(world: &World, asker: &Asker, record: &Rec) -> Vec<&'static str> {
    super::world::actions()
        .into_iter()
        .filter(|action| matches!(transition(world, asker, record, action), Outcome::Done(_)))
        .collect()
}

/// The positions of the documents a list shows. "only records of the community in scope (primary or secondary), then
/// narrowed by the subject's roles and the record's state". Reading: the narrowing is exactly `read`, with a community and
/// without one (invariant 4: the filter equals the decision).
pub fn search(world: &World, asker: &Asker, docs: &[Rec], community: Option<&str>) -> Vec<usize> {
    let mut visible = Vec::new();
    for (position, doc) in docs.iter().enumerate() {
        let in_scope = match community {
            None => true,
            Some(community) => doc.primary == community || doc.secondary.iter().any(|id| id == community),
        };
        if in_scope && decide(world, asker, doc, "read") {
            visible.push(position);
        }
    }
    visible
}

/// "`editing` (a record without a status is in it; alias `filling`), `pending-approval` (alias `approving`)". Reading: a word
/// outside the list is a state of its own that no rule names.
pub fn state(record: &Rec) -> &str {
    match record.state.as_deref() {
        None | Some("filling") => "editing",
        Some("approving") => "pending-approval",
        Some(other) => other,
    }
}

/// The "from" column of the transition table.
pub fn source(action: &str) -> Option<&'static str> {
    match action {
        "request-approval" | "delete" => Some("editing"),
        "request-changes" | "approve" => Some("pending-approval"),
        "revert-approve" | "publish" => Some("approved"),
        "unpublish" => Some("published"),
        _ => None,
    }
}

/// Reading: "(the system is never hit)" of section 6 holds here too.
pub fn denied(world: &World, asker: &Asker, record: &Rec, action: &str) -> bool {
    if *asker == Asker::System {
        return false;
    }
    // "a deny row on it bans the subject from everything"; "for a": its argument is C, the primary community, or none.
    world.has_row(asker, "superuser-access", None, true) || world.has_row(asker, action, Some(&record.primary), true)
}

/// "`superuser-access` is an implied need of every permission". Reading: the system passes as a superuser does ("superuser,
/// system: yes" of section 6), so it satisfies grants and never a state check, and owns nothing.
pub fn superuser(world: &World, asker: &Asker) -> bool {
    *asker == Asker::System || world.has_row(asker, "superuser-access", None, false)
}

/// "An author is a record owner, whatever their membership."
pub fn own(asker: &Asker, record: &Rec) -> bool {
    match asker.id() {
        Some(id) => record.owners.contains(&id),
        None => false,
    }
}

/// "a is in the allowed set and granted in the **primary** community to a role the subject holds there, to `any`, or to
/// `author` when the subject owns this record (for create: in C instead of the primary, and `author` never matches)."
pub fn grants(world: &World, asker: &Asker, record: &Rec, action: &str) -> bool {
    // "An allow row (5.7) for a, with argument C or none, counts as a grant in C with the reach of `any`."
    let allow_row = world.has_row(asker, action, Some(&record.primary), false);
    if !world.allowed_actions.contains(action) {
        // "Taking an action out of the allowed set ends role and pseudo-role grants only"
        return allow_row && !ALLOW_ROWS_OBEY_ALLOWED_SET;
    }
    if allow_row {
        return true;
    }
    for role in world.roles_in(asker, &record.primary) {
        if granted_through(world, asker, record, action, &role) {
            return true;
        }
    }
    if world.granted_to(&record.primary, "any", action) {
        return true;
    }
    action != "create" && own(asker, record) && world.granted_to(&record.primary, "author", action)
}

/// The same, through one role the subject holds in the primary community.
fn granted_through(world: &World, asker: &Asker, record: &Rec, action: &str, role: &str) -> bool {
    world.allowed_actions.contains(action)
        && world.roles_in(asker, &record.primary).contains(role)
        && world.granted_to(&record.primary, role, action)
}
