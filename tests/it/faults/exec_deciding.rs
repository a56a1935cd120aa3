//! `approvals watch --interactive`: the input decides only on the approval that was shown.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Output;
use crate::support::exec::line;
use crate::support::router::{Answer, Router};

/// A router where these approvals wait: their risks, in the order in which they are shown. `changed` is what the
/// approval says when it is read a second time.
fn waiting(risks: &'static [&'static str], changed: Option<&'static str>) -> Router {
    let approval = |n: usize, args: &str| {
        let risk = risks[n];
        format!(
            r#"{{"id":"apr_{n}","status":"pending","risk":"{risk}","tool_name":"t","args":{args},"created_at":"2026-11-22T11:{n:02}:00Z"}}"#
        )
    };
    let looks = AtomicUsize::new(0);
    Router::rules(move |asked| {
        let line = line(asked);
        if line == "GET /exec/approvals" {
            let all: Vec<String> = (0..risks.len()).map(|n| approval(n, "{\"a\":1}")).collect();
            return Answer::json(200, format!(r#"{{"data":[{}]}}"#, all.join(",")));
        }
        let number = (0..risks.len()).find(|n| line.contains(&format!("/apr_{n}")));
        match (asked.method.as_str(), number) {
            ("POST", Some(1)) => Answer::fault(409, "approval_not_pending"),
            ("POST", Some(_)) => Answer::json(200, "{}"),
            ("GET", Some(n)) => {
                let again = looks.fetch_add(1, Ordering::Relaxed) > 0;
                let args = changed.filter(|_| again).unwrap_or("{\"a\":1}");
                Answer::json(200, approval(n, args))
            }
            _ => Answer::fault(404, "route_not_found"),
        }
    })
}

fn decide(router: &Router, typed: &str) -> Output {
    let line = "approvals watch --interactive --timeout 2s --color never";
    router.home().run_on_terminal(typed, line)
}

/// What was sent to decide: the path and the body.
fn sent(router: &Router) -> Vec<(String, String)> {
    let posts = router
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "POST");
    posts
        .map(|asked| {
            (
                line(&asked).replace("POST /exec/approvals/", ""),
                asked.body,
            )
        })
        .collect()
}

#[test]
fn each_is_decided_by_a_r_or_s() {
    let router = waiting(&["write", "write", "read", "destructive"], None);
    // The second one was decided by somebody else meanwhile: that is reported, and the next one comes.
    let output = decide(&router, "a\nr\ns\nr\n");
    assert_eq!(output.code, 14, "{}", output.whole());
    assert_eq!(
        sent(&router),
        [
            ("apr_0/approve".to_owned(), "{}".to_owned()),
            ("apr_1/reject".to_owned(), "{}".to_owned()),
            ("apr_3/reject".to_owned(), "{}".to_owned()),
        ]
    );
    let questions = output
        .stderr
        .matches("[a]pprove, [r]eject or [s]kip? ")
        .count();
    assert_eq!(questions, 4, "{}", output.whole());
    assert!(
        output.stderr.contains("approval_not_pending"),
        "{}",
        output.whole()
    );
    assert!(
        output.stderr.contains("skipped apr_2"),
        "{}",
        output.whole()
    );
    assert!(
        output.stdout.contains("Approved apr_0."),
        "{}",
        output.whole()
    );
}

#[test]
fn irreversible_also_needs_the_tool_name() {
    let typed = [
        ("a\nt\n", true),
        ("a\ny\n", false),
        ("a\n\n", false),
        ("a\nT\n", false),
    ];
    std::thread::scope(|scope| {
        for (typed, approved) in typed {
            scope.spawn(move || {
                let router = waiting(&["irreversible"], None);
                let output = decide(&router, typed);
                assert_eq!(output.code, 14, "{}", output.whole());
                let expected = [("apr_0/approve".to_owned(), r#"{"confirm":"t"}"#.to_owned())];
                let expected = if approved { &expected[..] } else { &[] };
                assert_eq!(sent(&router), expected, "{typed:?}: {}", output.whole());
            });
        }
    });
}

#[test]
fn changed_approval_is_not_approved() {
    let router = waiting(&["write"], Some("{\"a\":2}"));
    let output = decide(&router, "a\n");
    assert_eq!(output.code, 14, "{}", output.whole());
    assert_eq!(sent(&router), []);
    assert!(
        output.stderr.contains("nothing was approved"),
        "{}",
        output.whole()
    );
}

#[test]
fn other_words_skip() {
    std::thread::scope(|scope| {
        for word in ["", "x", "y", "approve it", "aa"] {
            scope.spawn(move || {
                let router = waiting(&["read"], None);
                let output = decide(&router, &format!("{word}\n"));
                assert_eq!(sent(&router), [], "{word:?}: {}", output.whole());
                assert_eq!(output.code, 14, "{word:?}: {}", output.whole());
            });
        }
    });
}

#[test]
fn end_of_input_decides_nothing_and_exits_16() {
    let router = waiting(&["read", "read"], None);
    let output = decide(&router, "");
    assert_eq!(output.code, 16, "{}", output.whole());
    assert_eq!(sent(&router), []);
}

#[test]
fn disabled_prompts_exit_2_and_read_nothing() {
    let router = Router::unasked();
    let home = router.home();
    let line = "approvals watch --interactive --risk write";
    let outputs = [
        home.run(line),
        home.run_on_terminal("a\n", &format!("{line} -o json")),
        home.run_on_terminal("a\n", &format!("{line} --no-input")),
    ];
    for output in outputs {
        assert_eq!(output.code, 2, "{}", output.whole());
        let next = "xeroctl approvals watch --risk write";
        assert!(output.stderr.contains(next), "{}", output.whole());
    }
    assert_eq!(router.lines(), [""; 0]);
}
