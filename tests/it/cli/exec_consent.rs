//! Prompts of `exec`: replacing a context that is not empty, and deleting a learning.

use crate::cli::shown::{runs, sandbox, terminal, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use xeroctl::ui::Terminals;

const FULL: &str = "ws_a1b2c3d4";
const EMPTY: &str = "ws_team_a";

/// The line that sets the context of a workspace from a file in this home.
fn set(home: &Home, workspace: &str) -> String {
    let file = home.path().join("context.json");
    std::fs::write(&file, "{\"cluster\": \"blue\", \"n\": 1.50}").expect("a file");
    format!(
        "exec context set --workspace {workspace} --file {}",
        file.display()
    )
}

/// The context of a workspace.
fn context(home: &Home, workspace: &str) -> serde_json::Value {
    let shown = home.run(&format!(
        "exec context show --workspace {workspace} -o json"
    ));
    let value: serde_json::Value = serde_json::from_str(&shown.stdout).expect("JSON");
    value["context"].clone()
}

fn is_there(home: &Home) -> bool {
    home.run("exec learnings show lrn_4f8a2c").code == 0
}

#[test]
fn each_prompt_names_the_loss() {
    let asks = |answer: &str| {
        let home = sandbox();
        let line = format!("{} --color never", set(&home, FULL));
        [
            home.run_on_terminal(answer, &line),
            home.run_on_terminal(answer, "exec learnings delete lrn_4f8a2c --color never"),
        ]
    };
    let runs: Vec<_> = ["n\n", "y\n", ""].into_iter().flat_map(asks).collect();
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn only_yes_confirms() {
    for (answer, consents) in [
        ("y\n", true),
        ("YES\n", true),
        ("n\n", false),
        ("\n", false),
        ("", false),
        (" y\n", false),
        ("lrn_4f8a2c\n", false),
        ("ws_a1b2c3d4\n", false),
        ("n\ny\n", false),
    ] {
        let home = sandbox();
        let code = if consents { 0 } else { 16 };
        let delete = home.run_on_terminal(answer, "exec learnings delete lrn_4f8a2c");
        assert_eq!(delete.code, code, "{answer:?}: {}", delete.stderr);
        assert_eq!(is_there(&home), !consents, "{answer:?}");
        let replace = home.run_on_terminal(answer, &set(&home, FULL));
        assert_eq!(replace.code, code, "{answer:?}: {}", replace.stderr);
        let is_new = context(&home, FULL)["cluster"] == "blue";
        assert_eq!(is_new, consents, "{answer:?}");
    }
}

#[test]
fn empty_context_is_set_without_a_prompt() {
    let home = sandbox();
    let run = home.run(&set(&home, EMPTY));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = serde_json::json!({"cluster": "blue", "n": 1.5});
    assert_eq!(context(&home, EMPTY), expected);
    assert_eq!(home.run(&set(&home, EMPTY)).code, 2, "now it is not empty");
}

#[test]
fn recognizes_empty_contexts() {
    for (answer, asks) in [
        (r#"{"workspace_id":"w","context":{}}"#, false),
        (r#"{"workspace_id":"w","context":null}"#, false),
        (r#"{"workspace_id":"w"}"#, false),
        (r#"{"workspace_id":"w","context":{"a":null}}"#, true),
        (r#"{"workspace_id":"w","context":[1]}"#, true),
        (r#"{"workspace_id":"w","context":"text"}"#, true),
    ] {
        let router = Router::rules(move |asked| match asked.method.as_str() {
            "GET" => Answer::json(200, answer),
            _ => Answer::json(200, "{}"),
        });
        let home = router.home();
        let run = home.run(&set(&home, "w"));
        assert_eq!(run.code == 2, asks, "{answer}: {}", run.stderr);
        let sent = router.lines().iter().any(|line| line.starts_with("PUT"));
        assert_eq!(sent, !asks, "{answer}");
    }
}

#[test]
fn unreadable_context_is_not_replaced() {
    for answer in [
        Answer::fault(403, "scope_insufficient"),
        Answer::fault(404, "workspace_not_found"),
        Answer::json(200, "no JSON"),
    ] {
        let router = Router::script([answer]);
        let home = router.home();
        let run = home.run_on_terminal("y\n", &set(&home, "w"));
        assert!(run.code != 0 && run.stdout.is_empty(), "{}", run.stderr);
        assert_eq!(router.lines(), ["GET /exec/context?workspace_id=w"]);
    }
}

#[test]
fn force_asks_and_reads_nothing() {
    for flag in ["--force", "--yes", "-y"] {
        let home = sandbox();
        let run = home.run(&format!("{} {flag}", set(&home, FULL)));
        assert_eq!(run.code, 0, "{flag}: {}", run.stderr);
        let run = home.run(&format!("exec learnings delete lrn_4f8a2c {flag}"));
        assert_eq!(run.code, 0, "{flag}: {}", run.stderr);
    }
    let router = Router::script([Answer::json(200, "{}")]);
    let home = router.home();
    home.run(&format!("{} --force", set(&home, "w")));
    assert_eq!(router.lines(), ["PUT /exec/context"]);
    assert_eq!(
        router.asked()[0].body,
        r#"{"workspace_id":"w","context":{"cluster":"blue","n":1.50}}"#
    );
}

#[test]
fn without_prompts_prints_the_working_command() {
    let home = sandbox();
    let lines = [
        set(&home, FULL),
        "exec learnings delete lrn_4f8a2c".to_owned(),
    ];
    insta::assert_snapshot!(runs(&home, &lines.each_ref().map(String::as_str)));
    let forbidding = [
        ("", Terminals::default()),
        ("--no-input", terminal(80)),
        ("-o json", terminal(80)),
    ];
    for line in &lines {
        for (words, on) in forbidding {
            let run = home.run_on(on, "y\n", &format!("{line} {words}"));
            assert_eq!(run.code, 2, "{line} {words}: {}", run.stderr);
        }
        let refused = home.run(line);
        let found = refused
            .stderr
            .lines()
            .find_map(|line| line.split_once(": xeroctl "));
        let (_, command) = found.expect("a command");
        let run = home.run(command);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
    }
}

#[test]
fn delete_reads_nothing_before_the_prompt() {
    let router = Router::unasked();
    let run = router
        .home()
        .run_on_terminal("n\n", "exec learnings delete l");
    assert_eq!(run.code, 16);
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn results_in_each_format() {
    let lines: Vec<_> = crate::cli::shown::FORMATS
        .iter()
        .flat_map(|format| {
            let home = sandbox();
            [
                home.run(&format!("{} --force -o {format}", set(&home, FULL))),
                home.run(&format!(
                    "exec learnings delete lrn_4f8a2c --force -o {format}"
                )),
            ]
        })
        .chain([sandbox().run("exec learnings delete lrn_none --force")])
        .collect();
    insta::assert_snapshot!(transcript(&lines));
}
