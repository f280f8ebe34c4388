//! The list a subject may see: the same rule, with everything folded in that does not depend on the record.

use super::listed::Lists;
use super::residual::{add, both, joined_parts, negated};
use super::settle::{communities_met, settle};
use super::{ActionId, Ask, Atom, AtomId, CommunityAtom, Of, Rule, Where};
use crate::facts::Key;
use crate::identity::Missing;
use crate::model::{Attributes, FieldId, FieldKind, Given, Holder, StateId, joined, ordered};
use crate::terms::Answer;

/// Which records a list is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All.
    Everywhere,
    /// Those of a community, primary or secondary.
    Community(String),
    /// Those of communities in which the subject holds a role.
    Mine,
}

/// A list's condition for one subject.
#[derive(Debug)]
pub struct Filter<'a, 'q> {
    ask: &'q Ask<'a>,
    rule: Rule,
    scope: Rule,
}

impl<'a, 'q> Filter<'a, 'q> {
    /// The list of what a subject may do an action to. The scope of `ask` must be that of the list.
    pub fn new(ask: &'q Ask<'a>, action: ActionId, scope: &Scope) -> Self {
        Self { ask, rule: ask.policy.list_rule(action, scope), scope: ask.policy.scope_rule(scope) }
    }

    /// The records a rule allows, whatever list they are in.
    pub fn of_rule(ask: &'q Ask<'a>, rule: Rule) -> Self {
        Self { ask, rule, scope: Rule::Always }
    }

    /// Whether a record belongs to what the list is drawn from.
    pub fn in_scope(&self, record: &Attributes) -> Answer {
        settle(self.ask, &self.scope, record)
    }

    /// Whether a record belongs to the list.
    pub fn answer(&self, record: &Attributes) -> Answer {
        settle(self.ask, &self.rule, record)
    }

    /// The condition over records that is left.
    pub fn residual(&self) -> Where {
        self.part(&self.rule, Lists::Engine)
    }

    /// The same for a back end that can tell what access lists ask of a record; or, if it keeps what they come to, asks for that.
    pub fn with_lists(&self, kept: bool) -> Where {
        self.part(&self.rule, if kept { Lists::Kept } else { Lists::BackEnd })
    }

    /// Who asks, at which facts.
    pub fn ask(&self) -> &'q Ask<'a> {
        self.ask
    }

