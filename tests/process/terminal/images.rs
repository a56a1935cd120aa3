//! The pictures in docs/images: what a shell on a real terminal shows, cell by cell, as SVG. `UPDATE_DOCS=1` writes them.

use std::path::Path;
use std::process::Command;

use crate::support::Home;
use crate::support::process::{has, variables};
use crate::support::pty::Terminal;
use crate::support::router::{Answer, Asked, Router};
use crate::terminal::sandbox;
use crate::terminal::svg;

/// Columns of a picture.
const COLUMNS: u16 = 88;

/// A machine that is busy may be late, and then a heartbeat is a second old.
const TRIES: usize = 5;

/// What is typed, and what stands on the screen when it is time to.
type Typed<'t> = &'t [(&'t str, &'t str)];

/// Types into a shell; what is on the terminal then, without the end of the shell.
fn record(home: &Home, typed: Typed<'_>) -> String {
    let binary = home.binary();
    let directory = Path::new(binary.get_program()).parent().expect("a place");
    let mut shell = Command::new("bash");
    shell
        .env_clear()
        .envs(variables(&binary))
        .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
        .env("TERM", "xterm-256color")
        .env("LC_ALL", "C.UTF-8")
        .env("PS1", "$ ")
        .env("INPUTRC", "/dev/null")
        .args(["--norc", "--noprofile", "-i"])
        .current_dir(home.path());
    let mut terminal = Terminal::open(COLUMNS).start(&shell);
    for (text, keys) in typed {
        terminal.wait_for(text).types(keys).types("\r");
    }
    // The prompt of the shell, and nothing behind it.
    terminal.wait_until(|raw| raw.ends_with("$ ") || raw.ends_with("$ \u{1b}[?2004h"));
    terminal.types("exit\r");
    let raw = terminal.end().raw;
    let (shown, _) = raw.rsplit_once("$ ").expect("a prompt");
    let (shown, _) = shown.rsplit_once('\n').expect("a line");
    shown.to_owned()
}

/// Compares a recording with its picture, or makes the picture.
#[track_caller]
fn is_current(name: &str, record: impl Fn() -> String) {
    if !has("bash") {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/images/{name}.svg"));
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    let mut made = String::new();
    for _ in 0..TRIES {
        made = svg::picture(&record(), COLUMNS);
        if made == stands {
            return;
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(&path, made).expect("the picture");
        return;
    }
    assert_eq!(
        stands, made,
        "docs/images/{name}.svg is out of date: UPDATE_DOCS=1 cargo test --test process terminal::images"
    );
}

/// A router with the fleet of the pictures.
fn fleet() -> Router {
    Router::rules(|asked: &Asked| {
        if asked.target.contains("/exec/") {
            let refused = r#"{"error":{"message":"This key lacks the execution scope.","type":"authentication_error","code":"scope_insufficient"}}"#;
            return Answer::json(403, refused).header("X-Request-ID", "req_01jd5w9n3x");
        }
        let now = jiff::Timestamp::now();
        let agents = [
            ("7f21", "gpu-worker-1", "w-001", "active", "us-east", 0),
            ("9c04", "gpu-worker-2", "w-002", "active", "us-east", 0),
            ("b83e", "gpu-worker-3", "w-003", "suspended", "us-east", 90),
            ("2d5a", "xem-kube-east", "xem-101", "active", "us-east", 0),
            ("e610", "xem-kube-west", "xem-102", "active", "us-west", 0),
            (
                "41fc",
                "frankfurt-h200-1",
                "w-fra-01",
                "disconnected",
                "eu-central",
                3 * 3600 + 900,
            ),
            (
                "a97b",
                "osaka-canary",
                "w-osa-01",
                "dead",
                "ap-northeast",
                34 * 86400 + 3600,
            ),
            (
                "c3d8",
                "warsaw-batch",
                "w-waw-01",
                "pending",
                "eu-central",
                -1,
            ),
        ];
        let agents = agents.map(|(id, name, worker, status, region, age)| {
            let heartbeat = match age {
                ..0 => "null".to_owned(),
                age => format!("\"{}\"", now - jiff::SignedDuration::from_secs(age)),
            };
            format!(
                r#"{{"id":"agt_{id}","name":"{name}","worker_id":"{worker}","status":"{status}","region":"{region}","last_heartbeat":{heartbeat}}}"#
            )
        });
        let list = format!(r#"{{"data":[{}],"has_more":false}}"#, agents.join(","));
        Answer::json(200, list)
    })
}

#[test]
fn agents_table_is_current() {
    let router = fleet();
    is_current("agents", || {
        record(&router.home(), &[("$ ", "xeroctl agents")])
    });
}

#[test]
fn rotation_of_a_fleet_is_current() {
    is_current("rotation", || {
        let rotate = "xeroctl agents curve-rotate --region us-east --columns AGENT,STATUS,MESSAGE";
        record(&sandbox(), &[("$ ", rotate), ("to continue: ", "2")])
    });
}

#[test]
fn approval_with_its_prompt_is_current() {
    is_current("approval", || {
        let approve = "xeroctl approvals approve apr_7c1d2e3f";
        let typed = [("$ ", approve), ("to continue: ", "storage/restore")];
        record(&sandbox(), &typed)
    });
}

#[test]
fn error_with_its_next_command_is_current() {
    let router = fleet();
    is_current("error", || {
        let typed = [
            ("$ ", "xeroctl exec tools"),
            ("hint: ", "xeroctl agents pause agt_7f21"),
        ];
        record(&router.home(), &typed)
    });
}
