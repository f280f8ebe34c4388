//! A whole world of `repository`: the oracle's, with records and who may come and ask.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::oracle::repository::library::Thing;
use crate::oracle::repository::library_space;
use crate::oracle::repository::random::{self, PEOPLE, Rng};
use crate::oracle::repository::space::LINK;
use crate::oracle::repository::world::{Record, Visitor, World};
use crate::oracle::world::{AccessRow, Asker, Who, set};
use crate::whole;

/// A superuser in most worlds, and one nobody heard of.
pub const ROOT: i64 = 5;
pub const STRANGER: i64 = 6;
pub const NOTHING: &str = "nothing";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub world: World,
    pub roles: BTreeMap<i64, BTreeSet<String>>,
    pub titles: BTreeMap<String, String>,
    pub records: BTreeMap<String, Record>,
    /// What is in the library.
    pub things: BTreeMap<String, Thing>,
    /// Who chose not to be seen as a member: community and user.
    pub unseen: BTreeSet<(String, i64)>,
}

pub fn whole(seed: u64) -> Whole {
    let mut rng = Rng::new(seed.wrapping_add(77_000));
    let mut world = random::world(&mut rng);
    if rng.percent(70) {
        world.access.push(AccessRow {
            action: "superuser-access".to_string(),
            argument: None,
            exclude: false,
            subject: Who::User(ROOT),
        });
    }
    let mut roles = BTreeMap::new();
    for user in PEOPLE {
        let mut held = set(&rng.some(&["boss", "staff"], 25));
        held.extend(library_space::roles(&mut rng));
        roles.insert(user, held);
    }
    library_space::rows(&mut rng, &mut world);
    let titles = world.communities.keys().map(|id| (id.clone(), format!("Title of {id}"))).collect();
    let records = (1..=4 + rng.below(5))
        .map(|n| (format!("r{n}"), Record { id: format!("r{n}"), ..random::record(&mut rng) }))
        .collect();
    let things = (1..=4 + rng.below(4)).map(|n| (format!("l{n}"), thing(&format!("l{n}"), &mut rng))).collect();
    let hide = |rng: &mut Rng| rng.percent(30);
    let members: Vec<(String, i64)> = world.memberships.iter().map(|m| (m.community.clone(), m.user)).collect();
    let unseen = members.into_iter().filter(|_| hide(&mut rng)).collect();
    Whole { world, roles, titles, records, things, unseen }
}

impl Whole {
    pub fn visitors(&self) -> Vec<Visitor> {
        let mut all = vec![Visitor::new(Asker::Anonymous)];
        all.push(Visitor { asker: Asker::Anonymous, links: set(&[LINK]) });
        for id in PEOPLE.into_iter().chain([ROOT, STRANGER]) {
            let roles = self.roles.get(&id).cloned().unwrap_or_default();
            let system_roles = if id == 3 { set(&["campus_user"]) } else { BTreeSet::new() };
            let links = if id == 2 { set(&[LINK]) } else { BTreeSet::new() };
            all.push(Visitor { asker: Asker::User { id, roles, system_roles }, links });
        }
        all
    }

    pub fn facts_value(&self) -> Value {
        let visitors = self.visitors();
        let mut value = whole::facts_value(&self.world, &visitors.iter().collect::<Vec<_>>(), None);
        for (id, community) in value["communities"].as_object_mut().unwrap() {
            community["title"] = json!(self.titles[id]);
        }
        for member in value["memberships"].as_array_mut().unwrap() {
            let key = (member["community"].as_str().unwrap().to_string(), member["user"].as_i64().unwrap());
            if self.unseen.contains(&key) {
                member["visible"] = json!(false);
            }
        }
        value["complete"] = json!(true);
        value["records"] = self.documents(|_| true, true);
        value
    }

    /// Records that are kept, and the library if it is.
    pub fn documents(&self, keep: impl Fn(&Record) -> bool, library: bool) -> Value {
        let kept = self.records.iter().filter(|(_, record)| keep(record));
        let things = self.things.iter().filter(|_| library);
        let records = kept.map(|(id, record)| (id.clone(), document(id, whole::document(record))));
        let things = things.map(|(id, thing)| (id.clone(), document(id, whole::library::document(thing))));
        Value::Object(records.chain(things).collect())
    }
}

fn document(id: &str, mut document: Value) -> Value {
    document["title"] = json!(format!("Record {id}"));
    document["files"] = json!(["data.csv"]);
    document
}

/// Of a library, under an id.
pub fn thing(id: &str, rng: &mut Rng) -> Thing {
    let mut thing = library_space::random(rng);
    thing.record.id = id.to_string();
    thing
}
