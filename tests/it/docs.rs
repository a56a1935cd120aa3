//! The documents are correct: every transcript in them is replayed and compared, and the reference matches the help.
//! `UPDATE_DOCS=1 cargo test --test it docs::` updates them.

use std::path::{Path, PathBuf};

use crate::support::Home;
use regex::Regex;

/// The documents with transcripts: blocks that begin with ```` ```console ````, in which each line that begins with
/// `$ xeroctl` is typed. The commands of one document share one home.
const TRANSCRIPTS: &[&str] = &[
    "README.md",
    "docs/commands.md",
    "docs/configuration.md",
    "docs/fleet.md",
    "docs/guide.md",
    "docs/squads.md",
];

/// The documents whose transcripts need time to pass: each is one session of a shell with the real program, and both
/// streams are one.
const SESSIONS: &[&str] = &["docs/execution.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Types every command of a document again and puts what comes back in place of what stands there.
fn replay(text: &str) -> String {
    let home = Home::new();
    let key = home.path().join("prod.key");
    std::fs::write(&key, "example-key\n").expect("a key file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    }
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    let mut in_console = false;
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("```") {
            in_console = line == "```console";
            continue;
        }
        let Some(command) = line.strip_prefix("$ xeroctl").filter(|_| in_console) else {
            continue;
        };
        let mut command = command.to_owned();
        while command.ends_with('\\') {
            let next = lines.next().expect("a line behind the backslash");
            out.push_str(next);
            out.push('\n');
            command = format!("{command}\n{next}");
        }
        while lines
            .peek()
            .is_some_and(|line| !line.starts_with("$ ") && !line.starts_with("```"))
        {
            lines.next();
        }
        let run = home.run(&command);
        let place = home.path().display().to_string();
        for stream in [&run.stdout, &run.stderr] {
            out.push_str(&stream.replace(&place, "/home/you"));
        }
        if run.code != 0 {
            out.push_str(&format!("[exit {}]\n", run.code));
        }
    }
    out
}

/// Types every command of a document into one shell and puts what comes back in place of what stands there.
fn replay_session(text: &str) -> String {
    const MARK: &str = "\u{1e}";
    let mut commands: Vec<String> = Vec::new();
    // What stands between the commands; the first piece is what stands before all of them.
    let mut between = vec![String::new()];
    let mut in_console = false;
    let mut answering = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_console = line == "```console";
            answering = false;
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            let mut command = command.to_owned();
            while command.ends_with('\\') {
                command = format!(
                    "{command}\n{}",
                    lines.next().expect("a line behind the backslash")
                );
            }
            commands.push(command);
            between.push(String::new());
            answering = true;
        } else if !answering {
            let piece = between.last_mut().expect("a piece");
            piece.push_str(line);
            piece.push('\n');
        }
    }
    let mut script = String::new();
    for command in &commands {
        let code = "CODE=$?; [ $CODE -eq 0 ] || echo \"[exit $CODE]\"";
        script.push_str(&format!("{command}\n{code}; printf '{MARK}'\n"));
    }
    let home = Home::new();
    let begin = "exec 2>&1\nxeroctl() { \"$X\" \"$@\"; }";
    let mut shell =
        crate::support::process::script_by("bash", &home, &format!("{begin}\n{script}"));
    let output = shell.current_dir(home.path()).output().expect("a shell");
    let answers = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<&str> = answers.split(MARK).collect();
    assert_eq!(answers.len(), commands.len() + 1, "{answers:#?}");
    let mut out = between[0].clone();
    for ((command, answer), after) in commands.iter().zip(answers).zip(&between[1..]) {
        out.push_str(&format!("$ {command}\n{answer}{after}"));
    }
    out
}

