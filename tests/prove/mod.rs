//! What is proved of views and predictions, over random whole worlds.
//!
//! | module | what is in it |
//! | --- | --- |
//! | `rng`, `world`, `generate`, `mutate` | random worlds, and random changes of them |
//! | `lists` | access lists in it, and what they come to |
//! | `facts` | a world as the engine is given it |
//! | `truth` | what a subject can learn, by the hand-written oracles |
//! | `product` | the one place that knows the names of the engine's functions |
//! | `lab` | a world with an engine over it; views, with or without a fault planted in them |
//! | `sound`, `naive`, `interfere`, `monotone`, `locked`, `history`, `partial`, `visible` | the checks |
//! | `planted` | faults that the checks must find |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

pub mod facts;
pub mod generate;
pub mod history;
pub mod interfere;
pub mod lab;
pub mod lists;
pub mod locked;
pub mod monotone;
pub mod mutate;
pub mod naive;
pub mod partial;
pub mod planted;
pub mod product;
pub mod rng;
pub mod sound;
pub mod truth;
pub mod visible;
pub mod world;
