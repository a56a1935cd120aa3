//! Properties of every command and option, driven by clap's tree, so that a new command is covered automatically.

use clap::{Arg, Command};
use regex::Regex;

use crate::cli::dry_run::{CONTEXT, LINES, planned_writes};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use xeroctl::ui::Terminals;

/// Options for which an empty value has a meaning.
const EMPTY_IS_VALID: &[(&str, &str)] = &[
    ("agents", "description"),
    ("agents", "supported_tiers"),
    ("agents join-keys", "supported_tiers"),
    ("join-keys", "supported_tiers"),
    ("squads update", "title"),
    // Looked up like the name of a command, and not found.
    ("man", "words"),
    // Checked when the request is composed, after all other arguments.
    ("api", "headers"),
];

/// Calls `visit` with the words of each command of the tree, and the command.
fn each_command(visit: &mut dyn FnMut(&str, &Command)) {
    fn descend(words: &str, command: &Command, visit: &mut dyn FnMut(&str, &Command)) {
        for below in command.get_subcommands() {
            let words = format!("{words} {}", below.get_name());
            let words = words.trim_start();
            visit(words, below);
            if below.get_name() != "help" {
                descend(words, below, visit);
            }
        }
    }
    descend("", xeroctl::cmd::grammar::tree(), visit);
}

/// The words that give an argument of a command an empty value.
fn with_empty(words: &str, command: &Command, argument: &Arg) -> String {
    if let Some(long) = argument.get_long() {
        return format!("{words} --{long}=");
    }
    let before = command
        .get_positionals()
        .take_while(|other| other.get_id() != argument.get_id());
    let filler = if words == "api" { "GET" } else { "x" };
    let before: Vec<&str> = before.map(|_| filler).collect();
    format!("{words} {} ''", before.join(" "))
}

#[test]
fn every_command_has_help_by_option_and_subcommand() {
    let home = Home::new();
    each_command(&mut |words, _| {
        if words.starts_with("help") {
            return;
        }
        // The alias at the first level has the help of the group.
        let name = if words == "join-keys" {
            "agents join-keys"
        } else {
            words
        };
        let usage = format!("Usage: xeroctl {name}");
        for flag in ["--help", "-h"] {
            let run = home.run(&format!("{words} {flag}"));
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{words} {flag}");
            assert!(
                run.stdout.contains(&usage),
                "{words} {flag}: {}",
                run.stdout
            );
        }
        let help = home.run(&format!("{words} --help")).stdout;
        assert!(
            help.contains("Examples:") || help.contains("Example:"),
            "{words}: {help}"
        );
        assert_eq!(home.run(&format!("help {words}")).stdout, help, "{words}");
    });
}

#[test]
fn rejects_empty_values() {
    let home = Home::new();
    let (mut count, mut accepted) = (0, Vec::new());
    each_command(&mut |words, command| {
        if words.starts_with("help") {
            return;
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if !argument.get_action().takes_values() || EMPTY_IS_VALID.contains(&(words, id)) {
                continue;
            }
            let line = with_empty(words, command, argument);
            let run = home.run(&line);
            let is_refused = run.code == 2
                && run.stdout.is_empty()
                && (run.stderr.starts_with("error: invalid value ''")
                    || run.stderr.contains("is empty")
                    || run.stderr.contains("a value is required"));
            if !is_refused {
                accepted.push(format!("{line} ({id}): {}", run.stderr));
            }
            count += 1;
        }
    });
    assert_eq!(accepted, [""; 0]);
    assert!(count > 500, "{count} options");
}

#[test]
fn every_command_has_a_dry_run() {
    // These have tables of their own, or no requests to print.
    const OTHERS: [&str; 12] = [
        "api",
        "completions",
        "config",
        "doctor",
        "explain",
        "help",
        "man",
        "sandbox",
        "squads",
        "status",
        "top",
        "version",
    ];
    let mut missing = Vec::new();
    each_command(&mut |words, command| {
        let group = words.split(' ').next().unwrap_or_default();
        // The alias at the first level stands for the group.
        let words = words
            .strip_prefix("agents join-keys")
            .map_or(words, |_| "join-keys");
        let has_line = LINES.iter().any(|line| line.starts_with(words));
        // These read until they have what they need, so a plan says little about them.
        let reads_on = words.ends_with(" stats") || words.ends_with(" wait");
        if !command.has_subcommands() && !reads_on && !OTHERS.contains(&group) && !has_line {
            missing.push(words.to_owned());
        }
    });
    assert_eq!(missing, [""; 0]);
}

