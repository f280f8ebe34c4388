//! A policy, read from its document and ready to be asked.

use std::rc::Rc;

use super::{Atom, AtomId, CommunityAtom, MembershipWords, Rule};
use crate::acl::AclSettings;
use crate::facts::{Grants, Words};
use crate::identity::Naming;
use crate::model::{Address, Entries, Field, FieldId, Fields, Set, StateId, StateWords, Table, Value};
use crate::terms::{Door, Effect};

/// An action's number in its policy: its bit in a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u16);

/// The checks a transition goes through, in the policy's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// May the subject read the record? If not, it is not found, whatever was asked.
    Visible,
    /// Is there such a transition?
    Known,
    /// Are its parameters given?
    Parameters,
    /// Does it start in the record's state?
    State,
    /// May the subject?
    Permission,
}

/// A state change caused by an action.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Its name in links and calls.
    pub name: String,
    /// The action that permits it.
    pub action: ActionId,
    /// States it starts in.
    pub from: Vec<StateId>,
    /// The state it leads to; none if the record stays where it is.
    pub to: Option<StateId>,
    /// What it does beside.
    pub effect: Option<Effect>,
    /// The request its effect makes, where that is not the effect's usual one.
    pub request: Option<Made>,
    /// What stands against it once it is permitted, and how to say so.
    pub blocked: Option<(Rule, String)>,
    /// What it does at once where the policy says that one step is enough: the state reached then.
    pub directly: Option<StateId>,
    /// Parameters that must be given.
    pub required: Vec<String>,
    /// What listeners hear.
    pub event: Option<String>,
    /// Whether a device asks the server first while the answer is unknown, instead of queueing it.
    pub ask: bool,
    /// Whether the new state is written at once, or by a listener (compat).
    pub commit: bool,
}

/// The request a transition makes.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its record type.
    pub kind: String,
    /// Whether it is made, and accepted, where nobody needs to be asked, too.
    pub always: bool,
}

/// A kind of record.
#[derive(Debug, Clone)]
pub struct RecordType {
    /// Its key.
    pub key: String,
    /// Where it keeps what rules look at.
    pub fields: Fields,
    /// Whether it goes through the workflow.
    pub transitions: bool,
    /// Whether lists of it are limited to a community.
    pub community_scope: bool,
    /// The path of a list, for example `/{community}/`.
    pub list_path: String,
    /// The path of an item, for example `/{community}/{id}`.
    pub item_path: String,
    /// Whether owners must follow the documented schema on write.
    pub owner_schema: bool,
    /// What entries of its lists say where they do not say it themselves.
    pub entries: Vec<Entries>,
    /// Who may make a record for somebody else, and name its owner.
    pub made_for: Option<Rule>,
}

/// What must not come together in a record and a community of it.
#[derive(Debug, Clone)]
pub struct Guard {
    /// Its name.
    pub name: String,
    /// For people: what is wrong, and what to do.
    pub message: String,
    /// On the record.
    pub record: Rule,
    /// On one community of it.
    pub community: Rule,
    /// The doors it stands at.
    pub doors: Vec<Door>,
}

/// A setting of communities.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Where a community keeps it.
    pub at: Address,
    /// The values there are.
    pub values: Vec<String>,
    /// What holds where a community says nothing.
    pub default: Option<String>,
}

/// What a word of a setting that was said elsewhere is here.
#[derive(Debug, Clone)]
pub struct SaidElsewhere {
    /// The setting.
    pub at: Address,
    /// The word there.
    pub word: String,
    /// The word here; none if it cannot be said here.
    pub here: Option<String>,
}

/// Who may create communities and change their grants, and what comes of it.
#[derive(Debug, Clone)]
pub struct CommunityDoor {
    /// Who may create one.
    pub create: Rule,
    /// Who may change grants.
    pub manage: Rule,
    /// Who may know that it exists. Nobody else can tell it from one that does not.
    pub read: Rule,
    /// Who sees its members and their roles.
    pub members: Rule,
    /// Who sees those members that made their membership public, without their roles.
    pub members_public: Rule,
    /// Who sees invitations and requests to join.
    pub members_pending: Rule,
    /// Who sees what it grants.
    pub actions: Rule,
    /// The settings there are.
    pub settings: Vec<Setting>,
    /// By the name of a variant: its words that mean something else here. Other words are the same.
    pub variants: Table<Vec<SaidElsewhere>>,
    /// Types by key, with their labels.
    pub types: Table<String>,
    /// The type of a community created without one.
    pub default_type: String,
    /// Doors through which a new community gets the default grants.
    pub grants_from: Set<String>,
    /// Events before and after creation.
    pub events: [Option<String>; 2],
    /// The description of a role, for example `{title} - {role}`.
    pub role_description: String,
}

