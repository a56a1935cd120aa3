//! Usage errors of `squads`, reported before any request.

use crate::cli::shown::transcript;
use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, home};
use xeroctl::ui::Terminals;

/// Runs a command line that must be refused with 2 before any request.
#[track_caller]
fn refused(line: &str) -> Output {
    let server = Router::unasked();
    let line = line.replace("AGENT", CODER);
    let run = home(&server).run(&line);
    assert_eq!(run.code, 2, "{line}: {}{}", run.stdout, run.stderr);
    assert_eq!(server.lines(), [""; 0], "{line}");
    run
}

#[test]
fn lists_take_no_paging_options() {
    for line in ["squads agents", "squads inbox", "squads keys AGENT"] {
        for words in [
            "--limit 5",
            "--all",
            "--after a",
            "--page-size 5",
            "--cursor a",
        ] {
            let run = refused(&format!("{line} {words}"));
            assert!(
                run.stderr
                    .contains(words.split(' ').next().unwrap_or_default()),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn names_missing_arguments() {
    for (line, missing) in [
        ("squads", "create-key"),
        ("squads show", "AGENT"),
        ("squads create", "--name"),
        ("squads create --name n", "--role"),
        ("squads create --name n --role r", "--adapter"),
        ("squads hire --role r", "--name"),
        ("squads hire --name n", "--role"),
        ("squads update AGENT", "--title"),
        ("squads permissions AGENT", "--can-assign-tasks"),
        ("squads instructions-path AGENT", "PATH"),
        ("squads create-key AGENT", "--name"),
        ("squads revoke-key AGENT", "KEY"),
    ] {
        let run = refused(line);
        assert!(run.stderr.contains(missing), "{line}: {}", run.stderr);
    }
    // All at once.
    let run = refused("squads create");
    for option in ["--name", "--role", "--adapter"] {
        assert!(run.stderr.contains(option), "{}", run.stderr);
    }
}

#[test]
fn rejects_impossible_values() {
    for line in [
        "squads nonsense",
        "squads shw AGENT",
        "squads lst",
        "squads agents --squad none",
        "squads pause AGENT --squad none",
        "squads update AGENT --status terminated",
        "squads update AGENT --status idle",
        "squads instructions-path AGENT p --clear",
        "squads show a b",
        "squads show a/b",
        "squads show ..",
        "squads show .",
        "squads show 'a\u{7}b'",
        "squads show -x",
        "squads revoke-key AGENT a/b --force",
        "squads permissions AGENT --can-create-agents yes",
        "squads permissions AGENT --can-create-agents",
        "squads permissions AGENT --can-create-agents 1",
        "squads create --name n --role r --adapter a --prompt @none",
        "squads create --name n --role r --adapter a --prompt @",
        "squads update AGENT --name a --name b",
        "squads agents AGENT",
        "squads me AGENT",
        "squads me --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24",
        "squads health --squad s",
        "squads --squads-url http://localhost:3100 agents",
        "squads show AGENT --force",
        "squads inbox --show-secrets",
        "squads create --name n --role r --adapter a --reports-to a/b",
        "squads update AGENT --role r",
        "squads hire --name n --role r --status s",
    ] {
        refused(line);
    }
}

#[test]
fn rejects_abbreviations() {
    for line in [
        "squads update AGENT --tit T",
        "squads agent",
        "squads inst AGENT p",
        "squad agents",
        "squads agents --squads http://localhost:3100",
    ] {
        refused(line);
    }
}

#[test]
fn usage_errors_are_json_if_requested() {
    let runs = [
        refused("squads update AGENT -o json"),
        refused("squads agents --limit 5 -o json"),
        refused("squads permissions AGENT -o ndjson"),
    ];
    for run in &runs {
        let last = run.stderr.lines().last().expect("the error object");
        let error: serde_json::Value = serde_json::from_str(last).expect("JSON");
        assert_eq!(error["error"]["code"], "usage");
    }
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn text_may_start_with_a_dash_or_come_from_a_file() {
    let sent = |words: &str, input: &str| {
        let server = Router::script([Answer::json(200, r#"{"ok":true}"#)]);
        let home = home(&server);
        std::fs::write(home.path().join("AGENTS.md"), "\u{feff}Be brief.\n").expect("a file");
        let line = words.replace("HOME", &home.path().display().to_string());
        let run = home.run_on(
            Terminals::default(),
            input,
            &format!("squads update {CODER} {line}"),
        );
        assert_eq!(run.code, 0, "{words}: {}", run.stderr);
        let body: serde_json::Value = serde_json::from_str(&server.asked()[0].body).expect("JSON");
        body["prompt"].as_str().map(str::to_owned)
    };
    for (words, text) in [
        ("--prompt '- be brief'", "- be brief"),
        ("--prompt=-", "-"),
        ("--prompt @HOME/AGENTS.md", "Be brief.\n"),
        ("--prompt @-", "typed\n"),
        ("--prompt 'a @b'", "a @b"),
    ] {
        assert_eq!(sent(words, "typed\n").as_deref(), Some(text), "{words}");
    }
    let server = Router::unasked();
    let both = home(&server).run(&format!(
        "squads update {CODER} --prompt @- --api-key-file -"
    ));
    assert_eq!(both.code, 2, "{}", both.stderr);
}

#[test]
fn rejects_empty_prompt_file() {
    let server = Router::unasked();
    let home = home(&server);
    let file = home.path().join("empty");
    std::fs::write(&file, "").expect("a file");
    for line in [
        format!("squads update {CODER} --prompt @{}", file.display()),
        format!(
            "squads create --name n --role r --adapter a --prompt @{}",
            file.display()
        ),
    ] {
        assert_eq!(home.run(&line).code, 2, "{line}");
    }
}

#[test]
fn agent_with_leading_dash_follows_two_dashes() {
    let list = r#"[{"id":"3fcb87f5-40bf-4e11-b004-a986b1c8cef0","name":"-x"}]"#;
    let server = Router::script([Answer::json(200, list), Answer::json(200, r#"{"ok":true}"#)]);
    let run = home(&server).run("squads pause -- -x");
    assert_eq!(
        (run.code, run.stdout),
        (0, format!("{CODER}\tpaused\n")),
        "{}",
        run.stderr
    );
}

#[test]
fn servers_do_not_share_options() {
    // A group that the router does not know, and flags of one that the other does not.
    for line in [
        "agents --squad s",
        "agents --squads-url http://localhost:3100",
        "exec list --squad s",
        "squads agents --workspace w",
        "squads pause AGENT BOTH",
    ] {
        refused(line);
    }
}
