//! Operations: `step(call, facts)` says which facts it needs, or what is done. The host looks up what is needed and
//! calls again (three rounds are enough), then writes the changes at the revision of the facts, all or none.

use serde::Serialize;

use super::evaluation::{Found, Target};
use super::{Call, Engine};
use crate::admin::{
    AclAct, MemberView, What, change_acl, change_community, change_grants, change_members, create_community, list_acls,
    list_keys, list_members, member_keys, membership_follows,
};
use crate::facts::{Change, EntityKey, Facts, HIDDEN, Key};
use crate::model::{Attributes, Error, Map, Set, Subject, Value};
use crate::policy::{Ask, Decision, Policy, Question, Rule, Shown, Shows};
use crate::terms::{Answer, Effect, ErrorCode, Relation};
use crate::view::{CommunityView, LinkOptions, RecordView};
use crate::workflow::{self, After, Event, Refusal, Stop, Work};

/// What is left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum StepResult {
    /// Look these facts up and call again.
    Need {
        /// Their keys.
        wanted: Vec<Key>,
    },
    /// Nothing more is needed.
    Done(Box<Done>),
}

/// What was decided, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// `ok` or `refused`.
    pub outcome: &'static str,
    /// The HTTP status a door answers with.
    pub status: u16,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Refusal>,
    /// The decision behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What the host must write; empty if refused.
    pub changes: Vec<Change>,
    /// What listeners hear once that is written.
    pub events: Vec<Event>,
    /// The record as the subject sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<RecordView>,
    /// The community as the subject sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityView>,
    /// The communities the subject may know of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communities: Option<Vec<CommunityView>>,
    /// The members of a community, as the subject sees them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<MemberView>>,
    /// The access list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<Value>,
    /// The access lists the subject may manage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acls: Option<Vec<Value>>,
    /// Remarks.
    pub notes: Vec<String>,
    /// The revision the facts were read at: the one to commit at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl Done {
    fn ok(status: u16) -> Self {
        Self {
            outcome: "ok",
            status,
            error: None,
            decision: None,
            changes: Vec::new(),
            events: Vec::new(),
            view: None,
            community: None,
            communities: None,
            members: None,
            acl: None,
            acls: None,
            notes: Vec::new(),
            revision: None,
        }
    }
}

impl Engine {
    /// Takes a call one step.
    pub fn step(&self, call: &Value, facts: &Facts) -> Result<StepResult, Error> {
        let engine = self.for_call(call);
        engine.run(call, facts, &self.policy, true)
    }

    /// What a call comes to, without a view of it: a device has no need of one, and may not be shown all that it rests on.
    pub(crate) fn outcome(&self, call: &Value, facts: &Facts) -> Result<StepResult, Error> {
        let engine = self.for_call(call);
        engine.run(call, facts, &self.policy, false)
    }

