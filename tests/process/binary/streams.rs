//! Pipes that are full, nonblocking, or not read, and signals that the parent process ignores.

use std::io::{PipeReader, Read as _, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::support::exec::{Routes, STREAM};
use crate::support::held::Held;
use crate::support::live::Live;
use crate::support::process::{LIMIT, Running, SIGNALS, command, script};
use crate::support::router::{Answer, Router};

/// More than a pipe holds.
pub(crate) const FULL: usize = 256 * 1024;

/// Waits until nothing more fits into the pipe.
#[track_caller]
pub(crate) fn until_full(reader: &PipeReader) {
    let began = Instant::now();
    let mut last = 0;
    loop {
        let held = rustix::io::ioctl_fionread(reader).expect("a pipe");
        // A writer that is not blocked would have written more meanwhile.
        if held > 0 && held == last {
            return;
        }
        last = held;
        assert!(began.elapsed() < LIMIT, "the pipe holds {held} bytes");
        thread::sleep(Duration::from_millis(200));
    }
}

fn never_blocks(stream: impl rustix::fd::AsFd) {
    let flags = fcntl_getfl(&stream).expect("its flags");
    fcntl_setfl(&stream, flags | OFlags::NONBLOCK).expect("no blocking");
}

/// A page of agents that does not fit into a pipe.
fn much() -> String {
    let agent = |n| format!(r#"{{"id":"agt_{n:05}","name":"{}"}}"#, "x".repeat(200));
    let agents: Vec<_> = (0..3000).map(agent).collect();
    format!(r#"{{"data":[{}],"has_more":false}}"#, agents.join(","))
}

#[test]
fn first_signal_ends_blocked_output() {
    let (live, feed) = Live::feed();
    let event = format!("data: {{\"note\":\"{}\"}}\n\n", "y".repeat(2000));
    live.repeats(event, 1000);
    let router = Routes::new()
        .on("GET /management/agents", [Answer::json(200, much())])
        .on(
            "GET /exec/executions/ex_1/raw",
            [Answer::new(200, "text/plain", "x".repeat(4 * FULL))],
        )
        .on(STREAM, [feed])
        .start();
    for line in [
        "agents",
        "agents -o json",
        "agents --all -o ndjson",
        "exec raw ex_1",
    ] {
        for (signal, number) in SIGNALS {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            let home = router.home();
            let running = Running::start_into(&mut command(&home, line), writer);
            until_full(&reader);
            running.signal(signal);
            running.end().dies_by(number);
        }
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let line = "exec stream -o ndjson";
    let running = Running::start_into(&mut command(&router.home(), line), writer);
    until_full(&reader);
    running.signal("INT");
    running.end().dies_by(SIGNALS[0].1);
    live.breaks();
}

#[test]
fn first_signal_ends_blocked_messages() {
    let router = Routes::new()
        .on(
            "GET /exec/executions/ex_1/raw",
            [Answer::new(200, "text/plain", "x".repeat(4 * FULL))],
        )
        .start();
    for (signal, number) in SIGNALS {
        let home = router.home();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut both = script(&home, r#"exec "$X" exec raw ex_1 2>&1"#);
        let running = Running::start_into(&mut both, writer);
        until_full(&reader);
        running.signal(signal);
        running.end().dies_by(number);
    }
}

#[test]
fn nonblocking_output_is_complete() {
    let text = much();
    let router = Router::rules({
        let text = text.clone();
        move |_| Answer::json(200, text.clone())
    });
    for line in ["agents -o json", "api GET /management/agents -o json"] {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        never_blocks(&writer);
        let running = Running::start_into(&mut command(&router.home(), line), writer);
        until_full(&reader);
        let mut read = String::new();
        reader.read_to_string(&mut read).expect("text");
        running.end().exits(0).says_nothing();
        assert_eq!(read.trim_end(), text, "{line}");
    }
}

#[test]
fn nonblocking_input_is_awaited() {
    let router = Router::rules(|_| Answer::json(200, "{}"));
    for (line, sent) in [
        ("agents agt_1 --api-key-file -", "xero_piped_key\n"),
        ("api POST /a --input -", "{\"a\":1}"),
    ] {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        never_blocks(&reader);
        let home = router.home();
        let mut command = command(&home, line);
        let running = Running::start(command.stdin(reader));
        // It would fail at once.
        thread::sleep(Duration::from_millis(300));
        writer.write_all(sent.as_bytes()).expect("a reader");
        drop(writer);
        running.end().exits(0);
    }
    let asked = router.asked();
    assert_eq!(
        asked[0].header("authorization"),
        Some("Bearer xero_piped_key")
    );
    assert_eq!(asked[1].body, "{\"a\":1}");
}

#[cfg(target_os = "linux")]
#[test]
fn ignored_signals_stay_ignored() {
    for (signal, _) in SIGNALS {
        let held = Held::new();
        let text = format!(r#"trap '' {signal}; exec "$X" agents agt_1 -o json"#);
        let running = Running::start(&mut script(&held.home, &text));
        held.request();
        running.signal(signal);
        running.signal(signal);
        // Time for it to be noticed.
        thread::sleep(Duration::from_millis(200));
        held.answer(Answer::json(200, r#"{"id":"agt_1"}"#));
        let ended = running.end().exits(0).says_nothing();
        assert_eq!(ended.stdout, "{\"id\":\"agt_1\"}\n");
    }
}

#[test]
fn leaves_no_core_dump() {
    use std::os::unix::process::ExitStatusExt as _;
    let held = Held::new();
    let text = r#"ulimit -c unlimited 2>/dev/null; exec "$X" agents"#;
    let running = Running::start(&mut script(&held.home, text));
    held.request();
    let ended = running.end_by("QUIT").dies_by(3);
    assert!(!ended.status.core_dumped(), "{ended:#?}");
}
