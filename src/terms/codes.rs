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
        InCommunity = "in_community": "the record belongs to a community",
        CommunityRole = "community_role": "the subject holds one of the roles in the community",
        GrantedToRole = "granted_to_role": "the community grants the action to a role the subject holds there",
        GrantedToAnyone = "granted_to_anyone": "the community grants the action to everybody",
        GrantedToAuthor = "granted_to_author": "the community grants the action to owners of records",
        GrantedByRow = "granted_by_row": "an access row allows the subject the action in the community",
        Excluded = "excluded": "an access row denies the subject the action in the community",
        AuthorExcluded = "author_excluded": "an access row denies owners of records the action in the community",
        Setting = "setting": "the community's setting named has one of the values asked for",
        Field = "field": "the record's field named has one of the values asked for",
        UserIn = "user_in": "the subject is among the users in the record's field named",
        RoleIn = "role_in": "the subject has a global or system role that stands in the record's field named",
        Filled = "filled": "something stands in the record's field named",
        Past = "past": "the moment in the record's field named has come",
        RecordGrant = "record_grant": "one of the levels on this record is given to the subject",
        State = "state": "the record is in one of the states",
        AclAllows = "acl_allows": "an access list that counts allows the subject the operation on the record",
        AclDenies = "acl_denies": "an access list that counts denies the subject the operation on the record",
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
        Field = "field": "the record's field has the value",
        Wait = "wait": "the moment comes",
        Setting = "setting": "the community's setting has the value",
        RecordGrant = "record_grant": "be given the level on the record",
        AclAllows = "acl_allows": "an access list that counts allows the operation on the record",
        AclDenies = "acl_denies": "no access list that counts denies the operation on the record any more",
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
        UnknownValue = "unknown_value": "the field's closed list has no such word",
        UnknownState = "unknown_state": "the policy has no such state",
        UnknownType = "unknown_type": "the policy has no such resource type",
        UnknownCommunity = "unknown_community": "there is no such community",
        UnknownPreset = "unknown_preset": "lictor ships no such preset",
        NoCommunity = "no_community": "a record must have a primary community",
        CommunityMismatch = "community_mismatch": "the record names another primary community than the path",
        CommunityImmutable = "community_immutable": "the primary community cannot be changed",
        SecondaryConsent = "secondary_consent": "a secondary community is added with that community's consent only",
        OwnersImmutable = "owners_immutable": "owners are not set by a client's write",
        FieldImmutable = "field_immutable": "the field is not changed by this subject's write",
        StateImmutable = "state_immutable": "the state is changed by transitions only",
        InvalidOwners = "invalid_owners": "owners are not of a known form",
        InvalidId = "invalid_id": "an id or name is empty, too long or holds a forbidden character",
        Duplicate = "duplicate": "it exists already",
        NotFound = "not_found": "there is no such thing, or nothing may be said about it",
        Denied = "denied": "the subject may not do this",
        LastAdmin = "last_admin": "a community always has a member with the policy's top role",
        OwnRole = "own_role": "nobody changes their own role",
        OwnVisibility = "own_visibility": "only a member makes its own membership public",
        OpenRequests = "open_requests": "requests are open that must be answered first",
        Guarded = "guarded": "a guard of the policy stands against it",
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
        Acl = "acl": "access lists",
        Time = "time": "the moment of the question",
    }
}

words! {
    /// What a transition does beside changing the state; see `workflow/effect`.
    Effect {
        Submit = "submit": "makes a review, or publishes at once where that may be",
        Accept = "accept": "the open review is accepted; a record without a community joins the one that reviewed it",
        Decline = "decline": "the open review is declined",
        Cancel = "cancel": "the open review is cancelled",
        Expire = "expire": "the open review is expired",
        Reopen = "reopen": "a new review is submitted in the name of the last one's creator",
        Publish = "publish": "the record is public from now on",
        Remove = "remove": "leaves a tombstone",
        Retell = "retell": "what the tombstone says is said anew",
        Restore = "restore": "takes the tombstone away",
        Mark = "mark": "the tombstone is marked for purging",
        Unmark = "unmark": "the mark is taken away",
        LiftEmbargo = "lift_embargo": "metadata and files become public; in a restricted community only the embargo ends",
        Grant = "grant": "a level on the record is given to somebody",
        Revoke = "revoke": "what was given is taken back",
        Link = "link": "a secret link is made or changed",
        Unlink = "unlink": "a secret link is taken back",
        PrepareReview = "prepare_review": "a review is prepared, to be submitted later; one that is not open is replaced",
        DropReview = "drop_review": "the review that was prepared, or is closed, is taken off the record",
        Discard = "discard": "the draft is gone, and a review that was not submitted with it",
        SubmitReview = "submit_review": "the prepared review is submitted, and accepted at once where that may be",
        Reviewed = "reviewed": "a review's own transition: what its record is after it",
        Include = "include": "the record joins one more community, at once or once that community accepts",
        Exclude = "exclude": "the record leaves a community",
        AskAccess = "ask_access": "somebody asks for access to the record",
        Included = "included": "the record of an inclusion request joins the community",
        GiveAccess = "give_access": "who asked for access is given it",
        Close = "close": "the request is closed, with the reason if one is given, and nothing else happens",
        Extend = "extend": "one more is counted in the field `extensions`",
        Join = "join": "a pending membership becomes one",
        Withdraw = "withdraw": "a pending membership is taken away",
        Draft = "draft": "a draft of the record is made: to take its place, or, with an id of its own, of a new version",
        Replace = "replace": "the draft takes the place of the record it is of",
        Removed = "removed": "the record of a deletion request is deleted",
    }
}

words! {
    /// Where a guard between records and communities stands.
    Door {
        Ask = "ask": "a record is offered to a community",
        Join = "join": "a record joins a community",
        Publish = "publish": "a record that belongs to communities is published, restored or offered again",
        Change = "change": "what a guard looks at in a record is changed",
        Settings = "settings": "what a guard looks at in a community is changed",
    }
}
