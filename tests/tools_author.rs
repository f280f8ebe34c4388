//! The tools for authors of policies: each case of tests/author/cases.json, what is proved held against the engine in random
//! situations, and what lint says of the shipped policies, each with the reason why it stands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use lictor::engine::Engine;
use lictor::model::merge_patch;
use lictor::policy::{PRESETS, preset, table};
use lictor::terms::Answer;
use lictor::tools::author::{Fixed, LintCode, Part, Scene, Side, What, ask, types};
use serde_json::{Map, Value, json};

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/author/cases.json");
    let read: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    read["cases"].as_array().unwrap().clone()
}

/// The names of presets become their documents.
fn whole(input: &Value) -> Value {
    match input {
        Value::Object(map) => {
            let field = |(key, value): (&String, &Value)| match (key.as_str(), value.as_str()) {
                ("policy", Some(name)) => (key.clone(), preset(name).unwrap()),
                ("before" | "after", _) => (key.clone(), whole(value)),
                _ => (key.clone(), value.clone()),
            };
            Value::Object(map.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

fn matches(found: Option<&Value>, expected: &Value, path: &str) {
    match expected {
        Value::Null => assert!(found.is_none_or(Value::is_null), "{path}: {found:?}"),
        Value::Array(list) => {
            let found = found.and_then(Value::as_array).unwrap_or_else(|| panic!("{path}: {found:?}"));
            assert_eq!(found.len(), list.len(), "{path}: {found:?}");
            for (index, one) in list.iter().enumerate() {
                matches(found.get(index), one, &format!("{path}[{index}]"));
            }
        }
        Value::Object(map) if map.contains_key("has") => {
            let found = found.and_then(Value::as_array).unwrap_or_else(|| panic!("{path}: {found:?}"));
            for one in map["has"].as_array().unwrap() {
                assert!(found.contains(one), "{path} lacks {one}: {found:?}");
            }
        }
        Value::Object(map) => {
            for (key, one) in map {
                matches(found.and_then(|found| found.get(key)), one, &format!("{path}.{key}"));
            }
        }
        scalar => assert_eq!(found, Some(scalar), "{path}"),
    }
}

#[test]
fn every_case() {
    let cases = cases();
    for case in &cases {
        let about = case["about"].as_str().unwrap();
        match (ask(case["tool"].as_str().unwrap(), &whole(&case["input"])), case.get("error")) {
            (Ok(found), None) => matches(Some(&found), &case["expect"], about),
            (Err(error), Some(expected)) => {
                assert_eq!(json!({"code": error.code().as_str(), "path": error.path()}), *expected, "{about}");
            }
            (found, _) => panic!("{about}: {found:?}"),
        }
    }
    let text = serde_json::to_string(&cases).unwrap();
    for code in LintCode::ALL {
        assert!(text.contains(&format!("\"{}\"", code.as_str())), "no case expects `{}`", code.as_str());
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n).unwrap()).unwrap()
    }
}

/// What is said of all situations at once is what the engine says of each: of every preset and record type, random ones are
/// written down as questions with facts and asked.
#[test]
fn the_engine_says_the_same() {
    let mut random = Random(88_172_645_463_325_252);
    let (mut asked, mut allowed) = (0, 0);
    for (name, _) in PRESETS {
        let engine = Engine::preset(name).unwrap();
        for key in types(engine.policy()) {
            let side = Side::new(&engine, &key, &Fixed::default()).unwrap();
            let mut part = Part::new(&key, vec![Some(side)], &[]);
            let actions = part.actions();
            let all: Vec<_> = actions.iter().map(|action| part.allowed(0, action).unwrap()).collect();
            for _ in 0..150 {
                let axes = &part.truth.axes;
                let values: Vec<usize> = axes
                    .iter()
                    .map(|axis| if random.below(3) == 0 { random.below(axis.values.len()) } else { 0 })
                    .collect();
                if !part.truth.made.holds(part.truth.valid, &values) {
                    continue;
                }
                for (action, fun) in actions.iter().zip(&all) {
                    let said = part.truth.made.holds(*fun, &values);
                    // Access lists are asked about as they are.
                    let Some(scene) = part.scene(0, &values, action) else { continue };
                    let facts = engine.facts(&scene.facts).unwrap();
                    let decision = engine.check(&scene.evaluation, &facts).unwrap().decision;
                    let right = if said { Answer::Allow } else { Answer::Deny };
                    assert_eq!(decision, right, "{name} {} {}", scene.evaluation, scene.facts);
                    asked += 1;
                    allowed += i32::from(said);
                }
            }
        }
    }
    println!("{asked} questions, {allowed} allowed");
    assert!(asked > 20_000 && allowed > 2_000, "{asked} {allowed}");
}

/// A policy that asks lists in all ways: as if in another state, for operations that go together, and in a machine with states
/// that no list can name.
fn asking_lists() -> Value {
    let mut policy = preset("oarepo").unwrap();
    let changes = json!({
        "gate": null,
        "acls": { "states": ["published"] },
        "rules": {
            "read": { "any": ["owner", { "acl": ["get", "read"] }, { "acl": ["peek", "get"] }] },
            "update": { "any": null, "all": [{ "acl": ["update", "read"] }, { "not": { "acl_denied": ["update"] } }] },
            "delete": {
                "any": null,
                "if": { "acl_denied": ["get", "read"], "as_in": "published" },
                "then": { "acl": ["delete"], "as_in": "approved" },
                "else": { "any": [{ "acl": ["delete"] }, { "acl": ["delete"], "as_in": "published" }] }
            },
            "create": { "any": [{ "use": "superuser" }, { "acl": ["create"] }] }
        },
        "machines": { "loan": {
            "actions": ["read", "update"],
            "states": ["out", "published"],
            "absent_state": "out",
            "types": [{
                "key": "loan",
                "fields": { "primary": "-", "secondary": "-", "state": "state", "owners": "owner" },
                "primary_required": false,
                "transitions": false
            }],
            "transitions": [],
            "reveal": { "rule": "always", "except": [] },
            "rules": { "read": { "acl": ["get"] }, "update": { "acl": ["get"], "as_in": "published" } }
        } }
    });
    merge_patch(&mut policy, &changes);
    policy
}

/// Whatever lists say of whoever asks, in every state: what is said of the situation, the engine says where such lists are.
#[test]
fn lists_are_those_of_the_engine() {
    let mut random = Random(1_234_567_891_011);
    let policies = [asking_lists(), preset("repository").unwrap()].into_iter();
    let more = ["explicit-acls", "explicit-acls-4.5.0"].into_iter().map(|name| preset(name).unwrap());
    let [mut asked, mut allowed, mut denied, mut some_states, mut together] = [0_u32; 5];
    for policy in policies.chain(more) {
        let engine = Engine::new(&policy).unwrap();
        for key in types(engine.policy()) {
            let side = Side::new(&engine, &key, &Fixed::default()).unwrap();
            let mut part = Part::new(&key, vec![Some(side)], &[]);
            let actions = part.actions();
            let all: Vec<_> = actions.iter().map(|action| part.allowed(0, action).unwrap()).collect();
            if !part.truth.axes.iter().any(|axis| matches!(axis.what, What::List { .. })) {
                continue;
            }
            let tried = |what: &What| matches!(what, What::List { .. } | What::Who | What::State);
            let sizes = part.truth.axes.iter().filter(|axis| tried(&axis.what)).map(|axis| axis.values.len());
            let count: usize = sizes.product();
            // Of many, a fair share.
            for mut number in (0..count).filter(|_| random.below(count.div_ceil(2_500)) == 0).collect::<Vec<_>>() {
                let mut values = Vec::new();
                for axis in &part.truth.axes {
                    let size = axis.values.len();
                    values.push(match tried(&axis.what) {
                        true => number % size,
                        false => random.below(4) / 3 * random.below(size),
                    });
                    number /= if tried(&axis.what) { size } else { 1 };
                }
                if !part.truth.made.holds(part.truth.valid, &values) {
                    continue;
                }
                for (action, fun) in actions.iter().zip(&all) {
                    let said = part.truth.made.holds(*fun, &values);
                    let Some(Scene { evaluation, facts }) = part.scene(0, &values, action) else { continue };
                    let decision = engine.check(&evaluation, &engine.facts(&facts).unwrap()).unwrap().decision;
                    let right = if said { Answer::Allow } else { Answer::Deny };
                    assert_eq!(decision, right, "{evaluation} {facts}");
                    let lists: Vec<&Value> = facts["acls"].as_object().into_iter().flat_map(Map::values).collect();
                    let denies = lists.iter().filter(|list| list["effect"] == "deny").count();
                    asked += 1;
                    allowed += u32::from(said && !lists.is_empty());
                    denied += u32::from(!said && denies > 0);
                    some_states += u32::from(lists.iter().any(|list| list.get("states").is_some()));
                    together += u32::from(denies > 0 && denies < lists.len());
                }
            }
        }
    }
    println!(
        "{asked} questions: allowed {allowed}, denied {denied}, lists of some states {some_states}, both {together}"
    );
    assert!(asked > 15_000 && [allowed, denied, some_states, together].iter().all(|number| *number > 1_000));
}

/// What one loses on the way from a policy to another, one gains on the way back: in as many situations.
#[test]
fn the_way_back() {
    for [one, other] in
        [["oarepo", "explicit-acls"], ["oarepo", "oarepo-3.0.5"], ["explicit-acls", "explicit-acls-4.5.0"]]
    {
        let changed = |before: &str, after: &str| {
            let side = |name: &str| json!({ "policy": preset(name).unwrap() });
            let found = ask("diff", &json!({ "before": side(before), "after": side(after) })).unwrap();
            let [mut loses, mut gains] = [0.0; 2];
            for change in found["changes"].as_array().unwrap() {
                let sum = if change["effect"] == "loses" { &mut loses } else { &mut gains };
                *sum += change["situations"].as_f64().unwrap();
            }
            (found["situations"].clone(), [loses, gains])
        };
        let (there, [lost, gained]) = changed(one, other);
        let (back, [lost_again, gained_again]) = changed(other, one);
        assert_eq!((there, [lost, gained]), (back, [gained_again, lost_again]), "{one} {other}");
    }
}

/// The table for authors says of the roles what the state matrix says.
#[test]
fn the_table_is_that_of_the_matrix() {
    for name in ["oarepo", "oarepo-3.0.5"] {
        let engine = Engine::preset(name).unwrap();
        let drawn = ask("table", &json!({"policy": preset(name).unwrap()})).unwrap();
        let matrix = table::matrix(engine.policy()).unwrap();
        let lines: Vec<Vec<&str>> =
            matrix.lines().map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect();
        for (row, line) in drawn["rows"].as_array().unwrap().iter().zip(&lines[2..]) {
            for (column, cell) in lines[0].iter().zip(line).skip(1) {
                let people = match *column {
                    "anyone" => "not signed in".to_string(),
                    "author" => "the record's owner".to_string(),
                    "superuser" => "those allowed `superuser-access`".to_string(),
                    role => format!("{role}s"),
                };
                let may: Vec<&str> = row["may"][&people].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                let may = if may.is_empty() { "-".to_string() } else { may.join(", ") };
                assert_eq!(may, *cell, "{name} {} {column}", row["state"]);
            }
        }
    }
}

/// Why a finding in a shipped policy stands: preset, code, where (the beginning of the path), and the reason.
const STANDING: &[(&str, &str, &str, &str)] = &[
    ("repository", "one_sided_filter", "policy.rules.read", "a link may have ended; whoever holds one is looked at"),
    ("repository", "one_sided_filter", "policy.machines.", "the same, in the library"),
    ("repository", "granted_to_everyone", "policy.rules.request-access", "guests ask for access: 3.9, a switch"),
    ("communities", "one_sided_filter", "policy.rules.read", "as in `repository`"),
    ("communities", "granted_to_everyone", "policy.rules.request-access", "as in `repository`"),
    (
        "invenio-rdm-36",
        "granted_to_everyone",
        "policy.rules.request_guest_access",
        "guests ask for access, as upstream",
    ),
    ("oarepo-3.0.5", "runs_unread", "policy.rules.", "upstream asks for nothing but the action itself"),
    ("oarepo-3.0.5", "updates_unread", "policy.rules.update", "upstream asks for nothing but the action itself"),
    ("invenio-", "nobody_may", "policy.", "upstream's configuration turns it off, or upstream gives it to nobody"),
    (
        "invenio-",
        "unreachable_state",
        "policy.",
        "upstream's requests share their states; not every one uses all, and the host makes drafts",
    ),
    (
        "invenio-",
        "updates_unread",
        "policy.machines.member.rules.update",
        "upstream: one's own row, whatever one may see",
    ),
    ("invenio-", "runs_unread", "policy.rules.", "upstream: administrators delete and restore without reading"),
    ("invenio-", "one_sided_filter", "policy.rules.read", "as in `repository`"),
    (
        "explicit-acls",
        "listed_unread",
        "policy.rules.",
        "each operation has lists of its own, as upstream documents it",
    ),
    ("explicit-acls-4.5.0", "listed_unread", "policy.rules.", "the same"),
    ("explicit-acls-4.5.0", "unasked_denial", "policy.rules.", "upstream knows no lists that deny"),
    ("explicit-acls-4.5.0", "granted_to_everyone", "policy.rules.create", "upstream leaves creation to the host"),
    ("ils", "nobody_may", "policy.machines.loan.rules.self_checkout", "a switch, off: 4.6"),
    ("repository", "nobody_may", "policy.machines.loan.rules.self_checkout", "as in `ils`"),
    ("ils-9", "nobody_may", "policy.machines.", "upstream gives it to nobody"),
    (
        "ils-9",
        "unused_definition",
        "policy.machines.circulation.define.",
        "words of upstream's configuration, for hosts that change it",
    ),
];

#[test]
fn lint_of_the_shipped_policies() {
    let (mut text, mut without) = (String::new(), String::new());
    let mut used = vec![false; STANDING.len()];
    for (name, _) in PRESETS {
        let found = ask("lint", &json!({"policy": preset(name).unwrap()})).unwrap();
        for finding in found["findings"].as_array().unwrap() {
            let [code, path] = ["code", "path"].map(|key| finding[key].as_str().unwrap());
            let place = STANDING.iter().position(|(of, own, at, _)| {
                (name == of || of.ends_with('-') && name.starts_with(of)) && *own == code && path.starts_with(at)
            });
            let Some(place) = place else {
                let _ = writeln!(without, "{name} {code} {path}");
                continue;
            };
            used[place] = true;
            let _ = writeln!(text, "{name} {code} {path}: {}", finding["message"].as_str().unwrap());
        }
    }
    assert!(without.is_empty(), "mend the policy, or say here why it stands:\n{without}");
    for (standing, used) in STANDING.iter().zip(used) {
        assert!(used, "nothing is found any more that stands because of {standing:?}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/lint.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(before == text, "tests/golden/lint.txt says\n{before}\nand it is\n{text}\n(UPDATE_GOLDEN=1 writes it)");
}
