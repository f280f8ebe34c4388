//! Access lists in random worlds: what they are, as the engine is given them, and what they come to by a second opinion that
//! tries every way the records could be.

use serde_json::{Value, json};

use super::rng::Rng;
use super::world::{PEOPLE, ROLES, Record, Whole};
use crate::oracle::oarepo;
use crate::oracle::world::{Asker, Who, World, actions};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub operation: String,
    pub priority: i64,
    pub group: &'static str,
    pub deny: bool,
    pub states: Option<Vec<&'static str>>,
    pub means: Means,
    pub actors: Vec<Actor>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    All,
    Ids(Vec<String>),
    /// Records of this title: by a query, or by a property that has a value.
    Titled(String, bool),
    /// Records whose primary community is this.
    Within(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    One(Who),
    /// Whoever stands in the record as its owner.
    Owner,
}

/// The operations that lists are asked about: all actions but making a record.
pub fn operations() -> Vec<&'static str> {
    actions().into_iter().filter(|action| *action != "create").collect()
}

/// `oarepo` with lists: whoever a list allows may, and whoever one denies may not.
pub fn changes(document: &Value) -> Value {
    let mut rules = json!({});
    for action in operations() {
        let rule = &document["rules"][action];
        for key in rule.as_object().into_iter().flat_map(|rule| rule.keys()) {
            rules[action][key] = Value::Null;
        }
        let allowed = json!({"any": [rule, {"acl": [action]}]});
        rules[action]["all"] = json!([allowed, {"not": {"acl_denied": [action]}}]);
    }
    json!({"acls": {"fields": {"title": "keyword", "oarepo:primaryCommunity": "keyword"}}, "rules": rules})
}

pub fn random(rng: &mut Rng, whole: &Whole) -> List {
    let communities: Vec<String> = whole.communities.keys().cloned().collect();
    let actor = |rng: &mut Rng| match rng.below(8) {
        0 => Actor::Owner,
        1 | 2 => Actor::One(Who::Role((*rng.pick(&["boss", "staff"])).to_string())),
        3 => Actor::One(Who::Role(format!("community:{}:{}", rng.pick(&communities), rng.pick(&ROLES)))),
        4 => Actor::One(Who::SystemRole((*rng.pick(&["any_user", "authenticated_user", "campus_user"])).to_string())),
        _ => Actor::One(Who::User(*rng.pick(&PEOPLE))),
    };
    let means = match rng.below(6) {
        0 | 1 => Means::All,
        2 => Means::Within(rng.pick(&communities).clone()),
        3 => Means::Ids(vec![format!("r{}", 1 + rng.below(6)), format!("r{}", 1 + rng.below(6))]),
        _ => Means::Titled(format!("Record {}", rng.below(5)), rng.percent(50)),
    };
    let operation = if rng.percent(45) { "read" } else { *rng.pick(&operations()) };
    let states = ["editing", "pending-approval", "approved", "published", "deleted"];
    List {
        operation: operation.to_string(),
        priority: rng.below(3) as i64,
        group: if rng.percent(70) { "default" } else { "other" },
        deny: rng.percent(35),
        states: rng.percent(40).then(|| rng.some(&states, 40)),
        means,
        actors: (0..rng.below(3)).map(|_| actor(rng)).collect(),
    }
}

impl List {
    pub fn value(&self) -> Value {
        let actors: Vec<Value> = self
            .actors
            .iter()
            .map(|actor| match actor {
                Actor::Owner => json!({"type": "record_user", "path": "/access/owned_by"}),
                Actor::One(Who::User(id)) => json!({"type": "user", "users": [id]}),
                Actor::One(Who::Role(name)) => json!({"type": "role", "roles": [name]}),
                Actor::One(Who::SystemRole(name)) => json!({"type": "system_role", "system_role": name}),
            })
            .collect();
        let mut value = json!({
            "operation": self.operation, "priority": self.priority, "priority_group": self.group, "actors": actors,
            "effect": if self.deny { "deny" } else { "allow" }, "schemas": ["record"], "type": "query",
        });
        match &self.means {
            Means::All => value["type"] = json!("default"),
            Means::Titled(title, false) => value["query"] = json!({"term": {"title": title}}),
            Means::Titled(title, true) => {
                value["type"] = json!("property_value");
                value["property_values"] = json!([{"name": "title", "value": title}]);
            }
            Means::Within(id) => {
                value["query"] = json!({"bool": {"must": [{"term": {"oarepo:primaryCommunity": id}}]}})
            }
            Means::Ids(ids) => {
                value["type"] = json!("id");
                value["records"] = json!(ids);
                value.as_object_mut().unwrap().remove("schemas");
            }
        }
        if let Some(states) = &self.states {
            value["states"] = json!(states);
        }
        value
    }
}

