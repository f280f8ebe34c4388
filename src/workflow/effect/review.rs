//! A review: asked for with `submit`, answered by the community, joined to the record's own states.

use super::communities::join;
use super::request::owner;
use super::{Work, conflict, field, missing, put};
use crate::facts::Change;
use crate::model::{Value, id_of};
use crate::terms::{Answer, Door, ErrorCode};
use crate::workflow::guard::guard;
use crate::workflow::{Refusal, Stop, asked_of_community};

impl Work<'_, '_> {
    /// In this order: may the subject submit there? does a guard stand against it? may it be published at once? else a
    /// review is asked for.
    pub(super) fn submit(&mut self) -> Result<(), Stop> {
        let own = self.primary()?;
        let community = match (own.clone(), self.text("community")?) {
            (None, None) => return Err(missing("community")),
            (Some(own), Some(asked)) if own != asked => {
                let message = "the record belongs to another community; it is reviewed there";
                let refusal = Refusal::new(ErrorCode::CommunityMismatch, 400, message);
                return Err(Stop::refused(Refusal { path: Some("call.params.community".to_string()), ..refusal }));
            }
            (Some(own), _) => own,
            (None, Some(asked)) => asked.to_string(),
        };
        self.permitted_in(&community, "submit")?;
        guard(self.ask, self.record, &community, Door::Ask)?;
        let asked_for = self.flag("review")?;
        if let Some(state) = self.transition.directly.filter(|_| !asked_for)
            && self.may_in(&community, "publish-directly")?
        {
            self.to = Some(state);
            if own.is_none() {
                join(&mut self.document, self.kind, self.record, &community, true)?;
            }
            return self.published();
        }
        let id = self.make_request("review", Some(&community), "submitted")?;
        self.open_review(&id, &community, self.ask.identity.subject().id().map(owner))
    }

    fn open_review(&mut self, id: &str, community: &str, creator: Option<Value>) -> Result<(), Stop> {
        self.write("review_request", Value::from(id))?;
        self.write("review", Value::from(community))?;
        self.write("review_status", Value::from("submitted"))?;
        match creator {
            Some(creator) => self.write("submitter", creator),
            None => {
                self.clear("submitter");
                Ok(())
            }
        }
    }

    /// The community of the review that is open.
    fn reviewing(&self) -> Option<String> {
        self.value("review").and_then(id_of)
    }

    /// Accepted; published at once where one step is enough. A record without a community joins the one that answered.
    pub(super) fn accept(&mut self) -> Result<(), Stop> {
        if self.primary()?.is_none()
            && let Some(community) = self.reviewing()
        {
            join(&mut self.document, self.kind, self.record, &community, true)?;
        }
        self.close_review("accepted")?;
        if let Some(state) = self.transition.directly {
            self.to = Some(state);
            self.published()?;
        }
        Ok(())
    }

    /// Declined, with the reason if one is given, or because changes are asked for.
    pub(super) fn decline(&mut self) -> Result<(), Stop> {
        let said = match self.text("reason")? {
            Some(reason) => vec![("reason", Value::from(reason))],
            None => vec![("changes_requested", Value::Bool(true))],
        };
        self.end_review("declined", said)
    }

    /// The open review reaches a status.
    pub(super) fn close_review(&mut self, status: &str) -> Result<(), Stop> {
        self.end_review(status, Vec::new())
    }

    fn end_review(&mut self, status: &str, said: Vec<(&str, Value)>) -> Result<(), Stop> {
        let open = self.value("review_status").and_then(Value::as_str) == Some("submitted");
        let Some(id) = self.value("review_request").and_then(Value::as_str).map(str::to_string).filter(|_| open) else {
            // The state came about without a review (an import): there is none to answer.
            return Ok(());
        };
        self.write("review_status", Value::from(status))?;
        self.close_request(&id, status, said)
    }

    /// A new review is submitted, in the name of whoever asked for the last.
    pub(super) fn reopen(&mut self) -> Result<(), Stop> {
        let Some(community) = self.primary()? else {
            return Err(conflict(ErrorCode::NoCommunity, "the record belongs to no community that could review it"));
        };
        let creator = self.value("submitter").cloned();
        let id = self.make_request("review", Some(&community), "submitted")?;
        if let (Some(creator), Some(Change::Put { value, .. })) = (&creator, self.more.last_mut())
            && let Some(kind) = self.main.of_document(value).type_of(value)
        {
            put(&kind.fields.owners, value, Value::Array(vec![creator.clone()]))?;
        }
        self.open_review(&id, &community, creator)
    }

    /// From now on it has been public once, where the policy looks at that.
    pub(super) fn published(&mut self) -> Result<(), Stop> {
        match field(self.kind, "once_published") {
            Some(address) => put(address, &mut self.document, Value::Bool(true)),
            None => Ok(()),
        }
    }

    /// Goes on only if the subject may do this to a community; one it may not know of is not there.
    pub(super) fn permitted_in(&self, community: &str, action: &str) -> Result<(), Stop> {
        if self.may_in(community, action)? {
            return Ok(());
        }
        let message = format!("you may not `{action}` in this community");
        Err(Stop::refused(Refusal::new(ErrorCode::Denied, 403, message)))
    }

    /// Whether the subject may do this to a community. One it may not know of is answered as not there. Where a policy says
    /// nothing of submitting to communities, the transition's own rule, which allowed, is all there is.
    pub(super) fn may_in(&self, community: &str, action: &str) -> Result<bool, Stop> {
        let Some(decision) = asked_of_community(self.ask, self.main, community, action)? else {
            return Ok(action == "submit");
        };
        match decision.decision {
            Answer::Allow => Ok(true),
            Answer::Unknown => Err(Stop::Need(decision.missing)),
            Answer::Deny if !decision.unsure.is_empty() => Err(Stop::Need(decision.unsure)),
            Answer::Deny if decision.conceal => Err(Stop::refused(Refusal::not_found())),
            Answer::Deny => Ok(false),
        }
    }
}
