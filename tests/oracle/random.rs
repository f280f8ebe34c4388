//! proptest strategies over the same structs, for the corners the finite space leaves out: any set of grants, several rows,
//! custom roles, many communities.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::three::Hole;
use super::world::{AccessRow, Asker, Membership, Rec, Who, World, actions};

const COMMUNITIES: [&str; 3] = ["a", "b", "c"];
const ROLES: [&str; 5] = ["member", "curator", "publisher", "admin", "reviewer"];

/// A whole case. The asker is one of four users (or nobody, or the system) and the record's communities are the world's, so
/// that facts meet often.
pub fn case() -> impl Strategy<Value = (World, Asker, Rec)> {
    (world(), asker(), record())
}

/// A case and up to three facts that are not known in it; unknown grants stand without unknown memberships, because trying
/// both would take minutes.
pub fn partial() -> impl Strategy<Value = (World, Asker, Rec, Vec<Hole>)> {
    (case(), vec(hole(), 0..=3)).prop_map(|((world, asker, record), mut holes)| {
        if holes.iter().any(|hole| matches!(hole, Hole::Grants(_))) {
            holes.retain(|hole| !matches!(hole, Hole::Membership(_)));
        }
        (world, asker, record, holes)
    })
}

pub fn action() -> impl Strategy<Value = &'static str> {
    select(actions().to_vec())
}

pub fn world() -> impl Strategy<Value = World> {
    let allowed = prop_oneof![
        3 => Just(actions().to_vec()),
        1 => subsequence(actions().to_vec(), 0..=10),
    ];
    let grants = btree_map(community(), btree_map(grantee(), words(), 0..=5), 0..=3);
    let members = btree_map((user(), community()), btree_set(role(), 1..=3), 0..=8);
    (allowed, grants, vec(row(), 0..=4), members).prop_map(|(allowed, grants, access, members)| World {
        allowed_actions: allowed.into_iter().map(str::to_string).collect(),
        grants,
        access,
        memberships: members
            .into_iter()
            .map(|((user, community), roles)| Membership { user, community, roles })
            .collect(),
    })
}

pub fn asker() -> impl Strategy<Value = Asker> {
    let roles = || subsequence(vec!["boss", "staff"], 0..=2);
    let user = (user(), roles(), weighted(0.3, Just("campus_user"))).prop_map(|(id, roles, vouched)| Asker::User {
        id,
        roles: roles.into_iter().map(str::to_string).collect(),
        system_roles: vouched.into_iter().map(str::to_string).collect(),
    });
    prop_oneof![1 => Just(Asker::Anonymous), 1 => Just(Asker::System), 8 => user]
}

pub fn record() -> impl Strategy<Value = Rec> {
    let state =
        of(select(vec!["editing", "filling", "pending-approval", "approving", "approved", "published", "deleted"]));
    let secondary = subsequence(COMMUNITIES.to_vec(), 0..=2);
    (community(), secondary, state, btree_set(user(), 0..=2)).prop_map(|(primary, secondary, state, owners)| Rec {
        secondary: secondary.into_iter().filter(|id| *id != primary).map(str::to_string).collect(),
        primary,
        state: state.map(str::to_string),
        owners: owners.into_iter().collect(),
    })
}

/// A record with at most one owner, which is all `oarepo-3.0.5` knows.
pub fn record_305() -> impl Strategy<Value = Rec> {
    record().prop_map(|mut record| {
        record.owners.truncate(1);
        record
    })
}

fn row() -> impl Strategy<Value = AccessRow> {
    let mut names = actions().to_vec();
    names.extend(["superuser-access"; 4]);
    (select(names), of(community()), any::<bool>(), who()).prop_map(|(action, argument, exclude, subject)| AccessRow {
        action: action.to_string(),
        argument,
        exclude,
        subject,
    })
}

fn who() -> impl Strategy<Value = Who> {
    let system_roles = vec!["any_user", "authenticated_user", "system_process", "campus_user"];
    prop_oneof![
        4 => user().prop_map(Who::User),
        2 => select(vec!["boss", "staff"]).prop_map(|name| Who::Role(name.to_string())),
        1 => (community(), role()).prop_map(|(id, role)| Who::Role(format!("community:{id}:{role}"))),
        2 => select(system_roles).prop_map(|name| Who::SystemRole(name.to_string())),
    ]
}

fn hole() -> impl Strategy<Value = Hole> {
    let mut names = actions().to_vec();
    names.push("superuser-access");
    prop_oneof![
        3 => community().prop_map(Hole::Membership),
        1 => Just(Hole::GlobalRoles),
        1 => Just(Hole::SystemRoles),
        1 => Just(Hole::Primary),
        1 => Just(Hole::Secondary),
        1 => Just(Hole::State),
        1 => Just(Hole::Owners),
        1 => Just(Hole::Allowed),
        2 => select(names).prop_map(|action| Hole::Access(action.to_string())),
        1 => community().prop_map(Hole::Grants),
        2 => (community(), grantee()).prop_map(|(community, role)| Hole::RoleGrants(community, role)),
    ]
}

fn words() -> impl Strategy<Value = std::collections::BTreeSet<String>> {
    subsequence(actions().to_vec(), 0..=10).prop_map(|words| words.into_iter().map(str::to_string).collect())
}

fn user() -> impl Strategy<Value = i64> {
    1..=4_i64
}

fn community() -> impl Strategy<Value = String> {
    select(COMMUNITIES.to_vec()).prop_map(str::to_string)
}

fn role() -> impl Strategy<Value = String> {
    select(ROLES.to_vec()).prop_map(str::to_string)
}

/// A role or a pseudo-role.
fn grantee() -> impl Strategy<Value = String> {
    let mut names = ROLES.to_vec();
    names.extend(["any", "author"]);
    select(names).prop_map(str::to_string)
}
