//! Governed execution: every example of the help, in a shell, each in a new sandbox.

use std::time::Duration;

use crate::examples::exec::{Line, check, for_a_while, fresh, is_whole};
use crate::support::process::{Running, command, run};
use crate::support::pty::{ENTER, Terminal};

/// The examples of the help that end by themselves and ask nothing.
const HELP: &[Line] = &[
    ("xeroctl exec tools", 0, &["kubectl_get\t"]),
    (
        "xeroctl exec tools -o wide",
        0,
        &["\tread\tkubernetes\t30s\n"],
    ),
    (
        "xeroctl exec tools -o json | jq -r '.data[] | select(.risk == \"read\").name'",
        0,
        &["kubectl_get\nkubectl_logs\n"],
    ),
    (
        "xeroctl exec tool-show kubectl_get",
        0,
        &["resource\tstring\tyes\t"],
    ),
    ("xeroctl exec tool-show kubectl_drain", 0, &["ARGUMENT\t"]),
    (
        "xeroctl exec tool-show openstack_server_stop",
        0,
        &["ARGUMENT\t"],
    ),
    (
        "xeroctl exec tool-show kubectl_get -o json | jq .parameters",
        0,
        &["\"additionalProperties\": false"],
    ),
    (
        r"xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \
      --arg resource=pods --arg namespace=default --wait --raw",
        0,
        &["NAME "],
    ),
    (
        r#"xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \
      --args '{"resource": "pods", "namespace": "default"}'"#,
        0,
        &["STATUS\tqueued\n"],
    ),
    (
        r"xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_scale \
      --arg deployment=api --arg namespace=default --arg-json replicas=3",
        0,
        &["TOOL\tkubectl_scale\n"],
    ),
    (
        r"xeroctl exec invoke --workspace ws_team_a --tool openstack_server_list \
      --args '{}' -o json | jq -r .id",
        0,
        &["-"],
    ),
    (
        "xeroctl exec watch \"$INV_ID\" -o json | jq -r .status",
        0,
        &["completed\n"],
    ),
    (
        "xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10",
        0,
        &["STATUS\tcancelled\n"],
    ),
    ("xeroctl exec list", 0, &["\tcompleted\t0\t"]),
    ("xeroctl exec list --status failed", 0, &["\tfailed\t2\t"]),
    (
        "xeroctl exec list --status failed,timeout --since 24h",
        0,
        &["\tfailed\t1\t", "\ttimeout\t-\t"],
    ),
    (
        "xeroctl exec list --output json | jq '.data[] | select(.status == \"failed\")'",
        0,
        &["\"status\": \"failed\""],
    ),
    (
        "xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08",
        0,
        &["Status\tfailed\n"],
    ),
    (
        "xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 -o json | jq .exit_code",
        0,
        &["1\n"],
    ),
    (
        "xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08",
        0,
        &["node/node-7 cordoned\n"],
    ),
    (
        "xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 | less",
        0,
        &["node/node-7 cordoned\n"],
    ),
    (
        "xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 --output-file drain.log",
        0,
        &[],
    ),
    (
        "xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550",
        0,
        &["STATUS\tqueued\n"],
    ),
    (
        "xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550 --wait --raw",
        0,
        &["NAME "],
    ),
    (
        "xeroctl exec invocations",
        0,
        &["ID\tTOOL\tSTATUS\tWORKSPACE\tCREATED\n"],
    ),
    (
        "xeroctl exec invocations -o json \\\n    | jq -r '.data[] | select(.status == \"pending_approval\").id'",
        0,
        &["1012f037-b64c-4422-8c38-fb2918f135d2\n"],
    ),
    (
        "xeroctl exec invocations --status pending_approval --since today",
        0,
        &["ID\tTOOL\tSTATUS\t"],
    ),
    (
        "xeroctl exec list --since yesterday --until yesterday --count",
        0,
        &["\n"],
    ),
    (
        "xeroctl exec cancel --status queued --tool kubectl_drain",
        0,
        &[],
    ),
    (
        "xeroctl exec cancel --workspace ws_a1b2c3d4 --all --dry-run",
        0,
        &["/cancel\n"],
    ),
    (
        "xeroctl exec manifest agt_abc123",
        0,
        &["Name\tDescription\nkubectl_get\t"],
    ),
    (
        "xeroctl exec manifest agt_abc123 -o wide",
        0,
        &["Name\tDescription\tRisk\tDomain\tTimeout\nkubectl_get\t"],
    ),
    (
        "xeroctl exec manifest agt_abc123 -o json | jq '.tools[].name'",
        0,
        &["\"kubectl_get\"\n"],
    ),
    ("xeroctl exec environment agt_abc123", 0, &["hostname\t"]),
    (
        "xeroctl exec environment agt_abc123 -o json | jq .",
        0,
        &["\"hostname\""],
    ),
    (
        "xeroctl exec connectivity agt_abc123",
        0,
        &["status\tactive\n"],
    ),
    (
        "xeroctl exec connectivity agt_abc123 -o json | jq .",
        0,
        &["\"reachable\": true"],
    ),
    (
        "xeroctl exec learnings list --workspace ws_a1b2c3d4",
        0,
        &["ID\tCONTENT\tSCORE\tSOURCE\tCREATED\nlrn_4f8a2c\t"],
    ),
    (
        "xeroctl exec learnings list --workspace ws_a1b2c3d4 --all -o name",
        0,
        &["lrn_4f8a2c\n"],
    ),
    (
        "xeroctl exec context show --workspace ws_a1b2c3d4",
        0,
        &["\"cluster\":\"prod-east\""],
    ),
    (
        "xeroctl exec context show --workspace ws_a1b2c3d4 -o json | jq .context",
        0,
        &["\"cluster\": \"prod-east\""],
    ),
    (
        "echo '{\"cluster\": \"blue\"}' \\\n    | xeroctl exec context set --workspace ws_team_a --file - --force",
        0,
        &["ws_team_a\tset\n"],
    ),
];

