//! Remote text in tools, runs, learnings, and approvals can't control the terminal or mislead the reader.

use crate::cli::shown::{FORMATS, terminal, transcript};
use crate::support::Output;
use crate::support::router::{Answer, Asked, Router};
use xeroctl::ui::Terminals;

/// Text that steers terminals, deceives readers and breaks columns.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\u{8}\r\n\tb\u{7f}\u{85}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}e";

/// A router that gives the hostile text wherever text can stand.
fn hostile() -> Router {
    Router::rules(answer)
}

fn answer(asked: &Asked) -> Answer {
    let target = &asked.target;
    let text = serde_json::to_string(HOSTILE).expect("JSON");
    if target.contains("/bad") {
        let body = format!(
            r#"{{"error":{{"message":{text},"type":{text},"code":{text},"param":{text}}}}}"#
        );
        return Answer::json(409, body);
    }
    if target.ends_with("/raw") {
        return Answer::new(200, "text/plain", HOSTILE);
    }
    if target.contains("/stream") {
        return Answer::fault(404, "not_found_error");
    }
    Answer::json(200, document(target))
}

/// One thing, or a list of them.
fn document(target: &str) -> String {
    let text = serde_json::to_string(HOSTILE).expect("JSON");
    let schema = format!(
        r#"{{"type":"object","properties":{{{text}:{{"type":{text},"description":{text},"default":{text},"enum":[{text}]}}}},"required":[{text}]}}"#
    );
    let args = format!(r#"{{{text}:[{text},{{"x":{text}}}]}}"#);
    // One that is asked for is what was asked for.
    let one = is_one(target).then(|| asked_for(target));
    let of = |route: &str| match &one {
        // The tool of the hostile name is asked for by that name.
        Some(one) if target.contains(route) && !one.contains('%') => one,
        _ => &text,
    };
    let (id, name, agent) = (of("/exec/"), of("/tools/"), of("/agents/"));
    let approval = of("/approvals/");
    let status = if target.contains("/approvals/") {
        "pending"
    } else {
        "completed"
    };
    let object = format!(
        r#"{{"id":{id},"name":{name},"description":{text},"risk":{text},"domain":{text},"timeout":{text},"parameters":{schema},"status":"{status}","tool_name":{text},"workspace_id":{text},"agent_id":{agent},"invocation_id":{text},"approval_id":{approval},"approval_url":{text},"execution_id":{text},"exit_code":{text},"error":{text},"args":{args},"requested_by":{text},"created_at":{text},"expires_at":{text},"resolved_by":{text},"resolution_note":{text},"content":{text},"score":{text},"source_type":{text},"context":{args},{text}:{text}}}"#
    );
    if target.contains("/agents/") || target.contains("/context") || is_one(target) {
        object
    } else {
        format!(r#"{{"data":[{object}],"has_more":true,"last_id":{text}}}"#)
    }
}

/// The ID in a target, as JSON.
fn asked_for(target: &str) -> String {
    let rest = target.split("/exec/").nth(1).unwrap_or_default();
    let id = rest.split('/').nth(1).unwrap_or_default();
    format!("\"{id}\"")
}

/// Whether a target names one thing and not a list.
fn is_one(target: &str) -> bool {
    let rest = target.split("/exec/").nth(1).unwrap_or_default();
    rest.contains('/')
}

/// Every command that shows remote text.
const LINES: &[&str] = &[
    "exec tools",
    "exec tool-show t",
    "exec list",
    "exec list --tool t",
    "exec show e",
    "exec invocations",
    "exec watch i",
    "exec cancel i",
    "exec cancel bad",
    "exec rerun e",
    "exec invoke --workspace w --tool t --args '{}'",
    "exec invoke --workspace w --tool t --args '{}' --no-validate",
    "exec manifest a",
    "exec environment a",
    "exec connectivity a",
    "exec learnings list --workspace w",
    "exec learnings show l",
    "exec learnings delete bad --force",
    "exec learnings delete l --force",
    "exec context show --workspace w",
    "approvals list",
    "approvals show a",
    "approvals show bad",
    "approvals approve a --confirm t",
    "approvals approve a",
    "approvals approve bad",
    "approvals reject a",
    "approvals reject a bad --force",
];

/// Whether a character may reach a terminal: our own newlines and tabs may, nothing hidden else.
fn is_visible(c: char) -> bool {
    matches!(c, '\n' | '\t') || !xeroctl::sanitize::is_hidden(c)
}

#[test]
fn remote_text_cannot_control_the_terminal() {
    let router = hostile();
    let home = router.home();
    // The live line moves the cursor itself; a sequence that only wipes it is its own.
    let wipes = regex::Regex::new("\r|\u{1b}\\[K").expect("a pattern");
    for line in LINES {
        for format in FORMATS {
            for on in [terminal(400), terminal(60), Terminals::default()] {
                let line = format!("{line} -o {format} --color never");
                let run = home.run_on(on, "storage\n", &line);
                let stderr = wipes.replace_all(&run.stderr, "");
                assert!(stderr.chars().all(is_visible), "{line}: {stderr:?}");
                let is_bytes = !on.output && ["json", "ndjson"].contains(&format);
                let visible = run.stdout.chars().all(is_visible);
                assert!(is_bytes || visible, "{line}: {:?}", run.stdout);
                if format == "ndjson" {
                    let lines = run.stdout.lines().count();
                    assert!(lines <= 2, "{line}: {:?}", run.stdout);
                }
            }
        }
    }
}

#[test]
fn remote_text_stays_in_its_cell() {
    let router = hostile();
    let home = router.home();
    for (line, columns) in [
        ("exec tools", 2),
        ("exec tools -o wide", 5),
        ("exec list", 5),
        ("exec invocations", 5),
        ("exec learnings list --workspace w", 5),
        ("approvals list", 5),
    ] {
        let table = home.run(line).stdout;
        let found: Vec<usize> = table.lines().map(|line| line.split('\t').count()).collect();
        assert_eq!(found, [columns, columns], "{line}: {table:?}");
    }
    for line in ["exec show e", "exec learnings show l", "exec manifest a"] {
        let record = home.run(line).stdout;
        assert!(
            record.lines().all(|line| line.split('\t').count() == 2),
            "{line}: {record:?}"
        );
    }
    for line in ["exec tools", "approvals list", "exec show e"] {
        let ids = home.run(&format!("{line} -o name")).stdout;
        assert_eq!(ids.lines().count(), 1, "{line}: {ids:?}");
    }
}

#[test]
fn piped_json_is_unchanged() {
    let router = hostile();
    let home = router.home();
    for line in [
        "exec tools",
        "exec tool-show t",
        "exec show e",
        "exec watch i",
        "exec manifest a",
        "exec learnings show l",
        "exec context show --workspace w",
        "approvals show a",
        "approvals reject a",
    ] {
        let shown = home.run(&format!("{line} -o json"));
        let asked = router.asked();
        let last = asked
            .iter()
            .rev()
            .find(|asked| !asked.target.contains("stream"))
            .expect("a request");
        assert_eq!(shown.stdout, document(&last.target) + "\n", "{line}");
        // On a terminal it means the same.
        let drawn = home.run_on(terminal(80), "", &format!("{line} -o json"));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(value(&drawn.stdout), value(&shown.stdout), "{line}");
    }
}

#[test]
fn output_is_escaped_only_on_terminals() {
    let router = hostile();
    let home = router.home();
    let off = home.run("exec raw e");
    assert_eq!((off.stdout.as_str(), off.code), (HOSTILE, 0));
    let unsafe_raw = home.run_on(terminal(80), "", "exec raw e --unsafe-raw");
    assert_eq!(unsafe_raw.stdout, HOSTILE);
    for format in FORMATS {
        let line = format!("exec raw e -o {format}");
        assert_eq!(home.run(&line).stdout, HOSTILE, "{line}");
        let on = home.run_on(terminal(80), "", &line);
        assert!(on.stdout.chars().all(is_visible), "{:?}", on.stdout);
    }
}

#[test]
fn hostile_text_on_terminal() {
    let router = hostile();
    let home = router.home();
    let on =
        |line: &str| -> Output { home.run_on(terminal(300), "", &format!("{line} --color never")) };
    insta::assert_snapshot!(transcript(&[
        on("exec tools"),
        on("exec tool-show t"),
        on("approvals show a"),
        on("approvals approve a"),
        on("exec cancel bad"),
        on("exec raw e"),
        home.run("exec learnings list --workspace w -o csv"),
        home.run("approvals reject bad"),
    ]));
}
