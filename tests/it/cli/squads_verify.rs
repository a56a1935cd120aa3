//! After a change: the response is compared with the request, and differences are reported.

use crate::cli::shown::transcript;
use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, MANAGER, home, id, read_before};

/// The run of a line to which a server returns these responses, after those to what it reads before.
fn run(line: &str, answers: impl IntoIterator<Item = Answer>) -> Output {
    let server = Router::script(read_before(line).into_iter().chain(answers));
    home(&server).run(line)
}

/// The warnings of a run.
fn warnings(run: &Output) -> Vec<&str> {
    let lines = run.stderr.lines();
    lines.filter(|line| line.starts_with("warning: ")).collect()
}

fn create() -> String {
    format!(
        "squads create --name Coder --role engineer --adapter process --title T --reports-to {MANAGER}"
    )
}

/// An agent with these members besides what [`create`] asks for; a later one counts.
fn agent(but: &str) -> String {
    let mut agent = serde_json::json!({
        "id": CODER, "name": "Coder", "role": "engineer", "title": "T",
        "status": "idle", "adapterType": "process", "reportsTo": MANAGER,
    });
    let but: serde_json::Value = serde_json::from_str(but).expect("JSON");
    for (name, value) in but.as_object().expect("an object") {
        agent[name] = value.clone();
    }
    agent.to_string()
}

#[test]
fn matching_agent_causes_no_warning() {
    for dialect in Dialect::BOTH {
        for but in ["{}", r#"{"extra":{"name":"x"}}"#] {
            let run = run(&create(), [dialect.agent(201, &agent(but))]);
            assert_eq!((run.code, warnings(&run)), (0, vec![]), "{but}");
        }
    }
}

