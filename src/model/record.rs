//! What a rule looks at in a record, read from its document at the addresses the policy names.

use super::{Address, At, Faults, Field, FieldId, FieldKind, FieldValue, Limits, Listed, OwnerForm, Table, Value};
use super::{id_of, listed, ordered, read_owners};
use crate::terms::ErrorCode;

/// A number for a state of the policy's machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub u16);

impl StateId {
    /// A state the policy does not name, in a policy that takes any word for a state.
    pub const OTHER: Self = Self(u16::MAX);
}

/// The states of a policy and how they are written.
#[derive(Debug, Clone, Default)]
pub struct StateWords {
    /// Names in the order of the document.
    pub names: Vec<String>,
    /// Every spelling, aliases included.
    pub spellings: Table<StateId>,
    /// What a record without a state is in.
    pub absent: Option<StateId>,
    /// Whether any other word is taken for a state (compat) instead of refused.
    pub open: bool,
}

impl StateWords {
    /// The state of a spelling.
    pub fn find(&self, word: &str) -> Option<StateId> {
        self.spellings.get(word).copied()
    }

    /// The name of a state.
    pub fn name(&self, state: StateId) -> &str {
        self.names.get(usize::from(state.0)).map_or("another state", String::as_str)
    }
}

/// Where a record type keeps what rules look at.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The primary community's id.
    pub primary: Address,
    /// The ids of the secondary communities.
    pub secondary: Address,
    /// The state.
    pub state: Address,
    /// The owners.
    pub owners: Address,
    /// The form owners are read in.
    pub owner_form: OwnerForm,
    /// Whether a record without a primary community is a fault.
    pub primary_required: bool,
    /// Whether the list of secondary communities is written with the primary one in it, which is then the first that a
    /// record joins, with its consent as any other.
    pub whole_list: bool,
    /// The fields the policy names beside these, in its order.
    pub named: Vec<Field>,
}

impl Fields {
    /// Every named field this record type has, with its number and place.
    pub fn placed(&self) -> impl Iterator<Item = (FieldId, &Field, &Address)> {
        let named = (0..).zip(&self.named);
        named.filter_map(|(number, field)| Some((FieldId(number), field, field.at.as_ref()?)))
    }
}

/// A value of a document: known (perhaps known to be absent), or withheld.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen<T> {
    /// It is known.
    Known(T),
    /// It exists perhaps, but was not shown; never read as absent.
    Missing,
}

impl<T> Seen<T> {
    /// The value, if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing => None,
        }
    }
}

/// What rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The record's id, if it has one yet.
    pub id: Option<String>,
    /// The primary community.
    pub primary: Seen<Option<String>>,
    /// The secondary communities, sorted, without repetition.
    pub secondary: Seen<Vec<String>>,
    /// Those that are shown where others are withheld.
    pub partial: Vec<String>,
    /// The state.
    pub state: Seen<StateId>,
    /// The owners' ids, sorted, without repetition.
    pub owners: Seen<Vec<String>>,
    /// What the fields hold that the policy names, by their numbers.
    pub named: Named,
    /// The access lists that speak of it. A document does not say it, so it is unknown until the facts are asked.
    pub listed: Listed,
}

/// What the fields of a record hold that a policy names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// Nothing is known of any.
    Missing,
    /// By number; a field that does not stand here is not there.
    Read(Vec<Seen<FieldValue>>),
}

impl Default for Named {
    fn default() -> Self {
        Self::Read(Vec::new())
    }
}

impl Named {
    /// What a field holds; none if the record has no such field.
    pub fn get(&self, id: FieldId) -> Option<Seen<&FieldValue>> {
        match self {
            Self::Missing => Some(Seen::Missing),
            Self::Read(values) => values.get(usize::from(id.0)).map(|value| match value {
                Seen::Known(value) => Seen::Known(value),
                Seen::Missing => Seen::Missing,
            }),
        }
    }

