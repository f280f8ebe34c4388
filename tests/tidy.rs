//! Rules of the house that no compiler checks: which room may use which, words that have their rooms, files that stay
//! short, maps that stay true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms in walking order: a room uses only rooms above it.
const ROOMS: [&str; 14] = [
    "terms", "model", "acl", "facts", "identity", "policy", "workflow", "view", "admin", "engine", "offline",
    "backend", "tools", "wasm",
];

/// Doors that lead upwards, each with its reason. None is needed.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// Words that reach outside or bend the language, and the rooms that may say them.
const WORDS: [(&str, &[&str]); 12] = [
    ("std::fs", &[]),
    ("std::net", &[]),
    ("std::env", &[]),
    ("std::time", &[]),
    ("SystemTime", &[]),
    ("Instant", &[]),
    ("getrandom", &["wasm"]),
    ("println!", &[]),
    ("dbg!", &[]),
    ("unsafe", &[]),
    ("wasm_bindgen", &["wasm"]),
    ("js_sys", &["wasm"]),
];

const LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder, as paths from the root; generated and installed folders are left out.
fn files(folder: &str) -> Vec<String> {
    let skip = ["node_modules", "target", "dist", "generated", "output", ".tools", ".git"];
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return found };
    for entry in entries {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            if !skip.contains(&name.as_str()) && !path.starts_with("pkg/wasm") {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn ends(path: &str, extensions: &[&str]) -> bool {
    Path::new(path).extension().is_some_and(|e| extensions.contains(&e.to_str().unwrap_or_default()))
}

/// A Rust file without comments and texts, so that only code is looked at.
fn code(path: &str) -> String {
    let mut out = String::new();
    for line in text(path).lines() {
        let line = line.split("//").next().unwrap_or_default();
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 0 {
                out.push_str(part);
            }
        }
        out.push('\n');
    }
    out
}

/// The room of a file of `src`.
fn room(path: &str) -> &str {
    path.strip_prefix("src/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

#[test]
fn the_library_lists_its_rooms_in_walking_order() {
    let listed: Vec<String> = text("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_string))
        .collect();
    assert_eq!(listed, ROOMS);
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let mut wrong = Vec::new();
    for path in files("src").into_iter().filter(|path| ends(path, &["rs"]) && path != "src/lib.rs") {
        let mine = ROOMS.iter().position(|name| *name == room(&path)).unwrap_or_else(|| panic!("{path} is in no room"));
        for used in code(&path).split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(theirs) = ROOMS.iter().position(|name| *name == used) else {
                wrong.push(format!("{path}: `crate::{used}` is no room; name the room a thing is in"));
                continue;
            };
            let excepted = EXCEPTIONS.iter().any(|(from, to, _)| *from == ROOMS[mine] && *to == used);
            if theirs > mine && !excepted {
                wrong.push(format!("{path}: `{}` uses `{used}`, which is below it", ROOMS[mine]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for path in files("src").into_iter().filter(|path| ends(path, &["rs"])) {
        let code = code(&path);
        for (word, rooms) in WORDS {
            let said = code.match_indices(word).any(|(at, _)| {
                let before = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                let after = code[at + word.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                before && after
            });
            if said && !rooms.contains(&room(&path)) {
                wrong.push(format!("{path} says `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short_or_say_why_not() {
    let mut wrong = Vec::new();
    for folder in ["src", "pkg/src", "pkg/scripts", "www", "tests", "examples"] {
        for path in files(folder).into_iter().filter(|path| ends(path, &["rs", "ts", "tsx", "mjs", "css"])) {
            let text = text(&path);
            let lines = text.lines().count();
            let excused = text.lines().take(12).any(|line| {
                let line = line.trim_start_matches(['/', '*', '!', ' ']);
                line.starts_with("Long because ")
            });
            if lines > LINES && !excused {
                wrong.push(format!("{path} has {lines} lines; split it, or begin with `// Long because ...`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_names_every_room_and_no_other() {
    let map = text("src/ARCHITECTURE.md");
    let table: BTreeSet<String> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("/` |").map(|(name, _)| name.to_string()))
        .collect();
    assert_eq!(table, ROOMS.iter().map(|name| (*name).to_string()).collect(), "the table of rooms in ARCHITECTURE.md");
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(!entry.file_type().unwrap().is_dir() || table.contains(&name), "src/{name} is on no map");
    }
    for room in ROOMS {
        assert!(root().join("src").join(room).join("mod.rs").exists(), "there is no room src/{room}");
    }
}

#[test]
fn the_map_names_only_files_that_exist() {
    let mut wrong = Vec::new();
    for word in text("src/ARCHITECTURE.md").split('`').skip(1).step_by(2) {
        let path = word.trim_end_matches('/');
        let looks_like_path = path.contains('/') && !path.contains([' ', '*', '(', '<', ':']);
        let near = ["", "src/", "src/policy/"].iter().any(|base| root().join(format!("{base}{path}")).exists());
        // What a build makes is not there in a fresh checkout.
        let made = ["pkg/dist", "pkg/wasm", "lictor/"].iter().any(|base| path.starts_with(base));
        if looks_like_path && !near && !made {
            wrong.push(path.to_string());
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md names what is not there: {wrong:?}");
}

#[test]
fn no_path_of_a_machine_is_in_a_file() {
    let mut wrong = Vec::new();
    // This file names what it looks for.
    let own = ["tests/tidy.rs"];
    for path in files("").into_iter().filter(|path| !own.contains(&path.as_str())) {
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let machine = ["/root/", "/home/", "/work/", "/Users/"].iter().find(|place| {
                line.match_indices(**place).any(|(at, _)| {
                    // `/home/x` but not `https://x/home/x`, nor a quoted prefix that a test looks for.
                    let before = line[..at].chars().next_back();
                    let after = line[at + place.len()..].chars().next();
                    before.is_none_or(|c| !c.is_alphanumeric() && !"./_-~".contains(c))
                        && after.is_some_and(|c| c.is_alphanumeric())
                })
            });
            let temporary = line.contains("/tmp/") && !line.contains("tmpdir");
            if machine.is_some() || temporary {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim().chars().take(100).collect::<String>()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_corpus_is_json() {
    let found: Vec<String> = files("tests/corpus").into_iter().filter(|path| ends(path, &["json"])).collect();
    assert!(found.len() > 10, "only {} files", found.len());
    for path in found {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&text(&path));
        assert!(read.is_ok(), "{path}: {read:?}");
    }
}

#[test]
fn crate_package_and_changelog_speak_of_one_version() {
    let manifest = text("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap();
    let package: serde_json::Value = serde_json::from_str(&text("pkg/package.json")).unwrap();
    assert_eq!(package["version"], version);
    assert!(text("CHANGELOG.md").contains(version), "CHANGELOG.md does not mention {version}");
}
