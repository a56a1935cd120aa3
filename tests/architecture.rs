//! The layers hold: each part of the crate names only the parts below it, and only some may touch the outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each part of the crate with the parts that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    // Words and values: name nobody, or each other.
    ("error", &[]),
    ("secret", &[]),
    ("env", &[]),
    ("tone", &[]),
    ("time", &[]),
    ("sanitise", &[]),
    ("base_url", &[]),
    ("line", &[]),
    ("schema", &[]),
    ("json", &["sanitise"]),
    ("interrupt", &["error"]),
    // The wire knows nothing of terminals.
    (
        "api",
        &["base_url", "error", "json", "line", "secret", "time"],
    ),
    // Looks: text from values, never printed.
    ("view", &["json", "sanitise", "time", "tone"]),
    // The only code that writes and asks.
    (
        "ui",
        &[
            "error",
            "interrupt",
            "json",
            "json",
            "sanitise",
            "secret",
            "time",
            "tone",
        ],
    ),
    (
        "config",
        &[
            "api", "base_url", "env", "error", "line", "secret", "ui", "view",
        ],
    ),
    (
        "session",
        &[
            "api",
            "base_url",
            "config",
            "env",
            "error",
            "interrupt",
            "json",
            "line",
            "sanitise",
            "secret",
            "time",
            "tone",
            "ui",
            "view",
        ],
    ),
    ("sandbox", &[]),
    (
        "cmd",
        &[
            "api",
            "base_url",
            "config",
            "env",
            "error",
            "interrupt",
            "json",
            "line",
            "sandbox",
            "sanitise",
            "schema",
            "secret",
            "session",
            "time",
            "ui",
            "view",
        ],
    ),
    (
        "run",
        &[
            "cmd",
            "env",
            "error",
            "interrupt",
            "line",
            "session",
            "tone",
            "ui",
            "view",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Names that only some files may hold, with those files.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("std::env::var", &["env.rs"]),
    ("std::env::args", &["main.rs"]),
    ("std::env::current_dir", &["env.rs"]),
    ("io::stdout(", &["ui/stream.rs"]),
    ("io::stderr(", &["ui/stream.rs"]),
    ("io::stdin(", &["ui/stream.rs"]),
    ("process::exit", &["main.rs"]),
    ("crate::sandbox", &["cmd/sandbox/"]),
];

/// No file is longer: a longer one is two rooms in one.
const LONGEST_FILE: usize = 450;

fn sources() -> Vec<(String, String)> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .expect("below src")
                .display()
                .to_string();
            (name, std::fs::read_to_string(&path).expect("a source file"))
        })
        .collect()
}

fn part(name: &str) -> &str {
    name.split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs")
}

/// The parts that a text names as `crate::part`.
fn named(text: &str) -> BTreeSet<String> {
    text.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect()
        })
        .filter(|part: &String| !part.is_empty())
        .collect()
}

#[test]
fn each_part_names_only_the_parts_below_it() {
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let part = part(&name);
        let Some(may) = layers.get(part) else {
            faults.push(format!(
                "{name}: the part {part} is not in the table of layers"
            ));
            continue;
        };
        for other in named(&text) {
            if other != part && !may.contains(&other.as_str()) {
                faults.push(format!("{name} names crate::{other}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_of_layers_has_no_circle_and_no_part_that_is_gone() {
    let parts: BTreeSet<String> = sources()
        .iter()
        .map(|(name, _)| part(name).to_owned())
        .collect();
    for (index, (part, may)) in LAYERS.iter().enumerate() {
        assert!(parts.contains(*part), "there is no part {part} any more");
        for below in *may {
            let place = LAYERS.iter().position(|(name, _)| name == below);
            assert!(
                place.is_some_and(|place| place < index),
                "{part} names {below}, which is not below it"
            );
        }
    }
}

#[test]
fn only_the_edges_touch_the_outside() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        for (what, places) in OUTSIDE {
            let allowed = places.iter().any(|place| name.starts_with(place));
            if text.contains(what) && !allowed {
                faults.push(format!("{name} holds {what}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
