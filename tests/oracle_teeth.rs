//! Does the space tell right from wrong? Each mutant is the oracle with one mistake somebody is likely to make; the fast
//! space must hold cases that catch it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;

use oracle::space::{self, Group, Size};
use oracle::world::{AccessRow, Asker, Membership, Rec, Who, World, actions, set};
use oracle::{Decide, oarepo, oarepo305};

/// A mistake in the facts the oracle is given, or in its answer.
enum Mutant {
    World(fn(&mut World, &Asker, &Rec)),
    Record(fn(&mut Rec)),
    Answer(Decide),
}

#[test]
fn mistakes_about_oarepo_are_caught() {
    let mutants: Vec<(&str, Mutant)> = vec![
        ("secondary roles count", Mutant::World(secondary_roles_count)),
        ("roles in any community count", Mutant::World(roles_anywhere_count)),
        (
            "other people's roles count",
            Mutant::World(|w, a, _| {
                for m in &mut w.memberships {
                    m.user = a.id().unwrap_or(m.user);
                }
            }),
        ),
        ("deny rows are ignored", Mutant::World(|w, _, _| w.access.retain(|row| !row.exclude))),
        (
            "a superuser passes deny rows",
            Mutant::Answer(|w, a, r, action| {
                let mut without = w.clone();
                without.access.retain(|row| !row.exclude);
                oarepo::decide(if oarepo::superuser(w, a) { &without } else { w }, a, r, action)
            }),
        ),
        (
            "a ban spares what is published",
            Mutant::Answer(|w, a, r, action| {
                (action == "read" && oarepo::state(r) == "published") || oarepo::decide(w, a, r, action)
            }),
        ),
        (
            "a deny row without argument denies nothing",
            Mutant::World(|w, _, _| {
                w.access.retain(|row| !row.exclude || row.argument.is_some() || row.action == "superuser-access");
            }),
        ),
        (
            "a deny row for another community denies",
            Mutant::World(|w, _, _| {
                for row in w.access.iter_mut().filter(|row| row.exclude && row.action != "superuser-access") {
                    row.argument = None;
                }
            }),
        ),
        (
            "superuser-access with an argument counts",
            Mutant::World(|w, _, _| {
                for row in w.access.iter_mut().filter(|row| row.action == "superuser-access") {
                    row.argument = None;
                }
            }),
        ),
        (
            "allow rows are ignored",
            Mutant::World(|w, _, _| w.access.retain(|row| row.exclude || row.action == "superuser-access")),
        ),
        (
            "an allow row for another community allows",
            Mutant::World(|w, _, _| {
                for row in w.access.iter_mut().filter(|row| !row.exclude && row.action != "superuser-access") {
                    row.argument = None;
                }
            }),
        ),
        (
            "an allow row reads every state",
            Mutant::Answer(|w, a, r, action| {
                oarepo::decide(w, a, r, action)
                    || (action == "read"
                        && !oarepo::denied(w, a, r, action)
                        && w.has_row(a, "read", Some(&r.primary), false))
            }),
        ),
        (
            "rows for community roles are not seen",
            Mutant::World(|w, _, _| {
                w.access.retain(|row| !matches!(&row.subject, Who::Role(name) if name.starts_with("community:")));
            }),
        ),
        (
            "vouched system roles are not seen",
            Mutant::World(|w, _, _| {
                w.access.retain(|row| row.subject != Who::SystemRole("campus_user".to_string()));
            }),
        ),
        (
            "anonymous is authenticated",
            Mutant::Answer(|w, a, r, action| {
                let nobody = Asker::user(0);
                oarepo::decide(w, if *a == Asker::Anonymous { &nobody } else { a }, r, action)
            }),
        ),
        (
            "the system is nobody",
            Mutant::Answer(|w, a, r, action| {
                oarepo::decide(w, if *a == Asker::System { &Asker::Anonymous } else { a }, r, action)
            }),
        ),
        (
            "a superuser ignores the state",
            Mutant::Answer(|w, a, r, action| {
                oarepo::decide(w, a, r, action)
                    || (oarepo::superuser(w, a) && !oarepo::denied(w, a, r, action) && !oarepo::denied(w, a, r, "read"))
            }),
        ),
        (
            "every user is author",
            Mutant::World(|w, _, r| {
                for action in
                    w.grants.get(&r.primary).and_then(|roles| roles.get("author")).cloned().unwrap_or_default()
                {
                    let subject = Who::SystemRole("authenticated_user".to_string());
                    w.access.push(AccessRow { action, argument: None, exclude: false, subject });
                }
            }),
        ),
        (
            "author creates",
            Mutant::Answer(|w, a, r, action| {
                oarepo::decide(w, a, r, action)
                    || (action == "create"
                        && oarepo::own(a, r)
                        && !oarepo::denied(w, a, r, action)
                        && w.allowed_actions.contains(action)
                        && w.granted_to(&r.primary, "author", action))
            }),
        ),
        ("the allowed set is ignored", Mutant::World(|w, _, _| w.allowed_actions = set(&actions()))),
        (
            "the allowed set ends built-in rights",
            Mutant::Answer(|w, a, r, action| w.allowed_actions.contains(action) && oarepo::decide(w, a, r, action)),
        ),
        (
            "members read every state",
            Mutant::Answer(|w, a, r, action| {
                let member = w.roles_in(a, &r.primary).contains("member") && w.granted_to(&r.primary, "member", "read");
                let held = member && w.allowed_actions.contains("read") && !oarepo::denied(w, a, r, action);
                oarepo::decide(w, a, r, action) || (action == "read" && held)
            }),
        ),
        (
            "a curator's reach without the grant",
            Mutant::Answer(|w, a, r, action| {
                let curator = w.roles_in(a, &r.primary).contains("curator") && oarepo::grants(w, a, r, "read");
                oarepo::decide(w, a, r, action) || (action == "read" && curator && !oarepo::denied(w, a, r, action))
            }),
        ),
        (
            "acting does not need reading",
            Mutant::Answer(|w, a, r, action| {
                oarepo::decide(w, a, r, action)
                    || (oarepo::source(action) == Some(oarepo::state(r))
                        && oarepo::grants(w, a, r, action)
                        && !oarepo::denied(w, a, r, action))
            }),
        ),
        (
            "role admin does not update in approved",
            Mutant::Answer(|w, a, r, action| {
                let approved = action == "update" && oarepo::state(r) == "approved" && !oarepo::superuser(w, a);
                !approved && oarepo::decide(w, a, r, action)
            }),
        ),
        (
            "everybody updates in approved",
            Mutant::Answer(|w, a, r, action| {
                let mut pending = r.clone();
                if action == "update" && oarepo::state(r) == "approved" {
                    pending.state = Some("pending-approval".to_string());
                }
                oarepo::decide(w, a, &pending, action)
            }),
        ),
        (
            "the owner updates in pending",
            Mutant::Answer(|w, a, r, action| {
                let own = action == "update" && oarepo::own(a, r) && oarepo::state(r) == "pending-approval";
                oarepo::decide(w, a, r, action)
                    || (own && oarepo::decide(w, a, r, "read") && !oarepo::denied(w, a, r, action))
            }),
        ),
        (
            "delete leaves pending too",
            Mutant::Answer(|w, a, r, action| {
                let mut editing = r.clone();
                if action == "delete" && oarepo::state(r) == "pending-approval" {
                    editing.state = None;
                }
                oarepo::decide(w, a, &editing, action)
            }),
        ),
        (
            "aliases are unknown",
            Mutant::Record(|r| {
                if matches!(r.state.as_deref(), Some("filling" | "approving")) {
                    r.state = Some("another".to_string());
                }
            }),
        ),
        (
            "no status is a state of its own",
            Mutant::Record(|r| r.state = Some(r.state.clone().unwrap_or("another".to_string()))),
        ),
        (
            "deleted reads as published",
            Mutant::Answer(|w, a, r, action| {
                let mut published = r.clone();
                if action == "read" && oarepo::state(r) == "deleted" {
                    published.state = Some("published".to_string());
                }
                oarepo::decide(w, a, &published, action)
            }),
        ),
        ("only the first owner owns", Mutant::Record(|r| r.owners.truncate(1))),
    ];
    hunt(oarepo::decide, &mutants, |_| true);
}

