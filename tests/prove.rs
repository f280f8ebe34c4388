//! The promise of prediction, over random whole worlds: at equal policy and view a device that says `allow` or `deny` is
//! never contradicted by the server, a view says nothing of what its user may not see, and a patched view is a fresh one.
//!
//! A few hundred worlds by default; `LICTOR_PROVE=full` takes 20,000, or as many as `LICTOR_PROVE` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bridge;
mod oracle;
#[path = "prove/mod.rs"]
mod proving;

use std::collections::BTreeMap;
use std::fmt::Write;

use bridge::parallel;
use proving::lab::{Fault, Figures, HONEST, Lab};
use proving::planted::PLANTED;
use proving::world::TEETH;
use proving::{generate, history, interfere, monotone, naive, partial, sound, visible};

type Check = fn(&Lab, &Fault, &mut Figures) -> Result<(), String>;

const CHECKS: [(&str, Check); 5] = [
    ("visibility", visible::check),
    ("soundness", sound::check),
    ("non-interference", interfere::check),
    ("monotone knowledge", monotone::check),
    ("history", history::check),
];

/// Worlds in which a long run once found a fault, and the check that did.
const REMEMBERED: [(u64, &str); 1] = [
    // A device without the subject's own entry took it to have no system roles.
    (3216, "monotone knowledge"),
];

fn worlds() -> usize {
    match std::env::var("LICTOR_PROVE").as_deref() {
        Ok("full") => 20_000,
        Ok(number) => number.parse().expect("`full` or a number of worlds"),
        Err(_) => 300,
    }
}

/// For checks in which each world costs many times as much.
fn dear() -> usize {
    worlds() / 4
}

/// Runs a check over worlds; its figures, or its first failures.
fn prove(name: &str, worlds: usize, check: impl Fn(&Lab, &mut Figures) -> Result<(), String> + Sync) -> Figures {
    let found = parallel(worlds, |seeds| {
        let mut figures = Figures::new();
        let mut failures = Vec::new();
        for seed in seeds {
            if failures.len() < 3
                && let Err(why) = check(&Lab::new(seed as u64), &mut figures)
            {
                failures.push(why);
            }
        }
        (figures, failures)
    });
    let mut sum = Figures::new();
    let mut failures = Vec::new();
    for (figures, found) in found {
        failures.extend(found);
        for (name, number) in figures {
            *sum.entry(name).or_default() += number;
        }
    }
    assert!(failures.is_empty(), "{name}: {}", failures.join("\n"));
    println!("{name}, {worlds} worlds");
    sum
}

fn show(figures: &Figures) {
    for (name, number) in figures {
        println!("  {number:>9} {name}");
    }
}

#[test]
fn worlds_have_teeth() {
    let mut found = [0; TEETH.len()];
    for seed in 0..worlds() {
        for (count, has) in found.iter_mut().zip(generate::world(seed as u64).teeth()) {
            *count += usize::from(has);
        }
    }
    for (name, count) in TEETH.iter().zip(found) {
        let percent = 100 * count / worlds();
        println!("{name}: in {percent} % of {} worlds", worlds());
        assert!(percent >= 30, "{name}: in {percent} % of worlds only");
    }
}

#[test]
fn the_server_says_what_the_oracle_says() {
    show(&prove("engine and oracle", worlds(), sound::server));
}

#[test]
fn what_a_device_says_is_never_contradicted() {
    let figures = prove("soundness", worlds(), |lab, figures| sound::check(lab, &HONEST, figures));
    let number = |name: &str| figures.get(name).copied().unwrap_or(0);
    let mut table: BTreeMap<&str, String> = BTreeMap::new();
    for (name, asked) in figures.iter().filter_map(|(name, asked)| Some((name.strip_prefix("asked ")?, asked))) {
        let unknown = number(&format!("unknown {name}"));
        let percent = 100.0 * unknown as f64 / *asked as f64;
        println!("  {name}: {unknown} of {asked} unknown, {percent:.2} %");
        if name.contains(" shown ") {
            let line = table.entry(name.split(" shown ").next().unwrap()).or_default();
            write!(line, " {percent:.2}").unwrap();
            assert!(percent <= 2.0, "{name}: {percent:.2} % unknown on records in view");
        }
    }
    for (name, number) in figures.iter().filter(|(name, _)| name.contains("listed") || name.contains("rested")) {
        println!("  {number:>9} {name}");
    }
    assert!(number("rested on access lists, all") > 10 * worlds(), "lists decide too little: {figures:?}");
}

