//! Agents by name: looked up in the squad only if the name is not a UUID.

use crate::cli::shown::{runs, sandbox, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, KEY, SQUAD, home, id, named};

/// Every command about one agent, with what it asks of it.
const LINES: &[(&str, &str)] = &[
    ("squads show AGENT", "GET /api/agents/ID"),
    ("squads update AGENT --title T", "PATCH /api/agents/ID"),
    (
        "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
        "PATCH /api/agents/ID/permissions",
    ),
    (
        "squads instructions-path AGENT AGENTS.md",
        "PATCH /api/agents/ID/instructions-path",
    ),
    ("squads pause AGENT", "POST /api/agents/ID/pause"),
    ("squads resume AGENT", "POST /api/agents/ID/resume"),
    (
        "squads terminate AGENT --force",
        "POST /api/agents/ID/terminate",
    ),
    ("squads delete AGENT --force", "DELETE /api/agents/ID"),
    ("squads keys AGENT", "GET /api/agents/ID/keys"),
    (
        "squads create-key AGENT --name n",
        "POST /api/agents/ID/keys",
    ),
    (
        "squads revoke-key AGENT k --force",
        "DELETE /api/agents/ID/keys/k",
    ),
    ("squads runtime AGENT", "GET /api/agents/ID/runtime-state"),
    (
        "squads reset-session AGENT",
        "POST /api/agents/ID/runtime-state/reset-session",
    ),
];

