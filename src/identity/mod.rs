//! Who asks, as needs. An identity *provides* needs; a permission *requires* some and *excludes* others.

mod naming;
mod permission;
mod provided;

pub use naming::Naming;
pub use permission::{Need, Permission};
pub use provided::{Identity, Missing};
