//! What a whole view shows of records, by the oracle: whose content, whose tombstone, and what only those who manage see.

use serde_json::{Value, json};

use super::lab::{Lab, Subs};
use super::sound::{Figures, count};
use crate::oracle::repository::world::Record;
use crate::oracle::repository::{act, library, read};

pub fn check(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    let world = &lab.whole.world;
    for visitor in lab.whole.visitors() {
        let view = lab.view(&visitor, &Subs::Everywhere);
        for (id, record) in &lab.whole.records {
            let entry =
                view.entries.iter().find(|entry| entry["k"]["relation"] == "record" && entry["k"]["id"] == **id);
            let fail = |what: &str| Err(format!("{} {id}: {what}; {record:?}", lab.place(&visitor)));
            let (content, known) = (read::content(world, &visitor, record), read::knows(world, &visitor, record));
            let Some(entry) = entry else {
                if content {
                    return fail("is not shown");
                }
                continue;
            };
            if !known {
                return fail("is shown");
            }
            count(figures, if content { "content shown" } else { "tombstones shown" });
            let value = &entry["v"];
            if !content && (value.get("title").is_some() || value.get("files").is_some()) {
                return fail("a tombstone shows content");
            }
            if content && value["title"].is_null() {
                return fail("shows no title");
            }
            // What is deleted is managed by nobody, but who did still sees it.
            let alive = Record { state: Some("published".to_string()), ..record.clone() };
            let manages = act::manage(world, &visitor, record) || (content && act::manage(world, &visitor, &alive));
            for path in ["/access/grants", "/access/links", "/_access/read"] {
                let shown = value.pointer(path).is_some_and(|list| *list != json!([]) && *list != json!({}));
                if shown && !manages {
                    return fail(&format!("shows {path} to who does not manage it"));
                }
                count(figures, if shown { "shown to who manages" } else { "not shown" });
            }
            let named = |community: &String| value.to_string().contains(&format!("\"{community}\""));
            let hidden = |community: &&String| !act::sees_community(world, &visitor, community);
            let ids = record.primary.iter().chain(&record.secondary).chain(record.review.iter().map(|r| &r.community));
            if let Some(community) = ids.filter(hidden).find(|id| named(id)) {
                return fail(&format!("names the hidden community {community}: {entry}"));
            }
        }
        for (id, thing) in &lab.whole.things {
            let entry =
                view.entries.iter().find(|entry| entry["k"]["relation"] == "record" && entry["k"]["id"] == **id);
            let content = library::reads(world, &visitor, thing);
            let value = entry.map_or(&Value::Null, |entry| &entry["v"]);
            let named = ["/_access", "/document/_access", "/access/grants", "/access/links"];
            let told = named.iter().any(|path| value.pointer(path).is_some_and(|v| *v != json!([]) && *v != json!({})));
            let wrong = (entry.is_none() && content)
                || (entry.is_some() && !library::knows(world, &visitor, thing))
                || content == value["title"].is_null()
                || (told && !library::manages(world, &visitor, thing));
            if wrong {
                return Err(format!("{} {id}: shown {value}; {thing:?}", lab.place(&visitor)));
            }
            count(figures, if content { "of the library shown" } else { "of the library not shown" });
        }
    }
    Ok(())
}
