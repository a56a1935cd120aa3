//! Usage errors: exit 2, with every error and a hint.

use crate::cli::shown::{refused, sandbox, terminal, transcript};
use crate::support::Home;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn names_all_misplaced_options() {
    insta::assert_snapshot!(refused(&[
        "agents --name a --status b --force",
        "agents agt_1 --limit 5 --yes",
        "agents agt_1 --delete --name a --after x",
        "agents agt_1 --update --limit 5 --force --name a",
        "agents agt_1 --create --status active",
        "join-keys --force --token-file f --max-enrollments 5",
        "join-keys jk_1 --revoke --include-terminal --name a",
        "join-keys jk_1 --create --name a --limit 5",
    ]));
}

#[test]
fn names_all_missing_options() {
    insta::assert_snapshot!(refused(&[
        "agents --create",
        "agents --create --name a --region r",
        "agents --update --name a",
        "agents --delete",
        "agents --events",
        "agents agt_1 --update",
        "join-keys --create",
        "join-keys --create --name a",
        "join-keys --revoke",
        "agents pause-exec",
        "agents candidates",
        "agents candidates approve agt_1",
        "agents curve-rotate",
        "config add prod",
        "config set prod",
    ]));
}

#[test]
fn rejects_ids_that_change_the_route() {
    insta::assert_snapshot!(refused(&[
        "agents .",
        "agents .. --delete --force",
        "agents a/b",
        "agents 'a\u{7}b'",
        "agents 'a\u{85}b' --events",
        "join-keys .. --revoke --force",
        "agents pause-exec agt_1 ..",
        "agents candidates approve agt_1 ..",
        "agents candidates list ..",
        "agents curve-rotate a/b",
        "agents revoke-credentials . --force",
        "agents resume-exec ''",
    ]));
}

#[test]
fn rejects_impossible_values() {
    insta::assert_snapshot!(refused(&[
        "agents agt_1 --update --public-key abc",
        "agents agt_1 --update --public-key QUJD",
        "agents agt_1 --update --public-key 'JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6'",
        "agents agt_1 --update --region 'us east'",
        "agents agt_1 --update --region aaaaaaaaaaaaaaaaaaaaaaaaa",
        "agents agt_1 --update --region müнchen",
        "agents agt_1 --update --max-concurrent -1",
        "agents agt_1 --update --max-concurrent 2147483648",
        "agents agt_1 --update --supported-tiers a,,b",
        "join-keys --create --name a --region r --router-addr router:5555",
        "join-keys --create --name a --region r --router-addr tcp://router",
        "join-keys --create --name a --region r --router-addr tcp://router:0",
        "join-keys --create --name a --region r --router-addr tcp://router:65536",
        "join-keys --create --name a --region r --router-addr tcp://:5555",
        "join-keys --create --name a --region r --router-addr tcp://a:1 --max-enrollments 0",
        "join-keys --create --name a --region r --router-addr tcp://a:1 --ttl-seconds 1.5",
        "join-keys --create --name a --region r --router-addr tcp://a:1 --agent-role boss",
        "agents --limit 0",
        "agents --limit many",
        "agents --limit 5 --all",
        "agents pause-exec agt_1 --concurrency 0",
        "agents --timeout 0",
        "agents --timeout -5",
        "agents --timeout 5w",
        "agents -o xml",
        "agents --color perhaps",
        "agents --time lunar",
    ]));
}

#[test]
fn public_key_accepts_both_alphabets_and_a_leading_dash() {
    for key in [
        KEY,
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "-_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ] {
        let run = sandbox().run(&format!(
            "agents agt_1 --update --public-key {key} --dry-run"
        ));
        assert_eq!(run.code, 0, "{key}: {}", run.stderr);
        assert!(
            run.stdout.contains(&format!("\"public_key\": \"{key}\"")),
            "sent as given"
        );
    }
}

#[test]
fn rejects_two_actions() {
    insta::assert_snapshot!(refused(&[
        "agents agt_1 --delete --events",
        "agents --create --update",
        "join-keys jk_1 --create --revoke",
    ]));
}

#[test]
fn rejects_group_options_before_a_subcommand() {
    insta::assert_snapshot!(refused(&[
        "agents --limit 5 join-keys",
        "agents agt_1 pause-exec",
        "agents agt_1 pause-exec --workspace ws_team_a",
        "agents --name x --delete curve-rotate agt_1",
    ]));
}

