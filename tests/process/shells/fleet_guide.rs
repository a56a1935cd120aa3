//! The scripts and CI jobs in docs/fleet.md, typed against a served fleet.

use std::path::Path;

use crate::support::Home;
use crate::support::process::{LIMIT, Running, Served, script};

/// The blocks of a document in this language.
fn blocks(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md");
    let text = std::fs::read_to_string(path).expect("the guide");
    let start = format!("```{language}\n");
    let blocks = text.split(start.as_str()).skip(1);
    let block = |block: &str| block.split("```").next().map(str::to_owned);
    blocks.filter_map(block).collect()
}

/// The commands of a CI job: lines that start with `xeroctl`, with those that continue them.
fn commands(job: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = job.lines();
    while let Some(line) = lines.next() {
        let line = line.trim().trim_start_matches("- ");
        if !line.starts_with("xeroctl ") {
            continue;
        }
        let mut command = line.to_owned();
        while command.ends_with('\\') {
            let next = lines.next().expect("a line behind the backslash");
            command = format!("{command}\n{next}");
        }
        commands.push(command);
    }
    commands
}

/// Runs a script as a job of CI does: without a terminal, and with `CI` set.
#[track_caller]
fn run(home: &Home, text: &str) -> String {
    let text = format!("set -e; CI=true; export CI; xeroctl() {{ \"$X\" \"$@\"; }}\n{text}");
    let ended = Running::start(&mut script(home, &text)).end_within(4 * LIMIT);
    ended.exits(0).stderr
}

#[test]
fn the_scripts_of_the_fleet_guide_run() {
    let served = Served::start(&Home::new(), "--agents 40");
    let scripts = blocks("sh");
    let scripts = scripts
        .iter()
        .filter(|text| !text.contains("sandbox serve") && !text.contains("--watch"));
    let mut count = 0;
    for text in scripts {
        run(&served.home(), text);
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn the_watches_of_the_fleet_guide_run_until_they_are_stopped() {
    let served = Served::start(&Home::new(), "--agents 40");
    let scripts = blocks("sh");
    let watches = scripts.iter().filter(|text| text.contains("--watch"));
    let mut count = 0;
    for text in watches {
        count += text.matches("--watch").count();
        let text = text.replace("--watch", "--watch --timeout 1s");
        let told = run(&served.home(), &format!("set +e\n{text}\ntrue"));
        let stopped = told.matches("stopped watching after --timeout 1s").count();
        assert_eq!(stopped, text.matches("--watch").count(), "{told}");
        assert!(!told.contains("error:"), "{told}");
    }
    assert_eq!(count, 3);
}

#[test]
fn the_ci_jobs_of_the_fleet_guide_run_and_run_again() {
    let served = Served::start(&Home::new(), "--agents 40");
    let jobs = blocks("yaml");
    assert_eq!(jobs.len(), 2);
    for job in jobs {
        let home = served.home();
        let commands = commands(&job);
        assert!(!commands.is_empty(), "{job}");
        for command in &commands {
            run(&home, command);
        }
        let again = run(&home, &commands[0]);
        assert!(again.contains("done before"), "{again}");
    }
}