/// A record of which lists are asked: perhaps only its id and state are known.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub id: Option<&'a str>,
    pub state: &'a str,
    pub record: Option<&'a Record>,
}

impl<'a> Asked<'a> {
    /// Whatever it holds.
    pub fn whatever(id: Option<&'a str>) -> Self {
        Self { id, state: "", record: None }
    }

    pub fn of(id: &'a str, record: &'a Record) -> Self {
        Self { id: Some(id), state: oarepo::state(&record.rec), record: Some(record) }
    }
}

/// Whether a list that counts for an operation, and allows or denies it, speaks of the asker; none if that depends on what the
/// record holds. Where that is not known each query finds the record or not, and the asker owns it or not.
pub fn outcome(
    lists: &[List],
    world: &World,
    asker: &Asker,
    operation: &str,
    deny: bool,
    of: Asked<'_>,
) -> Option<bool> {
    let lists: Vec<&List> = lists.iter().filter(|list| list.operation == operation).collect();
    let open: Vec<usize> = (0..lists.len()).filter(|n| of.record.is_none() && lists[*n].looks()).collect();
    let mut found = Vec::new();
    for ways in 0..1 << open.len() {
        for owns in [true, false] {
            let owns = of.record.map_or(owns, |record| oarepo::own(asker, &record.rec));
            let speaks = |n: usize| match open.iter().position(|own| *own == n) {
                Some(bit) => lists[n].in_state(of.state) && ways >> bit & 1 == 1,
                None => lists[n].in_state(of.state) && lists[n].means(of),
            };
            let speaking: Vec<&List> = (0..lists.len()).filter(|n| speaks(*n)).map(|n| lists[n]).collect();
            let counts = |list: &List| {
                let rivals = speaking.iter().filter(|other| other.group == list.group);
                rivals.map(|other| other.priority).max() == Some(list.priority)
            };
            let asked_for = speaking.iter().filter(|list| list.deny == deny && counts(list));
            found.push(asked_for.flat_map(|list| &list.actors).any(|actor| is(actor, world, asker, owns)));
        }
    }
    found.iter().all(|one| *one == found[0]).then_some(found[0])
}

fn is(actor: &Actor, world: &World, asker: &Asker, owns: bool) -> bool {
    match actor {
        Actor::Owner => owns && asker.id().is_some(),
        Actor::One(Who::User(id)) => asker.id() == Some(*id),
        Actor::One(Who::Role(name)) => world.provides_role(asker, name),
        Actor::One(Who::SystemRole(name)) => asker.provides_system_role(name),
    }
}

impl List {
    fn looks(&self) -> bool {
        matches!(self.means, Means::Titled(..) | Means::Within(_))
    }

    fn in_state(&self, state: &str) -> bool {
        self.states.as_ref().is_none_or(|states| states.contains(&state))
    }

    fn means(&self, of: Asked<'_>) -> bool {
        match (&self.means, of.record) {
            (Means::All, _) => true,
            (Means::Ids(ids), _) => of.id.is_some_and(|id| ids.iter().any(|one| one == id)),
            (Means::Titled(title, _), Some(record)) => record.title == *title,
            (Means::Within(id), Some(record)) => record.rec.primary == *id,
            (Means::Titled(..) | Means::Within(_), None) => panic!("it is not known what the record holds"),
        }
    }
}
