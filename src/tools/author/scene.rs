//! A situation as a question with facts, in the form that `check` takes: what is found out about a policy can be asked again.

use serde_json::{Map, Value};

use super::acls::{RECORD, said_schema};
use super::axis::{Axis, Choice, Slot, What};
use super::side::{Side, kept};
use crate::facts::grants_value;
use crate::model::{Address, Field, FieldKind, Said, object, texts};

/// The subject's id, and that of somebody else. Numbers, because some policies read no others.
const SUBJECT: i64 = 1;
const OTHER: i64 = 2;
/// A role the subject has, and one it has not.
const ITS_ROLE: &str = "a-role";
const OTHER_ROLE: &str = "another-role";
/// The moment of the question, and one before and after it.
const NOW: i64 = 1_893_456_000_000;
const PAST: &str = "2000-01-01";
const FUTURE: &str = "2100-01-01";

/// A question with the facts it is asked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// For `check`.
    pub evaluation: Value,
    /// For `check`.
    pub facts: Value,
}

/// One value of each axis.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The axes.
    pub axes: &'a [Axis],
    /// The values, by their numbers.
    pub values: &'a [usize],
}

impl Situation<'_> {
    pub(super) fn each(&self) -> impl Iterator<Item = (&What, &Choice)> {
        let chosen = self.axes.iter().zip(self.values);
        chosen.filter_map(|(axis, value)| Some((&axis.what, axis.values.get(*value)?)))
    }

    /// How a thing is; the ordinary way if rules do not look at it.
    pub fn get(&self, what: &What) -> Option<&Choice> {
        self.each().find(|(own, _)| *own == what).map(|(_, choice)| choice)
    }

    fn there(&self, slot: &Slot) -> bool {
        match self.get(&What::There(slot.clone())) {
            None => *slot == Slot::Primary,
            Some(choice) => *choice != Choice::None,
        }
    }

    pub(super) fn id(&self) -> Option<Value> {
        match self.get(&What::Who) {
            None | Some(Choice::User) => Some(Value::from(SUBJECT)),
            Some(Choice::Named(id)) => Some(Value::from(id.as_str())),
            _ => None,
        }
    }

    /// The situation as a side's policy understands it; words it does not know are left out.
    pub fn scene(&self, side: &Side, action: &str) -> Scene {
        let mut record = Value::Object(Map::new());
        let new = action == "create";
        if !side.of_communities() {
            self.write_record(side, new, &mut record);
        }
        let lists = if new { None } else { self.lists(side) };
        let made = new && self.there(&Slot::Primary) && kept(&side.kind().fields.primary);
        let about = match (side.of_communities(), made) {
            (true, _) => ("id", Value::from(Slot::Primary.id())),
            (_, true) => ("community", Value::from(Slot::Primary.id())),
            _ => ("properties", record),
        };
        let mut resource = vec![("type", Value::from(side.kind().key.as_str())), about];
        resource.extend(lists.as_ref().map(|_| ("id", Value::from(RECORD))));
        let evaluation = object(vec![
            ("subject", self.subject(side)),
            ("action", Value::from(action)),
            ("resource", object(resource)),
        ]);
        Scene { evaluation, facts: self.facts(side, lists) }
    }

    fn subject(&self, side: &Side) -> Value {
        let mut fields = Vec::new();
        let mut properties: Vec<(&str, Value)> = Vec::new();
        let mut system_roles = Vec::new();
        let mut roles = Vec::new();
        let mut links = Vec::new();
        for (what, choice) in self.each() {
            match (what, choice) {
                (What::Role(name), Choice::There) => roles.push(name.clone()),
                (What::SystemRole(name), Choice::There) => system_roles.push(name.clone()),
                (What::Field(name), Choice::Subject) if side.field(name).is_some_and(names_roles) => {
                    roles.push(ITS_ROLE.to_string());
                }
                (What::Field(name), Choice::Level(..)) if side.field(name).is_some_and(holds_links) => {
                    links.push(link(name));
                }
                _ => {}
            }
        }
        match self.id() {
            Some(id) => {
                fields.extend([("type", Value::from("user")), ("id", id)]);
                properties.push(("roles", texts(&roles)));
            }
            None if self.get(&What::Who) == Some(&Choice::System) => {
                return object(vec![("type", Value::from("system"))]);
            }
            None => fields.push(("type", Value::from("anonymous"))),
        }
        if !system_roles.is_empty() {
            properties.push(("system_roles", texts(&system_roles)));
        }
        if !links.is_empty() {
            properties.push(("links", texts(&links)));
        }
        if !properties.is_empty() {
            fields.push(("properties", object(properties)));
        }
        object(fields)
    }

    /// One that is to be made has no state and no owner yet.
    fn write_record(&self, side: &Side, new: bool, record: &mut Value) {
        let fields = &side.kind().fields;
        let mut put = |at: &Address, value: Value| {
            // A place that runs through another's value cannot be written; the engine then sees what it would see.
            if kept(at) {
                let _ = at.set(record, value);
            }
        };
        if let Some((at, schema)) = said_schema(side) {
            put(at, Value::from(schema));
        }
        if self.there(&Slot::Primary) {
            put(&fields.primary, Value::from(Slot::Primary.id()));
        }
        if new {
            return;
        }
        if self.there(&Slot::Secondary) {
            put(&fields.secondary, texts(&[Slot::Secondary.id()]));
        }
        if let Some(Choice::Word(state)) = self.get(&What::State)
            && side.policy().states.find(state).is_some()
        {
            put(&fields.state, Value::from(state.as_str()));
        }
        let owner = match self.get(&What::Owner) {
            Some(Choice::Subject) => self.id(),
            Some(Choice::None) => None,
            _ => side.has_owners().then(|| Value::from(OTHER)),
        };
        if let Some(owner) = owner {
            let text = owner.as_str().map_or_else(|| owner.to_string(), str::to_string);
            put(&fields.owners, fields.owner_form.written(&text, |id| object(vec![("user", id)])));
        }
        for (_, field, at) in fields.placed() {
            if let Some(value) = self.field_value(side, field) {
                put(at, value);
            }
        }
    }

    /// What stands in a named field; none where nothing does.
    fn field_value(&self, side: &Side, field: &Field) -> Option<Value> {
        if let FieldKind::Community { .. } = field.kind {
            let slot = Slot::Field(field.name.clone());
            return self.there(&slot).then(|| Value::from(slot.id()));
        }
        let choice = self.get(&What::Field(field.name.clone()))?;
        let one = |value: Value| Some(Value::Array(vec![value]));
        match (&field.kind, choice) {
            (FieldKind::Word { values, default, said }, Choice::Word(word)) => {
                let place = values.iter().position(|own| own == word)?;
                let usual = default.as_ref() == Some(word);
                match said {
                    Said::Word => (!usual).then(|| Value::from(word.as_str())),
                    Said::Size => Some(Value::Array(vec![Value::from(OTHER); place])),
                    Said::Count => Some(Value::from(place)),
                }
            }
            (FieldKind::Users, Choice::Other) => one(Value::from(OTHER)),
            (FieldKind::Users, Choice::Subject) => one(self.id()?),
            (FieldKind::Roles | FieldKind::SystemRoles, Choice::Other) => one(Value::from(OTHER_ROLE)),
            (FieldKind::Roles, Choice::Subject) => one(Value::from(ITS_ROLE)),
            (FieldKind::SystemRoles, Choice::Word(role)) => one(Value::from(role.as_str())),
            (FieldKind::Holders { .. }, Choice::Other) => Some(object(vec![("users", one(Value::from(OTHER))?)])),
            (FieldKind::Holders { .. }, Choice::Subject) => Some(object(vec![("users", one(self.id()?)?)])),
            (FieldKind::Holders { .. }, Choice::Everybody) => {
                Some(object(vec![("systemroles", one(everybody(side)?)?)]))
            }
            (FieldKind::Moment, Choice::Past) => Some(Value::from(PAST)),
            (FieldKind::Moment, Choice::Future) => Some(Value::from(FUTURE)),
            (FieldKind::Grants(_), Choice::Level(level, to)) => {
                let (kind, id) = match to.as_ref() {
                    Choice::Everybody => ("system_role", everybody(side)?),
                    _ => ("user", self.id()?),
                };
                let subject = object(vec![("type", Value::from(kind)), ("id", id)]);
                one(object(vec![("subject", subject), ("permission", Value::from(level.as_str()))]))
            }
            (FieldKind::Links(_), Choice::Level(level, _)) => {
                one(object(vec![("id", Value::from(link(&field.name))), ("permission", Value::from(level.as_str()))]))
            }
            _ => None,
        }
    }

    fn facts(&self, side: &Side, lists: Option<Value>) -> Value {
        let mut communities: Vec<(String, Value)> = Vec::new();
        let mut memberships = Vec::new();
        let mut access = Vec::new();
        let mut slots = vec![Slot::Primary, Slot::Secondary];
        slots.extend(side.kind().fields.named.iter().map(|field| Slot::Field(field.name.clone())));
        for slot in slots.into_iter().filter(|slot| self.there(slot)) {
            communities.push((slot.id(), self.community(side, &slot)));
            if let Some(Choice::Roles(roles)) = self.get(&What::Holds(slot.clone()))
                && let Some(user) = self.id()
            {
                let words = &side.engine.policy().words;
                for role in roles.iter().filter(|role| words.roles.contains(*role) || words.pending.contains(*role)) {
                    let row = vec![
                        ("community", Value::from(slot.id())),
                        ("user", user.clone()),
                        ("role", Value::from(role.as_str())),
                    ];
                    memberships.push(object(row));
                }
            }
        }
        for (what, choice) in self.each() {
            let (need, whom) = match what {
                What::Rows(need) => (need, self.id().map(|id| ("user", id))),
                What::AuthorRows(need) => {
                    let author = side.policy().naming.author.as_deref();
                    (need, author.map(|author| ("system_role", Value::from(author))))
                }
                _ => continue,
            };
            let (Some(whom), true) = (whom, matches!(choice, Choice::Allow | Choice::Deny)) else { continue };
            let mut row = vec![("action", Value::from(need.as_str()))];
            if *choice == Choice::Deny {
                row.push(("exclude", Value::Bool(true)));
            }
            row.push(whom);
            access.push(object(row));
        }
        let communities = communities.iter().map(|(id, value)| (id.as_str(), value.clone())).collect();
        let mut facts = vec![("communities", object(communities))];
        for (section, rows) in [("memberships", memberships), ("access", access)] {
            if !rows.is_empty() {
                facts.push((section, Value::Array(rows)));
            }
        }
        facts.extend(lists.map(|lists| ("acls", lists)));
        if self.each().any(|(_, choice)| matches!(choice, Choice::Past | Choice::Future)) {
            facts.push(("time", Value::from(NOW)));
        }
        facts.push(("complete", Value::Bool(true)));
        object(facts)
    }

    fn community(&self, side: &Side, slot: &Slot) -> Value {
        let mut entity = object(vec![("grants", grants_value(side.grants()))]);
        let mut put = |at: &Address, word: &str| {
            let _ = at.set(&mut entity, Value::from(word));
        };
        // What holds where nothing is set need not be set.
        for (axis, value) in self.axes.iter().zip(self.values).filter(|(_, value)| **value != 0) {
            if let (What::Setting(own, at), Some(Choice::Word(word))) = (&axis.what, axis.values.get(*value))
                && own == slot
            {
                put(at, word);
            }
        }
        if *slot == Slot::Primary {
            for (at, word) in &side.fixed.settings {
                put(at, word);
            }
        }
        if let (Some(deleted), Some(Choice::Deleted)) =
            (&side.policy().naming.deleted, self.get(&What::There(slot.clone())))
            && let Some(word) = deleted.values.first()
        {
            put(&deleted.at, word);
        }
        if side.of_communities()
            && *slot == Slot::Primary
            && let Some(Choice::Word(state)) = self.get(&What::State)
            && side.policy().states.find(state).is_some()
        {
            put(&side.kind().fields.state, state);
        }
        if side.of_communities() && *slot == Slot::Primary {
            for (_, field, at) in side.kind().fields.placed() {
                if let Some(value) = self.field_value(side, field) {
                    let _ = at.set(&mut entity, value);
                }
            }
        }
        entity
    }
}

/// The id of the link in a field.
fn link(field: &str) -> String {
    format!("of-{field}")
}

/// A system role that everybody has.
fn everybody(side: &Side) -> Option<Value> {
    side.policy().naming.anonymous.first().map(|role| Value::from(role.as_str()))
}

fn names_roles(field: &Field) -> bool {
    field.kind == FieldKind::Roles
}

fn holds_links(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Links(_))
}
