//! What changes policy and people: communities and their grants.

mod community;
mod grants;

pub use community::{NewCommunity, create_community};
pub use grants::{GrantChange, change_grants};
