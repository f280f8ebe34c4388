//! What a device says is the server's answer, concealment included; what it does not know is counted.

use std::collections::BTreeMap;

use super::lab::{Lab, Subs, says};

pub type Figures = BTreeMap<String, usize>;

pub fn count(figures: &mut Figures, name: impl Into<String>) {
    *figures.entry(name.into()).or_default() += 1;
}

pub fn check(lab: &Lab, figures: &mut Figures) -> Result<(), String> {
    let mut rng = lab.rng(1);
    for visitor in lab.whole.visitors() {
        let told: Vec<_> = lab.questions().into_iter().map(|q| (lab.told(&visitor, &q), q)).collect();
        for subs in lab.subs(&mut rng) {
            let view = lab.view(&visitor, &subs);
            let device = lab.device(&visitor, &view)?;
            for (told, question) in &told {
                let shown = match &question.record {
                    Some(id) if view.holds(id) => "shown",
                    Some(_) => "other",
                    None => "create",
                };
                let part = if subs == Subs::Everywhere { "all" } else { "part" };
                let of = if question.resource["type"] == "record" { "" } else { "library " };
                let name = format!("{part} {shown} {of}{}", question.action);
                count(figures, format!("asked {name}"));
                match says(&device, question)? {
                    None => count(figures, format!("unknown {name}")),
                    Some(said) if said == *told => {}
                    Some(said) => {
                        let record =
                            question.record.as_ref().map(|id| (lab.whole.records.get(id), lab.whole.things.get(id)));
                        let place = lab.place(&visitor);
                        return Err(format!(
                            "{place} {subs:?} {} {}: predicted {said:?}, the server says {told:?}; {record:?}",
                            question.action, question.resource
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}
