//! `exec invoke TOOL NAME=VALUE`: arguments typed by the tool's schema.

use crate::cli::shown::{sandbox, transcript};
use crate::support::router::{Answer, Router};

const TOOL: &str = r#"{"name":"logs","parameters":{"type":"object","required":["pod"],"properties":{
    "pod":{"type":"string"},"tail":{"type":"integer"},"follow":{"type":"boolean"},"ratio":{"type":"number"},
    "names":{"type":"array","items":{"type":"string"}},"any":true}}}"#;

/// A router with this tool that accepts every call.
fn router(tool: &'static str) -> Router {
    Router::rules(move |asked| match asked.method.as_str() {
        "GET" => Answer::json(200, tool),
        _ => Answer::json(200, r#"{"id":"i","status":"queued"}"#),
    })
}

/// The arguments that the router gets.
fn sent(router: &Router, words: &str) -> String {
    let run = router.home().run(&format!("exec invoke {words}"));
    assert_eq!(run.code, 0, "{words}: {}", run.stderr);
    let asked = router.asked();
    let body = &asked.last().expect("a request").body;
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        body["tool_name"].as_str().or(body["tool"].as_str()),
        Some("logs")
    );
    body["args"].to_string()
}

#[test]
fn words_take_types_from_the_schema() {
    for (words, args) in [
        ("logs --workspace w pod=5", r#"{"pod":"5"}"#),
        (
            "logs --workspace w pod=p tail=5 follow=true ratio=0.5",
            r#"{"pod":"p","tail":5,"follow":true,"ratio":0.5}"#,
        ),
        (
            "logs pod=a=b any=5 --workspace w",
            r#"{"pod":"a=b","any":"5"}"#,
        ),
        (
            r#"logs pod=p 'names:=["a"]' any:=5 --workspace w"#,
            r#"{"pod":"p","names":["a"],"any":5}"#,
        ),
        (
            "--tool logs pod=p --workspace w tail=5 --arg any=1",
            r#"{"any":"1","pod":"p","tail":5}"#,
        ),
        (
            r#"logs --args '{"tail":1,"pod":"x"}' tail=2 --workspace w"#,
            r#"{"tail":2,"pod":"x"}"#,
        ),
        (
            "logs --workspace w pod=p tail=7 --no-validate",
            r#"{"pod":"p","tail":7}"#,
        ),
    ] {
        assert_eq!(sent(&router(TOOL), words), args, "{words}");
    }
}

#[test]
fn words_are_strings_without_a_schema() {
    let router = router(r#"{"name":"logs"}"#);
    let run = router.home().run("exec invoke logs --workspace w tail=5");
    assert!(
        run.stderr.contains("arguments were sent as strings"),
        "{}",
        run.stderr
    );
    assert!(router.asked()[1].body.contains(r#""tail":"5""#));
}

#[test]
fn wrong_type_prints_the_working_command() {
    let router = router(TOOL);
    let home = router.home();
    let runs = [
        "exec invoke --workspace w --tool logs --arg pod=p --arg tail=5",
        "exec invoke logs --workspace w pod=p tail=five",
        "exec invoke logs --workspace w pod:=5",
        "exec invoke logs --workspace 'my w' names=a",
        "exec invoke logs --workspace w",
    ]
    .map(|line| home.run(line));
    insta::assert_snapshot!(transcript(&runs));
    assert!(router.asked().iter().all(|asked| asked.method == "GET"));
    let fixed = home.run("exec invoke logs --workspace w pod=p tail=5");
    assert_eq!(fixed.code, 0, "{}", fixed.stderr);
}

#[test]
fn rejects_malformed_words() {
    let router = Router::unasked();
    let runs = [
        "exec invoke --workspace w",
        "exec invoke --workspace w pod=p",
        "exec invoke logs --workspace w pod",
        "exec invoke logs --workspace w =p",
        "exec invoke logs --workspace w pod:=p",
        "exec invoke logs --workspace w pod=p pod=q",
        "exec invoke logs --workspace w pod=p --arg pod=q",
        "exec invoke --tool logs --workspace w",
    ]
    .map(|line| router.home().run(line));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn dry_run_shows_words_as_strings() {
    let run = sandbox().run("exec invoke kubectl_scale --workspace w replicas=3 n:=4 --dry-run");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn tool_show_prints_a_command_to_complete() {
    let router = router(TOOL);
    insta::assert_snapshot!(transcript(&[
        router.home().run("exec tool-show logs"),
        sandbox().run("exec tool-show kubectl_scale"),
    ]));
}

#[test]
fn approval_shows_values_beside_arguments() {
    let home = Router::rules(|asked| {
        Answer::json(
            200,
            if asked.target.contains("approvals") {
                r#"{"id":"apr_1","status":"pending","risk":"write","tool_name":"logs",
                    "args":{"tail":1.50,"pod":"a\u001bb","extra":null}}"#
            } else {
                TOOL
            },
        )
    });
    insta::assert_snapshot!(transcript(&[home.home().run("approvals show apr_1")]));
}

#[test]
fn omits_unusable_suggestions() {
    let router = router(TOOL);
    let long = "x".repeat(600);
    for words in [
        format!("pod={long} tail=five"),
        r#"--args '{"pod":"p","tail":"5","a=b":1}'"#.to_owned(),
    ] {
        let run = router
            .home()
            .run(&format!("exec invoke logs --workspace w {words}"));
        assert_eq!(run.code, 2, "{words}");
        assert!(run.stderr.contains("exec tool-show logs"), "{}", run.stderr);
    }
}

#[test]
fn tool_name_with_equals_sign_uses_the_option() {
    for name in ["a=b", "-a"] {
        let router = Router::rules(move |_| Answer::json(200, format!(r#"{{"name":"{name}"}}"#)));
        let run = router.home().run(&format!("exec tool-show -- {name}"));
        let hint = format!("exec invoke --tool={name} --workspace WORKSPACE");
        assert!(run.stderr.contains(&hint), "{}", run.stderr);
    }
}
