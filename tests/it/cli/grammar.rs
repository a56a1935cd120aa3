//! Subcommands in place of flags, names in place of IDs, units, suggestions, and help topics.

use crate::cli::shown::{named, refused, runs, sandbox};
use crate::support::Home;

const CREATE: &str =
    "--name a --worker-id w --region r --public-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn accepts_subcommands_in_place_of_flags() {
    let home = sandbox();
    let create = format!("agents create {CREATE}");
    let created = format!("agents --create {CREATE}");
    let join = "--name a --region r --router-addr tcp://h:1";
    let (joined, join) = (
        format!("join-keys --create {join}"),
        format!("agents join-keys create {join}"),
    );
    for (verb, documented) in [
        ("agents list --limit 3", "agents --limit 3"),
        ("agents ls", "agents"),
        ("agents -o json list", "agents -o json"),
        ("agents get agt_1", "agents agt_1"),
        ("agents show agt_1", "agents agt_1"),
        (
            "agents update agt_1 --name b",
            "agents agt_1 --update --name b",
        ),
        (
            "agents edit agt_1 --name b",
            "agents agt_1 --update --name b",
        ),
        ("agents delete agt_1", "agents agt_1 --delete"),
        ("agents rm agt_1 --force", "agents agt_1 --delete --force"),
        ("agents events agt_1", "agents agt_1 --events"),
        ("agents delete -- list", "agents --delete -- list"),
        ("--context sandbox agents get agt_1", "agents agt_1"),
        (&create, &created),
        ("join-keys list --all", "join-keys --all"),
        ("join-keys revoke jk_1", "join-keys jk_1 --revoke"),
        (&join, &joined),
        ("exec ls", "exec list"),
        ("approvals ls", "approvals list"),
        ("squads list", "squads agents"),
    ] {
        let [verb, documented] = [verb, documented].map(|line| {
            let run = home.run(&format!("--dry-run {line}"));
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            run.stdout
        });
        assert_eq!(verb, documented);
    }
}

#[test]
fn word_after_two_dashes_is_an_id() {
    let run = sandbox().run("--dry-run agents -- list");
    assert!(
        run.stdout.ends_with("/management/agents/list\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn help_word_works_without_a_configuration() {
    let home = Home::new();
    for (word, flag) in [
        ("agents help", "agents --help"),
        ("join-keys help", "join-keys --help"),
        ("agents help create", "agents --help"),
        ("exec help watch", "exec watch --help"),
        ("config help", "config --help"),
        ("help agents create", "agents --help"),
    ] {
        let run = home.run(word);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{word}");
        assert_eq!(run.stdout, home.run(flag).stdout, "{word}");
    }
}

#[test]
fn json_finds_one_join_key() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "join-keys jk_abc123 -o json",
            "join-keys get jk_abc123 -o ndjson",
            "join-keys jk_none -o json",
            "join-keys jk_none -o json --dry-run",
        ],
    ));
}

#[test]
fn explains_name_in_place_of_an_id() {
    let home = sandbox();
    for _ in 0..2 {
        home.run(&format!("agents --create {CREATE} --name twin").replace("--name a ", ""));
    }
    let transcript = runs(
        &home,
        &[
            "agents gpu-worker-1",
            "agents gpu-worker-1 --events",
            "agents gpu-worker-1 --update --status suspended",
            "agents delete gpu-worker-1 --force",
            "agents pause-exec gpu-worker-1",
            "agents candidates list gpu-worker-1",
            "agents twin",
            "agents no-such-name",
        ],
    );
    let ids = [(r"agt_[a-z0-9]{16}", "agt_NEW")];
    insta::assert_snapshot!(named(&transcript, &ids));
}

#[test]
fn accepts_lifetime_with_unit() {
    let home = sandbox();
    let create = "--dry-run join-keys --create --name a --region r --router-addr tcp://h:1";
    let seconds = home.run(&format!("{create} --ttl-seconds 2592000"));
    let days = home.run(&format!("{create} --ttl 30d"));
    assert_eq!(
        (days.code, &days.stdout),
        (0, &seconds.stdout),
        "{}",
        days.stderr
    );
    assert!(days.stdout.contains("2592000"), "{}", days.stdout);
}

#[test]
fn rejects_meaningless_units_and_streams() {
    let create = "join-keys --create --name a --region r --router-addr tcp://h:1";
    insta::assert_snapshot!(refused(&[
        &format!("{create} --ttl 500ms"),
        &format!("{create} --ttl 100000d"),
        &format!("{create} --ttl 1d --ttl-seconds 5"),
        &format!("{create} --token-file -"),
        "exec raw 1 --output-file -",
        "config add a --base-url http://127.0.0.1/p/v1 --ca-cert -",
    ]));
}

