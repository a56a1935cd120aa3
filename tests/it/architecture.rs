//! The architecture: parts of the crate use only the parts below them, only some modules do I/O, and files form no
//! cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each part of the crate with the parts that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    // Words and values: name nobody, or each other.
    ("secret", &[]),
    ("time", &[]),
    ("env", &["time"]),
    ("tone", &[]),
    ("sanitize", &[]),
    ("error", &["sanitize"]),
    ("base_url", &[]),
    ("schema", &[]),
    ("files", &["time"]),
    ("json", &["sanitize"]),
    // The one place that says what is secret.
    ("redact", &["json", "secret"]),
    ("jq", &["error", "json"]),
    ("yaml", &["json", "sanitize"]),
    ("command_line", &["redact"]),
    ("interrupt", &["error"]),
    ("program", &["env", "interrupt", "time"]),
    // The wire knows nothing of terminals.
    (
        "api",
        &[
            "base_url",
            "error",
            "files",
            "json",
            "command_line",
            "redact",
            "sanitize",
            "secret",
            "time",
        ],
    ),
    // One change to many objects, decided without I/O.
    ("fleet", &["error"]),
    // Looks: text from values, never printed.
    (
        "view",
        &["error", "jq", "json", "sanitize", "time", "tone", "yaml"],
    ),
    // The only code that writes and asks.
    (
        "ui",
        &[
            "env",
            "error",
            "interrupt",
            "json",
            "redact",
            "sanitize",
            "secret",
            "time",
            "tone",
        ],
    ),
    (
        "config",
        &[
            "api",
            "base_url",
            "env",
            "error",
            "files",
            "interrupt",
            "jq",
            "command_line",
            "program",
            "sanitize",
            "secret",
            "time",
            "view",
            "redact",
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
            "files",
            "interrupt",
            "json",
            "command_line",
            "redact",
            "sanitize",
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
            "files",
            "fleet",
            "interrupt",
            "jq",
            "json",
            "command_line",
            "redact",
            "sandbox",
            "sanitize",
            "schema",
            "secret",
            "session",
            "time",
            "tone",
            "ui",
            "view",
        ],
    ),
    (
        "run",
        &[
            "cmd",
            "config",
            "env",
            "error",
            "interrupt",
            "command_line",
            "redact",
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
    (
        "io::stdout(",
        &["ui/stream.rs", "ui/writer.rs", "interrupt/"],
    ),
    (
        "io::stderr(",
        &["ui/stream.rs", "ui/writer.rs", "interrupt/"],
    ),
    (
        "io::stdin(",
        &["ui/keyboard.rs", "ui/stream.rs", "ui/terminal.rs"],
    ),
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
fn parts_use_only_parts_below() {
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
fn layer_table_has_no_cycles_or_missing_parts() {
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
fn only_edge_modules_do_io() {
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
fn files_have_at_most_450_lines() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The module path of a file below `src`: `api/client.rs` is `["api", "client"]`.
fn module(name: &str) -> Vec<&str> {
    let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').collect()
}

/// The paths in a text that begin with `crate`, `super`, or `self`, with each group in braces written out.
fn paths(text: &str) -> Vec<String> {
    fn expand(before: &str, tree: &str, found: &mut Vec<String>) {
        let Some((path, group)) = tree.split_once('{') else {
            found.push(format!("{before}{tree}"));
            return;
        };
        let before = format!("{before}{path}");
        let (mut depth, mut start) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                ',' | '}' if depth == 0 => {
                    expand(&before, &group[start..at], found);
                    start = at + 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    let code: String = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let start = code[..at].rfind(|c: char| !c.is_alphanumeric() && c != '_');
        let start = start.map_or(0, |start| start + 1);
        let is_root = ["crate", "super", "self"].contains(&&code[start..at]);
        if !is_root || code[..start].ends_with(':') {
            continue;
        }
        let is_use = code[..start].ends_with("use ");
        let end = |c: char| {
            if is_use {
                c == ';'
            } else {
                c != ':' && c != '_' && !c.is_alphanumeric()
            }
        };
        let rest = code[start..].split(end).next().unwrap_or_default();
        let path: String = rest.split_whitespace().collect();
        expand("", &path, &mut found);
    }
    found
}

/// The file that a path names, seen from the module `from`: the longest prefix of it that is a file.
fn file_of<'a>(
    path: &str,
    from: &[&'a str],
    files: &BTreeMap<Vec<&'a str>, &'a str>,
) -> Option<&'a str> {
    let mut module: Vec<&str> = from.to_vec();
    for part in path.split("::") {
        match part {
            "crate" => module.clear(),
            "self" => {}
            "super" => drop(module.pop()),
            name => {
                module.push(name);
                if !files.contains_key(&module) {
                    module.pop();
                    break;
                }
            }
        }
    }
    files.get(&module).copied()
}

/// A way from a file back to itself, if there is one.
fn circle<'a>(
    at: &'a str,
    uses: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<String> {
    if let Some(start) = way.iter().position(|file| *file == at) {
        return Some([&way[start..], &[at]].concat().join(" -> "));
    }
    if !done.insert(at) {
        return None;
    }
    way.push(at);
    let found = uses.get(at).and_then(|below| {
        below
            .iter()
            .find_map(|below| circle(below, uses, way, done))
    });
    way.pop();
    found
}

#[test]
fn files_form_no_cycles() {
    let sources = sources();
    let files: BTreeMap<_, _> = sources
        .iter()
        .map(|(name, _)| (module(name), name.as_str()))
        .collect();
    // A `mod.rs` declares its files and passes their names on, which is no use of theirs.
    let counts = |name: &str| !name.ends_with("/mod.rs") && name != "lib.rs";
    let uses: BTreeMap<&str, BTreeSet<&str>> = sources
        .iter()
        .filter(|(name, _)| counts(name))
        .map(|(name, text)| {
            let used = paths(text);
            let used = used
                .iter()
                .filter_map(|path| file_of(path, &module(name), &files));
            (
                name.as_str(),
                used.filter(|used| counts(used) && used != name).collect(),
            )
        })
        .collect();
    assert!(
        uses["api/client.rs"].contains("api/retry.rs"),
        "uses are found"
    );
    let mut done = BTreeSet::new();
    let circles: Vec<String> = uses
        .keys()
        .filter_map(|file| circle(file, &uses, &mut Vec::new(), &mut done))
        .collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}
