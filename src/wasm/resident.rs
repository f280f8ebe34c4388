//! Records and subjects that stay in wasm memory. Hot calls take and give numbers only: a call that returned an object
//! could abort the whole process on some versions of V8, and would cost more than the decision.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error};
use super::engine::{WasmEngine, WasmFacts};
use crate::engine::Engine;
use crate::facts::Facts;
use crate::model::{At, Attributes, Error, Faults, Limits, Reader, Seen, StateId, Subject};
use crate::policy::{ActionId, Index, Lens, Policy, Scope};
use crate::terms::ErrorCode;

/// What a hot call gives for a row, cell or action there is not.
const NONE: u32 = u32::MAX;

#[wasm_bindgen]
impl WasmEngine {
    /// An index without records.
    pub fn index(&self) -> WasmIndex {
        WasmIndex::new(self.inner().shared_policy())
    }

    /// A subject at these facts, to be bound to indexes.
    pub fn session(&self, subject: JsValue, facts: &WasmFacts) -> Result<WasmSession, JsValue> {
        let value = from_js(subject, "subject", Limits::CALL)?;
        let mut reader = Reader::new();
        let subject = Subject::read(&value, &At::Root("subject"), &mut reader);
        let subject = reader.faults.give(subject).map_err(|error| to_error(&error))?;
        Ok(WasmSession::new(self.inner().clone(), Rc::clone(&facts.facts), subject))
    }
}

/// Records as columns.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmIndex {
    policy: Rc<Policy>,
    index: Rc<RefCell<Index>>,
    last: Interned,
}

/// The numbers of the record interned last.
#[derive(Debug, Default, Clone, Copy)]
struct Interned {
    profile: u32,
    state: u32,
    owner: u32,
}

impl WasmIndex {
    pub(super) fn new(policy: Rc<Policy>) -> Self {
        Self { policy, index: Rc::new(RefCell::new(Index::new())), last: Interned::default() }
    }
}

#[wasm_bindgen]
impl WasmIndex {
    /// The number of a record's cell; its other numbers are then in `profile`, `state` and `owner`. `path` names the
    /// record in a fault.
    pub fn intern(&mut self, record: JsValue, path: &str) -> Result<u32, JsValue> {
        let record = from_js(record, path, Limits::CALL)?;
        let Some(kind) = self.policy.default_type() else { return Ok(NONE) };
        let mut faults = Faults::new();
        let states = &self.policy.states;
        let read = Attributes::read(&record, None, &[], &kind.fields, states, &At::Root(path), &mut faults);
        let attributes = faults.give(read).map_err(|error| to_error(&error))?;
        let mut index = self.index.borrow_mut();
        let profile = index.profile(&attributes);
        let state = attributes.state.known().map_or(NONE, |state| u32::from(state.0));
        self.last = Interned { profile, state, owner: index.owner_set(attributes.owners) };
        Ok(index.cell(profile, attributes.state))
    }

    /// The number of the communities of the record interned last.
    #[wasm_bindgen(getter)]
    pub fn profile(&self) -> u32 {
        self.last.profile
    }

    /// The number of its state.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> u32 {
        self.last.state
    }

    /// The number of its owners.
    #[wasm_bindgen(getter)]
    pub fn owner(&self) -> u32 {
        self.last.owner
    }

    /// The number of the cell that communities and a state given out here make.
    pub fn cell(&mut self, profile: u32, state: u32) -> u32 {
        let state = u16::try_from(state).map_or(Seen::Missing, |state| Seen::Known(StateId(state)));
        self.index.borrow_mut().cell(profile, state)
    }

    /// Adds records by their numbers; all of them, or none if a number was not given out by this index.
    pub fn push(&mut self, cells: &[u32], owners: &[u32]) -> bool {
        let mut index = self.index.borrow_mut();
        cells.len() == owners.len() && cells.iter().zip(owners).all(|(cell, owner)| index.push(*cell, *owner).is_some())
    }

    /// How many records there are.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> u32 {
        u32::try_from(self.index.borrow().len()).unwrap_or(NONE)
    }

    /// Bytes of its columns.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> u32 {
        u32::try_from(self.index.borrow().column_bytes()).unwrap_or(NONE)
    }
}

