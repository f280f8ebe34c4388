//! A published record goes and leaves a tombstone, or comes back; an embargo ends.

use super::prepared::read;
use super::request::owner;
use super::{Work, field, put};
use crate::model::{Address, At, Faults, Reader, Value, date, texts};
use crate::policy::Transition;
use crate::terms::Effect;
use crate::workflow::guard::guarded;
use crate::workflow::{Stop, attempt};

/// What a tombstone says beside whether it is marked: who, when and why.
const SAID: [&[&str]; 3] = [&["by"], &["at"], &["reason"]];
/// The same beside whether it is visible, as Invenio has it, and what else it says there.
const INVENIO: [&[&str]; 5] =
    [&["removed_by", "user"], &["removal_date"], &["removal_reason", "id"], &["note"], &["citation_text"]];

impl Work<'_, '_> {
    /// The tombstone says who, when and why; requests that are open end with it, but for Invenio's.
    pub(super) fn remove(&mut self) -> Result<(), Stop> {
        let subject = self.ask.identity.subject().id();
        if field(self.kind, "tombstone_visible").is_none() {
            self.write("marked", Value::Bool(false))?;
            let at = self.ask.time.map(|(first, _)| Value::from(first));
            self.say("marked", &SAID, [subject.map(owner), at])?;
            self.close_review("cancelled")?;
            return self.close_inclusions("cancelled");
        }
        self.clear("tombstone");
        let visible = self.flag("is_visible")? || self.params.get("is_visible").is_none_or(Value::is_null);
        self.write("tombstone_visible", Value::Bool(visible))?;
        let by = subject.map_or_else(|| Value::from("system"), owner);
        let at = self.ask.time.map(|(first, _)| Value::from(date(first)));
        self.say("tombstone_visible", &INVENIO, [Some(by), at])
    }

    /// Reasons are words of the field `removal_reason`, where the policy has one: a vocabulary, by which no record is read.
    pub(super) fn reason(&self) -> Result<Option<Value>, Stop> {
        let reason = self.text("reason")?.map(Value::from);
        if let Some(field) = self.ask.policy.fields.iter().find(|field| field.name == "removal_reason") {
            let mut faults = Faults::new();
            let read = field.kind.read(reason.as_ref(), &At::Root("call.params.reason"), &mut faults);
            faults.give(read).map_err(|error| Stop::unreadable(&error, 400))?;
        }
        Ok(reason)
    }

    fn say(&mut self, beside: &str, names: &[&[&str]], told: [Option<Value>; 2]) -> Result<(), Stop> {
        let reason = self.reason()?;
        let others = ["note", "citation_text"].map(|name| self.text(name).map(|text| text.map(Value::from)));
        let [note, citation] = others;
        let [by, at] = told;
        for (keys, value) in names.iter().zip([by, at, reason, note?, citation?]) {
            if let Some(value) = value {
                let address = self.beside(beside, keys)?;
                put(&address, &mut self.document, value)?;
            }
        }
        Ok(())
    }

    /// What Invenio's tombstone says of why, and whether it is visible, is said anew: what is not named stays, and null takes a text
    /// away, the reason with all that stood beside it. Who removed the record, and when, stays in any case.
    pub(super) fn retell(&mut self) -> Result<(), Stop> {
        const BESIDE: &str = "tombstone_visible";
        // One that is null is none, and nothing could be written into it.
        if self.value("tombstone").is_none() {
            self.clear("tombstone");
        }
        for (name, key) in [("reason", "removal_reason"), ("note", "note"), ("citation_text", "citation_text")] {
            if self.params.contains_key(name) {
                self.beside(BESIDE, &[key])?.prune(&mut self.document);
            }
        }
        if self.params.get("is_visible").is_some_and(|flag| !flag.is_null()) {
            self.write(BESIDE, Value::Bool(self.flag("is_visible")?))?;
        }
        self.say(BESIDE, &INVENIO, [None, None])
    }

    /// What a deletion request is about is deleted by whoever accepts it, for the reason it gives.
    pub(super) fn removed(&mut self) -> Result<(), Stop> {
        let mut params = self.params.clone();
        if let Some(reason) = self.document.get("payload").and_then(|said| said.get("reason")) {
            params.insert("reason".to_string(), reason.clone());
        }
        let main = self.main;
        self.with_topic(true, &mut |topic, ask, kind| {
            let removes = |transition: &&Transition| transition.effect == Some(Effect::Remove);
            let name = ask.policy.transitions.iter().find(removes).map_or("", |transition| &transition.name);
            let record = &read(topic, None, ask.policy, kind)?;
            let (transition, _) = attempt(ask, record, name, &params)?;
            let (document, to, params) = (topic.clone(), transition.to, &params);
            *topic =
                Work { ask, main, kind, record, transition, params, document, to, more: Vec::new() }.run()?.document;
            Ok(())
        })
    }

    pub(super) fn restore(&mut self) -> Result<(), Stop> {
        if field(self.kind, "tombstone").is_some() {
            self.clear("tombstone");
            return Ok(());
        }
        for keys in SAID {
            self.beside("marked", keys)?.prune(&mut self.document);
        }
        self.clear("marked");
        Ok(())
    }

    /// Metadata and files become public. Where a guard keeps public records out, only the embargo ends.
    pub(super) fn lift_embargo(&mut self) -> Result<(), Stop> {
        self.clear("embargo_until");
        self.write("embargo", Value::Bool(false))?;
        if guarded(self.ask, self.record)? {
            return Ok(());
        }
        self.write("record_access", Value::from("public"))?;
        self.write("files_access", Value::from("public"))
    }

    /// A field beside a named one.
    fn beside(&self, name: &str, others: &[&str]) -> Result<Address, Stop> {
        let mut keys = self.address(name)?.keys().to_vec();
        keys.pop();
        keys.extend(others.iter().map(ToString::to_string));
        let address = Address::read(&texts(&keys), &At::Root("policy"), &mut Reader::new());
        address.ok_or_else(|| super::wrong(name, "has no place beside it"))
    }
}
