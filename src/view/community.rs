//! A community as one subject sees it.

use serde::Serialize;

use crate::facts::{Community, Key, RowSubject};
use crate::model::{Attributes, Map, Set, Table, Value};
use crate::policy::Ask;
use crate::terms::Answer;

/// What is shown of a community to those who may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommunityView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The label of its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The host's own description of it.
    pub metadata: Value,
    /// `self`.
    pub links: Map<String, Value>,
    /// Its settings, each at its address: what holds, said or not. Whoever sees a community sees them.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
    /// Who deleted it, when and why, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Value>,
    /// Who may do what, by the action's name in access rows: roles, and the system roles that stand for `any` and
    /// `author`. Only for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Table<Set<String>>>,
}

impl CommunityView {
    /// What the subject sees, none if that is nothing, or the facts that are missing. `whole` asks for `actions` too.
    pub fn new(ask: &Ask<'_>, id: &str, base: &str, whole: bool) -> Result<Option<Self>, Vec<Key>> {
        let policy = ask.policy;
        let door = &policy.community;
        let target = Attributes::target(id, &policy.states);
        let ask = &ask.about_community();
        match ask.evaluate(&door.read, &target) {
            Answer::Unknown => return Err(ask.gaps(&door.read, &target)),
            Answer::Deny => return Ok(None),
            Answer::Allow => {}
        }
        let facts = ask.identity.facts();
        let Some(found) = facts.communities.get(id) else {
            if facts.absent(crate::terms::Relation::Community, id) {
                return Ok(None);
            }
            return Err(vec![Key::Community { id: id.to_string(), field: None }]);
        };
        let actions = match (whole, ask.evaluate(&door.actions, &target)) {
            (true, Answer::Unknown) => return Err(ask.gaps(&door.actions, &target)),
            (true, Answer::Allow) => Some(granted(ask, id)?),
            _ => None,
        };
        let text = |key: &str| found.entity.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let kind = text("type");
        let mut links = Map::new();
        let own = format!("{}/communities/{}", base.trim_end_matches('/'), super::links::encode(id));
        links.insert("self".to_string(), Value::from(own));
        Ok(Some(Self {
            id: id.to_string(),
            title: text("title"),
            kind: door.types.get(&kind).cloned().unwrap_or(kind),
            metadata: found.entity.get("metadata").cloned().unwrap_or_else(|| Value::Object(Map::new())),
            links,
            settings: settings(ask, found),
            deletion: found.entity.get("deletion").cloned(),
            actions,
        }))
    }
}

/// Parts of a view by their names; a setting that stands in one of them is seen there.
const OWN: [&str; 7] = ["id", "title", "type", "metadata", "links", "deletion", "actions"];

/// What holds of each setting, at its address.
fn settings(ask: &Ask<'_>, found: &Community) -> Map<String, Value> {
    let entity = Value::Object(found.entity.clone());
    let mut all = Value::Object(Map::new());
    for setting in &ask.policy.community.settings {
        let said = setting.at.get(&entity).cloned().or_else(|| setting.default.as_deref().map(Value::from));
        if let Some(value) = said
            && setting.at.keys().first().is_some_and(|first| !OWN.contains(&first.as_str()))
        {
            // Of two settings where one stands inside the other, the first is shown.
            _ = setting.at.set(&mut all, value);
        }
    }
    match all {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Who may do what in a community: its grants, and the allow rows that cover it.
fn granted(ask: &Ask<'_>, id: &str) -> Result<Table<Set<String>>, Vec<Key>> {
    let (policy, facts) = (ask.policy, ask.identity.facts());
    let anyone = policy.naming.anonymous.first().map_or("any", String::as_str);
    let author = policy.naming.author.as_deref().unwrap_or("author");
    let mut found: Table<Set<String>> = Table::default();
    let Some(grants) = facts.communities.get(id).and_then(|community| community.grants.as_ref()) else {
        return Err(vec![Key::Community { id: id.to_string(), field: Some("grants") }]);
    };
    for (role, actions) in grants.iter() {
        let who = match role {
            "any" => anyone,
            "author" => author,
            role => role,
        };
        for action in actions.iter() {
            found.change(&policy.naming.need(action), |names| _ = names.insert(who.to_string()));
        }
    }
    for action in &policy.actions {
        let need = policy.naming.need(action);
        if !facts.access_complete(&need, None, Some(id)) {
            // Every action is asked about, so all rows at once save a host the rounds.
            return Err(vec![Key::Access { action: None }]);
        }
        let rows = facts.access.get(&need).into_iter().flatten();
        for row in rows.filter(|row| !row.exclude && row.covers(Some(id))) {
            let who = match &row.subject {
                RowSubject::Role(name) => match policy.naming.parse(name) {
                    Some((community, role)) if community == id => role,
                    _ => continue,
                },
                RowSubject::SystemRole(name) => name,
                RowSubject::User(_) => continue,
            };
            found.change(&need, |names| _ = names.insert(who.to_string()));
        }
    }
    Ok(found)
}
