//! Server text in messages: limited in length, and never where it looks like a line of this program.

use serde_json::{Value, json};

use crate::cli::shown::terminal;
use crate::support::router::{Answer, Router};

/// The most that an error may print.
const MOST: usize = 8 * 1024;

#[test]
fn cuts_long_error_messages() {
    let long = "z".repeat(300_000);
    let body = json!({"error": {"message": long, "code": long, "type": long, "param": long}});
    let squads =
        json!({"error": long, "code": "word", "details": [{"path": [long], "message": long}]});
    for body in [
        body.to_string(),
        squads.to_string(),
        format!("<html>{long}"),
    ] {
        let router = Router::rules(move |_| {
            Answer::json(400, body.as_str()).header("X-Request-ID", &"y".repeat(6000))
        });
        for line in [
            "agents",
            "agents -o json",
            "agents agt_1 --delete --force",
            "agents pause-exec a b -o csv",
        ] {
            let run = router.home().run(line);
            assert_ne!(run.code, 0, "{line}");
            let length = run.stderr.len().max(run.stdout.len());
            assert!(length < 2 * MOST, "{line}: {length} bytes");
            assert!(!run.stderr.contains(&"y".repeat(300)), "{line}");
        }
    }
    let body = json!({"error": {"message": "z".repeat(5_000_000)}}).to_string();
    let router = Router::rules(move |_| Answer::json(400, body.as_str()));
    let run = router.home().run("agents -o json");
    assert!(run.stderr.contains("z… (4 MB more)"), "{}", run.stderr);
    let last = run.stderr.lines().last().expect("a line");
    let error: Value = serde_json::from_str(last).expect("JSON");
    let message = error["error"]["message"].as_str().expect("a message");
    assert!(message.ends_with(" MB more)"), "{message}");
}

#[test]
fn limits_the_number_of_details() {
    let issues: Vec<Value> = (0..100_000)
        .map(|n| json!({"path": [n], "message": "bad"}))
        .collect();
    let body = json!({"error": "bad", "details": issues}).to_string();
    let router = Router::rules(move |_| Answer::json(400, body.as_str()));
    let run = router.home().run("agents");
    assert!(
        run.stderr.lines().count() < 60,
        "{}",
        run.stderr.lines().count()
    );
}

#[test]
fn server_text_never_starts_a_terminal_line() {
    for filler in [
        "x".repeat(40),
        "日".repeat(20),
        " ".repeat(40),
        "a ".repeat(20),
    ] {
        for shift in (0..80).step_by(3) {
            let message = format!(
                "{}{filler}error: forged\nerror: forged\rerror: forged",
                "y".repeat(shift)
            );
            let body = json!({"error": {"message": message, "param": message}}).to_string();
            let router = Router::rules(move |_| Answer::json(400, body.as_str()));
            let run = router
                .home()
                .run_on(terminal(60), "", "agents --color never");
            let mut errors = run.stderr.lines().filter(|line| line.starts_with("error:"));
            assert_eq!(errors.clone().count(), 1, "{}", run.stderr);
            assert!(!errors.any(|line| line.starts_with("error: forged")));
            for line in run
                .stderr
                .lines()
                .filter(|line| !line.starts_with("hint: "))
            {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= 60, "{line}");
            }
        }
    }
}

#[test]
fn masks_and_cuts_redirect_targets() {
    let to = format!(
        "https://u:s3cr3t@h/x?token=s3cr3t&a=s3cr3t#{}",
        "z".repeat(3000)
    );
    let router = Router::rules(move |_| Answer::empty(302).header("Location", &to));
    let run = router.home().run("agents -vv");
    assert_eq!(run.code, 17);
    assert!(
        run.stderr.contains("https://***@h/x?token=***&a=***#***"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("s3cr3t"), "{}", run.stderr);
    let hint = run
        .stderr
        .lines()
        .find(|line| line.starts_with("hint: redirects"));
    assert!(hint.is_some_and(|hint| hint.len() < 600), "{hint:?}");
}

#[test]
fn warns_about_html_instead_of_json() {
    let page = "<html>sign in</html>\n";
    let router = Router::rules(move |_| Answer::new(200, "text/html; charset=utf-8", page));
    for line in [
        "api POST /x -f a=b",
        "api GET /x",
        "api PUT /x -f a=b -o json",
        "api DELETE /x --force",
    ] {
        let run = router.home().run(line);
        assert_eq!((run.code, run.stdout.as_str()), (0, page), "{line}");
        let warning =
            "warning: the response is an HTML page, perhaps from a proxy; printed unchanged\n";
        assert_eq!(run.stderr, warning, "{line}");
    }
}

#[test]
fn cuts_long_warnings() {
    let (ui, written) =
        xeroctl::ui::Ui::memory(xeroctl::ui::Terminals::default(), crate::support::noon, "");
    ui.warn(&format!("unknown status {}", "z".repeat(1_000_000)));
    let (_, shown) = written.texts();
    assert!(shown.len() < MOST, "{}", shown.len());
    assert!(shown.ends_with(" kB more)\n"), "{shown}");
}
