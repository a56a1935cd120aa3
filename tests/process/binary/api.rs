//! `xeroctl api` as a process: any bytes in both directions, signals, and closed pipes.

use std::fs::File;
use std::io::Write as _;
use std::process::Stdio;

use crate::support::held::Held;
use crate::support::live::Live;
use crate::support::process::{Ended, Running, SIGINT, command, gone_reader, run_into, run_script};
use crate::support::router::{Answer, Router};
use crate::support::{Home, split};

/// Every byte, and sequences that are not UTF-8, without a newline at the end.
fn bytes() -> Vec<u8> {
    let every = (0..=255).collect::<Vec<u8>>();
    [&every[..], b"\xc3\x28\xf0\x9f\r\n\x1b[31m\0", &every].concat()
}

/// Runs a command line that is fed these bytes.
fn fed(home: &Home, line: &str, input: &[u8]) -> Ended {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let mut command = home.binary();
    command.args(split(line));
    let running = Running::start(command.stdin(reader));
    command.stdin(Stdio::null());
    // One that refuses the command line may have ended without reading.
    match writer.write_all(input) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => panic!("{error}"),
        _ => {}
    }
    drop(writer);
    running.end()
}

#[test]
fn output_bytes_are_unchanged() {
    for method in ["POST", "PUT", "PATCH", "DELETE --force"] {
        let router = Router::rules(|_| Answer::empty(204));
        let home = router.home();
        std::fs::write(home.path().join("bytes"), bytes()).expect("a file");
        fed(&home, &format!("api {method} /a --input -"), &bytes()).exits(0);
        fed(&home, &format!("api {method} /a --input bytes"), b"").exits(0);
        for asked in router.asked() {
            assert_eq!(asked.bytes, bytes(), "{method}");
        }
        assert_eq!(router.asked().len(), 2);
    }
}

#[test]
fn input_bytes_are_unchanged() {
    for kind in ["application/octet-stream", "application/json", "text/plain"] {
        for line in ["api GET /a", "api POST /a -o json"] {
            let router = Router::rules(move |_| Answer::new(200, kind, bytes()));
            let home = router.home();
            let path = home.path().join("out");
            let file = File::create(&path).expect("a file");
            let ended = run_into(&home, line, file).exits(0);
            let told = ended.stderr.trim_end();
            assert!(
                told.is_empty() || told.ends_with("printed unchanged"),
                "{told}"
            );
            assert_eq!(std::fs::read(&path).expect("it"), bytes(), "{line} {kind}");
        }
    }
}

#[test]
fn body_and_key_cannot_share_standard_input() {
    let router = Router::rules(|_| Answer::empty(204));
    let home = Home::new().with("XEROCTL_BASE_URL", &router.base_url());
    std::fs::write(home.path().join("key"), "from_file\n").expect("a file");
    fed(&home, "api POST /a --input - --api-key-file key", b"{}").exits(0);
    let asked = router.asked().remove(0);
    assert_eq!(asked.header("authorization"), Some("Bearer from_file"));
    assert_eq!(asked.body, "{}");
    fed(
        &home,
        "api POST /a --input key --api-key-file -",
        b"from_stdin\n",
    )
    .exits(0);
    let asked = router.asked().remove(1);
    assert_eq!(asked.header("authorization"), Some("Bearer from_stdin"));
    assert_eq!(asked.body, "from_file\n");
    for line in [
        "api POST /a --input - --api-key-file -",
        "api POST /a -F a=@- --api-key-file -",
        "api POST /a -F a=@- -F b=@-",
    ] {
        fed(&home, line, b"xero_secret\n")
            .exits(2)
            .says("standard input");
    }
    // The environment may name it too: whoever reads first, nothing is sent.
    let home = home.with("XEROCTL_API_KEY_FILE", "-");
    fed(&home, "api POST /a --input -", b"xero_secret\n").exits(3);
    assert_eq!(router.asked().len(), 2);
}

#[test]
fn loop_over_ids_reads_every_line() {
    let router = Router::rules(|_| Answer::empty(204));
    let text = r#"printf 'a\nb\nc\n' | while read -r id; do
        "$X" api POST "/things/$id" -f a=b
        "$X" api DELETE "/things/$id" >&2
    done"#;
    let ended = run_script(&router.home(), text);
    assert_eq!(ended.stdout, "{}\n{}\n{}\n");
    assert_eq!(
        router.lines(),
        ["POST /things/a", "POST /things/b", "POST /things/c"]
    );
}

#[test]
fn stream_is_printed_as_it_arrives_until_a_signal() {
    let (live, answer) = Live::feed();
    let router = Router::script([answer]);
    let line = "api GET /exec/executions/stream -H 'accept: text/event-stream'";
    let running = Running::start(&mut command(&router.home(), line));
    live.sends("event: a\n\n");
    running.wait_for_output("event: a\n\n");
    live.sends("event: b\n\n");
    running.wait_for_output("event: b\n\n");
    running.end_by("INT").dies_by(SIGINT);
    live.breaks();
    assert_eq!(
        router.asked()[0].header("accept"),
        Some("text/event-stream")
    );
}

#[test]
fn signal_waits_for_the_response_to_a_change() {
    for method in ["POST", "PUT", "PATCH", "DELETE --force"] {
        let held = Held::new();
        let line = format!("api {method} /a");
        let running = Running::start(&mut command(&held.home, &line));
        held.request();
        running.signal("INT");
        running.wait_for_error("waiting for the response");
        held.answer(Answer::json(200, r#"{"done":true}"#));
        let ended = running.end().dies_by(SIGINT);
        assert_eq!(ended.stdout, "{\"done\":true}\n", "{line}");
    }
}

#[test]
fn second_signal_prints_the_json_error() {
    let held = Held::new();
    let running = Running::start(&mut command(&held.home, "api PUT /a -o json"));
    held.request();
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    let ended = running.end_by("INT").dies_by(SIGINT);
    let last = ended.stderr.lines().last().expect("a line");
    let object: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(object["error"]["code"], "interrupted", "{ended:#?}");
    assert_eq!(object["error"]["outcome"], "unknown", "{ended:#?}");
    held.answer(Answer::dropped());
}

#[test]
fn second_signal_ends_and_names_the_check() {
    let held = Held::new();
    let running = Running::start(&mut command(&held.home, "api PUT '/a b?c=d'"));
    held.request();
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    running
        .end_by("INT")
        .dies_by(SIGINT)
        .says("it is unknown whether the router did this: PUT /a%20b;")
        .says("xeroctl api GET '/a%20b?c=d'");
    held.answer(Answer::dropped());
}

#[test]
fn closed_pipe_is_silent_and_full_disk_is_not() {
    let router = Router::rules(|_| Answer::json(200, r#"{"id":"a"}"#));
    let home = router.home();
    for line in ["api GET /a", "api POST /a", "api GET /a -i"] {
        run_into(&home, line, gone_reader()).exits(0).says_nothing();
    }
    #[cfg(target_os = "linux")]
    for line in ["api GET /a", "api POST /a"] {
        let full = File::options().write(true).open("/dev/full").expect("it");
        run_into(&home, line, full)
            .exits(1)
            .says("could not be written");
    }
}
