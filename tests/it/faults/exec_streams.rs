//! `exec stream` and `approvals watch`: every event is printed as it happens, exactly once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::exec::{Routes, STREAM, asked_of};
use crate::support::live::{Live, event};
use crate::support::router::{Answer, KEY, Router, nobody};
use crate::support::{Home, Output, SCALE};

const FIRST: &str = "2026-11-22T12:00:00Z\texec.dispatched\tinv_1\tt\tws_1\trunning\n";
const SECOND: &str = "2026-11-22T12:00:00Z\texec.completed\tinv_1\tt\tws_1\tcompleted\n";
const HEADER: &str = "TIME\tEVENT\tINVOCATION\tTOOL\tWORKSPACE\tSTATUS\n";

fn first() -> String {
    event("1", "exec.dispatched", "inv_1", "running")
}

fn second() -> String {
    event("2", "exec.completed", "inv_1", "completed")
}

/// Follows a feed that sends this text and stays open, until the timeout.
fn follow(text: &str, options: &str) -> Output {
    let (live, feed) = Live::feed();
    live.sends(text);
    let router = Routes::new().on(STREAM, [feed]).start();
    let line = format!("exec stream --timeout 1s {options}");
    let output = router.home().run(&line);
    assert_eq!(output.code, 14, "{}", output.whole());
    let next = format!("continue watching: xeroctl {line}");
    assert!(
        output.stderr.contains(next.trim_end()),
        "{}",
        output.whole()
    );
    assert!(!output.stderr.contains("\"error\""), "{}", output.whole());
    live.breaks();
    output
}

#[test]
fn events_in_each_format_until_the_timeout() {
    let data = |state: &str| {
        format!(
            r#"{{"invocation_id":"inv_1","tool_name":"t","workspace_id":"ws_1","status":"{state}"}}"#
        )
    };
    let documents = [
        format!(
            r#"{{"id":"1","event":"exec.dispatched","data":{}}}"#,
            data("running")
        ),
        format!(
            r#"{{"id":"2","event":"exec.completed","data":{}}}"#,
            data("completed")
        ),
    ];
    let expected = [
        ("", format!("{HEADER}{FIRST}{SECOND}")),
        ("--no-headers", format!("{FIRST}{SECOND}")),
        (
            "-o csv",
            format!("{HEADER}{FIRST}{SECOND}").replace('\t', ","),
        ),
        ("-o name", "inv_1\ninv_1\n".to_owned()),
        ("-o ndjson", documents.join("\n") + "\n"),
        (
            "-o json",
            format!("{{\"data\":[\n{}\n]}}\n", documents.join(",\n")),
        ),
    ];
    std::thread::scope(|scope| {
        for (options, stdout) in expected {
            scope.spawn(move || {
                let output = follow(&(first() + ": beat\n\n" + &second()), options);
                assert_eq!(output.stdout, stdout, "{}", output.whole());
            });
        }
        scope.spawn(|| {
            let output = follow(": nothing\n\n", "-o json");
            let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
            assert_eq!(document, serde_json::json!({ "data": [] }));
        });
    });
}

#[test]
fn unusual_events_are_one_line_each() {
    let odd = "data: no JSON \u{1b}[31m\n\nid: 9\nevent: a\tb\u{7}\ndata: {\"invocation_id\":\"x\\ny\",\ndata: \"status\":5}\n\ndata: [1.0]\n\n";
    let output = follow(odd, "");
    assert_eq!(output.stdout.lines().count(), 4, "{}", output.whole());
    assert!(
        !output.stdout.contains(['\u{1b}', '\u{7}']),
        "{}",
        output.whole()
    );
    let output = follow(odd, "-o ndjson");
    let documents = output.stdout.lines().map(|line| {
        let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
        (document["id"].clone(), document["data"].clone())
    });
    let documents: Vec<_> = documents.collect();
    assert_eq!(documents.len(), 3, "{}", output.whole());
    assert_eq!(documents[0].1, "no JSON \u{1b}[31m");
    assert_eq!(documents[1].0, "9");
    assert_eq!(documents[1].1["invocation_id"], "x\ny");
    assert!(output.stdout.contains("[1.0]"), "{}", output.whole());
}

