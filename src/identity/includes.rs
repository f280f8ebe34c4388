//! Roles that include others.

use crate::model::{Set, Table, packed};

/// For each role, the roles whose holders hold it too.
#[derive(Debug, Clone, Default)]
pub struct Includes {
    above: Table<Set<String>>,
}

packed! {
    struct Includes { above }
}

impl Includes {
    /// From what each role includes, directly or by what those include.
    pub fn new(direct: &[(String, Vec<String>)]) -> Self {
        let mut above: Table<Set<String>> = Table::default();
        // As often as there are roles: the longest chain has no more links.
        for _ in direct {
            for (role, included) in direct {
                let over: Vec<String> = above.get(role).into_iter().flatten().cloned().collect();
                for lower in included {
                    above.change(lower, |holders| {
                        holders.insert(role.clone());
                        holders.extend(over.iter().cloned());
                    });
                }
            }
        }
        Self { above }
    }

    /// Roles other than this one that its holders hold too.
    pub fn included<'s>(&'s self, role: &'s str) -> impl Iterator<Item = &'s str> {
        self.above.iter().filter(move |(_, holders)| holders.contains(role)).map(|(lower, _)| lower)
    }

    /// Roles other than this one whose holders hold it too.
    pub fn holders(&self, role: &str) -> impl Iterator<Item = &str> {
        self.above.get(role).map_or(&[][..], Set::as_slice).iter().map(String::as_str)
    }
}
