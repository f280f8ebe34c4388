//! A second opinion on access lists (2) that shares no code with the engine: it reads the JSON of the lists and of the record
//! and follows the text, step by step, without any index.

use serde_json::Value;

/// Who asks.
pub struct Asker<'a> {
    pub user: Option<&'a str>,
    pub roles: &'a [&'a str],
    pub superuser: bool,
}

/// May the asker do an operation to a record? `id` and `record` are all that is said of it; its schema is `record`.
pub fn may(lists: &Value, asker: &Asker<'_>, operations: &[&str], id: &str, record: &Value) -> bool {
    if asker.superuser {
        return true;
    }
    let (mut allowed, mut denied) = (false, false);
    let all: Vec<&Value> = lists.as_object().unwrap().values().filter(|list| speaks(list, id, record)).collect();
    for list in &all {
        let operation = list["operation"].as_str().unwrap();
        if !operations.contains(&operation) {
            continue;
        }
        let rivals = all.iter().filter(|other| other["operation"] == list["operation"] && group(other) == group(list));
        let highest = rivals.map(|other| other["priority"].as_i64().unwrap_or(0)).max().unwrap();
        if list["priority"].as_i64().unwrap_or(0) < highest {
            continue;
        }
        let mine = list["actors"].as_array().unwrap().iter().any(|actor| is(actor, asker, record));
        if list["effect"] == "deny" {
            denied |= mine;
        } else {
            allowed |= mine;
        }
    }
    allowed && !denied
}

fn group(list: &Value) -> &str {
    list["priority_group"].as_str().unwrap_or("default")
}

fn speaks(list: &Value, id: &str, record: &Value) -> bool {
    let kind = list["type"].as_str().unwrap();
    let state = record["state"].as_str().unwrap_or("published");
    let in_state = match list["states"].as_array() {
        Some(states) => states.iter().any(|own| own == state),
        None => kind == "id" || state == "published",
    };
    let means = match kind {
        "id" => list["records"].as_array().unwrap().iter().any(|own| own == id),
        "default" => true,
        "query" => holds(&list["query"], id, record),
        "property_value" => rows(list["property_values"].as_array().unwrap(), id, record),
        other => panic!("no type `{other}`"),
    };
    in_state && means
}

fn rows(rows: &[Value], id: &str, record: &Value) -> bool {
    let of = |word: &str| -> Vec<bool> {
        let mine = rows.iter().filter(|row| row["bool_operation"].as_str().unwrap_or("must") == word);
        mine.map(|row| holds(&serde_json::json!({"term": {row["name"].as_str().unwrap(): row["value"]}}), id, record))
            .collect()
    };
    joined(&of("must"), &of("filter"), &of("should"), &of("must_not"))
}

fn joined(must: &[bool], filter: &[bool], should: &[bool], must_not: &[bool]) -> bool {
    let optional = should.is_empty() || !must.is_empty() || !filter.is_empty();
    must.iter().all(|yes| *yes)
        && filter.iter().all(|yes| *yes)
        && !must_not.iter().any(|yes| *yes)
        && (optional || should.iter().any(|yes| *yes))
}

fn holds(query: &Value, id: &str, record: &Value) -> bool {
    let (word, body) = query.as_object().unwrap().iter().next().unwrap();
    let parts = |key: &str| -> Vec<bool> {
        body[key].as_array().into_iter().flatten().map(|part| holds(part, id, record)).collect()
    };
    let one = || {
        let (path, value) = body.as_object().unwrap().iter().next().unwrap();
        (values(record, path), value.clone())
    };
    match word.as_str() {
        "match_all" => true,
        "ids" => body["values"].as_array().unwrap().iter().any(|own| own == id),
        "exists" => !values(record, body["field"].as_str().unwrap()).is_empty(),
        "term" | "match" => {
            let (found, wanted) = one();
            found.contains(&plain(&wanted))
        }
        "terms" => {
            let (found, wanted) = one();
            wanted.as_array().unwrap().iter().any(|value| found.contains(&plain(value)))
        }
        "prefix" => {
            let (found, start) = one();
            found.iter().any(|value| value.starts_with(start.as_str().unwrap()))
        }
        "range" => {
            let (found, ends) = one();
            found.iter().any(|value| {
                let end = |key: &str| ends.get(key).map(plain);
                end("gt").is_none_or(|end| *value > end)
                    && end("gte").is_none_or(|end| *value >= end)
                    && end("lt").is_none_or(|end| *value < end)
                    && end("lte").is_none_or(|end| *value <= end)
            })
        }
        "bool" => joined(&parts("must"), &parts("filter"), &parts("should"), &parts("must_not")),
        other => panic!("no condition `{other}`"),
    }
}

/// The single values at a path, as text; lists are looked through.
fn values(record: &Value, path: &str) -> Vec<String> {
    let mut level = vec![record.clone()];
    for key in path.split('.') {
        level = level.iter().flat_map(flat).filter_map(|value| value.get(key).cloned()).collect();
    }
    level
        .iter()
        .flat_map(flat)
        .filter(|value| !value.is_null() && !value.is_object())
        .map(|value| plain(&value))
        .collect()
}

fn flat(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(flat).collect(),
        other => vec![other.clone()],
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn is(actor: &Value, asker: &Asker<'_>, record: &Value) -> bool {
    let names = |list: &Value| -> Vec<String> { list.as_array().into_iter().flatten().map(plain).collect() };
    let has = |names: &[String]| names.iter().any(|name| asker.roles.contains(&name.as_str()));
    // An id or name is text or a whole number.
    let there = || -> Vec<Value> {
        at_path(actor, record).into_iter().filter(|value| value.is_string() || value.is_i64()).collect()
    };
    match actor["type"].as_str().unwrap() {
        "user" => asker.user.is_some_and(|user| names(&actor["users"]).iter().any(|name| name == user)),
        "role" => has(&names(&actor["roles"])),
        "system_role" => match actor["system_role"].as_str().unwrap() {
            "everyone" => true,
            "authenticated" => asker.user.is_some(),
            "anonymous" => asker.user.is_none(),
            other => panic!("no system role `{other}`"),
        },
        "record_user" => asker.user.is_some_and(|user| there().iter().any(|value| plain(value) == user)),
        "record_role" => has(&there().iter().map(plain).collect::<Vec<_>>()),
        "parametrised_role" => {
            let role = |value: &Value| {
                format!(
                    "{}[{}={}]",
                    actor["role"].as_str().unwrap(),
                    actor["parameter"].as_str().unwrap(),
                    plain(value)
                )
            };
            has(&there().iter().map(role).collect::<Vec<_>>())
        }
        other => panic!("no actor `{other}`"),
    }
}

fn at_path(actor: &Value, record: &Value) -> Vec<Value> {
    actor["path"].as_str().and_then(|path| record.pointer(path)).map(flat).unwrap_or_default()
}