    fn run(&self, call: &Value, facts: &Facts, main: &Policy, shown: bool) -> Result<StepResult, Error> {
        let (subject, call) = Call::read(call, &self.policy, facts)?;
        let mut ask = Ask::new(&self.policy, &subject, facts);
        let result = match &call {
            Call::Read(target, links) => {
                ask = ask.about(target.kind);
                read(&ask, target, links)
            }
            Call::Create { kind, id, community, record, links } => {
                ask = ask.about(kind);
                create(&ask, main, id, community.as_deref(), record, shown.then_some(links))
            }
            Call::Update(target, changes) => {
                ask = ask.about(target.kind);
                document(&ask, target).and_then(|document| {
                    let draft = workflow::update(&ask, target.kind, &target.attributes, document, changes)?;
                    let change = put_record(target, draft.document);
                    Ok(Done { changes: vec![change], ..Done::ok(200) })
                })
            }
            Call::Transition { target, name, params, links } => {
                ask = ask.about(target.kind);
                transition(&ask, main, &subject, target, name, params, shown.then_some(links))
            }
            Call::ReadCommunity(id, base) => read_community(&ask, id, base),
            Call::ListCommunities(base) => list_communities(&ask, base),
            Call::CreateCommunity(new) => {
                create_community(&ask, new).map(|(changes, events)| Done { changes, events, ..Done::ok(201) })
            }
            Call::Members(change) => {
                let made = matches!(change.what, What::Invite { .. } | What::Add { .. } | What::Request { .. });
                let status = if made { 201 } else { 200 };
                change_members(&ask, change).map(|changes| Done { changes, ..Done::ok(status) })
            }
            Call::ListMembers(id) => {
                list_members(&ask, id).map(|members| Done { members: Some(members), ..Done::ok(200) })
            }
            Call::Community(change) => {
                change_community(&ask, main, change).map(|changes| Done { changes, ..Done::ok(200) })
            }
            Call::Acl(change) => {
                let status = if matches!(change.act, AclAct::Create(_)) { 201 } else { 200 };
                change_acl(&ask, change).map(|(changes, acl)| Done { changes, acl, ..Done::ok(status) })
            }
            Call::ListAcls => list_acls(&ask).map(|acls| Done { acls: Some(acls), ..Done::ok(200) }),
            Call::Grants(change) => {
                change_grants(&ask, change).map(|(changes, notes)| Done { changes, notes, ..Done::ok(200) })
            }
        };
        let result = result.and_then(|mut done| {
            workflow::share(main, facts, &mut done.changes)?;
            nameable(facts, &done.changes)?;
            Ok(done)
        });
        let done = match result {
            Err(Stop::Need(wanted)) => return Ok(StepResult::Need { wanted: self.widen(&ask, &call, wanted) }),
            Err(Stop::Refused(error, decision)) => Done {
                outcome: "refused",
                decision: decision.map(|decision| *decision),
                status: error.status,
                error: Some(*error),
                ..Done::ok(0)
            },
            Ok(done) => done,
        };
        Ok(StepResult::Done(Box::new(Done { revision: facts.revision.clone(), ..done })))
    }
}

impl Engine {
    /// Adds what the call will look at later, so that a host needs few rounds: the record, then all that hangs on it.
    fn widen(&self, ask: &Ask<'_>, call: &Call<'_>, wanted: Vec<Key>) -> Vec<Key> {
        let every = || self.policy.action_ids().map(|action| self.policy.rule(action)).collect();
        let one = |name: &str| self.policy.action(name).map(|action| self.policy.rule(action)).into_iter().collect();
        let made = |community: &str| Attributes::target(community, &self.policy.states);
        let door = &self.policy.community;
        let mut all: Set<Key> = wanted.into_iter().collect();
        let (record, rules): (Attributes, Vec<&Rule>) = match call {
            // What is answered shows every action and the transitions that can be run.
            Call::Read(target, _) | Call::Transition { target, .. } => (target.attributes.clone(), every()),
            Call::Update(target, _) => (target.attributes.clone(), one("update")),
            Call::Create { kind, id, community, record, .. } => {
                // The lists that will speak of it, and its id, which must be free.
                let (facts, id) = (ask.identity.facts(), id.as_str());
                if !facts.records.contains_key(id) && !facts.absent(Relation::Record, id) {
                    all.insert(Key::Record { id: Some(id.to_string()), field: None });
                }
                let shown = Shown { id: Some(id), document: record, missing: &[], stored: false };
                let listed = self.policy.listed(kind, shown, facts);
                let made = Attributes::to_be(community.as_deref(), &self.policy.states);
                (Attributes { id: Some(id.to_string()), listed, ..made }, every())
            }
            Call::ReadCommunity(id, _) => (made(id), vec![&door.read, &door.actions]),
            Call::ListCommunities(_) => (made(""), vec![&door.read]),
            Call::CreateCommunity(new) => (made(&new.id), vec![&door.create]),
            Call::Grants(change) => (made(&change.community), vec![&door.manage]),
            Call::Members(change) => (made(&change.community), vec![&door.read]),
            Call::ListMembers(id) => {
                (made(id), vec![&door.read, &door.members, &door.members_public, &door.members_pending])
            }
            Call::Community(change) => (made(&change.id), vec![&door.read]),
            Call::Acl(_) | Call::ListAcls => (made(""), Vec::new()),
        };
        // What may be shown of a record depends on its communities. Lists ask for those of the records they name.
        let of_none = matches!(call, Call::CreateCommunity(_) | Call::Grants(_) | Call::ListCommunities(_));
        if !of_none && !matches!(call, Call::Acl(_) | Call::ListAcls) {
            let ids =
                record.primary.known().into_iter().flatten().chain(record.secondary.known().into_iter().flatten());
            for id in ids {
                all.extend(ask.wanted(&door.read, &made(id)));
            }
        }
        match call {
            Call::Members(change) => all.extend(member_keys(ask, change)),
            Call::ListMembers(community) => all.extend(list_keys(ask, community)),
            _ => {}
        }
        for rule in rules {
            // A field of a record that is wanted as a whole need not be named.
            let keys = ask.wanted(rule, &record).into_iter();
            all.extend(keys.filter(|key| !matches!(key, Key::Record { field: Some(_), .. })));
        }
        if let Call::ListCommunities(_) = call {
            return all.into_iter().filter_map(in_every_community).collect();
        }
        all.into_iter().collect()
    }
}

