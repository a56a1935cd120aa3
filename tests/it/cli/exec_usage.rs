//! Usage errors of `exec`: exit 2, no request, and a hint.

use crate::cli::shown::{refused, runs, sandbox};
use crate::support::Home;
use crate::support::router::{Answer, Router};

#[test]
fn reports_all_missing_options_together() {
    insta::assert_snapshot!(refused(&[
        "exec invoke",
        "exec invoke --workspace w",
        "exec invoke --tool t",
        "exec invoke --workspace w --tool t",
        "exec tool-show",
        "exec watch",
        "exec cancel",
        "exec show",
        "exec raw",
        "exec rerun",
        "exec manifest",
        "exec learnings list",
        "exec learnings show",
        "exec learnings delete",
        "exec context show",
        "exec context set",
        "exec context set --workspace w",
    ]));
}

#[test]
fn bare_groups_list_their_subcommands() {
    insta::assert_snapshot!(runs(
        &Home::new(),
        &["exec", "exec learnings", "exec context", "exec --dry-run"],
    ));
}

#[test]
fn suggests_mistyped_subcommands() {
    insta::assert_snapshot!(refused(&[
        "exec tool",
        "exec tool kubectl_get",
        "exec run kubectl_get",
        "exec call",
        "exec lst",
        "exec status inv_1",
        "exec logs ex_1",
        "exec learning list --workspace w",
        "exec learnings rm l",
        "exec context get --workspace w",
        "execs list",
    ]));
}

#[test]
fn rejects_ids_that_change_the_route() {
    insta::assert_snapshot!(refused(&[
        "exec tool-show .",
        "exec tool-show ..",
        "exec tool-show 'a\u{7}b'",
        "exec tool-show 'a\u{9b}b'",
        "exec invoke --workspace w --tool .. --args '{}'",
        "exec invoke --workspace w --tool 'a\nb' --args '{}'",
        "exec watch ..",
        "exec watch a/b",
        "exec cancel 'a\u{7f}b'",
        "exec show .",
        "exec raw a/b",
        "exec rerun ..",
        "exec list --invocation ..",
        "exec list --tool 'a\u{1b}b'",
        "exec manifest a/b",
        "exec environment ..",
        "exec connectivity .",
        "exec learnings show ..",
        "exec learnings delete a/b --force",
    ]));
}

#[test]
fn tool_name_may_contain_a_slash() {
    let router = Router::rules(|_| Answer::json(200, r#"{"id":"i","data":[]}"#));
    let home = router.home();
    for line in [
        "exec tool-show storage/restore",
        "exec tool-show /a//b/",
        "exec tool-show ../../management/agents",
        "exec tool-show 'ü ?#%&'",
        "exec invoke --workspace w --tool a/b --args '{}' --no-validate",
        "exec tool-show -- -t",
        "exec tool-show agents",
    ] {
        assert_eq!(home.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(router.lines().join("\n"));
}

#[test]
fn rejects_impossible_values() {
    insta::assert_snapshot!(refused(&[
        "exec watch i --interval 0",
        "exec watch i --interval 499ms",
        "exec watch i --interval 61s",
        "exec watch i --interval 2m",
        "exec watch i --interval -1s",
        "exec watch i --interval soon",
        "exec invoke --workspace w --tool t --args '{}' --wait --interval 100ms",
        "exec rerun e --wait --interval 1h",
        "exec list --since tomorrow",
        "exec list --since 0",
        "exec list --since -5m",
        "exec list --since 2026-11-22T08",
        "exec list --since 2026-13-22T11:50:00Z",
        "exec list --since 5w",
        "exec list --limit 0",
        "exec list --limit -1",
        "exec list --limit 1.5",
        "exec list --limit 5 --all",
        "exec tools --limit none",
        "exec invocations --limit 99999999999999999999",
        "exec learnings list --workspace w --limit 0",
        "exec watch i --timeout 0",
        "exec watch i j",
        "exec tools kubectl_get",
        "exec stream --interval 2s",
    ]));
}

#[test]
fn accepts_valid_intervals_and_times() {
    for line in [
        "exec watch i --interval 500ms --dry-run",
        "exec watch i --interval 60s --dry-run",
        "exec watch i --interval 1m --dry-run",
        "exec watch i --interval 5 --dry-run",
        "exec list --since 90s --dry-run",
        "exec list --since 30 --dry-run",
        "exec list --since 2026-11-22T11:50:00+01:00 --dry-run",
        "exec rerun e --wait --raw --interval 10s --dry-run",
    ] {
        let run = sandbox().run(line);
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    }
}

#[test]
fn names_the_option_that_is_required() {
    insta::assert_snapshot!(refused(&[
        "exec invoke --workspace w --tool t --args '{}' --raw",
        "exec invoke --workspace w --tool t --args '{}' --interval 5s",
        "exec rerun e --raw",
        "exec invoke --workspace w --tool t --args - --api-key-file -",
        "exec invoke --workspace w --tool t --args @- --api-key-file -",
        "exec context set --workspace w --file - --api-key-file -",
        "exec invoke --workspace w --workspace v --tool t --args '{}'",
        "exec invoke --workspace w --tool t --args '{}' --args '{}'",
        "exec invoke --workspace w --tool t --args '{}' --wait --wait",
        "exec invoke --workspace w --tool t --arg",
    ]));
}

#[test]
fn rejects_arguments_that_are_not_an_object() {
    let lines = [
        "--args '{resource: pods}'",
        "--args '{\"a\": 1'",
        "--args '[1]'",
        "--args 5",
        "--args null",
        "--args '{\"a\": 1, \"a\": 2}'",
        "--args '{\"a\": {\"b\": 1, \"b\": 1}}'",
        "--args '{} {}'",
        "--args '{\"a\": 01}'",
        "--args '{\"a\": NaN}'",
        "--args @none.json",
        "--args @",
        "--arg novalue",
        "--arg =x",
        "--arg-json a",
        "--arg-json =1",
        "--arg-json a=",
        "--arg-json a=x",
        "--arg-json 'a={\"b\":1,\"b\":2}'",
        "--arg a=1 --arg a=2",
        "--arg a=1 --arg-json a=2",
    ]
    .map(|words| format!("exec invoke --workspace w --tool t {words}"));
    insta::assert_snapshot!(refused(&lines.each_ref().map(String::as_str)));
}

#[test]
fn argument_and_context_files_must_contain_one_object() {
    let home = Home::new();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(home.path().join(name), bytes).expect("a file");
    };
    write("empty", b"");
    write("latin1", b"{\"a\":\"\xe9\"}");
    write("list", b"[]");
    write("twice", b"{\"a\":1,\"a\":2}");
    write("broken", b"{\"a\":");
    let at = |name: &str| home.path().join(name).display().to_string();
    let lines: Vec<String> = ["empty", "latin1", "list", "twice", "broken", "none", ""]
        .into_iter()
        .flat_map(|name| {
            [
                format!("exec invoke --workspace w --tool t --args @{}", at(name)),
                format!("exec context set --workspace w --file {}", at(name)),
            ]
        })
        .collect();
    for line in &lines {
        assert_eq!(home.run(line).code, 2, "{line}");
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&home, &lines));
}
