//! Standard output that can't be written: closed pipes, full disks, and closed descriptors.

use std::io::{BufRead as _, BufReader};

use crate::binary::{page, sandbox};
use crate::support::Home;
use crate::support::held::Held;
use crate::support::process::{
    Ended, Running, command, gone_reader, run, run_into, run_script, script,
};

/// What only reads or only tells.
const READS: &[&str] = &[
    "agents",
    "agents --all",
    "agents -o json",
    "agents -o json --all",
    "agents -o ndjson --all",
    "agents -o csv",
    "agents -o name",
    "agents agt_abc123",
    "agents agt_abc123 -o json",
    "agents agt_abc123 --events",
    "agents candidates list agt_abc123",
    "agents agt_abc123 --delete --dry-run",
    "join-keys",
    "config list",
    "config show",
    "config path",
    "sandbox path",
    "help exit-codes",
    "agents --help",
    "--help",
    "--version",
];

#[test]
fn closed_pipe_before_the_first_byte_is_silent() {
    let home = sandbox();
    for line in READS {
        run_into(&home, line, gone_reader()).exits(0).says_nothing();
    }
}

#[test]
fn closed_pipe_within_a_list_is_silent() {
    for line in [
        "agents --all",
        "agents --all -o json",
        "agents --all -o ndjson",
    ] {
        let held = Held::new();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let running = Running::start_into(&mut command(&held.home, line), writer);
        held.request();
        held.answer(page("agt_1"));
        held.request();
        let mut reader = BufReader::new(reader);
        let seen = reader.fill_buf().expect("the first page");
        assert!(!seen.is_empty(), "{line}");
        drop(reader);
        held.answer(page("agt_2"));
        running.end().exits(0).says_nothing();
        // The next page may be on its way while one is written.
        let more = std::iter::repeat_with(|| held.is_quiet()).position(|is_quiet| is_quiet);
        assert!(
            more.is_some_and(|more| more <= 1),
            "{line}: no fourth page is asked for"
        );
    }
}

#[test]
fn pipeline_reads_part_of_a_list() {
    let home = sandbox();
    let text = r#"{ "$X" agents --all; echo "exit $?" >&2; } | head -1"#;
    let ended = run_script(&home, text).exits(0);
    assert_eq!(
        ended.stdout,
        "ID\tNAME\tWORKER_ID\tSTATUS\tREGION\tLAST_HEARTBEAT\n"
    );
    assert_eq!(ended.stderr, "exit 0\n");
}

#[test]
fn a_watch_ends_when_its_reader_has_left_and_nothing_changes() {
    let home = sandbox();
    let line = "agents --status suspended --watch --interval 500ms -q";
    let text = format!(r#"{{ "$X" {line}; echo "exit $?" >&2; }} | head -3 | wc -l"#);
    let ended = run_script(&home, &text).exits(0);
    assert_eq!(ended.stdout.trim(), "3");
    assert_eq!(ended.stderr, "exit 14\n");
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_exits_1_with_a_message() {
    let home = sandbox();
    for line in READS {
        run_into(&home, line, full())
            .exits(1)
            .says("error: standard output could not be written");
    }
}

#[test]
fn closed_standard_error_changes_nothing() {
    let home = sandbox();
    for end in ["2>&-", "2>/dev/null"] {
        let ended = run_script(&home, &format!(r#""$X" agents agt_abc123 -o name {end}"#));
        assert_eq!(ended.exits(0).stdout, "agt_abc123\n");
        run_script(&home, &format!(r#""$X" agents agt_none {end}"#)).exits(5);
    }
}

/// Changes, and what another command shows before each of them but not after it.
const CHANGES: &[(&str, &str, &str)] = &[
    (
        "agents agt_abc123 --delete --force",
        "agents --all -o name",
        "agt_abc123",
    ),
    (
        "agents agt_abc123 --delete --force -o json",
        "agents --all -o name",
        "agt_abc123",
    ),
    (
        "agents pause-exec agt_abc123",
        "agents agt_abc123 -o json",
        "\"exec_paused\":false",
    ),
    (
        "agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq",
        "agents agt_g0974f2pgyfa8vcq -o json",
        "\"exec_paused\":false",
    ),
    (
        "agents revoke-credentials agt_abc123 --force",
        "agents agt_abc123",
        "STATUS\tactive",
    ),
    (
        "join-keys jk_abc123 --revoke --force",
        "join-keys --all -o name",
        "jk_abc123",
    ),
    (
        "agents agt_abc123 --update --name renamed",
        "agents agt_abc123",
        "NAME\tgpu-worker-1",
    ),
];

/// Makes each change in one way, and sees that it was made.
fn changes_are_made(code: i32, says: &str, change: impl Fn(&Home, &str) -> Ended) {
    for (line, check, sign) in CHANGES {
        let home = sandbox();
        let before = run(&home, check).exits(0);
        assert!(before.stdout.contains(sign), "{before:#?}");
        change(&home, line).exits(code).says(says);
        let after = run(&home, check).exits(0);
        assert!(!after.stdout.contains(sign), "{line}: {after:#?}");
    }
}

#[test]
fn closed_pipe_does_not_fail_a_change() {
    changes_are_made(0, "", |home, line| run_into(home, line, gone_reader()));
}

#[test]
fn closed_output_does_not_prevent_a_change() {
    changes_are_made(0, "", |home, line| {
        run_script(home, &format!(r#""$X" {line} >&-"#))
    });
}

#[cfg(target_os = "linux")]
#[test]
fn full_output_reports_the_change() {
    changes_are_made(1, "the change itself was made", |home, line| {
        run_into(home, line, full())
    });
}

#[cfg(target_os = "linux")]
fn full() -> std::fs::File {
    let file = std::fs::File::options().write(true).open("/dev/full");
    file.expect("/dev/full")
}

#[test]
fn commands_share_a_pipe() {
    let home = sandbox();
    let text = r#"for id in agt_abc123 agt_g0974f2pgyfa8vcq; do "$X" agents $id -o json; done"#;
    let ended = Running::start(&mut script(&home, text)).end().exits(0);
    let ids: Vec<String> = ended
        .stdout
        .lines()
        .map(|line| {
            let agent: serde_json::Value = serde_json::from_str(line).expect("one line each");
            agent["id"].as_str().expect("an id").to_owned()
        })
        .collect();
    assert_eq!(ids, ["agt_abc123", "agt_g0974f2pgyfa8vcq"]);
}
