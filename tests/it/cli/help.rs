//! The help, the version and the topics: on standard output, exit 0, whatever is broken.

use crate::cli::shown::runs;
use crate::support::Home;

/// Every command, word by word.
const COMMANDS: &[&str] = &[
    "agents",
    "agents join-keys",
    "agents pause-exec",
    "agents resume-exec",
    "agents revoke-credentials",
    "agents candidates",
    "agents candidates list",
    "agents candidates approve",
    "agents candidates reject",
    "agents curve-rotate",
    "join-keys",
    "config",
    "config init",
    "config add",
    "config set",
    "config use",
    "config list",
    "config show",
    "config remove",
    "config rename",
    "config path",
    "sandbox",
    "sandbox serve",
    "sandbox reset",
    "sandbox path",
    "status",
    "doctor",
    "explain",
    "completions",
    "man",
    "version",
    "help",
];

#[test]
fn every_command_has_help_with_usage() {
    let home = Home::new();
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let run = home.run(&format!("{command} {flag}"));
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command} {flag}");
            // The alias at the first level is told by its full name.
            let name = command
                .replace("agents join-keys", "join-keys")
                .replace("join-keys", "agents join-keys");
            let usage = format!("Usage: xeroctl {name}");
            assert!(
                run.stdout.contains(&usage),
                "{command} {flag}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn help_accepts_command_words() {
    let home = Home::new();
    for command in COMMANDS {
        assert_eq!(
            home.run(&format!("help {command}")).stdout,
            home.run(&format!("{command} --help")).stdout,
            "{command}"
        );
    }
    assert_eq!(home.run("help nonsense").code, 2);
    assert_eq!(home.run("help agents nonsense").code, 2);
}

#[test]
fn every_example_parses() {
    let home = Home::new().with("XEROCTL_BASE_URL", "https://router.example/p/v1");
    let mut seen = 0;
    for command in COMMANDS {
        let help = home
            .run(&format!("{command} --help"))
            .stdout
            .replace("\\\n      ", "");
        let examples = help
            .split_once("Examples:")
            .map_or("", |(_, examples)| examples);
        for example in examples.lines().map(str::trim) {
            // What comes behind two blanks is a remark; pipes and other programs are the shell's.
            let Some(words) = example.strip_prefix("xeroctl ") else {
                continue;
            };
            let words = words.split("   ").next().unwrap_or_default();
            let words = words.split(['|', '>']).next().unwrap_or_default();
            let words = words.replace("KEY ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ");
            if words.contains("config ")
                || words.contains("sandbox ")
                || words.contains("--api-key-file")
            {
                continue;
            }
            seen += 1;
            let dry = if words.contains("--dry-run") {
                ""
            } else {
                "--dry-run "
            };
            let run = home.run(&format!("{dry}{words}"));
            assert_eq!(run.code, 0, "{example}: {}", run.stderr);
        }
    }
    assert!(seen > 20, "{seen} examples");
}

#[test]
fn agents_help() {
    insta::assert_snapshot!(runs(&Home::new(), &["agents --help"]));
}

#[test]
fn join_keys_help() {
    insta::assert_snapshot!(runs(&Home::new(), &["agents join-keys --help"]));
}

#[test]
fn exit_codes_are_a_topic() {
    insta::assert_snapshot!(runs(&Home::new(), &["help exit-codes"]));
}

#[test]
fn version_matches_the_package() {
    let run = Home::new().run("--version");
    assert_eq!(
        run.stdout,
        format!("xeroctl {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_environment_topic_names_every_variable_that_is_read() {
    fn sources(directory: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, text);
            } else {
                text.push_str(&std::fs::read_to_string(path).expect("a source file"));
            }
        }
    }
    let mut text = String::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root, &mut text);
    let name = regex::Regex::new(
        r#""((?:XEROCTL|SLAW|XDG|CLICOLOR|SSL_CERT|NO|HTTPS?|ALL)_[A-Z_]+|CLICOLOR|TERM|TZ|CI)""#,
    );
    let name = name.expect("a pattern");
    let topic = Home::new().run("help environment").stdout;
    let names = name.captures_iter(&text).map(|found| found[1].to_owned());
    let names: std::collections::BTreeSet<String> = names
        // Recorded when the program is built.
        .filter(|name| !name.starts_with("XEROCTL_BUILD_"))
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(topic.contains(&name), "help environment lacks {name}");
    }
}