#[test]
fn mistakes_about_oarepo_305_are_caught() {
    let mutants: Vec<(&str, Mutant)> = vec![
        ("the fixed rules instead of the released ones", Mutant::Answer(oarepo::decide)),
        (
            "create obeys the allowed set",
            Mutant::Answer(|w, a, r, action| {
                (action != "create" || w.allowed_actions.contains("create")) && oarepo305::decide(w, a, r, action)
            }),
        ),
        ("aliases are on", Mutant::Record(|r| r.state = Some(oarepo::state(r).to_string()))),
        ("secondary communities grant no read", Mutant::Record(|r| r.secondary.clear())),
        ("secondary roles count", Mutant::World(secondary_roles_count)),
        (
            "a superuser owns the ownerless",
            Mutant::Answer(|w, a, r, action| {
                let mut mine = r.clone();
                if r.owners.is_empty() && oarepo305::superuser(w, a) {
                    mine.owners = a.id().into_iter().collect();
                }
                oarepo305::decide(w, a, &mine, action)
            }),
        ),
        (
            "author is the owner",
            Mutant::World(|w, a, r| {
                if !oarepo::own(a, r) {
                    w.grants.values_mut().for_each(|roles| _ = roles.remove("author"));
                }
            }),
        ),
        (
            "a ban covers what is published",
            Mutant::Answer(|w, a, r, action| {
                !w.has_row(a, "superuser-access", None, true) && oarepo305::decide(w, a, r, action)
            }),
        ),
        (
            "an exclude row of a secondary community is ignored",
            Mutant::World(|w, _, r| {
                w.access.retain(|row| !row.exclude || row.argument.as_ref().is_none_or(|id| !r.secondary.contains(id)));
            }),
        ),
        (
            "acting needs reading",
            Mutant::Answer(|w, a, r, action| {
                (action == "create" || oarepo305::decide(w, a, r, "read")) && oarepo305::decide(w, a, r, action)
            }),
        ),
        (
            "the system is a superuser",
            Mutant::World(|w, _, _| {
                let subject = Who::SystemRole("system_process".to_string());
                w.access.push(AccessRow {
                    action: "superuser-access".to_string(),
                    argument: None,
                    exclude: false,
                    subject,
                });
            }),
        ),
    ];
    hunt(oarepo305::decide, &mutants, |record| record.owners.len() <= 1);
}

