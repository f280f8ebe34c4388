//! Does the comparison of `repository` with its oracle tell right from wrong? Each fault is one mistake somebody is likely to
//! make in the document, or in the facts; some case of the space or of the random worlds must find it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
mod whole;

use std::collections::BTreeSet;
use std::rc::Rc;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::policy::{Index, Lens};
use lictor::terms::Answer;
use oracle::repository::world::{Record, Visitor, World};
use oracle::repository::{ACTIONS, decide, random, space};
use serde_json::{Value, json};

enum Fault {
    Document(fn(&mut Value)),
    Facts(fn(&mut Value)),
}

use Fault::{Document, Facts as Told};

fn at<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    value.pointer_mut(path).unwrap_or_else(|| panic!("nothing at {path}"))
}

fn set(document: &mut Value, path: &str, value: Value) {
    *at(document, path) = value;
}

fn push(document: &mut Value, path: &str, value: Value) {
    at(document, path).as_array_mut().unwrap().push(value);
}

/// Takes a part out of a list.
fn cut(document: &mut Value, path: &str, part: &Value) {
    let list = at(document, path).as_array_mut().unwrap();
    let before = list.len();
    list.retain(|one| one != part);
    assert!(list.len() < before, "{part} is not in {path}");
}

fn of_lists(facts: &mut Value, change: fn(&mut serde_json::Map<String, Value>)) {
    facts["acls"].as_object_mut().unwrap().values_mut().for_each(|list| change(list.as_object_mut().unwrap()));
}

