//! The condition a list leaves to a back end means what the list means: read by a second evaluator, on every record.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bridge;
mod oracle;

use std::collections::HashMap;

use bridge::{PRESETS, Preset, parallel, read_subject};
use lictor::policy::{Ask, Filter, Scope, Where};
use lictor::terms::Answer;
use oracle::space::{self, Group, HOME, SECOND, Size};
use oracle::world::Rec;

#[test]
fn residuals_of_oarepo_mean_the_list() {
    run(&PRESETS[0]);
}

#[test]
fn residuals_of_oarepo_305_mean_the_list() {
    run(&PRESETS[1]);
}

fn run(preset: &Preset) {
    let groups: Vec<Group> = space::groups(Size::Fast).collect();
    let found = parallel(groups.len(), |numbers| {
        let mut engines = HashMap::new();
        let (mut same, mut open) = (0, 0);
        for n in numbers {
            let Group { world, asker, records } = &groups[n];
            let engine = engines.entry(world.allowed_actions.clone()).or_insert_with(|| preset.engine(world));
            let policy = engine.policy();
            let facts = bridge::facts(policy, world, asker, None, &[]);
            let subject = read_subject(asker);
            let communities = [HOME, SECOND].map(|id| Scope::Community(id.to_string()));
            for scope in communities.into_iter().chain([Scope::Everywhere, Scope::Mine]) {
                let mut ask = Ask::new(policy, &subject, &facts);
                if let Scope::Community(id) = &scope {
                    ask = ask.within(id);
                }
                for name in ["read", "update", "publish"] {
                    let filter = Filter::new(&ask, policy.action(name).unwrap(), &scope);
                    let residual = filter.residual();
                    for record in records.iter().filter(|record| preset.is_legal(record)) {
                        let expected = filter.answer(&preset.attributes(policy, record, &[]));
                        let got = holds(preset, &residual, record);
                        let place =
                            || format!("{name} {scope:?} by {asker:?} of {record:?}: {residual:?} in {world:?}");
                        match got {
                            // A back end that cannot say it lets the engine look again; it never says the opposite.
                            Answer::Unknown => open += 1,
                            _ => {
                                assert_eq!(got, expected, "{} {}", preset.name, place());
                                same += 1;
                            }
                        }
                    }
                }
            }
        }
        (same, open)
    });
    let same: usize = found.iter().map(|(same, _)| same).sum();
    let open: usize = found.iter().map(|(_, open)| open).sum();
    println!("{}: {same} the same, {open} left to the engine", preset.name);
    assert!(same > 100_000 && open * 20 < same, "{same} the same, {open} left to the engine");
}

fn holds(preset: &Preset, part: &Where, record: &Rec) -> Answer {
    let of = |parts: &[Where]| -> Vec<Answer> { parts.iter().map(|part| holds(preset, part, record)).collect() };
    match part {
        Where::Always => Answer::Allow,
        Where::Never => Answer::Deny,
        Where::Unknown { .. } => Answer::Unknown,
        Where::Any { of: parts } => of(parts).into_iter().fold(Answer::Deny, Answer::or),
        Where::All { of: parts } => of(parts).into_iter().fold(Answer::Allow, Answer::and),
        Where::Not { of: part } => !holds(preset, part, record),
        Where::State { r#in } => Answer::from(r#in.contains(&state(preset, record))),
        Where::Owner { user } => Answer::from(record.owners.iter().any(|id| id.to_string() == *user)),
        // These policies name no fields.
        Where::Open | Where::Lists { .. } | Where::Term { .. } | Where::HasCommunity => Answer::Unknown,
        Where::HasOwner => Answer::from(!record.owners.is_empty()),
        Where::Community { of, r#in, unknown, rest } => {
            let one = |id: &String| match (r#in.contains(id), unknown.contains(id)) {
                (true, _) => Answer::Allow,
                (_, true) => Answer::Unknown,
                _ => *rest,
            };
            let primary = one(&record.primary);
            let more = if *of == "any" { record.secondary.as_slice() } else { &[] };
            more.iter().map(one).fold(primary, Answer::or)
        }
    }
}

fn state(preset: &Preset, record: &Rec) -> String {
    let old = preset.name == "oarepo-3.0.5";
    match record.state.as_deref() {
        None if old => "(none)",
        None => "editing",
        Some("filling") if !old => "editing",
        Some("approving") if !old => "pending-approval",
        Some(word) => word,
    }
    .to_string()
}
