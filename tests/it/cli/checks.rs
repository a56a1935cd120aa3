//! `status` and `doctor`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::shown::{FORMATS, named, on, runs, sandbox, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Asked, KEY, Router, nobody};
use crate::support::tls::{Ca, Secured, agent, expired};

/// What differs from run to run.
fn settled(text: &str) -> String {
    named(
        text,
        &[
            (r"\d+ms", "TOOK"),
            (r#""latency_ms":\d+"#, r#""latency_ms":TOOK"#),
            (r"/[\w/.+-]*/config\.toml", "HOME/config.toml"),
            (r"\bjk_\w+ \(", "KEY ("),
        ],
    )
}

/// A router that refuses the paths that begin so with this answer, and is empty otherwise.
fn refusing(path: &'static str, answer: Answer) -> Router {
    Router::rules(move |asked: &Asked| {
        if asked.target.starts_with(path) {
            answer.clone()
        } else {
            Answer::json(200, r#"{"object":"list","data":[],"has_more":false}"#)
        }
    })
}

#[test]
fn status_shows_each_check_in_each_format() {
    let lines = FORMATS.map(|format| format!("status -o {format}"));
    let shown = runs(&sandbox(), &lines.each_ref().map(String::as_str));
    insta::assert_snapshot!(settled(&shown));
}

#[test]
fn doctor_looks_at_the_network_the_fleet_and_the_routes() {
    let home = sandbox();
    let text = transcript(&[home.run("doctor"), on(&home, 80, "doctor")]);
    insta::assert_snapshot!(settled(&text));
}

#[test]
fn the_first_check_that_fails_sets_the_exit_code() {
    const MANAGEMENT: &str = "/proj_1/v1/management";
    let html = Answer::new(404, "text/html", "<h1>nothing here</h1>");
    let mut runs = Vec::new();
    for (answer, path, code) in [
        (Answer::fault(401, "authentication_error"), "/", 4),
        (Answer::fault(403, "scope_insufficient"), MANAGEMENT, 0),
        (Answer::fault(403, "scope_insufficient"), "/", 4),
        (Answer::fault(403, "cross_project_access"), "/", 4),
        (Answer::fault(404, "project_not_found"), "/", 5),
        (Answer::fault(429, "rate_limit_exceeded"), MANAGEMENT, 0),
        (Answer::fault(500, "internal_error"), "/", 17),
        (html, "/", 17),
        (Answer::dropped(), "/", 17),
        (Answer::json(200, "[]"), "/", 0),
    ] {
        let router = refusing(path, answer);
        let run = router.home().run("status");
        assert_eq!(run.code, code, "{}", run.whole());
        assert!(router.lines().iter().all(|line| line.starts_with("GET ")));
        // Each read is sent once.
        assert!(router.lines().len() <= 2, "{:?}", router.lines());
        runs.push(run);
    }
    insta::assert_snapshot!(settled(&transcript(&runs)));
}

#[test]
fn a_configuration_that_names_no_router_is_a_failed_check() {
    let broken = Home::new().config("current = [");
    let mut shown = runs(
        &Home::new(),
        &["status", "doctor", "--context none status -o json"],
    );
    for line in ["status", "doctor"] {
        let run = broken.run(line);
        assert_eq!(run.code, 3, "{}", run.whole());
        shown.push_str(&transcript(&[run]));
    }
    let home = Home::new().with("XEROCTL_BASE_URL", &nobody());
    shown.push_str(&runs(
        &home,
        &["status", "--api-key k status", "--api-key k doctor"],
    ));
    insta::assert_snapshot!(settled(&shown));
}

#[test]
fn a_silent_router_ends_the_checks_in_time() {
    let router = Router::rules(|_| Answer::silence());
    for line in ["status --timeout 200ms", "doctor --timeout 200ms"] {
        let began = Instant::now();
        let run = router.home().run(line);
        assert_eq!(run.code, 17, "{}", run.whole());
        assert!(began.elapsed() < Duration::from_secs(3), "{line}");
    }
}

#[test]
fn no_check_shows_the_key_or_writes() {
    let router = refusing("/none", Answer::empty(500));
    for line in [
        "status",
        "doctor",
        "doctor -vv",
        "doctor -o json",
        "--dry-run doctor",
    ] {
        let run = router.home().run(line);
        assert_eq!(run.code, 0, "{}", run.whole());
        assert!(!run.whole().contains(KEY), "{}", run.whole());
    }
    for asked in router.asked() {
        assert_eq!(asked.method, "GET", "{}", asked.line());
    }
}

#[test]
fn a_dry_run_sends_nothing() {
    let router = Router::unasked();
    let run = router.home().run("--dry-run doctor -o json");
    assert_eq!(run.code, 0, "{}", run.whole());
    assert!(
        run.stdout.starts_with("{\"dry_run\":true,\"requests\":["),
        "{}",
        run.stdout
    );
    assert_eq!(router.home().run("status --dry-run").code, 0);
}

#[test]
fn doctor_finds_silent_paused_and_missing_things() {
    let agent = |id: &str, more: &str| {
        format!(r#"{{"id":"{id}","status":"active",{more},"workspaces":["ws_1"]}}"#)
    };
    let agents = [
        agent("agt_1", r#""last_heartbeat":"2026-11-22T11:59:00Z""#),
        agent(
            "agt_2",
            r#""last_heartbeat":"2026-11-22T08:00:00Z","exec_paused":true"#,
        ),
        agent(
            "agt_3",
            r#""exec_paused_workspaces":["ws_1"],"updated_at":"2026-11-10T00:00:00Z""#,
        ),
        agent(
            "agt_4",
            r#""exec_paused":true,"updated_at":"2026-11-22T11:00:00Z""#,
        ),
    ];
    let agents = format!(r#"{{"data":[{}],"has_more":false}}"#, agents.join(","));
    let keys = r#"{"data":[{"id":"jk_1","expires_at":"2026-11-25T12:00:00Z"},
        {"id":"jk_2","expires_at":"2027-11-25T12:00:00Z"},{"id":"jk_3","expires_at":null}],"has_more":false}"#;
    let events = r#"{"data":[{"id":"evt_1","event_type":"exec.paused","created_at":"2026-11-19T12:00:00Z"}],"has_more":false}"#;
    let router = Router::rules(move |asked: &Asked| {
        let path = asked.target.trim_start_matches("/proj_1/v1");
        let path = path.split('?').next().unwrap_or_default();
        let list = |body: &str| {
            Answer::json(200, body.to_owned()).header("Date", "Sun, 22 Nov 2026 11:00:00 GMT")
        };
        match path {
            "/management/agents" => list(&agents),
            "/management/join-keys" => list(keys),
            "/management/agents/agt_2/events" => list(events),
            "/management/agents/agt_1/candidates" => {
                Answer::new(404, "text/plain", "404 page not found")
            }
            "/exec/context" => Answer::empty(405),
            "/settings" => Answer::fault(403, "scope_insufficient"),
            _ => list(r#"{"data":[],"has_more":false}"#),
        }
    });
    let run = router.home().run("doctor -o wide");
    insta::assert_snapshot!(settled(&transcript(&[run])));
}

#[test]
fn doctor_tries_each_assumed_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/router-contract.md");
    let contract = std::fs::read_to_string(path).expect("the contract");
    let (_, assumed) = contract
        .split_once("## Assumed routes")
        .expect("the section");
    let reads = assumed
        .lines()
        .filter_map(|line| line.strip_prefix("| GET | `"));
    let reads: BTreeSet<&str> = reads.filter_map(|row| row.split('`').next()).collect();
    assert!(reads.len() >= 6, "{reads:?}");
    let shown = sandbox().run("doctor").stdout;
    for read in reads {
        assert!(
            shown.contains(&format!("GET {read} exists")),
            "{read}: {shown}"
        );
    }
}

#[test]
fn the_squads_api_is_checked_if_it_is_configured() {
    let squads = refusing("/none", Answer::empty(500));
    assert!(!sandbox().run("status").stdout.contains("squads"));
    let router = refusing("/none", Answer::empty(500));
    let home = router.home().with("SLAW_API_URL", &squads.root());
    let run = home.run("status");
    assert!(run.stdout.contains("\nsquads\tok\t"), "{}", run.whole());
    let home = router.home().with("SLAW_API_URL", "http://127.0.0.1:1");
    let run = home.run("status");
    assert_eq!(run.code, 17, "{}", run.whole());
    assert!(run.stdout.contains("\nsquads\tfail\t"), "{}", run.whole());
}

#[test]
fn a_certificate_that_is_not_valid_fails_the_check_of_tls() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&["127.0.0.1"], expired), agent());
    let run = server.home(&ca.pem()).run("status");
    assert_eq!(run.code, 17, "{}", run.whole());
    assert!(run.stdout.contains("\ntls\tfail\t"), "{}", run.whole());
    let server = Secured::start(&ca.signs(&["127.0.0.1"], |_| {}), agent());
    let run = server.home(&ca.pem()).run("status");
    assert!(
        run.stdout.contains("\ntls\tok\ttrusted by "),
        "{}",
        run.whole()
    );
}