const FAULTS: [(&str, Fault); 58] = [
    (
        "members read what curators only may",
        Document(|d| _ = at(d, "/define/let_in/any/6/all").as_array_mut().unwrap().pop()),
    ),
    ("a link ignores its end", Told(|f| f["time"] = json!(0))),
    ("a reviewer reads after declining", Document(|d| push(d, "/define/reviewer/all/0/in", json!("declined")))),
    (
        "a reviewer reads before anything is submitted",
        Document(|d| push(d, "/define/reviewer/all/0/in", json!("created"))),
    ),
    (
        "a member of the reviewing community reads",
        Document(|d| push(d, "/define/reviewer/all/1/community_role", json!("member"))),
    ),
    ("a banned owner reads", Document(|d| push(d, "/define/read_denied/all", json!({"not": "owner"})))),
    (
        "a superuser passes deny rows",
        Document(|d| push(d, "/define/read_denied/all", json!({"not": {"use": "superuser"}}))),
    ),
    (
        "deny rows on a secondary community are forgotten",
        Document(|d| set(d, "/define/read_denied/all/1", json!({"excluded": "read"}))),
    ),
    ("deny rows on other actions are forgotten", Document(|d| set(d, "/deny", json!("never")))),
    (
        "a deleted community still gives roles",
        Document(|d| _ = d["community"].as_object_mut().unwrap().remove("deleted")),
    ),
    (
        "superusers make records in a deleted community",
        Document(|d| push(d, "/rules/create/all/0/any", json!("always"))),
    ),
    ("a deleted community reviews again", Document(|d| set(d, "/rules/revert-approve", json!({"use": "may"})))),
    (
        "deleted communities are not said to be",
        Told(|f| {
            for community in f["communities"].as_object_mut().unwrap().values_mut() {
                community.as_object_mut().unwrap().remove("deletion");
            }
        }),
    ),
    ("moderators edit", Document(|d| push(d, "/rules/update/all/1/any/1/all/1/any", json!({"use": "moderator"})))),
    (
        "administrators read restricted records",
        Document(|d| push(d, "/define/let_in/any", json!({"need": "administration-access"}))),
    ),
    ("moderators remove", Document(|d| push(d, "/define/site_admin/any", json!({"use": "moderator"})))),
    (
        "curators of a secondary community read drafts",
        Document(|d| push(d, "/define/reads_unpublished/any", json!({"use": "curators_of_any"}))),
    ),
    (
        "members read what is pending",
        Document(|d| push(d, "/define/reads_unpublished/any/5/all/0/state", json!("pending-approval"))),
    ),
    (
        "publishers read every state",
        Document(|d| {
            push(d, "/define/reads_unpublished/any", json!({"use": "granted_to", "with": {"role": "publisher"}}))
        }),
    ),
    ("an owner loses a deleted draft", Document(|d| cut(d, "/define/reads_deleted/any", &json!("owner")))),
    (
        "curators of a secondary community read deleted drafts",
        Document(|d| push(d, "/define/reads_deleted/any", json!({"use": "curators_of_any"}))),
    ),
    (
        "drafts leave tombstones",
        Document(|d| cut(d, "/define/tombstone/all", &json!({"field": "once_published", "in": ["true"]}))),
    ),
    ("everybody sees tombstones", Document(|d| push(d, "/define/tombstone/all/4/any", json!("always")))),
    ("files follow the metadata", Document(|d| set(d, "/rules/read-files", json!({"action": "read"})))),
    (
        "the flag `restricted` is forgotten",
        Document(|d| cut(d, "/define/withheld_otherwise/any", &json!({"field": "restricted", "in": ["true"]}))),
    ),
    (
        "who is named to read withholds from nobody",
        Document(|d| cut(d, "/define/withheld_otherwise/any", &json!({"filled": "readers"}))),
    ),
    (
        "access.record is forgotten",
        Document(|d| cut(d, "/define/withheld/any", &json!({"field": "record_access", "in": ["restricted"]}))),
    ),
    (
        "a grant of view reads drafts",
        Document(|d| push(d, "/define/reads_unpublished/any/7/record_grant", json!("view"))),
    ),
    ("a link of view reads drafts", Document(|d| push(d, "/define/reads_unpublished/any/8/link", json!("view")))),
    ("a grant of edit deletes", Document(|d| push(d, "/rules/delete/all/1/any/2/record_grant", json!("edit")))),
    ("a link of preview edits", Document(|d| push(d, "/define/edits_by_grant/any/1/link", json!("preview")))),
    ("what is approved is edited", Document(|d| push(d, "/rules/update/all/1/any/1/all/0/state", json!("approved")))),
    (
        "an owner edits what is pending",
        Document(|d| push(d, "/rules/update/all/1/any/0/all/0/state", json!("pending-approval"))),
    ),
    (
        "curators edit what is approved",
        Document(|d| set(d, "/rules/update/all/1/any/2/all/1/any/1/with/role", json!("curator"))),
    ),
    ("guests submit", Document(|d| cut(d, "/define/submits_to/all", &json!("authenticated")))),
    (
        "restricted communities take submissions",
        Document(|d| _ = at(d, "/define/submits_to/all/1/any/1/all").as_array_mut().unwrap().remove(0)),
    ),
    (
        "submission is open to all",
        Document(|d| _ = at(d, "/define/submits_to/all/1/any/1/all").as_array_mut().unwrap().pop()),
    ),
    (
        "other communities' reviewers approve",
        Document(|d| {
            set(d, "/define/decides_reviews/any/1/then", json!({"any": [{"use": "may"}, {"use": "reviewer"}]}))
        }),
    ),
    ("an owner cancels another's submission", Document(|d| push(d, "/rules/cancel/any", json!("owner")))),
    ("a superuser lets requests expire", Document(|d| set(d, "/rules/expire", json!({"use": "superuser"})))),
    (
        "curators of a secondary community manage drafts",
        Document(|d| push(d, "/define/manages/any", json!({"use": "curators_of_any"}))),
    ),
    (
        "an embargo is lifted before its day",
        Document(|d| cut(d, "/rules/lift-embargo/all", &json!({"past": "embargo_until"}))),
    ),
    (
        "a superuser passes lists that deny",
        Document(|d| push(d, "/define/list_denies/all", json!({"not": {"use": "superuser"}}))),
    ),
    ("an owner passes lists that deny", Document(|d| push(d, "/define/list_denies/all", json!({"not": "owner"})))),
    ("lists that deny are forgotten", Document(|d| set(d, "/define/list_denies", json!("never")))),
    ("lists let nobody in", Document(|d| set(d, "/define/list_lets_in", json!("never")))),
    (
        "lists let nobody in to drafts",
        Document(|d| _ = at(d, "/define/reads_unpublished/any").as_array_mut().unwrap().pop()),
    ),
    ("lists of files open the record", Document(|d| push(d, "/define/list_lets_in/all/2/acl", json!("read-files")))),
    ("one word for reading is forgotten", Document(|d| set(d, "/define/list_lets_in/all/2/acl", json!(["get"])))),
    (
        "a tombstone is hidden by lists in its own state",
        Document(|d| _ = at(d, "/define/list_keeps_out/all/2").as_object_mut().unwrap().remove("as_in")),
    ),
    ("what is deleted is updated by lists", Document(|d| set(d, "/rules/update/all/1/any/3/all/0", json!("always")))),
    ("lists that deny an update are forgotten", Document(|d| set(d, "/rules/update/all/0", json!("always")))),
    ("lists that deny a deletion are forgotten", Document(|d| set(d, "/rules/delete/all/0", json!("always")))),
    ("lists that deny files are forgotten", Document(|d| set(d, "/rules/read-files/all/1", json!("always")))),
    ("priorities are forgotten", Told(|f| of_lists(f, |list| _ = list.remove("priority")))),
    ("groups are forgotten", Told(|f| of_lists(f, |list| _ = list.remove("priority_group")))),
    ("states of lists are forgotten", Told(|f| of_lists(f, |list| _ = list.remove("states")))),
    ("lists that deny allow", Told(|f| of_lists(f, |list| _ = list.remove("effect")))),
];

