//! Prompts before destructive changes: what counts as consent, and what happens if prompts are disabled.

use crate::cli::shown::{sandbox, terminal, transcript};
use crate::support::router::Router;
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

/// Every command that asks, in a sandbox, with what is typed to consent.
const ASKING: &[(&str, &str)] = &[
    ("agents agt_abc123 --delete", "y"),
    ("agents revoke-credentials agt_abc123", "y"),
    (
        "agents revoke-credentials agt_abc123 --workspace ws_team_a",
        "y",
    ),
    (
        "agents revoke-credentials agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123",
        "2",
    ),
    ("agents join-keys jk_abc123 --revoke", "y"),
];

/// Runs a command line against a router that must not be asked anything.
fn asks_nothing(home: impl Fn(Home) -> Home, terminals: Terminals, line: &str) -> Output {
    let router = Router::unasked();
    let run = home(router.home()).run_on(terminals, "y\n", line);
    assert_eq!(router.lines(), [""; 0], "{line}: nothing is sent");
    run
}

/// What typing `answer` to `line` comes to: the exit code, and whether the agent is still there.
fn typed(answer: &str, line: &str) -> (i32, bool) {
    let home = sandbox();
    let code = home.run_on_terminal(answer, line).code;
    (code, home.run("agents agt_abc123").code == 0)
}

#[test]
fn only_yes_confirms() {
    let delete = "agents agt_abc123 --delete";
    for yes in ["y\n", "Y\n", "yes\n", "YES\n", "Yes\n", "yEs\n"] {
        assert_eq!(typed(yes, delete), (0, false), "{yes:?}");
    }
    for no in [
        "n\n",
        "N\n",
        "no\n",
        "\n",
        " y\n",
        "y \n",
        "yess\n",
        "ye\n",
        "j\n",
        "yy\n",
        "1\n",
        "true\n",
        "agt_abc123\n",
        "\u{3}\n",
        "n\ny\n",
        "",
        "\t\ny\n",
    ] {
        assert_eq!(typed(no, delete), (16, true), "{no:?}");
    }
}

#[test]
fn several_agents_require_typing_their_count() {
    let line = "agents revoke-credentials agt_abc123 agt_g0974f2pgyfa8vcq agt_abc123";
    for (answer, code) in [
        ("2\n", 0),
        ("3\n", 16),
        ("y\n", 16),
        ("yes\n", 16),
        ("02\n", 16),
        (" 2\n", 16),
        ("2 \n", 16),
        ("\n", 16),
        ("", 16),
    ] {
        assert_eq!(typed(answer, line).0, code, "{answer:?}");
    }
}

