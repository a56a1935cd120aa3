//! Deployments and the squads API: `--context`, protection, and the sandbox.

use crate::cli::shown::{runs, sandbox, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, SQUAD, home};

/// A server that answers everything, a home whose file names it as `lab`, and variables that point elsewhere.
fn contradicted(server: &Router) -> Home {
    Home::new()
        .config(&format!(
            "[deployment.lab]\nsquads_url = \"{0}\"\nsquads_api_key = \"stored_lab\"\nsquad_id = \"1ab1ab1a-0000-4000-8000-000000000001\"\n\
             [deployment.half]\nsquads_url = \"{0}\"\n\
             [deployment.empty]\nbase_url = \"http://127.0.0.1:1/p/v1\"\n",
            server.root()
        ))
        .with("SLAW_API_URL", "http://127.0.0.1:1")
        .with("SLAW_API_KEY", "from_variable")
        .with("SLAW_SQUAD_ID", "0a40a40a-0000-4000-8000-000000000002")
}

fn open() -> Router {
    Router::rules(|_| Answer::json(200, "[]"))
}

/// The key and the target of the only request.
fn only(server: &Router) -> (String, String) {
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let key = asked[0].header("authorization").unwrap_or("-").to_owned();
    (key, asked[0].target.clone())
}

#[test]
fn context_option_ignores_the_environment() {
    let server = open();
    let run = contradicted(&server).run("squads agents --context lab");
    assert_eq!(
        only(&server),
        (
            "Bearer stored_lab".to_owned(),
            "/api/squads/1ab1ab1a-0000-4000-8000-000000000001/agents".to_owned()
        )
    );
    assert_eq!(
        run.stderr,
        "SLAW_API_URL is ignored: the deployment's own setting is used\n\
         SLAW_API_KEY is ignored: the deployment's own setting is used\n\
         SLAW_SQUAD_ID is ignored: the deployment's own setting is used\n\
         no agents: the squad 1ab1ab1a-0000-4000-8000-000000000001 is empty, or the server does not know it\n"
    );
    let server = open();
    let quiet = contradicted(&server).run("squads agents --context lab -q -o name");
    assert_eq!(quiet.stderr, "", "notices are dropped when quiet");
}

#[test]
fn environment_completes_the_named_deployment() {
    let server = open();
    let run = contradicted(&server).run("squads agents --context half");
    assert_eq!(
        only(&server),
        (
            "Bearer from_variable".to_owned(),
            "/api/squads/0a40a40a-0000-4000-8000-000000000002/agents".to_owned()
        )
    );
    assert_eq!(
        run.stderr,
        "SLAW_API_URL is ignored: the deployment's own setting is used\nno agents: the squad 0a40a40a-0000-4000-8000-000000000002 is empty, or the server does not know it\n"
    );
    // The URL is not among that: a deployment without one is on this machine.
    let dry = contradicted(&server).run("squads agents --context empty --dry-run");
    assert!(
        dry.stdout.starts_with(
            "GET http://localhost:3100/api/squads/0a40a40a-0000-4000-8000-000000000002/agents\n"
        ),
        "{}",
        dry.stdout
    );
}

#[test]
fn options_override_the_named_deployment() {
    let server = open();
    let run = contradicted(&server).run(
        "squads agents --context lab --api-key typed --squad 79bed000-0000-4000-8000-000000000004",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        only(&server),
        (
            "Bearer typed".to_owned(),
            "/api/squads/79bed000-0000-4000-8000-000000000004/agents".to_owned()
        )
    );
}

#[test]
fn rejects_contradictions() {
    let server = Router::unasked();
    let both = contradicted(&server).with("XEROCTL_CONTEXT", "lab");
    insta::assert_snapshot!(runs(
        &both,
        &["squads agents", "squads agents --context nowhere"]
    ));
    let sandbox = Home::new();
    for line in [
        "squads agents --context sandbox --squads-url http://localhost:3100",
        "--context sandbox squads me --squads-url http://localhost:3100",
        "squads health --api-key a --api-key-file b",
        "squads health --squads-url http://localhost:3100 --squads-url http://localhost:3100",
        "squads agents --squad 50000000-0000-4000-8000-000000000005 --squad 50000000-0000-4000-8000-000000000005",
    ] {
        let run = sandbox.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
    }
    for (name, value) in [
        ("SLAW_API_KEY", "a b"),
        ("SLAW_SQUAD_ID", "a/b"),
        ("SLAW_SQUAD_ID", ".."),
    ] {
        let run = home(&server).with(name, value).run("squads agents");
        assert_eq!(run.code, 3, "{name}={value}: {}", run.stderr);
    }
    for squad in ["''", "a/b", ".."] {
        let run = home(&server).run(&format!("squads agents --squad {squad}"));
        assert_eq!(run.code, 2, "{squad}: {}", run.stderr);
    }
    assert_eq!(server.lines(), [""; 0]);
}

/// Every change of the API.
const CHANGES: &[&str] = &[
    "squads create --name n --role r --adapter a --squad 50000000-0000-4000-8000-000000000005",
    "squads hire --name n --role r --squad 50000000-0000-4000-8000-000000000005",
    "squads update AGENT --name n",
    "squads permissions AGENT --can-create-agents true",
    "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
    "squads instructions-path AGENT p",
    "squads pause AGENT",
    "squads resume AGENT",
    "squads terminate AGENT --force",
    "squads delete AGENT --force",
    "squads create-key AGENT --name n --token-file t",
    "squads revoke-key AGENT k --force",
    "squads reset-session AGENT",
];

