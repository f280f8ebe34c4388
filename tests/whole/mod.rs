//! Between the oracle of `repository` and the engine: the one place where test code knows both.

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod library;
pub mod lists;
pub mod residual;

use std::collections::BTreeSet;
use std::rc::Rc;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{Address, At, Attributes, Faults, Reader, Subject};
use lictor::policy::{Policy, Shown, preset};
use serde_json::{Map, Value, json};

use crate::oracle::repository::library::ACTIONS as LIBRARY_ACTIONS;
use crate::oracle::repository::three::{Field, Hole};
use crate::oracle::repository::world::{Community, Readers, Record, Visitor, World};
use crate::oracle::repository::{ACTIONS, space};
use crate::oracle::world::{AccessRow, Asker, Who, actions};

/// The preset with the world's allowed set.
pub fn engine(document: &Value, world: &World) -> Engine {
    Engine::with_changes(document.clone(), &changes(world)).unwrap()
}

pub fn changes(world: &World) -> Value {
    let switch = if world.self_checkout { "always" } else { "never" };
    json!({"allowed_actions": world.allowed, "define": {"switch_self_checkout": switch}})
}

pub fn document_of_preset() -> Value {
    preset("repository").unwrap()
}

pub fn subject(visitor: &Visitor) -> Value {
    let mut properties = Map::new();
    if !visitor.links.is_empty() {
        properties.insert("links".to_string(), json!(visitor.links));
    }
    let mut subject = match &visitor.asker {
        Asker::Anonymous => json!({"type": "anonymous"}),
        Asker::System => json!({"type": "system"}),
        Asker::User { id, system_roles, .. } => {
            if !system_roles.is_empty() {
                properties.insert("system_roles".to_string(), json!(system_roles));
            }
            json!({"type": "user", "id": id})
        }
    };
    if !properties.is_empty() {
        subject["properties"] = Value::Object(properties);
    }
    subject
}

pub fn read_subject(visitor: &Visitor) -> Subject {
    Subject::read(&subject(visitor), &At::Root("subject"), &mut Reader::new()).unwrap()
}

/// Only what is not as usual, so that what two axes say can be put together.
pub fn document(record: &Record) -> Value {
    let mut document = Map::new();
    let mut put = |path: &[&str], value: Value| {
        let (last, outer) = path.split_last().unwrap();
        let mut place = &mut document;
        for key in outer {
            let next = place.entry((*key).to_string()).or_insert_with(|| json!({}));
            place = next.as_object_mut().unwrap();
        }
        place.insert((*last).to_string(), value);
    };
    if let Some(primary) = &record.primary {
        put(&["communities", "primary"], json!(primary));
    }
    if !record.secondary.is_empty() {
        put(&["communities", "secondary"], json!(record.secondary));
    }
    if let Some(state) = &record.state {
        put(&["state"], json!(state));
    }
    if !record.owners.is_empty() {
        put(&["owners"], json!(record.owners));
    }
    for (key, on) in [("record", record.record_restricted), ("files", record.files_restricted)] {
        if on {
            put(&["access", key], json!("restricted"));
        }
    }
    if record.restricted {
        put(&["restricted"], json!(true));
    }
    if record.readers != Readers::default() {
        put(&["_access", "read"], named(&record.readers));
    }
    if !record.grants.is_empty() {
        let one = |to: &Who| match to {
            Who::User(id) => json!({"type": "user", "id": id}),
            Who::Role(name) => json!({"type": "role", "id": name}),
            Who::SystemRole(name) => json!({"type": "system_role", "id": name}),
        };
        let grants = record.grants.iter().map(|grant| json!({"subject": one(&grant.to), "permission": grant.level}));
        put(&["access", "grants"], grants.collect());
    }
    if !record.links.is_empty() {
        let links = record.links.iter().map(|link| {
            let mut value = json!({"id": link.id, "permission": link.level});
            if let Some(end) = link.ends {
                value["expires_at"] = json!(end);
            }
            value
        });
        put(&["access", "links"], links.collect());
    }
    if let Some(embargo) = record.embargo {
        put(&["access", "embargo"], json!({"active": embargo.active, "until": date(embargo.until)}));
    }
    if let Some(review) = &record.review {
        let mut value = json!({"community": review.community, "status": review.status});
        if let Some(creator) = review.creator {
            value["creator"] = json!(creator);
        }
        put(&["review"], value);
    }
    if record.published_once {
        put(&["published_once"], json!(true));
    }
    if !record.keepers.is_empty() {
        put(&["keepers"], json!(record.keepers));
    }
    if record.marked {
        put(&["deletion", "marked"], json!(true));
    }
    Value::Object(document)
}

