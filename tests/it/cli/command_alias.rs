//! Aliases from the configuration file.

use crate::cli::shown::{runs, sandbox, transcript};
use crate::support::Home;

const ALIASES: &str = "\
current = \"sandbox\"

[alias]
fleet = \"agents --columns ID,STATUS\"
names = \"-o name agents\"
ids = \"agents --jq '.data[] | .id'\"
twice = \"fleet --all\"
loop = \"loop\"
agents = \"exec list\"
open = \"agents 'a\"
nothing = \"\"
options = \"-o json\"
other = \"!rm -rf /\"
";

#[test]
fn alias_stands_for_its_words() {
    let home = Home::new().config(ALIASES);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "fleet --limit 1 -q",
            "-q --context sandbox fleet --limit 1",
            "names --limit 2",
            "ids --limit 1 -q",
            "fleet agt_abc123",
            "fleet --bogus",
            "agents --limit 1 -o name",
        ],
    ));
}

#[test]
fn alias_that_cannot_be_used_is_a_configuration_error() {
    let home = Home::new().config(ALIASES);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "twice", "loop", "open", "nothing", "options", "other", "unknown", "-- fleet"
        ],
    ));
}

#[test]
fn help_lists_aliases() {
    let home = Home::new().config(ALIASES);
    for line in ["", "--help", "-h", "help"] {
        let run = home.run(line);
        let section = run.stdout.split("Aliases").nth(1).unwrap_or_default();
        assert!(
            section.contains("  fleet    agents --columns ID,STATUS\n"),
            "{line}: {}",
            run.stdout
        );
        assert!(!section.contains("exec list"), "{line}: {}", run.stdout);
    }
    assert!(!sandbox().run("--help").stdout.contains("Aliases"));
    assert!(!home.run("agents --help").stdout.contains("Aliases"));
}

#[test]
fn broken_configuration_leaves_unknown_commands_unknown() {
    let home = Home::new().config("alias = 1\n");
    let run = home.run("fleet");
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn program_named_as_a_plugin_is_not_run() {
    let home = Home::new();
    let program = home.path().join("xeroctl-deploy");
    std::fs::write(&program, "#!/bin/sh\ntouch ran\n").expect("a program");
    let path = home.path().display().to_string();
    let home = home.with("PATH", &format!("/nowhere:{path}"));
    insta::assert_snapshot!(transcript(&[
        home.run("deploy --all"),
        home.run("deployed")
    ]));
    assert!(!home.path().join("ran").exists());
}
