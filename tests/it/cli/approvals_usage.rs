//! Wrong command lines of `approvals`, and its help.

use crate::cli::shown::{refused, runs};
use crate::support::Home;
use crate::support::router::{Answer, Router};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

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
