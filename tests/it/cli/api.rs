//! `xeroctl api`: the requests, byte for byte.

use crate::support::router::{Answer, Asked, KEY, Router};
use crate::support::squads::raw;
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

/// Runs a command line in a home made of the router's; returns the run and the requests.
fn run(home: impl Fn(Home) -> Home, input: &str, line: &str) -> (Output, Vec<Asked>) {
    let router = Router::rules(|_| Answer::json(200, "[]"));
    let output = home(router.home()).run_on(Terminals::default(), input, line);
    (output, router.asked())
}

/// The one request that a line makes.
#[track_caller]
fn asked(line: &str) -> Asked {
    let (output, mut asked) = run(|home| home, "", line);
    assert_eq!(output.code, 0, "{line}: {}", output.stderr);
    assert_eq!(asked.len(), 1, "{line}");
    asked.remove(0)
}

/// A request as it is reported in a snapshot, without the key, which is checked here.
#[track_caller]
fn told(line: &str, asked: &Asked) -> String {
    assert_eq!(
        asked.header("authorization"),
        Some(&*format!("Bearer {KEY}")),
        "{line}"
    );
    let request = raw(asked).replace(&format!("\nauthorization: Bearer {KEY}"), "");
    format!("$ xeroctl {line}\n{request}\n")
}

/// The requests of these lines.
#[track_caller]
fn requests(lines: &[&str]) -> String {
    let told = lines.iter().map(|line| told(line, &asked(line)));
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn accepts_methods_in_any_case() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let mixed = method[..1].to_owned() + &method[1..].to_lowercase();
        for typed in [method, &method.to_lowercase(), &mixed] {
            let asked = asked(&format!("api {typed} /a --force"));
            assert_eq!(asked.line(), format!("{method} /proj_1/v1/a"));
        }
    }
}

#[test]
fn request_without_fields_has_no_body() {
    insta::assert_snapshot!(requests(&[
        "api GET /a",
        "api POST /a",
        "api PUT /a",
        "api PATCH /a",
        "api DELETE /a -y",
    ]));
}

#[test]
fn sends_typed_and_copied_paths() {
    insta::assert_snapshot!(requests(&[
        "api GET /",
        "api GET /v1/management/agents",
        "api GET /v1/",
        "api GET /v1",
        "api GET /v1/v1/a",
        "api GET '/a b?q=c d&e=f+g'",
        "api GET '/a%2Fb/%C3%A9/é?x=%'",
        r"api GET '/a\b'",
        "api GET '/a?to=/../x&u=https://elsewhere.example/'",
        "api GET /a//b/",
        "api GET /...",
        "api GET '/a?'",
        "api GET '/a?b=c&b=c'",
    ]));
}

#[test]
fn fields_keep_their_order() {
    insta::assert_snapshot!(requests(&[
        "api POST /a -f z=1 -F y=2 -f x=3 -F w=4",
        "api POST /a -F y=2 --raw-field z=1 --field=w=4 -fx=3",
        "api PATCH /a -f a= -F b= -f c==",
        "api PUT /a?b=c -f d=e",
        "api DELETE /a -f why=gone --force",
        "api POST /a -f 'a.b[0]=x' -f 'é \"=y'",
    ]));
}

#[test]
fn detects_types_of_typed_fields() {
    insta::assert_snapshot!(requests(&[
        "api POST /a -F a=true -F b=false -F c=null",
        "api POST /a -F a=1 -F b=-1 -F c=-0 -F d=1.50 -F e=1e400 -F f=1E+2 -F g=123456789012345678901234567890",
        "api POST /a -F a=True -F b=nil -F c=+1 -F d=01 -F e=.5 -F f=1. -F g=0x1 -F h=NaN -F i=-",
        "api POST /a -F 'a= 1' -F 'b=1 ' -F 'c=1 2' -F 'd=\"1\"' -F 'e=[1]' -F 'f={}'",
        "api POST /a -f a=true -f b=1 -f c=null -f d=@e",
    ]));
}

