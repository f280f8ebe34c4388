//! One access list.

use std::sync::Arc;

use super::{Query, RecordActor};
use crate::model::{List, Map, Set, Value};

/// An access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// What it says of the records it means.
    pub list: Arc<List>,
    /// Its type, for example `default`.
    pub kind: String,
    /// The schemas whose records it speaks of.
    pub schemas: Set<String>,
    /// Which records it means.
    pub means: Means,
    /// Of whom it speaks that stand in the record.
    pub in_record: Vec<RecordActor>,
    /// The whole of it, as it is stored.
    pub value: Map<String, Value>,
}

/// Which records an access list means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// Those with these ids, whatever their schema.
    Ids(Set<String>),
    /// All of its schemas.
    All,
    /// Those of its schemas that the query finds.
    Query(Query),
}
