//! Approvals: every example of the help in a shell, each in a new sandbox, and decisions by a second process.

use crate::examples::exec::{Line, check, for_a_while, fresh, is_whole};
use crate::support::process::{Running, command, run};
use crate::support::pty::{CTRL_C, ENTER, Terminal};

/// The digest of what the documented approval would let run; `show` tells it.
const DIGEST: &str = "sha256:f481d8b46d9c5d00f42a1ebbb7fd28830a9120d3b88f832348bfc09fa35ff34d";

/// The examples that end by themselves.
const HELP: &[Line] = &[
    (
        "xeroctl approvals list",
        0,
        &[
            "ID\tStatus\tRisk\tTool\tCreated\n",
            "apr_5a6b7c8d\tpending\tdestructive\t",
        ],
    ),
    (
        "xeroctl approvals list --status pending",
        0,
        &["apr_7c1d2e3f\tpending\t"],
    ),
    (
        "xeroctl approvals list --risk irreversible -o wide",
        0,
        &["apr_7c1d2e3f\tpending\tirreversible\t", "\tWorkspace\t"],
    ),
    (
        "xeroctl approvals list --status pending --agent agt_abc123 --count",
        0,
        &["0\n"],
    ),
    // A selection is confirmed by its count.
    (
        "xeroctl approvals approve --risk destructive --tool kubectl_drain",
        2,
        &[],
    ),
    (
        "xeroctl approvals reject --tool kubectl_drain --workspace ws_a1b2c3d4",
        2,
        &[],
    ),
    (
        "xeroctl approvals show apr_5a6b7c8d",
        0,
        &[
            "TOOL\tkubectl_drain\n",
            "DIGEST\tsha256:f481d8b4",
            "ARGUMENT\t",
        ],
    ),
    (
        "xeroctl approvals show apr_5a6b7c8d -o json | jq .args",
        0,
        &["\"node\": \"node-7\""],
    ),
    (
        "xeroctl approvals approve apr_5a6b7c8d",
        0,
        &["apr_5a6b7c8d\tapproved\n"],
    ),
    (
        "xeroctl approvals approve apr_5a6b7c8d --note 'node is cordoned'",
        0,
        &["apr_5a6b7c8d\tapproved\n"],
    ),
    (
        "xeroctl approvals approve apr_7c1d2e3f --confirm storage/restore",
        0,
        &["apr_7c1d2e3f\tapproved\n"],
    ),
    (
        "xeroctl approvals reject apr_5a6b7c8d",
        0,
        &["apr_5a6b7c8d\trejected\n"],
    ),
    (
        "xeroctl approvals reject apr_5a6b7c8d --reason 'not during the release'",
        0,
        &["apr_5a6b7c8d\trejected\n"],
    ),
];

/// The one with a placeholder.
const EXPECTING: &str = "xeroctl approvals approve apr_5a6b7c8d --expect sha256:DIGEST";

/// Those that do not end by themselves.
const ENDLESS: &[&str] = &[
    "xeroctl approvals watch",
    "xeroctl approvals watch --risk irreversible --bell",
    "xeroctl approvals watch --interactive",
    "xeroctl approvals watch -o ndjson | jq -r .id",
    "xeroctl approvals list --status pending --watch",
];

/// A call that is pending approval.
const GATED: &str = "exec invoke --workspace ws_team_a --tool sandbox_gate --args '{}'";

#[test]
fn help_examples() {
    check(HELP);
}

#[test]
fn expected_call_is_approved() {
    let home = fresh();
    let line = EXPECTING
        .replace("xeroctl ", "")
        .replace("sha256:DIGEST", DIGEST);
    let ended = run(&home, &line).exits(0);
    assert_eq!(ended.stdout, "apr_5a6b7c8d\tapproved\n");
}

#[test]
fn watch_prints_pending_then_new_approvals() {
    for (line, first) in [
        ("approvals watch", "apr_5a6b7c8d\tpending\t"),
        (
            "approvals list --status pending --watch",
            "apr_5a6b7c8d\tlisted\tStatus\t-\tpending",
        ),
        (
            "approvals watch --risk irreversible --bell",
            "apr_7c1d2e3f\tpending\t",
        ),
    ] {
        let home = fresh();
        let watch = Running::start(&mut command(&home, line));
        watch.wait_for_output(first);
        let gated = if line.contains("irreversible") {
            "exec invoke --workspace ws_team_a --tool openstack_server_stop --arg server=new"
        } else {
            GATED
        };
        let call = run(&home, &format!("{gated} -o json")).exits(8).json();
        watch.wait_for_output(call["approval_id"].as_str().expect("an approval"));
        let ended = watch.end_by("INT").dies_by(2);
        // Off a terminal there is no bell.
        assert!(!ended.stdout.contains('\u{7}') && !ended.stderr.contains('\u{7}'));
        let heading = if line.contains("--watch") {
            "TIME\tID\tCHANGE\tCOLUMN\tFROM\tTO\n"
        } else {
            "ID\tStatus\tRisk\tTool\tCreated\n"
        };
        assert!(ended.stdout.starts_with(heading), "{ended:#?}");
    }
}

