//! Settings a community comes with. Elsewhere the same word may mean something else (the review policy `open` lets curators
//! publish in one system and everybody in another), so whoever brings settings along names the variant they were said in.

use super::community::fault;
use crate::model::{Address, Map, Value, listed};
use crate::policy::Policy;
use crate::terms::ErrorCode;
use crate::workflow::Stop;

/// Words by the addresses of settings, as they were said.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// `{"access.visibility": "restricted"}`.
    pub settings: Map<String, Value>,
    /// The variant they were said in; none if they are this policy's own words.
    pub variant: Option<String>,
}

impl Said {
    /// Where each setting stands and its word here. One that is not known here is refused, never guessed.
    pub(super) fn here<'p>(&self, policy: &'p Policy) -> Result<Vec<(&'p Address, String)>, Stop> {
        let door = &policy.community;
        let variant = self.variant.as_ref().map(|name| {
            door.variants.get(name).ok_or_else(|| {
                let message = format!("unknown variant; known: {}", listed(door.variants.keys()));
                fault(ErrorCode::UnknownValue, 400, "call.variant", message)
            })
        });
        let variant = variant.transpose()?;
        let mut found = Vec::new();
        for (place, word) in &self.settings {
            let path = format!("call.settings[\"{}\"]", place.chars().take(64).collect::<String>());
            let Some(setting) = door.settings.iter().find(|setting| setting.at.to_string() == *place) else {
                let known = listed(door.settings.iter().map(|setting| setting.at.to_string()));
                return Err(fault(ErrorCode::UnknownField, 400, &path, format!("unknown setting; known: {known}")));
            };
            let unknown = |message: String| fault(ErrorCode::UnknownValue, 400, &path, message);
            let Some(word) = word.as_str() else { return Err(unknown("a setting is a word".to_string())) };
            let said = variant.and_then(|words| words.iter().find(|said| said.at == setting.at && said.word == word));
            let here = match said.map(|said| &said.here) {
                None => word,
                Some(Some(here)) => here,
                Some(None) => return Err(unknown(format!("`{word}` has no counterpart in this policy"))),
            };
            if !setting.values.iter().any(|known| known == here) {
                return Err(unknown(format!("unknown value; known: {}", listed(&setting.values))));
            }
            found.push((&setting.at, here.to_string()));
        }
        Ok(found)
    }
}
