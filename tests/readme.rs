//! The README shows the policy as it is: its state matrix is drawn from the document.
//! `UPDATE_GOLDEN=1 cargo test --test readme` writes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::Path;

use lictor::policy::{Policy, preset, table};

const BEFORE: &str = "<!-- matrix -->";
const AFTER: &str = "<!-- /matrix -->";

#[test]
fn matrix_is_the_policys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let policy = Policy::read(&preset("repository").unwrap()).unwrap();
    let matrix = table::matrix(&policy).unwrap();
    let (head, rest) = readme.split_once(BEFORE).expect("README.md has the marker before the matrix");
    let (_, tail) = rest.split_once(AFTER).expect("README.md has the marker after the matrix");
    let wanted = format!("{head}{BEFORE}\n\n{matrix}\n{AFTER}{tail}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let now = std::fs::read_to_string(&path).unwrap();
    assert_eq!(now, wanted, "run `UPDATE_GOLDEN=1 cargo test --test readme` and read the diff");
}