/// The same text with what is random in it made equal.
fn settled(text: &str) -> String {
    let random =
        Regex::new(r"\b(req|agt|jk|rot|evt|xjt|apr)_[A-Za-z0-9_-]{14,}").expect("a pattern");
    let port = Regex::new(r"127\.0\.0\.1:\d+/proj_sandbox").expect("a pattern");
    let text = random.replace_all(text, "$1_…");
    let uuid = Regex::new(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a pattern");
    let text = uuid.replace_all(&text, "…");
    let text = port.replace_all(&text, "127.0.0.1:PORT/proj_sandbox");
    // A run that was approved a few lines before may have begun meanwhile.
    let looked = Regex::new(r"\(\d+ checked\)").expect("a pattern");
    looked.replace_all(&text, "(N checked)").into_owned()
}

/// The lines that two texts have in common, in the same order: their longest common subsequence.
fn common(old: &str, new: &str) -> Vec<(usize, usize)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // How many lines are common behind each pair of places.
    let mut behind = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (at, line) in old.iter().enumerate().rev() {
        for (other, its) in new.iter().enumerate().rev() {
            behind[at][other] = if line == its {
                behind[at + 1][other + 1] + 1
            } else {
                behind[at + 1][other].max(behind[at][other + 1])
            };
        }
    }
    let (mut at, mut other) = (0, 0);
    let mut found = Vec::new();
    while at < old.len() && other < new.len() {
        if old[at] == new[other] {
            found.push((at, other));
            (at, other) = (at + 1, other + 1);
        } else if behind[at + 1][other] >= behind[at][other + 1] {
            at += 1;
        } else {
            other += 1;
        }
    }
    found
}

/// The new text with the random IDs and the times that stand in the old one, so that an update changes only what differs,
/// and two updates do not conflict everywhere. A line takes them from the line of the old text that is equal otherwise; an ID
/// that is new stays.
fn with_known_ids(stands: &str, made: &str) -> String {
    let random = Regex::new(
        r"\b(?:req|agt|jk|rot|evt|xjt|apr)_[A-Za-z0-9_-]{14,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    )
    .expect("a pattern");
    let time = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").expect("a pattern");
    let shapes = |text: &str| time.replace_all(&settled(text), "TIME").into_owned();
    let (old_shapes, new_shapes) = (shapes(stands), shapes(made));
    let (old, new): (Vec<&str>, Vec<&str>) = (stands.lines().collect(), made.lines().collect());
    let words = |text| random.find_iter(text).map(|found| found.as_str());
    let mut known: Vec<(&str, &str)> = Vec::new();
    for (at_old, at_new) in common(&old_shapes, &new_shapes) {
        known.extend(words(new[at_new]).zip(words(old[at_old])));
    }
    let kept = |found: &regex::Captures<'_>| {
        let word = &found[0];
        let known = known.iter().find(|(new, _)| *new == word);
        known.map_or(word, |(_, old)| *old).to_owned()
    };
    random.replace_all(made, kept).into_owned()
}

fn check(file: &str, made: &str) {
    let path = root().join(file);
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    if settled(&stands) == settled(made) {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(&path, with_known_ids(&stands, made)).expect("the document");
        return;
    }
    for (stands, made) in settled(&stands).lines().zip(settled(made).lines()) {
        assert_eq!(
            stands, made,
            "{file} is out of date: UPDATE_DOCS=1 cargo test --test it docs::"
        );
    }
    panic!("{file} has another length than it should: UPDATE_DOCS=1 cargo test --test it docs::");
}

#[test]
fn updates_keep_known_ids() {
    let old =
        "$ a\nID\tagt_aaaaaaaaaaaaaaaa\nnote\n$ b\nagt_aaaaaaaaaaaaaaaa at 2026-01-01T00:00:00Z\n";
    let new = "$ a\nID\tagt_bbbbbbbbbbbbbbbb\n$ c\nrot_cccccccccccccccc\n$ b\nagt_bbbbbbbbbbbbbbbb at 2026-02-02T00:00:00Z\n";
    assert_eq!(
        with_known_ids(old, new),
        "$ a\nID\tagt_aaaaaaaaaaaaaaaa\n$ c\nrot_cccccccccccccccc\n$ b\nagt_aaaaaaaaaaaaaaaa at 2026-01-01T00:00:00Z\n"
    );
}

#[test]
fn transcripts_match_the_output() {
    for file in TRANSCRIPTS {
        let text = std::fs::read_to_string(root().join(file)).expect(file);
        assert!(text.contains("$ xeroctl"), "{file} has no transcript");
        check(file, &replay(&text));
    }
}