/// What is wanted of no community in particular: the communities are wanted as a whole, roles of the subject's in all.
fn in_every_community(key: Key) -> Option<Key> {
    match key {
        Key::Community { .. } => None,
        Key::Membership { user, .. } => Some(Key::Membership { community: None, user }),
        key => Some(key),
    }
}

/// The document of a record that is there, under the path it was asked for.
fn document<'t>(ask: &Ask<'_>, target: &'t Target<'_>) -> Result<&'t Value, Stop> {
    match &target.found {
        Found::Document(document) if target.under_path(ask).map_err(Stop::Need)? => Ok(document),
        Found::Unknown => Err(Stop::Need(vec![target.key()])),
        _ => Err(Stop::refused(Refusal::not_found())),
    }
}

/// Nothing is made under a name that is a step in an address, or that facts cannot hold as a key (`model/json.rs`).
fn nameable(facts: &Facts, changes: &[Change]) -> Result<(), Stop> {
    for change in changes {
        if let Change::Put { key: EntityKey::Record { id }, .. } = change
            && matches!(id.as_str(), "." | ".." | "__proto__")
            && !facts.records.contains_key(id)
        {
            let refusal = Refusal::new(ErrorCode::InvalidId, 400, "a record is not called `.`, `..` or `__proto__`");
            return Err(Stop::refused(Refusal { path: Some("call.id".to_string()), ..refusal }));
        }
    }
    Ok(())
}

fn put_record(target: &Target<'_>, document: Value) -> Change {
    let id = target.attributes.id.clone().unwrap_or_default();
    Change::Put { key: EntityKey::Record { id }, value: document }
}

fn read(ask: &Ask<'_>, target: &Target<'_>, links: &LinkOptions) -> Result<Done, Stop> {
    let document = document(ask, target)?;
    let record = &target.attributes;
    let action = ask.policy.action("read").ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    let decision = Question { ask, record, action }.decide();
    // What is gone is shown as that to those who may know that it was there.
    if decision.decision == Answer::Deny && ask.shows(record).map_err(Stop::Need)? == Shows::Tombstone {
        let view = RecordView::new(ask, record, document, links).map_err(Stop::Need)?;
        return Ok(Done { decision: Some(decision), view: Some(view), ..Done::ok(410) });
    }
    let decision = Stop::unless_allowed(ask, decision, "read", false)?;
    let view = RecordView::new(ask, record, document, links).map_err(Stop::Need)?;
    Ok(Done { decision: Some(decision), view: Some(view), ..Done::ok(200) })
}

fn read_community(ask: &Ask<'_>, id: &str, base: &str) -> Result<Done, Stop> {
    let found = CommunityView::new(ask, id, base, true).map_err(Stop::Need)?;
    match found {
        Some(view) => Ok(Done { community: Some(view), ..Done::ok(200) }),
        None => Err(Stop::refused(Refusal::not_found())),
    }
}

