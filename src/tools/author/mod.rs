//! For authors of policies: what is wrong with one, how two differ, what that does to data, whether what its author expects
//! of it holds.
//!
//! Rules look at finitely many things, each of which can be finitely many ways ([`axis`]). A rule is a function over all
//! situations these make ([`diagram`]), put together from what the engine says of each condition ([`truth`]). So a difference,
//! or a proof, is about every situation there is, and what is shown of one can be asked again of `check` ([`scene`]).

mod acls;
mod assertions;
mod axis;
mod cells;
mod diagram;
mod diff;
mod finding;
mod given;
mod impact;
mod lint;
mod lint_acls;
mod lint_lists;
mod lint_names;
mod looks;
mod part;
mod scene;
mod side;
mod space;
mod table;
mod truth;
mod words;

use serde_json::Value;

pub use axis::{Axis, What};
pub use diagram::{Diagrams, Fun};
pub use finding::LintCode;
pub use part::{Part, types};
pub use scene::Scene;
pub use side::{Fixed, Side};
pub use truth::Truth;

use crate::model::{Error, listed};
use crate::terms::ErrorCode;

/// What can be asked of the tools.
pub const TOOLS: [&str; 5] = ["lint", "diff", "impact", "table", "check"];

/// Asks one of the tools.
///
/// ```
/// use lictor::policy::preset;
/// use lictor::tools::author;
/// use serde_json::json;
///
/// let before = preset("oarepo").unwrap();
/// let changes = json!({"grants": {"member": ["create"]}});
/// let found = author::ask("diff", &json!({"before": {"policy": before}, "after": {"policy": before, "changes": changes}}));
/// assert_eq!(found.unwrap()["lines"][0], "members lose read in approved");
/// ```
pub fn ask(tool: &str, input: &Value) -> Result<Value, Error> {
    match tool {
        "lint" => lint::lint(input),
        "diff" => diff::diff(input),
        "impact" => impact::impact(input),
        "table" => table::table(input),
        "check" => assertions::check(input),
        _ => Err(Error::new(ErrorCode::UnknownField, "tool", format!("unknown tool; known: {}", listed(TOOLS)))),
    }
}