#[test]
fn a_naive_client_is_wrong_in_at_least_half_of_the_worlds() {
    let figures = prove("naive client", worlds(), |lab, figures| {
        let (whole, any) = naive::wrong(lab);
        for (name, wrong) in [("wrong with a whole view", whole), ("wrong with some view", any)] {
            *figures.entry(name.to_string()).or_default() += usize::from(wrong);
        }
        Ok(())
    });
    show(&figures);
    assert!(2 * figures["wrong with some view"] >= worlds(), "the worlds have no teeth");
}

#[test]
fn a_view_says_nothing_of_what_its_user_may_not_see() {
    let figures = prove("non-interference", worlds(), |lab, figures| interfere::check(lab, &HONEST, figures));
    show(&figures);
    assert!(figures["worlds kept"] >= 10 * worlds(), "too few worlds that are the same to somebody: {figures:?}");
}

#[test]
fn a_view_shows_what_the_oracle_of_visibility_says() {
    show(&prove("visibility", worlds(), |lab, figures| visible::check(lab, &HONEST, figures)));
}

#[test]
fn less_knowledge_only_makes_answers_unknown() {
    let figures = prove("monotone knowledge", dear(), |lab, figures| monotone::check(lab, &HONEST, figures));
    show(&figures);
    assert!(figures["turned into unknown"] > dear(), "nothing was taken that mattered: {figures:?}");
}

#[test]
fn intents_come_to_what_the_device_predicts() {
    let figures = prove("intents", worlds(), |lab, figures| history::decided(lab, &HONEST, figures));
    show(&figures);
    for name in ["known afterwards, with lists", "unknown afterwards, with lists"] {
        assert!(figures[name] > worlds() / 2, "too little is left open, or known: {figures:?}");
    }
    assert!(figures["allow, accepted"] > worlds() && figures["deny, rejected"] > worlds(), "{figures:?}");
}

#[test]
fn a_patched_view_is_a_fresh_view() {
    let figures = prove("history", dear(), |lab, figures| history::check(lab, &HONEST, figures));
    show(&figures);
    assert!(figures["operations"] > dear() && figures["intents shown"] > dear() / 10, "{figures:?}");
}

#[test]
fn where_records_changed_only_they_are_projected_anew() {
    let figures = prove("changed records alone", worlds(), |lab, figures| partial::check(lab, &HONEST, figures));
    show(&figures);
    assert!(figures["views that moved"] > worlds() / 2, "too little changed: {figures:?}");
    assert!(figures["views that must be made whole"] > worlds() / 2, "following is never wrong: {figures:?}");
}

#[test]
fn faults_that_were_found_do_not_return() {
    for (seed, by) in REMEMBERED {
        let (_, check) = CHECKS.iter().find(|(name, _)| *name == by).unwrap();
        check(&Lab::new(seed), &HONEST, &mut Figures::new()).unwrap();
    }
}

/// Each planted fault is found, and by the check that is there for it.
#[test]
fn planted_faults_are_found() {
    let found = parallel(PLANTED.len(), |numbers| {
        let search = |number: usize| {
            let (name, fault, by) = &PLANTED[number];
            let (_, check) = CHECKS.iter().find(|(name, _)| name == by).unwrap();
            let caught = |seed: &u64| check(&Lab::new(*seed), fault, &mut Figures::new()).err().map(|why| (*seed, why));
            (*name, *by, (0..60).find_map(|seed| caught(&seed)))
        };
        numbers.map(search).collect::<Vec<_>>()
    });
    for (name, by, caught) in found.into_iter().flatten() {
        let (seed, why) = caught.unwrap_or_else(|| panic!("{by} does not find that {name}"));
        println!("{name}: {by}, world {seed}: {}", why.chars().take(160).collect::<String>());
    }
}
