//! Reading an operation.

use super::evaluation::{Found, Target};
use super::members::{self, MEMBER_CALLS};
use crate::acl::Acl;
use crate::admin::{AclAct, AclCall, CommunityAct, CommunityChange, GrantChange, MemberCall, NewCommunity, Said};
use crate::facts::Facts;
use crate::model::{Address, At, Error, Map, Reader, Subject, Value, id_of, listed};
use crate::policy::{Policy, RecordType};
use crate::terms::ErrorCode;
use crate::view::LinkOptions;
use crate::workflow::FieldChange;

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Call<'a> {
    /// Read a record.
    Read(Target<'a>, LinkOptions),
    /// Make a record.
    Create {
        /// Its type; the policy's first if none is named.
        kind: &'a RecordType,
        /// Its id.
        id: String,
        /// The community of the path; left out, the one its document names, or none.
        community: Option<String>,
        /// Its document.
        record: Value,
        /// For the links of what is answered.
        links: LinkOptions,
    },
    /// Change a record's fields.
    Update(Target<'a>, Vec<FieldChange>),
    /// Run a transition.
    Transition {
        /// Of what.
        target: Target<'a>,
        /// Which.
        name: String,
        /// Its parameters.
        params: Map<String, Value>,
        /// For the links of what is answered.
        links: LinkOptions,
    },
    /// Look at a community; with the prefix of links.
    ReadCommunity(String, String),
    /// Look at all communities the subject may know of; with the prefix of links.
    ListCommunities(String),
    /// Make a community.
    CreateCommunity(NewCommunity),
    /// Change grants.
    Grants(GrantChange),
    /// Change members.
    Members(MemberCall),
    /// Look at the members of a community.
    ListMembers(String),
    /// Change a community's settings, delete it, bring it back.
    Community(CommunityChange),
    /// Make, change, remove an access list, or look at it.
    Acl(AclCall),
    /// Look at all access lists the subject may manage.
    ListAcls,
}

const OPERATIONS: &str = "read, create, update, transition, read_community, list_communities, create_community, import_community, update_community, \
     delete_community, restore_community, allow, deny, list_members, create_acl, update_acl, delete_acl, read_acl, list_acls";

impl<'a> Call<'a> {
    /// Reads a call and who makes it.
    pub fn read(value: &Value, policy: &'a Policy, facts: &Facts) -> Result<(Subject, Self), Error> {
        let at = At::Root("call");
        let mut reader = Reader::new();
        let found = Self::parse(value, policy, facts, &at, &mut reader);
        reader.faults.give(found)
    }

    fn parse(
        value: &Value,
        policy: &'a Policy,
        facts: &Facts,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<(Subject, Self)> {
        let map = reader.object(value, at)?;
        let operation = reader.required(map, "do", at)?;
        let operation = reader.text(operation, &at.key("do"))?;
        let known: &[&str] = match operation {
            "read" => &["do", "subject", "resource", "links"],
            "create" => &["do", "subject", "type", "id", "community", "record", "links"],
            "update" => &["do", "subject", "resource", "set"],
            "transition" => &["do", "subject", "resource", "transition", "params", "links"],
            "read_community" => &["do", "subject", "id", "base"],
            "list_communities" => &["do", "subject", "base"],
            "create_community" => &["do", "subject", "id", "title", "type", "metadata", "settings", "via"],
            "import_community" => &["do", "subject", "id", "title", "type", "metadata", "settings", "variant", "via"],
            "update_community" => &["do", "subject", "id", "set"],
            "delete_community" => &["do", "subject", "id", "reason"],
            "restore_community" => &["do", "subject", "id"],
            "allow" | "deny" => &["do", "subject", "community", "role", "actions"],
            "list_members" => &["do", "subject", "community"],
            "create_acl" | "update_acl" => &["do", "subject", "id", "acl"],
            "delete_acl" | "read_acl" => &["do", "subject", "id"],
            "list_acls" => &["do", "subject"],
            _ => match MEMBER_CALLS.iter().find(|(name, _)| *name == operation) {
                Some((_, known)) => known,
                None => {
                    let members = listed(MEMBER_CALLS.iter().map(|(name, _)| *name));
                    let message = format!("one of: {OPERATIONS}, {members}");
                    reader.faults.add(ErrorCode::Malformed, &at.key("do"), message);
                    return None;
                }
            },
        };
        reader.object_of(value, at, known)?;
        let mut field = |key: &str| {
            let found = map.get(key);
            if found.is_none() {
                let message = match key {
                    "variant" => "name the variant that the settings were said in; what a word means is not guessed",
                    _ => "must be given",
                };
                reader.faults.add(ErrorCode::MissingField, &at.key(key), message);
            }
            found
        };
        let subject = field("subject")?;
        let given: Vec<Option<&Value>> = match operation {
            "create" => vec![field("id"), field("record")],
            "list_members" => vec![field("community")],
            "read_community" | "delete_community" | "restore_community" => vec![field("id")],
            "update_community" => vec![field("id"), field("set")],
            "create_acl" | "update_acl" => vec![field("id"), field("acl")],
            "delete_acl" | "read_acl" => vec![field("id")],
            "list_communities" | "list_acls" => Vec::new(),
            _ if MEMBER_CALLS.iter().any(|(name, _)| *name == operation) => Vec::new(),
            "create_community" => vec![field("id"), field("title")],
            // What a word means is never guessed.
            "import_community" => vec![field("id"), field("title"), field("variant")],
            "allow" | "deny" => vec![field("community"), field("role"), field("actions")],
            "transition" => vec![field("resource"), field("transition")],
            "update" => vec![field("resource"), field("set")],
            _ => vec![field("resource")],
        };
        let given: Vec<&Value> = given.into_iter().collect::<Option<_>>()?;
        let subject = Subject::read(subject, &at.key("subject"), reader)?;
        let links = read_links(map.get("links"), &at.key("links"), reader)?;
        let call = match (operation, given.as_slice()) {
            ("read", [resource]) => {
                Self::Read(Target::read(resource, policy, facts, &at.key("resource"), reader)?, links)
            }
            ("create", [id, record]) => {
                let kind = read_type(map.get("type"), policy, &at.key("type"), reader)?;
                let id = reader.user_id(id, &at.key("id"))?;
                let community = match map.get("community") {
                    Some(value) => Some(reader.user_id(value, &at.key("community"))?),
                    None => kind.fields.primary.get(record).and_then(id_of),
                };
                Self::Create { kind, id, community, record: (*record).clone(), links }
            }
            ("update", [resource, set]) => {
                let target = Target::read(resource, policy, facts, &at.key("resource"), reader)?;
                named(&target, at, reader)?;
                Self::Update(target, read_changes(set, &at.key("set"), reader)?)
            }
            ("transition", [resource, name]) => {
                let target = Target::read(resource, policy, facts, &at.key("resource"), reader)?;
                named(&target, at, reader)?;
                let name = reader.text(name, &at.key("transition"))?.to_string();
                let params = match map.get("params") {
                    Some(value) => reader.object(value, &at.key("params"))?.clone(),
                    None => Map::new(),
                };
                Self::Transition { target, name, params, links }
            }
            ("list_acls", []) => Self::ListAcls,
            ("delete_acl" | "read_acl", [id]) => {
                let act = if operation == "read_acl" { AclAct::Read } else { AclAct::Delete };
                Self::Acl(AclCall { id: reader.user_id(id, &at.key("id"))?, act })
            }
            ("create_acl" | "update_acl", [id, acl]) => {
                let id = reader.user_id(id, &at.key("id"));
                let at = at.key("acl");
                let Some(settings) = &policy.acls else {
                    reader.faults.add(ErrorCode::UnknownField, &at, "this policy has no access lists");
                    return None;
                };
                let id = id?;
                let acl = Box::new(Acl::read(&id, acl, settings, &at, reader)?);
                let act = if operation == "create_acl" { AclAct::Create(acl) } else { AclAct::Update(acl) };
                Self::Acl(AclCall { id, act })
            }
            ("list_members", [id]) => Self::ListMembers(reader.user_id(id, &at.key("community"))?),
            ("read_community", [id]) => {
                Self::ReadCommunity(reader.user_id(id, &at.key("id"))?, read_base(map, at, reader)?)
            }
            ("update_community", [id, set]) => Self::Community(CommunityChange {
                id: reader.user_id(id, &at.key("id"))?,
                what: CommunityAct::Update(read_changes(set, &at.key("set"), reader)?),
            }),
            ("delete_community", [id]) => {
                let reason = match map.get("reason") {
                    Some(value) => Some(reader.text(value, &at.key("reason"))?.to_string()),
                    None => None,
                };
                let id = reader.user_id(id, &at.key("id"))?;
                Self::Community(CommunityChange { id, what: CommunityAct::Delete { reason } })
            }
            ("restore_community", [id]) => {
                let id = reader.user_id(id, &at.key("id"))?;
                Self::Community(CommunityChange { id, what: CommunityAct::Restore })
            }
            ("list_communities", []) => Self::ListCommunities(read_base(map, at, reader)?),
            ("create_community" | "import_community", _) => Self::CreateCommunity(new_community(map, at, reader)?),
            (operation, []) => Self::Members(members::read(operation, map, &subject, &policy.words, at, reader)?),
            (word, [community, role, actions]) => Self::Grants(GrantChange {
                community: reader.user_id(community, &at.key("community"))?,
                role: policy.words.role(reader.name(role, &at.key("role"))?),
                actions: reader.names(actions, &at.key("actions"))?,
                allow: word == "allow",
            }),
            _ => return None,
        };
        Some((subject, call))
    }
}

/// A community to be. Of one that comes from elsewhere the variant of its settings is named.
fn new_community(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<NewCommunity> {
    let mut text = |key: &str| match map.get(key) {
        Some(value) => reader.text(value, &at.key(key)).map(|text| Some(text.to_string())),
        None => Some(None),
    };
    let (id, title, kind) = (text("id")?.unwrap_or_default(), text("title")?.unwrap_or_default(), text("type")?);
    let (via, variant) = (text("via")?.unwrap_or_else(|| "api".to_string()), text("variant")?);
    let mut object = |key: &str| match map.get(key) {
        Some(value) => reader.object(value, &at.key(key)).cloned(),
        None => Some(Map::new()),
    };
    let (metadata, settings) = (object("metadata")?, object("settings")?);
    Some(NewCommunity { id, title, kind, metadata, via, said: Said { settings, variant } })
}

/// The prefix of links.
fn read_base(map: &Map<String, Value>, at: &At<'_>, reader: &mut Reader) -> Option<String> {
    match map.get("base") {
        Some(value) => reader.text(value, &at.key("base")).map(str::to_string),
        None => Some(String::new()),
    }
}

/// What is written must have a name.
fn named(target: &Target<'_>, at: &At<'_>, reader: &mut Reader) -> Option<()> {
    if matches!(target.found, Found::Document(_)) && target.attributes.id.is_none() {
        reader.faults.add(ErrorCode::MissingField, &at.key("resource").key("id"), "must be given");
        return None;
    }
    Some(())
}

fn read_type<'a>(
    value: Option<&Value>,
    policy: &'a Policy,
    at: &At<'_>,
    reader: &mut Reader,
) -> Option<&'a RecordType> {
    let Some(value) = value else { return policy.default_type() };
    let found = policy.record_type(reader.text(value, at)?);
    if found.is_none() {
        let known = listed(policy.types.iter().map(|kind| kind.key.as_str()));
        reader.faults.add(ErrorCode::UnknownType, at, format!("unknown record type; known: {known}"));
    }
    found
}

fn read_links(value: Option<&Value>, at: &At<'_>, reader: &mut Reader) -> Option<LinkOptions> {
    let Some(value) = value else { return Some(LinkOptions::default()) };
    let map = reader.object_of(value, at, &["base", "links", "item"])?;
    let mut text = |name: &str| match map.get(name) {
        Some(value) => Some(reader.text(value, &at.key(name))?.to_string()),
        None => Some(String::new()),
    };
    let (base, item) = (text("base")?, text("item")?);
    let own = match map.get("links") {
        Some(value) => reader.object(value, &at.key("links"))?.clone(),
        None => Map::new(),
    };
    Some(LinkOptions { base, own, item })
}

/// Reads a list of `{path, value}` and `{path, remove: true}`, or an object of top-level fields.
pub(crate) fn read_changes(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Vec<FieldChange>> {
    if let Value::Object(map) = value {
        return map
            .iter()
            .map(|(key, value)| {
                let keys = Value::Array(vec![Value::from(key.as_str())]);
                Some(FieldChange::Set(Address::read(&keys, &at.key(key), reader)?, value.clone()))
            })
            .collect();
    }
    let list = reader.list(value, at)?;
    list.iter()
        .enumerate()
        .map(|(index, entry)| {
            let at = at.index(index);
            let map = reader.object_of(entry, &at, &["path", "value", "remove"])?;
            let path = reader.required(map, "path", &at)?;
            let address = Address::read(path, &at.key("path"), reader)?;
            match (map.get("value"), map.get("remove")) {
                (Some(value), None) => Some(FieldChange::Set(address, value.clone())),
                (None, Some(Value::Bool(true))) => Some(FieldChange::Remove(address)),
                _ => {
                    let message = "a change has either `value`, or `remove: true`";
                    reader.faults.add(ErrorCode::Malformed, &at, message);
                    None
                }
            }
        })
        .collect()
}