    fn part(&self, rule: &Rule, lists: Lists) -> Where {
        match rule {
            Rule::Always => Where::Always,
            Rule::Never => Where::Never,
            Rule::Named(_, rule) => self.part(rule, lists),
            Rule::Is(id) => self.leaf(*id, lists),
            Rule::Not(rule) => negated(self.part(rule, lists)),
            Rule::Any(rules) => self.join(rules, true, lists),
            Rule::All(rules) => self.join(rules, false, lists),
            Rule::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                match self.part(condition, lists) {
                    Where::Always => self.part(then, lists),
                    Where::Never => self.part(otherwise, lists),
                    held => {
                        let one = both(held, self.part(then, lists), false);
                        let other = both(negated(self.part(condition, lists)), self.part(otherwise, lists), false);
                        both(one, other, true)
                    }
                }
            }
        }
    }

    fn join(&self, rules: &[Rule], any: bool, lists: Lists) -> Where {
        let mut parts = Vec::new();
        for rule in rules {
            if add(&mut parts, self.part(rule, lists), any) {
                break;
            }
        }
        joined_parts(parts, any)
    }

    fn leaf(&self, id: AtomId, lists: Lists) -> Where {
        let policy = self.ask.policy;
        match policy.atom(id) {
            None => Where::Never,
            Some(Atom::Subject(atom)) => {
                let missing = Missing::default();
                constant(self.ask.subject_atom(atom, Some(&missing)), missing)
            }
            Some(Atom::Community(atom, Of::Scope)) => {
                let missing = Missing::default();
                constant(self.ask.in_community(atom, self.ask.scope.as_deref(), Some(&missing)), missing)
            }
            Some(Atom::Community(CommunityAtom::Named, Of::Primary)) => Where::HasCommunity,
            Some(Atom::Community(CommunityAtom::There, Of::Primary)) => self.in_community(),
            Some(Atom::Community(atom, Of::Field(id))) => self.field_community(atom, *id),
            Some(Atom::Community(atom, of)) => self.communities(atom, *of),
            Some(Atom::Word(id, words)) => self.words(*id, words),
            Some(Atom::UserIn(id)) => match self.ask.identity.subject().id() {
                Some(user) => self.terms(*id, &[user.to_string()]),
                None => Where::Never,
            },
            Some(Atom::Filled(id)) => self.terms(*id, &["*".to_string()]),
            // No term says when: the engine looks at each.
            Some(Atom::Past(_)) => Where::Open,
            Some(Atom::RoleIn(id)) => {
                let identity = &self.ask.identity;
                let system = self.ask.holds_system_roles(*id);
                match if system { identity.all_system_roles() } else { identity.roles() } {
                    Ok(roles) => self.terms(*id, &roles),
                    Err(missing) => Where::Unknown { missing },
                }
            }
            Some(Atom::Given(id, levels)) => self.given(*id, levels),
            Some(Atom::List(operations, denies, state)) => self.lists(operations, *denies, *state, lists),
            Some(Atom::State(states)) => {
                let mut names = Vec::new();
                for state in states {
                    names.push(policy.states.name(*state).to_string());
                }
                Where::State { r#in: names }
            }
            Some(Atom::Owner) => match self.ask.identity.subject().id() {
                Some(user) => Where::Owner { user: user.to_string() },
                None => Where::Never,
            },
            Some(Atom::HasOwner) => Where::HasOwner,
            Some(Atom::InScope) => match &self.ask.scope {
                None => Where::Always,
                Some(scope) => {
                    let missing = Missing::default();
                    let seen = self.ask.scope_is_seen(Some(&missing));
                    if seen != Answer::Allow {
                        return constant(seen, missing);
                    }
                    Where::Community { of: "any", r#in: vec![scope.clone()], unknown: Vec::new(), rest: Answer::Deny }
                }
            },
        }
    }

    /// Which records an access list speaks of, no term says: the engine looks at each, if no back end can. Where there is none,
    /// none does.
    fn lists(&self, operations: &[String], denies: bool, supposed: Option<StateId>, left: Lists) -> Where {
        let mut lists = self.ask.identity.facts().acls.iter().map(|acl| &acl.list);
        let concerned = match self.ask.all_lists(operations) {
            true => lists.any(|list| list.deny == denies && operations.contains(&list.operation)),
            false if left == Lists::Kept => true,
            false => return Where::Unknown { missing: vec![Key::Acls { id: None }] },
        };
        match concerned && self.ask.policy.acls.is_some() {
            false => Where::Never,
            // What lists would say in another state, no back end tells.
            true if left == Lists::Engine || supposed.is_some() => Where::Open,
            true => Where::Lists { operations: operations.to_vec(), denies },
        }
    }

    fn terms(&self, id: FieldId, values: &[String]) -> Where {
        let Some(field) = self.ask.policy.fields.get(usize::from(id.0)) else { return Where::Never };
        let mut found = Vec::new();
        for value in values {
            found.push(joined(&[&field.name, value], "="));
        }
        some(found, false)
    }

    /// The usual word of a field is no term: records that have it lack the terms of the others.
    fn words(&self, id: FieldId, words: &[String]) -> Where {
        let kind = self.ask.policy.fields.get(usize::from(id.0)).map(|field| &field.kind);
        match kind {
            Some(FieldKind::Word { values, default: Some(usual), .. }) if words.contains(usual) => {
                let mut others = Vec::new();
                for word in values {
                    if !words.contains(word) {
                        others.push(word.clone());
                    }
                }
                match self.terms(id, &others) {
                    Where::Never => Where::Always,
                    terms => Where::Not { of: Box::new(terms) },
                }
            }
            _ => self.terms(id, words),
        }
    }

    /// Levels given to the subject in any way. Whether a link has ended is not said by a term.
    fn given(&self, id: FieldId, levels: &[String]) -> Where {
        let Some(field) = self.ask.policy.fields.get(usize::from(id.0)) else { return Where::Never };
        let subject = self.ask.identity.subject();
        let links = matches!(field.kind, FieldKind::Links(_));
        let mut holders = Vec::new();
        if links {
            for link in subject.links() {
                holders.push(Holder::Link(link.clone()));
            }
        } else {
            let identity = &self.ask.identity;
            let roles = if self.ask.names_holders(id) { identity.roles_in_any_case() } else { identity.roles() };
            let (roles, system_roles) = match (roles, identity.all_system_roles()) {
                (Ok(roles), Ok(system_roles)) => (roles, system_roles),
                (Err(missing), _) | (_, Err(missing)) => return Where::Unknown { missing },
            };
            if let Some(id) = subject.id() {
                holders.push(Holder::User(id.to_string()));
            }
            for role in roles {
                holders.push(Holder::Role(role));
            }
            for role in system_roles {
                holders.push(Holder::SystemRole(role));
            }
        }
        let mut found = Vec::new();
        for to in &holders {
            for level in levels {
                found.push(Given { to: to.clone(), level: level.clone(), until: None }.term(&field.name));
            }
        }
        some(found, links)
    }

    /// The primary community is one that is not deleted.
    fn in_community(&self) -> Where {
        let facts = self.ask.identity.facts();
        if self.ask.policy.naming.deleted.is_some() && !facts.all_communities() {
            return Where::Unknown { missing: vec![Key::Communities] };
        }
        let mut gone = Vec::new();
        for id in facts.communities.keys() {
            if self.ask.identity.gone(id) == Answer::Allow {
                gone.push(id.to_string());
            }
        }
        if gone.is_empty() {
            return Where::HasCommunity;
        }
        let deleted = Where::Community { of: "primary", r#in: gone, unknown: Vec::new(), rest: Answer::Deny };
        Where::All { of: vec![Where::HasCommunity, Where::Not { of: Box::new(deleted) }] }
    }

    /// A condition on the community a field holds.
    fn field_community(&self, atom: &CommunityAtom, id: FieldId) -> Where {
        match self.communities(atom, Of::Primary) {
            Where::Community { r#in, unknown, rest: Answer::Deny, .. } if unknown.is_empty() => self.terms(id, &r#in),
            Where::Always => Where::Always,
            Where::Never => Where::Never,
            Where::Unknown { missing } => Where::Unknown { missing },
            // It holds in most communities, or is not known in some: which records are meant, terms cannot say.
            _ => {
                let missing = Missing::default();
                self.ask.in_community(atom, Some(""), Some(&missing));
                Where::Unknown { missing: missing.into_inner().into_iter().collect() }
            }
        }
    }

    /// A condition on communities, asked in every community the facts know of.
    fn communities(&self, atom: &CommunityAtom, of: Of) -> Where {
        let missing = Missing::default();
        // A community no fact speaks of: no row names it, and whatever is not certified is unknown there.
        let rest = self.ask.in_community(atom, Some(""), Some(&missing));
        let (mut allowed, mut unknown) = (Vec::new(), Vec::new());
        let (mut alike, mut refused) = (true, false);
        for id in communities_met(self.ask) {
            let answer = self.ask.in_community(atom, Some(id), None);
            alike &= answer == rest;
            match answer {
                Answer::Allow => allowed.push(id.to_string()),
                Answer::Unknown => unknown.push(id.to_string()),
                Answer::Deny => refused = true,
            }
        }
        if alike {
            return constant(rest, missing);
        }
        // Where others are let in and some are not, a list of communities cannot say it: the others are left open.
        let rest = if refused && rest != Answer::Deny { Answer::Unknown } else { rest };
        // Those in which it is as in the rest need no name.
        match rest {
            Answer::Allow => allowed.clear(),
            Answer::Unknown => unknown.clear(),
            Answer::Deny => {}
        }
        let of = if of == Of::Any { "any" } else { "primary" };
        Where::Community { of, r#in: allowed, unknown, rest }
    }
}

fn some(terms: Vec<String>, over: bool) -> Where {
    if terms.is_empty() { Where::Never } else { Where::Term { r#in: ordered(terms), over } }
}

fn constant(answer: Answer, missing: Missing) -> Where {
    match answer {
        Answer::Allow => Where::Always,
        Answer::Deny => Where::Never,
        Answer::Unknown => Where::Unknown { missing: missing.into_inner().into_iter().collect() },
    }
}
