//! Random policies of the whole algebra, and questions to put to them with facts that meet.

use lictor::model::{Address, At, Reader, Subject};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

pub const ACTIONS: [&str; 4] = ["read", "create", "write", "publish"];
const ROLES: [&str; 3] = ["member", "curator", "admin"];
const STATES: [&str; 3] = ["draft", "open", "done"];
const COMMUNITIES: [&str; 3] = ["a", "b", "c"];
const NEEDS: [&str; 5] = ["superuser-access", "do-read", "do-create", "do-write", "do-publish"];
const FIELDS: [&str; 4] = ["state", "owners", "home", "also"];

/// A policy document that is accepted.
pub fn document() -> impl Strategy<Value = Value> {
    let rules = (rule(Place::First), rule(Place::Rule), rule(Place::Rule), rule(Place::Rule));
    let rules = rules.prop_map(
        |(read, create, write, publish)| json!({"read": read, "create": create, "write": write, "publish": publish}),
    );
    let allowed = subsequence(ACTIONS.to_vec(), 2..=4);
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let extra = (option::of(rule(Place::Rule)), option::of(rule(Place::Rule)), option::of(rule(Place::Rule)));
    let pseudo = option::weighted(0.3, (rule(Place::Pseudo), rule(Place::Pseudo)));
    (rules, rule(Place::Definition), allowed, switches, extra, pseudo).prop_map(
        |(rules, helper, allowed, (open, absent, author, required), (deny, gate, reveal), pseudo)| {
            let mut document = json!({
                "lictor": 1,
                "name": "random",
                "roles": ROLES,
                "actions": ACTIONS,
                "allowed_actions": allowed,
                "action_need": "do-{action}",
                "grants": {},
                "states": STATES,
                "absent_state": "draft",
                "open_states": open,
                "identity": {"anonymous": ["any_user"], "authenticated": ["any_user", "authenticated_user"]},
                "types": [{
                    "key": "record",
                    "fields": {"primary": "home", "secondary": "also", "state": "state", "owners": "owners"},
                    "primary_required": required,
                }],
                "transitions": [{"name": "publish", "from": ["draft", "open"], "to": "done"}],
                "checks": ["visible", "known", "state", "permission"],
                "define": {"helper": helper},
                "rules": rules,
                "community": {"create": "system", "manage": "system", "types": {"other": "Other"}},
            });
            if absent {
                document["state_aliases"] = json!({"old": "done"});
            }
            if author {
                document["identity"]["author"] = json!("owner-of-record");
            }
            if let Some((any, author)) = pseudo {
                document["pseudo_roles"] = json!({"any": any, "author": author});
            }
            for (key, rule, except) in [("gate", gate, json!(["read"])), ("reveal", reveal, json!(["create"]))] {
                if let Some(rule) = rule {
                    document[key] = json!({"rule": rule, "except": except});
                }
            }
            if let Some(rule) = deny {
                document["deny"] = rule;
            }
            document
        },
    )
}

/// Where a rule stands decides what it may refer to without leading back to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The rule of `read`, to which others refer.
    First,
    Rule,
    Definition,
    /// Who a pseudo-role is.
    Pseudo,
}

fn rule(place: Place) -> impl Strategy<Value = Value> {
    leaf(place).prop_recursive(4, 24, 4, |inner| {
        let many = vec(inner.clone(), 1..4);
        prop_oneof![
            3 => many.clone().prop_map(|of| json!({"any": of})),
            3 => many.prop_map(|of| json!({"all": of})),
            2 => inner.clone().prop_map(|of| json!({"not": of})),
            1 => (inner.clone(), inner.clone(), option::of(inner)).prop_map(|(condition, then, otherwise)| {
                let mut rule = json!({"if": condition, "then": then});
                if let Some(otherwise) = otherwise {
                    rule["else"] = otherwise;
                }
                rule
            }),
        ]
    })
}

