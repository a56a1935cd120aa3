//! Facts that must be visible at a glance: paused agents, ended keys, failed runs, and the troubleshooting diagnostics.

use super::shown::{runs, sandbox, terminal};

#[test]
fn pause_is_visible_everywhere() {
    let home = sandbox();
    home.run("agents pause-exec agt_g0974f2pgyfa8vcq");
    home.run("agents pause-exec agt_abc123 --workspace ws_team_a");
    let status = |line: &str| -> Vec<String> {
        let rows = home.run_on(terminal(200), "", line).stdout;
        let rows = rows.lines().filter(|row| row.contains("gpu-worker-"));
        rows.filter_map(|row| row.split("  ").filter(|cell| !cell.is_empty()).nth(3))
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    assert_eq!(
        status("agents --limit 3 --color never"),
        ["active (paused)", "active", "active (partly paused)"]
    );
    let plain = home.run("agents --limit 1").stdout;
    assert!(plain.contains("\tactive\t"), "{plain}");
    for (agent, paused) in [
        ("agt_g0974f2pgyfa8vcq", "yes"),
        ("agt_abc123", "ws_team_a"),
        ("agt_weuawtg4qw2b4i9b", "no"),
    ] {
        let shown = home.run(&format!("agents {agent}")).stdout;
        assert!(
            shown.contains(&format!("\nEXEC_PAUSED\t{paused}\n")),
            "{shown}"
        );
        assert!(shown.contains("\nSTATUS\tactive\n"), "{shown}");
    }
}

#[test]
fn resume_reports_remaining_pauses() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents pause-exec agt_abc123",
            "agents resume-exec agt_abc123 --workspace ws_team_a",
            "agents resume-exec agt_abc123",
        ],
    ));
}

#[test]
fn first_page_has_ended_join_keys() {
    let run = sandbox().run("agents join-keys --include-terminal");
    for status in ["active", "revoked", "exhausted", "expired"] {
        assert!(
            run.stdout.contains(&format!("\t{status}\t")),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn documented_diagnostics_can_be_run() {
    let home = sandbox();
    for (path, told) in [
        ("/management/api-keys", "\"scopes\""),
        ("/management/api-keys/key_sandbox", "\"scopes\""),
        ("/management/project", "\"members\""),
        ("/models", "\"context_length\""),
        ("/endpoints", "\"task_mode\""),
        ("/settings", "\"billing\""),
        ("/workspaces", "\"ws_team_a\""),
    ] {
        let run = home.run(&format!("api GET {path}"));
        assert_eq!(run.code, 0, "{path}: {}", run.stderr);
        assert!(run.stdout.contains(told), "{path}: {}", run.stdout);
    }
    let run = home.run("api GET /management/api-keys/key_none");
    assert_eq!(run.code, 5, "{}", run.stderr);
}

#[test]
fn foreign_groups_suggest_one_command() {
    for group in "keys models endpoints settings workspaces project discovery templates chat chats \
                  files webhooks slos usage exports health maintenance mcp bootstrap preferences auth \
                  responses conversations uploads learnings license"
        .split_whitespace()
    {
        let run = sandbox().run(group);
        assert_eq!(run.code, 2, "{group}");
        let first = run.stderr.lines().next().unwrap_or_default();
        let command = format!("error: xeroctl has no command `{group}`: use xeroctl ");
        assert!(first.starts_with(&command), "{group}: {}", run.stderr);
    }
}
