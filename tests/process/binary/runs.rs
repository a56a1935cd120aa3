//! Complete runs in the sandbox with the real program in real time: every ending, a decision by another process, and
//! signals.

use crate::binary::sandbox;
use crate::support::Home;
use crate::support::process::{Running, Served, command, gone_reader, run, run_into};

const INVOKE: &str = "exec invoke --workspace ws_a1b2c3d4";

/// A sandbox that outlives its commands, so that what one of them does wakes another.
fn served() -> (Served, Home) {
    let served = Served::start(&Home::new(), "");
    let home = served.home();
    (served, home)
}

/// The ID in the hint that approves.
fn approval(stderr: &str) -> String {
    let (_, after) = stderr
        .split_once("approvals approve ")
        .expect("the line that approves");
    let line = after.lines().next().unwrap_or_default();
    line.split(' ').next_back().unwrap_or_default().to_owned()
}

/// The only id on standard output.
fn id(stdout: &str) -> String {
    stdout.trim().to_owned()
}

#[test]
fn exit_code_is_the_outcome() {
    let (_served, home) = served();
    for (ending, code) in [("completed", 0), ("failed", 10), ("timeout", 13)] {
        let line = format!("{INVOKE} --tool sandbox_run --arg ending={ending} --wait -o json");
        let ended = run(&home, &line).exits(code);
        assert_eq!(ended.json()["status"], ending, "{ended:#?}");
        let id = ended.json()["id"].as_str().expect("an id").to_owned();
        // The same from a second command, which only sees the end.
        let watched = run(&home, &format!("exec watch {id} -o json")).exits(code);
        assert_eq!(watched.json()["status"], ending);
    }
    // One that has ended when the response comes needs no waiting.
    let line = format!("{INVOKE} --tool sandbox_run --arg ending=failed --arg-json seconds=0");
    run(&home, &line).exits(10);
}

#[test]
fn canceled_run_exits_12() {
    // The feed has no event for this: it is seen by asking, which is rare where there is a feed.
    let served = Served::start(&Home::new(), "--fail 'GET /exec/executions/stream=404'");
    let home = served.home();
    let line = format!("{INVOKE} --tool sandbox_run --arg-json seconds=600 -o name");
    let call = id(&run(&home, &line).exits(0).stdout);
    let watch = format!("exec watch {call} --interval 500ms -o csv");
    let watching = Running::start(&mut command(&home, &watch));
    watching.wait_for_output(",running");
    run(&home, &format!("exec cancel {call}")).exits(0);
    let ended = watching.end().exits(12);
    assert!(ended.stdout.ends_with(",cancelled\n"), "{ended:#?}");
    run(&home, &format!("exec cancel {call}"))
        .exits(6)
        .says("invocation_terminal")
        .says(&format!("exec show {call}"));
}

#[test]
fn gated_run_continues_after_approval() {
    let (_served, home) = served();
    let line = format!("{INVOKE} --tool kubectl_drain --arg node=node-7 --wait -o json");
    let waiting = Running::start(&mut command(&home, &line));
    waiting.wait_for_error("pending_approval");
    let pending = run(&home, "approvals list --status pending --limit 1 -o name").exits(0);
    let gate = id(&pending.stdout);
    run(&home, &format!("approvals approve {gate}")).exits(0);
    let ended = waiting.end().exits(0);
    assert_eq!(approval(&ended.stderr), gate);
    assert_eq!(ended.json()["status"], "completed");
    assert_eq!(ended.json()["approval_id"], gate.as_str());
}

#[test]
fn rejected_run_exits_11() {
    let (_served, home) = served();
    let line = format!("{INVOKE} --tool kubectl_drain --arg node=node-7 --wait");
    let waiting = Running::start(&mut command(&home, &line));
    waiting.wait_for_error("pending_approval");
    let pending = run(&home, "approvals list --status pending --limit 1 -o name").exits(0);
    let gate = id(&pending.stdout);
    run(&home, &format!("approvals reject {gate} --reason no")).exits(0);
    let ended = waiting.end().exits(11);
    assert!(ended.stdout.contains("STATUS\trejected\n"), "{ended:#?}");
}

#[test]
fn expired_approval_exits_13() {
    let (_served, home) = served();
    let line = format!("{INVOKE} --tool sandbox_gate --arg-json deadline_seconds=1 --wait -o name");
    run(&home, &line).exits(13);
}

#[test]
fn gated_call_without_wait_exits_8_with_approval_command() {
    let home = sandbox();
    let ended = run(
        &home,
        &format!("{INVOKE} --tool storage/restore --arg volume=v --arg snapshot=s"),
    );
    // Irreversible: its tool must be named.
    let ended = ended
        .exits(8)
        .says("approvals approve --confirm storage/restore apr_");
    // The sandbox ended with the command, and its pages with it.
    assert!(!ended.stderr.contains("or decide there"), "{ended:#?}");
}

#[test]
fn ctrl_c_leaves_the_run_and_prints_the_continuation() {
    let (_served, home) = served();
    let line = format!("{INVOKE} --tool sandbox_run --arg-json seconds=600 --wait");
    let waiting = Running::start(&mut command(&home, &line));
    waiting.wait_for_error(": running");
    let ended = waiting.end_by("INT").dies_by(2);
    let (_, after) = ended.stderr.split_once("exec watch ").expect("a line");
    let call = after.lines().next().unwrap_or_default().to_owned();
    let id = format!("ID\t{call}\n");
    assert!(ended.stdout.starts_with(&id), "{ended:#?}");
    let ended = ended.says(&format!("exec cancel {call}"));
    assert!(ended.stderr.contains("is still running"), "{ended:#?}");
    let shown = run(&home, "exec invocations --limit 1 -o json")
        .exits(0)
        .json();
    assert_eq!(shown["data"][0]["id"], call.as_str());
    assert_eq!(shown["data"][0]["status"], "running");
}

#[test]
fn deadline_exits_14_and_leaves_the_run() {
    let (_served, home) = served();
    let line = format!("{INVOKE} --tool sandbox_run --arg-json seconds=600 -o name");
    let call = id(&run(&home, &line).exits(0).stdout);
    let ended = run(&home, &format!("exec watch {call} --timeout 1s -o json")).exits(14);
    assert_eq!(ended.json()["id"], call.as_str());
    ended
        .says(&format!("exec watch {call}"))
        .says(&format!("exec cancel {call}"));
}

#[test]
fn closed_pipe_keeps_the_exit_code() {
    let (_served, home) = served();
    let line =
        format!("{INVOKE} --tool sandbox_run --arg ending=failed --arg-json seconds=0 -o name");
    let call = id(&run(&home, &line).exits(10).stdout);
    run_into(&home, &format!("exec watch {call} -o json"), gone_reader()).exits(10);
    // Before the end nobody knows: the run goes on.
    let line = format!("{INVOKE} --tool sandbox_run --arg-json seconds=600 -o name");
    let call = id(&run(&home, &line).exits(0).stdout);
    run_into(&home, &format!("exec watch {call}"), gone_reader()).exits(14);
}