    /// What is known of any field.
    pub fn known(&self) -> impl Iterator<Item = &FieldValue> {
        let values = match self {
            Self::Missing => &[][..],
            Self::Read(values) => values,
        };
        values.iter().filter_map(Seen::known)
    }

    /// The first field that is withheld, of so many.
    pub fn first_missing(&self, count: usize) -> Option<FieldId> {
        let place = match self {
            Self::Missing => (count > 0).then_some(0),
            Self::Read(values) => values.iter().position(|value| *value == Seen::Missing),
        };
        place.and_then(|place| u16::try_from(place).ok()).map(FieldId)
    }

    /// The same with a field's value known; of so many fields.
    pub fn with(&self, id: FieldId, value: FieldValue, count: usize) -> Self {
        let mut values = match self {
            Self::Missing => (0..count).map(|_| Seen::Missing).collect(),
            Self::Read(values) => values.clone(),
        };
        if let Some(place) = values.get_mut(usize::from(id.0)) {
            *place = Seen::Known(value);
        }
        Self::Read(values)
    }
}

impl Attributes {
    /// A record nothing is known of.
    pub fn missing(id: Option<String>) -> Self {
        Self {
            id,
            primary: Seen::Missing,
            secondary: Seen::Missing,
            partial: Vec::new(),
            state: Seen::Missing,
            owners: Seen::Missing,
            named: Named::Missing,
            listed: Listed::Unknown,
        }
    }

    /// Addresses of the fields that were withheld.
    pub fn withheld(&self, fields: &Fields) -> Vec<Address> {
        let mut found = Vec::new();
        if self.primary == Seen::Missing {
            found.push(fields.primary.clone());
        }
        if self.secondary == Seen::Missing {
            found.push(fields.secondary.clone());
        }
        if self.state == Seen::Missing {
            found.push(fields.state.clone());
        }
        if self.owners == Seen::Missing {
            found.push(fields.owners.clone());
        }
        let missing = |id| self.named.get(id) == Some(Seen::Missing);
        found.extend(fields.placed().filter(|(id, ..)| missing(*id)).map(|(.., at)| at.clone()));
        found
    }

    /// What its named fields hold, as terms of an index.
    pub fn terms(&self, fields: &[Field]) -> Vec<String> {
        let mut found = Vec::new();
        for (number, field) in (0..).zip(fields) {
            if let Some(Seen::Known(value)) = self.named.get(FieldId(number)) {
                field.terms(value, &mut found);
            }
        }
        ordered(found)
    }

    /// A record still to be made in a community: no owner, no state to speak of.
    pub fn target(community: &str, states: &StateWords) -> Self {
        Self {
            id: None,
            primary: Seen::Known(Some(community.to_string())),
            secondary: Seen::Known(Vec::new()),
            partial: Vec::new(),
            state: states.absent.map_or(Seen::Missing, Seen::Known),
            owners: Seen::Known(Vec::new()),
            named: Named::default(),
            listed: Listed::Nothing,
        }
    }

    /// The same of a record that is to be, in a community or in none.
    pub fn to_be(community: Option<&str>, states: &StateWords) -> Self {
        let primary = Seen::Known(community.map(str::to_string));
        Self { primary, ..Self::target("", states) }
    }

