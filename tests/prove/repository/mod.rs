//! What is proved of views under the preset `repository`: restricted records, files, grants, links, embargo, reviews, deleted
//! communities, hidden members, and the library.
//!
//! | module | what is in it |
//! | --- | --- |
//! | `world` | random whole worlds, and what bears on each asker in them |
//! | `lab` | a world with an engine over it; views; what is asked |
//! | `sound`, `hidden`, `less`, `shown`, `asked` | the checks |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

pub mod asked;
pub mod hidden;
pub mod lab;
pub mod less;
pub mod shown;
pub mod sound;
pub mod world;
