//! What a whole view shows is what the oracle of visibility says: communities, grants, members, records, rows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::facts::row_value;
use super::lab::{Fault, Figures, Lab, Subs, View, count};
use super::lists::{Asked, operations};
use super::truth::{Listings, STATES, Shown, Truth};

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    for asker in lab.whole.askers() {
        let truth = lab.truth(&asker);
        let view = lab.view(fault, &asker, &Subs::Everywhere);
        let parts = [communities, members, records, rows, lists];
        for part in parts {
            part(&truth, &view).map_err(|why| format!("{}: {why}", lab.place(&asker)))?;
        }
        count(figures, "views compared with the oracle");
    }
    Ok(())
}

fn expect<T: Ord + std::fmt::Debug>(what: &str, shown: &BTreeSet<T>, right: &BTreeSet<T>) -> Result<(), String> {
    if let Some(one) = shown.difference(right).next() {
        return Err(format!("{what}: shows {one:?}"));
    }
    right.difference(shown).next().map_or(Ok(()), |one| Err(format!("{what}: does not show {one:?}")))
}

fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn communities(truth: &Truth<'_>, view: &View) -> Result<(), String> {
    let shown: BTreeSet<String> = view.of("community").map(|entry| id(&entry["k"]["id"])).collect();
    let all = truth.whole.communities.keys();
    expect("communities", &shown, &all.clone().filter(|id| truth.sees_community(id)).cloned().collect())?;
    let granted =
        view.of("community").filter(|entry| entry["v"].get("grants").is_some()).map(|entry| id(&entry["k"]["id"]));
    expect("grants", &granted.collect(), &all.filter(|id| truth.sees_grants(id)).cloned().collect())?;
    for entry in view.of("community") {
        let community = &truth.whole.communities[&id(&entry["k"]["id"])];
        let named = entry["missing"].as_array().is_some_and(|list| list.contains(&json!(["grants"])));
        if entry["v"]["title"] != community.title.as_str() || named == entry["v"].get("grants").is_some() {
            return Err(format!("a title is wrong, or grants are neither shown nor missing: {entry}"));
        }
    }
    Ok(())
}

fn members(truth: &Truth<'_>, view: &View) -> Result<(), String> {
    let shown = view.of("membership").filter(|entry| entry["v"].get("role").is_some());
    let shown = shown.map(|entry| (id(&entry["k"]["community"]), id(&entry["k"]["user"]))).collect();
    let all = truth.whole.members.keys().filter(|(community, user)| truth.sees_member(community, *user));
    expect("members", &shown, &all.map(|(community, user)| (community.clone(), user.to_string())).collect())
}

fn records(truth: &Truth<'_>, view: &View) -> Result<(), String> {
    let right = truth.whole.records.keys().filter(|id| truth.reads(id)).cloned().collect();
    expect("records", &view.records(), &right)?;
    for entry in view.of("record") {
        let record = &truth.whole.records[&id(&entry["k"]["id"])];
        let Shown { title, rec, withheld } = truth.shown(record);
        let value = &entry["v"];
        let secondary: BTreeSet<String> =
            value["oarepo:secondaryCommunities"].as_array().into_iter().flatten().map(id).collect();
        let primary = value["oarepo:primaryCommunity"].as_str().unwrap_or_default();
        let named = ["oarepo:primaryCommunity", "oarepo:secondaryCommunities"]
            .map(|field| entry["missing"].as_array().is_some_and(|list| list.contains(&json!([field]))));
        let right = value["title"] == title.as_str()
            && primary == rec.primary
            && secondary == rec.secondary.into_iter().collect()
            && value["oarepo:recordStatus"].as_str() == rec.state.as_deref()
            && named == withheld;
        if !right {
            return Err(format!("not the record as it should be shown: {entry} for {record:?}"));
        }
    }
    Ok(())
}

/// Only rows there are, and of nobody else.
fn rows(truth: &Truth<'_>, view: &View) -> Result<(), String> {
    let right: Vec<Value> = truth.whole.rows.iter().filter(|row| truth.speaks(row)).map(row_value).collect();
    let odd = view.of("access").find(|entry| !right.contains(&entry["v"]));
    odd.map_or(Ok(()), |entry| Err(format!("a row that is not for this subject: {entry}")))
}

/// What access lists come to, of every record that is shown and of what is yet to be made; and nothing of who is on them.
fn lists(truth: &Truth<'_>, view: &View) -> Result<(), String> {
    if truth.whole.lists.is_none() {
        return Ok(());
    }
    let told = |entry: Option<&Value>| entry.map_or(Value::Null, |entry| entry["acls"].clone());
    let right = |is: Listings, right: Listings, what: &str| {
        if is == right { Ok(()) } else { Err(format!("lists, {what}: {is:?} instead of {right:?}")) }
    };
    for entry in view.of("record") {
        let id = id(&entry["k"]["id"]);
        let (told, record) = (told(Some(entry)), &truth.whole.records[&id]);
        let now = Asked::of(&id, record);
        right(whatever(&told, false), truth.listings(Asked::whatever(Some(&id))), &id)?;
        let mut as_it_is = whatever(&told, true);
        as_it_is.retain(|(state, ..), _| *state == now.state);
        right(as_it_is, truth.listings(now), &format!("{id} as it is"))?;
    }
    right(whatever(&told(view.of("acl").next()), false), truth.listings(Asked::whatever(None)), "yet to be made")
}

/// What is told, state by state; with what is told of the record as it is.
fn whatever(told: &Value, now: bool) -> Listings {
    let mut found = Listings::new();
    for (state, operation) in STATES.into_iter().flat_map(|state| operations().into_iter().map(move |op| (state, op))) {
        let said = if told["in"][state].is_null() { &told["any"] } else { &told["in"][state] };
        let exact = &told["now"][state][operation];
        let words = if now && !exact.is_null() { exact } else { &said[operation] };
        for word in words.as_array().into_iter().flatten() {
            let word = word.as_str().unwrap();
            found.insert((state, operation, word.starts_with("deny")), (!word.ends_with('?')).then_some(true));
        }
    }
    found
}
