//! The help examples that use shell features: quotes, pipes, variables, and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::shells::sandbox;
use crate::shells::shell::{Shell, each, settled};
use crate::support::process::run_script;

/// What means something to a shell.
const MARKS: &[char] = &[
    '|', '$', '\'', '"', '>', '<', '*', '?', '[', '{', '(', '~', '!', ';', '&', '@', '\\',
];

/// A Curve25519 public key.
const KEY: &str = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

/// What stands before each line: programs and values that the lines take for granted, in place of those that would
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

/// The same where a line does not end by itself: so that it can be ended.
const ENDED: &str = r#"
xeroctl() { command xeroctl "$@" & echo $! > pid; wait $!; }
jq() { command jq --unbuffered "$@"; }
"#;

/// The lines that do not end by themselves: what is in them, and what they have written when they may be ended.
const ENDLESS: &[(&str, Written)] = &[
    ("approvals watch", Written::Output("apr_hu43jsiom1tma7v3\n")),
    (
        "approvals wait apr_5a6b7c8d apr_7c1d2e3f",
        Written::Error("apr_7c1d2e3f: pending"),
    ),
    ("exec stream", Written::Error("connected")),
    ("sandbox serve -o json", Written::Output("http://")),
    ("sandbox serve", Written::Output("SQUAD_ID\t")),
];

#[derive(Clone, Copy)]
enum Written {
    Output(&'static str),
    Error(&'static str),
}

/// The examples in docs/reference.md, with continued lines as they are and remarks left out.
fn examples() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let text = std::fs::read_to_string(path).expect("the reference");
    let blocks = text.split("\nExamples:\n").skip(1);
    let mut all: Vec<String> = Vec::new();
    for block in blocks {
        let mut lines = block
            .lines()
            .take_while(|line| !line.starts_with("```") && !line.is_empty());
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

/// What a shell makes of an example: standard output and the exit code.
#[track_caller]
fn outcome(shell: Shell, example: &str) -> String {
    let home = sandbox();
    let line = example.replace("--public-key KEY", &format!("--public-key {KEY}"));
    if example.contains("config set prod") {
        let add = "config add prod --base-url https://api.example/proj_1/v1 -q";
        run_script(&home, &format!("\"$X\" {add} > added")).exits(0);
    }
    if example.contains("sandbox enroll") {
        let create = "agents join-keys --create --name gpu-pool --region us-east --router-addr tcp://router:5555";
        let create = format!("\"$X\" {create} --token-file gpu-pool.token -q > created");
        run_script(&home, &create).exits(0);
    }
    let endless = ENDLESS.iter().find(|(part, _)| example.contains(part));
    let ended = match endless {
        None => shell.run(&home, &format!("{BEFORE}{line}")),
        Some((_, written)) => {
            let running = shell.start(&home, &format!("{BEFORE}{ENDED}{line}"));
            match written {
                Written::Output(text) => running.wait_for_output(text),
                Written::Error(text) => running.wait_for_error(text),
            }
            run_script(&home, "kill -s TERM \"$(cat pid)\"").exits(0);
            running.end()
        }
    };
    let code = ended.status.code();
    // 8 is pending approval; 143 was ended here.
    let usual = matches!(code, Some(0 | 8)) || endless.is_some() && code == Some(143);
    assert!(usual, "{example}: {ended:#?}");
    // Behind a pipe the code says nothing.
    let failed = endless.is_none() && ended.stderr.contains("error: ");
    assert!(!failed, "{example}: {ended:#?}");
    let place = home.path().display().to_string();
    let said = settled(&ended.stdout.replace(&place, "HOME"));
    format!("{said}[exit {code:?}]")
}

#[test]
fn examples_mean_the_same_in_every_shell() {
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
    each(|shell| {
        for example in &examples {
            compare(shell, example);
        }
    });
}
