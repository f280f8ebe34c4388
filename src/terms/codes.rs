//! Codes that cross every door: reasons, changes that would help, errors, relations.

use super::words;

words! {
    /// A condition of a rule, as named in a decision's reasons. Each reason also says whether it holds.
    ReasonCode {
        Always = "always": "the rule asks for nothing",
        Never = "never": "the rule admits nobody",
        Authenticated = "authenticated": "the subject is signed in",
        System = "system": "the subject is the host's own process",
        User = "user": "the subject is the user named",
        Role = "role": "the subject has the global role named",
        SystemRole = "system_role": "the host vouches for the system role named",
        Need = "need": "an access row allows the subject the action named, everywhere",
        Banned = "banned": "an access row denies the subject the action named, everywhere",
        Enabled = "enabled": "the deployment allows communities to grant the action",
        CommunityRole = "community_role": "the subject holds one of the roles in the community",
        GrantedToRole = "granted_to_role": "the community grants the action to a role the subject holds there",
        GrantedToAnyone = "granted_to_anyone": "the community grants the action to everybody",
        GrantedToAuthor = "granted_to_author": "the community grants the action to owners of records",
        GrantedByRow = "granted_by_row": "an access row allows the subject the action in the community",
        Excluded = "excluded": "an access row denies the subject the action in the community",
        AuthorExcluded = "author_excluded": "an access row denies owners of records the action in the community",
        Setting = "setting": "the community's setting named has one of the values asked for",
        State = "state": "the record is in one of the states",
        Owner = "owner": "the subject owns the record",
        HasOwner = "has_owner": "the record has an owner",
        InScope = "in_scope": "the record belongs to the community asked about",
        NotHeld = "not_held": "what is asked about is in this device's view, whole enough to say anything of it",
        Lease = "lease": "what this device holds may still be answered from",
        Derived = "derived": "the server's answer; what it rests on is not shown to this user",
        Concealed = "concealed": "nothing may be said: whoever asks may not know that this exists",
    }
}

words! {
    /// One thing that would have to become so for a denied action to be allowed.
    ChangeCode {
        SignIn = "sign_in": "sign in",
        Role = "role": "be given the role in the community",
        Owner = "owner": "own the record",
        State = "state": "the record reaches the state",
        RemoveDeny = "remove_deny": "the access row that denies it is removed",
    }
}

words! {
    /// Why a call was refused, or an input is not understood.
    ErrorCode {
        Malformed = "malformed": "the input is not of the expected shape",
        TooDeep = "too_deep": "the input is nested deeper than allowed",
        TooLarge = "too_large": "the input is larger than allowed",
        UnknownField = "unknown_field": "a key that is not known here",
        MissingField = "missing_field": "a key that must be given",
        UnknownAction = "unknown_action": "the policy has no such action",
        UnknownTransition = "unknown_transition": "the record's machine has no such transition",
        UnknownRole = "unknown_role": "the policy has no such role",
        UnknownState = "unknown_state": "the policy has no such state",
        UnknownType = "unknown_type": "the policy has no such resource type",
        UnknownCommunity = "unknown_community": "there is no such community",
        UnknownPreset = "unknown_preset": "lictor ships no such preset",
        NoCommunity = "no_community": "a record must have a primary community",
        CommunityMismatch = "community_mismatch": "the record names another primary community than the path",
        CommunityImmutable = "community_immutable": "the primary community cannot be changed",
        SecondaryConsent = "secondary_consent": "a secondary community is added with that community's consent only",
        OwnersImmutable = "owners_immutable": "owners are not set by a client's write",
        StateImmutable = "state_immutable": "the state is changed by transitions only",
        InvalidOwners = "invalid_owners": "owners are not of a known form",
        InvalidId = "invalid_id": "an id or name is empty, too long or holds a forbidden character",
        Duplicate = "duplicate": "it exists already",
        NotFound = "not_found": "there is no such thing, or nothing may be said about it",
        Denied = "denied": "the subject may not do this",
        WrongState = "wrong_state": "the transition does not start in the record's state",
        MissingParameter = "missing_parameter": "the transition needs a parameter that was not given",
        Cyclic = "cyclic": "a definition leads back to itself",
        StaleHandle = "stale_handle": "the handle was freed or belongs to another engine, index or session",
    }
}

words! {
    /// The kinds of facts.
    Relation {
        Record = "record": "a record's document",
        Community = "community": "a community: title, type, grants, settings",
        User = "user": "a user: global roles",
        Membership = "membership": "who holds which role in which community",
        Access = "access": "allow and deny rows",
    }
}