/// Those that name a learning.
const LEARNING: &[Line] = &[
    (
        "xeroctl exec learnings show lrn_4f8a2c",
        0,
        &["ID\tlrn_4f8a2c\n"],
    ),
    (
        "xeroctl exec learnings delete lrn_4f8a2c --force",
        0,
        &["lrn_4f8a2c\tdeleted\n"],
    ),
];

/// Those that ask.
const ASKING: &[&str] = &[
    "xeroctl exec learnings delete lrn_4f8a2c",
    "xeroctl exec context set --workspace ws_a1b2c3d4 --file context.json",
];

/// Those that do not end by themselves.
const ENDLESS: &[&str] = &[
    "xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10",
    "xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 --timeout 1h",
    "xeroctl exec stream",
    "xeroctl exec stream --timeout 1h",
    "xeroctl exec stream -o ndjson | jq -r 'select(.event == \"exec.failed\")'",
    "xeroctl exec list --status failed,timeout --since 1h --watch",
    "xeroctl exec invocations --since 1h --watch",
];

#[test]
fn help_examples() {
    check(HELP);
}

#[test]
fn learning_example() {
    check(LEARNING);
}

#[test]
fn learning_is_deleted_after_confirmation() {
    let home = fresh();
    let mut terminal = Terminal::run(&home, "exec learnings delete lrn_4f8a2c");
    terminal.wait_for("[y/N] ").types("y").types(ENTER);
    terminal
        .end()
        .exits(0)
        .shows("Deleted learning lrn_4f8a2c.");
    run(&home, "exec learnings show lrn_4f8a2c").exits(5);
}

#[test]
fn context_is_replaced_after_confirmation() {
    let home = fresh();
    std::fs::write(home.path().join("context.json"), "{\"cluster\": \"green\"}").expect("a file");
    let line = "exec context set --workspace ws_a1b2c3d4 --file context.json";
    let mut terminal = Terminal::run(&home, line);
    terminal.wait_for("[y/N] ").types("y").types(ENTER);
    terminal
        .end()
        .exits(0)
        .shows("Set the context of workspace ws_a1b2c3d4.");
    let now = run(&home, "exec context show --workspace ws_a1b2c3d4 -o json").json();
    assert_eq!(now["context"], serde_json::json!({"cluster": "green"}));
}

/// What makes a run fail at once.
const FAIL: &str =
    "exec invoke --workspace ws_team_a --tool sandbox_run --arg ending=failed --arg-json seconds=0";

#[test]
fn stream_prints_concurrent_events() {
    for line in ["exec stream", "exec stream --timeout 1h"] {
        let home = fresh();
        let stream = Running::start(&mut command(&home, line));
        stream.wait_for_error("connected");
        run(&home, FAIL).exits(10);
        stream.wait_for_output("\texec.failed\t");
        let ended = stream.end_by("INT").dies_by(2);
        let heading = "TIME\tEVENT\tINVOCATION\tTOOL\tWORKSPACE\tSTATUS\n";
        assert!(ended.stdout.starts_with(heading), "{ended:#?}");
    }
}

#[test]
fn watched_lists_show_what_comes() {
    for (line, added) in [
        (
            "exec list --status failed,timeout --since 1h --watch",
            "\tadded\tStatus\t-\tfailed\n",
        ),
        (
            "exec invocations --since 1h --watch",
            "\tadded\tSTATUS\t-\t",
        ),
    ] {
        let home = fresh();
        let watch = Running::start(&mut command(&home, line));
        watch.wait_for_error("watching");
        run(&home, FAIL).exits(10);
        watch.wait_for_output(added);
        watch.end_by("INT").dies_by(2);
    }
}

#[test]
fn stream_pipes_through_jq() {
    let home = fresh();
    let stream = for_a_while(&home, ENDLESS[4]);
    stream.wait_for_error("connected");
    std::thread::sleep(Duration::from_millis(100));
    run(&home, FAIL).exits(10);
    let ended = stream.end().exits(0);
    assert_eq!(ended.stdout.matches("exec.failed").count(), 1, "{ended:#?}");
    assert!(!ended.stdout.contains("exec.dispatched"), "{ended:#?}");
}

#[test]
fn covers_every_help_example() {
    let lines: Vec<&str> = HELP
        .iter()
        .chain(LEARNING)
        .map(|(line, ..)| *line)
        .chain(ASKING.iter().copied())
        .chain(ENDLESS.iter().copied())
        .collect();
    is_whole(
        &[
            "exec",
            "exec tools",
            "exec tool-show",
            "exec invoke",
            "exec watch",
            "exec cancel",
            "exec list",
            "exec show",
            "exec raw",
            "exec rerun",
            "exec invocations",
            "exec stream",
            "exec manifest",
            "exec environment",
            "exec connectivity",
            "exec learnings",
            "exec learnings list",
            "exec learnings show",
            "exec learnings delete",
            "exec context",
            "exec context show",
            "exec context set",
        ],
        &lines,
    );
}
