//! `explain` and `version`: everything that needs neither a router nor a configuration.

use std::collections::BTreeSet;

use xeroctl::api::advice::{GENERAL, TABLE};
use xeroctl::error::EXITS;

use super::shown::{on, runs, transcript};
use crate::support::Home;

#[test]
fn explains_each_code_of_the_router_and_each_exit_code() {
    let home = Home::new();
    let codes = TABLE.iter().chain(GENERAL).map(|advice| advice.code);
    let exits = EXITS.iter().map(|info| info.exit.code().to_string());
    let all: Vec<String> = codes.map(str::to_owned).chain(exits).collect();
    for code in &all {
        let run = home.run(&format!("explain {code}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{code}");
        for field in ["CODE", "EXIT", "MEANING", "ACTION", "RETRIED"] {
            let line = format!("\n{field}\t");
            let text = format!("\n{}", run.stdout);
            assert!(text.contains(&line), "{code} lacks {field}: {}", run.stdout);
        }
    }
    let listed = home.run("explain -o name").stdout;
    assert_eq!(listed.lines().collect::<Vec<_>>(), all);
}

#[test]
fn a_code_is_explained_in_each_format() {
    let home = Home::new();
    let lines = super::shown::FORMATS.map(|format| format!("explain agent_not_found -o {format}"));
    insta::assert_snapshot!(runs(&home, &lines.each_ref().map(String::as_str)));
}

#[test]
fn codes_are_found_in_any_spelling_and_unknown_ones_get_the_nearest() {
    insta::assert_snapshot!(runs(
        &Home::new(),
        &[
            "explain Agent-Not-Found",
            "explain usage",
            "explain interrupted",
            "explain 17",
            "explain internal_error",
            "explain agent_not_fund",
            "explain scope",
            "explain 18",
            "explain ''",
            "explain nonsense -o json",
        ],
    ));
}

#[test]
fn the_list_of_codes_fits_a_terminal() {
    let home = Home::new();
    let mut runs = vec![on(&home, 80, "explain exec_tool_not_found")];
    runs.extend([80, 120].map(|width| on(&home, width, "explain")));
    for run in &runs {
        assert_eq!(run.code, 0);
    }
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn codes_and_version_ignore_a_broken_configuration() {
    let home = Home::new()
        .config("current = [")
        .with("XEROCTL_CONTEXT", "nowhere");
    for line in [
        "explain 3",
        "version",
        "help exit-codes",
        "--version",
        "explain",
    ] {
        assert_eq!(home.run(line).code, 0, "{line}");
    }
}

#[test]
fn each_command_that_an_explanation_names_exists() {
    let home = Home::new();
    let next = EXITS.iter().map(|info| info.next);
    let next: BTreeSet<&str> = next
        .chain(GENERAL.iter().filter_map(|advice| match advice.next {
            xeroctl::api::advice::Next::Run(words) => Some(words),
            _ => None,
        }))
        .collect();
    for words in next {
        let run = home.run(&format!("--context sandbox --dry-run {words}"));
        assert_eq!(run.code, 0, "{words}: {}", run.stderr);
    }
}

#[test]
fn the_version_says_what_was_built() {
    let home = Home::new();
    let run = home.run("version");
    let fields: Vec<&str> = run
        .stdout
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert_eq!(
        fields,
        ["VERSION", "COMMIT", "TARGET", "PROFILE", "FEATURES"]
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let json: serde_json::Value =
        serde_json::from_str(&home.run("version -o json").stdout).expect("JSON");
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        json["commit"].is_string() && json["features"].is_array(),
        "{json}"
    );
    assert_eq!(
        home.run("version -o name").stdout,
        format!("{}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn each_command_has_a_manual_page() {
    let home = Home::new();
    let run = home.run("man agents join-keys");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains("\n.TH XEROCTL-AGENTS-JOIN-KEYS 1 "),
        "{}",
        run.stdout
    );
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXAMPLES\""] {
        assert!(
            run.stdout.contains(&format!("\n.SH {section}\n")),
            "{section}: {}",
            run.stdout
        );
    }
    assert!(run.stdout.is_ascii());
    assert!(home.run("man").stdout.contains("\n.TH XEROCTL 1 "));
    assert_eq!(home.run("man nonsense").code, 2);
    assert_eq!(home.run("man agents --directory pages").code, 2);
    let run = home.run("man --directory pages");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    for page in ["xeroctl.1", "xeroctl-exec-invoke.1"] {
        assert!(home.path().join("pages").join(page).exists(), "{page}");
    }
    std::fs::write(home.path().join("file"), "").expect("a file");
    assert_eq!(home.run("man --directory file").code, 2);
}