#[test]
fn router_without_stream_is_an_error() {
    for (answer, code) in [
        (Answer::fault(404, "route_not_found"), 5),
        (Answer::empty(404), 17),
        (Answer::fault(401, "authentication_error"), 4),
        (Answer::fault(403, "scope_insufficient"), 4),
        (Answer::new(200, "text/html", "<h1>events</h1>"), 17),
        (Answer::json(200, "{}"), 17),
        (Answer::empty(204), 17),
    ] {
        let what = format!("{answer:?}");
        for format in ["", "-o json", "-o ndjson"] {
            let router = Routes::new().on(STREAM, [answer.clone()]).start();
            let output = router.home().run(&format!("exec stream {format}"));
            assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{what}");
            let last = output.stderr.lines().last().unwrap_or_default();
            assert_eq!(last.starts_with("{\"error\""), !format.is_empty(), "{what}");
        }
    }
}

#[test]
fn failed_first_connection_is_an_error() {
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &nobody())
        .with("XEROCTL_API_KEY", KEY);
    for line in ["exec stream", "approvals watch"] {
        let output = home.run(line);
        assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{line}");
    }
}

#[test]
fn stream_resumes_and_prints_events_once() {
    let (live, feed) = Live::feed();
    live.sends(second());
    let router = Routes::new()
        .on(STREAM, [Live::broken(&first()), Answer::empty(503), feed])
        .start();
    let output = router.home().run("exec stream --timeout 2s");
    assert_eq!(output.code, 14, "{}", output.whole());
    // After a reconnect, an event may have been sent before: its arrival says nothing about its time.
    let replayed = SECOND.replacen("2026-11-22T12:00:00Z", "-", 1);
    assert_eq!(output.stdout, format!("{HEADER}{FIRST}{replayed}"));
    let asked = asked_of(&router, STREAM);
    let last = |index: usize| asked[index].header("last-event-id");
    assert_eq!((asked.len(), last(0)), (3, None));
    assert_eq!((last(1), last(2)), (Some("1"), Some("1")));
    live.breaks();
}

#[test]
fn ended_stream_closes_the_document_with_an_error() {
    for gone in [Answer::fault(404, "gone"), Answer::json(200, "{}")] {
        let router = Routes::new()
            .on(STREAM, [Live::broken(&first()), gone])
            .start();
        let output = router.home().run("exec stream -o json");
        assert!([5, 17].contains(&output.code), "{}", output.whole());
        let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(document["data"].as_array().map(Vec::len), Some(1));
        let last = output.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("{\"error\""), "{}", output.whole());
    }
}

#[test]
fn dry_run_opens_no_stream() {
    let router = Router::unasked();
    for (line, path) in [
        ("exec stream", "/exec/executions/stream"),
        ("approvals watch --risk write", "/exec/approvals?risk=write"),
    ] {
        let output = router.home().run(&format!("{line} --dry-run"));
        assert_eq!(output.code, 0, "{}", output.whole());
        assert!(output.stdout.contains(path), "{}", output.whole());
    }
    assert_eq!(router.lines(), [""; 0]);
}

const LIST: &str = "GET /exec/approvals";

