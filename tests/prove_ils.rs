//! The promise of prediction under `ils`, over random whole worlds: a device that holds a patron's view is never contradicted
//! by the server, a view says nothing of what its user may not see, and less knowledge only makes answers unknown.
//!
//! Some hundred worlds by default; `LICTOR_PROVE=full` takes 5,000, or as many as `LICTOR_PROVE` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod library;
mod oracle;
#[path = "prove/rng.rs"]
mod rng;
mod whole;

use std::collections::BTreeMap;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::offline::{Clock, Entry, Replica};
use lictor::terms::Answer;
use oracle::ils::{self, Thing, Visitor, World};
use rng::Rng;
use serde_json::{Value, json};

/// Of a hundred answers on records in view at most so many may be unknown, action by action.
const UNKNOWN: usize = 2;
const NOTHING: &str = "nothing";

type Figures = BTreeMap<String, usize>;

fn worlds() -> usize {
    match std::env::var("LICTOR_PROVE").as_deref() {
        Ok("full") => 5_000,
        Ok(number) => number.parse().expect("`full` or a number of worlds"),
        Err(_) => 120,
    }
}

fn count(figures: &mut Figures, name: impl Into<String>) {
    *figures.entry(name.into()).or_default() += 1;
}

/// A world with its records and people, and the engine over it.
#[derive(Clone)]
struct Lab {
    seed: u64,
    world: World,
    records: BTreeMap<String, Thing>,
    people: Vec<Visitor>,
}

