//! The door of `lictor/tools`: plain data in and out, and the one place that asks the host for randomness.

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use crate::model::{Error, Limits};
use crate::terms::ErrorCode;
use crate::tools::{ID_CHARACTERS, PASSWORD_CHARACTERS, Tools, password, secret_of};

/// The tools of one policy.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmTools {
    tools: Tools,
}

impl WasmTools {
    pub(super) fn inner(&self) -> &Tools {
        &self.tools
    }
}

#[wasm_bindgen]
impl WasmTools {
    /// Tools of a policy document, with changes (JSON Merge Patch) and registered actions if given.
    #[wasm_bindgen(constructor)]
    pub fn new(document: JsValue, changes: JsValue, actions: JsValue) -> Result<WasmTools, JsValue> {
        let read = |value: JsValue, root: &str| {
            let given = !value.is_undefined() && !value.is_null();
            given.then(|| from_js(value, root, Limits::POLICY)).transpose()
        };
        let document = from_js(document, "policy", Limits::POLICY)?;
        let (changes, actions) = (read(changes, "changes")?, read(actions, "actions")?);
        let tools = Tools::new(document, changes.as_ref(), actions.as_ref());
        tools.map(|tools| Self { tools }).map_err(|error| to_error(&error))
    }

    /// The policy as bytes, for `lictor/check`.
    pub fn compiled(&self) -> Vec<u8> {
        self.tools.engine().policy().compiled()
    }

    /// Every action that access rows may name.
    pub fn actions(&self) -> Result<JsValue, JsValue> {
        to_js(&self.tools.actions())
    }

    /// What is to be written so that an action is allowed, denied, or neither.
    pub fn access(&self, call: JsValue) -> Result<JsValue, JsValue> {
        let call = from_js(call, "call", Limits::FACTS)?;
        to_js(&self.tools.access(&call).map_err(|error| to_error(&error))?)
    }

    /// What a file of users comes to.
    pub fn fixture(&self, input: JsValue) -> Result<JsValue, JsValue> {
        let input = from_js(input, "input", Limits::FACTS)?;
        to_js(&self.tools.fixture(&input).map_err(|error| to_error(&error))?)
    }

    /// One account by itself.
    pub fn account(&self, input: JsValue) -> Result<JsValue, JsValue> {
        let input = from_js(input, "input", Limits::CALL)?;
        to_js(&self.tools.account(&input).map_err(|error| to_error(&error))?)
    }

    /// Whether somebody administers accounts, roles and rows.
    pub fn administers(&self, call: JsValue) -> Result<JsValue, JsValue> {
        let call = from_js(call, "call", Limits::FACTS)?;
        to_js(&self.tools.administers(&call).map_err(|error| to_error(&error))?)
    }

    /// What is wrong with the name of a new role.
    #[wasm_bindgen(js_name = wrongRole)]
    pub fn wrong_role(&self, name: &str) -> Option<String> {
        self.tools.wrong_role(name)
    }
}

/// The Argon2id hash to keep of a password.
#[wasm_bindgen(js_name = hashPassword)]
pub fn hash_password(text: &str) -> Result<String, JsValue> {
    let mut salt = [0; password::SALT];
    random(&mut salt)?;
    password::hash(text, &salt).map_err(|error| to_error(&error))
}

/// Whether a password is the one that was hashed.
#[wasm_bindgen(js_name = verifyPassword)]
pub fn verify_password(text: &str, hash: &str) -> bool {
    password::verify(text, hash)
}

/// A password nobody has had.
#[wasm_bindgen(js_name = randomPassword)]
pub fn random_password() -> Result<String, JsValue> {
    let mut bytes = [0; PASSWORD_CHARACTERS];
    random(&mut bytes)?;
    Ok(secret_of(&bytes))
}

/// A user's id nobody has had: facts may speak of users who have no account yet, and nobody is to come upon their roles.
#[wasm_bindgen(js_name = randomId)]
pub fn random_id() -> Result<String, JsValue> {
    let mut bytes = [0; ID_CHARACTERS];
    random(&mut bytes)?;
    Ok(format!("u{}", secret_of(&bytes)))
}

pub(super) fn random(bytes: &mut [u8]) -> Result<(), JsValue> {
    getrandom::fill(bytes).map_err(|_| {
        let message = "this host has no source of randomness";
        to_error(&Error::new(ErrorCode::Malformed, "random", message))
    })
}
