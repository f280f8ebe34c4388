//! Who sees which community, which of its grants and which of its members: 3.1, 3.2 and 1.13, sentence by sentence.
//! Quotes are from `domain.md`.

use super::world::{Asker, World};

/// `access` of a community, as it is written; what is not written has its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub visibility: Option<&'static str>,
    pub members_visibility: Option<&'static str>,
}

impl Settings {
    /// "`access.visibility`: `public` (default), `restricted`"
    pub fn restricted(&self) -> bool {
        self.visibility == Some("restricted")
    }

    /// "`access.members_visibility`: `public` (default), `restricted` ("members only"), `hidden`"
    pub fn members(&self) -> &'static str {
        self.members_visibility.unwrap_or("public")
    }
}

/// A member of any role. A role under its internal name is a role.
pub fn is_member(world: &World, asker: &Asker, community: &str) -> bool {
    !world.roles_in(asker, community).is_empty()
}

/// "a deny row on it bans the subject from everything"; "(the system is never hit)".
pub fn is_banned(world: &World, asker: &Asker) -> bool {
    *asker != Asker::System && world.has_row(asker, "superuser-access", None, true)
}

/// Superusers and `community-admin`.
pub fn is_administrator(world: &World, asker: &Asker) -> bool {
    *asker == Asker::System
        || world.has_row(asker, "superuser-access", None, false)
        || world.has_row(asker, "community-admin", None, false)
}

/// "public: found and viewed by anyone. Restricted: only members; hidden from search, listing and direct look-up".
pub fn sees_community(world: &World, asker: &Asker, settings: &Settings, community: &str) -> bool {
    // Reading: a ban takes what rows give and what roles permit, not the knowledge of where one is a member: a community
    // hidden from somebody is always one they hold no role in, on which every prediction rests.
    let administrator = is_administrator(world, asker) && !is_banned(world, asker);
    !settings.restricted() || is_member(world, asker, community) || administrator
}

/// "`actions: {action: [who]}` for members of any role and admins only".
pub fn sees_grants(world: &World, asker: &Asker, community: &str) -> bool {
    !is_banned(world, asker) && (is_member(world, asker, community) || is_administrator(world, asker))
}

/// Whether the asker sees that `user` is a member. `visible` is the member's own choice.
pub fn sees_member(
    world: &World,
    asker: &Asker,
    settings: &Settings,
    community: &str,
    user: i64,
    visible: Option<bool>,
) -> bool {
    // Hidden from those who do not see the community at all; of one's own that can only be so for the banned.
    if !sees_community(world, asker, settings, community) {
        return false;
    }
    // "everyone sees their own membership"
    if asker.id() == Some(user) {
        return true;
    }
    if is_banned(world, asker) {
        return settings.members() == "public" && visible != Some(false);
    }
    let insider = is_member(world, asker, community) || is_administrator(world, asker);
    match settings.members() {
        // "public: members whose own visibility is public are seen by anyone who sees the community, the others by members
        // only."
        "public" => insider || visible != Some(false),
        // "Members only: members only."
        "restricted" => insider,
        // "Hidden: admins only"
        _ => is_administrator(world, asker) || world.roles_in(asker, community).contains("admin"),
    }
}

/// "Public member rows show identity only, no role."
pub fn sees_roles(world: &World, asker: &Asker, community: &str, user: i64) -> bool {
    asker.id() == Some(user)
        || (!is_banned(world, asker) && (is_member(world, asker, community) || is_administrator(world, asker)))
}