#[test]
fn protected_deployment_must_be_named() {
    for line in CHANGES {
        let line = line.replace("AGENT", CODER);
        let server = Router::rules(|asked| {
            if asked.method == "GET" && asked.target.ends_with("/keys") {
                return Answer::json(200, r#"[{"id":"k"}]"#);
            }
            Answer::json(200, r#"{"token":"t"}"#)
        });
        let text = format!(
            "current = \"prod\"\n[deployment.prod]\nsquads_url = \"{0}/api\"\nprotected = true\n\
             [deployment.other]\nsquads_url = \"{0}\"\n",
            server.root()
        );
        let refused = Home::new().config(&text).run(&line);
        assert_eq!(refused.code, 3, "{line}: {}", refused.stderr);
        assert!(
            refused.stderr.contains(" --context prod"),
            "the line that works: {}",
            refused.stderr
        );
        assert!(
            !refused.stderr.contains("token-file t: "),
            "{}",
            refused.stderr
        );
        let around = Home::new()
            .config(&text)
            .with("SLAW_API_URL", &server.root());
        assert_eq!(around.run(&line).code, 3, "{line} through a variable");
        assert_eq!(
            around.run(&format!("{line} --context other")).code,
            3,
            "{line}"
        );
        assert!(!around.path().join("t").exists(), "no token file: {line}");
        assert_eq!(server.lines(), [""; 0], "{line}");
        let dry = Home::new().config(&text).run(&format!("{line} --dry-run"));
        assert_eq!(dry.code, 0, "{line}: {}", dry.stderr);
        let named = Home::new()
            .config(&text)
            .run(&format!("{line} --context prod"));
        assert_eq!(named.code, 0, "{line}: {}", named.stderr);
        assert!(!server.asked().is_empty());
    }
}

#[test]
fn protected_deployment_can_be_read() {
    let server = open();
    let text = format!(
        "current = \"prod\"\n[deployment.prod]\nsquads_url = \"{}\"\nprotected = true\n",
        server.root()
    );
    let run = Home::new()
        .config(&text)
        .run("squads agents --squad 50000000-0000-4000-8000-000000000005");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn sandbox_has_its_own_keys_and_squad() {
    let home = sandbox()
        .with("SLAW_API_KEY", "from_variable")
        .with("SLAW_SQUAD_ID", "0a40a40a-0000-4000-8000-000000000002");
    let agents = home.run("squads agents -o name");
    assert_eq!(agents.code, 0, "{}", agents.stderr);
    assert!(agents.stdout.contains(CODER), "{}", agents.stdout);
    for name in ["SLAW_API_KEY", "SLAW_SQUAD_ID"] {
        assert!(
            agents.stderr.contains(&format!("{name} is ignored")),
            "{}",
            agents.stderr
        );
    }
    // `me` and `inbox` are asked with the agent's key, everything else with the operator's.
    for line in [
        "squads me",
        "squads inbox",
        "squads update Coder --title T",
        "squads health",
        "squads keys Coder",
    ] {
        assert_eq!(sandbox().run(line).code, 0, "{line}");
    }
    let other = sandbox().run("squads agents --squad b7e0c2d9-6a14-4f3b-8c55-91d2f0a3e648 -o csv");
    assert!(other.stdout.contains("Scout"), "{}", other.stdout);
    let line = Home::new()
        .with("SLAW_API_URL", "http://127.0.0.1:1")
        .run("--context sandbox squads me -o name");
    assert_eq!((line.code, line.stdout), (0, format!("{CODER}\n")));
}

#[test]
fn sandbox_dry_run_address_has_no_port() {
    let run = sandbox().run("squads agents --dry-run");
    assert_eq!(
        run.stdout,
        format!("GET http://127.0.0.1/api/squads/{SQUAD}/agents\n")
    );
}

#[test]
fn changes_name_the_run() {
    for (run_id, sent) in [
        ("7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b13", true),
        ("7D9F1A52-0C3E-4B8A-9D61-2F4E6A8C0B13", true),
        ("", false),
        ("run-1", false),
        ("7d9f1a520c3e4b8a9d612f4e6a8c0b13", false),
        ("{7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b1}", false),
    ] {
        let server = Router::rules(|_| Answer::json(200, r#"{"ok":true,"id":"x"}"#));
        let home = home(&server).with("SLAW_RUN_ID", run_id);
        home.run(&format!("squads show {CODER}"));
        let run = home.run(&format!("squads pause {CODER}"));
        let asked = server.asked();
        assert_eq!(asked[0].header("x-slaw-run-id"), None, "a read");
        let expected = sent.then_some(run_id);
        assert_eq!(asked[1].header("x-slaw-run-id"), expected, "{run_id}");
        let told = run.stderr.contains("SLAW_RUN_ID is ignored");
        assert_eq!(told, !sent && !run_id.is_empty(), "{}", run.stderr);
    }
    // The router does not hear of it.
    let router = Router::rules(|_| Answer::json(200, "{}"));
    router
        .home()
        .with("SLAW_RUN_ID", "7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b13")
        .run("agents pause-exec agt_1");
    assert_eq!(router.asked()[0].header("x-slaw-run-id"), None);
}

#[test]
fn next_commands_use_the_same_server_and_squad() {
    let server = Router::rules(|_| Answer::json(200, r#"{"ok":true}"#));
    let text = format!("[deployment.lab]\nsquads_url = \"{}\"\n", server.root());
    let context = Home::new()
        .config(&text)
        .run(&format!("squads pause {CODER} --context lab"));
    let url = Home::new().run(&format!(
        "squads pause {CODER} --squads-url {} --squad 10000000-0000-4000-8000-000000000006",
        server.root()
    ));
    insta::assert_snapshot!(transcript(&[context, url]));
}
