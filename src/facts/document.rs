//! A record's document. A device holds tens of thousands and looks at few, so they stay text until they are looked at:
//! as text they take a tenth of the room.

use std::sync::Arc;

use serde_json::Value;

use crate::model::{Limits, parse_text};

/// A document, read or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// Read.
    Value(Arc<Value>),
    /// JSON text.
    Text(Arc<str>),
}

impl Document {
    /// The document. Text that holds none, or breaks a limit, gives null, which no rule takes for a record.
    pub fn read(&self) -> Arc<Value> {
        match self {
            Self::Value(value) => Arc::clone(value),
            Self::Text(text) => Arc::new(parse_text(text, "record", Limits::FACTS).unwrap_or(Value::Null)),
        }
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self::Value(Arc::new(value))
    }
}
