//! Common properties of the formats: color, headers, empty lists, terminals, quiet mode, and traces.

use crate::cli::shown::{FORMATS, runs, sandbox, terminal, transcript};
use crate::support::router::{Answer, Router};
use xeroctl::ui::Terminals;

#[test]
fn empty_list_prints_header_and_sentence() {
    let router = Router::rules(|_| Answer::json(200, r#"{"object":"list","data":[]}"#));
    let home = router.home();
    let off = [
        "agents",
        "agents agt_1 --events",
        "join-keys",
        "agents --all",
    ]
    .into_iter()
    .flat_map(|line| FORMATS.map(|format| home.run(&format!("{line} -o {format}"))));
    let on = ["table", "json"].map(|format| {
        home.run_on(
            terminal(80),
            "",
            &format!("agents -o {format} --color never"),
        )
    });
    insta::assert_snapshot!(transcript(&off.chain(on).collect::<Vec<_>>()));
}

#[test]
fn quiet_suppresses_notices_and_hints_but_not_errors() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --limit 1 -o name -q",
            "agents candidates list agt_g0974f2pgyfa8vcq -q",
            "agents agt_abc123 --update --status active -o name -q",
            "agents agt_none -q",
            "agents agt_abc123 --delete --dry-run -q",
            "agents --limit 0 -q",
        ],
    ));
}

#[test]
fn trace_uses_standard_error() {
    let home = sandbox();
    let plain = home.run("agents --limit 2");
    for words in ["-v", "-vv", "-vvv", "--verbose"] {
        let traced = home.run(&format!("agents --limit 2 {words}"));
        assert_eq!(traced.stdout, plain.stdout, "{words}");
        assert!(
            traced.stderr.starts_with("trace: GET http://127.0.0.1:"),
            "{}",
            traced.stderr
        );
        assert!(
            traced.stderr.contains("trace: HTTP 200 request ID "),
            "{}",
            traced.stderr
        );
    }
}

/// What decides about color.
struct Paint {
    words: &'static str,
    variables: &'static [(&'static str, &'static str)],
    terminal: bool,
    colour: bool,
}

const fn paint(
    words: &'static str,
    variables: &'static [(&'static str, &'static str)],
    terminal: bool,
    colour: bool,
) -> Paint {
    Paint {
        words,
        variables,
        terminal,
        colour,
    }
}

#[test]
fn color_has_one_precedence() {
    for Paint {
        words,
        variables,
        terminal: on,
        colour,
    } in [
        paint("", &[], true, true),
        paint("", &[], false, false),
        paint("--color auto", &[], false, false),
        paint("--color never", &[("CLICOLOR_FORCE", "1")], true, false),
        paint("--color always", &[("NO_COLOR", "1")], false, true),
        paint("", &[("NO_COLOR", "1")], true, false),
        paint("", &[("NO_COLOR", "0")], true, false),
        paint("", &[("NO_COLOR", "")], true, true),
        paint(
            "",
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
            true,
            false,
        ),
        paint("", &[("CLICOLOR_FORCE", "1")], false, true),
        paint("", &[("CLICOLOR_FORCE", "0")], false, false),
        paint("", &[("CLICOLOR_FORCE", "")], false, false),
        paint(
            "",
            &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")],
            false,
            true,
        ),
        paint("", &[("CLICOLOR", "0")], true, false),
        paint("", &[("CLICOLOR", "1")], false, false),
        paint("", &[("TERM", "dumb")], true, false),
        paint("", &[("TERM", "dumb-emacs-ansi")], true, false),
        paint("", &[("TERM", "")], true, false),
        paint("", &[("TERM", "dumber")], true, true),
        paint("--color always", &[("TERM", "")], true, true),
        paint("", &[("TERM", ""), ("CLICOLOR_FORCE", "1")], true, true),
        paint("", &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], true, true),
    ] {
        let home = variables
            .iter()
            .fold(sandbox(), |home, (name, value)| home.with(name, value));
        let terminals = if on {
            terminal(120)
        } else {
            Terminals::default()
        };
        let run = home.run_on(terminals, "", &format!("agents --limit 1 {words}"));
        let what = format!("{words} {variables:?}, terminal: {on}");
        assert_eq!(run.stdout.contains('\u{1b}'), colour, "stdout: {what}");
        assert_eq!(run.stderr.contains('\u{1b}'), colour, "stderr: {what}");
    }
}