/// Every mutant must differ from the oracle in at least ten cases of the fast space.
fn hunt(oracle: Decide, mutants: &[(&str, Mutant)], legal: fn(&Rec) -> bool) {
    const ENOUGH: usize = 10;
    let control = ("no mistake at all", Mutant::World(|_, _, _| ()));
    let mutants: Vec<_> = mutants.iter().chain([&control]).collect();
    let mut caught = vec![0; mutants.len()];
    let groups: Vec<Group> = space::groups(Size::Fast).collect();
    // Every group once, far ones after each other: most mistakes show early. (A prime step reaches all of them.)
    assert!(!groups.len().is_multiple_of(211));
    for n in 0..groups.len() {
        let Group { world, asker, records } = &groups[n * 211 % groups.len()];
        for record in records.iter().filter(|record| legal(record)) {
            let right = actions().map(|action| oracle(world, asker, record, action));
            for ((_, mutant), caught) in mutants.iter().zip(&mut caught) {
                if *caught >= ENOUGH {
                    continue;
                }
                let answers = match mutant {
                    Mutant::World(change) => {
                        let mut changed = world.clone();
                        change(&mut changed, asker, record);
                        actions().map(|action| oracle(&changed, asker, record, action))
                    }
                    Mutant::Record(change) => {
                        let mut changed = record.clone();
                        change(&mut changed);
                        actions().map(|action| oracle(world, asker, &changed, action))
                    }
                    Mutant::Answer(other) => actions().map(|action| other(world, asker, record, action)),
                };
                *caught += right.iter().zip(&answers).filter(|(right, answer)| right != answer).count();
            }
        }
    }
    assert_eq!(caught.pop(), Some(0), "the oracle differs from itself");
    let survivors: Vec<_> =
        mutants.iter().zip(&caught).filter(|(_, n)| **n < ENOUGH).map(|((name, _), n)| (name, n)).collect();
    assert!(survivors.is_empty(), "not caught often enough: {survivors:?}");
}

fn secondary_roles_count(world: &mut World, _: &Asker, record: &Rec) {
    move_roles(world, record, |community| record.secondary.iter().any(|id| id == community));
}

fn roles_anywhere_count(world: &mut World, _: &Asker, record: &Rec) {
    move_roles(world, record, |_| true);
}

fn move_roles(world: &mut World, record: &Rec, counts: impl Fn(&str) -> bool) {
    let more: Vec<Membership> = world.memberships.iter().filter(|m| counts(&m.community)).cloned().collect();
    world.memberships.extend(more.into_iter().map(|m| Membership { community: record.primary.clone(), ..m }));
}
