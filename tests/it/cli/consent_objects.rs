//! Prompts name the object and the deployment.

use crate::cli::shown::{named, sandbox, terminal, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};

const AGENT: &str = r#"{"id":"agt_1","name":"gpu-worker-4","status":"active","region":"us-east"}"#;
const DELETE: &str = "agents agt_1 --delete --color never";

/// Answers reads of the agent with this, and everything else with success.
fn router(read: impl Fn() -> Answer + Send + Sync + 'static) -> Router {
    Router::rules(move |asked| match asked.method.as_str() {
        "GET" => read(),
        _ => Answer::json(200, "{}"),
    })
}

/// The transcript of a line answered with `n`, and the requests that were sent.
fn declined(router: &Router, line: &str) -> String {
    let run = router.home().run_on_terminal("n\n", line);
    let sent = router.lines().join("\n");
    named(
        &format!("{}{sent}\n", transcript(&[run])),
        &[(r"127\.0\.0\.1:\d+", "HOST")],
    )
}

#[test]
fn prompt_names_agent_and_project() {
    insta::assert_snapshot!(declined(&router(|| Answer::json(200, AGENT)), DELETE));
}

#[test]
fn prompt_names_the_deployment_of_the_url() {
    let router = router(|| Answer::json(200, AGENT));
    let url = router.base_url();
    let home = Home::new().config(&format!(
        "[deployment.lab]\nbase_url = \"{url}\"\napi_key = \"k\"\n"
    ));
    let run = home.run_on_terminal("n\n", &format!("--context lab {DELETE}"));
    insta::assert_snapshot!(named(&transcript(&[run]), &[(r"127\.0\.0\.1:\d+", "HOST")]));
}

#[test]
fn failed_read_leaves_id_and_note() {
    let shown = [
        declined(&router(|| Answer::fault(403, "scope_insufficient")), DELETE),
        declined(
            &router(|| Answer::fault(403, "scope_insufficient")),
            "join-keys jk_1 --revoke --color never",
        ),
    ];
    insta::assert_snapshot!(shown.concat());
}

#[test]
fn missing_agent_ends_before_the_prompt() {
    insta::assert_snapshot!(declined(
        &router(|| Answer::fault(404, "agent_not_found")),
        DELETE
    ));
}

#[test]
fn force_and_disabled_prompts_read_nothing() {
    let router = router(|| Answer::json(200, AGENT));
    let forced = router.home().run(&format!("{DELETE} --force"));
    assert_eq!(forced.code, 0, "{}", forced.stderr);
    assert_eq!(router.lines().len(), 1);
    let silent = Router::unasked();
    assert_eq!(silent.home().run(DELETE).code, 2);
    assert_eq!(silent.lines().len(), 0);
}

#[test]
fn prompt_escapes_hostile_names() {
    let hostile = r#"{"id":"agt_1","name":"a\u001b[2J\u202e\nb","status":"active"}"#;
    insta::assert_snapshot!(declined(
        &router(move || Answer::json(200, hostile)),
        DELETE
    ));
}

#[test]
fn prompt_masks_the_key() {
    let agent = r#"{"id":"agt_1","name":"xero_prompt_secret","status":"active"}"#;
    let router = router(move || Answer::json(200, agent));
    let line = format!("{DELETE} --api-key xero_prompt_secret");
    let run = router.home().run_on_terminal("n\n", &line);
    assert_eq!(run.code, 16, "{}", run.stderr);
    assert!(!run.stderr.contains("xero_prompt_secret"), "{}", run.stderr);
}

#[test]
fn sandbox_reset_prompts() {
    let is_kept = |home: &Home| home.run("agents agt_abc123").code == 5;
    let home = sandbox();
    assert_eq!(home.run("agents agt_abc123 --delete --force").code, 0);
    let place = home.path().display().to_string();
    let mut runs = Vec::new();
    for answer in ["n\n", ""] {
        runs.push(home.run_on_terminal(answer, "sandbox reset --color never"));
        assert!(is_kept(&home), "{answer:?}");
    }
    runs.push(home.run("sandbox reset"));
    runs.push(home.run_on(
        terminal(80),
        "y\n",
        "sandbox reset --no-input --color never",
    ));
    assert!(is_kept(&home));
    runs.push(home.run_on_terminal("y\n", "sandbox reset --color never"));
    assert!(!is_kept(&home));
    insta::assert_snapshot!(transcript(&runs).replace(&place, "HOME"));
}
