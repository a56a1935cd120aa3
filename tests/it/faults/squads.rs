//! Errors of the squads API: both dialects, wrong kinds of keys, impossible deletions, and wrong addresses.

use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, SQUAD, home, read_before};

/// Every command, with a line that sends one request.
const LINES: &[&str] = &[
    "squads me",
    "squads inbox",
    "squads agents",
    "squads show AGENT",
    "squads create --name n --role r --adapter a",
    "squads hire --name n --role r",
    "squads update AGENT --title T",
    "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
    "squads instructions-path AGENT p",
    "squads pause AGENT",
    "squads resume AGENT",
    "squads terminate AGENT --force",
    "squads delete AGENT --force",
    "squads keys AGENT",
    "squads create-key AGENT --name n",
    "squads revoke-key AGENT k --force",
    "squads runtime AGENT",
    "squads reset-session AGENT",
    "squads health",
];

fn is_read(line: &str) -> bool {
    let reads = ["me", "inbox", "agents", "show", "keys", "runtime", "health"];
    line.split(' ')
        .nth(1)
        .is_some_and(|verb| reads.contains(&verb))
}

/// Runs a command line, about `Coder`, against a server that returns this response once.
fn run(line: &str, answer: Answer) -> Output {
    let server = Router::script(read_before(line).into_iter().chain([answer]));
    home(&server).run(&line.replace("AGENT", CODER))
}

#[test]
fn every_command_reports_errors_of_both_dialects() {
    for line in LINES {
        for dialect in Dialect::BOTH {
            for (status, code) in [(400, 7), (401, 4), (403, 4), (404, 5), (409, 6), (422, 7)] {
                let run = run(
                    line,
                    dialect.fault(status, "the server says no", "some_word"),
                );
                assert_eq!(run.code, code, "{line} {status}: {}", run.stderr);
                assert_eq!(run.stdout, "", "{line}");
                let first = run.stderr.lines().next().unwrap_or_default();
                let told = format!("HTTP {status}: the server says no");
                assert!(first.contains(&told), "{line}: {first}");
                let word = first.contains("(some_word)");
                assert_eq!(word, dialect == Dialect::Page, "{line}: {first}");
            }
        }
    }
}

#[test]
fn reports_paths_of_details() {
    let body = r#"{"error":"Validation error","details":[
        {"code":"invalid_type","path":["name"],"message":"Required"},
        {"code":"invalid_enum_value","path":["instructionsBundle","files",0,"x y"],"message":"Invalid value","options":["a"]},
        {"code":"custom","path":[],"message":"Both are required"},
        {"code":"unrecognized_keys","path":["a"]},
        {"path":["only","path"]},
        "a text",17,null]}"#;
    let text = run(
        "squads create --name n --role r --adapter a",
        Answer::json(400, body),
    );
    let json = run(
        "squads create --name n --role r --adapter a -o json",
        Answer::json(400, body),
    );
    assert_eq!((text.code, json.code), (7, 7));
    for line in [
        "name: Required",
        "instructionsBundle.files.0.x y: Invalid value",
        "Both are required",
        "a: unrecognized_keys",
        "\"a text\"",
    ] {
        assert!(
            text.stderr.contains(&format!("  {line}\n")),
            "{line}: {}",
            text.stderr
        );
    }
    let last = json.stderr.lines().last().expect("the error object");
    let error: serde_json::Value = serde_json::from_str(last).expect("JSON");
    let message = error["error"]["message"].as_str().expect("a message");
    assert!(message.contains("name: Required"), "{message}");
    assert_eq!(error["error"]["http_status"], 400);
    assert_eq!(error["error"]["exit_code"], 7);
}

