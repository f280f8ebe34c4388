//! Which axes a condition looks at. What it means there is not said here: the engine is asked (`truth.rs`).

use super::axis::{Slot, What};
use super::side::{Side, kept};
use crate::engine::Engine;
use crate::model::{Field, FieldKind};
use crate::policy::{Atom, CommunityAtom, Of, Policy, SubjectAtom};

impl Side {
    /// What a condition looks at, on records of this side's type.
    pub fn looks_at(&self, atom: &Atom) -> Vec<What> {
        match atom {
            Atom::Subject(atom) => self.of_subject(atom),
            Atom::Community(atom, of) => {
                let mut found = Vec::new();
                for slot in self.slots(*of) {
                    self.of_community(atom, &slot, &mut found);
                }
                found
            }
            Atom::State(_) => vec![What::State],
            Atom::Owner => vec![What::Who, What::Owner],
            Atom::HasOwner => vec![What::Owner],
            Atom::Word(id, _) | Atom::Filled(id) | Atom::Past(id) => self.placed(id.0).into_iter().collect(),
            Atom::UserIn(id) | Atom::RoleIn(id) | Atom::Given(id, _) => {
                self.placed(id.0).into_iter().chain([What::Who]).collect()
            }
            Atom::List(operations, denies, state) => self.of_lists(operations, *denies, *state),
            Atom::InScope => Vec::new(),
        }
    }

    fn placed(&self, number: u16) -> Option<What> {
        let fields = &self.kind().fields;
        let field = fields.named.get(usize::from(number))?;
        let at = field.at.as_ref().filter(|at| kept(at))?;
        // One place may have two names: the owners are users, too.
        Some(if *at == fields.owners { What::Owner } else { What::Field(field.name.clone()) })
    }

    fn of_subject(&self, atom: &SubjectAtom) -> Vec<What> {
        match atom {
            SubjectAtom::Authenticated | SubjectAtom::System | SubjectAtom::User(_) => vec![What::Who],
            SubjectAtom::Role(name) => vec![What::Who, What::Role(name.clone())],
            SubjectAtom::SystemRole(name) => {
                let naming = &self.policy().naming;
                let mut usual = naming.anonymous.iter().chain(&naming.authenticated).chain(&naming.system);
                let vouched = !usual.any(|own| own == name);
                vouched.then(|| What::SystemRole(name.clone())).into_iter().chain([What::Who]).collect()
            }
            SubjectAtom::Need(need) | SubjectAtom::Banned(need) => vec![What::Who, What::Rows(need.clone())],
            SubjectAtom::Enabled(..) => Vec::new(),
        }
    }

    /// The communities a condition may speak of. Nothing is asked within a community, so `scope` is none.
    fn slots(&self, of: Of) -> Vec<Slot> {
        let secondary = self.has_secondary().then_some(Slot::Secondary);
        match of {
            Of::Scope => Vec::new(),
            Of::Primary => vec![Slot::Primary],
            Of::Any => std::iter::once(Slot::Primary).chain(secondary).collect(),
            Of::Field(id) => {
                let field =
                    self.kind().fields.named.get(usize::from(id.0)).filter(|field| field.at.as_ref().is_some_and(kept));
                let community = field.filter(|field| matches!(field.kind, FieldKind::Community { .. }));
                let primary = |field: &&Field| field.at.as_ref() == Some(&self.kind().fields.primary);
                community
                    .map(|field| if primary(&field) { Slot::Primary } else { Slot::Field(field.name.clone()) })
                    .into_iter()
                    .collect()
            }
        }
    }

    fn of_community(&self, atom: &CommunityAtom, slot: &Slot, found: &mut Vec<What>) {
        let need = |action: &String| self.policy().naming.need(action);
        // A deleted community gives nothing, so every condition looks at that.
        found.push(What::There(slot.clone()));
        match atom {
            CommunityAtom::There | CommunityAtom::Named | CommunityAtom::GrantedToAnyone(_) => {}
            CommunityAtom::Holds(_) | CommunityAtom::GrantedToRole(..) => {
                found.extend([What::Who, What::Holds(slot.clone())]);
            }
            CommunityAtom::HoldsWhere(_, setting) => {
                found.extend([What::Who, What::Holds(slot.clone())]);
                self.of_community(setting, slot, found);
            }
            CommunityAtom::GrantedToAuthor(action) | CommunityAtom::AuthorExcluded(action) => {
                found.extend(self.policy().naming.author.is_some().then(|| What::AuthorRows(need(action))));
            }
            CommunityAtom::GrantedByRow(action) | CommunityAtom::Excluded(action) => {
                found.extend([What::Who, What::Rows(need(action))]);
            }
            // Of a community itself, that is its state.
            CommunityAtom::Setting(address, ..) if self.of_communities() && *address == self.kind().fields.state => {
                found.push(What::State);
            }
            CommunityAtom::Setting(address, ..) => {
                let deleted = self.policy().naming.deleted.as_ref();
                if deleted.is_none_or(|deleted| deleted.at != *address) {
                    found.push(What::Setting(slot.clone(), address.clone()));
                }
            }
        }
    }
}

/// What rules look at that situations do not have: whoever tells of all situations says so.
pub fn left_out(engine: &Engine) -> Vec<String> {
    let untold = |policy: &Policy| {
        let mut ids = Vec::new();
        policy.action_ids().for_each(|action| policy.rule(action).atoms(&mut ids));
        let as_in = ids.iter().any(|id| matches!(policy.atom(*id), Some(Atom::List(_, _, Some(_)))));
        as_in && !states_are_named(engine, policy)
    };
    let lists = engine.policies().any(untold);
    lists.then(|| "access lists for some states only".to_string()).into_iter().collect()
}

/// Whether lists can name every state of a machine. They do it by the names the whole document has.
pub fn states_are_named(engine: &Engine, policy: &Policy) -> bool {
    let known = &engine.policy().states;
    policy.states.names.iter().all(|name| known.find(name).is_some())
}
