//! `xeroctl agents join-keys`: the actions that its flags select, in every format.

use crate::cli::shown::{FORMATS, named, runs, sandbox, transcript};
use crate::support::Home;

const CREATE: &str =
    "join-keys --create --name gpu-pool --region us-east --router-addr tcp://router:5555";

/// The transcript of a creation: id and token are new in each run.
fn created(text: &str) -> String {
    named(
        text,
        &[
            (r"jk_[a-z0-9]{16}", "jk_NEW"),
            (r"xjt_[A-Za-z0-9_-]+", "TOKEN"),
        ],
    )
}

#[test]
fn list_in_each_format() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents join-keys --limit 3",
            "agents join-keys --limit 3 -o wide",
            "agents join-keys --limit 1 -o json",
            "agents join-keys --limit 2 -o ndjson",
            "agents join-keys --limit 3 -o csv",
            "agents join-keys --limit 3 -o name",
        ],
    ));
}

#[test]
fn has_an_alias_at_the_first_level() {
    let home = sandbox();
    let long = home.run("agents join-keys --limit 3");
    let short = home.run("join-keys --limit 3");
    assert_eq!(
        (long.stdout, long.code),
        (short.stdout, short.code),
        "the alias lists the same"
    );
}

#[test]
fn include_terminal_lists_ended_keys() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &["join-keys --include-terminal --all -o csv"],
    ));
}

#[test]
fn named_key_prints_list_with_note() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "join-keys jk_abc123 --limit 2",
            "join-keys jk_none --limit 1",
            "join-keys list --limit 1",
        ],
    ));
}

#[test]
fn create_prints_the_token_once_with_a_warning() {
    let shown = ["table", "wide", "json", "ndjson"]
        .map(|format| created(&runs(&sandbox(), &[&format!("{CREATE} -o {format}")])));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn create_accepts_every_field() {
    let run = sandbox().run(
        "agents join-keys --create --name gpu-pool-eu --region eu-west --router-addr tcp://router-a:5555 \
         --router-addr tcp://[::1]:5555 --max-enrollments 5 --ttl-seconds 86400 \
         --supported-tiers priority,default --agent-role execution -o json",
    );
    insta::assert_snapshot!(created(&transcript(&[run])));
}

#[test]
fn create_on_terminal_is_aligned() {
    let run = sandbox().run_on_terminal("", &format!("{CREATE} --color never"));
    insta::assert_snapshot!(created(&transcript(&[run])));
}

#[test]
fn revoke_in_each_format() {
    let lines = FORMATS.map(|format| format!("join-keys jk_abc123 --revoke --force -o {format}"));
    let shown = lines.map(|line| runs(&sandbox(), &[&line]));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn revoke_on_terminal_prints_a_sentence() {
    insta::assert_snapshot!(transcript(&[
        sandbox().run_on_terminal("", "join-keys jk_abc123 --revoke -y")
    ]));
}

#[test]
fn revoked_key_leaves_the_list() {
    let home = sandbox();
    let live = |home: &Home| home.run("join-keys --all -o name").stdout;
    assert!(live(&home).contains("jk_abc123\n"), "it is live at first");
    assert_eq!(home.run("join-keys jk_abc123 --revoke --force").code, 0);
    assert!(!live(&home).contains("jk_abc123\n"), "and gone then");
}

#[test]
fn unknown_key_is_not_revoked() {
    insta::assert_snapshot!(runs(&sandbox(), &["join-keys jk_none --revoke --force"]));
}
