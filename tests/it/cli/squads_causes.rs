//! Hints by the cause of an error: the key, a permission, the squad, or the run.

use crate::cli::shown::transcript;
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, RUN, SQUAD, Served, home};

#[test]
fn denial_names_its_cause() {
    let mut runs = Vec::new();
    for (line, status, message) in [
        ("squads pause AGENT", 403, "Operator access required"),
        (
            "squads pause AGENT",
            403,
            "Missing permission: tasks:assign",
        ),
        ("squads pause AGENT", 403, "You lack a permission"),
        (
            "squads hire --name n --role r",
            403,
            "Missing permission: can create agents",
        ),
        (
            "squads agents",
            403,
            "User does not have access to this squad",
        ),
        ("squads agents", 403, "Operator access required"),
        ("squads agents", 401, "Unauthorized"),
        (
            "squads show AGENT",
            403,
            "Agent key cannot access another squad",
        ),
        ("squads me", 401, "Agent authentication required"),
        (
            "squads create-key AGENT --name n",
            403,
            "Operator access required",
        ),
        ("squads keys AGENT", 403, "Operator access required"),
    ] {
        let server = Router::script([Dialect::Server.fault(status, message, "")]);
        let run = home(&server).run(&line.replace("AGENT", CODER));
        assert_eq!(run.code, 4, "{line}: {}", run.stderr);
        runs.push(run);
    }
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn missing_key_is_the_cause() {
    for (line, whose) in [
        ("squads me", "the agent's own key"),
        ("squads inbox", "the agent's own key"),
        ("squads agents", "an operator's key"),
        ("squads pause AGENT", "an operator's key"),
        ("squads keys AGENT", "an operator's key"),
        ("squads create-key AGENT --name n", "an operator's key"),
        ("squads terminate AGENT --force", "an operator's key"),
    ] {
        for (status, message) in [
            (401, "Unauthorized"),
            (403, "Operator access required"),
            (403, "Missing permission: tasks:assign"),
        ] {
            let server = Router::script([Dialect::Server.fault(status, message, "")]);
            let run = Home::new()
                .with("SLAW_API_URL", &server.root())
                .with("SLAW_SQUAD_ID", SQUAD)
                .run(&line.replace("AGENT", CODER));
            assert_eq!(run.code, 4, "{line}: {}", run.stderr);
            let hint = format!("hint: no key was sent; this requires {whose}: --api-key-file FILE");
            assert!(run.stderr.contains(&hint), "{line}: {}", run.stderr);
            let check = "\nhint: check the key: xeroctl squads health\n";
            assert!(run.stderr.ends_with(check), "{}", run.stderr);
            assert_eq!(run.stderr.matches("hint: ").count(), 2, "{}", run.stderr);
        }
    }
}

#[test]
fn sandbox_names_missing_permission_to_hire() {
    for dialect in Dialect::BOTH {
        let run = Served::start(dialect)
            .home_of_agent()
            .run("squads hire --name n --role qa");
        assert_eq!(run.code, 4, "{}", run.stderr);
        assert!(
            run.stderr.contains("lacks the permission to create agents")
                && run.stderr.contains("--can-create-agents true"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn unknown_run_is_suspected_only_for_failed_changes() {
    let failure = |status: u16| Answer::json(status, r#"{"error":"Internal server error"}"#);
    let line = format!("squads pause {CODER}");
    let named = |run: &str| run.contains(&format!("likely cause: SLAW_RUN_ID is {RUN}"));
    for (line, status, with_run, expected) in [
        (line.as_str(), 500, true, true),
        (line.as_str(), 500, false, false),
        (line.as_str(), 503, true, false),
        (line.as_str(), 409, true, false),
        ("squads create-key AGENT --name n", 500, true, true),
        ("squads update AGENT --title T", 500, true, true),
    ] {
        let server = Router::script([failure(status)]);
        let home = home(&server);
        let home = if with_run {
            home
        } else {
            home.with("SLAW_RUN_ID", "")
        };
        let run = home.run(&line.replace("AGENT", CODER));
        assert_eq!(
            named(&run.stderr),
            expected,
            "{line} {status}: {}",
            run.stderr
        );
        let json = home.run("squads agents");
        assert!(!named(&json.stderr), "a read names no run: {}", json.stderr);
    }
}

#[test]
fn counts_cleared_sessions() {
    let served = Served::start(Dialect::Server);
    let runs = ["", "--task-key SLA-26", "--task-key SLA-404"].map(|words| {
        Served::start(Dialect::Server)
            .home()
            .run(&format!("squads reset-session Coder {words}"))
    });
    insta::assert_snapshot!(transcript(&runs));
    let terminal = served
        .home()
        .run_on_terminal("", "squads reset-session Coder --color never");
    assert!(
        terminal.stderr.contains("task sessions cleared: 2"),
        "{}",
        terminal.stderr
    );
}

#[test]
fn omitted_permission_stays_as_stored() {
    // Growth may assign tasks like every active agent, but was never granted that.
    let served = Served::start(Dialect::Server);
    let stored = || {
        let shown = served.home().run("squads show Growth -o json").stdout;
        let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(shown["access"]["canAssignTasks"], true);
        shown["access"]["grants"].as_array().map(Vec::len)
    };
    assert_eq!(stored(), Some(0));
    for (line, grants) in [
        ("--can-create-agents true", 0),
        ("--can-assign-tasks true", 1),
        ("--can-create-agents false", 1),
        ("--can-assign-tasks false", 0),
    ] {
        let run = served
            .home()
            .run(&format!("squads permissions Growth {line}"));
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("warning"), "{line}: {}", run.stderr);
        assert_eq!(stored(), Some(grants), "{line}");
    }
}

#[test]
fn instructions_path_is_shown_as_resolved_and_cleared() {
    let served = Served::start(Dialect::Server);
    let runs = [
        "squads instructions-path Coder docs/AGENTS.md",
        "squads instructions-path Coder --clear",
        "squads instructions-path Growth /srv/AGENTS.md",
        "squads instructions-path Growth /srv/AGENTS.md --adapter-config-key promptFile",
        "squads instructions-path Growth --clear --adapter-config-key promptFile -o name",
        "squads instructions-path Manager docs/AGENTS.md",
        "squads instructions-path Coder",
    ]
    .map(|line| served.home().run(line));
    assert_eq!(runs.each_ref().map(|run| run.code), [0, 0, 7, 0, 0, 7, 2]);
    insta::assert_snapshot!(transcript(&runs));
}
