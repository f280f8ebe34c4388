//! Between the oracle of `ils` and the engine: its finite space, random worlds, and both as the engine takes them.

#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::rc::Rc;

use lictor::engine::Engine;
use lictor::facts::Facts;
use lictor::model::{Address, At, Attributes, Faults, Reader, Subject};
use lictor::policy::{Policy, preset};
use serde_json::{Map, Value, json};

use crate::oracle::ils::{Access, Kind, Name, Row, Thing, Visitor, World};
use crate::rng::Rng;

pub const ME: i64 = 1;
pub const KINDS: [Kind; 6] = [Kind::Document, Kind::Series, Kind::Item, Kind::Electronic, Kind::Loan, Kind::Request];
/// Roles that anything depends on; `Curators` is named in another case where it is named.
pub const ROLES: [&str; 5] = ["librarian", "librarian-readonly", "Curators", "makers", "barred"];

pub fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "document",
        Kind::Series => "series",
        Kind::Item => "item",
        Kind::Electronic => "electronic-item",
        Kind::Loan => "loan",
        Kind::Request => "document-request",
    }
}

pub fn states(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Loan => &["created", "pending", "on-loan", "returned", "cancelled"],
        Kind::Request => &["pending", "accepted", "declined"],
        _ => &["published", "deleted"],
    }
}

pub fn user(id: i64, roles: &[&'static str], system_roles: &[&'static str]) -> Visitor {
    let set = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    Visitor::User { id, roles: set(roles), system_roles: set(system_roles) }
}

/// Rows that make every kind of visitor of the space what it is.
pub fn worlds() -> Vec<World> {
    let row = |action, deny, to| Row { action, deny, to };
    let rows = vec![
        row("superuser-access", false, Name::User(5)),
        row("ils-backoffice-access", false, Name::User(6)),
        row("ils-backoffice-access", false, Name::User(7)),
        row("ils-backoffice-access", true, Name::User(7)),
        row("ils-backoffice-readonly-access", false, Name::User(8)),
        row("superuser-access", true, Name::User(9)),
        row("create-records", false, Name::Role("makers")),
        row("read-records", true, Name::Role("barred")),
        row("circulation-loan-checkin", true, Name::Role("barred")),
        row("document-request-decline", true, Name::Role("barred")),
    ];
    let other = vec![
        row("update-records", false, Name::SystemRole("campus_user")),
        row("delete-records", false, Name::SystemRole("authenticated_user")),
        row("circulation-loan-read", true, Name::User(ME)),
        row("superuser-access", true, Name::SystemRole("any_user")),
    ];
    let with = |rows: &[Row], self_checkout| World { rows: rows.to_vec(), self_checkout };
    vec![with(&rows, false), with(&rows, true), with(&other[..3], true), with(&other, false)]
}

pub fn visitors() -> Vec<Visitor> {
    let mut all = vec![Visitor::Anonymous, Visitor::System, user(ME, &[], &[]), user(2, &[], &[])];
    all.extend([5, 6, 7, 8].map(|id| user(id, &[], &[])));
    all.extend(ROLES.map(|role| user(3, &[role], &[])));
    all.push(user(ME, &["Curators"], &["campus_user"]));
    all.push(user(4, &["barred", "librarian"], &[]));
    all.push(user(9, &["librarian"], &[]));
    all
}

/// Who may be named: nobody, the subject, somebody else, a role in another case, a system role, several.
pub fn named() -> Vec<Vec<Name>> {
    let (me, other, role) = (Name::User(ME), Name::User(99), Name::Role("CURATORS"));
    let system = Name::SystemRole("campus_user");
    vec![
        vec![],
        vec![me.clone()],
        vec![other.clone()],
        vec![role.clone(), other],
        vec![system.clone()],
        vec![me, role, system],
    ]
}

