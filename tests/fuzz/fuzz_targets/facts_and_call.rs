//! See `Cargo.toml` beside this folder.

#![no_main]

#[path = "../../fuzzing/mod.rs"]
mod fuzzing;

libfuzzer_sys::fuzz_target!(|text: &str| {
    fuzzing::facts_and_call(text);
});
