//! A record's document. A device holds tens of thousands and looks at few, so they stay text until they are looked at:
//! as text they take a tenth of the room.

use std::sync::Arc;

use crate::model::{Float, Limits, Value, parse_text_with};

/// A document, read or not yet.
#[derive(Debug, Clone)]
pub enum Document {
    /// Read.
    Value(Arc<Value>),
    /// JSON text, and the host's way to make its numbers.
    Text(Arc<str>, Float),
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.read() == other.read()
    }
}

impl Eq for Document {}

impl Document {
    /// The document. Text that holds none, or breaks a limit, gives null, which no rule takes for a record.
    pub fn read(&self) -> Arc<Value> {
        match self {
            Self::Value(value) => Arc::clone(value),
            // Devices hold text, and `lictor/check` is none: it need not carry the reader.
            Self::Text(..) if !cfg!(feature = "whole") => Arc::default(),
            Self::Text(text, float) => {
                Arc::new(parse_text_with(text, "record", Limits::FACTS, *float).unwrap_or(Value::Null))
            }
        }
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self::Value(Arc::new(value))
    }
}
