//! Fields that each entry of a list has, whether it is written there or not.

use super::{Address, Value};

/// What the entries of a list say where they do not say it themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    /// The list.
    pub at: Address,
    /// The field of each entry.
    pub field: String,
    /// What is written into a new record.
    pub created: Option<Value>,
    /// What is shown of a record that has been there.
    pub read: Option<Value>,
}

/// Puts into a document, a new one or one that is read, what entries of its lists lack.
pub fn fill(entries: &[Entries], document: &mut Value, new: bool) {
    for own in entries {
        let value = if new { &own.created } else { &own.read };
        let (Some(value), Some(Value::Array(list))) = (value, own.at.get_mut(document)) else { continue };
        for entry in list {
            if let Value::Object(entry) = entry
                && !entry.contains_key(&own.field)
            {
                entry.insert(own.field.clone(), value.clone());
            }
        }
    }
}