#[cfg(unix)]
#[test]
fn warns_about_exposed_key_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = sandbox();
    let path = home.path().join("prod.key");
    std::fs::write(&path, "k\n").expect("a key file");
    let line = "config add prod --base-url http://127.0.0.1:9/p/v1 --api-key-file prod.key";
    for (mode, is_warned) in [(0o644, true), (0o640, true), (0o600, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let run = home.run(line);
        let warning = "holds a key and is open to other users: chmod 600 ";
        assert_eq!(
            run.stderr.contains(warning),
            is_warned,
            "{mode:o}: {}",
            run.stderr
        );
        home.run("config remove prod --force");
    }
}

#[test]
fn suggests_what_was_meant() {
    insta::assert_snapshot!(refused(&[
        "agents --limt 3",
        "agents --filter status=dead",
        "exec list --selector a",
        "agents -c prod",
        "agents --paginate",
        "agents --json",
        "agents --selct",
        "exec invoke --namespace a",
        "agents --api-keyfile k",
        "agents --api-keyXyz123",
        "exec wacth 1",
    ]));
}

#[test]
fn never_suggests_destructive_commands() {
    let home = Home::new();
    for line in [
        "agents agt_1 --delte",
        "agents agt_1 --forc",
        "agents agt_1 --ye",
        "join-keys jk_1 --revok",
        "agents --allow-htp",
        "exec raw 1 --unsafe-rw",
        "exec learnings delte 1",
        "config remov prod",
        "squads terminat 1",
        "sandbox rest",
    ] {
        let run = home.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        assert!(
            !run.stderr.contains("did you mean"),
            "{line}: {}",
            run.stderr
        );
    }
}

#[test]
fn topics_fit_one_or_two_screens() {
    let home = Home::new();
    for topic in [
        "options",
        "contexts",
        "environment",
        "formats",
        "filtering",
        "exit-codes",
    ] {
        let run = home.run(&format!("help {topic}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{topic}");
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!((8..=50).contains(&lines.len()), "{topic}: {}", lines.len());
        assert!(home.run("--help").stdout.contains(topic), "{topic}");
    }
    assert_eq!(home.run("help options more").code, 2);
}

#[test]
fn describes_global_options_once() {
    let home = Home::new();
    for line in [
        "agents -h",
        "agents --help",
        "exec watch -h",
        "config add --help",
    ] {
        let help = home.run(line).stdout;
        assert!(
            help.contains("Global options (xeroctl help options)"),
            "{help}"
        );
        assert!(!help.contains("--no-headers"), "{help}");
    }
    for line in ["config add -h", "config set --help"] {
        let help = home.run(line).stdout;
        for option in [
            "--base-url <URL>",
            "--api-key-file <FILE>",
            "--default-output",
        ] {
            assert!(help.contains(option), "{line}: {help}");
        }
    }
    let short = home.run("agents -h").stdout;
    assert!(!short.contains("--supported-tiers"), "{short}");
    assert!(short.contains("--region"), "{short}");
}

#[test]
fn returns_to_the_previous_deployment() {
    let home = Home::new();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config use -",
            "config add a --base-url http://127.0.0.1:9/a/v1 -q",
            "config add b --base-url http://127.0.0.1:9/b/v1 -q",
            "config use b",
            "config current",
            "config use -",
            "config use -",
            "config rename a c",
            "config use - -o json",
            "config remove b --force",
            "config use -",
            "config get-contexts -o name",
            "--context sandbox config current -o json",
        ],
    ));
}

#[test]
fn stores_a_format_only_on_request() {
    let home = Home::new();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "config add a --base-url http://127.0.0.1:9/a/v1 --api-key k -o json",
            "config set a --default-output wide --protected -o json",
            "config set a --default-output csv --api-key new",
            "config set a --protected",
            "config set a -o json",
            "config view a -o csv",
        ],
    ));
}

#[test]
fn trace_shows_workspaces_and_masks_secrets() {
    let home = sandbox();
    home.run("agents pause-exec agt_abc123 --workspace ws_team_a");
    let run = home.run("agents agt_abc123 -vv");
    assert!(
        run.stderr
            .contains("\"exec_paused_workspaces\":[\"ws_team_a\"]"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("> authorization: ***"),
        "{}",
        run.stderr
    );
}