#[test]
fn field_reads_file_or_standard_input() {
    let home = Home::new();
    let path = home.path().join("note");
    std::fs::write(&path, "\u{feff}1\n\"é\"\n").expect("a file");
    let path = path.display();
    let asked = asked(&format!("api POST /a -F 'note=@{path}'"));
    assert_eq!(asked.body, r#"{"note":"1\n\"é\"\n"}"#);
    for (input, body) in [
        ("true\n", r#"{"a":"1","b":"true\n","c":2}"#),
        ("", r#"{"a":"1","b":"","c":2}"#),
    ] {
        let (output, asked) = run(|home| home, input, "api POST /a -f a=1 -F b=@- -F c=2");
        assert_eq!(output.code, 0, "{}", output.stderr);
        assert_eq!(asked[0].body, body);
    }
}

#[test]
fn get_fields_become_the_query() {
    insta::assert_snapshot!(requests(&[
        "api GET /a -f b=c -F d=1.50 -f e=",
        "api GET '/a?b=c' -f 'd e=f&g' -F h=null -F i=true",
        "api GET /a -f b=1 -f b=2",
        "api GET /a -f 'é=/?#[]@!$' -f 'x+y=z+w'",
        "api GET /a --limit 3 -f status=active --after x",
    ]));
}

#[test]
fn sends_body_unchanged() {
    for bytes in [
        &b"{\"a\": 1.50,\r\n \"a\": 2}\n"[..],
        b"[]",
        b"no JSON",
        b"",
        b"\n",
        b"\xef\xbb\xbf{}",
        b"\x00\xff\xfe\x1b[31m",
    ] {
        let home = Home::new();
        let path = home.path().join("body");
        std::fs::write(&path, bytes).expect("a file");
        for method in ["POST", "PUT", "PATCH", "DELETE --force"] {
            let line = format!("api {method} /a --input {}", path.display());
            let asked = asked(&line);
            assert_eq!(asked.bytes, bytes, "{line}");
            let length = asked.header("content-length").unwrap_or("0");
            assert_eq!(length, bytes.len().to_string(), "{line}");
            assert_eq!(asked.header("content-type"), Some("application/json"));
        }
    }
}

#[test]
fn dash_reads_body_from_standard_input() {
    for body in ["{\"a\": 1.50}\n", "no JSON", "", "{}"] {
        let (output, asked) = run(|home| home, body, "api PUT /a --input -");
        assert_eq!(output.code, 0, "{}", output.stderr);
        assert_eq!(asked[0].body, body);
        let said = output.stderr.contains("warning: standard input is empty");
        assert_eq!(said, body.is_empty(), "{}", output.stderr);
    }
    // And nowhere else.
    let (output, asked) = run(|home| home, "{}", "api PUT /a");
    assert_eq!((output.code, asked[0].body.as_str()), (0, ""));
}

#[test]
fn headers_are_added_or_replaced() {
    let headers = |line: &str| {
        let asked = asked(line);
        let mut headers = asked.headers;
        headers.retain(|(name, _)| !["host", "accept-encoding"].contains(&name.as_str()));
        headers.sort();
        headers
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect::<Vec<_>>()
            .concat()
    };
    let version = regex::Regex::new(r"xeroctl/\S+ \([^)]+\)").expect("a pattern");
    let told = [
        "api GET /a",
        "api GET /a -H 'Accept: text/event-stream' --header x-a:b",
        "api GET /a -H 'accept: text/plain' -H 'accept: text/html'",
        "api POST /a -f b=c -H 'Content-Type: application/merge-patch+json'",
        "api POST /a -H 'idempotency-key: k' -H 'x-empty:' -H 'x-colon: a: b'",
        "api GET /a -H 'user-agent: mine/1' -H 'x-text:  é \t '",
    ]
    .map(|line| {
        let headers = headers(line).replace(KEY, "KEY");
        format!(
            "$ xeroctl {line}\n{}\n",
            version.replace_all(&headers, "xeroctl/VERSION")
        )
    });
    insta::assert_snapshot!(told.concat());
}

#[test]
fn rejects_framing_and_authorization_headers() {
    for name in [
        "authorization",
        "Authorization",
        "PROXY-AUTHORIZATION",
        "host",
        "Content-Length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
    ] {
        for method in ["GET", "POST"] {
            let router = Router::unasked();
            let line = format!("api {method} /a -H '{name}: s3cret'");
            let output = router.home().run(&line);
            assert_eq!(
                (output.code, output.stdout.as_str()),
                (2, ""),
                "{line}: {}",
                output.stderr
            );
            // What was meant for a header of this name may well be a key.
            assert!(!output.stderr.contains("s3cret"), "{}", output.stderr);
            assert_eq!(router.lines(), [""; 0]);
        }
    }
}

#[test]
fn key_is_sent_from_every_source() {
    let server = Router::rules(|_| Answer::empty(204));
    let home = Home::new().with("XEROCTL_BASE_URL", &server.base_url());
    for (line, input, key) in [
        ("api POST /a --api-key from_line", "", "from_line"),
        ("api POST /a --api-key-file -", "from_stdin\n", "from_stdin"),
    ] {
        let output = home.run_on(Terminals::default(), input, line);
        assert_eq!(output.code, 0, "{}", output.stderr);
        let last = server.asked().pop().expect("a request");
        assert_eq!(
            last.header("authorization"),
            Some(&*format!("Bearer {key}"))
        );
    }
    let line = "api POST /a --base-url https://router.example/p/v1";
    assert_eq!(home.run(line).code, 3, "without a key nothing is sent");
}

#[test]
fn keeps_path_of_the_base_url() {
    let server = Router::rules(|_| Answer::empty(204));
    let base = server.base_url().replace("/proj_1/", "/mount/proj_1/");
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &format!("{base}/"))
        .with("XEROCTL_API_KEY", "k");
    for (path, target) in [
        ("/", "/mount/proj_1/v1/"),
        ("/v1/a?b", "/mount/proj_1/v1/a?b"),
        ("/proj_1/v1/a", "/mount/proj_1/v1/proj_1/v1/a"),
    ] {
        assert_eq!(home.run(&format!("api GET {path}")).code, 0);
        assert_eq!(server.asked().pop().expect("a request").target, target);
    }
}
