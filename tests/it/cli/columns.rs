//! `--columns`: the columns of tables and CSV, by name.

use crate::cli::shown::{on, refused, runs, sandbox, transcript};
use crate::support::Home;
use crate::support::router::Router;

#[test]
fn shows_the_selected_columns_in_their_order() {
    let home = sandbox();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --limit 2 -q --columns status,ID",
            "agents --limit 2 -q --columns Name,max_concurrent,CREATED -o wide",
            "agents --limit 2 -q -o csv --columns ' id , name,id'",
            "agents --limit 2 -q --columns id --no-headers",
            "agents agt_abc123 --columns REGION,NAME",
            "agents agt_abc123 --columns REGION,NAME -o csv",
            "agents agt_abc123 --events --limit 1 -q --columns EVENT_TYPE",
            "join-keys --limit 1 -q --columns ROLE,ID",
            "exec tools --limit 2 -q --columns TIMEOUT",
            "exec tool-show kubectl_get --columns NAME,RISK",
            "approvals list --columns ID,EXPIRES --time raw -q",
            "config list --columns NAME",
            "exec list --limit 1 -q --columns 'Exit Code,exit_code,exit-code'",
            "squads agents --columns name",
            "agents --limit 1 --dry-run --columns ID",
            "agents --sort name:desc --limit 2 -q --columns NAME",
        ],
    ));
}

#[test]
fn selected_columns_on_a_terminal() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 80, "agents --limit 2 -q --columns STATUS,NAME,ID"),
        on(
            &home,
            40,
            "agents --limit 2 --columns ID,NAME,WORKER_ID,REGION"
        ),
        on(&home, 80, "agents agt_abc123 --columns STATUS,TIERS"),
    ]));
}

/// A line for each kind of result.
const LINES: &[&str] = &[
    "agents",
    "agents agt_1",
    "agents agt_1 --events",
    "agents agt_1 --update --status active",
    "agents agt_1 --delete",
    "agents agt_1 --delete --force",
    "agents pause-exec agt_1",
    "agents candidates list agt_1",
    "agents candidates approve agt_1 cand_1",
    "agents curve-rotate agt_1",
    "join-keys",
    "join-keys jk_1",
    "join-keys --create --name pool --region us-east --router-addr tcp://r:5555",
    "join-keys jk_1 --revoke",
    "exec tools",
    "exec tool-show t",
    "exec invoke --workspace ws_1 --tool t --args '{}'",
    "exec invoke --workspace ws_1 --tool t --args '{}' --dry-run --no-validate",
    "exec watch inv_1",
    "exec cancel inv_1",
    "exec list",
    "exec list --status failed",
    "exec show exe_1",
    "exec rerun exe_1",
    "exec raw exe_1",
    "exec invocations",
    "exec stream",
    "exec manifest agt_1",
    "exec learnings list --workspace ws_1",
    "exec learnings show lrn_1",
    "exec learnings delete lrn_1",
    "exec context show --workspace ws_1",
    "approvals list",
    "approvals show apr_1",
    "approvals watch",
    "approvals approve apr_1",
    "approvals reject apr_1",
    "api GET /x",
    "api GET /x --all",
    "agents --count",
    "agents --sort name",
    "explain",
    "version",
    "config list",
    "config show",
    "config path",
    "config add x --base-url https://x.example/p/v1",
];

#[test]
fn rejects_unknown_columns_before_any_request() {
    let router = Router::unasked();
    let home = router.home();
    let mut shown = String::new();
    for line in LINES {
        let run = home.run(&format!("{line} --columns ID,NOPE"));
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{line}: {}",
            run.stderr
        );
        shown.push_str(&format!("{line}\n{}\n", run.stderr));
    }
    assert_eq!(router.asked().len(), 0);
    insta::assert_snapshot!(shown);
}

#[test]
fn rejects_unknown_columns_of_squads_before_any_request() {
    let router = Router::unasked();
    let home = Home::new()
        .with("SLAW_API_URL", &router.root())
        .with("SLAW_SQUAD_ID", "5a1b0c9e-3f64-4d0a-9a43-0c5f0f6f7a11");
    let mut shown = String::new();
    for line in [
        "me",
        "agents",
        "show A",
        "keys A",
        "hire --name A --role engineer",
        "inbox",
        "delete A",
        "runtime A",
        "create-key A --name k",
        "permissions A --can-create-agents true",
        "instructions-path A /x",
        "update A --title t",
        "health",
    ] {
        let run = home.run(&format!("squads {line} --columns ID,NOPE"));
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{line}: {}",
            run.stderr
        );
        shown.push_str(&format!("{line}\n{}\n", run.stderr));
    }
    assert_eq!(router.asked().len(), 0);
    insta::assert_snapshot!(shown);
}

#[test]
fn rejects_formats_without_columns() {
    insta::assert_snapshot!(refused(&[
        "agents --columns ID -o json",
        "agents --columns ID -o ndjson",
        "agents --columns ID -o name",
        "agents --columns ID --jq .",
        "agents --columns ''",
        "agents --columns ID,,NAME",
        "agents --columns ID --columns NAME",
    ]));
}

#[test]
fn columns_imply_a_table_whatever_is_configured() {
    for configured in ["json", "ndjson", "name", "table"] {
        let home = sandbox().with("XEROCTL_OUTPUT", configured);
        let run = home.run("agents agt_abc123 --columns id");
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (0, "ID\tagt_abc123\n"),
            "{configured}"
        );
    }
    let home = sandbox().with("XEROCTL_OUTPUT", "csv");
    assert_eq!(
        home.run("agents agt_abc123 --columns id").stdout,
        "ID\nagt_abc123\n"
    );
}

#[test]
fn token_is_shown_or_in_a_file() {
    const CREATE: &str =
        "join-keys --create --name pool --region us-east --router-addr tcp://r:5555 -q";
    let home = sandbox();
    insta::assert_snapshot!(runs(&home, &[&format!("{CREATE} --columns NAME")]));
    let shown = home.run(&format!("{CREATE} --columns token"));
    assert!(shown.stdout.starts_with("TOKEN\txjt_"), "{}", shown.stdout);
    let kept = home.run(&format!("{CREATE} --columns NAME --token-file t"));
    assert_eq!(kept.stdout, "NAME\tpool\n");
}

#[test]
fn configuration_is_not_written_with_unknown_columns() {
    let home = Home::new();
    let run = home.run("config add x --base-url https://x.example/p/v1 --columns NAME");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(home.run("config list -o name").stdout, "sandbox\n");
}

#[test]
fn selects_columns_of_manifests_and_rotations() {
    let home = Home::new().with("XEROCTL_CONTEXT", "sandbox");
    let manifest = home.run("exec manifest agt_abc123 --columns name -o csv");
    assert!(
        manifest.stdout.starts_with("Name\nkubectl_get\n"),
        "{}",
        manifest.whole()
    );
    let rotated =
        home.run("agents curve-rotate --all --status active --force --columns status,agent");
    assert!(
        rotated.stdout.starts_with("STATUS\tAGENT\n"),
        "{}",
        rotated.whole()
    );
}
