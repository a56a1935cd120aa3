//! `exec invoke`: checks, requests, and results.

use crate::cli::shown::{FORMATS, named, on, sandbox, transcript};
use crate::support::Output;
use crate::support::router::{Answer, Router};

const DRAIN: &str =
    "exec invoke --workspace ws_a1b2c3d4 --tool kubectl_drain --arg node=node-7 --no-validate";

/// What is new in each call.
fn fresh(runs: &[Output]) -> String {
    named(
        &transcript(runs),
        &[
            (
                r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
                "UUID",
            ),
            (r"apr_[0-9a-z]{16}", "apr_NEW"),
        ],
    )
}

/// These lines, each in a sandbox of its own.
fn each(lines: &[&str]) -> String {
    fresh(
        &lines
            .iter()
            .map(|line| sandbox().run(line))
            .collect::<Vec<_>>(),
    )
}

/// The line in each format.
fn in_each_format(line: &str) -> String {
    let lines = FORMATS.map(|format| format!("{line} -o {format}"));
    each(&lines.each_ref().map(String::as_str))
}

#[test]
fn invoke_in_each_format() {
    insta::assert_snapshot!(in_each_format(
        r#"exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get --args '{"resource": "pods", "namespace": "default"}'"#
    ));
}

#[test]
fn gated_call_exits_8_with_approval_command() {
    insta::assert_snapshot!(in_each_format(
        "exec invoke --workspace ws_a1b2c3d4 --tool kubectl_drain --arg node=node-7"
    ));
}

#[test]
fn irreversible_call_prints_confirmation_with_tool() {
    insta::assert_snapshot!(each(&[
        "exec invoke --workspace ws_team_a --tool storage/restore --arg volume=vol-1 --arg snapshot=s",
    ]));
}

#[test]
fn invoke_on_terminal() {
    let home = sandbox();
    insta::assert_snapshot!(fresh(&[
        on(
            &home,
            80,
            "exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get --arg resource=pods"
        ),
        on(
            &home,
            80,
            "exec invoke --workspace ws_a1b2c3d4 --tool kubectl_drain --arg node=n"
        ),
        on(
            &home,
            50,
            "exec invoke --workspace ws_a1b2c3d4 --tool sandbox_run --arg-json seconds=0"
        ),
    ]));
}

#[test]
fn finished_call_returns_its_exit_code() {
    insta::assert_snapshot!(each(&[
        "exec invoke --workspace ws_team_a --tool sandbox_run --arg-json seconds=0",
        "exec invoke --workspace ws_team_a --tool sandbox_run --arg-json seconds=0 --arg ending=failed --arg-json exit_code=3",
        "exec invoke --workspace ws_team_a --tool sandbox_run --arg-json seconds=0 --arg ending=timeout",
    ]));
}

#[test]
fn wait_prints_invocation_or_output() {
    let run = "exec invoke --workspace ws_team_a --tool sandbox_run --arg-json seconds=0 --wait";
    insta::assert_snapshot!(each(&[
        run,
        &format!("{run} -o json"),
        &format!("{run} -o name"),
        &format!("{run} --raw"),
        &format!("{run} --raw -o json"),
        &format!("{run} --arg ending=failed"),
        &format!("{run} --arg ending=failed -o json"),
        &format!("{run} --arg ending=failed --raw"),
        &format!("{run} --arg ending=timeout"),
    ]));
}

