//! The sessions in README.md and docs/, run in each shell: output and exit codes must match.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use regex::Regex;

use crate::shells::sandbox;
use crate::shells::shell::{Shell, each, settled};
use crate::support::Home;

/// One typed command and what is printed below it.
struct Typed {
    command: String,
    answer: String,
}

/// The commands in the blocks of a document that begin with ```` ```console ````.
fn typed(file: &str) -> Vec<Typed> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).expect(file);
    let mut all: Vec<Typed> = Vec::new();
    let mut in_console = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            let mut command = command.to_owned();
            while command.ends_with('\\') {
                let next = lines.next().expect("a line behind the backslash");
                command = format!("{command}\n{next}");
            }
            all.push(Typed {
                command,
                answer: String::new(),
            });
        } else if let Some(last) = all.last_mut().filter(|_| in_console) {
            last.answer.push_str(line);
            last.answer.push('\n');
        }
    }
    assert!(!all.is_empty(), "{file} has no sessions");
    all
}

/// Types all of a document into one shell, and compares each answer with the printed one.
#[track_caller]
fn check(shell: Shell, home: &Home, file: &str, around: impl Fn(&str) -> String) {
    const MARK: &str = "\u{1e}";
    let all = typed(file);
    let mut script = "tell() { if [ $CODE -ne 0 ]; then echo \"[exit $CODE]\"; fi; }\n".to_owned();
    for Typed { command, .. } in &all {
        script.push_str(&format!("{}\ntell; printf '{MARK}'\n", around(command)));
    }
    let key = home.path().join("prod.key");
    std::fs::write(&key, "example-key\n").expect("a key file");
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600))
        .expect("its owner's alone");
    let ended = shell.run_for_long(home, &script);
    let place = home.path().display().to_string();
    let answers = ended.replace(&place, "/home/you");
    let answers: Vec<&str> = answers.split(MARK).collect();
    assert_eq!(
        answers.len(),
        all.len() + 1,
        "{file} in {}: {answers:#?}",
        shell.name
    );
    for (typed, answer) in all.iter().zip(answers) {
        assert_eq!(
            plain(answer),
            plain(&typed.answer),
            "{file} in {}: {}",
            shell.name,
            typed.command
        );
    }
}

/// What can be compared. A state that lasts a second can be missed by a machine that is busy, and whether a run that was
/// just approved is among those that were looked at is a matter of a second too.
fn plain(answer: &str) -> String {
    let checked = Regex::new(r"\(\d+ checked\)").expect("a pattern");
    let answer = checked.replace_all(answer, "(some checked)");
    let answer = settled(&answer);
    let lines = answer.lines().filter(|line| !line.ends_with("\tqueued"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Standard output first, then standard error.
fn one_after_the_other(command: &str) -> String {
    format!("{{ {command}\n}} >out 2>err; CODE=$?; cat out err")
}

#[test]
fn readme_and_guides() {
    each(|shell| {
        for file in [
            "README.md",
            "docs/commands.md",
            "docs/configuration.md",
            "docs/fleet.md",
            "docs/guide.md",
            "docs/squads.md",
        ] {
            check(shell, &Home::new(), file, one_after_the_other);
        }
    });
}

#[test]
fn execution_guide() {
    each(|shell| {
        check(shell, &Home::new(), "docs/execution.md", |command| {
            format!("{{ {command}\n}} 2>&1; CODE=$?")
        });
    });
}

#[test]
fn sandbox_page() {
    each(|shell| {
        let home = sandbox();
        for Typed { command, answer } in typed("docs/sandbox.md") {
            assert_eq!(answer, "", "{command}");
            // It serves until it is ended.
            if command.contains(" serve") {
                let served = shell.start(&home, &format!("exec {command}"));
                served.wait_for_output("BASE_URL\t");
                served.end_by("INT").dies_by(2);
            } else {
                shell.run(&home, &command).exits(0);
            }
        }
    });
}
