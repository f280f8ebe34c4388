//! A policy as bytes: for those who only look at what it allows, and need not read its document (`lictor/check`). What only
//! operations and lists look at is left out. Only the version that wrote the bytes reads them again.

use super::{
    ActionId, Atom, AtomId, CommunityAtom, CommunityDoor, Of, Policy, RecordType, Rule, Setting, SubjectAtom,
    Transition,
};
use crate::acl::{AclSettings, FieldTypes};
use crate::facts::{Grants, Words};
use crate::model::{
    Address, Error, Field, FieldId, FieldKind, Fields, OwnerForm, Pack, Packed, Packing, Said, Set, StateId,
    StateWords, Table, Value, packed,
};
use crate::terms::ErrorCode;

/// What stands before everything else: that it is one of ours, and whose.
const HEAD: &[u8] = concat!("lictor ", env!("CARGO_PKG_VERSION"), " policy\n").as_bytes();

const OTHER: &str =
    concat!("not compiled by lictor ", env!("CARGO_PKG_VERSION"), "; compile the policy's document again, with that");

impl Policy {
    /// The policy as bytes.
    pub fn compiled(&self) -> Vec<u8> {
        let mut packing = Packing::new();
        self.pack(&mut packing);
        // Who reads it need not be able to write it.
        serde_json::to_string(&self.info()).unwrap_or_default().pack(&mut packing);
        let body = packing.bytes();
        let mut out = HEAD.to_vec();
        out.extend(sum(&body).to_le_bytes());
        out.extend(body);
        out
    }

    /// Reads what [`Policy::compiled`] wrote, and [`Policy::info`] as JSON. Only to look: what operations need is not in it.
    pub fn of_compiled(bytes: &[u8]) -> Result<(Self, String), Error> {
        let wrong = |message| Error::new(ErrorCode::Malformed, "policy", message);
        let Some(rest) = bytes.strip_prefix(HEAD) else {
            return Err(wrong(OTHER));
        };
        let damaged = || wrong("damaged; compile the policy's document again");
        let (said, body) = rest.split_at_checked(4).ok_or_else(damaged)?;
        if said != sum(body).to_le_bytes() {
            return Err(damaged());
        }
        let mut from = Packed::new(body);
        let read = (Self::unpack(&mut from), String::unpack(&mut from));
        if from.is_read() { Ok(read) } else { Err(damaged()) }
    }
}

/// FNV-1a: tells bytes that were cut or changed by accident. Who means harm can write a policy anyway.
fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