#[test]
fn sessions_match_the_output() {
    let time = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").expect("a pattern");
    if !crate::support::process::has("jq") {
        // The README promises no more than Rust; `.ci/run` installs it.
        return;
    }
    for file in SESSIONS {
        let path = root().join(file);
        let stands = std::fs::read_to_string(&path).expect(file);
        let made = replay_session(&stands);
        // A state that lasts a second can be missed by a machine that is busy.
        let plain = |text: &str| {
            let text = time.replace_all(&settled(text), "TIME").into_owned();
            let lines = text.lines().filter(|line| !line.ends_with("\tqueued"));
            lines.collect::<Vec<_>>().join("\n")
        };
        if plain(&stands) == plain(&made) {
            continue;
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, with_known_ids(&stands, &made)).expect("the document");
            continue;
        }
        let (stands, made) = (plain(&stands), plain(&made));
        for (stands, made) in stands.lines().zip(made.lines()) {
            assert_eq!(
                stands, made,
                "{file} is out of date: UPDATE_DOCS=1 cargo test --test it docs::"
            );
        }
        panic!(
            "{file} has another length than it should: UPDATE_DOCS=1 cargo test --test it docs::"
        );
    }
}

#[test]
fn reference_matches_the_help() {
    fn describe(command: &clap::Command, path: &str, home: &Home, out: &mut String) {
        out.push_str(&format!("\n## {path}\n\n```text\n"));
        let words = path.strip_prefix("xeroctl").unwrap_or(path);
        // Off a terminal, a page has 100 columns.
        let help = home.run(&format!("{words} --help"));
        for line in help.stdout.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push_str("```\n");
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            describe(below, &path, home, out);
        }
    }
    let mut out =
        "# Reference\n\nThe help of every command, as `xeroctl help …` prints it.\n".to_owned();
    describe(
        xeroctl::cmd::grammar::tree(),
        "xeroctl",
        &Home::new(),
        &mut out,
    );
    check("docs/reference.md", &out);
}

#[test]
fn manual_has_a_page_per_command() {
    let pages = xeroctl::cmd::man::pages(xeroctl::cmd::grammar::tree());
    let directory = root().join("docs/man");
    for (name, page) in &pages {
        check(&format!("docs/man/{name}"), page);
    }
    for entry in std::fs::read_dir(directory).expect("the manual") {
        let entry = entry.expect("a page");
        let name = entry.file_name();
        if pages.iter().any(|(page, _)| **page == *name) {
            continue;
        }
        assert!(
            std::env::var_os("UPDATE_DOCS").is_some(),
            "docs/man/{} is the page of no command: UPDATE_DOCS=1 cargo test --test it docs::",
            name.display()
        );
        std::fs::remove_file(entry.path()).expect("a page that is gone");
    }
}

#[test]
fn help_examples_fit_80_columns() {
    fn check(command: &clap::Command) {
        let examples = command.get_after_help().map(ToString::to_string);
        let examples = examples.unwrap_or_default();
        if !command.has_subcommands() {
            assert!(
                examples.contains("Examples:"),
                "{} has no examples",
                command.get_name()
            );
        }
        for line in examples.lines().filter(|line| line.starts_with("  ")) {
            assert!(line.len() <= 79, "{}: {line}", command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    check(xeroctl::cmd::grammar::tree());
}

#[test]
fn advised_commands_exist() {
    for advice in xeroctl::api::advice::TABLE {
        if let xeroctl::api::advice::Next::Run(command) = advice.next {
            let words = command.replace("<agent-id>", "agt_1");
            let line = format!("--context sandbox --dry-run {words}");
            let run = Home::new().run(&line);
            assert_eq!(run.code, 0, "{}: {}", advice.code, run.whole());
        }
    }
    assert_eq!(xeroctl::api::advice::TABLE.len(), 26);
}

#[test]
fn the_table_of_codes_is_the_one_that_explain_shows() {
    const HEADING: &str = "## Router error codes\n";
    let path = root().join("docs/errors.md");
    let text = std::fs::read_to_string(path).expect("the page of errors");
    let (before, _) = text.split_once(HEADING).expect("the heading");
    let mut made = format!("{before}{HEADING}\n| Code | Exit | What to do |\n|---|---|---|\n");
    for advice in xeroctl::api::advice::TABLE {
        let (first, rest) = advice.action.split_at(1);
        let (code, exit) = (advice.code, advice.exit().code());
        made.push_str(&format!(
            "| `{code}` | {exit} | {}{rest} |\n",
            first.to_uppercase()
        ));
    }
    made.push_str("\n`xeroctl explain CODE` shows the same for each of these codes, and for the exit codes.\n");
    check("docs/errors.md", &made);
}

#[test]
fn readme_links_every_document() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    for entry in std::fs::read_dir(root().join("docs")).expect("the documents") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        assert!(
            readme.contains(&format!("docs/{name}")),
            "README.md does not name docs/{name}"
        );
    }
}
