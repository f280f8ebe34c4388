//! Preset `oarepo-3.0.5`: the released code, bug for bug, from the table of formulas and the readings below it. Quotes are
//! from `domain.md`. S = state; own, act(a) and role(r) as there.

use super::world::{Asker, Rec, World};

/// May this subject do this? Actions by the default presets' names; `create` looks at `record.primary` only.
pub fn decide(world: &World, asker: &Asker, record: &Rec, action: &str) -> bool {
    let asker = &identity(asker);
    // "aliases are off and any literal state is accepted"
    let s = record.state.as_deref();
    let none_or_editing = s.is_none() || s == Some("editing");
    let pending = s == Some("pending-approval");
    let act = |a: &str| world.allowed_actions.contains(a) && granted(world, asker, a, &[&record.primary]);
    let role = |r: &str| role(world, asker, r, &record.primary);
    let own = || own(world, asker, record);

    match action {
        // "granted community-create in the community; no state check, no allowed-set check"
        "create" => granted(world, asker, "create", &[&record.primary]),
        // "S=published or ( community-read in the allowed set and ( own or ( read granted in any of primary+secondary and
        // ( (S=approved and (role(member) or role(publisher))) or role(curator) ) ) ) )"
        "read" => {
            if s == Some("published") {
                return true;
            }
            if !world.allowed_actions.contains("read") {
                return false;
            }
            if own() {
                return true;
            }
            // "A read over several communities is one permission: an exclude row in any of them refuses."
            let mut all = vec![record.primary.as_str()];
            all.extend(record.secondary.iter().map(String::as_str));
            if !granted(world, asker, "read", &all) {
                return false;
            }
            (s == Some("approved") && (role("member") || role("publisher"))) || role("curator")
        }
        // "S in {none, editing, pending} and ( (S in {none, editing} and own) or act(update) )"
        "update" => (none_or_editing || pending) && ((none_or_editing && own()) || act("update")),
        // "S in {none, editing} and (own or act(delete))"
        "delete" => none_or_editing && (own() || act("delete")),
        // "S in {none, editing} and (own or act(request-approval))"
        "request-approval" => none_or_editing && (own() || act("request-approval")),
        // "S=pending and act(request-changes / approve)"
        "request-changes" | "approve" => pending && act(action),
        // "S=approved and act(revert-approve / publish)"
        "revert-approve" | "publish" => s == Some("approved") && act(action),
        // "S=published and act(unpublish)"
        "unpublish" => s == Some("published") && act("unpublish"),
        _ => false,
    }
}

/// The method names upstream, in the order of the transition table, with the action of each.
pub fn transitions() -> [(&'static str, &'static str); 7] {
    [
        ("request_approval", "request-approval"),
        ("request_changes", "request-changes"),
        ("approve", "approve"),
        ("revert_approval", "revert-approve"),
        ("make_public", "publish"),
        ("make_private", "unpublish"),
        ("delete_draft", "delete"),
    ]
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 400
    WrongState,
    /// "A refused transition is 403, to anonymous too"
    Refused,
    /// 202
    Done { state: &'static str, event: &'static str, commit: bool },
}

/// One transition by its method name, in upstream's order: "parameters, state, permission"; nothing is concealed.
pub fn transition(world: &World, asker: &Asker, record: &Rec, method: &str) -> Outcome {
    let s = record.state.as_deref();
    let source_ok = match method {
        "request_approval" => s.is_none() || s == Some("editing"),
        // "delete_draft has pending-approval as a source and then refuses by permission."
        "delete_draft" => s.is_none() || s == Some("editing") || s == Some("pending-approval"),
        "request_changes" | "approve" => s == Some("pending-approval"),
        "revert_approval" | "make_public" => s == Some("approved"),
        "make_private" => s == Some("published"),
        other => panic!("no transition `{other}`"),
    };
    if !source_ok {
        return Outcome::WrongState;
    }
    let (_, action) = transitions().into_iter().find(|(name, _)| *name == method).expect("a known method");
    if !decide(world, asker, record, action) {
        return Outcome::Refused;
    }
    // "approve, revert_approval and delete_draft carry `commit_record: false`: a listener must commit."
    let (state, event, commit) = match method {
        "request_approval" => ("pending-approval", "on-community-request-approve", true),
        "delete_draft" => ("deleted", "on-community-delete-draft", false),
        "request_changes" => ("editing", "on-community-request-changes", true),
        "approve" => ("approved", "on-community-approve", false),
        "revert_approval" => ("pending-approval", "on-community-revert-approval", false),
        "make_public" => ("published", "on-community-publish", true),
        _ => ("approved", "on-community-unpublish", true),
    };
    Outcome::Done { state, event, commit }
}