/// The flat form wherever roles are named and it can say all: the nested one elsewhere.
fn named(Readers { users, roles, system_roles }: &Readers) -> Value {
    if !roles.is_empty() && system_roles.is_empty() {
        let users = users.iter().map(|id| if id % 2 == 0 { json!(id) } else { json!(id.to_string()) });
        return users.chain(roles.iter().map(|name| json!(name))).collect();
    }
    let keys = [("users", json!(users)), ("roles", json!(roles)), ("systemroles", json!(system_roles))];
    Value::Object(
        keys.into_iter()
            .filter(|(_, names)| *names != json!([]))
            .map(|(key, names)| (key.to_string(), names))
            .collect(),
    )
}

/// The date of a day since 1970, in the Gregorian calendar.
fn date(day: i64) -> String {
    let (mut year, mut left) = (1970, day);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while left >= 365 + i64::from(leap(year)) {
        left -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for days in [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < days {
            break;
        }
        left -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", left + 1)
}

pub fn address(field: Field) -> &'static str {
    match field {
        Field::Primary => "communities.primary",
        Field::Secondary => "communities.secondary",
        Field::State => "state",
        Field::Owners => "owners",
        Field::RecordAccess => "access.record",
        Field::FilesAccess => "access.files",
        Field::Restricted => "restricted",
        Field::Readers => "_access.read",
        Field::Grants => "access.grants",
        Field::Links => "access.links",
        Field::EmbargoActive => "access.embargo.active",
        Field::EmbargoUntil => "access.embargo.until",
        Field::ReviewCommunity => "review.community",
        Field::ReviewStatus => "review.status",
        Field::ReviewCreator => "review.creator",
        Field::PublishedOnce => "published_once",
        Field::Marked => "deletion.marked",
    }
}

/// What rules look at in a record's document, of which a field may be withheld, and in the access lists that speak of it.
pub fn attributes(policy: &Policy, facts: &Facts, document: &Value, hole: Option<Field>) -> Attributes {
    let at = At::Root("record");
    let mut reader = Reader::new();
    let missing: Vec<Address> =
        hole.iter().map(|field| Address::read(&json!(address(*field)), &at, &mut reader).unwrap()).collect();
    let mut faults = Faults::new();
    let mut document = document.clone();
    missing.iter().for_each(|address| address.remove(&mut document));
    let shown = Shown { id: Some("r"), document: &document, missing: &missing, stored: true };
    let kind = policy.default_type().unwrap();
    policy.attributes(kind, shown, facts, &at, &mut faults).unwrap_or_else(|| panic!("{document}: {faults:?}"))
}

pub fn evaluation(visitor: &Visitor, document: &Value, action: &str) -> Value {
    let resource = json!({"type": "record", "id": "r", "properties": document});
    json!({"subject": subject(visitor), "action": action, "resource": resource})
}

/// Actions of the whole site, which no record is asked for.
const SITE: [&str; 6] = [
    "superuser-access",
    "administration-access",
    "administration-moderation",
    "community-admin",
    "ils-backoffice-access",
    "ils-backoffice-readonly-access",
];

fn need(action: &str) -> String {
    if SITE.contains(&action) { action.to_string() } else { format!("community-{action}") }
}

fn row(row: &AccessRow) -> Value {
    let mut value = json!({"action": need(&row.action)});
    if let Some(argument) = &row.argument {
        value["argument"] = json!(argument);
    }
    if row.exclude {
        value["exclude"] = json!(true);
    }
    match &row.subject {
        Who::User(id) => value["user"] = json!(id),
        Who::Role(name) => value["role"] = json!(name),
        Who::SystemRole(name) => value["system_role"] = json!(name),
    }
    value
}

pub fn community(community: &Community) -> Value {
    let mut access = Map::new();
    let mut say = |on: bool, key: &str, word: &str| {
        if on {
            access.insert(key.to_string(), json!(word));
        }
    };
    say(community.restricted, "visibility", "restricted");
    say(community.strict, "record_restricted_policy", "restricted");
    say(community.members_submit, "record_submission_policy", "members");
    if let Some(word) = community.members_visibility {
        say(true, "members_visibility", word);
    }
    if let Some(word) = community.review_policy {
        say(true, "review_policy", word);
    }
    let mut value = json!({"grants": community.grants, "access": access});
    if community.deleted {
        value["deletion"] = json!({"status": "deleted"});
    }
    value
}

/// Everything that is known of the world and these visitors, with certificates for it; at the hole nothing is said and
/// nothing certified.
pub fn facts_value(world: &World, visitors: &[&Visitor], hole: Option<Hole>) -> Value {
    let mine = |user: i64| visitors.iter().any(|visitor| visitor.asker.id() == Some(user));
    let mut complete = vec![json!({"relation": "record"})];
    let memberships: Vec<Value> = world
        .memberships
        .iter()
        .filter(|m| !matches!(hole, Some(Hole::Membership(id)) if id == m.community && mine(m.user)))
        .map(|m| json!({"community": m.community, "user": m.user, "role": m.roles}))
        .collect();
    let ids = || world.communities.keys().map(String::as_str);
    match hole {
        Some(Hole::Membership(missing)) => {
            complete.extend(
                ids()
                    .filter(|id| *id != missing)
                    .map(|id| json!({"relation": "membership", "where": {"community": id}})),
            );
        }
        _ => complete.push(json!({"relation": "membership"})),
    }
    let mut communities: Map<String, Value> =
        world.communities.iter().map(|(id, one)| (id.clone(), community(one))).collect();
    match hole {
        Some(Hole::Community(missing)) => {
            communities.remove(missing);
            complete.extend(
                ids().filter(|id| *id != missing).map(|id| json!({"relation": "community", "where": {"id": id}})),
            );
        }
        Some(Hole::Grants(missing)) => {
            communities[missing].as_object_mut().unwrap().remove("grants");
            complete.extend(
                ids().filter(|id| *id != missing).map(|id| json!({"relation": "community", "where": {"id": id}})),
            );
        }
        _ => complete.push(json!({"relation": "community"})),
    }
    let unknown = |action: &str| matches!(hole, Some(Hole::Access(missing)) if missing == action);
    let access: Vec<Value> = world.access.iter().filter(|one| !unknown(&one.action)).map(row).collect();
    match hole {
        Some(Hole::Access(_)) => {
            let all: BTreeSet<&str> = SITE.into_iter().chain(ACTIONS).chain(LIBRARY_ACTIONS).collect();
            for name in all.into_iter().filter(|name| !unknown(name)) {
                complete.push(json!({"relation": "access", "where": {"action": need(name)}}));
            }
        }
        _ => complete.push(json!({"relation": "access"})),
    }
    let listed = hole != Some(Hole::Lists);
    if listed {
        complete.push(json!({"relation": "acl"}));
    }
    let mut users = Map::new();
    if hole != Some(Hole::UserRoles) {
        complete.push(json!({"relation": "user"}));
        for visitor in visitors {
            if let Asker::User { id, roles, .. } = &visitor.asker {
                users.insert(id.to_string(), json!({"roles": roles}));
            }
        }
    }
    let mut value = json!({
        "revision": "r1",
        "users": users,
        "communities": communities,
        "memberships": memberships,
        "access": access,
        "acls": lists::value(if listed { &world.lists } else { &[] }),
        "complete": complete,
    });
    if hole != Some(Hole::Time) {
        value["time"] = json!(world.now);
    }
    value
}

pub fn facts(policy: &Policy, world: &World, visitors: &[&Visitor], hole: Option<Hole>) -> Rc<Facts> {
    Rc::new(Facts::read(&facts_value(world, visitors, hole), &policy.words).unwrap())
}

/// Of a world what bears on the case, in short.
pub fn near(world: &World, visitor: &Visitor, record: &Record) -> String {
    let mut text = String::new();
    let reviewers = record.review.as_ref().map(|review| &review.community);
    for (id, community) in &world.communities {
        if record.primary.as_ref() != Some(id) && !record.secondary.contains(id) && reviewers != Some(id) {
            continue;
        }
        let held = world.memberships.iter().filter(|m| Some(m.user) == visitor.asker.id() && m.community == *id);
        let roles: Vec<&String> = held.flat_map(|m| &m.roles).collect();
        let on = [
            (community.deleted, "deleted"),
            (community.restricted, "restricted"),
            (community.strict, "strict"),
            (community.members_submit, "members submit"),
        ];
        let on: Vec<&str> = on.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
        let shipped = space::shipped();
        let changed = community.grants.iter().filter(|(role, granted)| shipped.get(*role) != Some(*granted));
        let changed: Vec<_> = changed.collect();
        text += &format!("\n    {id}: {roles:?} {on:?} {changed:?}");
    }
    let rows: Vec<_> = world.access.iter().filter(|row| world.means(visitor, &row.subject)).collect();
    let off: Vec<&str> = actions().into_iter().filter(|one| !world.allowed.contains(*one)).collect();
    let lists = lists::value(&world.lists);
    text + &format!("\n    rows {rows:?}; not allowed {off:?}; lists {lists}")
}

/// The whole run instead of the sample.
pub fn full() -> bool {
    std::env::var_os("LICTOR_FULL").is_some()
}

/// Runs `work` over the numbers below `count`, on all cores; gives what each thread brought back.
pub fn parallel<T: Send>(count: usize, work: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(4, usize::from);
    std::thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> =
            (0..threads).map(|n| scope.spawn(move || work(&mut (n..count).step_by(threads)))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}