fn list_communities(ask: &Ask<'_>, base: &str) -> Result<Done, Stop> {
    let facts = ask.identity.facts();
    if !facts.all_communities() {
        return Err(Stop::Need(vec![Key::Communities]));
    }
    let mut views = Vec::new();
    for id in facts.communities.keys() {
        views.extend(CommunityView::new(ask, id, base, false).map_err(Stop::Need)?);
    }
    Ok(Done { communities: Some(views), ..Done::ok(200) })
}

fn create(
    ask: &Ask<'_>,
    main: &Policy,
    id: &str,
    community: Option<&str>,
    record: &Value,
    links: Option<&LinkOptions>,
) -> Result<Done, Stop> {
    let facts = ask.identity.facts();
    // What nobody can read is no record: a type that holds what concerns a site, and nothing that is kept.
    let readable = ask.kind.filter(|_| ask.policy.action("read").is_some());
    let kind = readable.ok_or_else(|| Stop::refused(Refusal::not_found()))?;
    let draft = workflow::create(ask, kind, id, community, record)?;
    if main.makes(&kind.key) && !matches!(ask.identity.subject(), Subject::System) {
        let message = "these requests are made by what they ask for: an invitation by inviting, a review by submitting";
        return Err(Stop::refused(Refusal::new(ErrorCode::Denied, 403, message)));
    }
    if let Some(community) = community
        && !facts.communities.contains_key(community)
    {
        if !facts.absent(Relation::Community, community) {
            return Err(Stop::Need(vec![Key::Community { id: community.to_string(), field: None }]));
        }
        // To whoever communities can be hidden from, one that is not there is as one that is.
        if ask.sees_community(HIDDEN) != Answer::Allow {
            return Err(Stop::refused(Refusal::not_found()));
        }
        let message = format!("there is no community `{}`", community.chars().take(64).collect::<String>());
        let refusal = Refusal::new(ErrorCode::UnknownCommunity, 404, message);
        return Err(Stop::refused(Refusal { path: Some("call.community".to_string()), ..refusal }));
    }
    if facts.records.contains_key(id) {
        let message = "there is a record with this id already";
        let refusal = Refusal::new(ErrorCode::Duplicate, 409, message);
        return Err(Stop::refused(Refusal { path: Some("call.id".to_string()), ..refusal }));
    }
    if !facts.absent(Relation::Record, id) {
        return Err(Stop::Need(vec![Key::Record { id: Some(id.to_string()), field: None }]));
    }
    let view = links.map(|links| RecordView::new(ask, &draft.attributes, &draft.document, links));
    let view = view.transpose().map_err(Stop::Need)?;
    let key = EntityKey::Record { id: id.to_string() };
    let changes = vec![Change::Put { key, value: draft.document }];
    Ok(Done { changes, view, ..Done::ok(201) })
}

fn transition<'a>(
    ask: &Ask<'a>,
    main: &'a Policy,
    subject: &Subject,
    target: &Target<'a>,
    name: &str,
    params: &Map<String, Value>,
    links: Option<&LinkOptions>,
) -> Result<Done, Stop> {
    let document = document(ask, target)?;
    let (transition, decision) = workflow::attempt(ask, &target.attributes, name, params)?;
    let work = Work {
        ask,
        main,
        kind: target.kind,
        record: &target.attributes,
        transition,
        params,
        document: document.clone(),
        to: transition.to,
        more: Vec::new(),
    };
    let After { document: after, attributes, more } = work.run()?;
    let id = attributes.id.clone().unwrap_or_default();
    let gone = matches!(transition.effect, Some(Effect::Discard | Effect::Replace));
    let events = transition.event.iter().map(|event| {
        let mut event = Event::new(event, subject, &target.kind.key, &id);
        event.payload.clone_from(params);
        event.commit = transition.commit;
        event
    });
    let view = links.filter(|_| !gone).map(|links| RecordView::new(ask, &attributes, &after, links));
    let view = view.transpose().map_err(Stop::Need)?;
    let own = if gone { Change::Del { key: EntityKey::Record { id: id.clone() } } } else { put_record(target, after) };
    let mut changes = vec![own];
    changes.extend(more);
    changes.extend(membership_follows(ask, transition.effect, &target.attributes)?);
    Ok(Done { decision: Some(decision), changes, events: events.collect(), view, ..Done::ok(202) })
}
