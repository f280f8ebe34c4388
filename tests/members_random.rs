//! Random sequences of operations on members, by everybody: whatever is done, a community keeps an admin, nobody changes
//! their own role, what is refused changes nothing, and what is asked beforehand is what is done.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use lictor::engine::Engine;
use lictor::model::{Limits, merge_patch, parse_text};
use lictor::policy::preset;
use serde_json::{Map, Value, json};

const ROLES: [&str; 5] = ["member", "curator", "manager", "admin", "publisher"];
const GROUPS: [&str; 2] = ["it-dep", "bosses"];
/// Refusals that no rule gives.
const GUARDS: [&str; 7] =
    ["last_admin", "own_role", "own_visibility", "duplicate", "not_found", "wrong_state", "malformed"];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn of<'t, T: ?Sized>(&mut self, list: &[&'t T]) -> &'t T {
        list[self.roll(list.len())]
    }
}

/// What a store would hold: one community, its members by their key, and requests.
struct World {
    members: BTreeMap<String, Value>,
    records: Map<String, Value>,
    made: usize,
}

impl World {
    fn new() -> Self {
        let mut members = BTreeMap::new();
        for (user, role) in [("1", "admin"), ("2", "manager"), ("3", "curator"), ("4", "member")] {
            members.insert(format!("user/{user}"), json!({"role": role}));
        }
        members.insert("group/it-dep".to_string(), json!({"role": "manager"}));
        Self { members, records: Map::new(), made: 0 }
    }

    fn facts(&self) -> Value {
        let row = |(key, value): (&String, &Value)| {
            let (kind, name) = key.split_once('/').unwrap();
            let mut row = value.clone();
            row["community"] = json!("c");
            row[kind] = json!(name);
            row
        };
        json!({
            "revision": "r", "time": 1000,
            "users": {"5": {"roles": ["it-dep"]}, "6": {"roles": ["bosses"]}},
            "communities": {"c": {"title": "C", "access": {"member_policy": "open"}}},
            "memberships": self.members.iter().map(row).collect::<Vec<_>>(),
            "access": [{"action": "superuser-access", "user": 9}],
            "records": self.records,
            "complete": true,
        })
    }

    fn write(&mut self, changes: &Value) {
        for change in changes.as_array().unwrap() {
            let key = &change["key"];
            if key["relation"] == json!("record") {
                self.records.insert(key["id"].as_str().unwrap().to_string(), change["value"].clone());
                continue;
            }
            let kind = if key.get("group").is_some() { "group" } else { "user" };
            let name = format!("{kind}/{}", key[kind].as_str().unwrap());
            match change["op"].as_str() {
                Some("put") => _ = self.members.insert(name, change["value"].clone()),
                _ => _ = self.members.remove(&name),
            }
        }
    }

    fn has_admin(&self) -> bool {
        self.members.values().any(|row| roles(&row["role"]).contains(&"admin".to_string()))
    }
}

fn roles(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(|role| role.as_str().unwrap().to_string()).collect(),
        Value::String(role) => vec![role.clone()],
        _ => Vec::new(),
    }
}

