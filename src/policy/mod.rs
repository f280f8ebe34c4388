//! May they? The decision point.
//!
//! A policy *document* is read into rules ([`Rule`]); a rule has several projections, each written once for all rules:
//! [`decide`](Question::decide), [`explain`](Question::explain), [`who`](Ask::who), [`Filter`], [`matrix`](table::matrix)
//! and the columns of [`Lens`]. What a single condition means stands in one place, `leaf.rs`.
//!
//! Nothing here changes anything: see `workflow` for what follows from an action and `admin` for changes to policy.

mod atom;
mod canonical;
mod community;
mod compiled;
mod decide;
mod document;
mod explain;
mod filter;
mod info;
mod leaf;
mod leaf_named;
mod lens;
mod listed;
mod membership;
mod parse;
mod presets;
mod read;
mod reason;
mod remedy;
mod remedy_search;
mod remedy_step;
#[cfg(test)]
mod remedy_test;
mod residual;
mod rule;
mod settle;
pub mod table;
mod told;
mod values;
mod wanted;
mod who;

pub use atom::{Atom, AtomId, CommunityAtom, Of, SubjectAtom};
pub use canonical::{canonical, content_hash, quote};
pub use community::{Whereabouts, community_attributes};
pub use decide::{Decision, Question, Shows};
pub use document::{ActionId, Check, CommunityDoor, Guard, Made, Policy, RecordType, Setting, TYPE, Transition};
pub use explain::{Explanation, Node};
pub use filter::{Filter, Scope};
pub use info::Info;
pub use leaf::Ask;
pub use lens::{Index, Lens, Visible};
pub use listed::Shown;
pub use membership::{MEMBER, MemberAction, MembershipWords, RequestType};
pub use presets::{PRESETS, preset};
pub use reason::Reason;
pub use remedy::RemedyChange;
pub use residual::Where;
pub use rule::Rule;
pub use who::{Who, users_in, users_of};
