//! Endless commands with `--timeout`: they exit with 14, the run continues, and the command to continue is printed.

use crate::cli::shown::{FORMATS, named, sandbox, terminal, transcript};
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};

const RUNNING: &str = "5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10";
const WAITS: &str = "1012f037-b64c-4422-8c38-fb2918f135d2";

/// A command line with a limit of half a second, off a terminal.
fn given_up(home: &Home, line: &str) -> Output {
    let run = home.run(&format!("{line} --timeout 500ms"));
    assert_eq!(run.code, 14, "{line}: {}", run.stderr);
    run
}

/// A command line with a limit of half a second on a terminal, without what the live line showed meanwhile.
fn on_terminal(line: &str) -> Output {
    let home = sandbox();
    let run = home.run_on(
        terminal(100),
        "",
        &format!("{line} --timeout 500ms --color never"),
    );
    assert_eq!(run.code, 14, "{line}: {}", run.stderr);
    let stderr = named(&run.stderr, &[("[⣾⣽⣻⢿⡿⣟⣯⣷] [^\\n]*\\u{1b}\\[K", "LIVE\n")]);
    Output { stderr, ..run }
}

#[test]
fn watch_in_each_format() {
    let runs = FORMATS.map(|format| {
        let line = format!("exec watch {RUNNING} -o {format}");
        given_up(&sandbox(), &line)
    });
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn watch_of_pending_approval() {
    insta::assert_snapshot!(transcript(&[
        given_up(&sandbox(), &format!("exec watch {WAITS}")),
        on_terminal(&format!("exec watch {WAITS}")),
        on_terminal(&format!("exec watch {RUNNING} -o json")),
    ]));
}

#[test]
fn invoke_with_wait() {
    let gated = "exec invoke --workspace ws_team_a --tool sandbox_gate --args '{}' --wait";
    let runs = ["", "-o json", "-o name", "--raw"]
        .map(|words| given_up(&sandbox(), &format!("{gated} {words}")));
    let shown = named(
        &transcript(&runs),
        &[
            (
                r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
                "UUID",
            ),
            (r"apr_[0-9a-z]{16}", "apr_NEW"),
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn pending_approvals_in_each_format() {
    let mut runs: Vec<Output> = FORMATS
        .into_iter()
        .map(|format| given_up(&sandbox(), &format!("approvals watch -o {format}")))
        .collect();
    runs.push(given_up(
        &sandbox(),
        "approvals watch --risk write --no-headers",
    ));
    runs.push(on_terminal("approvals watch --risk irreversible"));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn stream_in_each_format() {
    let runs = FORMATS.map(|format| given_up(&sandbox(), &format!("exec stream -o {format}")));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn bell_rings_once_per_batch_on_terminals() {
    let line = "approvals watch --bell";
    let off = given_up(&sandbox(), line);
    assert!(!(off.stdout + &off.stderr).contains('\u{7}'));
    let on = on_terminal(line);
    assert_eq!((on.stdout + &on.stderr).matches('\u{7}').count(), 1);
    let silent = on_terminal("approvals watch");
    assert!(!(silent.stdout + &silent.stderr).contains('\u{7}'));
}

#[test]
fn interactive_watch_requires_prompts() {
    let router = Router::unasked();
    let home = router.home();
    let line = "approvals watch --interactive --risk write";
    let runs = [
        home.run(line),
        home.run_on(
            terminal(80),
            "a\n",
            &format!("{line} --no-input --color never"),
        ),
        home.run_on(
            terminal(80),
            "a\n",
            &format!("{line} -o ndjson --color never"),
        ),
    ];
    assert_eq!(router.lines(), [""; 0]);
    let shown = named(&transcript(&runs), &[(r#""at":"[^"]+""#, r#""at":"TIME""#)]);
    insta::assert_snapshot!(shown);
}

#[test]
fn interactive_watch_requires_tool_name_if_irreversible() {
    // The first question is about what can't be undone: `a` alone asks for the name; the end of input ends it all.
    let home = sandbox();
    let on = |input: &str| {
        let line = "approvals watch --interactive --risk irreversible --timeout 3s --color never";
        home.run_on(terminal(100), input, line)
    };
    let state = || {
        let shown = home
            .run("approvals show apr_dvyrkttnjfbf5jxv -o json")
            .stdout;
        let value: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        value["status"].clone()
    };
    for input in [
        "a\n",
        "a\ny\n",
        "a\na\n",
        "a\nyes\nx\n",
        "approve\n\n",
        "A\n",
        "",
    ] {
        let run = on(input);
        assert_ne!(run.code, 0, "{input:?}: {}", run.stderr);
        assert_eq!(state(), "pending", "{input:?}: {}", run.stderr);
    }
    let approved = on("a\nopenstack_server_stop\n");
    assert_eq!(approved.code, 16, "{}", approved.stderr);
    assert_eq!(state(), "approved", "{}", approved.stderr);
}

#[test]
fn interactive_watch_approves_only_what_was_shown() {
    // Between the prompt and the answer the router changes its mind: nothing is sent.
    let of = |args: &str| {
        format!(
            r#"{{"id":"a","status":"pending","risk":"write","tool_name":"t","workspace_id":"w","args":{args}}}"#
        )
    };
    let (seen, other) = (of(r#"{"n":1}"#), of(r#"{"n":1.0}"#));
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let router = Router::rules(move |asked| {
        if asked.target.contains("/stream") || asked.target.contains("/tools/") {
            Answer::fault(404, "not_found_error")
        } else if asked.target.ends_with("/approvals/a") {
            let first = looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            Answer::json(200, if first { &seen } else { &other }.clone())
        } else if asked.method == "POST" {
            Answer::json(200, "{}")
        } else {
            // The list tells less than the approval itself.
            let listed = r#"{"data":[{"id":"a","status":"pending"}]}"#;
            Answer::json(200, listed)
        }
    });
    let line = "approvals watch --interactive --timeout 2s --color never";
    let run = router.home().run_on(terminal(100), "a\n", line);
    assert!(
        run.stderr.contains("nothing was approved"),
        "{}",
        run.stderr
    );
    let sent = router.lines().iter().any(|line| line.starts_with("POST"));
    assert!(!sent, "{:?}", router.lines());
}