fn engine() -> Engine {
    let path = format!("{}/tests/corpus/members.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let corpus = parse_text(&text, "members.json", Limits { depth: 120, ..Limits::FACTS }).unwrap();
    let mut document = preset("oarepo").unwrap();
    merge_patch(&mut document, &corpus["changes"]);
    Engine::new(&document).unwrap()
}

fn subject(name: &str) -> Value {
    match name {
        "system" | "anonymous" => json!({"type": name}),
        user => json!({"type": "user", "id": user}),
    }
}

/// A random member, as a call names it.
fn somebody(dice: &mut Dice) -> (String, Value) {
    if dice.roll(5) == 0 {
        let group = dice.of(&GROUPS);
        return (format!("group/{group}"), json!({"group": group}));
    }
    let user = (1 + dice.roll(9)).to_string();
    (format!("user/{user}"), json!({"user": user}))
}

/// A random call, and whom it names.
fn call(dice: &mut Dice, world: &mut World, actor: &str) -> (Value, Vec<String>) {
    let count = if dice.roll(3) == 0 { 1 + dice.roll(4) } else { 1 };
    let (keys, mut members): (Vec<String>, Vec<Value>) = (0..count).map(|_| somebody(dice)).unzip();
    let role = match dice.roll(6) {
        0 => json!([dice.of(&ROLES), "publisher"]),
        _ => json!(dice.of(&ROLES)),
    };
    let role = if role == json!(["publisher", "publisher"]) { json!("publisher") } else { role };
    let open: Vec<&String> = world.records.keys().collect();
    let base = json!({"subject": subject(actor), "community": "c"});
    let with = |more: Value| {
        let mut call = base.clone();
        merge_patch(&mut call, &more);
        call
    };
    world.made += 1;
    let call = match dice.roll(8) {
        0 => {
            for (index, member) in members.iter_mut().enumerate() {
                member["request"] = json!(format!("q{}-{index}", world.made));
            }
            with(json!({"do": "invite", "role": role, "members": members}))
        }
        1 => with(json!({"do": "add_member", "role": role, "members": members})),
        2 | 3 => with(json!({"do": "change_role", "role": role, "members": members})),
        4 => with(json!({"do": "remove_member", "members": members})),
        5 => with(json!({"do": "set_visibility", "visible": dice.roll(2) == 0, "members": members})),
        6 if open.is_empty() => with(json!({"do": "request_membership", "request": format!("q{}", world.made)})),
        6 => {
            let id = open[dice.roll(open.len())];
            let kind = &world.records[id]["$type"];
            let name = dice.of(&["accept", "decline", "cancel", "expire"]);
            let resource = json!({"type": kind, "id": id});
            json!({"do": "transition", "subject": subject(actor), "resource": resource, "transition": name})
        }
        _ => with(json!({"do": "leave"})),
    };
    (call, keys)
}

#[test]
fn communities_keep_an_admin_and_nobody_their_own_role() {
    let engine = engine();
    let (mut done, mut refused) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    for seed in 0..60 {
        let (mut dice, mut world) = (Dice(seed), World::new());
        for _ in 0..60 {
            let actor = dice.of(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "9", "system", "anonymous"]);
            let (call, _) = call(&mut dice, &mut world, actor);
            let facts = engine.facts(&world.facts()).unwrap();
            let answer = json!(engine.step(&call, &facts).unwrap());
            assert_eq!(answer["t"], json!("done"), "{call}");
            let name = call["do"].as_str().unwrap().to_string();
            if answer["outcome"] != json!("ok") {
                assert_eq!(answer["changes"], json!([]), "{call}: {answer}");
                *refused.entry(answer["error"]["code"].as_str().unwrap().to_string()).or_default() += 1;
                continue;
            }
            *done.entry(name.clone()).or_default() += 1;
            let before = world.members.clone();
            world.write(&answer["changes"]);
            assert!(world.has_admin(), "nobody is left: {call}");
            let groups: &[&str] = match actor {
                "5" => &["group/it-dep"],
                "6" => &["group/bosses"],
                _ => &[],
            };
            let own = format!("user/{actor}");
            for key in groups.iter().copied().chain([own.as_str()]).filter(|_| name == "change_role") {
                assert_eq!(before.get(key), world.members.get(key), "an own role changed: {call}");
            }
            for (key, row) in &world.members {
                let waits = row.get("request").and_then(Value::as_str);
                let open = waits.map(|id| world.records[id]["status"].clone());
                assert_eq!(open.is_some(), row.get("as").is_some(), "{key}");
                assert!(open.is_none_or(|status| status == json!("submitted")), "{key} waits for what is over");
            }
        }
    }
    for name in ["invite", "add_member", "change_role", "remove_member", "set_visibility", "leave", "transition"] {
        assert!(done.get(name).is_some_and(|count| *count >= 10), "`{name}` was hardly ever done: {done:?}");
    }
    for code in ["denied", "last_admin", "own_role", "duplicate", "wrong_state"] {
        assert!(refused.get(code).is_some_and(|count| *count >= 5), "`{code}` hardly ever refused: {refused:?}");
    }
}

