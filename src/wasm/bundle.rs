//! Signed policies, as `lictor/tools` has them: plain data in and out.

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::tools::random;
use crate::model::{Error, Limits, object};
use crate::terms::ErrorCode;
use crate::tools::bundle;

/// A pair of keys nobody has had: `{secret, key}`.
#[wasm_bindgen(js_name = bundleKeys)]
pub fn bundle_keys() -> Result<JsValue, JsValue> {
    let mut seed = [0; 32];
    random(&mut seed)?;
    let (secret, key) = bundle::fresh(&seed);
    to_js(&object(vec![("secret", secret.into()), ("key", key.into())]))
}

/// The public key that belongs to a secret one.
#[wasm_bindgen(js_name = publicKey)]
pub fn public_key(secret: &str) -> Result<String, JsValue> {
    bundle::public_of(secret).map_err(|error| to_error(&error))
}

/// Makes a bundle and signs it.
#[wasm_bindgen(js_name = signBundle)]
pub fn sign_bundle(input: JsValue, secret: &str) -> Result<JsValue, JsValue> {
    let input = from_js(input, "call", Limits::FACTS)?;
    to_js(&bundle::sign(&input, secret).map_err(|error| to_error(&error))?)
}

/// What a bundle holds that a trusted key signed, or `{faults}`: some of their codes are of this door alone.
#[wasm_bindgen(js_name = openBundle)]
pub fn open_bundle(text: &str, trusted: JsValue, now: &JsValue) -> Result<JsValue, JsValue> {
    let trusted = from_js(trusted, "trusted", Limits::CALL)?;
    let Some(now) = now.as_f64().filter(|now| now.is_finite()) else {
        return Err(to_error(&Error::new(ErrorCode::Malformed, "now", "expected milliseconds since 1970")));
    };
    match bundle::open(text, &trusted, now as i64) {
        Ok(opened) => to_js(&opened),
        Err(refused) => to_js(&refused),
    }
}