/// A server whose squad has these agents, and that does everything.
fn squad(dialect: Dialect, agents: &str) -> Router {
    let list = dialect.list("agents", agents);
    Router::rules(move |asked| match asked.target.as_str() {
        target if target.starts_with("/api/squads/") => list.clone(),
        target if target.ends_with("/keys") && asked.method == "GET" => {
            Answer::json(200, r#"[{"id":"k"}]"#)
        }
        _ => Answer::json(200, r#"{"token":"t"}"#),
    })
}

#[test]
fn every_command_resolves_unique_names() {
    for dialect in Dialect::BOTH {
        for (line, request) in LINES {
            let server = squad(dialect, &named(&["Coder", "Head of Platform", "coder"]));
            let line = line.replace("AGENT", "'Head of Platform'");
            let run = home(&server).run(&line);
            assert_eq!(run.code, 0, "{dialect:?} {line}: {}", run.stderr);
            let mut expected = vec![format!("GET /api/squads/{SQUAD}/agents")];
            if line.contains("revoke-key") {
                expected.push(format!("GET /api/agents/{}/keys", id(1)));
            }
            expected.push(request.replace("ID", &id(1)));
            assert_eq!(server.lines(), expected, "{dialect:?} {line}");
            let keys = server.asked();
            assert!(
                keys.iter()
                    .all(|asked| asked.header("authorization") == Some(&format!("Bearer {KEY}"))),
                "{line}"
            );
        }
    }
}

#[test]
fn uuid_needs_no_squad_and_no_lookup() {
    for (line, request) in LINES {
        let server = squad(Dialect::Server, "");
        let home = Home::new().with("SLAW_API_URL", &server.root());
        for uuid in [CODER, &CODER.to_uppercase()] {
            let run = home.run(&line.replace("AGENT", uuid));
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            assert_eq!(server.lines().pop(), Some(request.replace("ID", uuid)));
        }
        // A key is looked up among those of its agent.
        let count = if line.contains("revoke-key") { 4 } else { 2 };
        assert_eq!(server.lines().len(), count, "{line}: {:?}", server.lines());
    }
}

#[test]
fn ambiguous_name_lists_ids() {
    for (line, _) in LINES {
        let server = squad(Dialect::Server, &named(&["Coder", "Other", "Coder"]));
        let run = home(&server).run(&line.replace("AGENT", "Coder"));
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        for id in [id(0), id(2)] {
            assert!(run.stderr.contains(&id), "{line}: {}", run.stderr);
        }
        assert_eq!(server.lines().len(), 1, "{line}: nothing but the look");
    }
    let server = squad(Dialect::Page, &named(&["Coder", "Other", "Coder"]));
    let home = home(&server);
    insta::assert_snapshot!(runs(
        &home,
        &["squads pause Coder", "squads pause Coder -o json"]
    ));
}

#[test]
fn unknown_name_exits_5() {
    for (line, _) in LINES {
        let server = squad(Dialect::Server, &named(&["Coder"]));
        let run = home(&server).run(&line.replace("AGENT", "Nobody"));
        assert_eq!(run.code, 5, "{line}: {}", run.stderr);
        assert_eq!(server.lines().len(), 1, "{line}: nothing but the look");
    }
    let server = squad(Dialect::Page, "");
    let home = home(&server);
    insta::assert_snapshot!(runs(
        &home,
        &[
            "squads show Nobody",
            "squads show Nobody -o json",
            // No prefixes, no other case: an ID is never guessed.
            "squads show 3fcb87f5",
        ]
    ));
}

#[test]
fn names_must_match_exactly() {
    let server = squad(Dialect::Server, &named(&["Coder", "coder", "CODER two"]));
    let home = home(&server);
    for (name, place) in [("Coder", 0), ("coder", 1), ("'CODER two'", 2)] {
        let run = home.run(&format!("squads pause {name}"));
        assert_eq!(run.stdout, format!("{}\tpaused\n", id(place)), "{name}");
    }
    for name in ["Code", "CODER", "'Coder '", "oder"] {
        assert_eq!(home.run(&format!("squads pause {name}")).code, 5, "{name}");
    }
}

#[test]
fn name_without_squad_exits_2() {
    let server = Router::unasked();
    let home = || Home::new().with("SLAW_API_URL", &server.root());
    for (line, _) in LINES {
        let run = home().run(&line.replace("AGENT", "Coder"));
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        for way in ["--squad", "SLAW_SQUAD_ID", "squad_id"] {
            assert!(run.stderr.contains(way), "{line}: {}", run.stderr);
        }
    }
    let runs = [
        home().run("squads show Coder"),
        home().run("squads agents"),
        home().run("squads create --name n --role r --adapter a"),
        home().run("squads hire --name n --role r"),
        // Even where nothing would be sent.
        home().run("squads pause Coder --dry-run"),
    ];
    assert!(runs.iter().all(|run| run.code == 2));
    insta::assert_snapshot!(transcript(&runs));
    assert_eq!(server.lines(), [""; 0]);
}

#[test]
fn manager_is_resolved_by_name() {
    let created = format!(r#"{{"id":"{CODER}","name":"n","reportsTo":"{}"}}"#, id(1));
    let hired = r#"{"approvalId":"a","status":"pending"}"#;
    for (line, answer, code) in [
        ("squads create --name n --role r --adapter a", &*created, 0),
        ("squads hire --name n --role r", hired, 8),
    ] {
        for dialect in Dialect::BOTH {
            let server = Router::script([
                dialect.list("agents", &named(&["Coder", "Head"])),
                Answer::json(201, answer),
            ]);
            let run = home(&server).run(&format!("{line} --reports-to Head"));
            assert_eq!(run.code, code, "{line}: {}", run.stderr);
            let body: serde_json::Value =
                serde_json::from_str(&server.asked()[1].body).expect("JSON");
            assert_eq!(body["reportsToAgentId"], id(1), "{line}");
            assert_eq!(body["reportsTo"], id(1), "{line}");
        }
        for (agents, code) in [
            (named(&["Head", "Head"]), 2),
            (named(&["Coder"]), 5),
            (String::new(), 5),
        ] {
            let server = Router::script([Dialect::Server.list("agents", &agents)]);
            let run = home(&server).run(&format!("{line} --reports-to Head"));
            assert_eq!(run.code, code, "{line} {agents}: {}", run.stderr);
        }
        let server = Router::script([Answer::json(201, answer)]);
        let run = home(&server).run(&format!("{line} --reports-to {}", id(1)));
        assert_eq!(run.code, code, "a UUID is not looked up: {}", run.stderr);
    }
}

#[test]
fn dry_run_looks_nothing_up() {
    let server = Router::unasked();
    let home = home(&server);
    for (line, _) in LINES {
        let run = home.run(&format!("{} --dry-run", line.replace("AGENT", "Coder")));
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        assert!(
            run.stderr
                .contains("not looked up in a dry run: the agent Coder"),
            "{line}: {}",
            run.stderr
        );
    }
    insta::assert_snapshot!(runs(
        &home,
        &[
            "squads delete Coder --dry-run",
            "squads pause 'a b' --dry-run -o json",
            "squads create --name n --role r --adapter a --reports-to Head --dry-run",
            "squads permissions Coder --can-assign-tasks true --dry-run",
            &format!("squads delete {CODER} --dry-run"),
        ]
    ));
    assert_eq!(server.lines(), [""; 0]);
}

#[test]
fn finds_agent_with_unusual_id() {
    // An ID is opaque: the list knows it too.
    let agents =
        r#"{"id":"agent-7","name":"Coder","urlKey":"the-coder"},{"id":"agent-8","name":"agent-7"}"#;
    let server = squad(Dialect::Page, agents);
    let home = home(&server);
    for word in ["agent-7", "Coder"] {
        let run = home.run(&format!("squads pause {word}"));
        assert_eq!(run.stdout, "agent-7\tpaused\n", "{word}: {}", run.stderr);
    }
}

#[test]
fn failed_list_ends_the_lookup() {
    for (answer, code) in [
        (
            Answer::json(403, r#"{"error":"Operator access required"}"#),
            4,
        ),
        (Answer::json(404, r#"{"error":"Squad not found"}"#), 5),
        (Answer::json(200, r#"{"other":[]}"#), 17),
        (Answer::new(200, "text/html", "<html>"), 17),
        (Answer::json(200, r#"[{"name":"Coder"}]"#), 17),
        (Answer::json(200, r#"[{"name":"Coder","id":"../x"}]"#), 17),
        (Answer::json(200, r#"[1,null,"Coder"]"#), 5),
    ] {
        let server = Router::script([answer.clone()]);
        let run = home(&server).run("squads pause Coder");
        assert_eq!(run.code, code, "{answer:?}: {}", run.stderr);
    }
}

#[test]
fn sandbox_has_names_of_every_kind() {
    let home = sandbox();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "squads pause 'Platform Lead'",
            "squads pause Reviewer",
            "squads pause Nobody",
            "squads pause 翻訳者 -o name",
        ]
    ));
}