    /// Reads a document. Fields whose address is in `missing` are unknown, whatever the document says.
    pub fn read(
        document: &Value,
        id: Option<String>,
        missing: &[Address],
        fields: &Fields,
        states: &StateWords,
        at: &At<'_>,
        faults: &mut Faults,
    ) -> Option<Self> {
        if !document.is_object() {
            faults.add(ErrorCode::Malformed, at, "a record's document is an object");
            return None;
        }
        let withheld = |address: &Address| missing.iter().any(|other| other.overlaps(address));
        let primary = if withheld(&fields.primary) {
            Seen::Missing
        } else {
            Seen::Known(read_primary(document, fields, at, faults)?)
        };
        let mut partial = Vec::new();
        let secondary = if withheld(&fields.secondary) {
            partial = read_secondary(document, fields, at, faults)?;
            Seen::Missing
        } else {
            Seen::Known(read_secondary(document, fields, at, faults)?)
        };
        let state = if withheld(&fields.state) {
            Seen::Missing
        } else {
            Seen::Known(read_state(document, fields, states, at, faults)?)
        };
        let owners = if withheld(&fields.owners) {
            Seen::Missing
        } else {
            let name = fields.owners.to_string();
            Seen::Known(read_owners(fields.owners.get(document), fields.owner_form, &at.key(&name), faults)?)
        };
        let mut named = Vec::new();
        for field in &fields.named {
            named.push(match &field.at {
                None => Seen::Known(field.kind.absent()),
                Some(address) if withheld(address) => Seen::Missing,
                Some(address) => {
                    if let Some(place) = address.blocked(document) {
                        faults.add(ErrorCode::Malformed, &at.key(&place), "expected an object");
                        return None;
                    }
                    let name = address.to_string();
                    match (field.kind.read(address.get(document), &at.key(&name), faults)?, &field.kind, &primary) {
                        (FieldValue::Community(Some(_)), FieldKind::Community { other: true }, Seen::Missing) => {
                            Seen::Missing
                        }
                        (FieldValue::Community(id), FieldKind::Community { other: true }, Seen::Known(own)) => {
                            Seen::Known(FieldValue::Community(id.filter(|id| own.as_ref() != Some(id))))
                        }
                        (value, ..) => Seen::Known(value),
                    }
                }
            });
        }
        let named = Named::Read(named);
        Some(Self { id, primary, secondary, partial, state, owners, named, listed: Listed::Unknown })
    }
}

fn read_primary(document: &Value, fields: &Fields, at: &At<'_>, faults: &mut Faults) -> Option<Option<String>> {
    let name = fields.primary.to_string();
    let at = at.key(&name);
    match fields.primary.get(document) {
        None if fields.primary_required => {
            faults.add(ErrorCode::NoCommunity, &at, "a record must name its primary community here");
            None
        }
        None => Some(None),
        Some(value) => {
            let id = community_id(value, &at, faults)?;
            Some(Some(id))
        }
    }
}

fn read_secondary(document: &Value, fields: &Fields, at: &At<'_>, faults: &mut Faults) -> Option<Vec<String>> {
    let name = fields.secondary.to_string();
    let at = at.key(&name);
    let Some(value) = fields.secondary.get(document) else { return Some(Vec::new()) };
    let Some(list) = value.as_array() else {
        faults.add(ErrorCode::Malformed, &at, "secondary communities are a list of ids");
        return None;
    };
    if list.len() > Limits::COMMUNITIES {
        let message = format!("{} communities; the limit is {}", list.len(), Limits::COMMUNITIES);
        faults.add(ErrorCode::TooLarge, &at, message);
        return None;
    }
    let mut ids = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        ids.push(community_id(entry, &at.index(index), faults)?);
    }
    Some(ordered(ids))
}

fn community_id(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<String> {
    let id = id_of(value).filter(|id| !id.is_empty() && id.len() <= Limits::ID && !id.chars().any(char::is_control));
    if id.is_none() {
        faults.add(ErrorCode::InvalidId, at, "a community id is text of 1 to 255 bytes");
    }
    id
}

fn read_state(
    document: &Value,
    fields: &Fields,
    states: &StateWords,
    at: &At<'_>,
    faults: &mut Faults,
) -> Option<StateId> {
    let name = fields.state.to_string();
    let at = at.key(&name);
    let Some(value) = fields.state.get(document) else {
        if states.absent.is_none() {
            faults.add(ErrorCode::UnknownState, &at, "a record must have a state here");
        }
        return states.absent;
    };
    let Some(word) = value.as_str() else {
        faults.add(ErrorCode::UnknownState, &at, "a state is text");
        return None;
    };
    match states.find(word) {
        Some(state) => Some(state),
        None if states.open => Some(StateId::OTHER),
        None => {
            faults.unknown(ErrorCode::UnknownState, &at, "state", word, &listed(&states.names));
            None
        }
    }
}
