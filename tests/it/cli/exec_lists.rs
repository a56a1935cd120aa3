//! The lists of `exec`: tools, executions, invocations, and learnings, in each format and width.

use crate::cli::shown::{FORMATS, in_each_format, runs, sandbox, terminal, transcript};
use crate::support::Output;
use crate::support::router::{Answer, Router};

/// One line on terminals of several widths.
fn on_terminals(lines: &[&str]) -> String {
    let home = sandbox();
    let on = |line: &&str| {
        [120, 80, 50].map(|width| {
            let run = home.run_on(terminal(width), "", &format!("{line} --color never"));
            Output {
                line: format!("{line} (on {width} columns)"),
                ..run
            }
        })
    };
    transcript(&lines.iter().flat_map(on).collect::<Vec<_>>())
}

#[test]
fn tools_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec tools --limit 3"));
}

#[test]
fn tools_on_terminal_are_aligned() {
    insta::assert_snapshot!(on_terminals(&["exec tools", "exec tools -o wide"]));
}

#[test]
fn executions_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec list --limit 3"));
}

#[test]
fn executions_on_terminal_have_relative_times() {
    insta::assert_snapshot!(on_terminals(&["exec list", "exec list -o wide"]));
}

#[test]
fn invocations_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec invocations --limit 3"));
}

#[test]
fn invocations_on_terminal_have_relative_times() {
    insta::assert_snapshot!(on_terminals(&["exec invocations"]));
}

#[test]
fn learnings_in_each_format() {
    insta::assert_snapshot!(in_each_format(
        "exec learnings list --workspace ws_a1b2c3d4 --limit 4"
    ));
}

#[test]
fn learnings_on_terminal_are_cut() {
    insta::assert_snapshot!(on_terminals(&[
        "exec learnings list --workspace ws_a1b2c3d4"
    ]));
}

#[test]
fn lists_without_headers() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "exec tools --limit 2 --no-headers",
            "exec list --limit 2 --no-headers",
            "exec list --limit 2 --no-headers -o csv",
            "exec invocations --limit 2 --no-headers",
            "exec learnings list --workspace ws_team_a --limit 2 --no-headers",
        ],
    ));
}

#[test]
fn empty_lists_print_header_and_sentence() {
    let router = Router::rules(|_| Answer::json(200, r#"{"object":"list","data":[]}"#));
    let home = router.home();
    let off = [
        "exec tools",
        "exec list",
        "exec list --status failed",
        "exec invocations",
        "exec learnings list --workspace w",
    ]
    .into_iter()
    .flat_map(|line| FORMATS.map(|format| home.run(&format!("{line} -o {format}"))));
    let on = home.run_on(terminal(80), "", "exec list --color never");
    insta::assert_snapshot!(transcript(&off.chain([on]).collect::<Vec<_>>()));
}

#[test]
fn filters_read_until_enough_match() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "exec list --status failed",
            "exec list --status failed,timeout",
            "exec list --status failed --status timeout --limit 1",
            "exec list --status failed --limit 1 -o json",
            "exec list --status sleeping",
            "exec list --since 1h",
            "exec list --since 2026-11-22T11:50:00Z -o name",
            "exec list --tool storage/snapshot",
            "exec list --invocation 343ee362-fea9-4b31-a538-1a3ceceff918 -o wide",
            "exec list --invocation inv_none",
            "exec list --tool kubectl_get --status failed --since 7d -o csv",
        ],
    ));
}

#[test]
fn pages_follow_each_other() {
    let home = sandbox();
    let all = home.run("exec list --all -o name").stdout;
    let first = home.run("exec list --limit 2 -o name");
    assert!(all.starts_with(&first.stdout), "{all}");
    let next = first.stderr.lines().find_map(|line| {
        let at = line.find("--after")?;
        Some(format!("exec list --limit 2 -o name {}", &line[at..]))
    });
    let next = next.unwrap_or_else(|| panic!("no command: {}", first.stderr));
    let second = home.run(&next);
    assert_eq!(second.code, 0, "{next}: {}", second.stderr);
    assert!(
        all.starts_with(&(first.stdout + &second.stdout)),
        "{next}: {all}"
    );
}

#[test]
fn requests_only_pages() {
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[]}"#));
    let home = router.home();
    for line in [
        "exec tools",
        "exec tools --limit 5 --after kubectl_get",
        "exec list --all",
        "exec list --status failed --tool t",
        "exec invocations --limit 7",
        "exec learnings list --workspace 'ws &a'",
    ] {
        assert_eq!(home.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(router.lines().join("\n"));
}
