//! The examples of the help in which a shell has something to do: quotes, pipes, variables, files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::sandbox;
use crate::shell::{Shell, each, settled};

/// What means something to a shell.
const MARKS: &[char] = &[
    '|', '$', '\'', '"', '>', '<', '*', '?', '[', '{', '(', '~', '!', ';', '&', '@', '\\',
];

/// A Curve25519 public key.
const KEY: &str = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

/// What stands before each line: programs and values that the lines take for granted, in the place of those that would
/// wait for somebody.
const BEFORE: &str = r#"
less() { cat; }
pass() { echo example-key; }
EDITOR=ls
INV_ID=343ee362-fea9-4b31-a538-1a3ceceff918
printf '{"cluster": "green"}' > context.json
echo 'Test it.' > AGENTS.md
echo example-key > prod.key
xeroctl config path > path; mkdir -p "$(dirname "$(cat path)")"; touch "$(cat path)"; chmod 600 "$(cat path)"
"#;

/// Where a line does not end by itself: after a while it is ended.
const FOR_A_WHILE: &str = r#"
xeroctl() { command xeroctl "$@" & sleep 2; kill -s TERM $! 2>/dev/null; wait $!; }
"#;

/// The examples in docs/reference.md, with continued lines as they are and remarks left out.
fn examples() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let text = std::fs::read_to_string(path).expect("the reference");
    let blocks = text.split("\nExamples:\n").skip(1);
    let mut all: Vec<String> = Vec::new();
    for block in blocks {
        let mut lines = block.lines().take_while(|line| !line.starts_with("```"));
        while let Some(line) = lines.next() {
            let mut example = line
                .trim()
                .split("   ")
                .next()
                .unwrap_or_default()
                .to_owned();
            while example.ends_with('\\') {
                let next = lines.next().expect("a line behind the backslash");
                example = format!("{example}\n{}", next.trim_end());
            }
            if example.contains(MARKS) && !all.contains(&example) {
                all.push(example);
            }
        }
    }
    all
}

/// Whether it goes on until it is ended.
fn is_endless(example: &str) -> bool {
    ["watch", "stream", "serve"]
        .iter()
        .any(|verb| example.contains(verb))
}

/// What a shell makes of an example: standard output and the exit code.
#[track_caller]
fn outcome(shell: Shell, example: &str) -> String {
    let around = if is_endless(example) { FOR_A_WHILE } else { "" };
    let home = sandbox();
    let line = example.replace("--public-key KEY", &format!("--public-key {KEY}"));
    let ended = shell.run(&home, &format!("{BEFORE}{around}{line}"));
    let code = ended.status.code();
    // 8 waits for a human; 143 was ended here.
    let usual = matches!(code, Some(0 | 8)) || is_endless(example) && code == Some(143);
    assert!(usual, "{example}: {ended:#?}");
    let place = home.path().display().to_string();
    let said = settled(&ended.stdout.replace(&place, "HOME"));
    format!("{said}[exit {code:?}]")
}

#[test]
fn every_example_means_the_same_in_each_shell() {
    let examples = examples();
    assert!(examples.len() > 40, "{examples:#?}");
    let told: Mutex<BTreeMap<String, String>> = Mutex::default();
    let compare = |shell: Shell, example: &str| {
        let outcome = outcome(shell, example);
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let other = told
            .entry(example.to_owned())
            .or_insert_with(|| outcome.clone());
        assert_eq!(&outcome, other, "{example} in {}", shell.name);
    };
    let (endless, ending): (Vec<_>, Vec<_>) = examples
        .iter()
        .partition(|example| is_endless(example.as_str()));
    each(|shell| {
        thread::scope(|scope| {
            // They take two seconds each, whatever else happens.
            for example in &endless {
                scope.spawn(|| compare(shell, example));
            }
            for example in &ending {
                compare(shell, example);
            }
        });
    });
}
