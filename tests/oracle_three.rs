//! The three-valued oracle: what is known cannot be taken back, and random cases keep the promises of the prose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;

use oracle::three::{self, Hole, Three};
use oracle::world::{Asker, Membership, Rec, World, actions, set};
use oracle::{oarepo, oarepo305, random, space};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without holes the two oracles are one.
    #[test]
    fn complete_facts_leave_nothing_unknown((world, asker, record) in random::case(), action in random::action()) {
        let two = if oarepo::decide(&world, &asker, &record, action) { Three::Allow } else { Three::Deny };
        prop_assert_eq!(three::decide(oarepo::decide, &world, &asker, &record, &[], action), two);
    }

    /// "More facts can turn unknown into allow or deny but never allow into deny or back": an answer given in spite of holes
    /// holds when all but the first are filled with the truth, and when all are.
    #[test]
    fn known_answers_stay((world, asker, record, holes) in random::partial(), action in random::action()) {
        // A random state or owner list may lie outside the completions of its hole; those are canonical.
        let record = Rec { owners: record.owners.into_iter().take(1).collect(), ..record };
        for decide in [oarepo::decide as oracle::Decide, oarepo305::decide] {
            let early = three::decide(decide, &world, &asker, &record, &holes, action);
            if early == Three::Unknown {
                continue;
            }
            let first = holes.first().cloned().into_iter().collect::<Vec<_>>();
            for fewer in [&first[..], &[]] {
                prop_assert_eq!(three::decide(decide, &world, &asker, &record, fewer, action), early);
            }
        }
    }

    /// A list is the decisions, and a transition goes through only where the action is allowed.
    #[test]
    fn list_and_transition_follow_the_decision((world, asker, record) in random::case()) {
        let read = oarepo::decide(&world, &asker, &record, "read");
        prop_assert_eq!(oarepo::search(&world, &asker, std::slice::from_ref(&record), None).len(), usize::from(read));
        for action in actions() {
            let done = matches!(oarepo::transition(&world, &asker, &record, action), oarepo::Outcome::Done(_));
            let allowed = oarepo::source(action).is_some() && oarepo::decide(&world, &asker, &record, action);
            prop_assert_eq!(done, allowed);
        }
    }
}

#[test]
fn a_hole_matters_only_where_it_can_change_the_answer() {
    let mut world = World { allowed_actions: set(&actions()), ..World::default() };
    let home = world.grants.entry(space::HOME.to_string()).or_default();
    home.extend(space::shipped(space::HOME).into_iter().map(|(_, role, granted)| (role.to_string(), set(&granted))));
    let roles = set(&["curator"]);
    world.memberships.push(Membership { user: space::ME, community: space::HOME.to_string(), roles });
    let asker = Asker::user(space::ME);
    let record = Rec {
        primary: space::HOME.to_string(),
        secondary: vec![],
        state: Some("pending-approval".to_string()),
        owners: vec![space::OTHER],
    };
    let ask = |holes: &[Hole], action: &str| three::decide(oarepo::decide, &world, &asker, &record, holes, action);

    assert_eq!(ask(&[Hole::Owners], "approve"), Three::Allow, "ownership is no part of approve");
    assert_eq!(ask(&[Hole::State], "approve"), Three::Unknown);
    assert_eq!(ask(&[Hole::State], "read"), Three::Allow, "a curator reads every state");
    assert_eq!(ask(&[Hole::Membership(space::HOME.to_string())], "approve"), Three::Unknown);
    assert_eq!(ask(&[Hole::Membership(space::SECOND.to_string())], "approve"), Three::Allow);
    assert_eq!(
        ask(&[Hole::Membership(space::HOME.to_string())], "publish"),
        Three::Deny,
        "the state says no to everybody"
    );
    assert_eq!(ask(&[Hole::Access("superuser-access".to_string())], "read"), Three::Unknown, "there may be a ban");
    assert_eq!(ask(&[Hole::Access("update".to_string())], "approve"), Three::Allow);
    let held = Hole::RoleGrants(space::HOME.to_string(), "curator".to_string());
    assert_eq!(ask(std::slice::from_ref(&held), "approve"), Three::Unknown);
    let other = Hole::RoleGrants(space::HOME.to_string(), "publisher".to_string());
    assert_eq!(ask(std::slice::from_ref(&other), "approve"), Three::Allow);
    assert_eq!(ask(&[held, Hole::Allowed, Hole::Primary], "unpublish"), Three::Deny);
}