#[test]
fn each_stream_decides_on_color() {
    let (output, error) = (
        Terminals {
            error: false,
            ..terminal(80)
        },
        Terminals {
            output: false,
            width: None,
            ..terminal(80)
        },
    );
    for (terminals, on_output, on_error) in [(output, true, false), (error, false, true)] {
        let run = sandbox().run_on(terminals, "", "agents --limit 1");
        assert_eq!(run.stdout.contains('\u{1b}'), on_output);
        assert_eq!(run.stderr.contains('\u{1b}'), on_error);
    }
}

#[test]
fn forced_color_affects_only_human_formats() {
    for (format, colour) in FORMATS
        .into_iter()
        .zip([true, true, false, false, false, false])
    {
        for line in ["agents --limit 1", "agents agt_abc123"] {
            let run = sandbox().run(&format!("{line} --color always -o {format}"));
            assert_eq!(run.stdout.contains('\u{1b}'), colour, "{line} -o {format}");
        }
    }
}

#[test]
fn color_changes_nothing_else() {
    let home = sandbox();
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    for line in [
        "agents --limit 25",
        "agents agt_abc123",
        "agents candidates list agt_abc123",
    ] {
        for width in [40, 60, 80, 200] {
            let on = |colour: &str| {
                home.run_on(terminal(width), "", &format!("{line} --color {colour}"))
                    .stdout
            };
            let painted = on("always");
            assert_ne!(painted, on("never"), "{line}");
            assert_eq!(
                escapes.replace_all(&painted, ""),
                on("never"),
                "{line} at {width}"
            );
        }
    }
}

#[test]
fn machine_formats_ignore_the_terminal() {
    for format in ["csv", "name", "ndjson"] {
        for line in [
            "agents --limit 12",
            "agents agt_abc123",
            "agents candidates list agt_abc123",
        ] {
            let line = format!("{line} -o {format}");
            let home = sandbox();
            assert_eq!(
                home.run_on(terminal(40), "", &line).stdout,
                home.run(&line).stdout,
                "{line}"
            );
        }
    }
}

#[test]
fn table_fits_the_terminal() {
    use unicode_width::UnicodeWidthStr as _;
    let home = sandbox();
    for width in [24, 40, 60, 80, 100, 132] {
        for line in [
            "agents --all",
            "agents --all -o wide",
            "join-keys --all -o wide",
            "config list",
        ] {
            let run = home.run_on(terminal(width), "", &format!("{line} --color never"));
            for line in run.stdout.lines() {
                assert!(line.width() <= width, "{width}: {line:?}");
            }
        }
    }
}

#[test]
fn names_every_hidden_column() {
    let home = sandbox();
    let all =
        "ID NAME WORKER_ID STATUS REGION LAST_HEARTBEAT MAX_CONCURRENT TIERS DESCRIPTION CREATED";
    for width in [20, 40, 60, 80, 100, 150] {
        let run = home.run_on(
            terminal(width),
            "",
            "agents --limit 4 -o wide --color never",
        );
        let header = run.stdout.lines().next().unwrap_or_default();
        for column in all.split(' ') {
            let drawn = header.split_whitespace().any(|word| {
                word == column
                    || word
                        .strip_suffix('…')
                        .is_some_and(|cut| column.starts_with(cut))
            });
            assert!(
                drawn || run.stderr.contains(column),
                "{column} at {width}: {header:?} {}",
                run.stderr
            );
        }
    }
}

#[test]
fn csv_and_tsv_have_a_cell_per_header() {
    let home = sandbox();
    for line in [
        "agents --all",
        "agents --all -o wide",
        "join-keys --all -o wide",
        "agents agt_abc123 --events --all",
    ] {
        let run = home.run(line);
        let counts: Vec<usize> = run
            .stdout
            .lines()
            .map(|line| line.split('\t').count())
            .collect();
        assert!(
            counts.len() > 20 && counts.iter().all(|count| *count == counts[0]),
            "{line}"
        );
    }
    let run = home.run("agents --all -o csv");
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    assert_eq!(reader.records().flatten().count(), 40);
    assert!(!run.stdout.contains('\r'), "lines end with LF");
}
