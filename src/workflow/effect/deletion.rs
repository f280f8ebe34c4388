//! A published record goes and leaves a tombstone, or comes back; an embargo ends.

use serde_json::Value;

use super::request::owner;
use super::{Work, put};
use crate::model::{Address, At, Reader, texts};
use crate::workflow::Stop;
use crate::workflow::guard::guarded;

impl Work<'_, '_> {
    /// The tombstone says who, when and why; requests that are open end with it.
    pub(super) fn remove(&mut self) -> Result<(), Stop> {
        self.write("marked", Value::Bool(false))?;
        let by = self.ask.identity.subject().id().map(owner);
        let at = self.ask.time.map(|(first, _)| Value::from(first));
        let reason = self.text("reason")?.map(Value::from);
        for (name, value) in [("by", by), ("at", at), ("reason", reason)] {
            if let Some(value) = value {
                let address = self.beside("marked", name)?;
                put(&address, &mut self.document, value)?;
            }
        }
        self.close_review("cancelled")?;
        self.close_inclusions("cancelled")
    }

    pub(super) fn restore(&mut self) -> Result<(), Stop> {
        for name in ["by", "at", "reason"] {
            self.beside("marked", name)?.prune(&mut self.document);
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
    fn beside(&self, name: &str, other: &str) -> Result<Address, Stop> {
        let mut keys = self.address(name)?.keys().to_vec();
        keys.pop();
        keys.push(other.to_string());
        let address = Address::read(&texts(&keys), &At::Root("policy"), &mut Reader::new());
        address.ok_or_else(|| super::wrong(name, "has no place beside it"))
    }
}
