//! `xeroctl api`: the output of a response, in each format, piped and on a terminal.

use crate::cli::shown::{FORMATS, terminal, transcript};
use crate::support::Output;
use crate::support::router::{Answer, Router};
use xeroctl::ui::Terminals;

/// Runs lines of this method against a router that returns this response; the transcript.
fn shown(answer: &Answer, lines: &[String]) -> String {
    let runs: Vec<Output> = lines.iter().map(|line| run(answer, line)).collect();
    transcript(&runs)
}

fn run(answer: &Answer, line: &str) -> Output {
    let answer = answer.clone();
    Router::rules(move |_| answer.clone()).home().run(line)
}

/// A response to a read in the format that is usual, and in each other one.
fn in_each_format(answer: &Answer) -> String {
    let formats = FORMATS.map(|format| format!("api GET /a -o {format}"));
    let lines: Vec<String> = ["api GET /a".to_owned()]
        .into_iter()
        .chain(formats)
        .collect();
    shown(answer, &lines)
}

const OBJECT: &str = r#"{ "id": "a", "n": 1.50, "at": "2026-11-22T11:00:00.5Z", "in": {"x": [1, null]}, "no": null, "t": "a\tb" }"#;
const PAGE: &str = r#"{"object":"list","data":[{"id":"a","n":1.50},{"name":"b"},{"n":2},3,"s",null],"has_more":true,"last_id":"b","x":1}"#;

#[test]
fn object_in_each_format() {
    insta::assert_snapshot!(in_each_format(&Answer::json(200, OBJECT)));
}

#[test]
fn list_in_each_format() {
    insta::assert_snapshot!(in_each_format(&Answer::json(200, PAGE)));
}

#[test]
fn array_in_each_format() {
    let array = "[ {\"id\": \"a\"},\n {\"id\": \"b\"} ]\r\n";
    insta::assert_snapshot!(in_each_format(&Answer::json(200, array)));
}

