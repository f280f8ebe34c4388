//! Deterministic fuzzing: mutated documents, facts and calls. Nothing panics, every refusal says what and where, and
//! the engine answers the next question.
//!
//! `FUZZ_SECONDS=600` runs longer (`npm run fuzz`), `FUZZ_INPUTS` says how many, `FUZZ_SEED` makes other ones.
//! `FUZZ_SEEDS_TO` names a folder the starting inputs are written to, for cargo-fuzz (see `fuzz/Cargo.toml`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod corpus_run;
mod fuzzing;
#[path = "fuzzing/mutate.rs"]
mod mutate;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

use corpus_run::Files;
use fuzzing::{Verdict, facts_and_call, policy_document};
use lictor::engine::Engine;
use lictor::model::merge_patch;
use lictor::policy::{PRESETS, preset};
use mutate::{Draw, Pool, change_bytes, node, nodes};
use serde_json::{Value, json};

type Target = fn(&str) -> Verdict;

/// A single input that takes longer than this is a fault.
const SLOW: Duration = Duration::from_secs(20);
/// Slower inputs of a long run are kept, to be looked at.
const NOTABLE: Duration = Duration::from_millis(300);
/// How many smaller inputs are tried to make a failing one small.
const SHRINKS: u64 = 3_000;

#[test]
fn policy_documents() {
    let mut seeds: Vec<Value> = PRESETS.iter().map(|(name, _)| preset(name).unwrap()).collect();
    for (_, file) in Files::all() {
        for case in file["cases"].as_array().unwrap() {
            let input = &case["input"];
            let whole = case["call"] == "policy";
            let asked = if whole { input.get("preset") } else { case.get("policy").or(file.get("policy")) };
            let changes = if whole { input.get("changes") } else { case.get("changes").or(file.get("changes")) };
            let mut document = preset(asked.and_then(Value::as_str).unwrap_or("oarepo")).unwrap_or_default();
            match changes {
                Some(changes) => merge_patch(&mut document, changes),
                None if whole && asked.is_none() => document = input.clone(),
                None => continue,
            }
            // What is refused as it stands is seldom accepted after a change; some of it is enough.
            if Engine::new(&document).is_ok() || seeds.len().is_multiple_of(4) {
                seeds.push(document);
            }
        }
    }
    fuzz("policy_document", policy_document, &seeds, 1_500);
}

#[test]
fn facts_and_calls() {
    let mut seeds = Vec::new();
    for (_, file) in Files::all() {
        for case in file["cases"].as_array().unwrap() {
            let given = case.get("facts").or_else(|| file.get("facts")).unwrap_or(&Value::Null);
            let named = given.as_str().map_or(given, |world| &file["worlds"][world]);
            let facts = if case["call"] == "facts" { &case["input"] } else { named };
            seeds.push(json!({"facts": facts, "input": case["input"]}));
        }
    }
    fuzz("facts_and_call", facts_and_call, &seeds, 2_500);
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: `{text}` is no number")))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Panics of the targets are kept, not printed.
fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if QUIET.get() {
                PANIC.with(|kept| kept.borrow_mut().get_or_insert(panic.to_string()).truncate(4_000));
            } else {
                usual(panic);
            }
        }));
    });
}

/// What a target makes of an input: its verdict, or where and how it panicked.
fn attempt(target: Target, text: &str) -> Result<Verdict, String> {
    QUIET.set(true);
    PANIC.take();
    let start = Instant::now();
    let result = catch_unwind(|| target(text));
    QUIET.set(false);
    match result {
        Ok(_) if start.elapsed() > SLOW => Err(format!("slow:\ntook {:?}", start.elapsed())),
        Ok(verdict) => Ok(verdict),
        Err(_) => Err(PANIC.take().unwrap_or_default()),
    }
}