#[test]
fn different_agent_causes_a_warning() {
    for (but, what) in [
        (r#"{"name":"Coder 2"}"#, "the name is Coder 2, not Coder"),
        (r#"{"role":"general"}"#, "the role is general, not engineer"),
        (r#"{"title":"Other"}"#, "the title is Other, not T"),
        (r#"{"title":null}"#, "the title"),
        (
            r#"{"adapterType":"http"}"#,
            "the adapter is http, not process",
        ),
        (
            r#"{"reportsTo":"00000000-0000-4000-8000-000000000001"}"#,
            "the manager is 00000000-0000-4000-8000-000000000001, not 0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9",
        ),
        (r#"{"reportsTo":null}"#, "the manager"),
    ] {
        for dialect in Dialect::BOTH {
            let run = run(&create(), [dialect.agent(201, &agent(but))]);
            assert_eq!(run.code, 0, "it is there all the same: {}", run.stderr);
            let warnings = warnings(&run);
            assert_eq!(warnings.len(), 1, "{but}: {warnings:?}");
            assert!(warnings[0].contains(what), "{but}: {warnings:?}");
        }
    }
}

#[test]
fn quiet_suppresses_warnings() {
    let answer = Dialect::Server.agent(201, &agent(r#"{"name":"Coder 2"}"#));
    let loud = run(&format!("{} -o name", create()), [answer.clone()]);
    let quiet = run(&format!("{} -o name -q", create()), [answer]);
    assert_eq!(loud.stdout, format!("{CODER}\n"));
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (loud.stdout, ""));
}

#[test]
fn lost_update_causes_a_warning() {
    let line = format!("squads update {CODER} --name Coder --title T --status active");
    for (but, count) in [
        (r#"{"status":"active"}"#, 0),
        (r#"{"status":"paused"}"#, 1),
        (r#"{"status":"active","name":"Coder 2"}"#, 1),
        (r#"{"status":"active","title":null}"#, 1),
        (r#"{"status":"paused","title":"U","name":"V"}"#, 3),
    ] {
        for dialect in Dialect::BOTH {
            let run = run(&line, [dialect.agent(200, &agent(but))]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_eq!(warnings(&run).len(), count, "{but}: {}", run.stderr);
        }
    }
    // A response that shows nothing tells nothing.
    let run = run(&line, [Answer::json(200, r#"{"ok":true}"#)]);
    assert_eq!((run.code, warnings(&run)), (0, vec![]));
    assert_eq!(run.stdout, format!("{CODER}\tupdated\n"));
}

#[test]
fn unchanged_status_causes_a_warning() {
    for (verb, status, told) in [
        ("pause", "paused", false),
        ("pause", "running", true),
        ("pause", "terminated", true),
        ("resume", "active", false),
        ("resume", "idle", false),
        ("resume", "running", false),
        ("resume", "paused", true),
        ("resume", "terminated", true),
        ("terminate --force", "terminated", false),
        ("terminate --force", "paused", true),
    ] {
        let status = format!(r#"{{"status":"{status}"}}"#);
        let answer = Dialect::Server.agent(200, &agent(&status));
        let run = run(&format!("squads {verb} {CODER}"), [answer]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(warnings(&run).len(), usize::from(told), "{verb} {status}");
    }
}

#[test]
fn lost_permissions_cause_a_warning() {
    let line =
        format!("squads permissions {CODER} --can-create-agents true --can-assign-tasks true");
    for (create, assign, count) in [
        (true, true, 0),
        (false, true, 1),
        (true, false, 1),
        (false, false, 2),
    ] {
        let but = format!(
            r#"{{"permissions":{{"canCreateAgents":{create},"canAssignTasks":{assign}}},"access":{{"canAssignTasks":true}}}}"#
        );
        for dialect in Dialect::BOTH {
            let run = run(&line, [dialect.agent(200, &agent(&but))]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_eq!(warnings(&run).len(), count, "{but}: {}", run.stderr);
        }
    }
}

#[test]
fn omitted_permission_is_sent_as_read() {
    // The effective right to assign tasks is not what is stored.
    let rights = |create: &str, assign: &str| {
        let grants = match assign {
            "true" => r#"[{"permissionKey":"x:y"},{"permissionKey":"tasks:assign"}]"#,
            "false" => r#"[{"permissionKey":"x:y"}]"#,
            other => other,
        };
        agent(&format!(
            r#"{{"permissions":{{"canCreateAgents":{create}}},"access":{{"canAssignTasks":true,"grants":{grants}}}}}"#
        ))
    };
    for (option, read, sent) in [
        (
            "--can-assign-tasks true",
            rights("true", "false"),
            r#"{"canCreateAgents":true,"canAssignTasks":true}"#,
        ),
        (
            "--can-assign-tasks false",
            rights("false", "true"),
            r#"{"canCreateAgents":false,"canAssignTasks":false}"#,
        ),
        (
            "--can-create-agents false",
            rights("true", "true"),
            r#"{"canCreateAgents":false,"canAssignTasks":true}"#,
        ),
        (
            "--can-create-agents true",
            agent(
                r#"{"permissions":{"canAssignTasks":false},"access":{"canAssignTasks":true,"grants":[{"permissionKey":"tasks:assign"}]}}"#,
            ),
            r#"{"canCreateAgents":true,"canAssignTasks":false}"#,
        ),
        // What is not shown can't be sent; the page's dialect wants no more.
        (
            "--can-create-agents true",
            agent("{}"),
            r#"{"canCreateAgents":true}"#,
        ),
        (
            "--can-create-agents true",
            rights("null", "null"),
            r#"{"canCreateAgents":true}"#,
        ),
    ] {
        let server = Router::script([
            Dialect::Server.agent(200, &read),
            Answer::json(200, r#"{"ok":true}"#),
        ]);
        let run = home(&server).run(&format!("squads permissions {CODER} {option}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(server.asked()[1].body, sent, "{option}");
    }
    // What can't be read is not written either.
    let server = Router::script([Dialect::Server.fault(404, "Agent not found", "agent_not_found")]);
    let run = home(&server).run(&format!(
        "squads permissions {CODER} --can-create-agents true"
    ));
    assert_eq!(run.code, 5, "{}", run.stderr);
}

#[test]
fn denial_is_an_error() {
    let runs = ["pause", "resume", "terminate --force"].map(|verb| {
        run(
            &format!("squads {verb} {CODER}"),
            [Answer::json(200, r#"{"ok":false}"#)],
        )
    });
    assert!(
        runs.iter()
            .all(|run| run.code == 1 && run.stdout.is_empty())
    );
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn denial_is_an_error_of_every_change() {
    for line in [
        "delete AGENT --force",
        "revoke-key AGENT k --force",
        "update AGENT --title T",
        "permissions AGENT --can-create-agents true --can-assign-tasks true",
        "instructions-path AGENT p",
        "reset-session AGENT",
    ] {
        let line = format!("squads {}", line.replace("AGENT", CODER));
        let run = run(&line, [Answer::json(200, r#"{"ok":false}"#)]);
        assert_eq!(run.code, 1, "{line}: {}{}", run.stdout, run.stderr);
    }
}

const HIRE: &str = "squads hire --name Coder --role engineer --reason why";

#[test]
fn hire_is_pending_until_decided() {
    let pending = agent(r#"{"status":"pending_approval"}"#);
    for body in [
        r#"{"approvalId":"a1","status":"pending"}"#.to_owned(),
        r#"{"approvalId":"a1"}"#.to_owned(),
        r#"{"status":"pending"}"#.to_owned(),
        format!(
            r#"{{"agent":{pending},"approval":{{"id":"a1","status":"pending","payload":{{"reason":"why"}}}}}}"#
        ),
        format!(
            r#"{{"agent":{pending},"approval":{{"id":"a1","status":"new_word","reason":"why"}}}}"#
        ),
    ] {
        let run = run(HIRE, [Answer::json(201, &*body)]);
        assert_eq!(run.code, 8, "{body}: {}", run.stderr);
        assert!(run.stderr.contains("pending: "), "{body}: {}", run.stderr);
        assert_eq!(warnings(&run), [""; 0], "{body}");
    }
}

#[test]
fn hire_without_approval_succeeds() {
    let idle = agent("{}");
    for body in [
        format!(r#"{{"agent":{idle},"approval":null}}"#),
        format!(r#"{{"agent":{idle}}}"#),
        format!(r#"{{"agent":{idle},"approval":{{"id":"a1","status":"approved"}}}}"#),
    ] {
        let run = run(HIRE, [Answer::json(201, &*body)]);
        assert_eq!(run.code, 0, "{body}: {}", run.stderr);
        assert!(run.stdout.contains(CODER), "{body}: {}", run.stdout);
        assert!(run.stderr.contains("immediately"), "{body}: {}", run.stderr);
        assert!(!run.stderr.contains("pending"), "{body}: {}", run.stderr);
    }
}

#[test]
fn different_hire_causes_a_warning() {
    let line = format!("{HIRE} --title T --reports-to {MANAGER}");
    let hired = |agent: &str, approval: &str| {
        Answer::json(201, format!(r#"{{"agent":{agent},"approval":{approval}}}"#))
    };
    let kept = r#"{"id":"a1","status":"pending","payload":{"reason":"why"}}"#;
    for (agent, approval, count) in [
        (agent("{}"), kept, 0),
        (agent(r#"{"name":"Coder 2"}"#), kept, 1),
        (agent(r#"{"title":null}"#), kept, 1),
        (agent(&format!(r#"{{"reportsTo":"{}"}}"#, id(1))), kept, 1),
        (
            agent("{}"),
            r#"{"id":"a1","status":"pending","payload":{"reason":"other"}}"#,
            1,
        ),
        (
            agent("{}"),
            r#"{"id":"a1","status":"pending","payload":{}}"#,
            1,
        ),
    ] {
        let run = run(&line, [hired(&agent, approval)]);
        assert_eq!(run.code, 8, "{}", run.stderr);
        assert_eq!(
            warnings(&run).len(),
            count,
            "{agent} {approval}: {}",
            run.stderr
        );
    }
}

#[test]
fn absolute_path_is_not_a_difference() {
    let line = format!("squads instructions-path {CODER} agents/AGENTS.md");
    for (path, count) in [
        ("agents/AGENTS.md", 0),
        ("/srv/app/agents/AGENTS.md", 0),
        ("/srv/app/other/AGENTS.md", 1),
        ("/srv/app/my-agents/AGENTS.md", 1),
    ] {
        let answer = Answer::json(200, format!(r#"{{"agentId":"{CODER}","path":"{path}"}}"#));
        let run = run(&line, [answer]);
        assert_eq!(warnings(&run).len(), count, "{path}: {}", run.stderr);
    }
}
