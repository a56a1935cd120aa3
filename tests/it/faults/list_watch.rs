//! `--watch`: each change of a list, while the router answers, fails, and answers again.

use xeroctl::ui::Terminals;

use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};

/// A page of agents, written as `id=status`.
fn page(agents: &str, has_more: bool) -> Answer {
    let agent = |word: &str| {
        let (id, status) = word.split_once('=').expect("id=status");
        format!(
            r#"{{"id":"{id}","status":"{status}","region":"r","last_heartbeat":"2026-11-22T11:59:00Z"}}"#
        )
    };
    let agents: Vec<String> = agents.split_whitespace().map(agent).collect();
    let agents = agents.join(",");
    Answer::json(
        200,
        format!(r#"{{"data":[{agents}],"has_more":{has_more}}}"#),
    )
}

/// The end of every watch here.
fn end() -> Answer {
    Answer::fault(401, "authentication_error")
}

/// Readings of a small fleet: a change, one more, one less, and an outage of four attempts between.
fn readings() -> Vec<Answer> {
    let mut readings = vec![
        page("a=active b=active", false),
        page("a=active b=dead", false),
    ];
    readings.extend((0..4).map(|_| Answer::empty(503)));
    readings.extend([
        page("a=active c=pending b=dead", false),
        page("c=active b=dead", false),
        end(),
    ]);
    readings
}

fn watch(options: &str, answers: Vec<Answer>) -> Output {
    let router = Router::script(answers);
    router
        .home()
        .run(&format!("agents --watch --interval 500ms {options}"))
}

#[test]
fn each_change_is_a_line_in_each_format() {
    let runs = [
        "",
        "-o csv --no-headers",
        "-o ndjson",
        "-o name",
        "--jq .change",
        "-q -o wide",
    ];
    let runs = runs.map(|options| watch(options, readings()).whole());
    insta::assert_snapshot!(runs.join("\n"));
}

#[test]
fn a_document_can_not_be_watched_and_nothing_is_sent() {
    let router = Router::unasked();
    let lines = [
        "--watch -o json",
        "--watch -o yaml",
        "--watch --count",
        "--watch --sort x",
        "agt_1 --watch",
        "--interval 2s",
    ];
    let runs = lines.map(|line| router.home().run(&format!("agents {line}")).whole());
    insta::assert_snapshot!(runs.join("\n"));
    assert!(router.asked().is_empty());
}

#[test]
fn what_moves_over_the_end_of_a_page_is_neither_added_nor_removed() {
    let readings = vec![
        page("a=active b=active", true),
        page("n=active a=active", true),
        page("a=active b=active", true),
        end(),
    ];
    let output = watch("--limit 2", readings);
    let changes: Vec<&str> = output.stdout.lines().skip(1).collect();
    let changes: Vec<String> = changes
        .iter()
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            format!("{} {}", cells[1], cells[2])
        })
        .collect();
    assert_eq!(
        changes,
        ["a listed", "b listed", "n added", "n removed", "b listed"]
    );
}

#[test]
fn a_filter_decides_what_comes_and_goes() {
    let readings = vec![
        page("a=active b=dead", false),
        page("a=dead b=dead", false),
        page("a=active b=active", false),
        end(),
    ];
    let output = watch("--status active --sort id:desc -o name", readings);
    assert_eq!(output.stdout, "a\nb\na\n", "{}", output.whole());
}

#[test]
fn times_count_only_if_their_column_is_selected() {
    let at = |minute: u8| {
        Answer::json(
            200,
            format!(r#"{{"data":[{{"id":"a","last_heartbeat":"2026-11-22T11:{minute}:00Z"}}]}}"#),
        )
    };
    let readings = || vec![at(10), at(11), end()];
    let output = watch("--columns id,last_heartbeat", readings());
    assert_eq!(
        output.stdout.matches("changed").count(),
        1,
        "{}",
        output.whole()
    );
    let output = watch("", readings());
    assert_eq!(
        output.stdout.matches("changed").count(),
        0,
        "{}",
        output.whole()
    );
}

#[test]
fn a_list_that_can_not_be_read_at_first_is_an_error() {
    let output = watch("", vec![end()]);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (4, ""),
        "{}",
        output.whole()
    );
}

/// The screens that were drawn on a terminal, and what is there after the end.
fn screens(home: &Home, columns: usize, options: &str) -> String {
    let terminals = Terminals {
        input: true,
        output: true,
        error: true,
        width: Some(columns),
    };
    let line = format!("agents --watch --interval 500ms {options}");
    let output = home.run_on(terminals, "", &line);
    let drawn = output.stdout.replace("\u{1b}[H", "-- drawn --\n");
    let drawn = drawn
        .replace("\u{1b}[K", "")
        .replace("\u{1b}[J", "")
        .replace('\r', "");
    let drawn = drawn.replace('\u{1b}', "ESC");
    format!(
        "{drawn}-- stderr --\n{}-- exit {} --\n",
        output.stderr, output.code
    )
}

#[test]
fn a_terminal_is_redrawn_with_the_changes_marked() {
    let router = |readings| Router::script(readings);
    let columns = "--columns id,status,region";
    let plain = router(readings());
    let plain = screens(
        &plain.home().with("TZ", "UTC").with("NO_COLOR", "1"),
        60,
        columns,
    );
    let ascii = router(vec![page("", false), page("a=dead", true), end()]);
    let ascii = screens(
        &ascii
            .home()
            .with("TZ", "UTC")
            .with("LC_ALL", "C")
            .with("NO_COLOR", "1"),
        30,
        columns,
    );
    let color = router(vec![page("a=active", false), page("a=dead", false), end()]);
    let color = screens(&color.home().with("TZ", "UTC"), 60, columns);
    insta::assert_snapshot!([plain, ascii, color].join("\n"));
}

#[test]
fn rows_that_do_not_fit_are_counted_and_so_are_their_changes() {
    let fleet = |status: &str| {
        let agents = (10..50).map(|n| format!("a{n}={}", if n > 45 { status } else { "active" }));
        page(&agents.collect::<Vec<_>>().join(" "), false)
    };
    let router = Router::script(vec![fleet("active"), fleet("dead"), end()]);
    let home = router.home().with("TZ", "UTC").with("NO_COLOR", "1");
    let shown = screens(&home, 80, "--columns id,status");
    let rows = shown.matches("active\n").count();
    // Two drawings, and what is left, of 24 lines.
    assert_eq!(rows, 20 + 20 + 20, "{shown}");
    assert!(
        shown.contains("… 20 more (enlarge the window, or use filters)"),
        "{shown}"
    );
    assert!(
        shown.contains("… 20 more, 4 of them changed (enlarge"),
        "{shown}"
    );
    assert!(shown.contains("… 20 more\n"), "{shown}");
}

#[test]
fn a_terminal_that_can_not_be_redrawn_gets_lines() {
    let router = Router::script(vec![page("a=active", false), page("a=dead", false), end()]);
    let shown = screens(
        &router.home().with("TZ", "UTC").with("TERM", "dumb"),
        100,
        "",
    );
    insta::assert_snapshot!(shown);
}
