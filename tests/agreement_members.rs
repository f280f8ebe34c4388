//! What can be done about a membership is what is done: options, operations and the permissions of a member list agree for
//! every viewer, row and action of small worlds; with facts removed, and on a device, they are the same or unknown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod corpus_run;
mod members;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::offline::{Clock, Entry, Replica};
use members::{COMMUNITY, ROWS, VIEWERS, World, name, read, resource, subject, without, worlds};
use serde_json::{Value, json};

/// Runs a check over one world in so many (over all with `LICTOR_PROVE=full`), on four threads; the sum of what it counts.
fn over(one_in: usize, check: fn(&World, &mut [usize; 3])) -> [usize; 3] {
    let full = std::env::var("LICTOR_PROVE").as_deref() == Ok("full");
    let worlds: Vec<World> = worlds().into_iter().step_by(if full { 1 } else { one_in }).collect();
    let found: Vec<[usize; 3]> = std::thread::scope(|scope| {
        let parts: Vec<_> = worlds
            .chunks(worlds.len().div_ceil(4))
            .map(|part| {
                scope.spawn(move || {
                    let mut counts = [0; 3];
                    part.iter().for_each(|world| check(world, &mut counts));
                    counts
                })
            })
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    found.into_iter().fold([0; 3], |sum, one| [sum[0] + one[0], sum[1] + one[1], sum[2] + one[2]])
}

fn options(engine: &Engine, viewer: &str, row: Option<&str>, facts: &Facts) -> Value {
    json!(engine.options(&json!({"subject": subject(viewer), "resource": resource(row)}), facts).unwrap())
}

/// The call behind an action on a row; with a role, for actions that give one.
fn call(world: &World, viewer: &str, row: &str, action: &str, role: &str) -> Value {
    let words = world.words();
    let mut call = match action {
        "invite" => json!({"do": "invite", "role": role}),
        "add" => json!({"do": "add_member", "role": role}),
        "change_role" => json!({"do": "change_role", "role": role}),
        "hide" => json!({"do": "set_visibility", "visible": false}),
        "remove" => json!({"do": "remove_member"}),
        "leave" => json!({"do": "leave"}),
        _ if action == words.show => json!({"do": "set_visibility", "visible": true}),
        _ if action == words.request.1 => json!({"do": "request_membership", "request": "new"}),
        _ => {
            let (kind, id) = if row == "user/invited" { ("invitation", "i1") } else { ("membership-request", "a1") };
            let kind = if words.preset == "repository" { kind.to_string() } else { format!("community-{kind}") };
            let resource = json!({"type": kind, "id": id});
            return json!({"do": "transition", "subject": subject(viewer), "resource": resource, "transition": action});
        }
    };
    (call["subject"], call["community"]) = (subject(viewer), json!(COMMUNITY));
    if !["leave", "request_membership"].contains(&call["do"].as_str().unwrap()) {
        let mut member = name(row);
        if action == "invite" {
            member["request"] = json!("new");
        }
        call["members"] = json!([member]);
    }
    call
}

/// Whether an operation is carried out, and with what code it is refused.
fn outcome(engine: &Engine, call: &Value, facts: &Facts) -> Result<(), String> {
    let done = json!(engine.step(call, facts).unwrap());
    assert_eq!(done["t"], json!("done"), "{call}");
    if done["outcome"] == json!("ok") { Ok(()) } else { Err(done["error"]["code"].as_str().unwrap().to_string()) }
}

fn roles_of(facts: &Value, row: &str) -> Vec<Value> {
    let (kind, holder) = row.split_once('/').unwrap();
    let found = facts["memberships"].as_array().unwrap().iter().find(|entry| entry[kind] == json!(holder));
    let roles = found.map(|entry| entry.get("as").unwrap_or(&entry["role"]).clone()).unwrap_or_default();
    roles.as_array().cloned().unwrap_or_else(|| vec![roles])
}

#[test]
fn what_can_be_done_is_what_is_done() {
    let [rows, actions, blocked] = over(1, |world, counts| {
        let engine = world.engine();
        let given = world.facts(&engine);
        let facts = read(&engine, &given);
        for viewer in VIEWERS {
            for row in ROWS.into_iter().flatten() {
                counts[0] += 1;
                let found = options(&engine, viewer, Some(row), &facts);
                let own = row == format!("user/{viewer}");
                assert_eq!(found.get("leave").is_some(), own, "{viewer} {row}: leaving is of one's own");
                for (action, choice) in found.as_object().unwrap() {
                    counts[1] += 1;
                    let at = || format!("{world:?}: {viewer} {action} {row}: {choice}");
                    let gives = ["invite", "add", "change_role"].contains(&action.as_str());
                    let roles = if gives { engine.policy().roles.clone() } else { vec![String::new()] };
                    let now = roles_of(&given, row);
                    let other = |role: &&String| action != "change_role" || now != [json!(role)];
                    let outcomes: Vec<_> = roles
                        .iter()
                        .filter(other)
                        .map(|role| (role, outcome(&engine, &call(world, viewer, row, action, role), &facts)))
                        .collect();
                    let done: Vec<&String> =
                        outcomes.iter().filter(|(_, found)| found.is_ok()).map(|(role, _)| *role).collect();
                    let executable = if done.is_empty() { "deny" } else { "allow" };
                    assert_eq!(choice["executable"], json!(executable), "{} {outcomes:?}", at());
                    if gives {
                        assert_eq!(choice.get("roles").unwrap_or(&json!([])), &json!(done), "{}", at());
                    }
                    assert!(choice.get("wanted").is_none(), "everything is known: {}", at());
                    if let Some(refusal) = choice.get("blocked") {
                        counts[2] += 1;
                        assert_eq!(choice["allowed"], json!("allow"), "{}", at());
                        let codes: Vec<&String> =
                            outcomes.iter().filter_map(|(_, found)| found.as_ref().err()).collect();
                        assert!(codes.iter().any(|code| refusal["code"] == json!(code)), "{} {codes:?}", at());
                    } else if done.is_empty() {
                        assert_ne!(choice["allowed"], json!("allow"), "nothing says why not: {}", at());
                    }
                    assert!(!choice["reasons"].as_array().unwrap().is_empty(), "{}", at());
                }
            }
        }
    });
    println!("{rows} rows, {actions} actions, {blocked} of them blocked");
    assert!(rows > 9_000 && actions > 50_000 && blocked > 5_000);
}

#[test]
fn a_member_list_says_the_same() {
    let [lists, rows, allowed] = over(1, |world, counts| {
        let engine = world.engine();
        let facts = read(&engine, &world.facts(&engine));
        for viewer in VIEWERS {
            let list = json!({"do": "list_members", "subject": subject(viewer), "community": COMMUNITY});
            let list = json!(engine.step(&list, &facts).unwrap());
            counts[0] += 1;
            for row in list["members"].as_array().into_iter().flatten().filter(|row| row.get("permissions").is_some()) {
                let kind = if row.get("group").is_some() { "group" } else { "user" };
                let key = format!("{kind}/{}", row[kind].as_str().unwrap());
                let own = key == format!("user/{viewer}");
                let found = options(&engine, viewer, Some(&key), &facts);
                let can = |action: &str| found.get(action).is_some_and(|choice| choice["executable"] == json!("allow"));
                let turned = if row["visible"] == json!(true) { "hide" } else { world.words().show };
                let expected = json!({
                    "can_leave": own && can("leave"),
                    "can_remove": !own && can("remove"),
                    "can_change_role": can("change_role"),
                    "can_change_visibility": can(turned),
                    "roles": found["change_role"].get("roles").unwrap_or(&json!([])),
                });
                assert_eq!(row["permissions"], expected, "{world:?}: {viewer} {key}");
                counts[1] += 1;
                counts[2] += usize::from(can("remove"));
            }
        }
    });
    println!("{lists} lists, {rows} rows, {allowed} that could be removed");
    assert!(lists > 800 && rows > 2_000 && allowed > 500);
}

/// Of somebody who may do nothing to any membership: whether there is one that they do not see changes no word.
#[test]
fn who_is_not_seen_is_as_nobody() {
    let [compared, ..] = over(1, |world, counts| {
        let engine = world.engine();
        let facts = read(&engine, &world.facts(&engine));
        for viewer in VIEWERS {
            let list = json!({"do": "list_members", "subject": subject(viewer), "community": COMMUNITY});
            let list = json!(engine.step(&list, &facts).unwrap());
            let whole = |key: &str| {
                let (kind, holder) = key.split_once('/').unwrap();
                let own = |row: &&Value| row[kind] == json!(holder) && row.get("permissions").is_some();
                list["members"].as_array().into_iter().flatten().any(|row| own(&row))
            };
            for (kind, nobody) in [("user/", "user/nobody"), ("group/", "group/nobody")] {
                let none = options(&engine, viewer, Some(nobody), &facts);
                let open = none.as_object().unwrap().values().any(|choice| choice["allowed"] != json!("deny"));
                for row in ROWS.into_iter().flatten().filter(|row| row.starts_with(kind) && !open && !whole(row)) {
                    if row == format!("user/{viewer}") {
                        continue;
                    }
                    assert_eq!(options(&engine, viewer, Some(row), &facts), none, "{world:?}: {viewer} {row}");
                    counts[0] += 1;
                }
            }
        }
    });
    println!("{compared} rows that are not seen");
    assert!(compared > 3_000);
}

/// What is decided from fewer facts is decided so from all of them; what is not says which facts would tell.
fn no_guess(all: &Value, less: &Value, at: &str, counts: &mut [usize; 3]) {
    for (action, choice) in less.as_object().unwrap() {
        let known = &all[action];
        for part in ["decision", "executable"] {
            counts[0] += 1;
            if choice[part] != json!("unknown") {
                assert_eq!(choice[part], known[part], "{at}: {action} {part}: {choice}\nall known: {known}");
                continue;
            }
            counts[1] += 1;
            let named = |list: &str| choice.get(list).is_some_and(|list| !list.as_array().unwrap().is_empty());
            assert!(named("missing") || named("wanted"), "{at}: {action}: what is missing is not said: {choice}");
        }
        let more = |choice: &Value| choice["roles"].as_array().cloned().unwrap_or_default();
        assert!(more(choice).iter().all(|role| more(known).contains(role)), "{at}: {action}: {choice}");
    }
}

#[test]
fn what_is_withheld_is_never_guessed() {
    let [asked, unknown, _] = over(5, |world, counts| {
        let engine = world.engine();
        let given = world.facts(&engine);
        let facts = read(&engine, &given);
        let none = |_: &Value| false;
        let holes: Vec<_> = ["community", "user", "access", "record", "membership"]
            .into_iter()
            .map(|relation| (relation, read(&engine, &without(&given, relation, none))))
            .collect();
        for row in [Some("user/admin"), Some("user/several"), Some("user/invited"), Some("group/staff"), None] {
            let holder = row.and_then(|row| row.split_once('/'));
            let others = |entry: &Value| holder.is_none_or(|(kind, name)| entry[kind] != json!(name));
            let its = read(&engine, &without(&given, "membership", others));
            for viewer in VIEWERS {
                let own = |entry: &Value| entry["user"] == json!(viewer) || entry.get("group").is_some();
                let own = read(&engine, &without(&given, "membership", own));
                let all = options(&engine, viewer, row, &facts);
                for (what, less) in
                    holes.iter().map(|(what, less)| (*what, less)).chain([("row", &its), ("others", &own)])
                {
                    let less = options(&engine, viewer, row, less);
                    no_guess(&all, &less, &format!("{world:?}: {viewer} {row:?} without {what}"), counts);
                }
            }
        }
    });
    println!("{asked} answers with facts withheld, {unknown} unknown");
    assert!(asked > 50_000 && unknown > 5_000);
}

/// A device that holds the viewer's view.
fn device(engine: &Engine, viewer: &str, facts: &Facts) -> Replica {
    let view = corpus_run::ask(engine, "view", &json!({"subject": subject(viewer)}), facts).unwrap();
    let entries = Entry::read_text(&view["entries"].to_string(), |number| number.parse().unwrap()).unwrap();
    let mut replica = engine.replica(&subject(viewer)).unwrap();
    replica.reset(entries, &view["closed"], &json!([])).unwrap();
    replica.rebase(&json!([])).unwrap();
    replica
}

#[test]
fn a_device_is_never_contradicted() {
    let [asked, unknown, _] = over(5, |world, counts| {
        let engine = world.engine();
        let facts = read(&engine, &world.facts(&engine));
        for viewer in VIEWERS.into_iter().filter(|viewer| !["system", "anonymous"].contains(viewer)) {
            let replica = device(&engine, viewer, &facts);
            for row in ROWS {
                let all = options(&engine, viewer, row, &facts);
                let clock = Clock { lo: 1000, hi: 1000 };
                let found = json!(replica.options(&resource(row), clock).unwrap());
                no_guess(&all, &found, &format!("{world:?}: {viewer} {row:?} on a device"), counts);
            }
        }
    });
    println!("{asked} answers on devices, {unknown} unknown");
    assert!(asked > 20_000 && unknown < asked / 10, "{unknown} of {asked} are unknown");
}