/// The field in which a record of a type other than the first says its type.
pub const TYPE: &str = "$type";

/// A policy: the words, the rules, the machine.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The hash of its canonical form.
    pub hash: String,
    /// The document it was read from.
    pub document: Value,
    /// Names of community roles.
    pub roles: Vec<String>,
    /// Names of actions; the index is the action's number.
    pub actions: Vec<String>,
    /// Actions communities may grant: the kill switch.
    pub allowed: Set<String>,
    /// Grants of a new community.
    pub default_grants: Grants,
    /// The states.
    pub states: StateWords,
    /// The transitions, in the document's order.
    pub transitions: Vec<Transition>,
    /// The order of a transition's checks.
    pub checks: Vec<Check>,
    /// Fields of records that rules look at beside communities, state and owners; without a place.
    pub fields: Vec<Field>,
    /// Who is shown a named field, where not everybody is who may read the record.
    pub(super) shown: Vec<(FieldId, Rule)>,
    /// Who may change a named field by a write, where not everybody may who may update the record.
    pub(super) changed: Vec<(FieldId, Rule)>,
    /// What a write must not make of named fields, and what people are told.
    pub refused: Vec<(FieldId, Rule, String)>,
    /// Record types, the first is the default.
    pub types: Vec<RecordType>,
    /// Communities.
    pub community: CommunityDoor,
    /// Names of roles and needs.
    pub naming: Naming,
    /// Whether a denied transition is 403 for those not signed in, too.
    pub forbid_anonymous: bool,
    /// The words facts are checked against.
    pub words: Words,
    /// The complete rule of each action: deny rows, gate, state, permission.
    pub(super) rules: Vec<Rule>,
    /// The same without the state.
    pub(super) stateless: Vec<Rule>,
    /// Deny rows and permission only.
    pub(super) permissions: Vec<Rule>,
    /// Rules of lists where they differ from the single check (compat): within a community, and everywhere.
    pub(super) lists: Vec<(ActionId, [Rule; 2])>,
    /// The rule under which nothing is concealed, and the actions it does not apply to.
    pub(super) reveal: Option<(Rule, Set<ActionId>)>,
    /// Actions that the gate stands before.
    pub(super) gated: Set<ActionId>,
    /// The rule "belongs to the community asked about".
    pub(super) in_scope: AtomId,
    /// The conditions.
    pub(super) atoms: Vec<Atom>,
    pub(super) mine: Rule,
    /// Actions that have to be asked about, not queued, while the answer is unknown.
    pub ask: Set<ActionId>,
    /// The action under which somebody who may not read a deleted record is shown that it was there, and what of it.
    pub tombstone: Option<(ActionId, Vec<Address>)>,
    /// Who may do an operation of access lists that is no action. None: nobody.
    pub operations: Option<Rule>,
    /// Held at every door through which a record and a community come together or change.
    pub guards: Vec<Guard>,
    /// Record types with actions, states and rules of their own, each a policy by itself.
    pub(super) machines: Vec<Rc<Policy>>,
    /// The words of membership; none if nobody becomes a member by the engine's own operations.
    pub membership: Option<MembershipWords>,
    /// What is said of access lists; none if there are none.
    pub acls: Option<Rc<AclSettings>>,
    /// Whether this is one of them, and not the document's own.
    pub is_machine: bool,
}

impl Policy {
    /// The number of an action.
    pub fn action(&self, name: &str) -> Option<ActionId> {
        let index = self.actions.iter().position(|action| action == name)?;
        u16::try_from(index).ok().map(ActionId)
    }

    /// The name of an action.
    pub fn action_name(&self, action: ActionId) -> &str {
        self.actions.get(usize::from(action.0)).map_or("", String::as_str)
    }

    /// Every action's number.
    pub fn action_ids(&self) -> impl Iterator<Item = ActionId> + use<> {
        (0..u16::try_from(self.actions.len()).unwrap_or(0)).map(ActionId)
    }

    /// The complete rule of an action.
    pub fn rule(&self, action: ActionId) -> &Rule {
        self.rules.get(usize::from(action.0)).unwrap_or(&Rule::Never)
    }

    /// The complete rule of an action but for the state.
    pub fn stateless(&self, action: ActionId) -> &Rule {
        self.stateless.get(usize::from(action.0)).unwrap_or(&Rule::Never)
    }

    /// Whether an action is permitted, were the record in the right state: deny rows and the permission alone.
    pub fn permission(&self, action: ActionId) -> &Rule {
        self.permissions.get(usize::from(action.0)).unwrap_or(&Rule::Never)
    }