packed! {
    one ActionId;
    one AtomId;
    one FieldId;
    one StateId;
    struct Transition {
        name, action, from, ask;
        to: None,
        effect: None,
        request: None,
        blocked: None,
        directly: None,
        required: Vec::new(),
        event: None,
        commit: false,
    }
    struct RecordType {
        key, fields, transitions, community_scope, list_path, item_path;
        owner_schema: false,
        entries: Vec::new(),
        made_for: None,
    }
    struct Fields { primary, secondary, state, owners, owner_form, primary_required, whole_list, named }
    enum OwnerForm { 0 Integer, 1 Any, 2 One }
    struct Field { name, kind, at }
    enum FieldKind {
        0 Word { values, default, said },
        1 Kept,
        2 Users,
        3 Roles,
        4 SystemRoles,
        5 Community { other },
        6 Moment,
        7 Grants(levels),
        8 Links(levels),
        9 Holders { keys },
    }
    enum Said { 0 Word, 1 Size, 2 Count }
    struct StateWords { names, spellings, absent, open }
    struct Setting { at, values, default }
    struct CommunityDoor {
        read, settings;
        create: Rule::Never,
        manage: Rule::Never,
        members: Rule::Never,
        members_public: Rule::Never,
        members_pending: Rule::Never,
        actions: Rule::Never,
        variants: Table::default(),
        types: Table::default(),
        default_type: String::new(),
        grants_from: Set::new(),
        events: [None, None],
        role_description: String::new(),
    }
    struct Words { roles, actions, pending, role_aliases, acls }
    struct AclSettings {
        schema, one_priority;
        schemas: Set::new(),
        preferred: None,
        fields: FieldTypes::default(),
        types: Set::new(),
        actors: Set::new(),
        states: None,
        spellings: Table::default(),
        materialised: Address::key(""),
        record_actors_unread: false,
        pointers_must_lead: false,
        named_schemas_only: false,
    }
    once enum Rule {
        0 Always,
        1 Never,
        2 Any(rules),
        3 All(rules),
        4 Not(rule),
        5 If(parts),
        6 Is(atom),
        7 Named(name, rule),
    }
    enum Of { 0 Primary, 1 Any, 2 Scope, 3 Field(id) }
    enum SubjectAtom {
        0 Authenticated,
        1 System,
        2 User(id),
        3 Role(name),
        4 SystemRole(name),
        5 Need(name),
        6 Banned(name),
        7 Enabled(action, on),
    }
    enum CommunityAtom {
        0 There,
        1 Named,
        2 Holds(roles),
        3 HoldsWhere(roles, setting),
        4 GrantedToRole(action, only),
        5 GrantedToAnyone(action),
        6 GrantedToAuthor(action),
        7 GrantedByRow(action),
        8 Excluded(action),
        9 AuthorExcluded(action),
        10 Setting(at, values, default),
    }
    enum Atom {
        0 Subject(atom),
        1 Community(atom, of),
        2 State(states),
        3 Owner,
        4 HasOwner,
        5 Word(id, words),
        6 UserIn(id),
        7 RoleIn(id),
        8 Filled(id),
        9 Past(id),
        10 Given(id, levels),
        11 List(operations, denies, state),
        12 InScope,
    }
    struct Policy {
        name,
        hash,
        roles,
        actions,
        states,
        transitions,
        fields,
        types,
        community,
        naming,
        words,
        rules,
        permissions,
        reveal,
        gated,
        atoms,
        ask,
        tombstone,
        machines,
        acls,
        is_machine;
        shown: Vec::new(),
        stateless: Vec::new(),
        lists: Vec::new(),
        mine: Rule::Never,
        in_scope: AtomId(0),
        document: Value::Null,
        allowed: Set::new(),
        default_grants: Grants::default(),
        checks: Vec::new(),
        changed: Vec::new(),
        refused: Vec::new(),
        forbid_anonymous: false,
        operations: None,
        guards: Vec::new(),
        membership: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PRESETS, preset};
    use super::{HEAD, Pack, Packed, Packing, Policy, Rule};

    #[test]
    fn what_was_written_is_read() {
        for (name, _) in PRESETS {
            let policy = Policy::read(&preset(name).unwrap()).unwrap();
            let (again, info) = Policy::of_compiled(&policy.compiled()).unwrap();
            assert_eq!(info, serde_json::to_string(&policy.info()).unwrap(), "{name}");
            assert_eq!(
                (&again.hash, &again.rules, &again.atoms),
                (&policy.hash, &policy.rules, &policy.atoms),
                "{name}"
            );
            assert_eq!(again.compiled(), policy.compiled(), "{name}");
        }
    }

    #[test]
    fn what_stands_elsewhere_is_before_and_there_is_an_end() {
        // Each holds the one before twice: read out, the last would hold 2^59.
        let (any, again, always) = (2, 255, 0);
        let mut bytes = vec![60, any, 1, always];
        let mut place = 1_u32;
        for _ in 1..60 {
            let next = u32::try_from(bytes.len()).unwrap();
            let mut out = Packing::new();
            place.pack(&mut out);
            let place_bytes = out.bytes();
            bytes.extend([any, 2, again]);
            bytes.extend(&place_bytes);
            bytes.push(again);
            bytes.extend(&place_bytes);
            place = next;
        }
        let mut from = Packed::new(&bytes);
        assert_eq!(Vec::<Rule>::unpack(&mut from).len(), 60);
        assert!(!from.is_read());
        // The same of five can be read. Itself, its own number and what is not there cannot.
        let five = [&[5], &bytes[1..28]].concat();
        let mut from = Packed::new(&five);
        Vec::<Rule>::unpack(&mut from);
        assert!(from.is_read());
        for place in [1, 3, 4, 100] {
            let itself = [1, any, 1, again, place];
            let mut from = Packed::new(&itself);
            Vec::<Rule>::unpack(&mut from);
            assert!(!from.is_read(), "{place}");
        }
    }

    #[test]
    fn damage_is_noticed_and_never_panics() {
        let whole = Policy::read(&preset("oarepo").unwrap()).unwrap().compiled();
        for at in (0..whole.len()).step_by(23) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x11;
            assert!(Policy::of_compiled(&bytes).is_err());
            assert!(Policy::of_compiled(&whole[..at]).is_err());
            // With a sum that fits: anything but a panic.
            let body = bytes.get(HEAD.len() + 4..).unwrap();
            let sum = super::sum(body).to_le_bytes();
            let _ = Policy::of_compiled(&[HEAD, &sum, body].concat());
        }
    }
}
