//! `exec invoke`: the arguments, from the command line to the body.

use crate::support::exec::{INVOKE, Routes, asked_of, invocation};
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

const LINE: &str = "exec invoke --workspace ws_1 --tool t --no-validate";

/// A router that accepts any call.
fn accepting() -> Router {
    Routes::new().on(INVOKE, [invocation("queued")]).start()
}

/// The arguments as they are sent.
#[track_caller]
fn sent(home: impl FnOnce(&Router) -> Output) -> String {
    let router = accepting();
    let output = home(&router);
    assert_eq!(output.code, 0, "{}", output.whole());
    let calls = asked_of(&router, INVOKE);
    assert_eq!(calls.len(), 1, "{}", output.whole());
    let body = calls[0].body.clone();
    let args = body.strip_prefix(r#"{"workspace_id":"ws_1","tool_name":"t","args":"#);
    let args = args.and_then(|args| args.strip_suffix('}'));
    args.unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[track_caller]
fn sent_by(options: &str) -> String {
    sent(|router| router.home().run(&format!("{LINE} {options}")))
}

#[test]
fn arguments_keep_their_spelling() {
    for args in [
        "{}",
        r#"{"a":1e2,"b":1.50,"c":-0.0,"d":1E+02,"e":100000000000000000000000000001,"f":1e400}"#,
        r#"{"z":1,"a":{"y":[1.0,2],"b":null},"é":"ü\u00fc\n","":true}"#,
    ] {
        assert_eq!(sent_by(&format!("--args '{args}'")), args);
    }
    assert_eq!(
        sent_by(r#"--args ' { "a" : 1.0 , "b" : [ 1 , 2 ] } '"#),
        r#"{"a":1.0,"b":[1,2]}"#,
        "only blanks are left out"
    );
}

#[test]
fn single_values_override_or_follow_the_object() {
    for (options, expected) in [
        (
            r#"--args '{"a":1,"b":2,"c":3}' --arg b=x --arg-json 'c={"z":1.50}' --arg d="#,
            r#"{"a":1,"b":"x","c":{"z":1.50},"d":""}"#,
        ),
        ("--arg a=b=c", r#"{"a":"b=c"}"#),
        ("--arg n=1 --arg-json m=1", r#"{"n":"1","m":1}"#),
        ("--arg-json n=-1e2", r#"{"n":-1e2}"#),
        (
            "--arg-json n=null --arg-json t=true",
            r#"{"n":null,"t":true}"#,
        ),
        (r#"--arg 'q="x"'"#, r#"{"q":"\"x\""}"#),
        (r#"--args '{"a":1}' --arg-json a=2"#, r#"{"a":2}"#),
    ] {
        assert_eq!(sent_by(options), expected, "{options}");
    }
}

/// A file in this home.
fn file(home: &Home, bytes: &[u8]) -> String {
    let path = home.path().join("args.json");
    std::fs::write(&path, bytes).expect("a file");
    path.display().to_string()
}

#[test]
fn arguments_come_from_file_or_standard_input() {
    for bytes in [&b"{\"a\": 1.50}\n"[..], b"\xef\xbb\xbf{\"a\":1.50}\r\n"] {
        let args = sent(|router| {
            let home = router.home();
            let path = file(&home, bytes);
            home.run(&format!("{LINE} --args @{path}"))
        });
        assert_eq!(args, r#"{"a":1.50}"#);
    }
    let args = sent(|router| {
        let input = "{\"a\":\n 1.50}\n";
        let home = router.home();
        home.run_on(
            Terminals::default(),
            input,
            &format!("{LINE} --args - --arg b=2"),
        )
    });
    assert_eq!(args, r#"{"a":1.50,"b":"2"}"#);
}

#[track_caller]
fn refused(options: &str) -> String {
    let router = Router::unasked();
    let output = router.home().run(&format!("{LINE} {options}"));
    assert_eq!(output.code, 2, "{}", output.whole());
    assert_eq!(output.stdout, "", "{options}");
    assert_eq!(router.lines(), [""; 0], "{options}");
    output.stderr
}

#[test]
fn missing_arguments_exit_2_and_mention_the_empty_object() {
    assert!(refused("").contains("--args '{}'"));
}

#[test]
fn duplicate_names_exit_2() {
    for options in [
        r#"--args '{"a":1,"a":2}'"#,
        r#"--args '{"a":1,"b":{"c":1,"c":1}}'"#,
        r#"--args '{"b":[{"c":1,"c":1}]}'"#,
        r#"--args '{"a":1,"\u0061":2}'"#,
        "--arg a=1 --arg a=1",
        "--arg a=1 --arg-json a=1",
        r#"--arg-json 'a={"x":1,"x":2}'"#,
    ] {
        let stderr = refused(options);
        assert!(stderr.contains("duplicate"), "{options}: {stderr}");
    }
}

#[test]
fn invalid_json_shows_forms_without_quotes() {
    for options in [
        "--args '{a:1}'",
        r#"--args '{\"a\":1}'"#,
        "--args {name:x}",
        r#"--args '{"a":1}}'"#,
        r#"--args '{"a":01}'"#,
        r#"--args '{"a":NaN}'"#,
        "--args x",
    ] {
        let stderr = refused(options);
        assert!(stderr.contains("--args @FILE"), "{options}: {stderr}");
        assert!(stderr.contains("--arg NAME=TEXT"), "{options}: {stderr}");
    }
}

#[test]
fn non_objects_and_incomplete_options_exit_2() {
    for options in [
        "--args []",
        "--args null",
        "--args 1",
        "--args ''",
        "--arg a",
        "--arg =1",
        "--arg-json a=x",
        "--arg-json a=",
        "--args {} --args {}",
        "--args {} --raw",
        "--args {} --interval 1s",
        "--args @/nonexistent/args.json",
        "--args @/",
        "--args @",
    ] {
        refused(options);
    }
}

#[test]
fn file_and_standard_input_are_checked() {
    for bytes in [&b"\xff\xfe"[..], b"", b"[1]", b"{\"a\":1,\"a\":2}", b"{"] {
        let router = Router::unasked();
        let home = router.home();
        let path = file(&home, bytes);
        let output = home.run(&format!("{LINE} --args @{path}"));
        assert_eq!(output.code, 2, "{}", output.whole());
    }
    let router = Router::unasked();
    let line = format!("{LINE} --args - --api-key-file -");
    let output = router.home().run_on(Terminals::default(), "{}", &line);
    assert_eq!(output.code, 2, "{}", output.whole());
}

#[test]
fn reports_missing_workspace_and_tool_together() {
    let router = Router::unasked();
    let output = router.home().run("exec invoke --args {}");
    assert_eq!(output.code, 2, "{}", output.whole());
    for option in ["--workspace", "--tool"] {
        assert!(output.stderr.contains(option), "{}", output.stderr);
    }
    for line in [
        "exec invoke --workspace '' --tool t --args {}",
        "exec invoke --workspace w --tool '' --args {}",
        "exec invoke --workspace w --tool .. --args {}",
    ] {
        let output = router.home().run(line);
        assert_eq!(output.code, 2, "{}", output.whole());
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn dry_run_prints_the_call_and_the_skipped_check() {
    let router = Router::unasked();
    let line = r#"exec invoke --workspace ws_1 --tool t --args '{"a":1e2}' --dry-run"#;
    let output = router.home().run(&format!("{line} -o json"));
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(output.stderr.contains("schema"), "{}", output.whole());
    let expected = format!(
        "{{\"dry_run\":true,\"action\":\"invoke tool\",\"method\":\"POST\",\"url\":\"{}/exec/invocations\",\"body\":{{\"workspace_id\":\"ws_1\",\"tool_name\":\"t\",\"args\":{{\"a\":1e2}}}}}}\n",
        router.base_url()
    );
    assert_eq!(output.stdout, expected);
    let output = router.home().run(line);
    assert!(
        output.stdout.starts_with("POST http://"),
        "{}",
        output.whole()
    );
    assert!(output.stdout.contains("1e2"), "{}", output.whole());
    // What is wrong on the line is reported anyway.
    let output = router.home().run(&line.replace("1e2", "1e2,\"a\":1"));
    assert_eq!(output.code, 2, "{}", output.whole());
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn tool_is_one_path_segment() {
    let tool = "GET /exec/tools/storage%2Frestore%20now";
    let router = Routes::new()
        .on(tool, [Answer::json(200, r#"{"parameters":{}}"#)])
        .on(INVOKE, [invocation("queued")])
        .start();
    let line = "exec invoke --workspace ws_1 --tool 'storage/restore now' --args {}";
    let output = router.home().run(line);
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(router.lines(), [tool, INVOKE]);
}
