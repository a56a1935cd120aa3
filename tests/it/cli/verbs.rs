//! The verbs of `agents`: pausing and resuming execution, revoking credentials, candidates, key rotation.

use crate::cli::shown::{in_each_fresh_format, named, runs, sandbox, transcript};

/// The transcript of a rotation: its id is new in each run.
fn rotated(text: &str) -> String {
    named(text, &[(r"rot_[A-Za-z0-9]+", "rot_NEW")])
}

#[test]
fn pausing_says_so_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format("agents pause-exec agt_abc123"));
}

#[test]
fn pausing_and_resuming_may_be_scoped_to_a_workspace() {
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
fn actions_on_a_terminal_are_sentences() {
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
fn several_agents_are_rows_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123"
    ));
}

#[test]
fn a_mix_of_success_and_failure_is_15_with_the_failure_as_a_row() {
    let shown = named(
        &in_each_fresh_format("agents pause-exec agt_none agt_abc123"),
        &[(r#""at":"[^"]+""#, r#""at":"TIME""#)],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn when_all_fail_alike_the_code_is_theirs() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &["agents resume-exec agt_none agt_nobody"],
    ));
}

#[test]
fn rows_on_a_terminal_are_aligned() {
    let run = sandbox().run_on_terminal("", "agents pause-exec agt_abc123 agt_none --color never");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn revoking_credentials_says_what_is_needed_next() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents revoke-credentials agt_abc123 --force"
    ));
}

#[test]
fn candidates_have_the_documented_columns_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format("agents candidates list agt_abc123"));
}

#[test]
fn a_list_without_candidates_is_a_header_and_a_sentence() {
    insta::assert_snapshot!(in_each_fresh_format(
        "agents candidates list agt_g0974f2pgyfa8vcq"
    ));
}

#[test]
fn a_candidate_is_decided_on_once() {
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
fn a_rotation_shows_request_id_status_and_monitor_url() {
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
fn the_undoing_command_names_every_agent_and_the_workspace() {
    assert_eq!(
        undo("agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq --workspace ws_team_a"),
        "agents resume-exec --workspace ws_team_a agt_abc123 agt_g0974f2pgyfa8vcq"
    );
}

#[test]
fn the_undoing_command_names_no_agent_twice() {
    assert_eq!(
        undo("agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123"),
        "agents resume-exec agt_abc123 agt_g0974f2pgyfa8vcq"
    );
}

#[test]
fn the_undoing_command_leaves_out_what_failed() {
    assert_eq!(
        undo("agents pause-exec agt_none agt_abc123"),
        "agents resume-exec agt_abc123"
    );
}
