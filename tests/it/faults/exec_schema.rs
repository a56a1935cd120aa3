//! `exec invoke`: validation of the arguments against the tool's schema before anything is sent.

use crate::support::Output;
use crate::support::exec::{INVOKE, Routes, TOOL, invocation};
use crate::support::router::{Answer, Router};

/// A router whose tool has this descriptor.
fn described(descriptor: &str) -> Router {
    Routes::new()
        .on(TOOL, [Answer::json(200, descriptor)])
        .on(INVOKE, [invocation("queued")])
        .start()
}

/// A router whose tool has this schema.
fn with_schema(schema: &str) -> Router {
    described(&format!(r#"{{"name":"t","parameters":{schema}}}"#))
}

fn invoke(router: &Router, args: &str) -> Output {
    let line = format!("exec invoke --workspace ws_1 --tool t --args '{args}'");
    router.home().run(&line)
}

const SCHEMA: &str = r##"{
    "type": "object",
    "required": ["resource", "namespace"],
    "additionalProperties": false,
    "properties": {
        "resource": {"enum": ["pods", "nodes"]},
        "namespace": {"type": "string", "minLength": 1},
        "replicas": {"type": "integer", "minimum": 0},
        "labels": {"type": "array", "items": {"$ref": "#/$defs/label"}}
    },
    "$defs": {"label": {"type": "string", "pattern": "^[a-z]+$"}}
}"##;

#[test]
fn valid_arguments_are_sent_after_one_schema_read() {
    for args in [
        r#"{"resource":"pods","namespace":"default"}"#,
        r#"{"resource":"nodes","namespace":"x","replicas":3.0,"labels":["a","b"]}"#,
        r#"{"resource":"nodes","namespace":"x","replicas":100000000000000000000000000001}"#,
    ] {
        let router = with_schema(SCHEMA);
        let output = invoke(&router, args);
        assert_eq!(output.code, 0, "{}", output.whole());
        assert_eq!(router.lines(), [TOOL, INVOKE]);
        assert!(!output.stderr.contains("not checked"), "{}", output.whole());
        assert!(router.asked()[1].body.contains(args), "as spelled");
    }
}

#[test]
fn violations_exit_2_with_a_line_each() {
    let router = with_schema(SCHEMA);
    let args = r#"{"resource":"secrets","replicas":-1,"labels":["a","B"],"extra":1}"#;
    let output = invoke(&router, args);
    assert_eq!(output.code, 2, "{}", output.whole());
    assert_eq!(output.stdout, "");
    assert_eq!(router.lines(), [TOOL]);
    for (path, word) in [
        ("  /: ", "namespace"),
        ("  /: ", "extra"),
        ("  /resource: ", "secrets"),
        ("  /replicas: ", "-1"),
        ("  /labels/1: ", "B"),
    ] {
        let told = output
            .stderr
            .lines()
            .any(|line| line.starts_with(path) && line.contains(word));
        assert!(told, "{path}{word}: {}", output.whole());
    }
    for next in [
        "xeroctl exec tool-show t\n",
        "--no-validate",
        "nothing was sent",
    ] {
        assert!(output.stderr.contains(next), "{next}: {}", output.whole());
    }
}

#[test]
fn violation_is_always_one_line() {
    let schema = r#"{"properties":{"a\nb\u001b[31m":{"type":"integer"}}}"#;
    let router = with_schema(schema);
    let output = invoke(&router, r#"{"a\nb\u001b[31m":"x\ny\u001b]0;z\u0007"}"#);
    assert_eq!(output.code, 2, "{}", output.whole());
    assert!(!output.stderr.contains('\u{1b}'), "{}", output.whole());
    assert!(!output.stderr.contains("a\nb"), "{}", output.whole());
    assert!(!output.stderr.contains("x\ny"), "{}", output.whole());
}

#[test]
fn finds_schema_under_every_name() {
    for name in ["parameters", "parameter_schema", "input_schema"] {
        let router = described(&format!(r#"{{"name":"t","{name}":{SCHEMA}}}"#));
        let output = invoke(&router, "{}");
        assert_eq!(output.code, 2, "{name}: {}", output.whole());
        assert_eq!(router.lines(), [TOOL]);
    }
}

#[test]
fn supports_every_draft() {
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        let schema = format!(r#"{{"$schema":"{draft}","required":["a"]}}"#);
        let router = with_schema(&schema);
        let output = invoke(&router, "{}");
        assert_eq!(output.code, 2, "{draft}: {}", output.whole());
        let output = invoke(&router, r#"{"a":1}"#);
        assert_eq!(output.code, 0, "{draft}: {}", output.whole());
        assert!(!output.stderr.contains("not checked"), "{}", output.whole());
    }
}

/// Expects that the call is sent without a check, and that this is reported.
#[track_caller]
fn sent_unchecked(router: &Router, args: &str) -> Output {
    let output = invoke(router, args);
    assert_eq!(output.code, 0, "{}", output.whole());
    let calls = router.lines().iter().filter(|line| *line == INVOKE).count();
    assert_eq!(calls, 1, "{}", output.whole());
    assert!(
        output.stderr.contains("the arguments were not checked"),
        "{}",
        output.whole()
    );
    assert!(output.stdout.contains("inv_1"), "{}", output.whole());
    output
}

#[test]
fn unreadable_tool_is_reported_and_the_call_is_sent() {
    let unreadable = [
        Answer::fault(404, "exec_tool_not_found"),
        Answer::fault(403, "scope_insufficient"),
        Answer::fault(500, "internal_error"),
        Answer::empty(503),
        Answer::dropped(),
        Answer::new(200, "text/html", "<h1>tools</h1>"),
        Answer::json(200, "{"),
        Answer::json(200, "[]"),
    ];
    std::thread::scope(|scope| {
        for answer in unreadable {
            scope.spawn(move || {
                let router = Routes::new()
                    .on(TOOL, [answer])
                    .on(INVOKE, [invocation("queued")])
                    .start();
                sent_unchecked(&router, "{}");
            });
        }
    });
}

#[test]
fn unusable_schema_is_reported_and_the_call_is_sent() {
    let large = format!(r#"{{"description":"{}"}}"#, "x".repeat(300_000));
    for schema in [
        "null",
        "[]",
        "5",
        r#""object""#,
        r#"{"type":"no such type"}"#,
        r#"{"type":5}"#,
        r##"{"$ref":"#/nowhere"}"##,
        r#"{"$schema":"https://example.com/my-own-draft"}"#,
        r#"{"$ref":"http://127.0.0.1:9/schema.json"}"#,
        r#"{"$ref":"https://example.com/schema.json"}"#,
        r#"{"$ref":"file:///etc/passwd"}"#,
        r#"{"properties":{"a":{"$ref":"other.json"}}}"#,
        r#"{"properties":{"a":{"pattern":"("}}}"#,
        &large,
    ] {
        let router = with_schema(schema);
        let output = sent_unchecked(&router, r#"{"a":1}"#);
        assert_eq!(
            router.lines(),
            [TOOL, INVOKE],
            "{schema}: {}",
            output.whole()
        );
    }
    let router = described(r#"{"name":"t"}"#);
    sent_unchecked(&router, "{}");
}

#[test]
fn external_references_are_not_followed() {
    let elsewhere = Router::unasked();
    let url = elsewhere.base_url();
    let router = with_schema(&format!(r#"{{"$ref":"{url}/schema.json"}}"#));
    sent_unchecked(&router, "{}");
    assert_eq!(elsewhere.lines(), [""; 0]);
}

#[test]
fn endless_check_stops_after_a_second() {
    // Each level doubles the work: seconds of it, because the thread works on until the process ends.
    let levels: Vec<String> = (0..30)
        .map(|level| {
            let next = level + 1;
            format!(r##""l{level}":{{"anyOf":[{{"$ref":"#/$defs/l{next}"}},{{"$ref":"#/$defs/l{next}"}}]}}"##)
        })
        .collect();
    let schema = format!(
        r##"{{"$ref":"#/$defs/l0","$defs":{{{},"l30":{{"type":"string"}}}}}}"##,
        levels.join(",")
    );
    let router = with_schema(&schema);
    let began = std::time::Instant::now();
    let output = sent_unchecked(&router, "{}");
    assert!(
        output.stderr.contains("longer than a second"),
        "{}",
        output.whole()
    );
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}

#[test]
fn sends_numbers_beyond_the_validator() {
    let router = with_schema(SCHEMA);
    sent_unchecked(
        &router,
        r#"{"resource":"pods","namespace":"x","replicas":1e400}"#,
    );
    assert!(router.asked()[1].body.contains("1e400"));
}

#[test]
fn no_validate_reads_no_schema() {
    let router = with_schema(SCHEMA);
    let line = "exec invoke --workspace ws_1 --tool t --args {} --no-validate";
    let output = router.home().run(line);
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(router.lines(), [INVOKE]);
}