pub fn things() -> Vec<Thing> {
    let mut found = Vec::new();
    for kind in KINDS {
        for state in states(kind) {
            let plain = Thing {
                kind,
                state,
                access: Access::default(),
                update: Vec::new(),
                delete: Vec::new(),
                document: Access::default(),
                open_access: None,
                patron: ME,
                extensions: 0,
                overbooked: None,
            };
            match kind {
                Kind::Loan => {
                    for (patron, extensions) in [(ME, 0), (ME, 2), (ME, 3), (3, 0), (99, 4)] {
                        for overbooked in [None, Some(false), Some(true)] {
                            found.push(Thing { patron, extensions, overbooked, ..plain.clone() });
                        }
                    }
                }
                Kind::Request => found.extend([ME, 3, 99].map(|patron| Thing { patron, ..plain.clone() })),
                _ => catalogued(&plain, &mut found),
            }
        }
    }
    found
}

fn catalogued(plain: &Thing, found: &mut Vec<Thing>) {
    let holds = matches!(plain.kind, Kind::Item | Kind::Electronic);
    let documents = [(false, 0), (true, 0), (false, 1), (true, 3)];
    let opens = if plain.kind == Kind::Electronic { &[None, Some(false), Some(true)][..] } else { &[None][..] };
    for (restricted, read) in [false, true].into_iter().flat_map(|one| named().into_iter().map(move |who| (one, who))) {
        for (update, delete) in [(0, 0), (1, 0), (0, 3), (4, 1)] {
            for (shut, who) in documents.into_iter().take(if holds { 4 } else { 1 }) {
                for open_access in opens {
                    found.push(Thing {
                        access: Access { restricted, read: read.clone() },
                        update: named()[update].clone(),
                        delete: named()[delete].clone(),
                        document: Access { restricted: shut, read: named()[who].clone() },
                        open_access: *open_access,
                        ..plain.clone()
                    });
                }
            }
        }
    }
}

/// A world, a visitor and some records, from a seed.
pub fn random(seed: u64, count: usize) -> (World, Visitor, Vec<Thing>) {
    let mut rng = Rng::new(seed);
    let actions: [&'static str; 13] = [
        "superuser-access",
        "ils-backoffice-access",
        "ils-backoffice-readonly-access",
        "read-records",
        "create-records",
        "update-records",
        "delete-records",
        "update-files-records",
        "circulation-loan-read",
        "circulation-loan-extend",
        "circulation-loan-cancel",
        "document-request-read",
        "document-request-decline",
    ];
    let mut names: Vec<Name> = ROLES.map(Name::Role).to_vec();
    names.extend([Name::User(ME), Name::User(2), Name::SystemRole("any_user"), Name::SystemRole("campus_user")]);
    names.push(Name::SystemRole("authenticated_user"));
    let mut rows = Vec::new();
    for _ in 0..rng.below(6) {
        rows.push(Row {
            action: actions[rng.below(actions.len())],
            deny: rng.percent(35),
            to: rng.pick(&names).clone(),
        });
    }
    let world = World { rows, self_checkout: rng.percent(50) };
    let visitor = match rng.below(12) {
        0 => Visitor::Anonymous,
        1 => Visitor::System,
        _ => user(ME, &rng.some(&ROLES, 25), &rng.some(&["campus_user"], 30)),
    };
    let all = things();
    (world, visitor, (0..count).map(|_| rng.pick(&all).clone()).collect())
}

pub fn changes(world: &World) -> Value {
    json!({"define": {"switch_self_checkout": if world.self_checkout { "always" } else { "never" }}})
}

pub fn engine(world: &World) -> Engine {
    Engine::with_changes(preset("ils").unwrap(), &changes(world)).unwrap()
}

pub fn subject(visitor: &Visitor, roles_known: bool) -> Value {
    match visitor {
        Visitor::Anonymous => json!({"type": "anonymous"}),
        Visitor::System => json!({"type": "system"}),
        Visitor::User { id, roles, system_roles } => {
            let mut properties = json!({"system_roles": system_roles});
            if roles_known {
                properties["roles"] = json!(roles);
            }
            json!({"type": "user", "id": id, "properties": properties})
        }
    }
}

