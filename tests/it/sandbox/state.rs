//! The stored state: persistence, permissions, locks, and unusable directories.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;
use xeroctl::sandbox::{Options, Sandbox, reset};

use crate::sandbox::http::{Client, Clock, agent, exchange, join_key, send};

const DAY: i64 = 86_400;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn at(state: &Path) -> Options {
    Options {
        state: Some(state.to_owned()),
        ..Options::default()
    }
}

#[test]
fn commands_share_the_state() {
    let home = directory();
    let state = home.path().join("deep/er/state");
    let first = Client::start(at(&state));
    assert_eq!(first.0.warning(), None);
    let made = first.post("/management/agents", &agent("kept")).json();
    first.delete("/management/agents/agt_abc123");
    let key = first.0.key().to_owned();
    drop(first);
    let second = Client::start(at(&state));
    assert_eq!(second.0.key(), key);
    let path = format!("/management/agents/{}", made["id"].as_str().expect("an id"));
    assert_eq!(second.get(&path).json(), made);
    assert_eq!(second.get("/management/agents/agt_abc123").status, 404);
}

#[test]
fn new_state_has_its_own_key() {
    let keys: BTreeSet<String> = (0..3).map(|_| Client::fresh().0.key().to_owned()).collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn concurrent_writers_lose_nothing() {
    let home = directory();
    let sandboxes = [
        Client::start(at(home.path())),
        Client::start(at(home.path())),
    ];
    thread::scope(|scope| {
        for worker in 0..8 {
            let client = &sandboxes[worker % 2];
            scope.spawn(move || {
                for number in 0..10 {
                    let name = format!("made-{worker}-{number}");
                    assert_eq!(client.post("/management/agents", &agent(&name)).status, 201);
                }
            });
        }
    });
    for client in &sandboxes {
        assert_eq!(client.all("/management/agents", 100).len(), 40 + 80);
    }
}

#[test]
fn token_is_not_stored() {
    let home = directory();
    let client = Client::start(at(home.path()));
    let made = client
        .post("/management/join-keys", &join_key("secret"))
        .json();
    let token = made["token"].as_str().expect("a token").to_owned();
    for entry in fs::read_dir(home.path()).expect("the state directory") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a readable file");
        assert!(!text.contains(&token));
    }
    assert!(
        fs::read_to_string(home.path().join("state.json"))
            .is_ok_and(|text| text.contains("secret"))
    );
}

#[cfg(unix)]
#[test]
fn state_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = directory();
    let state = home.path().join("state");
    fs::create_dir(&state).expect("a directory");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).expect("its mode set");
    let client = Client::start(at(&state));
    client.post("/management/agents", &agent("x"));
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&state).expect("the state directory") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.insert(path.file_name().expect("a name").to_owned());
    }
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["state.json", "state.lock"]
    );
}

#[test]
fn read_writes_nothing() {
    let home = directory();
    let client = Client::start(at(home.path()));
    let file = home.path().join("state.json");
    let before = fs::read(&file).expect("the state");
    client.get("/management/agents");
    client.get("/management/agents/agt_abc123/events");
    client.patch(
        "/management/agents/agt_abc123",
        &json!({ "region": "no good" }),
    );
    assert_eq!(fs::read(&file).expect("the state"), before);
}

#[test]
fn ended_runs_and_times_stay() {
    let home = directory();
    let clock = Clock::new();
    let options = || Options {
        state: Some(home.path().to_owned()),
        ..clock.options()
    };
    let lists = [
        "/management/agents",
        "/management/join-keys?include_terminal=true",
        "/exec/invocations",
        "/exec/learnings?workspace_id=ws_a1b2c3d4",
    ];
    let times = |client: &Client| -> Vec<Value> {
        let rows = lists.map(|list| client.get(list).json()["data"].clone());
        let rows = rows.iter().flat_map(|rows| rows.as_array().expect("rows"));
        rows.map(|row| json!([row["id"], row["created_at"]]))
            .collect()
    };
    let running = "5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10";
    let client = Client::start(options());
    let before = times(&client);
    assert_eq!(client.invocation(running)["status"], "running");
    clock.forward(100);
    let ended = client.invocation(running);
    assert_eq!(ended["status"], "completed");
    drop(client);
    for days in [0, 400] {
        clock.forward(days * DAY + 61);
        let client = Client::start(options());
        assert_eq!(client.invocation(running), ended);
        assert_eq!(times(&client), before);
        let cancel = client.act(&format!("/exec/invocations/{running}/cancel"));
        assert_eq!(cancel.json()["error"]["code"], "invocation_terminal");
    }
}

