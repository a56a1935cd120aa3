//! `xeroctl config`: the deployments and their file.

use std::path::PathBuf;

use crate::cli::shown::{FORMATS, runs, terminal, transcript};
use crate::support::Home;

/// A file with all that an edit must keep: comments, order, quotes, unknown keys.
const KEPT: &str = "\
# who to ask: ops
current = \"lab\"   # not prod
future = [1, 2]

[deployment.prod]  # careful
base_url = 'https://api.example/proj_1/v1'
# the key of 2026
api_key = \"xero_prod_key\"
protected = true
colour_of_the_prompt = \"red\"

[deployment.lab]
base_url = \"http://127.0.0.1:8080/lab/v1\"
api_key_keychain = \"lab entry\" # in the keychain
output = \"wide\"
";

fn file(home: &Home) -> PathBuf {
    home.path().join(".config/xeroctl/config.toml")
}

fn text(home: &Home) -> String {
    std::fs::read_to_string(file(home)).expect("the file")
}

#[test]
fn only_the_first_deployment_becomes_current() {
    let home = Home::new();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config list",
            "config add lab --base-url http://127.0.0.1:8080/lab/v1/ --api-key xero_lab",
            "config add prod --base-url https://api.example/proj_1/v1 --protected",
            "config add far --base-url http://far.example/p/v1 --api-key xero_far --use",
            "config list",
            "config add lab --base-url http://127.0.0.1/x/v1",
        ],
    ));
    insta::assert_snapshot!("file_after_add", text(&home));
}

#[test]
fn list_in_each_format() {
    let home = Home::new().config(KEPT);
    let lines = FORMATS.map(|format| format!("config list -o {format}"));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&home, &lines));
}

#[test]
fn edit_keeps_comments_order_and_unknown_settings() {
    let home = Home::new().config(KEPT);
    for line in [
        "config set prod --default-output json --base-url https://api.example/proj_2/v1",
        "config set lab --api-key xero_new --allow-http",
        "config use prod",
    ] {
        let run = home.run(line);
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    }
    insta::assert_snapshot!(text(&home));
}

#[test]
fn rename_keeps_settings_and_current() {
    let home = Home::new().config(KEPT);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config rename lab staging",
            "config rename prod staging",
            "config rename none other",
            "config rename staging sandbox",
            "config list -o csv",
        ],
    ));
    assert!(
        text(&home).contains("current = \"staging\"   # not prod"),
        "{}",
        text(&home)
    );
    assert!(text(&home).contains("api_key_keychain = \"lab entry\" # in the keychain"));
}

#[test]
fn removing_current_leaves_none() {
    let home = Home::new().config(KEPT);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config remove lab --force",
            "config list -o name",
            "agents",
            "config remove lab --force"
        ],
    ));
    assert!(!text(&home).contains("current ="), "{}", text(&home));
}

#[test]
fn use_reports_the_change() {
    let home = Home::new().config(KEPT);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config use prod",
            "config use sandbox",
            "config use none",
            "agents --limit 1 -o name",
            "config use lab -o json",
        ],
    ));
}

#[test]
fn sandbox_cannot_be_edited() {
    let home = Home::new().config(KEPT);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config add sandbox --base-url http://127.0.0.1/p/v1",
            "config set sandbox --default-output json",
            "config rename sandbox other",
            "config remove sandbox --force",
        ],
    ));
    assert_eq!(text(&home), KEPT);
}

#[test]
fn show_prints_masked_settings_with_origins() {
    let home = Home::new().config(KEPT).with("XEROCTL_OUTPUT", "csv");
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config show -o table",
            "config show prod -o table",
            "--context sandbox config show -o table",
            "config show sandbox -o table",
            "config show none -o table",
            "config show",
            "config show -o json --base-url https://api.example/proj_9/v1 --api-key xero_typed",
        ],
    ));
}

#[test]
fn show_prints_protection() {
    let home = Home::new().config(KEPT);
    for line in [
        "config show prod",
        "--context prod config show",
        "config show --context prod",
    ] {
        let run = home.run(line);
        assert!(
            run.stdout.contains("protected\ttrue\tdeployment.prod\n"),
            "{line}: {}",
            run.stdout
        );
    }
}

#[test]
fn rejects_invalid_names_and_urls() {
    let add = |name: &str, url: &str| format!("config add {name} --base-url {url}");
    let lines = [
        add("'a b'", "http://127.0.0.1/p/v1"),
        add("a/b", "http://127.0.0.1/p/v1"),
        add(&"a".repeat(65), "http://127.0.0.1/p/v1"),
        add("a", "ftp://host/p/v1"),
        add("a", "https://user@host/p/v1"),
        add("a", "https://host/v1"),
        add("a", "https://host/p/v2"),
        add("a", "https://host/p/v1?x=1"),
        add("a", "https://host/p/v1#f"),
        add("a", "host/p/v1"),
        add("a", "'https://host/p/v1 --force'"),
    ];
    for line in &lines {
        let home = Home::new();
        assert_eq!(home.run(line).code, 2, "{line}");
        assert!(!file(&home).exists(), "{line}: nothing is written");
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&Home::new(), &lines));
}

#[test]
fn key_from_file_or_standard_input_loses_one_newline() {
    let home = Home::new();
    std::fs::write(home.path().join("key"), "xero_file\n").expect("a key file");
    let add = "--base-url http://127.0.0.1/p/v1 --api-key-file";
    assert_eq!(home.run(&format!("config add one {add} key")).code, 0);
    let off = xeroctl::ui::Terminals::default();
    assert_eq!(
        home.run_on(off, "xero_typed\n", &format!("config add two {add} -"))
            .code,
        0
    );
    assert!(
        text(&home).contains("api_key = \"xero_file\"\n"),
        "{}",
        text(&home)
    );
    assert!(
        text(&home).contains("api_key = \"xero_typed\"\n"),
        "{}",
        text(&home)
    );
    for bad in [
        "",
        "\n",
        "two\nlines\n",
        "xero\u{7}key",
        "xero key",
        "xero\n\n",
    ] {
        let run = home.run_on(off, bad, &format!("config add three {add} -"));
        assert_eq!(run.code, 2, "{bad:?}: {}", run.stderr);
    }
    assert_eq!(
        home.run(&format!("config add three {add} no-such-file"))
            .code,
        2
    );
}

#[test]
fn prompts_for_hidden_key() {
    let home = Home::new();
    let add = "config add lab --base-url http://127.0.0.1/p/v1 --color never";
    let run = home.run_on(terminal(80), "xero_typed\n", add);
    assert!(
        text(&home).contains("api_key = \"xero_typed\""),
        "{}",
        text(&home)
    );
    let none = Home::new().run_on(terminal(80), "\n", add);
    insta::assert_snapshot!(transcript(&[run, none]));
}

#[test]
fn new_key_replaces_keychain_entry() {
    let home = Home::new().config(KEPT);
    assert_eq!(home.run("config set lab --api-key xero_new").code, 0);
    assert!(text(&home).contains("api_key = \"xero_new\""));
    assert!(
        !text(&home).contains("api_key_keychain"),
        "at most one of the two"
    );
}

#[test]
fn unreadable_keychain_entry_exits_3() {
    let home = Home::new().with("PATH", "/nowhere").config(KEPT);
    insta::assert_snapshot!(runs(&home, &["agents", "agents --dry-run -o table"]));
}

#[test]
fn warns_if_stored_key_moves_to_another_host() {
    let home = Home::new().config(KEPT);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config set prod --base-url https://elsewhere.example/proj_1/v1",
            "config set prod --base-url https://elsewhere.example/proj_2/v1",
        ],
    ));
}
