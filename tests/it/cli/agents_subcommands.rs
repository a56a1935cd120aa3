//! The subcommands of `agents`: pausing and resuming execution, revoking credentials, candidates, and key rotation.

use crate::cli::shown::{in_each_fresh_format, named, runs, sandbox, transcript};

/// The transcript of a rotation: its ID is new in each run.
fn rotated(text: &str) -> String {
    named(text, &[(r"rot_[A-Za-z0-9]+", "rot_NEW")])
}

#[test]
fn pause_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format("agents pause-exec agt_abc123"));
}

#[test]
fn pause_and_resume_accept_a_workspace() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents pause-exec agt_abc123 --workspace ws_team_a",
            "agents agt_abc123 -o json",
            "agents resume-exec agt_abc123 --workspace ws_team_a",
            "agents agt_abc123 -o json",
            "agents pause-exec agt_abc123 --workspace ws_none",
        ],
    ));
}

#[test]
fn actions_on_terminal_print_sentences() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run_on_terminal("", "agents pause-exec agt_abc123 --color never"),
        home.run_on_terminal("", "agents resume-exec agt_abc123 --color never"),
        home.run_on_terminal("", "agents revoke-credentials agt_abc123 -y --color never"),
        home.run_on_terminal(
            "",
            "agents candidates approve agt_abc123 cand_xyz789 --color never"
        ),
    ]));
}

#[test]
fn several_agents_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123"
    ));
}

#[test]
fn mixed_results_exit_15() {
    let shown = named(
        &in_each_fresh_format("agents pause-exec agt_none agt_abc123"),
        &[(r#""at":"[^"]+""#, r#""at":"TIME""#)],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn common_failure_sets_the_exit_code() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &["agents resume-exec agt_none agt_nobody"],
    ));
}

#[test]
fn rows_on_terminal_are_aligned() {
    let run = sandbox().run_on_terminal("", "agents pause-exec agt_abc123 agt_none --color never");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn revocation_prints_the_next_step() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents revoke-credentials agt_abc123 --force"
    ));
}

#[test]
fn candidates_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format("agents candidates list agt_abc123"));
}

#[test]
fn empty_candidate_list_prints_header_and_sentence() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents candidates list agt_g0974f2pgyfa8vcq"
    ));
}

#[test]
fn candidate_is_decided_once() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents candidates approve agt_abc123 cand_xyz789",
            "agents candidates reject agt_abc123 cand_a2za4nj5xpkd0ick -o json",
            "agents candidates reject agt_abc123 cand_6a0hxupyze8ous40 -o name --force",
            "agents candidates approve agt_abc123 cand_xyz789",
            "agents candidates approve agt_abc123 cand_none",
        ],
    ));
}

#[test]
fn rotation_shows_request_status_and_monitor_url() {
    insta::assert_snapshot!(rotated(&in_each_fresh_format(
        "agents curve-rotate agt_wsyochq960t11jwn --reason post-incident --force"
    )));
}

/// The command behind `undo it: xeroctl `.
fn undo(line: &str) -> String {
    let run = sandbox().run(line);
    let hint = run
        .stderr
        .lines()
        .find_map(|line| line.split_once("undo it: xeroctl "))
        .map(|(_, command)| command);
    hint.unwrap_or_else(|| panic!("no hint: {}", run.stderr))
        .to_owned()
}

#[test]
fn undo_command_names_agents_and_workspace() {
    assert_eq!(
        undo("agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq --workspace ws_team_a"),
        "agents resume-exec --workspace ws_team_a agt_abc123 agt_g0974f2pgyfa8vcq"
    );
}

#[test]
fn undo_command_has_no_duplicates() {
    assert_eq!(
        undo("agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123"),
        "agents resume-exec agt_abc123 agt_g0974f2pgyfa8vcq"
    );
}

#[test]
fn undo_command_omits_failures() {
    assert_eq!(
        undo("agents pause-exec agt_none agt_abc123"),
        "agents resume-exec agt_abc123"
    );
}