/// A page with these approvals: id, state, and the minute at which it was asked for.
fn page(approvals: &[(&str, &str, u32)]) -> Answer {
    let item = |(id, status, minute): &(&str, &str, u32)| {
        format!(
            r#"{{"id":"{id}","status":"{status}","risk":"write","tool_name":"t","created_at":"2026-11-22T11:{minute:02}:00Z"}}"#
        )
    };
    let items: Vec<String> = approvals.iter().map(item).collect();
    let items = items.join(",");
    Answer::json(200, format!(r#"{{"data":[{items}],"has_more":false}}"#))
}

#[test]
fn watch_prints_pending_then_new_approvals() {
    let pages = || {
        [
            page(&[
                ("b", "pending", 2),
                ("a", "pending", 1),
                ("x", "approved", 0),
            ]),
            page(&[("b", "pending", 2), ("a", "approved", 1)]),
            Answer::empty(503),
            Answer::empty(503),
            Answer::empty(503),
            Answer::empty(503),
            page(&[("c", "pending", 3), ("b", "pending", 2), ("y", "melted", 3)]),
        ]
    };
    std::thread::scope(|scope| {
        for (options, stdout) in [
            ("-o name", "a\nb\nc\n".to_owned()),
            (
                "",
                ["a", "b", "c"].iter().zip(1..).fold(
                    "ID\tStatus\tRisk\tTool\tCreated\n".to_owned(),
                    |rows, (id, minute)| {
                        format!("{rows}{id}\tpending\twrite\tt\t2026-11-22T11:0{minute}:00Z\n")
                    },
                ),
            ),
        ] {
            scope.spawn(move || {
                let router = Routes::new().on(LIST, pages()).start();
                let line = format!("approvals watch --interval 500ms --timeout 2s {options}");
                let output = router.home().run(&line);
                assert_eq!(output.code, 14, "{}", output.whole());
                assert_eq!(output.stdout, stdout, "{}", output.whole());
                let told = output.stderr.matches("still trying").count();
                assert_eq!(told, 1, "{}", output.whole());
            });
        }
    });
}

#[test]
fn approval_event_triggers_a_poll() {
    let (live, feed) = Live::feed();
    let nothing = || page(&[]);
    let router = Routes::new()
        .on(LIST, [nothing(), nothing(), page(&[("a", "pending", 1)])])
        .on(STREAM, [feed])
        .first(LIST)
        .at(LIST, 2, move || {
            live.event("1", "exec.completed", "inv_9", "completed");
            live.event("2", "exec.approval_requested", "inv_1", "pending_approval");
        })
        .start();
    let line = "approvals watch --risk write --timeout 3s -o json";
    let began = Instant::now();
    let output = router.home().in_real_time().run(line);
    assert!(began.elapsed() < Duration::from_secs(6));
    assert_eq!(output.code, 14, "{}", output.whole());
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["data"][0]["id"], "a", "{}", output.whole());
    let asked = asked_of(&router, LIST);
    assert_eq!(asked.len(), 3, "{}", output.whole());
    assert!(
        asked
            .iter()
            .all(|asked| asked.target.contains("risk=write"))
    );
}

#[test]
fn approval_is_printed_once_under_any_identifier() {
    let members = [
        r#""approval_id":"apr_1""#,
        r#""id":7"#,
        r#""key":"k","invocation_id":"inv_1""#,
        r#""key":"k","tool_name":"t","args":{"n":1},"created_at":1795348795"#,
        r#""key":"k""#,
    ];
    std::thread::scope(|scope| {
        for members in members {
            scope.spawn(move || {
                let body = format!(r#"{{"data":[{{{members},"status":"pending"}}]}}"#);
                let router = Routes::new().on(LIST, [Answer::json(200, body)]).start();
                let line = "approvals watch --interval 500ms --timeout 3s -o ndjson";
                let output = router.home().run(line);
                assert_eq!(output.code, 14, "{}", output.whole());
                assert_eq!(output.stdout.lines().count(), 1, "{}", output.whole());
                assert!(asked_of(&router, LIST).len() > 2, "{members}");
            });
        }
    });
}

/// A router with so many decided approvals, oldest or newest first, and one more that waits from the third look on.
fn long_list(count: usize, newest_first: bool) -> Router {
    let heads = std::sync::atomic::AtomicUsize::new(0);
    Router::rules(move |asked| {
        if crate::support::exec::line(asked) != LIST {
            return Answer::empty(404);
        }
        let after = asked.target.split("after=apr_").nth(1);
        let looks = match after {
            None => heads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1,
            Some(_) => heads.load(std::sync::atomic::Ordering::SeqCst),
        };
        let mut numbers: Vec<usize> = (0..count + usize::from(looks > 2)).collect();
        if newest_first {
            numbers.reverse();
        }
        let after: Option<usize> = after.and_then(|after| after.split('&').next()?.parse().ok());
        let begin = after.and_then(|after| numbers.iter().position(|number| *number == after));
        let rest = &numbers[begin.map_or(0, |begin| begin + 1)..];
        let items = rest.iter().take(100).map(|number| {
            let status = if *number == count {
                "pending"
            } else {
                "approved"
            };
            format!(r#"{{"id":"apr_{number}","status":"{status}"}}"#)
        });
        let items = items.collect::<Vec<_>>().join(",");
        let more = rest.len() > 100;
        Answer::json(200, format!(r#"{{"data":[{items}],"has_more":{more}}}"#))
    })
}

#[test]
fn long_list_takes_few_requests() {
    std::thread::scope(|scope| {
        for newest_first in [true, false] {
            scope.spawn(move || {
                let router = long_list(3_000, newest_first);
                let line = "approvals watch --interval 500ms --timeout 4s -o name";
                let output = router.home().run(line);
                assert_eq!(output.code, 14, "{}", output.whole());
                assert_eq!(
                    output.stdout,
                    "apr_3000
",
                    "{newest_first}"
                );
                let asked = asked_of(&router, LIST);
                let heads =
                    |asked: &&crate::support::router::Asked| !asked.target.contains("after");
                let looks = asked.iter().filter(heads).count();
                assert!(looks > 3, "{looks}");
                // All pages at first, and then no more than three at a time.
                assert!(
                    asked.len() <= 30 + 3 * looks,
                    "{} for {looks}: {:?}",
                    asked.len(),
                    router.lines()
                );
            });
        }
    });
}

#[test]
fn unreadable_first_list_is_an_error() {
    for (answer, code) in [
        (Answer::fault(401, "authentication_error"), 4),
        (Answer::fault(404, "project_not_found"), 5),
        (Answer::empty(503), 17),
    ] {
        let router = Routes::new().on(LIST, [answer]).start();
        let output = router.home().run("approvals watch -o json");
        assert_eq!((output.code, output.stdout.as_str()), (code, ""));
    }
    // And later, where it is for good.
    let answers = [
        page(&[("a", "pending", 1)]),
        Answer::fault(401, "authentication_error"),
    ];
    let router = Routes::new().on(LIST, answers).start();
    let output = router
        .home()
        .run("approvals watch -o json --interval 500ms");
    assert_eq!(output.code, 4, "{}", output.whole());
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["data"][0]["id"], "a");
}

#[test]
fn reconnection_time_is_kept_between_connections() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let seen = times.clone();
    let (live, feed) = Live::feed();
    let feeds = Mutex::new(vec![
        feed,
        Live::broken(": beat\n\n"),
        Live::broken("retry: 4000\n\n"),
    ]);
    let router = Router::rules(move |asked| {
        if crate::support::exec::line(asked) != STREAM {
            return Answer::empty(404);
        }
        seen.lock().expect("one test").push(Instant::now());
        let next = feeds.lock().expect("one test").pop();
        next.unwrap_or_else(|| Answer::empty(404))
    });
    let output = router.home().run("exec stream --timeout 3s");
    assert_eq!(output.code, 14, "{}", output.whole());
    let times = times.lock().expect("one test").clone();
    assert_eq!(times.len(), 3, "{}", output.whole());
    for pair in times.windows(2) {
        // At least half of it, by chance; without it there would be no more than a second.
        let between = (pair[1] - pair[0]) * SCALE;
        assert!(between >= Duration::from_secs(2), "{between:?}");
    }
    live.breaks();
}

#[test]
fn excessive_wait_does_not_end_the_watch() {
    for wait in ["99999999999999999999", "3600", "1e300"] {
        let busy = Answer::fault(429, "rate_limit_exceeded").header("Retry-After", wait);
        let answers = [page(&[("a", "pending", 1)]), busy];
        let router = Routes::new().on(LIST, answers).start();
        let line = "approvals watch --interval 500ms --timeout 1s -o name";
        let output = router.home().run(line);
        assert_eq!(
            (output.code, &*output.stdout),
            (14, "a\n"),
            "{}",
            output.whole()
        );
    }
}