#[test]
fn unusable_directory_falls_back_to_memory() {
    let home = directory();
    let file = home.path().join("file");
    fs::write(&file, "mine").expect("a file");
    for state in [file.clone(), file.join("below")] {
        let client = Client::start(at(&state));
        let warning = client.0.warning().expect("a warning").to_owned();
        assert!(warning.contains(&*state.to_string_lossy()), "{warning}");
        let made = client
            .post("/management/agents", &agent("short-lived"))
            .json();
        assert_eq!(
            client.get("/management/agents").ids()[0],
            made["id"].as_str().expect("an id")
        );
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine");
}

/// Documents written before some members were renamed.
#[test]
fn reads_documents_with_earlier_member_names() {
    let home = directory();
    let clock = Clock::new();
    let options = || Options {
        state: Some(home.path().to_owned()),
        ..clock.options()
    };
    let client = Client::start(options());
    client.patch("/management/agents/agt_abc123", &json!({ "name": "mine" }));
    let invocations = client.all("/exec/invocations", 100);
    drop(client);
    let file = home.path().join("state.json");
    let mut text = fs::read_to_string(&file).expect("the state");
    for (now, earlier) in [
        ("is_demo", "untouched"),
        ("rebased_at", "dated_at"),
        ("approval", "gate"),
        ("execution", "run"),
    ] {
        let (now, earlier) = (format!("\"{now}\":"), format!("\"{earlier}\":"));
        assert!(text.contains(&now), "{now}");
        text = text.replace(&now, &earlier);
    }
    fs::write(&file, text).expect("the state");

    clock.forward(400 * DAY);
    let client = Client::start(options());
    assert_eq!(client.0.warning(), None);
    assert_eq!(client.all("/exec/invocations", 100), invocations);
    let agent = |id: &str| client.get(&format!("/management/agents/{id}")).json();
    assert_eq!(agent("agt_abc123")["name"], "mine");
}

#[test]
fn unreadable_state_is_set_aside() {
    let other_format = json!({ "version": 0, "agents": [] }).to_string();
    for broken in ["", "{", "[]", "\u{0}\u{0}", &other_format] {
        let home = directory();
        let file = home.path().join("state.json");
        fs::write(&file, broken).expect("the state");
        let client = Client::start(at(home.path()));
        let warning = client.0.warning().expect("a warning").to_owned();
        assert!(warning.contains("state.json.broken"), "{warning}");
        assert_eq!(
            fs::read_to_string(home.path().join("state.json.broken")).expect("kept"),
            broken
        );
        assert_eq!(client.all("/management/agents", 100).len(), 40);
        drop(client);
        assert_eq!(
            Client::start(at(home.path())).0.warning(),
            None,
            "once is enough"
        );
    }
}

#[test]
fn special_file_is_set_aside_unread() {
    let huge = |path: &Path| {
        let file = fs::File::create(path).expect("a file");
        file.set_len(1 << 40).expect("a sparse file");
    };
    let pipe = |path: &Path| {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.expect("mkfifo").success());
    };
    let folder = |path: &Path| fs::create_dir(path).expect("a directory");
    for make in [&huge as &dyn Fn(&Path), &pipe, &folder] {
        let home = directory();
        make(&home.path().join("state.json"));
        let client = Client::start(at(home.path()));
        let warning = client.0.warning().expect("a warning").to_owned();
        assert!(warning.contains("state.json.broken"), "{warning}");
        assert_eq!(client.all("/management/agents", 100).len(), 40);
    }
}

#[test]
fn leftovers_of_killed_processes_are_removed() {
    let home = directory();
    let left = home.path().join(".state-a1B2c3");
    let start = || drop(Client::start(at(home.path())));
    let reset = || drop(reset(&at(home.path())));
    for act in [&start as &dyn Fn(), &reset] {
        fs::write(&left, "{").expect("a file");
        act();
        assert!(!left.exists());
    }
}

#[test]
fn held_lock_times_out() {
    let home = directory();
    drop(Client::start(at(home.path())));
    let held = fs::File::options()
        .write(true)
        .open(home.path().join("state.lock"))
        .expect("the lock");
    held.lock().expect("it is free");
    let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mine = said.clone();
    let options = Options {
        lock_limit: std::time::Duration::from_millis(2200),
        on_lock_wait: std::sync::Arc::new(move |text| {
            mine.lock().expect("a list").push(text.to_owned());
        }),
        ..at(home.path())
    };
    let error = Sandbox::start(options.clone()).err().expect("no sandbox");
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    let said = said.lock().expect("a list").clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("waiting for the lock "), "{said:?}");
    let short = Options {
        lock_limit: std::time::Duration::ZERO,
        ..options
    };
    assert!(reset(&short).is_err());
    drop(held);
    assert!(reset(&short).expect("it is free"));
}

#[test]
fn reset_reports_whether_state_existed() {
    let home = directory();
    let state = home.path().join("state");
    assert!(!reset(&at(&state)).expect("nothing to do"));
    assert!(!state.exists());
    let client = Client::start(at(&state));
    client.post("/management/agents", &agent("gone"));
    let key = client.0.key().to_owned();
    assert!(reset(&at(&state)).expect("it is removed"));
    assert!(!reset(&at(&state)).expect("nothing to do"));
    // A sandbox that runs on starts over, and its key still opens it.
    assert_eq!(client.all("/management/agents", 100).len(), 40);
    drop(client);
    assert!(reset(&at(&state)).expect("it is removed"));
    assert_ne!(Client::start(at(&state)).0.key(), key);
}

#[test]
fn server_survives_loss_of_its_directory() {
    let home = directory();
    let state = home.path().join("state");
    let client = Client::start(at(&state));
    fs::remove_dir_all(&state).expect("it is removed");
    assert_eq!(client.all("/management/agents", 100).len(), 40);
    fs::remove_dir_all(&state).expect("it is removed");
    assert_eq!(client.post("/management/agents", &agent("x")).status, 201);
}

#[test]
fn port_in_use_is_an_error() {
    let client = Client::fresh();
    let options = Options {
        port: client.0.port(),
        ..Options::default()
    };
    assert!(Sandbox::start(options).is_err());
}

#[test]
fn dropped_sandbox_stops() {
    let client = Client::fresh();
    let port = client.0.port();
    assert_eq!(
        client.0.base_url(),
        format!("http://127.0.0.1:{port}/proj_sandbox/v1")
    );
    let headers = [("Authorization", &*client.bearer())];
    let path = Client::path("/management/agents");
    assert_eq!(send(port, "GET", &path, &headers, "").status, 200);
    drop(client);
    // Another test's sandbox may have got the port by now; it knows another key.
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {}\r\n\r\n",
        headers[0].1
    );
    let answer = exchange(port, request.as_bytes()).unwrap_or_default();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}