#[test]
fn empty_list_in_each_format() {
    insta::assert_snapshot!(in_each_format(&Answer::json(200, r#"{"data":[]}"#)));
}

#[test]
fn scalar_in_each_format() {
    let all =
        [r#""a\u001b\nb""#, "1.50", "null"].map(|text| in_each_format(&Answer::json(200, text)));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn empty_body_in_each_format() {
    insta::assert_snapshot!(in_each_format(&Answer::empty(204)));
}

#[test]
fn change_is_shown_like_a_read() {
    for answer in [
        Answer::json(200, OBJECT),
        Answer::json(201, PAGE),
        Answer::json(202, "[]"),
        Answer::json(200, "\"text\""),
        Answer::json(200, "no JSON"),
        Answer::new(200, "text/plain", "no newline"),
        Answer::new(
            200,
            "application/vnd.x+json; charset=utf-8",
            " {\"a\" : 1} ",
        ),
        Answer::empty(200),
        Answer::empty(204),
    ] {
        for words in [
            "",
            "-o table",
            "-o csv",
            "-o name",
            "-o ndjson",
            "-i",
            "-i -o wide",
        ] {
            let read = run(&answer, &format!("api GET /a {words}"));
            assert_eq!(read.code, 0, "{}", read.stderr);
            for method in ["POST", "PUT", "PATCH", "DELETE --force"] {
                let change = run(&answer, &format!("api {method} /a {words}"));
                // Only a list that was read goes on.
                let told = read
                    .stderr
                    .lines()
                    .filter(|line| !line.contains("more available"));
                let told: String = told.flat_map(|line| [line, "\n"]).collect();
                assert_eq!(
                    (change.code, change.stdout, change.stderr),
                    (0, read.stdout.clone(), told),
                    "{method} {words} {answer:?}"
                );
            }
        }
    }
}

#[test]
fn non_json_is_unchanged_in_every_format() {
    for (kind, body) in [
        ("text/plain", "no newline"),
        ("text/plain; charset=utf-8", "\u{1b}[31m\u{202e}\r\n\n"),
        ("text/html", "<html>"),
        ("application/yaml", "a: 1\n"),
        // By its name it is none, so it is not read.
        ("text/plain", "{ \"a\":  1 }"),
        ("application/octet-stream", "\0\u{1}"),
        // By its name it is JSON, and it is none.
        ("application/json", "{\"a\":"),
        ("application/json", "{\"a\":1}{\"a\":2}\n"),
        ("application/merge-patch+json", "oops"),
        ("application/x-ndjson", "{\"a\": 1}\n{\"a\": 2}\n"),
        ("text/plain", ""),
    ] {
        let answer = Answer::new(200, kind, body);
        for format in ["", "-o table", "-o json", "-o ndjson", "-o csv", "-o name"] {
            let run = run(&answer, &format!("api GET /a {format}"));
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (0, body),
                "{kind} {body:?} {format}"
            );
            let told = match (kind.ends_with("json"), format) {
                (true, _) if !kind.ends_with("ndjson") => {
                    "warning: the response is not JSON; printed unchanged\n"
                }
                _ if kind == "text/html" => {
                    "warning: the response is an HTML page, perhaps from a proxy; printed unchanged\n"
                }
                (_, "") => "",
                _ => "the response is not JSON; printed unchanged\n",
            };
            assert_eq!(run.stderr, told, "{kind} {body:?} {format}");
        }
    }
}

#[test]
fn json_without_content_type_is_json() {
    let nameless = |body: &str| {
        let body = body.to_owned();
        let router = Router::rules(move |_| Answer::bare(200, body.clone()));
        router.home().run("api GET /a -o table").stdout
    };
    assert_eq!(nameless(r#"{"id":"a"}"#), "id\ta\n");
    assert_eq!(nameless("a: b"), "a: b");
}

#[test]
fn piped_json_keeps_its_bytes_and_ends_with_a_newline() {
    for (body, wanted) in [
        (
            "{\"b\" : 1.50,\r\n\"a\":1e2, \"b\":2}",
            "{\"b\" : 1.50,\r\n\"a\":1e2, \"b\":2}\n",
        ),
        ("{}\n\n", "{}\n"),
        ("\u{feff}{}", "{}\n"),
        ("  12345678901234567890123 ", "12345678901234567890123\n"),
        ("\"\u{202e}\"", "\"\u{202e}\"\n"),
        ("", "{}\n"),
        (" \n", "{}\n"),
    ] {
        assert_eq!(run(&Answer::json(200, body), "api GET /a").stdout, wanted);
    }
}

#[test]
fn include_prints_status_and_headers() {
    let json = Answer::json(201, r#"{"id":"a"}"#)
        .header("X-Request-ID", "req_1")
        .header("Set-Cookie", "a=b")
        .header("Set-Cookie", "c=d");
    let text = Answer::new(200, "text/plain", "no newline");
    let runs = [
        run(&json, "api POST /a -i"),
        run(&json, "api GET /a --include -o table"),
        run(&json, "api GET /a -i -o name"),
        run(&text, "api GET /a -i"),
        run(&Answer::empty(204), "api DELETE /a -i --force"),
    ];
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn errors_look_like_those_of_other_commands() {
    let envelope =
        r#"{"error":{"message":"no such thing","type":"not_found_error","code":null,"param":"a"}}"#;
    let runs = [
        run(
            &Answer::fault(404, "agent_not_found"),
            "api GET /management/agents/agt_1",
        ),
        run(&Answer::json(404, envelope), "api GET /a"),
        run(
            &Answer::json(422, r#"{"detail":[{"msg":"bad"}]}"#),
            "api POST /a -f b=c",
        ),
        run(&Answer::new(404, "text/html", "<html>nginx"), "api GET /a"),
        run(
            &Answer::empty(405).header("Allow", "GET, PUT"),
            "api POST /a",
        ),
        run(
            &Answer::fault(409, "invocation_terminal"),
            "api POST /exec/invocations/inv_1/cancel",
        ),
        run(&Answer::fault(403, "scope_insufficient"), "api PUT /a"),
        run(
            &Answer::empty(302).header("Location", "https://elsewhere.example/"),
            "api GET /a",
        ),
        run(&Answer::empty(401), "api GET /a -o json"),
    ];
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn include_prints_error_responses() {
    let envelope = "{\"error\": {\"message\":\"no\", \"type\":\"t\"}}\n";
    let runs = [
        run(&Answer::json(404, envelope), "api GET /a -i"),
        run(&Answer::json(404, envelope), "api GET /a -i -o table"),
        run(&Answer::json(400, envelope), "api POST /a -i -o json"),
        run(
            &Answer::new(404, "text/html", "<html>nginx"),
            "api GET /a -i",
        ),
        run(
            &Answer::empty(405).header("Allow", "PUT"),
            "api DELETE /a -i --force",
        ),
        run(&Answer::empty(500), "api PATCH /a -i"),
        run(
            &Answer::new(302, "text/plain", "gone").header("Location", "/x"),
            "api GET /a -i",
        ),
    ];
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn error_responses_are_hidden_without_include() {
    for status in [301, 400, 401, 404, 405, 409, 422, 501] {
        for body in ["<html>", "{}", r#"{"error":{"message":"m"}}"#, ""] {
            for method in ["GET", "POST", "DELETE --force"] {
                for format in FORMATS {
                    let line = format!("api {method} /a -o {format}");
                    let run = run(&Answer::json(status, body), &line);
                    assert_eq!(run.stdout, "", "{line} {status} {body}");
                    assert!(![0, 101].contains(&run.code), "{line}");
                }
            }
        }
    }
}

#[test]
fn on_a_terminal() {
    let on = |answer: Answer, line: &str| {
        let router = Router::rules(move |_| answer.clone());
        let line = format!("{line} --color never");
        router.home().run_on(terminal(60), "", &line)
    };
    let hostile = "one\u{1b}[31m\ttwo\u{202e}\r\nno end\u{9b}";
    let runs = [
        on(Answer::json(200, OBJECT), "api GET /a"),
        on(Answer::json(200, OBJECT), "api GET /a -o table --time utc"),
        on(Answer::json(200, PAGE), "api GET /a -o table"),
        on(Answer::json(200, "[]"), "api GET /a -o table"),
        on(Answer::new(200, "text/plain", hostile), "api GET /a"),
        on(Answer::new(200, "text/plain", hostile), "api POST /a"),
        on(
            Answer::json(200, "{\"\u{202e}\": \"\u{1b}\"}"),
            "api GET /a -i",
        ),
        on(
            Answer::json(200, "{}").header("X-A", "b\u{9b}31m"),
            "api GET /a -i",
        ),
        on(Answer::new(400, "text/plain", hostile), "api GET /a -i"),
        on(Answer::empty(204), "api DELETE /a -y"),
    ];
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn format_from_environment_applies() {
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[{"id":"a"}]}"#));
    let with = |format: &str| router.home().with("XEROCTL_OUTPUT", format);
    assert_eq!(with("name").run("api GET /a").stdout, "a\n");
    assert_eq!(
        with("table").run("api GET /a --no-headers").stdout,
        "a\t{\"id\":\"a\"}\n"
    );
    assert_eq!(
        with("name").run("api GET /a -o ndjson").stdout,
        "{\"id\":\"a\"}\n"
    );
    // Nothing chose one: the response itself, on a terminal too.
    let run = router.home().run_on(Terminals::default(), "", "api GET /a");
    assert_eq!(run.stdout, "{\"data\":[{\"id\":\"a\"}]}\n");
}
