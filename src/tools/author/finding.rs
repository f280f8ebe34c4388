//! What lint finds: a closed list of codes, each with what to do.

use serde_json::Value;

use crate::model::object;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where in the document (or in the facts) it was found.
    pub path: String,
    /// Of which kind it is.
    pub code: LintCode,
    /// For people: what is so.
    pub message: String,
}

macro_rules! codes {
    ($($variant:ident = $wire:literal : $meaning:literal, $advice:literal;)+) => {
        /// Every kind of finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum LintCode {
            $(#[doc = $meaning] $variant),+
        }
        impl LintCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
            /// What to do.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice),+ }
            }
        }
    };
}

codes! {
    RunsUnread = "runs_unread": "somebody may run a transition on what they may not read",
        "grant them `read` in these states too, or let `gate` ask for it before every action";
    UpdatesUnread = "updates_unread": "somebody may update what they may not read",
        "grant them `read` in these states too, or let `gate` ask for it before every action";
    ListedUnread = "listed_unread": "an access list can allow somebody what they may not read",
        "ask in the rule for a list that allows `get`, too, or let `gate` ask for `read` before every action";
    UnaskedDenial = "unasked_denial": "an access list that denies an operation keeps nobody from it",
        "ask for `acl_denied` in the rule, too";
    UnaskedList = "unasked_list": "an access list that no rule asks for",
        "mend its operation or remove it; `acls.operations` says what words of the host mean";
    UnreachableState = "unreachable_state": "no transition that anybody may run leads to a state",
        "add a transition to it, or remove the state";
    GrantedToEveryone = "granted_to_everyone": "somebody who is not signed in and holds nothing may change something",
        "ask for `authenticated`, a role or a grant in the action's rule; take the action from `grants.any`";
    NobodyMay = "nobody_may": "an action that nobody may in any situation",
        "give the action a rule, or remove it; `never` says that this is meant";
    HiddenFact = "hidden_fact": "a rule looks at a field that nobody is shown",
        "widen the field's `shown_to`: nobody can predict or understand what rests on it";
    BanRow = "ban_row": "an access row that denies `superuser-access` takes everything from whom it names",
        "deny single actions instead, unless a ban from everything is meant";
    UnknownSystemRole = "unknown_system_role": "a record names a system role that nobody has by this policy",
        "spell it as the host does that vouches for it; if none does, nobody is meant by it";
    OneSidedFilter = "one_sided_filter": "a list's condition that an index cannot answer alone: it finds too much, and each record is looked at",
        "keep the condition out of list rules, or expect such lists to be slower";
    UnusedDefinition = "unused_definition": "a definition that no rule uses: it is not even read whole",
        "remove it, or use it";
}

impl Finding {
    /// As data.
    pub fn value(&self) -> Value {
        object(vec![
            ("code", Value::from(self.code.as_str())),
            ("path", Value::from(self.path.as_str())),
            ("message", Value::from(self.message.as_str())),
            ("advice", Value::from(self.code.advice())),
        ])
    }
}