/// What `check` says of an operation on one membership.
fn asked(engine: &Engine, world: &World, actor: &str, call: &Value, key: &str) -> Option<bool> {
    let facts = engine.facts(&world.facts()).unwrap();
    let (kind, name) = key.split_once('/').unwrap();
    let row = world.members.get(key);
    let pending = row.is_some_and(|row| row.get("as").is_some());
    let held = row.map(|row| roles(if pending { &row["as"] } else { &row["role"] })).unwrap_or_default();
    let own = key == format!("user/{actor}");
    let (action, pairs): (&str, Vec<(String, Option<String>)>) = match call["do"].as_str().unwrap() {
        "invite" => ("invite", roles(&call["role"]).into_iter().map(|role| (role, None)).collect()),
        "add_member" => ("add", roles(&call["role"]).into_iter().map(|role| (role, None)).collect()),
        "change_role" => {
            let new = roles(&call["role"]);
            let mut pairs: Vec<(String, Option<String>)> = new.iter().map(|r| (r.clone(), Some(r.clone()))).collect();
            pairs.extend(held.iter().flat_map(|old| new.iter().map(|role| (old.clone(), Some(role.clone())))));
            ("change_role", pairs)
        }
        "remove_member" => (if own { "leave" } else { "remove" }, held.into_iter().map(|role| (role, None)).collect()),
        "set_visibility" => {
            let action = if call["visible"] == json!(true) { "show" } else { "hide" };
            (action, held.into_iter().map(|role| (role, None)).collect())
        }
        _ => return None,
    };
    if pairs.is_empty() {
        return None;
    }
    Some(pairs.iter().all(|(role, new)| {
        let mut properties = json!({"community": "c", "type": kind, "role": role, "active": !pending});
        if kind == "user" {
            properties["user"] = json!(name);
        }
        if let Some(new) = new {
            properties["new_role"] = json!(new);
        }
        if let Some(visible) = row.and_then(|row| row.get("visible")) {
            properties["visible"] = visible.clone();
        }
        let resource = json!({"type": "member", "properties": properties});
        let question = json!({"subject": subject(actor), "action": action, "resource": resource});
        json!(engine.check(&question, &facts).unwrap())["decision"] == json!("allow")
    }))
}

#[test]
fn what_is_asked_beforehand_is_what_is_done() {
    let engine = engine();
    let (mut agreed, mut rows) = (0, 0);
    for seed in 1000..1060 {
        let (mut dice, mut world) = (Dice(seed), World::new());
        for _ in 0..30 {
            let actor = dice.of(&["1", "2", "3", "4", "5", "6", "9", "system", "anonymous"]);
            let (call, keys) = call(&mut dice, &mut world, actor);
            let facts = engine.facts(&world.facts()).unwrap();
            let answer = json!(engine.step(&call, &facts).unwrap());
            let ok = answer["outcome"] == json!("ok");
            let may = if keys.len() == 1 { asked(&engine, &world, actor, &call, &keys[0]) } else { None };
            if let Some(may) = may {
                let code = answer["error"]["code"].as_str().unwrap_or_default();
                // Users are invited and groups added, whatever the rules say.
                let guarded = GUARDS.contains(&code) || call["do"] == json!("add_member");
                assert!(may || !ok, "done and not allowed: {call}");
                assert!(ok || !may || guarded, "allowed and not done: {call}: {answer}");
                agreed += 1;
            }
            rows += listed(&engine, &world, actor);
            if ok {
                world.write(&answer["changes"]);
            }
        }
    }
    assert!(agreed > 500 && rows > 2000, "{agreed} calls and {rows} rows are too few to say anything");
}

/// Whether the permissions of a list's rows are what the operations do; how many rows there were.
fn listed(engine: &Engine, world: &World, actor: &str) -> usize {
    let facts = engine.facts(&world.facts()).unwrap();
    let step = |call: Value| json!(engine.step(&call, &facts).unwrap());
    let list = step(json!({"do": "list_members", "subject": subject(actor), "community": "c"}));
    let rows = list["members"].as_array().unwrap();
    for row in rows.iter().filter(|row| row.get("permissions").is_some()) {
        let may = &row["permissions"];
        let kind = if row.get("group").is_some() { "group" } else { "user" };
        let member = json!({kind: row[kind]});
        let done = |more: Value| {
            let mut call = json!({"subject": subject(actor), "community": "c", "members": [member]});
            merge_patch(&mut call, &more);
            step(call)["outcome"] == json!("ok")
        };
        let end = done(json!({"do": "remove_member"}));
        let own = kind == "user" && row["user"] == json!(actor);
        assert_eq!(may["can_leave"], json!(end && own), "{row}");
        assert_eq!(may["can_remove"], json!(end && !own), "{row}");
        let turned = row["visible"] != json!(true);
        let shows = done(json!({"do": "set_visibility", "visible": turned}));
        assert_eq!(may["can_change_visibility"], json!(shows), "{row}");
        for role in ROLES.iter().filter(|role| row["roles"] != json!([role])) {
            let changes = done(json!({"do": "change_role", "role": role}));
            let offered = may["roles"].as_array().unwrap().contains(&json!(role));
            assert_eq!(offered, changes, "{role}: {row}");
        }
    }
    rows.len()
}
