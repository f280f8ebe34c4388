//! The promise of prediction under `repository`, over random whole worlds: a device is never contradicted by the server at
//! equal knowledge, a view says nothing of what its user may not see, and less knowledge only makes answers unknown.
//!
//! Some sixty worlds by default; `LICTOR_PROVE=full` takes 2,000, or as many as `LICTOR_PROVE` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod oracle;
#[path = "prove/repository/mod.rs"]
mod proving;
mod whole;

use proving::lab::Lab;
use proving::sound::Figures;
use proving::{asked, hidden, less, shown, sound};

/// Of a hundred answers on records in view at most so many may be unknown, action by action.
const UNKNOWN: usize = 2;

fn worlds() -> usize {
    match std::env::var("LICTOR_PROVE").as_deref() {
        Ok("full") => 2_000,
        Ok(number) => number.parse().expect("`full` or a number of worlds"),
        Err(_) => 60,
    }
}

/// For checks that put every question to devices.
fn dear() -> usize {
    worlds() / 4
}

/// Runs a check over worlds; its figures, or its first failures.
fn prove(name: &str, worlds: usize, check: fn(&Lab, &mut Figures) -> Result<(), String>) -> Figures {
    let found = whole::parallel(worlds, |seeds| {
        let (mut figures, mut failures) = (Figures::new(), Vec::new());
        for seed in seeds {
            if failures.len() < 3
                && let Err(why) = check(&Lab::new(seed as u64), &mut figures)
            {
                failures.push(why);
            }
        }
        (figures, failures)
    });
    let (mut sum, mut failures) = (Figures::new(), Vec::new());
    for (figures, found) in found {
        failures.extend(found);
        for (name, number) in figures {
            *sum.entry(name).or_default() += number;
        }
    }
    println!("{name}, {worlds} worlds");
    for (name, number) in &sum {
        if !name.starts_with("asked") && !name.starts_with("unknown") {
            println!("  {number:>9} {name}");
        }
    }
    assert!(failures.is_empty(), "{name}: {} failures\n{}", failures.len(), failures.join("\n"));
    sum
}

#[test]
fn what_a_device_says_is_never_contradicted() {
    let figures = prove("soundness", dear(), sound::check);
    let mut too_many = Vec::new();
    for (name, asked) in figures.iter().filter_map(|(name, asked)| Some((name.strip_prefix("asked ")?, asked))) {
        let unknown = figures.get(&format!("unknown {name}")).copied().unwrap_or(0);
        println!("  {name}: {unknown} of {asked} unknown, {:.2} %", 100.0 * unknown as f64 / *asked as f64);
        if name.contains(" shown ") && unknown * 100 > asked * UNKNOWN {
            too_many.push(name);
        }
    }
    assert!(too_many.is_empty(), "more than {UNKNOWN} % unknown on records in view: {too_many:?}");
}

#[test]
fn a_view_says_nothing_of_what_its_user_may_not_see() {
    let figures = prove("non-interference", worlds(), hidden::check);
    assert!(figures["whole views compared"] >= 10 * worlds(), "too few hidden changes: {figures:?}");
}

#[test]
fn a_view_shows_what_the_oracle_says() {
    let figures = prove("visibility", worlds(), shown::check);
    assert!(figures["tombstones shown"] > 0 && figures["shown to who manages"] > worlds(), "{figures:?}");
}

#[test]
fn what_a_device_shows_as_done_the_server_does() {
    let figures = prove("intents", worlds(), asked::check);
    let of = |name: &str| figures.get(name).copied().unwrap_or(0);
    assert!(of("allow, accepted") > worlds() && of("deny, rejected") > worlds(), "too little was asked: {figures:?}");
}

#[test]
fn less_knowledge_only_makes_answers_unknown() {
    let figures = prove("monotone knowledge", dear(), less::check);
    assert!(figures["turned into unknown"] > dear(), "nothing was taken that mattered: {figures:?}");
}