#[test]
fn each_prompt_names_the_loss() {
    let runs: Vec<Output> = ASKING
        .iter()
        .flat_map(|(line, yes)| {
            let line = format!("{line} --color never");
            [
                sandbox().run_on_terminal("n\n", &line),
                sandbox().run_on_terminal(&format!("{yes}\n"), &line),
            ]
        })
        .collect();
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn removing_a_deployment_prompts() {
    let home = || {
        Home::new()
            .config("[deployment.lab]\nbase_url = \"http://127.0.0.1:1/lab/v1\"\napi_key = \"k\"\n")
    };
    let runs = ["n\n", "y\n", ""]
        .map(|answer| home().run_on_terminal(answer, "config remove lab --color never"));
    insta::assert_snapshot!(transcript(&runs));
    let kept = home();
    kept.run_on_terminal("n\n", "config remove lab");
    assert!(
        kept.run("config list -o name").stdout.contains("lab"),
        "nothing was written"
    );
}

#[test]
fn force_and_its_aliases_skip_the_prompt() {
    for (line, _) in ASKING {
        for flag in ["--force", "--yes", "-y"] {
            let run = sandbox().run(&format!("{line} {flag}"));
            assert_eq!(run.code, 0, "{line} {flag}: {}", run.stderr);
        }
    }
}

#[test]
fn without_prompts_prints_the_working_command() {
    let (no_input, no_error) = (
        Terminals {
            input: false,
            ..terminal(80)
        },
        Terminals {
            error: false,
            ..terminal(80)
        },
    );
    let delete = "agents agt_abc123 --delete --color never";
    let with_ci = |value: &'static str| move |home: Home| home.with("CI", value);
    insta::assert_snapshot!(transcript(&[
        asks_nothing(|home| home, Terminals::default(), delete),
        asks_nothing(|home| home, no_input, delete),
        asks_nothing(|home| home, no_error, delete),
        asks_nothing(
            |home| home,
            terminal(80),
            "agents agt_abc123 --delete --no-input --color never"
        ),
        asks_nothing(with_ci("1"), terminal(80), delete),
        asks_nothing(with_ci("true"), terminal(80), delete),
        asks_nothing(
            |home| home,
            terminal(80),
            "agents agt_abc123 --delete -o json --color never"
        ),
        asks_nothing(
            |home| home,
            terminal(80),
            "agents agt_abc123 --delete -o csv --color never"
        ),
        asks_nothing(
            |home| home,
            terminal(80),
            "agents \"it's $HOME\" --delete --no-input --color never"
        ),
        asks_nothing(|home| home, Terminals::default(), "agents --delete -- -x"),
        asks_nothing(
            |home| home,
            Terminals::default(),
            "agents revoke-credentials a b c"
        ),
        asks_nothing(
            |home| home,
            Terminals::default(),
            "join-keys jk_1 --revoke --api-key topsecret"
        ),
    ]));
}

#[test]
fn printed_command_works() {
    for (line, _) in ASKING {
        let home = sandbox();
        let refused = home.run(line);
        assert_eq!(refused.code, 2, "{line}");
        let hint = refused
            .stderr
            .lines()
            .find_map(|line| line.split_once(": xeroctl "));
        let (_, command) = hint.expect("a command");
        assert_eq!(home.run(command).code, 0, "{command}");
    }
}

#[test]
fn false_ci_does_not_disable_prompts() {
    for value in ["", "0", "false"] {
        let home = sandbox().with("CI", value);
        let run = home.run_on_terminal("y\n", "agents agt_abc123 --delete");
        assert_eq!(run.code, 0, "CI={value:?}: {}", run.stderr);
    }
}

#[test]
fn configured_machine_format_does_not_disable_prompts() {
    // Only a format on the line tells that a program reads along.
    let home = sandbox().with("XEROCTL_OUTPUT", "json");
    let run = home.run_on_terminal("y\n", "agents agt_abc123 --delete");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn harmless_changes_do_not_prompt_and_accept_force() {
    for line in [
        "agents curve-rotate agt_abc123",
        "agents candidates approve agt_abc123 cand_xyz789",
        "agents candidates reject agt_abc123 cand_xyz789",
        "agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq",
        "agents resume-exec agt_abc123",
    ] {
        assert_eq!(sandbox().run(line).code, 0, "{line}");
        assert_eq!(sandbox().run(&format!("{line} --force")).code, 0, "{line}");
    }
}

#[test]
fn dry_run_overrides_force_and_does_not_prompt() {
    for (line, _) in ASKING {
        for line in [
            format!("{line} --dry-run"),
            format!("{line} --force --dry-run"),
        ] {
            let router = Router::unasked();
            let run = router.home().run(&line);
            assert_eq!((run.code, router.lines().len()), (0, 0), "{line}");
            assert!(
                run.stderr.contains("nothing was sent"),
                "{line}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn quiet_does_not_suppress_prompts() {
    let run = sandbox().run_on_terminal("n\n", "agents agt_abc123 --delete -q");
    assert!(run.stderr.contains("[y/N] "), "{}", run.stderr);
    assert_eq!(run.code, 16);
}
