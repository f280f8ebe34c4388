//! The oracle for `oarepo` draws the state matrix of the document, and the space it is asked over is large and lively.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;

use std::collections::BTreeMap;

use oracle::space::{self, Size};
use oracle::world::{AccessRow, Asker, Membership, Rec, Who, World, actions, set};
use oracle::{oarepo, oarepo305};

#[test]
fn the_fast_space_is_large_and_uneventful_nowhere() {
    let (mut cases, mut allowed) = (0, BTreeMap::new());
    for (world, asker, record) in space::cases(Size::Fast) {
        cases += 1;
        for action in actions() {
            let counts: &mut [usize; 2] = allowed.entry(action).or_default();
            counts[0] += usize::from(oarepo::decide(&world, &asker, &record, action));
            counts[1] += usize::from(oarepo305::decide(&world, &asker, &record, action));
        }
    }
    println!("{cases} cases x 10 actions; allowed [oarepo, oarepo-3.0.5]: {allowed:?}");
    assert!(cases >= 20_000, "{cases} cases");
    for (action, counts) in allowed {
        for count in counts {
            assert!(
                count * 100 > cases && count * 100 < cases * 90,
                "`{action}` is allowed in {count} of {cases} cases"
            );
        }
    }
}

/// The state matrix as the document prints it; `+` before `unpublish`, no `c` but in the first row.
const MATRIX: &str = "
    editing          | -  | rw | c  | rw | -  | crw
    pending-approval | -  | r  | -  | rw | -  | rw
    approved         | -  | r  | r  | r  | r  | rw
    published        | r  | r  | r  | r  | r  | r+unpublish
    deleted          | -  | r  | -  | r  | -  | r";

#[test]
fn the_matrix_of_the_document() {
    let superuser = AccessRow {
        action: "superuser-access".to_string(),
        argument: None,
        exclude: false,
        subject: Who::User(space::ME),
    };
    // The last column twice: "`admin` is a superuser; a deployment may add a community role `admin` holding all ten actions".
    for admin_is_superuser in [true, false] {
        let mut drawn = String::new();
        for state in ["editing", "pending-approval", "approved", "published", "deleted"] {
            drawn += state;
            for column in ["anyone", "author", "member", "curator", "publisher", "admin"] {
                let mut world = World { allowed_actions: set(&actions()), ..World::default() };
                let home = world.grants.entry(space::HOME.to_string()).or_default();
                home.extend(
                    space::shipped(space::HOME).into_iter().map(|(_, role, granted)| (role.to_string(), set(&granted))),
                );
                home.insert("admin".to_string(), set(&actions()));
                if column == "admin" && admin_is_superuser {
                    world.access.push(superuser.clone());
                } else {
                    let (community, roles) = (space::HOME.to_string(), set(&[column]));
                    world.memberships.push(Membership { user: space::ME, community, roles });
                }
                let asker = if column == "anyone" { Asker::Anonymous } else { Asker::user(space::ME) };
                let owner = if column == "author" { space::ME } else { space::OTHER };
                let record = Rec {
                    primary: space::HOME.to_string(),
                    secondary: vec![],
                    state: Some(state.to_string()),
                    owners: vec![owner],
                };
                let may = |action| oarepo::decide(&world, &asker, &record, action);
                let mut cell = String::new();
                for (action, mark) in [("create", "c"), ("read", "r"), ("update", "w"), ("unpublish", "+unpublish")] {
                    // "create (it has no state; shown in the first row)"
                    if may(action) && (action != "create" || state == "editing") {
                        cell += mark;
                    }
                }
                drawn += if cell.is_empty() { "|-" } else { "|" };
                drawn += &cell;
            }
            drawn += "\n";
        }
        let expected: String = MATRIX.trim().lines().map(|line| line.replace(' ', "") + "\n").collect();
        assert_eq!(drawn, expected, "admin is a superuser: {admin_is_superuser}");
    }
}
