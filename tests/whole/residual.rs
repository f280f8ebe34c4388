//! What a list leaves to a back end, read by a second evaluator over the columns a store keeps.

use lictor::engine::Columns;
use lictor::policy::Where;
use lictor::terms::Answer;

/// Unknown where a back end must let the engine look again.
pub fn holds(part: &Where, columns: &Columns) -> Answer {
    let of = |parts: &[Where]| -> Vec<Answer> { parts.iter().map(|part| holds(part, columns)).collect() };
    match part {
        Where::Always => Answer::Allow,
        Where::Never => Answer::Deny,
        Where::Unknown { .. } | Where::Open | Where::Lists { .. } => Answer::Unknown,
        Where::Any { of: parts } => of(parts).into_iter().fold(Answer::Deny, Answer::or),
        Where::All { of: parts } => of(parts).into_iter().fold(Answer::Allow, Answer::and),
        Where::Not { of: part } => !holds(part, columns),
        Where::State { r#in } => Answer::from(r#in.contains(&columns.state)),
        Where::Owner { user } => Answer::from(columns.owners.contains(user)),
        Where::HasOwner => Answer::from(!columns.owners.is_empty()),
        Where::HasCommunity => Answer::from(columns.primary.is_some()),
        Where::Term { r#in, over } => match (columns.terms.iter().any(|term| r#in.contains(term)), over) {
            (true, true) => Answer::Unknown,
            (found, _) => Answer::from(found),
        },
        Where::Community { of, r#in, unknown, rest } => {
            let one = |id: &String| match (r#in.contains(id), unknown.contains(id)) {
                (true, _) => Answer::Allow,
                (_, true) => Answer::Unknown,
                _ => *rest,
            };
            let primary = columns.primary.as_ref().map_or(*rest, one);
            let more = if *of == "any" { columns.secondary.as_slice() } else { &[] };
            more.iter().map(one).fold(primary, Answer::or)
        }
    }
}
