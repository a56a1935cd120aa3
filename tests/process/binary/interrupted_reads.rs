//! SIGINT, SIGTERM, SIGHUP, and SIGQUIT during a read: the process ends immediately by the signal.

use crate::binary::page;
use crate::support::held::Held;
use crate::support::process::{Running, SIGINT, SIGNALS, command};
use crate::support::router::Answer;

#[test]
fn signal_ends_a_read_immediately() {
    for line in [
        "agents",
        "agents -o json --all",
        "agents agt_abc123",
        "agents agt_abc123 --events",
        "join-keys",
    ] {
        for (signal, number) in SIGNALS {
            let held = Held::new();
            let running = Running::start(&mut command(&held.home, line));
            held.request();
            let ended = running.end_by(signal).dies_by(number);
            assert_eq!(ended.stdout, "", "{line}");
        }
    }
}

#[test]
fn signal_ends_a_retry_delay_immediately() {
    let held = Held::new();
    let running = Running::start(&mut command(&held.home, "agents"));
    held.request();
    held.answer(Answer::fault(503, "busy").header("Retry-After", "50"));
    running.wait_for_error("50s");
    running.end_by("INT").dies_by(SIGINT);
}

#[test]
fn interrupted_list_is_closed_and_prints_continuation() {
    for (signal, number) in SIGNALS {
        let held = Held::new();
        let line = "agents --all -o json";
        let running = Running::start(&mut command(&held.home, line));
        held.request();
        held.answer(page("agt_1"));
        let second = held.request();
        assert!(second.target.contains("after=agt_1"), "{second:?}");
        let ended = running.end_by(signal).dies_by(number);
        let document = ended.json();
        assert_eq!(document["data"][0]["id"], "agt_1");
        assert_eq!(document["last_id"], "agt_1");
        assert_eq!(document["has_more"], true);
        ended.says("xeroctl agents --all -o json --after agt_1");
    }
}

#[test]
fn interrupted_list_keeps_printed_records() {
    for (format, written) in [
        ("ndjson", "{\"id\":\"agt_1\"}\n"),
        ("name", "agt_1\n"),
        (
            "table",
            "ID\tNAME\tWORKER_ID\tSTATUS\tREGION\tLAST_HEARTBEAT\nagt_1\t-\t-\t-\t-\t-\n",
        ),
    ] {
        let held = Held::new();
        let line = format!("agents --all -o {format}");
        let running = Running::start(&mut command(&held.home, &line));
        held.request();
        held.answer(page("agt_1"));
        held.request();
        let ended = running.end_by("INT").dies_by(SIGINT);
        assert_eq!(ended.stdout, written);
        ended.says("--after agt_1");
    }
}

#[test]
fn interrupted_read_prints_a_json_error_if_requested() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let held = Held::new();
        let line = "agents agt_1 -o json";
        let running = Running::start(&mut command(&held.home, line));
        held.request();
        let ended = running.end_by(signal);
        let last = ended.stderr.lines().last().expect("an error");
        let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
        assert_eq!(error["error"]["code"], "interrupted", "{last}");
        assert_eq!(error["error"]["exit_code"], code, "{last}");
    }
}