impl Lab {
    fn new(seed: u64) -> Self {
        let (world, _, things) = library::random(seed.wrapping_add(5_000), 14);
        let records = things.into_iter().enumerate().map(|(n, thing)| (format!("r{n}"), thing)).collect();
        let mut rng = Rng::new(seed);
        let mut people = vec![Visitor::Anonymous];
        for id in [library::ME, 2, 3, 4] {
            let campus: &[&'static str] = if id == 3 { &["campus_user"] } else { &[] };
            people.push(library::user(id, &rng.some(&library::ROLES, 22), campus));
        }
        Self { seed, world, records, people }
    }

    fn documents(&self) -> Value {
        let each = |(n, (id, thing)): (usize, (&String, &Thing))| {
            let mut document = library::document(thing, n % 2 == 0);
            document["title"] = json!(format!("Title of {id}"));
            (id.clone(), document)
        };
        Value::Object(self.records.iter().enumerate().map(each).collect())
    }

    fn facts(&self, engine: &Engine) -> Facts {
        let mut value = library::facts_value(&self.world, true);
        (value["records"], value["complete"]) = (self.documents(), json!(true));
        value["users"] = json!({});
        for person in &self.people {
            if let Visitor::User { id, roles, .. } = person {
                value["users"][id.to_string()] = json!({"roles": roles});
            }
        }
        engine.facts(&value).unwrap()
    }

    /// The view as the server gives it: entries, and proofs.
    fn view(&self, engine: &Engine, facts: &Facts, visitor: &Visitor) -> [Vec<Value>; 2] {
        let subject = library::subject(visitor, false);
        let asked = json!({"subject": subject, "subs": ["everywhere"]});
        let base = json!(engine.project_base(&asked, facts).unwrap());
        let asked = json!({"subject": subject, "records": self.documents()});
        let records = json!(engine.project_records(&asked, facts).unwrap());
        let list = |value: &Value| value.as_array().unwrap().clone();
        let mut entries = list(&base["entries"]);
        entries.extend(list(&records));
        [entries, list(&base["closed"])]
    }

    /// Every action on every record there is, and on one there is not.
    fn questions(&self) -> Vec<(String, &'static str, Value)> {
        let mut all = Vec::new();
        let nothing = (NOTHING.to_string(), self.records["r0"].clone());
        for (id, thing) in self.records.iter().map(|(id, thing)| (id.clone(), thing.clone())).chain([nothing]) {
            for action in thing.kind.actions().iter().filter(|action| **action != "create") {
                all.push((id.clone(), *action, json!({"type": library::key(thing.kind), "id": id})));
            }
        }
        all
    }
}

fn device(engine: &Engine, visitor: &Visitor, [entries, closed]: &[Vec<Value>; 2]) -> Replica {
    let mut device = engine.replica(&library::subject(visitor, false)).unwrap();
    let entries = Entry::read_text(&json!(entries).to_string(), |number| number.parse().unwrap()).unwrap();
    device.reset(entries, &json!(closed), &json!([])).unwrap();
    device
}

/// What a device says, and whether it conceals.
fn says(device: &Replica, action: &str, resource: &Value) -> (Answer, bool) {
    let said = device.can(&json!({"action": action, "resource": resource}), Clock { lo: 0, hi: 0 }).unwrap();
    (said.decision, said.decision == Answer::Deny && said.conceal)
}

fn holds(view: &[Vec<Value>; 2], id: &str) -> bool {
    view[0].iter().any(|entry| entry["k"]["relation"] == "record" && entry["k"]["id"] == id)
}

fn prove(name: &str, check: fn(&Lab, &mut Figures) -> Result<(), String>) -> Figures {
    let found = whole::parallel(worlds(), |seeds| {
        let (mut figures, mut failures) = (Figures::new(), Vec::new());
        for seed in seeds {
            failures.extend(check(&Lab::new(seed as u64), &mut figures).err().map(|why| format!("seed {seed}: {why}")));
        }
        (figures, failures)
    });
    let (mut sum, mut failures) = (Figures::new(), Vec::new());
    for (figures, found) in found {
        failures.extend(found);
        for (name, number) in figures {
            *sum.entry(name).or_default() += number;
        }
    }
    println!("{name}, {} worlds: {sum:?}", worlds());
    assert!(
        failures.is_empty(),
        "{} failures, for example {}",
        failures.len(),
        failures[..failures.len().min(3)].join("\n")
    );
    sum
}

#[test]
fn what_a_device_says_is_never_contradicted() {
    let figures = prove("soundness", |lab, figures| {
        let engine = library::engine(&lab.world);
        let facts = lab.facts(&engine);
        for visitor in &lab.people {
            let view = lab.view(&engine, &facts, visitor);
            let device = device(&engine, visitor, &view);
            for (id, action, resource) in lab.questions() {
                let asked =
                    json!({"subject": library::subject(visitor, false), "action": action, "resource": resource});
                let told = engine.check(&asked, &facts).unwrap();
                let right = lab.records.get(&id).is_some_and(|thing| ils::decide(&lab.world, visitor, thing, action));
                if told.decision != Answer::from(right) {
                    return Err(format!("{visitor:?} {action} {resource}: the server says {}", told.decision));
                }
                let shown = if holds(&view, &id) { "shown" } else { "other" };
                count(figures, format!("asked {shown} {action}"));
                match says(&device, action, &resource) {
                    (Answer::Unknown, _) => count(figures, format!("unknown {shown} {action}")),
                    said if said == (told.decision, told.conceal) => {}
                    said => {
                        return Err(format!(
                            "{visitor:?} {action} {resource}: predicted {said:?} for {}",
                            told.decision
                        ));
                    }
                }
            }
        }
        Ok(())
    });
    for (name, asked) in figures.iter().filter_map(|(name, asked)| Some((name.strip_prefix("asked shown ")?, asked))) {
        let unknown = figures.get(&format!("unknown shown {name}")).copied().unwrap_or(0);
        assert!(unknown * 100 <= asked * UNKNOWN, "{name}: {unknown} of {asked} unknown on records in view");
    }
}

/// Records that somebody does not know of before and after may change as they like: not a byte of the view does.
#[test]
fn a_view_says_nothing_of_what_its_user_may_not_see() {
    let figures = prove("non-interference", |lab, figures| {
        let engine = library::engine(&lab.world);
        let facts = lab.facts(&engine);
        let mut rng = Rng::new(lab.seed ^ 0x15);
        let things = library::things();
        for _ in 0..10 {
            let mut other = lab.clone();
            let id = format!("r{}", rng.below(16));
            other.records.insert(id.clone(), rng.pick(&things).clone());
            let changed = other.facts(&engine);
            for visitor in &lab.people {
                let knows = |lab: &Lab| lab.records.get(&id).is_some_and(|one| ils::reads(&lab.world, visitor, one));
                if knows(lab) || knows(&other) {
                    continue;
                }
                // A new record moves the others' places in the map, and with them the form their names are written in.
                if other.records.len() != lab.records.len() {
                    continue;
                }
                count(figures, "views compared");
                if lab.view(&engine, &facts, visitor) != other.view(&engine, &changed, visitor) {
                    return Err(format!("{visitor:?} is given other bytes after a change of {id}"));
                }
            }
        }
        Ok(())
    });
    assert!(figures["views compared"] >= 10 * worlds(), "too few hidden changes: {figures:?}");
}

#[test]
fn less_knowledge_only_makes_answers_unknown() {
    let figures = prove("monotone knowledge", |lab, figures| {
        let engine = library::engine(&lab.world);
        let facts = lab.facts(&engine);
        let mut rng = Rng::new(lab.seed ^ 0x2b);
        for visitor in &lab.people {
            let view = lab.view(&engine, &facts, visitor);
            let whole = device(&engine, visitor, &view);
            let mut weaker = view.clone();
            let taken = take(&mut weaker, &mut rng);
            let weak = device(&engine, visitor, &weaker);
            for (_, action, resource) in lab.questions() {
                let (before, after) = (says(&whole, action, &resource), says(&weak, action, &resource));
                count(figures, "answers with less known");
                if after != before {
                    count(figures, "turned into unknown");
                }
                if after != before && after.0 != Answer::Unknown {
                    return Err(format!(
                        "{visitor:?} {action} {resource}: {before:?} became {after:?} without {taken}"
                    ));
                }
            }
        }
        Ok(())
    });
    assert!(figures["turned into unknown"] > worlds(), "nothing was taken that mattered: {figures:?}");
}

/// Takes a proof, what was derived, or a field; says what.
fn take([entries, closed]: &mut [Vec<Value>; 2], rng: &mut Rng) -> String {
    if rng.percent(30) && !closed.is_empty() {
        return format!("the proof {}", closed.remove(rng.below(closed.len())));
    }
    let mut records: Vec<&mut Value> = entries.iter_mut().filter(|entry| entry["k"]["relation"] == "record").collect();
    if records.is_empty() {
        return "nothing".to_string();
    }
    let place = rng.below(records.len());
    let entry = &mut records[place];
    if rng.percent(40) && entry.as_object_mut().unwrap().remove("derived").is_some() {
        return format!("what was derived for {}", entry["k"]);
    }
    let field = *rng.pick(&["state", "restricted", "patron_pid", "open_access", "document"]);
    entry["v"].as_object_mut().unwrap().remove(field);
    let path = json!([field]);
    match entry.get_mut("missing").and_then(Value::as_array_mut) {
        Some(list) => list.push(path),
        None => entry["missing"] = json!([path]),
    }
    format!("{field} of {}", entry["k"])
}