#[test]
fn rejects_id_before_a_subcommand() {
    for verb in ["join-keys", "pause-exec", "candidates", "curve-rotate"] {
        let run = Home::new().run(&format!("agents agt_1 {verb}"));
        let first = run.stderr.lines().next().unwrap_or_default();
        assert_eq!(run.code, 2, "{verb}");
        assert_eq!(first, format!("error: `agt_1` must come after `{verb}`"));
    }
}

#[test]
fn global_option_is_accepted_once() {
    insta::assert_snapshot!(refused(&[
        "--dry-run agents --dry-run",
        "-o json agents -o csv",
        "--context a agents --context b join-keys",
        "agents -q join-keys -q",
        "agents --timeout 5 --timeout 6",
        "agents --no-headers --no-headers",
        "--allow-http agents --allow-http=false",
    ]));
    let verbose = sandbox().run("-v agents -v --limit 1");
    assert_eq!(verbose.code, 0, "-v adds up: {}", verbose.stderr);
    assert!(verbose.stderr.contains("authorization: ***"), "to level 2");
}

#[test]
fn global_options_are_accepted_anywhere() {
    let home = Home::new();
    let lines = [
        "--context sandbox -o name agents join-keys --limit 1",
        "agents --context sandbox -o name join-keys --limit 1",
        "agents join-keys --limit 1 --context sandbox -o name",
    ];
    for line in lines {
        assert_eq!(home.run(line).stdout, "jk_6z5bh09zc6c7wfo6\n", "{line}");
    }
}

#[test]
fn rejects_abbreviations() {
    insta::assert_snapshot!(refused(&[
        "agents --lim 5",
        "agents --forc",
        "agents --outpu json"
    ]));
}

#[test]
fn foreign_words_suggest_documented_forms() {
    insta::assert_snapshot!(refused(&[
        "agents describe agt_1",
        "agents remove agt_1",
        "agents set agt_1 --name x",
        "agents agt_1 delete",
        "agents list all",
        "agents pause agt_1",
        "agents pause-exce agt_1",
        "agents --delete list",
        "join-keys jk_1 revoke",
        "join-keys describe jk_1",
        "join-keys get",
        "agents get",
        "describe agt_1",
        "exec describe kubectl_get",
        "exec logs 1",
        "config curent",
        "agent",
        "agents candidates aprove agt_1 cand_1",
    ]));
}

#[test]
fn foreign_groups_suggest_alternatives() {
    insta::assert_snapshot!(refused(&[
        "keys key_1",
        "project members list",
        "settings get",
        "workspaces list",
        "models",
        "endpoints list",
        "discovery",
        "templates",
    ]));
}

#[test]
fn usage_error_ends_with_json_line() {
    let lines = [
        "agents --limit 0 -o json",
        "agents --limit 0 -ojson",
        "agents --limit 0 -qo json",
        "agents --limit 0 --output=json",
        "agents --limit 0 --output ndjson",
        "agents --limit 0 -o=json",
        "-o json nonsense",
    ];
    let home = Home::new();
    for line in lines {
        let run = home.run(line);
        let last = run.stderr.lines().last().expect("an error");
        let error: serde_json::Value = serde_json::from_str(last).expect("the last line is JSON");
        assert_eq!(error["error"]["code"], "usage", "{line}");
        assert_eq!(error["error"]["exit_code"], 2, "{line}");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{line}");
    }
    let home = Home::new().with("XEROCTL_OUTPUT", "ndjson");
    insta::assert_snapshot!(transcript(&[
        home.run("agents --limit 0"),
        home.run("agents --limit 0 -o table"),
        home.run_on(terminal(80), "", "agents --limit 0 --color never"),
    ]));
}

#[test]
fn format_after_two_dashes_is_ignored() {
    let run = Home::new().run("agents --limit 0 -- -ojson");
    assert!(!run.stderr.contains('{'), "{}", run.stderr);
}

#[test]
fn no_arguments_print_short_help() {
    let run = Home::new().run("");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("agents") && run.stdout.contains("config"));
    let globals = Home::new().run("--dry-run");
    assert_eq!(globals.code, 2, "options without a command are no command");
}
