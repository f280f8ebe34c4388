//! Every closed word list, declared once: the enum, its spelling on the wire, its meaning, and from these the
//! TypeScript unions and the tables of the documentation.
//!
//! Words a deployment may change (roles, actions, states) are not here; they live in policy documents.

mod answer;
mod codes;

pub use answer::Answer;
pub use codes::{ChangeCode, Door, Effect, ErrorCode, ReasonCode, Relation};

/// One word list: its TypeScript name and its words with their meaning.
pub type WordList = (&'static str, &'static [(&'static str, &'static str)]);

/// All word lists, for generated types and documentation.
///
/// ```
/// let lists = lictor::terms::vocabulary();
/// assert!(lists.iter().any(|(name, words)| *name == "Answer" && words.len() == 3));
/// ```
pub fn vocabulary() -> Vec<WordList> {
    vec![
        ("Answer", Answer::words()),
        ("ReasonCode", ReasonCode::words()),
        ("ChangeCode", ChangeCode::words()),
        ("ErrorCode", ErrorCode::words()),
        ("Relation", Relation::words()),
    ]
}

/// Declares a closed word list.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $wire:literal : $meaning:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $meaning] $variant),+
        }
        impl $name {
            /// Every word of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The spelling on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
            /// The word with this spelling.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
            /// Spelling and meaning of every word.
            pub const fn words() -> &'static [(&'static str, &'static str)] {
                &[$(($wire, $meaning)),+]
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;