#[test]
fn watch_pipes_through_jq() {
    let home = fresh();
    let ended = for_a_while(&home, ENDLESS[3]).end().exits(0);
    let ids: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(ids.len(), 5, "{ended:#?}");
    assert!(ids.contains(&"apr_5a6b7c8d"), "{ended:#?}");
}

#[test]
fn interactive_watch_decides_one_by_one() {
    let home = fresh();
    let mut terminal = Terminal::run(&home, "approvals watch --interactive");
    // The one that has waited longest comes first; it is irreversible.
    terminal
        .wait_for("apr_dvyrkttnjfbf5jxv")
        .wait_for("[s]kip? ")
        .types("s")
        .types(ENTER)
        .wait_for("skipped apr_dvyrkttnjfbf5jxv")
        .wait_for("apr_47wqal9vq24zklmv")
        .wait_for("without a controller\n[a]pprove, [r]eject or [s]kip? ")
        .types("a")
        .types(ENTER)
        .wait_for("Approved apr_47wqal9vq24zklmv")
        .wait_for("apr_7c1d2e3f")
        .wait_for("Snapshot\n[a]pprove, [r]eject or [s]kip? ")
        .types("r")
        .types(ENTER)
        .wait_for("Rejected apr_7c1d2e3f")
        .types(CTRL_C);
    terminal.end().was_interrupted();
    for (id, status) in [
        ("apr_dvyrkttnjfbf5jxv", "pending"),
        ("apr_47wqal9vq24zklmv", "approved"),
        ("apr_7c1d2e3f", "rejected"),
        ("apr_5a6b7c8d", "pending"),
    ] {
        let shown = run(&home, &format!("approvals show {id} -o json")).json();
        assert_eq!(shown["status"], status, "{id}");
    }
}

#[test]
fn call_waits_for_approval_by_another_process() {
    let home = fresh();
    let waiting = Running::start(&mut command(&home, &format!("{GATED} --wait -o json")));
    waiting.wait_for_error("pending_approval");
    let list = "approvals list --status pending --limit 1 -o name";
    let id = run(&home, list).exits(0).stdout;
    run(&home, &format!("approvals approve {}", id.trim())).exits(0);
    let ended = waiting.end().exits(0);
    assert_eq!(ended.json()["status"], "completed", "{ended:#?}");
}

#[test]
fn call_rejected_by_another_process_exits_11() {
    let home = fresh();
    let waiting = Running::start(&mut command(&home, &format!("{GATED} --wait -o json")));
    waiting.wait_for_error("pending_approval");
    let list = "approvals list --status pending --limit 1 -o name";
    let id = run(&home, list).exits(0).stdout;
    run(
        &home,
        &format!("approvals reject {} --reason no", id.trim()),
    )
    .exits(0);
    let ended = waiting.end().exits(11);
    assert_eq!(ended.json()["status"], "rejected", "{ended:#?}");
}

#[test]
fn printed_approval_command_works() {
    for tool in [
        "sandbox_gate --args '{}'",
        "storage/restore --arg volume=vol-1 --arg snapshot=s",
    ] {
        let home = fresh();
        let line = format!("exec invoke --workspace ws_team_a --tool {tool}");
        let gated = run(&home, &line).exits(8);
        let hint = gated
            .stderr
            .lines()
            .find_map(|line| line.strip_prefix("hint: approve it: xeroctl "));
        let approved = run(&home, hint.expect("the line")).exits(0);
        assert!(approved.stdout.ends_with("\tapproved\n"), "{approved:#?}");
    }
}

#[test]
fn covers_every_help_example() {
    let lines: Vec<&str> = HELP
        .iter()
        .map(|(line, ..)| *line)
        .chain([EXPECTING])
        .chain(ENDLESS.iter().copied())
        .collect();
    is_whole(
        &[
            "approvals",
            "approvals list",
            "approvals show",
            "approvals approve",
            "approvals reject",
            "approvals watch",
        ],
        &lines,
    );
}