fn leaf(place: Place) -> BoxedStrategy<Value> {
    let mut actions: Vec<&str> = ACTIONS.to_vec();
    let mut roles: Vec<&str> = ROLES.to_vec();
    if place == Place::Definition {
        actions.push("$action");
        roles.push("$role");
    }
    let action = || select(actions.clone());
    let roles = || subsequence(roles.clone(), 1..=2);
    let of = || select(vec!["primary", "any", "scope"]);
    let heads = vec!["granted", "granted_to_role", "granted_to_anyone", "granted_by_row", "excluded"];
    let granted = (select(heads), action(), of()).prop_map(|(head, action, of)| json!({head: action, "of": of}));
    let words = vec!["always", "never", "authenticated", "system", "owner", "owner", "has_owner", "in_scope"];
    let mut leaves = vec![
        select(words).prop_map(|word| json!(word)).boxed(),
        subsequence(STATES.to_vec(), 1..=2).prop_map(|states| json!({"state": states})).boxed(),
        granted.clone().boxed(),
        granted.boxed(),
        (select(vec!["granted", "granted_to_role"]), action(), roles(), of())
            .prop_map(|(head, action, roles, of)| json!({head: action, "to": roles, "of": of}))
            .boxed(),
        (roles(), of()).prop_map(|(roles, of)| json!({"community_role": roles, "of": of})).boxed(),
        (select(vec!["need", "banned"]), select(NEEDS.to_vec())).prop_map(|(head, need)| json!({head: need})).boxed(),
        action().prop_map(|action| json!({"enabled": action})).boxed(),
        prop_oneof![
            (1..3_i64).prop_map(|id| json!({"user": id})),
            Just(json!({"role": "boss"})),
            Just(json!({"role": "community:a:curator"})),
            select(vec!["campus", "authenticated_user"]).prop_map(|name| json!({"system_role": name})),
        ]
        .boxed(),
    ];
    if matches!(place, Place::First | Place::Rule) {
        leaves.push(select(ROLES.to_vec()).prop_map(|role| json!({"use": "helper", "with": {"role": role}})).boxed());
    }
    if place == Place::Rule {
        leaves.push(Just(json!({"action": "read"})).boxed());
    }
    proptest::strategy::Union::new(leaves).boxed()
}

/// Who asks, about what, and everything that is true.
#[derive(Clone, Debug)]
pub struct Asked {
    pub subject: Value,
    pub record: Value,
    pub facts: Value,
    missing: Vec<&'static str>,
}

pub fn asked() -> impl Strategy<Value = Asked> {
    let user = (1..3_i64, option::of(Just("campus"))).prop_map(|(id, vouched)| {
        let vouched: Vec<&str> = vouched.into_iter().collect();
        json!({"type": "user", "id": id, "properties": {"system_roles": vouched}})
    });
    let subject = prop_oneof![
        1 => Just(json!({"type": "anonymous"})),
        1 => Just(json!({"type": "system"})),
        6 => user,
    ];
    let record = (
        select(COMMUNITIES.to_vec()),
        subsequence(COMMUNITIES.to_vec(), 0..=2),
        option::of(select(STATES.to_vec())),
        vec(1..4_i64, 0..=2),
    )
        .prop_map(|(home, also, state, owners)| json!({"home": home, "also": also, "state": state, "owners": owners}));
    (subject, record, facts()).prop_map(|(subject, record, facts)| Asked { subject, record, facts, missing: vec![] })
}

fn facts() -> impl Strategy<Value = Value> {
    let grantees = vec!["member", "curator", "admin", "any", "author"];
    let grants = vec((select(grantees), subsequence(ACTIONS.to_vec(), 1..=3)), 0..4).prop_map(|grants| {
        let grants: Map<String, Value> = grants.into_iter().map(|(who, what)| (who.to_string(), json!(what))).collect();
        json!({"grants": grants})
    });
    let membership = (select(COMMUNITIES.to_vec()), 1..3_i64, subsequence(ROLES.to_vec(), 1..=2))
        .prop_map(|(community, user, role)| json!({"community": community, "user": user, "role": role}));
    let who = prop_oneof![
        (1..3_i64).prop_map(|id| ("user", json!(id))),
        select(vec!["boss", "community:a:curator", "community:b:member"]).prop_map(|role| ("role", json!(role))),
        select(vec!["any_user", "campus", "owner-of-record"]).prop_map(|role| ("system_role", json!(role))),
    ];
    let row = (select(NEEDS.to_vec()), option::of(select(COMMUNITIES.to_vec())), any::<bool>(), who).prop_map(
        |(action, argument, exclude, (kind, who))| {
            json!({"action": action, "argument": argument, "exclude": exclude, kind: who})
        },
    );
    let roles = || subsequence(vec!["boss", "community:a:curator"], 0..=2);
    (grants.clone(), grants, vec(membership, 0..4), vec(row, 0..5), roles(), roles()).prop_map(
        |(a, b, memberships, access, one, two)| {
            let complete: Vec<Value> =
                ["membership", "access", "community", "user"].map(|relation| json!({"relation": relation})).into();
            json!({
                "users": {"1": {"roles": one}, "2": {"roles": two}},
                "communities": {"a": a, "b": b},
                "memberships": memberships,
                "access": access,
                "complete": complete,
            })
        },
    )
}

