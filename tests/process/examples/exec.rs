//! Governed execution: every example of its documentation page in a shell, each in a new sandbox.

use crate::support::Home;
use crate::support::process::{Ended, Running, command, run, script};

/// Runs that the page names: one that goes on, one that failed.
const RUNNING: &str = "5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10";

/// A line, its exit code, and what standard output holds.
pub(crate) type Line = (&'static str, i32, &'static [&'static str]);

/// What stands before each line: the program by its name, a pager that does not wait, a file and a variable.
const BEFORE: &str = r#"
xeroctl() { "$X" "$@"; }
less() { cat; }
INV_ID=343ee362-fea9-4b31-a538-1a3ceceff918
printf '{"cluster": "green"}' > context.json
"#;

/// The same where a line does not end by itself: after a while it is ended.
const FOR_A_WHILE: &str = r#"
xeroctl() { "$X" "$@" & sleep 3; kill -s TERM $!; wait $!; }
"#;

/// A home whose current deployment is a new sandbox.
pub(crate) fn fresh() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}

/// Runs text as a shell does it.
pub(crate) fn shell(home: &Home, text: &str) -> Ended {
    Running::start(&mut script(home, &format!("{BEFORE}{text}"))).end()
}

/// Starts text of which a line does not end by itself.
pub(crate) fn for_a_while(home: &Home, text: &str) -> Running {
    Running::start(&mut script(home, &format!("{BEFORE}{FOR_A_WHILE}{text}")))
}

/// Runs each line in a new sandbox.
#[track_caller]
pub(crate) fn check(lines: &[Line]) {
    for (line, code, texts) in lines {
        let ended = shell(&fresh(), line).exits(*code);
        for text in *texts {
            assert!(ended.stdout.contains(text), "{text:?} in {ended:#?}");
        }
    }
}

/// The examples of the help of these commands, with continued lines joined and remarks left out.
pub(crate) fn examples(commands: &[&str]) -> Vec<String> {
    let home = Home::new();
    let of = |command: &&str| {
        let help = run(&home, &format!("{command} --help")).exits(0).stdout;
        let (_, examples) = help.split_once("Examples:\n").expect("examples");
        let examples = examples.split("\n\n").next().unwrap_or_default();
        let lines = joined(examples);
        lines
            .lines()
            .map(|line| {
                line.trim()
                    .split("   ")
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
    };
    commands.iter().flat_map(of).collect()
}

/// Continued lines in one.
fn joined(text: &str) -> String {
    let parts: Vec<&str> = text.split("\\\n").map(str::trim).collect();
    parts.join(" ")
}

/// Expects that every example of the help of these commands is among these lines, and the other way round.
#[track_caller]
pub(crate) fn is_whole(commands: &[&str], lines: &[&str]) {
    let mut told = examples(commands);
    let mut known: Vec<String> = lines.iter().map(|line| joined(line)).collect();
    for list in [&mut told, &mut known] {
        list.sort();
        list.dedup();
    }
    assert_eq!(told, known);
}

/// The lines of the page that end by themselves.
const PAGE: &[Line] = &[
    // Usage pattern, with what stands for the placeholders.
    (
        "xeroctl exec tools # List available tools",
        0,
        &["Name\tDescription\n", "kubectl_get\t"],
    ),
    (
        "xeroctl exec tool-show kubectl_get # Show tool details",
        0,
        &["Name\tkubectl_get\n", "Description\tList Kubernetes"],
    ),
    (
        r#"xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \
--args '{"resource": "nodes"}' # Invoke a tool"#,
        0,
        &["STATUS\tqueued\n"],
    ),
    (
        "xeroctl exec watch 343ee362-fea9-4b31-a538-1a3ceceff918 # Poll invocation status",
        0,
        &["\tcompleted\n"],
    ),
    (
        "xeroctl exec cancel 1012f037-b64c-4422-8c38-fb2918f135d2 # Cancel an invocation",
        0,
        &["STATUS\tcancelled\n"],
    ),
    (
        "xeroctl exec list # List executions",
        0,
        &[
            "ID\tInvocation\tStatus\tExit Code\tCreated\n",
            "\tfailed\t1\t",
        ],
    ),
    (
        "xeroctl exec show cb8fd3bf-6d8c-4181-bafb-0691ea1f5550 # Show execution details",
        0,
        &["ID\tcb8fd3bf-", "Status\tcompleted\n"],
    ),
    (
        "xeroctl exec raw cb8fd3bf-6d8c-4181-bafb-0691ea1f5550 # Get raw execution output",
        0,
        &["NAME ", "CrashLoopBackOff"],
    ),
    // The leaves.
    ("xeroctl exec tools", 0, &["storage/restore\t"]),
    (
        "xeroctl exec tool-show kubectl_drain",
        0,
        &[
            "Name\tkubectl_drain\n",
            "Risk\tdestructive\n",
            "node\tstring\tyes\t",
        ],
    ),
    (
        "xeroctl exec tool-show openstack_server_stop",
        0,
        &["Risk\tirreversible\n", "server\tstring\tyes\t"],
    ),
    (
        r#"xeroctl exec invoke \
--workspace ws_a1b2c3d4 \
--tool kubectl_get \
--args '{"resource": "pods", "namespace": "default"}'"#,
        0,
        &["ID\t", "TOOL\tkubectl_get\n", "STATUS\tqueued\n"],
    ),
    (
        "xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10",
        0,
        &["STATUS\tcancelled\n"],
    ),
    ("xeroctl exec list", 0, &["\trunning\t-\t"]),
    (
        "xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08",
        0,
        &["Status\tfailed\n", "Exit Code\t1\n"],
    ),
    (
        "xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08",
        0,
        &["node/node-7 cordoned\n", "disruption budget"],
    ),
    // The examples at its end.
    (
        "xeroctl exec list --output json | jq '.data[] | select(.status == \"failed\")'",
        0,
        &[
            "\"id\": \"7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08\"",
            "\"exit_code\": 2",
        ],
    ),
];

#[test]
fn documentation_page() {
    check(PAGE);
}

#[test]
fn invoke_a_kubernetes_tool_and_wait_for_completion() {
    let ended = shell(
        &fresh(),
        r#"# Invoke kubectl_get and watch for result
INV_ID=$(xeroctl exec invoke \
--workspace ws_a1b2c3d4 \
--tool kubectl_get \
--args '{"resource": "pods", "namespace": "kube-system"}' \
--output json | jq -r '.id')
xeroctl exec watch "$INV_ID"
code=$?
echo "invocation $INV_ID"
exit $code"#,
    )
    .exits(0);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let (last, rows) = lines.split_last().expect("lines");
    let id = last.strip_prefix("invocation ").expect("the id");
    assert_eq!(id.len(), 36, "{id}");
    assert_eq!(rows[0], "TIME\tID\tSTATUS");
    let end = format!("\t{id}\tcompleted");
    assert!(
        rows.last().is_some_and(|row| row.ends_with(&end)),
        "{ended:#?}"
    );
}

#[test]
fn canceled_invocation_ends_the_watch() {
    let home = fresh();
    run(&home, &format!("exec cancel {RUNNING}")).exits(0);
    let ended = run(&home, &format!("exec watch {RUNNING}")).exits(12);
    assert!(ended.stdout.ends_with("\tcancelled\n"), "{ended:#?}");
}

#[test]
fn ctrl_c_ends_the_watch_and_not_the_run() {
    let home = fresh();
    let line = format!("exec watch {RUNNING} --timeout 1h");
    let watch = Running::start(&mut command(&home, &line));
    watch.wait_for_output("\trunning\n");
    let ended = watch.end_by("INT").dies_by(2);
    for text in ["is still running", "exec watch", "exec cancel"] {
        assert!(ended.stderr.contains(text), "{text:?} in {ended:#?}");
    }
    let run = run(&home, &format!("exec show {RUNNING} -o json")).json();
    assert_eq!(run["status"], "running");
}

/// The lines of the troubleshooting page that are about execution, with IDs in place of its placeholders.
const DIAGNOSTICS: &[Line] = &[
    ("xeroctl agents", 0, &["agt_abc123\t"]),
    (
        "xeroctl agents candidates list agt_abc123",
        0,
        &["cand_xyz789\t"],
    ),
    ("xeroctl exec tools", 0, &["kubectl_get\t"]),
    (
        "xeroctl exec tool-show kubectl_get",
        0,
        &["Name\tkubectl_get\n"],
    ),
    ("xeroctl exec list", 0, &["\tcompleted\t"]),
    ("xeroctl approvals list", 0, &["apr_5a6b7c8d\tpending\t"]),
    (
        "xeroctl approvals show apr_5a6b7c8d",
        0,
        &["DIGEST\tsha256:"],
    ),
    // It advises this for an invocation.
    (
        "xeroctl exec show 827cba6f-a4f7-42d3-93b1-486ee681197f",
        0,
        &["ID\t7d2e4a91-", "Invocation\t827cba6f-"],
    ),
];

#[test]
fn troubleshooting_diagnostics() {
    check(DIAGNOSTICS);
}
