//! `xeroctl agents`: the actions that its flags select, in every format.

use crate::cli::shown::{FORMATS, named, runs, sandbox, terminal, transcript};
use crate::support::Home;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn list_in_each_format() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --limit 3",
            "agents --limit 3 -o wide",
            "agents --limit 2 -o json",
            "agents --limit 2 -o ndjson",
            "agents --limit 3 -o csv",
            "agents --limit 3 -o name",
        ],
    ));
}

#[test]
fn list_without_headers() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --limit 1 --no-headers",
            "agents --limit 1 --no-headers -o csv",
            "agents --limit 1 --no-headers -o wide",
        ],
    ));
}

#[test]
fn list_on_terminal_has_relative_times() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run_on_terminal("", "agents --limit 12 --color never"),
        home.run_on(terminal(200), "", "agents --limit 4 -o wide --color never"),
        home.run_on_terminal("", "agents --limit 1 -o json"),
    ]));
}

#[test]
fn narrow_terminal_drops_extras_then_text_then_columns() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run_on(terminal(80), "", "agents --limit 3 -o wide --color never"),
        home.run_on(terminal(60), "", "agents --limit 3 --color never"),
        home.run_on(terminal(40), "", "agents --limit 3 --color never"),
    ]));
}

#[test]
fn shows_every_known_field() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_abc123",
            "agents agt_abc123 -o wide",
            "agents agt_abc123 -o json",
            "agents agt_abc123 -o ndjson",
            "agents agt_abc123 -o csv",
            "agents agt_abc123 -o name",
        ],
    ));
}

#[test]
fn terminal_shows_one_tool_per_line() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run_on_terminal("", "agents agt_abc123 --color never"),
        home.run_on_terminal("", "agents agt_wsyochq960t11jwn -o json"),
    ]));
}

#[test]
fn colors_headings_and_statuses() {
    insta::assert_snapshot!(
        transcript(&[sandbox().run_on_terminal("", "agents --limit 5")]).replace('\u{1b}', "ESC")
    );
}

#[test]
fn create_in_each_format() {
    let shown = FORMATS.map(|format| {
        let line = format!(
            "agents --create --name gpu-worker-9 --worker-id w-009 --public-key {KEY} --region us-east \
             --max-concurrent 8 --description 'H100 worker' --supported-tiers priority,default -o {format}"
        );
        // The ID is new in each run.
        named(&runs(&sandbox(), &[&line]), &[("agt_[a-z0-9]{16}", "agt_NEW")])
    });
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn update_changes_only_given_fields() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_abc123 --update --name gpu-worker-1-renamed --status suspended",
            "agents agt_abc123 --update --description '' --supported-tiers '' -o json",
            "agents agt_abc123 --update --max-concurrent 0 -o csv",
            "agents agt_abc123 --update --region us-west -o name",
        ],
    ));
}

#[test]
fn delete_in_each_format() {
    let lines = FORMATS.map(|format| format!("agents agt_abc123 --delete --force -o {format}"));
    let shown = lines.map(|line| runs(&sandbox(), &[&line]));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn deleted_agent_is_not_found() {
    let home = sandbox();
    assert_eq!(home.run("agents agt_abc123 --delete --force").code, 0);
    assert_eq!(home.run("agents agt_abc123").code, 5, "not found");
}

#[test]
fn delete_on_terminal_prints_a_sentence() {
    insta::assert_snapshot!(transcript(&[
        sandbox().run_on_terminal("", "agents agt_abc123 --delete --yes")
    ]));
}

#[test]
fn events_in_each_format() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_abc123 --events --limit 3",
            "agents agt_abc123 --events --limit 3 -o wide",
            "agents agt_abc123 --events --limit 1 -o json",
            "agents agt_abc123 --events --limit 2 -o ndjson",
            "agents agt_abc123 --events --limit 3 -o csv",
            "agents agt_abc123 --events --limit 3 -o name",
            "agents agt_abc123 --events --after evt_xyz --limit 1",
        ],
    ));
}

#[test]
fn formats_times_as_requested() {
    let home = Home::new()
        .with("XEROCTL_CONTEXT", "sandbox")
        .with("TZ", "Europe/Berlin");
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --limit 1 --no-headers --time relative",
            "agents --limit 1 --no-headers --time utc",
            "agents --limit 1 --no-headers --time local",
            "agents --limit 1 --no-headers --time raw",
        ],
    ));
}

#[test]
fn id_like_a_subcommand_follows_two_dashes() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents -- join-keys",
            "agents -- -x",
            "agents --delete --force -- -x"
        ],
    ));
}

#[test]
fn unknown_word_suggests_documented_form() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_none",
            "agents list",
            "agents join-key",
            "agents show --events",
            "agents pause-exce",
        ],
    ));
}

#[test]
fn does_not_suggest_words_of_join_keys() {
    for line in ["agents revoke", "agents revoke agt_1"] {
        let run = sandbox().run(line);
        assert!(!run.stderr.contains("--revoke"), "{}", run.stderr);
    }
    for line in [
        "join-keys update jk_1",
        "join-keys events jk_1",
        "join-keys delete jk_1",
    ] {
        let run = sandbox().run(line);
        for option in ["--update", "--events", "--delete"] {
            assert!(!run.stderr.contains(option), "{line}: {}", run.stderr);
        }
    }
}
