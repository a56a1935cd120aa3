//! Changes to several objects, selected by IDs, a file, or filters.

use crate::cli::shown::{runs, sandbox};
use crate::support::{Home, Output};

#[test]
fn each_change_takes_ids_or_filters() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents pause-exec --region us-east --role execution --force",
            "agents resume-exec --name 'xem-*' --expect-count 4 --force",
            "agents revoke-credentials --status disconnected --older-than 1d --force -o name",
            "agents delete --status dead --force",
            "agents delete agt_abc123 agt_gone --force",
            "exec cancel --status pending_approval --tool kubectl_drain --force",
            "approvals reject --tool openstack_server_stop --force --reason no",
            "join-keys --revoke --name new-worker --force",
            "join-keys revoke jk_abc123 jk_gone --force",
        ],
    ));
}

#[test]
fn a_dry_run_prints_a_request_for_each() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents delete --status dead --dry-run",
            "agents pause-exec --role execution --region us-east --dry-run",
            "exec cancel --tool kubectl_drain --dry-run",
            "join-keys revoke --name new-worker --dry-run -o json",
        ],
    ));
}

#[test]
fn a_wrong_selection_changes_nothing() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents delete --status dead",
            "agents delete --status dead --expect-count 2 --force",
            "agents delete",
            "agents delete agt_abc123 --all",
            "agents pause-exec --status nowhere --force",
            "agents --delete agt_abc123 pause-exec",
            "exec cancel --status completed --force",
            "approvals approve --all --force",
            "join-keys revoke --status exhausted --ids-from f",
        ],
    ));
}

fn typed(home: &Home, line: &str, input: &str) -> Output {
    home.run_on_terminal(input, line)
}

#[test]
fn consent_is_the_count() {
    let home = sandbox();
    for line in [
        "agents pause-exec --role execution",
        "agents delete --status dead",
        "exec cancel --status pending_approval",
        "approvals reject --status pending",
        "join-keys revoke --all",
    ] {
        for wrong in ["y\n", "yes\n", "\n", ""] {
            let output = typed(&home, line, wrong);
            assert_eq!(output.code, 16, "{}", output.whole());
        }
    }
    let output = typed(&home, "agents delete --status dead", "3\n");
    assert_eq!(output.code, 0, "{}", output.whole());
    insta::assert_snapshot!(output.stderr);
}

#[test]
fn a_single_match_is_asked_about_too() {
    let home = sandbox();
    let line = "approvals reject --workspace ws_a1b2c3d4 --tool kubectl_drain";
    assert_eq!(typed(&home, line, "y\n").code, 16);
    let output = typed(&home, line, "1\n");
    assert_eq!(output.code, 0, "{}", output.whole());
}

#[test]
fn ids_on_the_command_line_are_canceled_without_a_question() {
    let home = sandbox();
    let list = home.run("exec invocations --status pending_approval -o name");
    let ids: Vec<&str> = list.stdout.lines().take(2).collect();
    let output = home.run(&format!("exec cancel {}", ids.join(" ")));
    assert_eq!(output.code, 0, "{}", output.whole());
    let output = home.run(&format!("exec cancel {}", ids.join(" ")));
    assert_eq!(output.code, 6, "{}", output.whole());
}

#[test]
fn join_keys_are_filtered() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "join-keys --region us-east --limit 3 -o name",
            "join-keys --status exhausted -o name",
            "join-keys --status active --count",
            "join-keys --status revoked,expired --count",
            "join-keys --status gone --dry-run",
            "join-keys --sort name --limit 2",
            "join-keys jk_abc123 --status active",
        ],
    ));
}
