//! What only hosts and authors need, in a `.wasm` of its own: `lictor/tools`. Nothing a browser loads is in this room, and no
//! room above knows of it.

mod access;
mod actions;
mod address;
mod administers;
mod applied;
pub mod author;
#[cfg(any(test, feature = "tools"))]
pub mod bundle;
mod fixture;
#[cfg(feature = "tools")]
pub mod password;
mod secret;

use std::rc::Rc;

use serde_json::Value;

use crate::engine::Engine;
use crate::model::{Error, merge_patch};
use crate::policy::Policy;

pub use access::RowsChanged;
pub use actions::KnownAction;
pub use administers::Administers;
pub use applied::{Applied, AppliedRecord};
pub use fixture::{Fixture, Skipped, UserFixture};
pub use secret::{ALPHABET, ID_CHARACTERS, PASSWORD_CHARACTERS, secret_of};

/// The tools of one policy.
#[derive(Debug, Clone)]
pub struct Tools {
    policy: Rc<Policy>,
    actions: Vec<KnownAction>,
}

impl Tools {
    /// Tools of a policy document with changes (JSON Merge Patch), and of the actions a host registered:
    /// `{name: {meaning, argument?}}`.
    pub fn new(mut document: Value, changes: Option<&Value>, registered: Option<&Value>) -> Result<Self, Error> {
        if let Some(changes) = changes {
            merge_patch(&mut document, changes);
        }
        let policy = Policy::read(&document)?;
        let actions = actions::known(&policy, registered)?;
        Ok(Self { policy: Rc::new(policy), actions })
    }

    /// Every action that access rows may name.
    pub fn actions(&self) -> &[KnownAction] {
        &self.actions
    }

    /// An engine of the same policy, for what it says of lists.
    pub fn engine(&self) -> Engine {
        Engine::from(Rc::clone(&self.policy))
    }

    /// What access lists come to for each record, of none yet.
    pub fn applied(&self) -> Result<Applied, Error> {
        Applied::new(self.engine())
    }

    fn action(&self, name: &str) -> Option<&KnownAction> {
        self.actions.iter().find(|action| action.name == name)
    }
}
