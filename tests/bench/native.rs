//! `cargo bench`: what the resident engine costs without JavaScript and wasm. Prints medians; asserts no time.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use lictor::engine::Engine;
use lictor::model::{Attributes, Listed, Named, Seen, StateId, Subject};
use lictor::policy::{ActionId, Index, Lens, Scope};
use serde_json::{Value, json};

const COMMUNITIES: u64 = 200;
const USER: u64 = 7;

fn main() {
    let engine = Engine::preset("oarepo").unwrap();
    let facts = Rc::new(engine.facts(&world()).unwrap());
    let subject = Subject::user(USER.to_string());
    let lens = || Lens::new(engine.shared_policy(), Rc::clone(&facts), subject.clone());
    let actions = u64::try_from(engine.policy().actions.len()).unwrap();

    for rows in [10_000u64, 100_000, 1_000_000] {
        let index = records(rows);
        report(&format!("first list of a subject, {rows} rows"), 1, 9, lens, |mut lens, _| {
            lens.visible(&index, ActionId(0), &Scope::Everywhere).count()
        });
        let ready = || {
            let mut lens = lens();
            lens.visible(&index, ActionId(1), &Scope::Everywhere).count();
            lens
        };
        report(&format!("list of another action, {rows} rows"), 1, 9, ready, |mut lens, _| {
            lens.visible(&index, ActionId(0), &Scope::Everywhere).count()
        });
    }

    let index = records(100_000);
    let mut random = Random(3);
    let asked: Vec<(u32, ActionId)> =
        (0..100_000).map(|_| (random.below(100_000), random.below(actions))).map(pair).collect();
    let mut known = lens();
    report(
        "decide, prepared (goal 50 ns)",
        100_000,
        15,
        || (),
        |(), at| {
            let (row, action) = asked.get(at).copied().unwrap_or((0, ActionId(0)));
            u32::from(known.can(&index, row, action).unwrap_or(0))
        },
    );
    let mut known = lens();
    report(
        "allowed set, prepared",
        100_000,
        15,
        || (),
        |(), at| {
            let (row, _) = asked.get(at).copied().unwrap_or((0, ActionId(0)));
            known.mask(&index, row, 0, false).unwrap_or(0)
        },
    );
}

fn pair((row, action): (u64, u64)) -> (u32, ActionId) {
    (u32::try_from(row).unwrap(), ActionId(u16::try_from(action).unwrap()))
}

/// The median of some rounds of `count` calls, in nanoseconds a call. What `make` does is not counted.
fn report<T>(what: &str, count: usize, rounds: usize, make: impl Fn() -> T, mut call: impl FnMut(T, usize) -> u32)
where
    T: 'static,
{
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let made: Vec<T> = (0..count).map(|_| make()).collect();
            let start = Instant::now();
            let sum = made.into_iter().enumerate().fold(0u32, |sum, (at, made)| sum.wrapping_add(call(made, at)));
            black_box(sum);
            start.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(count).unwrap())
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<44}{:>14.1} ns", times.get(rounds / 2).copied().unwrap_or(f64::NAN));
}

/// The world of `generate.mjs` in outline: a user in 50 of 200 communities.
fn world() -> Value {
    let grants = json!({
        "member": ["create", "read"],
        "curator": ["read", "update", "request-approval", "approve", "request-changes", "delete"],
        "publisher": ["read", "publish", "revert-approve"],
    });
    let communities: serde_json::Map<String, Value> =
        (0..COMMUNITIES).map(|number| (community(number), json!({ "grants": grants }))).collect();
    let roles = ["member", "curator", "publisher"];
    let memberships: Vec<Value> = (0..50u64)
        .zip(roles.iter().cycle())
        .map(|(number, role)| json!({ "community": community(number * 4), "user": USER, "role": role }))
        .collect();
    json!({ "communities": communities, "memberships": memberships, "complete": true })
}

fn community(number: u64) -> String {
    format!("community-{number:04}")
}

fn records(count: u64) -> Index {
    let mut random = Random(2);
    let mut index = Index::new();
    for _ in 0..count {
        index.add(&Attributes {
            listed: Listed::Nothing,
            id: None,
            primary: Seen::Known(Some(community(random.below(COMMUNITIES)))),
            secondary: Seen::Known(Vec::new()),
            partial: Vec::new(),
            state: Seen::Known(StateId(u16::try_from(random.below(4)).unwrap())),
            owners: Seen::Known(vec![random.below(500).to_string()]),
            named: Named::default(),
        });
    }
    index
}

/// A small generator (splitmix64), so that every run asks the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