    /// Whether nobody can tell a record they may not read from one that does not exist.
    pub fn conceals(&self) -> bool {
        let create = self.action("create");
        let read = self.action("read");
        let tombstone = self.tombstone.as_ref().map(|(action, _)| *action);
        let gated = |action| Some(action) == read || Some(action) == tombstone || self.gated.contains(&action);
        let hidden = |action| self.reveal.as_ref().is_some_and(|(_, except)| !except.contains(&action));
        self.action_ids().filter(|action| Some(*action) != create).all(|action| gated(action) && hidden(action))
    }

    /// All conditions of rules.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// A condition.
    pub fn atom(&self, id: AtomId) -> Option<&Atom> {
        self.atoms.get(usize::try_from(id.0).unwrap_or(usize::MAX))
    }

    /// Who is shown a named field; none if everybody is who may read the record.
    pub fn shown(&self, id: FieldId) -> Option<&Rule> {
        self.shown.iter().find(|(own, _)| *own == id).map(|(_, rule)| rule)
    }

    /// Whether a rule, of a machine too, looks at whether somebody holds a community role.
    pub fn speaks_of(&self, role: &str) -> bool {
        let named = |roles: &[String]| roles.iter().any(|own| own == role);
        let here = named(&self.roles)
            || self.atoms.iter().any(|atom| {
                use CommunityAtom::{Holds, HoldsWhere};
                matches!(atom, Atom::Community(Holds(roles) | HoldsWhere(roles, _), _) if named(roles))
            });
        here || self.machines.iter().any(|machine| machine.speaks_of(role))
    }

    /// A record type by key.
    pub fn record_type(&self, key: &str) -> Option<&RecordType> {
        self.types.iter().find(|kind| kind.key == key)
    }

    /// Who may change a named field by a write; none if everybody may who may update the record.
    pub fn changed(&self, id: FieldId) -> Option<&Rule> {
        self.changed.iter().find(|(own, _)| *own == id).map(|(_, rule)| rule)
    }

    /// The type of a stored record: what it says of itself, else the first.
    pub fn type_of(&self, document: &Value) -> Option<&RecordType> {
        match document.get(TYPE) {
            Some(key) => self.record_type(key.as_str()?),
            None if self.is_machine => None,
            None => self.default_type(),
        }
    }

    /// The machine of a record type, if it has one of its own.
    pub fn machine(&self, key: &str) -> Option<&Rc<Policy>> {
        if self.record_type(key).is_some() {
            return None;
        }
        self.machines.iter().find(|machine| machine.record_type(key).is_some())
    }

    /// The policy a stored record is under: that of its type.
    pub fn of_document(&self, document: &Value) -> &Self {
        let machine = document.get(TYPE).and_then(Value::as_str).and_then(|key| self.machine(key));
        machine.map_or(self, Rc::as_ref)
    }

    /// Whether records of a type come about by operations of their own: invitations, and requests that a transition makes.
    pub fn makes(&self, kind: &str) -> bool {
        let joining = self.membership.iter().flat_map(|words| words.invitation.iter().chain(&words.application));
        let made = self.transitions.iter().filter_map(|transition| transition.request.as_ref());
        joining.map(|request| &request.kind).chain(made.map(|made| &made.kind)).any(|key| key == kind)
    }

    /// Every machine beside this one.
    pub fn machines(&self) -> &[Rc<Policy>] {
        &self.machines
    }

    /// The keys of all record types, those of other machines included, but one.
    pub fn type_names(&self, but: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for kind in self.types.iter().filter(|kind| kind.key != but) {
            found.push(kind.key.as_str());
        }
        for machine in &self.machines {
            found.append(&mut machine.type_names(but));
        }
        found
    }

    /// The first record type.
    pub fn default_type(&self) -> Option<&RecordType> {
        self.types.first()
    }

    /// A transition by name.
    pub fn transition(&self, name: &str) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.name == name)
    }

    /// The rule of what a list is drawn from.
    pub fn scope_rule(&self, scope: &super::filter::Scope) -> Rule {
        use super::filter::Scope;
        match scope {
            Scope::Everywhere => Rule::Always,
            Scope::Community(_) => Rule::Is(self.in_scope),
            Scope::Mine => self.mine.clone(),
        }
    }

    /// The rule a list of this action follows.
    pub fn list_rule(&self, action: ActionId, scope: &super::filter::Scope) -> Rule {
        use super::filter::Scope;
        let own = self.lists.iter().find(|(id, _)| *id == action).map(|(_, rules)| rules);
        let rule = match (scope, own) {
            (Scope::Everywhere, Some([_, everywhere])) => everywhere,
            (Scope::Community(_), Some([within, _])) => within,
            _ => self.rule(action),
        };
        match (self.scope_rule(scope), rule.clone()) {
            (Rule::Always, rule) | (rule, Rule::Always) => rule,
            (scope, rule) => Rule::All(vec![scope, rule]),
        }
    }
}