/// A subject at some facts.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmSession {
    engine: Engine,
    facts: Rc<Facts>,
    subject: Subject,
}

impl WasmSession {
    pub(super) fn new(engine: Engine, facts: Rc<Facts>, subject: Subject) -> Self {
        Self { engine, facts, subject }
    }
}

#[wasm_bindgen]
impl WasmSession {
    /// The subject's tables over an index. An index of another policy is an error.
    pub fn bind(&self, index: &WasmIndex) -> Result<WasmLens, JsValue> {
        if index.policy.hash != self.engine.policy().hash {
            let message = "the index belongs to an engine of another policy";
            return Err(to_error(&Error::new(ErrorCode::StaleHandle, "index", message)));
        }
        let policy = self.engine.shared_policy();
        let lens = Lens::new(policy, Rc::clone(&self.facts), self.subject.clone());
        Ok(WasmLens { index: Rc::clone(&index.index), lens, scopes: vec![Scope::Everywhere, Scope::Mine] })
    }
}

/// A subject's tables over an index.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmLens {
    index: Rc<RefCell<Index>>,
    lens: Lens,
    scopes: Vec<Scope>,
}

fn action(number: u32) -> ActionId {
    ActionId(u16::try_from(number).unwrap_or(u16::MAX))
}

#[wasm_bindgen]
impl WasmLens {
    /// Where the tables lie; see [`Lens::places`].
    pub fn places(&self) -> Vec<u32> {
        let places = self.lens.places(&self.index.borrow());
        places.into_iter().map(|place| u32::try_from(place).unwrap_or(0)).collect()
    }

    /// 0 deny, 1 allow, 2 unknown; `0xffffffff` for a row or action there is not.
    pub fn can(&mut self, row: u32, number: u32) -> u32 {
        self.lens.can(&self.index.borrow(), row, action(number)).map_or(NONE, u32::from)
    }

    /// As `can`, for a cell and owners given out by the index.
    pub fn can_cell(&mut self, cell: u32, owner: u32, number: u32) -> u32 {
        self.lens.can_cell(&self.index.borrow(), cell, owner, action(number)).map_or(NONE, u32::from)
    }

    /// The number of a community's scope; 0 is everywhere, 1 the subject's communities.
    pub fn scope(&mut self, community: &str) -> u32 {
        let scope = Scope::Community(community.to_string());
        let at = self.scopes.iter().position(|known| *known == scope).unwrap_or_else(|| {
            self.scopes.push(scope);
            self.scopes.len() - 1
        });
        u32::try_from(at).unwrap_or(NONE)
    }

    fn visible<T>(&mut self, number: u32, scope: u32, then: impl FnOnce(crate::policy::Visible<'_>) -> T) -> T {
        let everywhere = Scope::Everywhere;
        let scope = self.scopes.get(scope as usize).unwrap_or(&everywhere);
        let index = self.index.borrow();
        then(self.lens.visible(&index, action(number), scope))
    }

    /// How many rows are allowed.
    pub fn count(&mut self, number: u32, scope: u32) -> u32 {
        self.visible(number, scope, |visible| visible.count())
    }

    /// Numbers of allowed rows.
    pub fn page(&mut self, number: u32, scope: u32, offset: u32, limit: u32) -> Vec<u32> {
        self.visible(number, scope, |visible| visible.page(offset, limit))
    }

    /// One bit a row, set where allowed.
    pub fn bits(&mut self, number: u32, scope: u32) -> Vec<u32> {
        self.visible(number, scope, |visible| visible.bits())
    }

    /// One bit a row, set where unknown.
    pub fn unknown_bits(&mut self, number: u32, scope: u32) -> Vec<u32> {
        self.visible(number, scope, |visible| visible.unknown_bits())
    }
}