pub fn read_subject(visitor: &Visitor, roles_known: bool) -> Subject {
    Subject::read(&subject(visitor, roles_known), &At::Root("subject"), &mut Reader::new()).unwrap()
}

/// Names in the nested form; in the flat one where it can say them, and the number of the record is even.
fn names(names: &[Name], flat: bool) -> Value {
    if flat && !names.iter().any(|name| matches!(name, Name::SystemRole(_))) {
        let one = |name: &Name| match name {
            Name::User(id) if id % 2 == 0 => json!(id),
            Name::User(id) => json!(id.to_string()),
            Name::Role(name) | Name::SystemRole(name) => json!(name),
        };
        return names.iter().map(one).collect();
    }
    let mut value = Map::new();
    for name in names {
        let (key, entry) = match name {
            Name::User(id) => ("users", json!(id)),
            Name::Role(name) => ("roles", json!(name)),
            Name::SystemRole(name) => ("systemroles", json!(name)),
        };
        value.entry(key).or_insert_with(|| json!([])).as_array_mut().unwrap().push(entry);
    }
    Value::Object(value)
}

fn access(access: &Access, flat: bool) -> Value {
    let mut value = json!({"_access": {"read": names(&access.read, flat)}});
    if access.restricted {
        value["restricted"] = json!(true);
    }
    value
}

pub fn document(thing: &Thing, flat: bool) -> Value {
    let mut value = json!({"$type": key(thing.kind), "state": thing.state});
    match thing.kind {
        Kind::Loan => {
            value["patron_pid"] = json!(thing.patron.to_string());
            value["extension_count"] = json!(thing.extensions);
            if let Some(overbooked) = thing.overbooked {
                value["document"] = json!({"circulation": {"overbooked": overbooked}});
            }
        }
        Kind::Request => value["patron_pid"] = json!(thing.patron),
        kind => {
            let own = access(&thing.access, flat);
            value.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
            value["_access"]["update"] = names(&thing.update, flat);
            value["_access"]["delete"] = names(&thing.delete, flat);
            if matches!(kind, Kind::Item | Kind::Electronic) {
                value["document"] = access(&thing.document, !flat);
            }
            if let Some(open) = thing.open_access {
                value["open_access"] = json!(open);
            }
        }
    }
    value
}

pub fn attributes(policy: &Policy, kind: Kind, document: &Value, withheld: Option<&str>) -> Attributes {
    let at = At::Root("record");
    let missing: Vec<Address> =
        withheld.iter().map(|address| Address::read(&json!(address), &at, &mut Reader::new()).unwrap()).collect();
    let mut faults = Faults::new();
    let fields = &policy.record_type(key(kind)).unwrap().fields;
    let id = Some("r".to_string());
    Attributes::read(document, id, &missing, fields, &policy.states, &at, &mut faults)
        .unwrap_or_else(|| panic!("{document}: {faults:?}"))
}

pub fn facts(engine: &Engine, world: &World, everything: bool) -> Rc<Facts> {
    Rc::new(Facts::read(&facts_value(world, everything), &engine.policy().words).unwrap())
}

/// Rows, and certificates for all there is but, if so wished, users.
pub fn facts_value(world: &World, everything: bool) -> Value {
    let row = |row: &Row| {
        let mut value = json!({"action": row.action, "exclude": row.deny});
        match &row.to {
            Name::User(id) => value["user"] = json!(id),
            Name::Role(name) => value["role"] = json!(name),
            Name::SystemRole(name) => value["system_role"] = json!(name),
        }
        value
    };
    let rows: Vec<Value> = world.rows.iter().map(row).collect();
    let mut complete = vec![json!({"relation": "access"}), json!({"relation": "membership"})];
    complete.push(json!({"relation": "community"}));
    if everything {
        complete.push(json!({"relation": "user"}));
    }
    json!({"revision": "r1", "access": rows, "complete": complete, "time": 0})
}
