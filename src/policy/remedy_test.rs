//! Leaving out what cannot help leaves out no remedy: in worlds made at random the search finds what it finds when every change
//! is thought to touch every condition.

use serde_json::{Value, json};

use super::remedy_search::search;
use super::{Ask, Policy, Question, Shown, preset};
use crate::facts::Facts;
use crate::model::{At, Faults, Subject};
use crate::terms::Answer;

const WORLDS: u32 = 40;

struct Random(u32);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % count
    }

    fn one<'v>(&mut self, some: &[&'v str]) -> &'v str {
        some[self.below(some.len())]
    }

    fn yes(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

#[test]
fn what_cannot_help_is_left_out_and_nothing_else() {
    for (name, home) in [("repository", "communities"), ("oarepo", "oarepo:primaryCommunity")] {
        let policy = Policy::read(&preset(name).unwrap()).unwrap();
        let (mut denied, mut helped) = (0, 0);
        for world in 0..WORLDS {
            let mut random = Random(world + 1);
            let facts = Facts::read(&facts(&policy, &mut random, name == "repository"), &policy.words).unwrap();
            let document = record(&policy, &mut random, home);
            let kind = policy.default_type().unwrap();
            let shown = Shown { id: Some("r"), document: &document, missing: &[], stored: false };
            let mut faults = Faults::default();
            let record = policy.attributes(kind, shown, &facts, &At::Root("record"), &mut faults).unwrap();
            for subject in [Subject::anonymous(), Subject::user("1"), Subject::user("2")] {
                let ask = Ask::new(&policy, &subject, &facts);
                for action in policy.action_ids() {
                    let question = Question { ask: &ask, record: &record, action };
                    if question.answer() != Answer::Deny {
                        continue;
                    }
                    let found = search(&question, |step, atom| step.touches(atom, &question));
                    let all = search(&question, |_, _| true);
                    let action = policy.action_name(action);
                    assert_eq!(found, all, "{name} {world}: {action} by {subject:?} of {document} in {facts:?}");
                    denied += 1;
                    helped += usize::from(!found.is_empty());
                }
            }
        }
        assert!(denied > 500 && helped > 100, "{name}: {denied} denials, {helped} with remedies");
    }
}

fn facts(policy: &Policy, random: &mut Random, whole: bool) -> Value {
    let roles: Vec<&str> = policy.roles.iter().map(String::as_str).collect();
    let words: Vec<&str> = policy.allowed.iter().map(String::as_str).collect();
    let mut communities = json!({});
    let (mut memberships, mut access, mut acls) = (Vec::new(), Vec::new(), json!({}));
    for id in ["a", "b"] {
        let mut grants = json!({});
        for role in &roles {
            if random.yes(2) {
                grants[*role] = json!([random.one(&words)]);
            }
        }
        communities[id] = json!({ "grants": grants, "access": {
            "visibility": random.one(&["public", "restricted"]),
            "record_submission_policy": random.one(&["open", "closed"]),
            "record_restricted_policy": random.one(&["open", "restricted"]),
        } });
        if random.yes(3) {
            memberships.push(json!({ "community": id, "user": 1, "role": random.one(&roles) }));
        }
    }
    // Rows that speak of community roles are what a role to be given may bring; those that deny, what may be taken away.
    for _ in 0..random.below(4) {
        let role = policy.naming.role(random.one(&["a", "b"]), random.one(&roles));
        let action = match random.below(4) {
            0 => "superuser-access".to_string(),
            _ => policy.naming.need(random.one(&words)),
        };
        let exclude = random.yes(2);
        access.push(match random.yes(3) {
            true => json!({ "action": action, "user": 1, "exclude": exclude }),
            false => json!({ "action": action, "role": role, "exclude": exclude }),
        });
    }
    for id in 0..random.below(3) {
        acls[format!("l{id}")] = json!({
            "type": "default", "schemas": ["record"], "operation": random.one(&["get", "update", "delete"]),
            "effect": random.one(&["allow", "deny"]),
            "actors": [match random.yes(2) {
                true => json!({ "type": "user", "users": [1] }),
                false => json!({ "type": "role", "roles": [policy.naming.role("a", random.one(&roles))] }),
            }],
        });
    }
    let mut facts =
        json!({ "communities": communities, "memberships": memberships, "access": access, "complete": true });
    if whole {
        facts["acls"] = acls;
        facts["time"] = json!(1_800_000_000_000_u64);
    }
    facts
}

fn record(policy: &Policy, random: &mut Random, home: &str) -> Value {
    let states: Vec<&str> = policy.states.names.iter().map(AsRef::as_ref).collect();
    let owner = 1 + random.below(3);
    if home != "communities" {
        let access = json!({ "owned_by": owner });
        return json!({ home: "a", "oarepo:recordStatus": random.one(&states), "access": access });
    }
    let mut record = json!({
        "state": random.one(&states),
        "owners": [{ "user": owner }],
        "access": { "record": random.one(&["public", "restricted"]), "files": random.one(&["public", "restricted"]) },
        "published_once": random.yes(2),
    });
    if !random.yes(5) {
        record[home] = json!({ "primary": "a", "secondary": ["b"] });
    }
    if random.yes(3) {
        record["access"]["embargo"] = json!({ "active": true, "until": random.one(&["2020-01-01", "2030-01-01"]) });
    }
    if random.yes(4) {
        record["_access"] = json!({ "read": [policy.naming.role("b", random.one(&["curator", "publisher"]))] });
    }
    if random.yes(3) {
        record["review"] = json!({ "community": "b", "status": "submitted" });
    }
    record
}