/// One visitor in one world, some records; and the answers of the document as it is.
struct Group {
    world: World,
    visitor: Visitor,
    records: Vec<Record>,
    documents: Vec<Value>,
    /// Where document and oracle agree: a difference found elsewhere is none of the fault's.
    agreed: Vec<[Option<bool>; ACTIONS.len()]>,
}

fn answers(document: &Value, change: Option<fn(&mut Value)>, group: &Group) -> Vec<[Option<bool>; ACTIONS.len()]> {
    let engine = whole::engine(document, &group.world);
    answers_of(&engine, change, group)
}

fn answers_of(engine: &Engine, change: Option<fn(&mut Value)>, group: &Group) -> Vec<[Option<bool>; ACTIONS.len()]> {
    let policy = engine.policy();
    let mut told = whole::facts_value(&group.world, &[&group.visitor], None);
    if let Some(change) = change {
        change(&mut told);
    }
    let facts = Rc::new(Facts::read(&told, &policy.words).unwrap());
    let mut index = Index::new();
    for document in &group.documents {
        index.add(&whole::attributes(policy, &facts, document, None));
    }
    let mut lens = Lens::new(engine.shared_policy(), facts, whole::read_subject(&group.visitor));
    let actions = ACTIONS.map(|name| policy.action(name).unwrap());
    let one = |row: usize| {
        actions.map(|action| match lens.can(&index, u32::try_from(row).unwrap(), action) {
            Some(code) if code == Answer::Allow.code() => Some(true),
            Some(code) if code == Answer::Deny.code() => Some(false),
            _ => None,
        })
    };
    (0..group.documents.len()).map(one).collect()
}

fn groups() -> Vec<Group> {
    let worlds = [space::worlds(), space::listed_worlds()].concat();
    let (visitors, records) = (space::visitors(), space::records());
    let mut groups = Vec::new();
    let mut add = |world: &World, visitor: &Visitor, records: Vec<Record>| {
        let documents = records.iter().map(whole::document).collect();
        groups.push(Group { world: world.clone(), visitor: visitor.clone(), records, documents, agreed: Vec::new() });
    };
    for (n, world) in worlds.iter().enumerate() {
        for (m, visitor) in visitors.iter().enumerate() {
            // A prime, so that every group has each pair of values of the axes.
            let some = records.iter().skip((n + m) % 37).step_by(37).cloned().collect();
            add(world, visitor, some);
        }
    }
    for seed in 0..150 {
        let (world, visitor, records) = random::group(seed, 12);
        add(&world, &visitor, records);
    }
    let document = whole::document_of_preset();
    let agreed = whole::parallel(groups.len(), |numbers| {
        numbers
            .map(|n| {
                let group = &groups[n];
                let mut answers = answers(&document, None, group);
                for (answers, record) in answers.iter_mut().zip(&group.records) {
                    for (answer, name) in answers.iter_mut().zip(ACTIONS) {
                        *answer = answer.filter(|one| *one == decide(&group.world, &group.visitor, record, name));
                    }
                }
                (n, answers)
            })
            .collect::<Vec<_>>()
    });
    for (n, answers) in agreed.into_iter().flatten() {
        groups[n].agreed = answers;
    }
    groups
}

#[test]
fn every_planted_fault_is_found() {
    let names: BTreeSet<&str> = FAULTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), FAULTS.len(), "a name twice");
    let groups = groups();
    let document = whole::document_of_preset();
    let found = whole::parallel(FAULTS.len(), |numbers| {
        numbers
            .map(|n| {
                let (name, fault) = &FAULTS[n];
                let (mut changed, mut told) = (document.clone(), None);
                match fault {
                    Document(change) => change(&mut changed),
                    Told(change) => told = Some(*change),
                }
                let differs = |group: &Group| {
                    let now = answers(&changed, told, group);
                    let pairs = now.iter().flatten().zip(group.agreed.iter().flatten());
                    pairs.filter(|(now, right)| right.is_some() && now != right).count()
                };
                // Spread over the groups, so that most are found soon.
                let order = (0..groups.len()).map(|k| k * 97 % groups.len());
                (*name, order.map(|k| differs(&groups[k])).enumerate().find(|(_, count)| *count > 0))
            })
            .collect::<Vec<_>>()
    });
    let mut missed = Vec::new();
    for (name, found) in found.into_iter().flatten() {
        match found {
            Some((asked, count)) => println!("{name}: {count} differences in group {}", asked + 1),
            None => missed.push(name),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