#[test]
fn each_violation_is_a_line_with_its_path() {
    let get = "exec invoke --workspace ws_team_a --tool kubectl_scale";
    let shown = each(&[
        &format!("{get} --args '{{}}'"),
        &format!(
            r#"{get} --args '{{"deployment": "", "namespace": 5, "replicas": 1.5, "more": [1]}}'"#
        ),
        &format!("{get} --arg deployment=api --arg replicas=3"),
        &format!("{get} --arg deployment=api --arg-json replicas=300 -o json"),
    ]);
    insta::assert_snapshot!(named(&shown, &[(r#""at":"[^"]+""#, r#""at":"TIME""#)]));
}

#[test]
fn invalid_arguments_are_not_sent() {
    let schema =
        r#"{"name":"t","parameters":{"type":"object","properties":{"n":{"type":"integer"}}}}"#;
    let router = Router::script([Answer::json(200, schema)]);
    let run = router
        .home()
        .run("exec invoke --workspace w --tool t --arg n=five");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("/n: "), "{}", run.stderr);
    assert_eq!(router.lines(), ["GET /exec/tools/t"]);
}

#[test]
fn no_validate_lets_the_router_validate() {
    let router = Router::script([Answer::json(200, r#"{"id":"i","status":"queued"}"#)]);
    let run = router
        .home()
        .run("exec invoke --workspace w --tool a/b --arg n=five --no-validate -o name");
    assert_eq!((run.code, run.stdout.as_str()), (0, "i\n"));
    let asked = router.asked();
    assert_eq!(asked[0].line(), "POST /proj_1/v1/exec/invocations");
    let body: serde_json::Value = serde_json::from_str(&asked[0].body).expect("JSON");
    let expected =
        serde_json::json!({"workspace_id": "w", "tool_name": "a/b", "args": {"n": "five"}});
    assert_eq!(body, expected);
}

#[test]
fn unusable_schema_is_reported_and_the_call_is_sent() {
    let run = |descriptor: Answer| {
        let call = Answer::json(201, r#"{"id":"i","status":"queued"}"#);
        let router = Router::script([descriptor, call]);
        router
            .home()
            .run("exec invoke --workspace w --tool t --args '{}'")
    };
    let json = |text: &str| run(Answer::json(200, text));
    insta::assert_snapshot!(transcript(&[
        json(r#"{"name":"t"}"#),
        json(r#"{"name":"t","parameters":{"$ref":"https://example.com/schema.json"}}"#),
        json(r#"{"name":"t","parameters":{"$ref":"file:///etc/passwd"}}"#),
        json(
            r#"{"name":"t","parameters":{"$schema":"https://example.com/my-draft","type":"object"}}"#
        ),
        json(r#"{"name":"t","parameters":{"type":"objekt"}}"#),
        json(r#"{"name":"t","parameters":{"$ref":"\u0023/$defs/none"}}"#),
        run(Answer::fault(403, "scope_insufficient")),
        run(Answer::fault(404, "exec_tool_not_found")),
        json("no JSON"),
    ]));
}

#[test]
fn unknown_tool_or_workspace_adds_advice() {
    insta::assert_snapshot!(each(&[
        "exec invoke --workspace ws_none --tool kubectl_get --arg resource=pods",
        "exec invoke --workspace ws_team_a --tool kubectl_gte --arg resource=pods",
    ]));
}

#[test]
fn accepts_sparse_and_respelled_responses() {
    let run = |words: &str, body: &str| {
        let router = Router::script([Answer::json(202, body)]);
        router.home().run(&format!("{DRAIN} {words}"))
    };
    insta::assert_snapshot!(transcript(&[
        run("", r#"{"id":"i","status":"pending_approval"}"#),
        run(
            "",
            r#"{"id":"i","status":"pending_approval","approval":{"id":"a b"},"monitor_url":"https://router.example/a"}"#
        ),
        run(
            "",
            r#"{"id":"i","status":"pending_approval","approval_id":"a","risk":"irreversible","tool_name":"it's"}"#
        ),
        run(
            "",
            r#"{"id":"i","status":"pending_approval","approval_id":"a","risk":"cosmic","tool_name":"t"}"#
        ),
        run("", r#"{"id":"-i","status":"hibernating"}"#),
        run("", "{}"),
        run("-o name", "{}"),
        run("--wait", "{}"),
        run("-o json", r#"{"id":"i","status":"rejected","more":1.50}"#),
        run("", r#"{"id":"i","status":"cancelled"}"#),
    ]));
}

#[test]
fn cancel_in_each_format() {
    insta::assert_snapshot!(in_each_format(
        "exec cancel 1012f037-b64c-4422-8c38-fb2918f135d2"
    ));
}

#[test]
fn cancel_has_two_documented_errors_and_no_prompt() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run("exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 -y"),
        home.run("exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10"),
        home.run("exec cancel inv_none"),
        on(
            &home,
            80,
            "exec cancel 211c70cf-4995-4399-94aa-eac137dc76fb"
        ),
    ]));
    let router = Router::script([Answer::empty(204), Answer::json(200, "{}")]);
    let empty = ["", "-o json"].map(|words| router.home().run(&format!("exec cancel i {words}")));
    insta::assert_snapshot!("cancelling_with_an_empty_answer", transcript(&empty));
}
