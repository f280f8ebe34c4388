#![doc = include_str!("ARCHITECTURE.md")]

pub mod terms;

pub mod model;

pub mod acl;

pub mod facts;

pub mod identity;

pub mod policy;

pub mod workflow;

pub mod view;

pub mod admin;

pub mod engine;
pub mod offline;

#[cfg(any(feature = "tools", not(target_arch = "wasm32")))]
pub mod backend;

#[cfg(any(feature = "tools", not(target_arch = "wasm32")))]
pub mod tools;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
