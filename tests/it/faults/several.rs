//! One change to several agents: one result each, in the order given.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::Output;
use crate::support::router::{Answer, Router};

/// An agent's id and what is answered for it.
type Rule = (&'static str, fn() -> Answer);

/// A router that answers by the agent's id: what `answers` says of it, else success.
fn router<const N: usize>(answers: [Rule; N]) -> Router {
    Router::rules(move |asked| {
        let id = asked.target.split('/').nth(5).unwrap_or_default();
        let found = answers.iter().find(|(known, _)| *known == id);
        found.map_or_else(|| Answer::empty(204), |(_, answer)| answer())
    })
}

/// The rows that a line prints: id, result, code.
fn rows(output: &Output) -> Vec<[String; 3]> {
    let lines = output.stdout.lines().skip(1);
    lines
        .map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            [(); 3].map(|()| cells.next().unwrap_or_default())
        })
        .collect()
}

fn no_key() -> Answer {
    Answer::fault(401, "authentication_error")
}

fn no_scope() -> Answer {
    Answer::fault(403, "scope_insufficient")
}

fn unknown() -> Answer {
    Answer::fault(404, "agent_not_found")
}

#[test]
fn rejected_key_stops_the_rest() {
    for refused in [no_key, no_scope] as [fn() -> Answer; 2] {
        let router = router([("b", refused)]);
        let output = router
            .home()
            .run("agents pause-exec a b c d --concurrency 1");
        assert_eq!(
            (output.code, router.asked().len()),
            (15, 2),
            "{}",
            output.stderr
        );
        let results: Vec<String> = rows(&output)
            .iter()
            .map(|[id, result, _]| format!("{id} {result}"))
            .collect();
        assert_eq!(
            results,
            ["a paused", "b failed", "c not tried", "d not tried"]
        );
    }
}

#[test]
fn first_rejection_sets_the_exit_code() {
    let router = router([("a", no_key)]);
    let output = router.home().run("agents pause-exec a b --concurrency 1");
    assert_eq!(
        (output.code, router.asked().len()),
        (4, 1),
        "{}",
        output.stderr
    );
    let results: Vec<[String; 3]> = rows(&output);
    assert_eq!(results[1], ["b", "not tried", "-"]);
}

#[test]
fn common_failure_sets_the_exit_code() {
    let alike = router([("a", unknown), ("b", unknown)]);
    assert_eq!(alike.home().run("agents pause-exec a b").code, 5);
    let mixed = router([("a", unknown), ("b", || Answer::fault(409, "busy"))]);
    assert_eq!(mixed.home().run("agents pause-exec a b").code, 1);
    let some = router([("a", unknown)]);
    assert_eq!(some.home().run("agents pause-exec a b").code, 15);
}

#[test]
fn row_reports_unknown_outcome() {
    let router = router([
        ("b", || Answer::fault(500, "internal_error")),
        ("c", Answer::dropped),
    ]);
    let output = router.home().run("agents pause-exec a b c");
    assert_eq!(output.code, 15);
    assert_eq!(
        rows(&output),
        [
            ["a", "paused", "-"],
            ["b", "unknown", "internal_error"],
            ["c", "unknown", "unavailable"]
        ]
    );
    let json = router.home().run("agents pause-exec a b -o json").stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("a document");
    assert_eq!(
        json["data"][0],
        serde_json::json!({"id": "a", "ok": true, "reply": {}})
    );
    assert_eq!(json["data"][1]["ok"], false);
    assert_eq!(json["data"][1]["error"]["outcome"], "unknown");
}

#[test]
fn results_keep_the_order_without_duplicates() {
    // The first is answered last.
    let router = router([("c", || {
        std::thread::sleep(Duration::from_millis(200));
        Answer::empty(204)
    })]);
    let output = router.home().run("agents pause-exec c a b a c");
    let ids: Vec<String> = rows(&output).into_iter().map(|[id, ..]| id).collect();
    assert_eq!(ids, ["c", "a", "b"]);
    assert_eq!((output.code, router.asked().len()), (0, 3));
}

#[test]
fn duplicate_agent_is_shown_as_one() {
    let router = router([]);
    let output = router.home().run("agents pause-exec a a");
    assert_eq!(
        (output.stdout.as_str(), router.asked().len()),
        ("a\tpaused\n", 1)
    );
}

/// The most requests that were under way at a time, where each takes this long.
fn most_at_a_time(words: &str, each: Duration) -> usize {
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let seen = most.clone();
    let router = Router::rules(move |_| {
        let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(each);
        under_way.fetch_sub(1, Ordering::SeqCst);
        Answer::empty(204)
    });
    let ids: BTreeSet<String> = (10..22).map(|number| format!("a{number}")).collect();
    let ids = ids.into_iter().collect::<Vec<_>>().join(" ");
    let output = router
        .home()
        .run(&format!("agents pause-exec {ids} {words}"));
    assert_eq!(
        (output.code, router.asked().len()),
        (0, 12),
        "{}",
        output.stderr
    );
    most.load(Ordering::SeqCst)
}

#[test]
fn limits_parallel_requests() {
    // Long enough that all that may be under way are seen together on a busy machine too.
    let (short, long) = (Duration::from_millis(20), Duration::from_millis(250));
    assert_eq!(most_at_a_time("--concurrency 1", short), 1);
    assert_eq!(most_at_a_time("--concurrency 3", long), 3);
    assert_eq!(most_at_a_time("", long), 8, "eight unless said otherwise");
}

#[test]
fn throttled_request_is_retried() {
    let first = AtomicUsize::new(0);
    let router = Router::rules(move |asked| {
        if asked.target.contains("/a/") && first.fetch_add(1, Ordering::SeqCst) == 0 {
            Answer::fault(429, "rate_limit_exceeded")
        } else {
            Answer::empty(204)
        }
    });
    let output = router.home().run("agents pause-exec a b");
    assert_eq!(
        (output.code, router.asked().len()),
        (0, 3),
        "{}",
        output.stderr
    );
}

#[test]
fn only_common_failure_writes_an_error_object() {
    let some = router([("a", unknown)]);
    let output = some.home().run("agents pause-exec a b -o json");
    assert_eq!(output.code, 15);
    assert!(!output.stderr.contains("{\"error\""), "{}", output.stderr);
    let all = router([("a", unknown), ("b", unknown)]);
    let output = all.home().run("agents pause-exec a b -o json");
    assert_eq!(output.code, 5);
    let last = output.stderr.lines().last().unwrap_or_default();
    let error: serde_json::Value = serde_json::from_str(last).expect("the JSON line");
    assert_eq!(error["error"]["exit_code"], 5);
}
