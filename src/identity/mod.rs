//! Who asks, as needs. An identity *provides* needs; a permission *requires* some and *excludes* others.

mod includes;
mod naming;
mod permission;
mod provided;
mod rows;

pub use includes::Includes;
pub use naming::{Deleted, Naming};
pub use permission::{Need, Permission};
pub use provided::{Identity, Missing, is_set, note};