#[test]
fn rejects_empty_words_in_lists() {
    let home = Home::new();
    for line in [
        "agents --create --supported-tiers a,,b",
        "exec list --status failed,",
        "approvals list --status pending,,approved",
        "approvals approve a ''",
        "squads inbox --status todo,,done",
        "squads inbox --status ,",
    ] {
        let run = home.run(line);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{line}");
        assert!(
            run.stderr.starts_with("error: invalid value"),
            "{line}: {}",
            run.stderr
        );
    }
}

#[test]
fn every_example_parses() {
    let home = Home::new()
        .with("XEROCTL_BASE_URL", "https://router.example/p/v1")
        .with("SLAW_SQUAD_ID", "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24");
    let mut count = 0;
    each_command(&mut |words, _| {
        if words.starts_with("help") {
            return;
        }
        let help = home.run(&format!("{words} --help")).stdout;
        let continued = Regex::new(r"\\\n +").expect("a pattern");
        let help = continued.replace_all(&help, "");
        let (_, examples) = help.split_once("Example").unwrap_or_default();
        for example in examples.lines().map(str::trim) {
            // Text after two spaces is a remark; pipes and other programs belong to the shell.
            let Some(line) = example.strip_prefix("xeroctl ") else {
                continue;
            };
            let line = line.split("   ").next().unwrap_or_default();
            let line = line.split(['|', '>']).next().unwrap_or_default();
            let line = line.replace("sha256:DIGEST", &format!("sha256:{}", "0".repeat(64)));
            let line = line.replace("KEY ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ");
            // These would read or write files, or serve.
            let is_local = [
                "config ",
                "sandbox ",
                "--api-key-file",
                "@",
                "--input -",
                "--file",
                "$",
            ];
            if is_local.iter().any(|word| line.contains(word)) {
                continue;
            }
            count += 1;
            let dry = if line.contains("--dry-run") {
                ""
            } else {
                "--dry-run "
            };
            let run = home.run(&format!("{dry}{line}"));
            assert_eq!(run.code, 0, "{example}: {}", run.stderr);
        }
    });
    assert!(count > 60, "{count} examples");
}

#[test]
fn protected_deployment_must_be_named() {
    let router = Router::rules(|_| {
        Answer::json(
            200,
            r#"{"status":"pending","tool_name":"t","risk":"write","args":{},"context":{},"token":"x"}"#,
        )
    });
    let config = format!(
        "current = \"prod\"\n[deployment.prod]\nbase_url = \"{}\"\napi_key = \"k\"\nprotected = true\n",
        router.base_url()
    );
    let home = Home::new().config(&config);
    let run = |line: &str| home.run_on(Terminals::default(), CONTEXT, line);
    let mut writes = 0;
    for line in LINES {
        if planned_writes(&home, line) == 0 || line.contains("--wait") {
            continue;
        }
        writes += 1;
        for force in ["", " --force"] {
            let before = router.lines().len();
            let refused = run(&format!("{line}{force}"));
            if refused.code == 2 && !force.is_empty() {
                continue; // Not every command takes --force.
            }
            assert_eq!(
                (refused.code, refused.stdout.as_str()),
                (3, ""),
                "{line}: {}",
                refused.stderr
            );
            assert!(
                refused.stderr.contains("--context prod"),
                "{line}: {}",
                refused.stderr
            );
            assert_eq!(
                router.lines().len(),
                before,
                "{line}: not even reads for a write"
            );
            let named = run(&format!("{line}{force} --context prod"));
            assert_ne!(named.code, 3, "{line}: {}", named.stderr);
        }
    }
    assert!(writes > 25, "{writes} lines");
    for line in [
        "agents a",
        "exec show e",
        "exec context show --workspace w",
        "approvals show a",
    ] {
        assert_eq!(run(line).code, 0, "{line}: reads are allowed");
    }
}
