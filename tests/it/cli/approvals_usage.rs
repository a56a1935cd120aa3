//! Lines of `approvals` that are wrong, their help, and their dry runs.

use crate::cli::shown::{refused, runs, terminal};
use crate::support::Home;
use crate::support::router::{Answer, Router};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Every command that makes a request, and its variants.
fn commands() -> Vec<String> {
    [
        "approvals list",
        "approvals list --risk irreversible --limit 250 --after apr_1",
        "approvals list --status pending --all",
        "approvals show apr_1",
        "approvals approve apr_1",
        "approvals approve apr_1 --note '- \"x\"' --confirm storage/restore --force",
        &format!("approvals approve apr_1 --expect {DIGEST}"),
        "approvals approve apr_1 apr_2 apr_1",
        "approvals reject apr_1",
        "approvals reject apr_1 apr_2 --reason 'not now' --concurrency 1",
        "approvals watch",
        "approvals watch --risk write --interactive --bell",
    ]
    .map(|line| format!("{line} --dry-run"))
    .to_vec()
}

#[test]
fn names_missing_and_unknown_words() {
    insta::assert_snapshot!(refused(&[
        "approvals",
        "approvals show",
        "approvals approve",
        "approvals reject",
        "approvals show apr_1 apr_2",
        "approvals list apr_1",
        "approvals apr_1",
        "approvals aprove apr_1",
        "approvals deny apr_1",
        "approvals get apr_1",
        "approvals lst",
        "approval list",
        "approvals approve apr_1 --reason x",
        "approvals reject apr_1 --note x",
        "approvals reject apr_1 --confirm t",
    ]));
}

#[test]
fn rejects_empty_values() {
    let home = Home::new();
    for line in [
        "approvals list --risk ''",
        "approvals list --status ''",
        "approvals list --status pending,,approved",
        "approvals list --limit ''",
        "approvals list --after ''",
        "approvals show ''",
        "approvals approve ''",
        "approvals approve a ''",
        "approvals approve a --note ''",
        "approvals approve a --confirm ''",
        "approvals approve a --expect ''",
        "approvals approve a --concurrency ''",
        "approvals reject ''",
        "approvals reject a --reason ''",
        "approvals watch --risk ''",
        "approvals watch --interval ''",
    ] {
        let run = home.run(line);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{line}: {}",
            run.stderr
        );
    }
}

#[test]
fn rejects_impossible_values() {
    insta::assert_snapshot!(refused(&[
        "approvals list --risk severe",
        "approvals list --risk Irreversible",
        "approvals list --risk read,write",
        "approvals watch --risk severe",
        "approvals watch --interval 100ms",
        "approvals watch --interval 61",
        "approvals list --limit 0",
        "approvals list --limit 2 --all",
        "approvals show ..",
        "approvals show a/b",
        "approvals approve . --force",
        "approvals approve apr_1 'a\u{7}b'",
        "approvals reject apr_1 ..",
        "approvals approve apr_1 --expect abc",
        "approvals approve apr_1 --expect sha256:abc",
        "approvals approve apr_1 --expect e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "approvals approve apr_1 --expect md5:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "approvals approve apr_1 --expect sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "approvals approve apr_1 apr_2 --confirm t",
        &format!("approvals approve apr_1 apr_2 --expect {DIGEST}"),
        "approvals approve apr_1 --concurrency 0",
        "approvals reject apr_1 --concurrency many",
    ]));
}

#[test]
fn ignores_duplicate_ids() {
    let router = Router::rules(|asked| match asked.method.as_str() {
        "GET" => Answer::json(
            200,
            r#"{"id":"a","tool_name":"t","risk":"irreversible","args":{}}"#,
        ),
        _ => Answer::json(200, "{}"),
    });
    let run = router.home().run("approvals approve a a --confirm t");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        router.lines(),
        ["GET /exec/approvals/a", "POST /exec/approvals/a/approve"]
    );
}

#[test]
fn dry_run_prints_every_request() {
    let home = Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1");
    let lines = commands();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&home, &lines));
}

#[test]
fn dry_run_prints_every_request_as_json() {
    let home = Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1");
    let lines: Vec<String> = commands()
        .into_iter()
        .map(|line| line + " -o json")
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&home, &lines));
}

#[test]
fn dry_run_sends_and_asks_nothing() {
    let router = Router::unasked();
    let home = router.home();
    for line in commands() {
        for terminals in [xeroctl::ui::Terminals::default(), terminal(80)] {
            let run = home.run_on(terminals, "y\n", &line);
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        }
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn protected_deployment_must_be_named() {
    let router = Router::rules(|_| {
        Answer::json(
            200,
            r#"{"status":"pending","tool_name":"t","risk":"write","args":{}}"#,
        )
    });
    let config = format!(
        "current = \"prod\"\n[deployment.prod]\nbase_url = \"{}\"\napi_key = \"k\"\nprotected = true\n",
        router.base_url()
    );
    let home = Home::new().config(&config);
    for line in [
        "approvals approve a",
        "approvals approve a b --force",
        "approvals reject a",
        "approvals reject a b --force",
    ] {
        let before = router.lines().len();
        let run = home.run(line);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{line}");
        assert_eq!(router.lines().len(), before, "{line}: nothing is sent");
        assert_eq!(
            home.run(&format!("{line} --context prod")).code,
            0,
            "{line}"
        );
        assert_eq!(home.run(&format!("{line} --dry-run")).code, 0, "{line}");
    }
    assert_eq!(home.run("approvals show a").code, 0);
}

#[test]
fn help_pages() {
    insta::assert_snapshot!(runs(
        &Home::new(),
        &["approvals --help", "approvals approve --help"]
    ));
    insta::assert_snapshot!(
        "the_help_pages_of_exec",
        runs(&Home::new(), &["exec --help", "exec invoke --help"])
    );
}

#[test]
fn help_is_available_by_option_and_subcommand() {
    let home = Home::new();
    for command in [
        "exec",
        "exec tools",
        "exec tool-show",
        "exec invoke",
        "exec watch",
        "exec cancel",
        "exec list",
        "exec show",
        "exec raw",
        "exec rerun",
        "exec invocations",
        "exec stream",
        "exec manifest",
        "exec environment",
        "exec connectivity",
        "exec learnings",
        "exec learnings list",
        "exec learnings show",
        "exec learnings delete",
        "exec context",
        "exec context show",
        "exec context set",
        "approvals",
        "approvals list",
        "approvals show",
        "approvals approve",
        "approvals reject",
        "approvals watch",
    ] {
        let help = home.run(&format!("{command} --help"));
        assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{command}");
        let usage = format!("Usage: xeroctl {command}");
        assert!(help.stdout.contains(&usage), "{command}: {}", help.stdout);
        assert!(help.stdout.contains("Examples:"), "{command}");
        assert_eq!(home.run(&format!("help {command}")).stdout, help.stdout);
    }
}
