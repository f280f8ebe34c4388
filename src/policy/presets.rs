//! The policies lictor ships, as documents. They are data: a host may load one, change it, or bring its own.

use crate::model::{Error, Limits, Value, parse_text};
use crate::terms::ErrorCode;

/// Names and texts of the shipped documents. The browser's wasm carries none of them: they come as JSON modules.
pub const PRESETS: &[(&str, &str)] = &[
    #[cfg(not(target_arch = "wasm32"))]
    ("repository", include_str!("presets/repository.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("oarepo", include_str!("presets/oarepo.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("oarepo-3.0.5", include_str!("presets/oarepo-3.0.5.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("communities", include_str!("presets/communities.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("invenio-communities-29", include_str!("presets/invenio-communities-29.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("invenio-rdm-36", include_str!("presets/invenio-rdm-36.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("ils", include_str!("presets/ils.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("ils-9", include_str!("presets/ils-9.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("explicit-acls", include_str!("presets/explicit-acls.json")),
    #[cfg(not(target_arch = "wasm32"))]
    ("explicit-acls-4.5.0", include_str!("presets/explicit-acls-4.5.0.json")),
];

/// A shipped document.
///
/// ```
/// let document = lictor::policy::preset("oarepo").unwrap();
/// assert_eq!(document["name"], "oarepo");
/// ```
pub fn preset(name: &str) -> Result<Value, Error> {
    match PRESETS.iter().find(|(preset, _)| *preset == name) {
        Some((_, text)) => parse_text(text, "policy", Limits::POLICY),
        None => {
            let known = PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Err(Error::new(ErrorCode::UnknownPreset, "policy", format!("unknown preset; known: {known}")))
        }
    }
}
