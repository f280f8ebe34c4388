//! Non-interference: where two worlds are one to a subject, the subject is given the same bytes.
//!
//! Two worlds are *one to a subject* if every question it may ask has the same answer in both, and what it may see is the
//! same; `truth::Knowable` says so without a line of `src`. Worlds are tried by changing one at random, mostly where somebody
//! cannot see it.

use super::lab::{Fault, Figures, Lab, Subs, count};
use super::mutate::{MUTATIONS, mutated};

const TRIES: usize = 12;

pub fn check(lab: &Lab, fault: &Fault, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(3);
    let changed: Vec<(Lab, Vec<usize>)> = (0..TRIES)
        .map(|_| mutated(&lab.whole, &mut rng))
        .filter(|(whole, _)| *whole != lab.whole)
        .map(|(whole, kinds)| (lab.changed(whole), kinds))
        .collect();
    for asker in lab.whole.askers() {
        let known = lab.truth(&asker).knowable();
        let subs = lab.subs(&mut rng);
        let bytes: Vec<String> = subs.iter().map(|subs| lab.view(fault, &asker, subs).bytes()).collect();
        for (other, kinds) in &changed {
            count(figures, "worlds tried");
            if other.truth(&asker).knowable() != known {
                continue;
            }
            count(figures, "worlds kept");
            for kind in kinds {
                count(figures, format!("kept: {}", MUTATIONS[*kind].0));
            }
            for (subs, bytes) in subs.iter().zip(&bytes) {
                let now = other.view(fault, &asker, subs).bytes();
                if now != *bytes {
                    return Err(format!(
                        "{} {subs:?}: other bytes in a world that is the same to it; {}\n  {bytes}\n  {now}",
                        lab.place(&asker),
                        kinds.iter().map(|kind| MUTATIONS[*kind].0).collect::<Vec<_>>().join(", ")
                    ));
                }
                count(figures, if *subs == Subs::Everywhere { "whole views compared" } else { "parts compared" });
            }
        }
    }
    Ok(())
}