/// The facts without what stands at these holes: 0 to 2 memberships of a community, 3 to 7 rows of a need, 8 and 9 grants of
/// a community, 10 the global roles of users. What is left stays certified.
pub fn remove(facts: &Value, holes: &[usize]) -> Value {
    let mut left = facts.clone();
    let mut complete = vec![json!({"relation": "community"})];
    let narrow = |from: usize, words: &[&str], relation: &str, key: &str, complete: &mut Vec<Value>| {
        let gone = |n: usize| holes.contains(&(from + n));
        if (0..words.len()).any(gone) {
            let kept = words.iter().enumerate().filter(|(n, _)| !gone(*n));
            complete.extend(kept.map(|(_, word)| json!({"relation": relation, "where": {key: word}})));
        } else {
            complete.push(json!({"relation": relation}));
        }
    };
    narrow(0, &COMMUNITIES, "membership", "community", &mut complete);
    narrow(3, &NEEDS, "access", "action", &mut complete);
    for hole in holes {
        match hole {
            0..=2 => keep(&mut left["memberships"], "community", COMMUNITIES[*hole]),
            3..=7 => keep(&mut left["access"], "action", NEEDS[*hole - 3]),
            8..=9 => left["communities"][COMMUNITIES[*hole - 8]] = json!({}),
            10 => left["users"] = json!({}),
            _ => {}
        }
    }
    if !holes.contains(&10) {
        complete.push(json!({"relation": "user"}));
    }
    left["complete"] = json!(complete);
    left
}

fn keep(list: &mut Value, key: &str, not: &str) {
    list.as_array_mut().unwrap().retain(|entry| entry[key] != not);
}

/// Adds to the facts at hand what a missing key asks for, as a host would after looking it up.
pub fn known_facts(given: &mut Value, whole: &Value, key: &Value) {
    let relation = key["relation"].as_str().unwrap();
    match relation {
        "user" => {
            let id = key["id"].as_str().unwrap();
            given["users"][id] = whole["users"][id].clone();
        }
        "community" => {
            let id = key["id"].as_str().unwrap();
            match whole["communities"].get(id) {
                Some(found) => given["communities"][id] = found.clone(),
                None => certify(given, json!({"relation": relation, "where": {"id": id}})),
            }
        }
        _ => {
            let (list, name) = if relation == "access" { ("access", "action") } else { ("memberships", "community") };
            let wanted = whole[list].as_array().unwrap().iter().filter(|entry| entry[name] == key["where"][name]);
            let mut entries = given[list].as_array().cloned().unwrap_or_default();
            entries.extend(wanted.cloned());
            given[list] = json!(entries);
            certify(given, key.clone());
        }
    }
}

fn certify(given: &mut Value, certificate: Value) {
    given["complete"].as_array_mut().unwrap().push(certificate);
}

impl Asked {
    /// The same question about a record of which less is shown (holes 11 to 14).
    pub fn withholding(&self, holes: &[usize]) -> Self {
        let missing = holes.iter().filter_map(|hole| FIELDS.get(hole.checked_sub(11)?).copied()).collect();
        Self { missing, ..self.clone() }
    }

    pub fn evaluation_of_all(&self) -> Value {
        let resource = json!({"type": "record", "id": "r", "properties": self.record, "missing": self.missing});
        json!({"subject": self.subject, "resource": resource})
    }

    pub fn evaluation(&self, action: &str) -> Value {
        let mut evaluation = self.evaluation_of_all();
        evaluation["action"] = json!(action);
        evaluation
    }

    pub fn read_subject(&self) -> Subject {
        Subject::read(&self.subject, &At::Root("subject"), &mut Reader::new()).unwrap()
    }

    pub fn missing_addresses(&self) -> Vec<Address> {
        let read = |name: &&str| Address::read(&json!(name), &At::Root("missing"), &mut Reader::new()).unwrap();
        self.missing.iter().map(read).collect()
    }
}

/// Any JSON, with the words of policies and facts among its keys.
pub fn json_value() -> impl Strategy<Value = Value> {
    let words = || {
        let known = vec!["any", "all", "use", "state", "granted", "roles", "subject", "type", "id", "where", "a", "$x"];
        prop_oneof![4 => select(known).prop_map(str::to_string), 1 => ".{0,6}"]
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        (-1e9..1e9_f64).prop_map(|value| json!(value)),
        words().prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|list| json!(list)),
            vec((words(), inner), 0..5).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// The document as text with its keys in some other order.
pub fn shuffled(value: &Value, seed: u64) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| {
                key.bytes().fold(seed | 1, |sum, b| (sum ^ u64::from(b)).wrapping_mul(seed | 1))
            });
            let entries: Vec<String> =
                entries.into_iter().map(|(key, value)| format!("{} : {}", json!(key), shuffled(value, seed))).collect();
            format!("{{ {} }}", entries.join(" , "))
        }
        Value::Array(list) => {
            let entries: Vec<String> = list.iter().map(|value| shuffled(value, seed)).collect();
            format!("[{}]", entries.join(", "))
        }
        other => other.to_string(),
    }
}
