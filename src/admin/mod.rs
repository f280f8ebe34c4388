//! What changes policy and people: communities, their settings, their grants and their members; access lists.

mod acl_rights;
mod acls;
mod community;
mod counted;
mod grants;
mod members;
mod settings;
mod variant;

pub use acl_rights::{ACL, About, MANAGE, Meant, Place, manages, named, people, places, verdict};
pub use acls::{AclAct, AclCall, change_acl, list_acls};
pub use community::{NewCommunity, create_community};
pub use counted::{Counted, Counting};
pub use grants::{GrantChange, change_grants};
pub use members::{
    Entry, MemberCall, MemberChoice, MemberSight, MemberView, Permissions, RowSight, What, Who, awaited,
    change_members, list_keys, list_members, member_choice, member_keys, membership_follows,
};
pub use settings::{CommunityAct, CommunityChange, change_community};
pub use variant::Said;
