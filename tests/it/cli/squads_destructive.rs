//! Before a destructive change: the agent must be in the named squad, and the key must be the agent's.

use crate::cli::shown::{sandbox, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CI_KEY, CODER, Dialect, SQUAD, Served, home, id};

const OTHER: &str = "b7e0c2d9-6a14-4f3b-8c55-91d2f0a3e648";

/// An agent of another squad than the one that is named, and a key of its.
fn elsewhere() -> Router {
    Router::rules(|asked| match asked.target.as_str() {
        target if target.ends_with("/keys") => {
            Answer::json(200, format!(r#"[{{"id":"{CI_KEY}","name":"ci"}}]"#))
        }
        _ => Answer::json(
            200,
            format!(r#"{{"id":"{CODER}","name":"Coder","status":"idle","squadId":"{OTHER}"}}"#),
        ),
    })
}

const DESTROYING: [&str; 3] = [
    "squads terminate AGENT",
    "squads delete AGENT",
    "squads revoke-key AGENT ci",
];

#[test]
fn rejects_agent_of_another_squad() {
    for line in DESTROYING.map(|line| line.replace("AGENT", CODER)) {
        for words in [
            "--force".to_owned(),
            format!("--force --squad {SQUAD}"),
            format!("--force --squad {}", SQUAD.to_uppercase()),
        ] {
            let server = elsewhere();
            let run = home(&server).run(&format!("{line} {words}"));
            assert_eq!(run.code, 2, "{line}: {}", run.stderr);
            assert!(
                server.lines().iter().all(|line| line.starts_with("GET ")),
                "{:?}",
                server.lines()
            );
            // The command that the error names works.
            let (_, next) = run
                .stderr
                .lines()
                .find_map(|line| line.split_once("if you mean that agent: xeroctl "))
                .expect("a command");
            assert!(next.contains(OTHER), "{next}");
            assert_eq!(home(&elsewhere()).run(next).code, 0, "{next}");
        }
        // Where no squad is selected, nothing is compared.
        let server = elsewhere();
        let home = Home::new().with("SLAW_API_URL", &server.root());
        let run = home.run(&format!("{line} --force"));
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    }
    let server = elsewhere();
    let run = home(&server).run_on_terminal("y\n", &format!("squads delete {CODER}"));
    assert_eq!(run.code, 2, "it does not even ask: {}", run.stderr);
    insta::assert_snapshot!(transcript(&[run]));
}

/// A server whose agent has these keys.
fn with_keys(keys: &str) -> Router {
    let keys = format!("[{keys}]");
    Router::rules(move |asked| match asked.method.as_str() {
        "GET" if asked.target.ends_with("/keys") => Answer::json(200, &*keys),
        "GET" => Answer::json(200, "{}"),
        // As the server does to what is not a UUID.
        "DELETE" if asked.target.ends_with("/leaked") => {
            Answer::json(500, r#"{"error":"Internal server error"}"#)
        }
        _ => Answer::json(200, r#"{"ok":true}"#),
    })
}

#[test]
fn finds_key_by_id_or_name() {
    let key = |place: usize, name: &str, revoked: &str| {
        format!(
            r#"{{"id":"{}","name":"{name}","revokedAt":{revoked}}}"#,
            id(place)
        )
    };
    let (live, gone) = ("null", r#""2026-11-01T00:00:00Z""#);
    let keys = [
        key(1, "leaked", live),
        key(2, "twice", live),
        key(3, "twice", live),
        key(4, "reused", gone),
        key(5, "reused", live),
        key(6, "gone", gone),
    ]
    .join(",");
    let mut runs = Vec::new();
    for (word, code, revoked) in [
        ("leaked", 0, Some(1)),
        (&*id(1), 0, Some(1)),
        (&*id(1).to_uppercase(), 0, Some(1)),
        ("twice", 2, None),
        ("reused", 0, Some(5)),
        ("gone", 0, Some(6)),
        ("nobody", 5, None),
        (&*id(9), 5, None),
    ] {
        let server = with_keys(&keys);
        let run = home(&server).run(&format!("squads revoke-key {CODER} {word} --force"));
        assert_eq!(run.code, code, "{word}: {}", run.stderr);
        let sent = server
            .lines()
            .into_iter()
            .find(|line| line.starts_with("DELETE "));
        let expected =
            revoked.map(|place| format!("DELETE /api/agents/{CODER}/keys/{}", id(place)));
        assert_eq!(sent, expected, "{word}");
        assert!(!run.stderr.contains("outcome"), "{word}: {}", run.stderr);
        runs.push(run);
    }
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn paused_pending_hire_must_not_be_resumed() {
    let pending = sandbox().run("squads pause Writer");
    assert!(!pending.stderr.contains("resume"), "{}", pending.stderr);
    let active = sandbox().run("squads pause Coder");
    assert!(active.stderr.contains("squads resume"), "{}", active.stderr);
    let resumed = Served::start(Dialect::Server)
        .home()
        .run("squads resume Writer");
    assert!(
        resumed
            .stderr
            .contains("warning: the agent was pending approval"),
        "{}",
        resumed.stderr
    );
    // An agent that was not read may be one.
    let unread = sandbox().run(&format!("squads pause {CODER}"));
    assert!(!unread.stderr.contains("resume"), "{}", unread.stderr);
}

#[test]
fn rejects_squad_that_is_not_a_uuid() {
    let server = Router::unasked();
    let flag = home(&server).run("squads agents --squad ops");
    let variable = home(&server)
        .with("SLAW_SQUAD_ID", "ops")
        .run("squads agents");
    assert_eq!((flag.code, variable.code), (2, 3));
    insta::assert_snapshot!(transcript(&[flag, variable]));
    // Whom it does not concern is not bothered.
    let server = Router::script([Answer::json(200, r#"{"ok":true}"#)]);
    let run = home(&server)
        .with("SLAW_SQUAD_ID", "ops")
        .run(&format!("squads pause {CODER}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn list_is_an_alias_of_agents() {
    let (list, agents) = (sandbox().run("squads list"), sandbox().run("squads agents"));
    assert_eq!((list.code, &list.stdout), (0, &agents.stdout));
    assert!(list.stdout.lines().count() > 5, "{}", list.stdout);
}
