//! Limits, in one place. Each has an error that names the path of what went over.

/// Bounds on input. The defaults are those of the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Nesting of objects and lists.
    pub depth: usize,
    /// Size in bytes, counted over keys and scalars.
    pub bytes: usize,
}

impl Limits {
    /// A policy document: 1 MB, depth 64.
    pub const POLICY: Self = Self { depth: 64, bytes: 1 << 20 };
    /// A call: a record of 1 MB and some words around it.
    pub const CALL: Self = Self { depth: 64, bytes: (1 << 20) + (64 << 10) };
    /// A set of facts: 256 MB.
    pub const FACTS: Self = Self { depth: 66, bytes: 256 << 20 };
    /// Names and ids: 255 bytes.
    pub const ID: usize = 255;
    /// A community id: 63 characters.
    pub const COMMUNITY_ID: usize = 63;
    /// A community's title: 128 characters.
    pub const TITLE: usize = 128;
    /// Communities of one record.
    pub const COMMUNITIES: usize = 100;
    /// Grants, or links, of one record.
    pub const GIVEN: usize = 1_000;
    /// The last number a field that counts tells from the next.
    pub const COUNT: u64 = 100;
    /// Machines of a policy.
    pub const MACHINES: usize = 64;
    /// Named fields of a policy.
    pub const FIELDS: usize = 64;
    /// Actions of a resource type.
    pub const ACTIONS: usize = 128;
    /// Community roles of a policy.
    pub const ROLES: usize = 1_000;
    /// Entries of a bulk call.
    pub const BULK: usize = 100;
    /// States of one machine; their numbers fit in 16 bits beside the reserved ones.
    pub const STATES: usize = 60_000;
    /// Nodes of all rules of a policy together after definitions are filled in.
    pub const RULE_NODES: usize = 20_000;
    /// Nesting of one rule after definitions are filled in.
    pub const RULE_DEPTH: usize = 64;
    /// An access list's name, in characters.
    pub const ACL_NAME: usize = 64;
    /// Actors of an access list.
    pub const ACL_ACTORS: usize = 100;
    /// Users or roles of one actor, and records or schemas an access list names.
    pub const ACL_NAMES: usize = 10_000;
    /// Nesting of objects and lists in the query of an access list.
    pub const QUERY_DEPTH: usize = 32;
    /// Conditions of such a query, and values in its lists, together.
    pub const QUERY_PARTS: usize = 4_096;
    /// Names in the path of a field.
    pub const PATH: usize = 16;
    /// Names listed in a message.
    pub const LISTED: usize = 12;
    /// Faults reported at once.
    pub const FAULTS: usize = 100;
}
