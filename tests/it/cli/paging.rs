//! Lists against the sandbox, which has 40 agents on pages of 20.

use crate::cli::shown::sandbox;
use crate::support::Home;

/// The IDs that a line prints.
fn ids(home: &Home, line: &str) -> Vec<String> {
    let run = home.run(&format!("{line} -o name"));
    assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    run.stdout.lines().map(str::to_owned).collect()
}

/// The option that the hint of a list gives to continue it.
fn next(stderr: &str) -> Option<&str> {
    stderr.lines().find_map(|line| {
        let (_, hint) = line.split_once(" shown, more available; ")?;
        hint.find("--after").map(|at| &hint[at..])
    })
}

#[test]
fn list_has_the_requested_number_of_items() {
    let home = sandbox();
    for (words, count) in [
        ("", 20),
        ("--limit 1", 1),
        ("--limit 20", 20),
        ("--limit 33", 33),
        ("--limit 40", 40),
        ("--limit 4000", 40),
        ("--all", 40),
    ] {
        assert_eq!(
            ids(&home, &format!("agents {words}")).len(),
            count,
            "{words}"
        );
    }
}

#[test]
fn hinted_options_read_the_complete_list() {
    let home = sandbox();
    for words in ["", "--limit 7", "--limit 20", "--limit 39", "--limit 40"] {
        let first = format!("agents {words} -o name");
        let mut line = first.clone();
        let mut walked = Vec::new();
        loop {
            let run = home.run(&line);
            walked.extend(run.stdout.lines().map(str::to_owned));
            match next(&run.stderr) {
                Some(option) => line = format!("{first} {option}"),
                None => break,
            }
        }
        assert_eq!(walked, ids(&home, "agents --all"), "{words}");
    }
}

#[test]
fn after_combines_with_all_and_limit() {
    let home = sandbox();
    let all = ids(&home, "agents --all");
    assert_eq!(
        ids(&home, &format!("agents --all --after {}", all[9])),
        all[10..]
    );
    assert_eq!(
        ids(&home, &format!("agents --limit 25 --after {}", all[9])),
        all[10..35]
    );
    assert_eq!(ids(&home, &format!("agents --after {}", all[39])), [""; 0]);
}

#[test]
fn merges_pages_into_one_document() {
    let home = sandbox();
    for (words, count, more) in [
        ("--all", 40, false),
        ("--limit 33", 33, true),
        ("--limit 40", 40, false),
    ] {
        let run = home.run(&format!("agents {words} -o json"));
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("one document");
        let data = document["data"].as_array().expect("an array");
        assert_eq!(data.len(), count, "{words}");
        assert_eq!(document["has_more"], more, "{words}");
        assert_eq!(document["last_id"], data[count - 1]["id"], "{words}");
        assert_eq!(document["first_id"], data[0]["id"], "{words}");
        assert_eq!(run.stdout.matches('\n').count(), 1, "one line: {words}");
        let on_terminal = home
            .run_on_terminal("", &format!("agents {words} -o json"))
            .stdout;
        let shown: serde_json::Value = serde_json::from_str(&on_terminal).expect("one document");
        assert_eq!(shown, document, "{words}");
    }
}

#[test]
fn every_list_is_paginated_alike() {
    let home = sandbox();
    for line in ["agents agt_abc123 --events", "join-keys --include-terminal"] {
        let all = ids(&home, &format!("{line} --all"));
        assert!(all.len() > 20, "{line}");
        assert_eq!(ids(&home, line), all[..20], "{line}");
        assert_eq!(
            ids(&home, &format!("{line} --limit 21")),
            all[..21],
            "{line}"
        );
    }
}

#[test]
fn hint_names_all_unless_it_conflicts() {
    let home = Home::new();
    let first = home.run("--context sandbox -q agents --limit 2");
    assert_eq!(first.stderr, "", "quiet means quiet");
    let limited = home.run("--context sandbox agents --limit=2 --no-headers --time=raw");
    assert!(
        limited
            .stderr
            .ends_with("; continue with --after agt_weuawtg4qw2b4i9b\n"),
        "{}",
        limited.stderr
    );
    let page = home.run("--context sandbox agents --no-headers");
    assert!(
        page.stderr.contains("; add --all, or --after agt_"),
        "{}",
        page.stderr
    );
}