fn fuzz(name: &str, target: Target, seeds: &[Value], inputs: u64) {
    keep_panics();
    let mut pool = Pool::default();
    seeds.iter().for_each(|seed| pool.add(seed));
    let texts: Vec<String> = seeds.iter().map(Value::to_string).collect();
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS_TO") {
        write_seeds(&Path::new(&folder).join(name), &texts);
    }
    let seed = setting("FUZZ_SEED").unwrap_or(1);
    let until = setting("FUZZ_SECONDS").map(Duration::from_secs);
    let inputs = setting("FUZZ_INPUTS").unwrap_or(if until.is_some() { u64::MAX } else { inputs });
    let mut tally = Tally::new(name);
    for (number, text) in (0..inputs).map(|number| (number, input(&pool, seeds, &texts, &mut Draw::new(seed, number))))
    {
        let start = Instant::now();
        match attempt(target, &text) {
            Ok(verdict) => {
                let took = start.elapsed();
                if until.is_some() && took > tally.slowest.max(NOTABLE) {
                    println!("{name}: {took:.0?} for {}", keep(name, seed, number, &text).display());
                }
                tally.count(&verdict, took);
            }
            Err(fault) => {
                let small = shrink(target, &text, &fault);
                let path = keep(name, seed, number, &small);
                panic!("{name}: FUZZ_SEED={seed}, input {number}, kept in {}\n{fault}", path.display());
            }
        }
        if until.is_some_and(|until| tally.since.elapsed() > until) {
            break;
        }
        tally.progress(until.is_some());
    }
    tally.say();
    assert!(tally.accepted > 0, "no input was accepted: the mutations are too wild");
}

/// One input: a seed with a few changes, to its parts or to its text.
fn input(pool: &Pool, seeds: &[Value], texts: &[String], draw: &mut Draw) -> String {
    let number = draw.below(seeds.len());
    if draw.chance(20) {
        let other = draw.below(texts.len());
        return change_bytes(&texts[number], &texts[other], draw);
    }
    let mut value = seeds[number].clone();
    for _ in 0..*draw.of(&[1, 1, 1, 2, 4]) {
        // Calls are small beside their facts.
        match value.get_mut("input") {
            Some(input) if draw.chance(70) => pool.change(input, draw),
            _ => pool.change(&mut value, draw),
        }
    }
    value.to_string()
}

/// Leaves out what the same panic does not need. The first line of a panic says where it was.
fn shrink(target: Target, text: &str, fault: &str) -> String {
    let place = fault.lines().next();
    let same = |text: &str| attempt(target, text).is_err_and(|other| other.lines().next() == place);
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_string() };
    if fault.starts_with("slow") || !same(&value.to_string()) {
        return text.to_string();
    }
    for number in 0..SHRINKS {
        let mut draw = Draw::new(7, number);
        let mut smaller = value.clone();
        let at = draw.below(nodes(&smaller));
        match node(&mut smaller, at) {
            Value::Array(list) if !list.is_empty() => drop(list.remove(draw.below(list.len()))),
            Value::Object(map) if !map.is_empty() => {
                let key = map.keys().nth(draw.below(map.len())).cloned().unwrap();
                map.remove(&key);
            }
            _ => continue,
        }
        if same(&smaller.to_string()) {
            value = smaller;
        }
    }
    value.to_string()
}

fn keep(name: &str, seed: u64, number: u64, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("fuzz-{name}-{seed}-{number}.json"));
    std::fs::write(&path, text).unwrap();
    path
}

fn write_seeds(folder: &Path, texts: &[String]) {
    std::fs::create_dir_all(folder).unwrap();
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.json")), text).unwrap();
    }
}

/// What was seen.
struct Tally<'n> {
    name: &'n str,
    since: Instant,
    said: Instant,
    inputs: u64,
    accepted: u64,
    answered: usize,
    slowest: Duration,
    refused: BTreeMap<&'static str, u64>,
}

impl<'n> Tally<'n> {
    fn new(name: &'n str) -> Self {
        let (since, said) = (Instant::now(), Instant::now());
        Self {
            name,
            since,
            said,
            inputs: 0,
            accepted: 0,
            answered: 0,
            slowest: Duration::ZERO,
            refused: BTreeMap::new(),
        }
    }

    fn count(&mut self, verdict: &Verdict, took: Duration) {
        self.inputs += 1;
        self.accepted += u64::from(verdict.accepted);
        self.answered += verdict.answered;
        self.slowest = self.slowest.max(took);
        for code in &verdict.refused {
            *self.refused.entry(code.as_str()).or_default() += 1;
        }
    }

    fn progress(&mut self, long: bool) {
        if long && self.said.elapsed() > Duration::from_secs(10) {
            self.said = Instant::now();
            self.say();
        }
    }

    fn say(&self) {
        let refused: Vec<String> = self.refused.iter().map(|(code, count)| format!("{code} {count}")).collect();
        println!(
            "{}: {} inputs in {:.0?} ({:.0} a second, slowest {:.1?}), {} accepted, {} calls answered; refused: {}",
            self.name,
            self.inputs,
            self.since.elapsed(),
            self.inputs as f64 / self.since.elapsed().as_secs_f64(),
            self.slowest,
            self.accepted,
            self.answered,
            refused.join(", ")
        );
    }
}