#[test]
fn reports_details_of_any_form() {
    for (details, told) in [
        (r#"{"field":"name"}"#, "name"),
        (r#""too long""#, "too long"),
        ("[]", "no"),
        ("null", "no"),
        (r#"[[["deep"]]]"#, "deep"),
    ] {
        let body = format!(r#"{{"error":"no","details":{details}}}"#);
        let run = run("squads pause AGENT", Answer::json(400, body));
        assert_eq!(run.code, 7, "{details}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{details}: {}", run.stderr);
    }
    // Not more than can be read.
    let issue = r#"{"path":["p"],"message":"m"}"#;
    let many = vec![issue; 500].join(",");
    let run = run(
        "squads pause AGENT",
        Answer::json(400, format!(r#"{{"error":"no","details":[{many}]}}"#)),
    );
    assert!(run.stderr.lines().count() < 40, "{}", run.stderr);
}

#[test]
fn requires_operator_key() {
    for line in LINES {
        for (dialect, status, message) in [
            (Dialect::Server, 403, "Operator access required"),
            (Dialect::Page, 403, "Operator access required"),
            (Dialect::Server, 401, "Unauthorized"),
        ] {
            let run = run(line, dialect.fault(status, message, "forbidden"));
            assert_eq!(run.code, 4, "{line}: {}", run.stderr);
            let own = line.contains(" me") || line.contains(" inbox");
            let key = if own {
                "agent's own key"
            } else {
                "operator's key"
            };
            if *line != "squads health" {
                assert!(run.stderr.contains(key), "{line}: {}", run.stderr);
                assert!(
                    run.stderr.contains("SLAW_API_KEY"),
                    "{line}: {}",
                    run.stderr
                );
            }
            // Nothing of the router's.
            for word in ["XEROCTL_API_KEY", "scope", "router"] {
                assert!(!run.stderr.contains(word), "{line}: {word}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn router_codes_get_no_router_advice() {
    for code in ["agent_not_found", "scope_insufficient", "internal_error"] {
        let run = run(
            "squads pause AGENT",
            Dialect::Page.fault(400, "the server says no", code),
        );
        for word in ["router", "xeroctl agents", "management", "settings"] {
            assert!(!run.stderr.contains(word), "{code}: {word}: {}", run.stderr);
        }
    }
}

#[test]
fn impossible_deletion_suggests_terminate() {
    for dialect in Dialect::BOTH {
        let line = format!("squads delete {CODER} --force");
        let failure = dialect.fault(500, "Internal server error", "internal_error");
        let server = Router::script(read_before(&line).into_iter().chain([failure]));
        let run = home(&server).run(&line);
        assert_eq!(run.code, 17, "{}", run.stderr);
        assert_eq!(server.lines()[1..], [format!("DELETE /api/agents/{CODER}")]);
        for part in [
            "outcome: unknown",
            &format!("xeroctl squads terminate {CODER}"),
            &format!("check the result: xeroctl squads show {CODER}"),
        ] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    // Any other fault has nothing to do with costs.
    for answer in [
        Answer::json(503, r#"{"error":"busy"}"#),
        Answer::json(404, r#"{"error":"Agent not found"}"#),
        Answer::json(409, r#"{"error":"busy"}"#),
    ] {
        let run = run("squads delete AGENT --force", answer);
        assert!(!run.stderr.contains("squads terminate"), "{}", run.stderr);
    }
}

#[test]
fn reports_wrong_address() {
    let page = "<!doctype html>\n<html><title>Welcome</title></html>";
    for line in LINES {
        for (answer, excerpt) in [
            (
                Answer::new(200, "text/html; charset=utf-8", page),
                "<!doctype html>",
            ),
            (Answer::new(404, "text/html", page), "<!doctype html>"),
            (Answer::new(404, "text/plain", "not here"), "not here"),
            (
                Answer::new(404, "application/json", "{\"message\":\"no route\"}"),
                "no route",
            ),
            (Answer::new(405, "text/html", page), "<!doctype html>"),
        ] {
            let server = Router::script([answer.clone()]);
            let run = home(&server).run(&line.replace("AGENT", CODER));
            let text = format!("{line} {answer:?}: {}", run.stderr);
            if !text.contains("405") {
                assert_eq!(run.code, 17, "{text}");
            }
            assert_eq!(run.stdout, "", "{text}");
            assert!(run.stderr.contains(excerpt), "{text}");
            assert!(run.stderr.contains(&server.root()), "{text}");
            assert!(run.stderr.contains("config show"), "{text}");
        }
    }
}

#[test]
fn redirect_is_not_followed() {
    for line in LINES {
        let elsewhere = Router::unasked();
        let server = Router::script([
            Answer::empty(302).header("Location", &format!("{}/login", elsewhere.root()))
        ]);
        let run = home(&server).run(&line.replace("AGENT", CODER));
        assert_eq!(run.code, 17, "{line}: {}", run.stderr);
        assert!(run.stderr.contains("/login"), "{line}: {}", run.stderr);
        assert_eq!(elsewhere.lines(), [""; 0], "{line}");
    }
}

#[test]
fn unreachable_server_exits_17() {
    let address = crate::support::router::nobody();
    let root = address.replace("/proj_1/v1", "");
    for line in ["squads me", "squads pause AGENT"] {
        let run = crate::support::Home::new()
            .with("SLAW_API_URL", &root)
            .run(&line.replace("AGENT", CODER));
        assert_eq!(run.code, 17, "{}", run.stderr);
        assert!(run.stderr.contains(&root), "{}", run.stderr);
        assert!(!run.stderr.contains("outcome"), "{}", run.stderr);
    }
}

#[test]
fn errors_are_one_json_object_if_requested() {
    for line in LINES {
        for status in [400, 401, 403, 404, 409, 500] {
            // Reads are tried again after a 500.
            if status == 500 && is_read(line) {
                continue;
            }
            let run = run(
                &format!("{line} -o json"),
                Dialect::Server.fault(status, "no", ""),
            );
            assert_eq!(run.stdout, "", "{line}");
            let last = run.stderr.lines().last().expect("the error object");
            let error: serde_json::Value = serde_json::from_str(last).expect("JSON");
            let error = &error["error"];
            assert_eq!(error["http_status"], status, "{line}");
            assert_eq!(error["exit_code"], run.code, "{line}");
            let unknown = status == 500 && !is_read(line);
            assert_eq!(
                error["outcome"] == "unknown",
                unknown,
                "{line} {status}: {error}"
            );
        }
    }
}

#[test]
fn conflict_on_creation_suggests_hiring() {
    for dialect in Dialect::BOTH {
        let run = run(
            "squads create --name n --role r --adapter a",
            dialect.fault(
                409,
                "Squad requires operator approval for new agents",
                "conflict",
            ),
        );
        assert_eq!(run.code, 6);
        assert!(run.stderr.contains("xeroctl squads hire"), "{}", run.stderr);
    }
}

#[test]
fn health_warns_about_unneeded_key() {
    let denied = || Answer::json(401, r#"{"error":"Agent authentication required"}"#);
    for (me, identity, key, warned) in [
        (
            denied(),
            Answer::json(200, r#"{"source":"local_implicit"}"#),
            "not valid (local_implicit)",
            "warning: the key is not valid, but the server treats every client",
        ),
        (
            denied(),
            Answer::json(200, r#"{"source":"board_key"}"#),
            "operator (board_key)",
            "",
        ),
        (
            denied(),
            Answer::json(401, r#"{"error":"Board authentication required"}"#),
            "not valid",
            "warning: the key is not valid",
        ),
        (
            denied(),
            Answer::json(403, r#"{"error":"Operator access required"}"#),
            "not valid",
            "warning: the key is not valid",
        ),
        (
            denied(),
            Answer::json(404, r#"{"error":"no route"}"#),
            "unknown, not an agent's",
            "",
        ),
        (
            Answer::new(404, "text/html", "<html>"),
            Answer::new(404, "text/html", "<html>"),
            "unknown",
            "",
        ),
        (
            Answer::json(200, "{}"),
            Answer::json(200, "{}"),
            "unknown",
            "",
        ),
    ] {
        let server = Router::script([
            Answer::json(200, r#"{"status":"ok"}"#),
            me.clone(),
            identity.clone(),
        ]);
        let run = home(&server).run("squads health");
        assert_eq!(run.code, 0, "{identity:?}: {}", run.stderr);
        assert_eq!(run.stdout, format!("status\tok\nkey\t{key}\n"));
        assert!(run.stderr.contains(warned), "{identity:?}: {}", run.stderr);
        assert_eq!(
            run.stderr.is_empty(),
            warned.is_empty(),
            "{identity:?}: {}",
            run.stderr
        );
        assert_eq!(
            server.lines(),
            [
                "GET /api/health",
                "GET /api/agents/me",
                "GET /api/cli-auth/me"
            ]
        );
    }
    // Without a key there is nothing to ask.
    let server = Router::script([Answer::json(200, r#"{"status":"ok"}"#)]);
    let run = crate::support::Home::new()
        .with("SLAW_API_URL", &server.root())
        .run("squads health");
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "status\tok\nkey\tnone sent\n")
    );
}

#[test]
fn health_reports_key_owner_in_json() {
    let me = || {
        Answer::json(
            200,
            format!(r#"{{"id":"{CODER}","name":"Coder","status":"idle"}}"#),
        )
    };
    let denied = || Answer::json(401, r#"{"error":"Agent authentication required"}"#);
    for (answers, key) in [
        (
            vec![me()],
            format!(
                r#"{{"valid":true,"kind":"agent","agent_id":"{CODER}","agent_name":"Coder","source":null}}"#
            ),
        ),
        (
            vec![denied(), denied()],
            r#"{"valid":false,"kind":null,"agent_id":null,"agent_name":null,"source":null}"#
                .to_owned(),
        ),
        (
            vec![denied(), Answer::json(200, r#"{"source":"board_key"}"#)],
            r#"{"valid":true,"kind":"operator","agent_id":null,"agent_name":null,"source":"board_key"}"#
                .to_owned(),
        ),
    ] {
        let health = Answer::json(200, r#"{"status" : "ok","n":1.50}"#);
        let server = Router::script([health].into_iter().chain(answers));
        let run = home(&server).run("squads health -o json");
        assert_eq!(
            (run.code, run.stdout),
            (0, format!("{{\"status\" : \"ok\",\"n\":1.50,\"key\":{key}}}\n")),
        );
    }
    let server = Router::script([Answer::json(200, "{}")]);
    let run = crate::support::Home::new()
        .with("SLAW_API_URL", &server.root())
        .run("squads health -o json");
    assert_eq!((run.code, run.stdout.as_str()), (0, "{\"key\":null}\n"));
}

#[test]
fn lists_send_only_their_path() {
    let server = Router::script([Answer::json(200, "[]")]);
    home(&server).run("squads agents");
    assert_eq!(server.lines(), [format!("GET /api/squads/{SQUAD}/agents")]);
}
