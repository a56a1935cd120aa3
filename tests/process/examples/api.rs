//! `xeroctl api`: every example of the help, in a shell, each in a new sandbox.

use crate::examples::exec::{Line, check, fresh, is_whole, shell};
use crate::support::process::run;

const HELP: &[Line] = &[
    (
        "xeroctl api GET /management/agents",
        0,
        &["\"object\":\"list\"", "agt_g0974f2pgyfa8vcq"],
    ),
    (
        "xeroctl api GET /exec/executions --all -o ndjson | jq .status",
        0,
        &["\"completed\"\n"],
    ),
    (
        r"xeroctl api POST /management/agents/agt_g0974f2pgyfa8vcq/pause-exec \
      -f workspace=ws_team_a",
        0,
        &["agt_g0974f2pgyfa8vcq"],
    ),
    (
        r"xeroctl api PATCH /management/agents/agt_g0974f2pgyfa8vcq \
      -F max_concurrent_requests=16 --dry-run",
        0,
        &["PATCH http://127.0.0.1/", "\"max_concurrent_requests\": 16"],
    ),
    (
        r#"echo '{"workspace_id": "ws_team_a", "context": {}}' \
    | xeroctl api PUT /exec/context --input -"#,
        0,
        &["ws_team_a"],
    ),
    (
        "xeroctl api GET /management/agents -i -H 'accept-language: en'",
        0,
        &["HTTP/1.1 200 OK\n", "\"object\":\"list\""],
    ),
];

#[test]
fn help_examples() {
    check(HELP);
}

#[test]
fn covers_every_help_example() {
    let lines: Vec<&str> = HELP.iter().map(|(line, ..)| *line).collect();
    is_whole(&["api"], &lines);
}

/// What an example changes is changed, and the same line without `--dry-run` works too.
#[test]
fn changes_are_made() {
    let home = fresh();
    shell(&home, HELP[2].0).exits(0);
    let events = run(&home, "agents agt_g0974f2pgyfa8vcq --events").exits(0);
    assert!(events.stdout.contains("pause"), "{events:#?}");
    let line = HELP[3].0.replace(" --dry-run", "");
    shell(&home, &line).exits(0);
    let agent = run(&home, "agents agt_g0974f2pgyfa8vcq -o json")
        .exits(0)
        .json();
    assert_eq!(agent["max_concurrent_requests"], 16);
    shell(&home, HELP[4].0).exits(0);
    let context = run(&home, "exec context show --workspace ws_team_a -o json")
        .exits(0)
        .json();
    assert_eq!(context["context"], serde_json::json!({}));
}