/// The methods the subject may run now, sorted by name.
pub fn available(world: &World, asker: &Asker, record: &Rec) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (method, _) in transitions() {
        if matches!(transition(world, asker, record, method), Outcome::Done { .. }) {
            names.push(method);
        }
    }
    names.sort_unstable();
    names
}

/// "refused read, update and delete are 401 to anonymous, 403 otherwise"
pub fn http_if_denied(asker: &Asker) -> u16 {
    if *asker == Asker::Anonymous { 401 } else { 403 }
}

/// The positions of the documents a list shows.
pub fn search(world: &World, asker: &Asker, docs: &[Rec], community: Option<&str>) -> Vec<usize> {
    let mut visible = Vec::new();
    for (position, doc) in docs.iter().enumerate() {
        if search_shows(world, asker, doc, community) {
            visible.push(position);
        }
    }
    visible
}

fn search_shows(world: &World, asker: &Asker, doc: &Rec, community: Option<&str>) -> bool {
    let asker = &identity(asker);
    let s = doc.state.as_deref();
    let Some(community) = community else {
        // "the cross-community branch filters on a wrong field (`state`) and so finds only published records"; "without a
        // community a superuser too sees published only"
        return s == Some("published");
    };
    // "all and-ed with "in the community"" (primary or secondary, 1.8)
    if doc.primary != community && !doc.secondary.iter().any(|id| id == community) {
        return false;
    }
    // "anonymous: status published"
    if s == Some("published") {
        return true;
    }
    // "Search uses roles in the requested community, which a superuser passes"
    let role = |r: &str| role(world, asker, r, community);
    // "member: + in the community with status approved or published, or owned by me". Here a superuser owns nothing: the
    // filter compares ids.
    if role("member") && (s == Some("approved") || (asker.id().is_some() && asker.id() == owner(doc))) {
        return true;
    }
    // "curator: + everything in the community"
    if role("curator") {
        return true;
    }
    // "publisher: + approved or published"
    role("publisher") && s == Some("approved")
}

/// "The owner is one integer at `oarepo:ownedBy`": anything but exactly one is no owner.
fn owner(record: &Rec) -> Option<i64> {
    match record.owners.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// "own = subject is the owner, or superuser"; "without it nobody, not even a superuser, is "own"". A check of needs like
/// the others, so a ban refuses it.
fn own(world: &World, asker: &Asker, record: &Rec) -> bool {
    let Some(owner) = owner(record) else {
        return false;
    };
    if banned(world, asker) {
        return false;
    }
    asker.id() == Some(owner) || superuser(world, asker)
}

/// "role(r) in the primary"; "Superuser passes every need check".
fn role(world: &World, asker: &Asker, role: &str, community: &str) -> bool {
    if banned(world, asker) {
        return false;
    }
    superuser(world, asker) || world.roles_in(asker, community).contains(role)
}

/// Is the action granted in any of these communities? One permission: every exclude row of any of its needs, then the
/// superuser, then the grants.
fn granted(world: &World, asker: &Asker, action: &str, communities: &[&str]) -> bool {
    // "An exclude row beats the superuser for that one need."
    if banned(world, asker) {
        return false;
    }
    for community in communities {
        if world.has_row(asker, action, Some(community), true) {
            return false;
        }
    }
    if superuser(world, asker) {
        return true;
    }
    for community in communities {
        // "A grant row without an argument covers every community."
        if world.has_row(asker, action, Some(community), false) {
            return true;
        }
        for role in world.roles_in(asker, community) {
            if world.granted_to(community, &role, action) {
                return true;
            }
        }
        // "`any` is the system role `any_user`", which the system itself does not provide.
        if asker.provides_system_role("any_user") && world.granted_to(community, "any", action) {
            return true;
        }
        // "`author` is the system role `community-record-owner`", see `identity`.
        if asker.provides_system_role("community-record-owner") && world.granted_to(community, "author", action) {
            return true;
        }
    }
    false
}

/// The identity with the system role that only this preset provides: "`author` is the system role
/// `community-record-owner`, provided by **every** logged-in identity".
fn identity(asker: &Asker) -> Asker {
    let mut asker = asker.clone();
    if let Asker::User { system_roles, .. } = &mut asker {
        system_roles.insert("community-record-owner".to_string());
    }
    asker
}

/// `superuser-access` is one of the needs of every permission, so its exclude rows refuse every need check (a published
/// record is read without one).
fn banned(world: &World, asker: &Asker) -> bool {
    world.has_row(asker, "superuser-access", None, true)
}

/// The system provides only `system_process`: it is a superuser only where a row says so.
pub fn superuser(world: &World, asker: &Asker) -> bool {
    world.has_row(asker, "superuser-access", None, false)
}
