//! Prompts before destructive changes through the squads API, and what happens if prompts are disabled.

use crate::cli::shown::{sandbox, terminal, transcript};
use crate::support::router::{Answer, Router};
use crate::support::squads::{CI_KEY, CODER, home};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

/// What asks.
const ASKING: [&str; 3] = [
    "squads terminate AGENT",
    "squads delete AGENT",
    "squads revoke-key AGENT KEY",
];

fn asking() -> [String; 3] {
    ASKING.map(|line| line.replace("AGENT", CODER).replace("KEY", CI_KEY))
}

/// A server that does everything.
fn willing() -> Router {
    Router::rules(|asked| {
        if asked.method == "GET" && asked.target.ends_with("/keys") {
            return Answer::json(200, format!(r#"[{{"id":"{CI_KEY}","name":"ci"}}]"#));
        }
        Answer::json(200, r#"{"ok":true}"#)
    })
}

/// The changes that a server was asked for.
fn changes(server: &Router) -> Vec<String> {
    let lines = server.lines().into_iter();
    lines.filter(|line| !line.starts_with("GET ")).collect()
}

#[test]
fn only_yes_confirms() {
    for line in asking() {
        for (answer, code) in [
            ("y\n", 0),
            ("Y\n", 0),
            ("yes\n", 0),
            ("YES\n", 0),
            ("n\n", 16),
            ("\n", 16),
            ("", 16),
            (" y\n", 16),
            ("yy\n", 16),
            ("Coder\n", 16),
        ] {
            let server = willing();
            let run = home(&server).run_on_terminal(answer, &line);
            assert_eq!(run.code, code, "{line} {answer:?}: {}", run.stderr);
            assert_eq!(
                changes(&server).len(),
                usize::from(code == 0),
                "{line} {answer:?}"
            );
        }
    }
}

#[test]
fn force_and_its_aliases_skip_the_prompt() {
    for line in asking() {
        for flag in ["--force", "--yes", "-y"] {
            for terminals in [Terminals::default(), terminal(80)] {
                let server = willing();
                let run = home(&server).run_on(terminals, "", &format!("{line} {flag}"));
                assert_eq!(run.code, 0, "{line} {flag}: {}", run.stderr);
                assert!(!run.stderr.contains("[y/N]"), "{}", run.stderr);
            }
        }
    }
}

#[test]
fn without_prompts_prints_the_working_command() {
    let ci = |home: Home| home.with("CI", "1");
    let same = |home: Home| home;
    for line in asking() {
        let server = willing();
        let refused: Vec<Output> = [
            (same as fn(Home) -> Home, Terminals::default(), ""),
            (ci, terminal(80), ""),
            (same, terminal(80), " --no-input"),
            (same, terminal(80), " -o json"),
            (same, terminal(80), " -o ndjson"),
            (same, terminal(80), " -o csv"),
            (same, terminal(80), " -o name"),
        ]
        .into_iter()
        .map(|(with, terminals, words)| {
            with(home(&server)).run_on(terminals, "y\n", &format!("{line}{words}"))
        })
        .collect();
        assert_eq!(server.lines(), [""; 0], "{line}: nothing is sent");
        for run in refused {
            assert_eq!(run.code, 2, "{}: {}", run.line, run.stderr);
            let hint = run
                .stderr
                .lines()
                .find_map(|line| line.split_once(": xeroctl "));
            let (_, line) = hint.expect("a command");
            assert_eq!(home(&server).run(line).code, 0, "{line}");
        }
    }
    for value in ["", "0", "false"] {
        let server = willing();
        let run = home(&server)
            .with("CI", value)
            .run_on_terminal("y\n", &asking()[0]);
        assert_eq!(run.code, 0, "CI={value:?}: {}", run.stderr);
    }
}

#[test]
fn each_prompt_names_the_loss() {
    let mut runs = Vec::new();
    for line in [
        "squads terminate Manager",
        "squads delete Ledger",
        "squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74",
        "squads delete 37d1b3a4-6820-471c-8c08-e4b40b74a7ce",
    ] {
        for answer in ["n\n", "y\n"] {
            let line = format!("{line} --color never");
            runs.push(sandbox().run_on_terminal(answer, &line));
        }
    }
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn harmless_changes_do_not_prompt() {
    for line in [
        "squads pause Coder",
        "squads resume Ledger",
        "squads update Coder --status paused",
        "squads permissions Coder --can-create-agents true --can-assign-tasks false",
        "squads create-key Coder --name n",
        "squads reset-session Coder",
        "squads instructions-path Coder p",
    ] {
        let run = sandbox().run_on_terminal("", line);
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("[y/N]"), "{line}: {}", run.stderr);
    }
}

#[test]
fn dry_run_overrides_force_and_does_not_prompt() {
    for line in asking() {
        for line in [
            format!("{line} --dry-run"),
            format!("{line} --force --dry-run"),
        ] {
            let server = Router::unasked();
            let run = home(&server).run(&line);
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            assert!(
                run.stderr.contains("nothing was sent"),
                "{line}: {}",
                run.stderr
            );
            assert_eq!(server.lines(), [""; 0]);
        }
    }
}
