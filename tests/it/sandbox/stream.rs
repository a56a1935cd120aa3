//! The event stream: live events, and events after a reconnection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xeroctl::sandbox::Options;

use crate::sandbox::http::{Client, Clock, text};

/// An event: its ID, name and data.
type Event = (String, String, Value);

/// A reader of the stream.
struct Stream {
    line: TcpStream,
    read: Vec<u8>,
}

impl Stream {
    /// Connects and waits for the first lines, from which on nothing is missed.
    fn open(client: &Client, last: Option<&str>) -> Self {
        let mut line = TcpStream::connect(("127.0.0.1", client.0.port())).expect("a connection");
        line.set_read_timeout(Some(Duration::from_millis(20)))
            .expect("a timeout");
        let (path, bearer) = (Client::path("/exec/executions/stream"), client.bearer());
        let last = last
            .map(|id| format!("Last-Event-ID: {id}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {bearer}\r\n{last}\r\n"
        );
        line.write_all(request.as_bytes()).expect("sent");
        let mut stream = Self {
            line,
            read: Vec::new(),
        };
        stream.until(|stream| stream.text().contains("retry: 1000\n\n"));
        let text = stream.text();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        assert!(
            text.contains("content-type: text/event-stream\r\n"),
            "{text}"
        );
        stream
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }

    /// Reads a little; false at the end.
    fn pull(&mut self) -> bool {
        let mut part = [0; 4096];
        match self.line.read(&mut part) {
            Ok(0) => false,
            Ok(count) => {
                self.read.extend(&part[..count]);
                true
            }
            Err(error) => matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        }
    }

    fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "in vain: {}",
                self.text()
            );
            assert!(self.pull(), "ended: {}", self.text());
        }
    }

    /// All events so far. An event is never torn over two chunks, so their lengths are just other lines.
    fn events(&self) -> Vec<Event> {
        let text = self.text();
        let mut events: Vec<Event> = Vec::new();
        for line in text.lines() {
            if let Some(id) = line.strip_prefix("id: ") {
                events.push((id.to_owned(), String::new(), Value::Null));
            } else if let (Some(name), Some(event)) =
                (line.strip_prefix("event: "), events.last_mut())
            {
                name.clone_into(&mut event.1);
            } else if let (Some(data), Some(event)) =
                (line.strip_prefix("data: "), events.last_mut())
            {
                event.2 = serde_json::from_str(data).expect("data is JSON");
            }
        }
        events.retain(|event| !event.2.is_null());
        events
    }

    fn wait(&mut self, count: usize) -> Vec<Event> {
        self.until(|stream| stream.events().len() >= count);
        self.events()
    }

    /// What is there when two looks at the state have been taken.
    fn settle(&mut self) -> Vec<Event> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(500) {
            self.pull();
        }
        self.events()
    }
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|(_, name, _)| name.as_str()).collect()
}

#[test]
fn streams_every_status_change() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let mut stream = Stream::open(&client, None);
    let call = client
        .invoke("kubectl_drain", &json!({ "node": "node-3" }))
        .json();
    stream.wait(1);
    client.act(&format!(
        "/exec/approvals/{}/approve",
        text(&call["approval_id"])
    ));
    stream.wait(2);
    clock.forward(1);
    stream.wait(3);
    clock.forward(1);
    let mut events = stream.wait(4);
    assert_eq!(
        names(&events),
        [
            "exec.approval_requested",
            "exec.approved",
            "exec.dispatched",
            "exec.completed"
        ]
    );
    let run = client.invocation(&text(&call["id"]))["execution_id"].clone();
    let mut data = json!({
        "invocation_id": call["id"],
        "tool_name": "kubectl_drain",
        "workspace_id": "ws_a1b2c3d4",
        "status": "pending_approval",
        "risk": "destructive",
        "approval_id": call["approval_id"],
    });
    for event in &mut events {
        let at = event
            .2
            .as_object_mut()
            .and_then(|data| data.remove("created_at"));
        assert!(at.is_some_and(|at| at.is_string()), "{event:?}");
    }
    assert_eq!(events[0].2, data);
    data["status"] = json!("queued");
    assert_eq!(events[1].2, data);
    data["execution_id"] = run;
    for (event, status) in events[2..].iter().zip(["running", "completed"]) {
        data["status"] = json!(status);
        assert_eq!(event.2, data);
    }
}

#[test]
fn every_end_but_cancellation_has_an_event() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let mut stream = Stream::open(&client, None);
    let run =
        |ending: &str| client.invoked("sandbox_run", &json!({ "seconds": 0, "ending": ending }));
    let gate = || {
        client
            .invoke("sandbox_gate", &json!({ "deadline_seconds": 5 }))
            .json()
    };
    run("failed");
    run("timeout");
    client.act(&format!(
        "/exec/approvals/{}/reject",
        text(&gate()["approval_id"])
    ));
    client.act(&format!("/exec/invocations/{}/cancel", text(&gate()["id"])));
    let late = gate();
    clock.forward(5);
    stream.wait(9);
    let events = stream.settle();
    assert_eq!(
        names(&events),
        [
            "exec.dispatched",
            "exec.failed",
            "exec.dispatched",
            "exec.timeout",
            "exec.approval_requested",
            "exec.rejected",
            "exec.approval_requested",
            "exec.approval_requested",
            "exec.timeout",
        ]
    );
    assert_eq!(events[5].2["status"], "rejected");
    assert_eq!(
        (&events[8].2["invocation_id"], &events[8].2["status"]),
        (&late["id"], &json!("timeout"))
    );
    assert!(events[8].2.get("execution_id").is_none());

    let id = client.invoked("sandbox_run", &json!({ "seconds": 60 }));
    clock.forward(1);
    stream.wait(10);
    client.act(&format!("/exec/invocations/{id}/cancel"));
    clock.forward(60);
    // The example of the documentation may have ended by now, but nothing of the cancelled call comes.
    let events = stream.settle();
    assert_eq!(
        events
            .iter()
            .filter(|event| event.2["invocation_id"] == id.as_str())
            .count(),
        1
    );
}

#[test]
fn stream_resumes_after_the_last_id() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let mut stream = Stream::open(&client, None);
    for _ in 0..2 {
        client.invoked("sandbox_run", &json!({ "seconds": 0 }));
    }
    let waiting = client.invoke("sandbox_gate", &json!({})).json();
    client.invoked("sandbox_run", &json!({ "seconds": 0 }));
    stream.wait(7);
    drop(stream);
    // In the same second, of a call that was made before the last event.
    client.act(&format!(
        "/exec/approvals/{}/approve",
        text(&waiting["approval_id"])
    ));
    clock.forward(2);
    client.invoked("sandbox_run", &json!({ "seconds": 0, "ending": "failed" }));
    let mut stream = Stream::open(&client, Some("0-0-0"));
    let whole = stream.settle();
    let from = whole.len() - 12;
    let own = &whole[from..];
    assert_eq!(
        names(own)[7..],
        [
            "exec.approved",
            "exec.dispatched",
            "exec.completed",
            "exec.dispatched",
            "exec.failed"
        ]
    );
    let ids: std::collections::BTreeSet<&String> = whole.iter().map(|event| &event.0).collect();
    assert_eq!(ids.len(), whole.len(), "no id is given twice");
    for (at, event) in own.iter().enumerate() {
        let mut stream = Stream::open(&client, Some(&event.0));
        let rest = &own[at + 1..];
        if !rest.is_empty() {
            assert_eq!(stream.wait(rest.len()), rest);
        }
    }
    let mut stream = Stream::open(&client, own.last().map(|event| event.0.as_str()));
    assert!(stream.settle().is_empty());
}

#[test]
fn invalid_id_means_from_now_on() {
    let client = Client::start(Clock::new().options());
    client.invoked("sandbox_run", &json!({ "seconds": 0 }));
    for id in ["", "none", "1-2", "1-2-x", "99999999999-1-1"] {
        let mut stream = Stream::open(&client, Some(id));
        let made = client.invoked("sandbox_run", &json!({ "seconds": 0 }));
        let events = stream.wait(2);
        assert_eq!(
            names(&events),
            ["exec.dispatched", "exec.completed"],
            "{id}"
        );
        assert_eq!(events[0].2["invocation_id"], made.as_str());
    }
}

#[test]
fn streams_changes_of_other_processes() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let start = || {
        Client::start(Options {
            state: Some(home.path().to_owned()),
            ..Options::default()
        })
    };
    let (here, there) = (start(), start());
    let mut stream = Stream::open(&here, None);
    let first = there.invoked("sandbox_run", &json!({ "seconds": 0 }));
    let events = stream.wait(2);
    assert_eq!(events[1].2["invocation_id"], first.as_str());
    let second = here.invoked("sandbox_run", &json!({ "seconds": 0 }));
    let mut stream = Stream::open(&there, Some(&events[1].0));
    assert_eq!(stream.wait(2)[0].2["invocation_id"], second.as_str());
}

#[test]
fn restart_repeats_no_events() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let clock = Clock::new();
    let start = || {
        Client::start(Options {
            state: Some(home.path().to_owned()),
            ..clock.options()
        })
    };
    let client = start();
    let mut stream = Stream::open(&client, None);
    clock.forward(1000);
    let before = stream.settle();
    let told = |name: &str| before.iter().any(|event| event.1 == name);
    assert!(
        told("exec.completed") && told("exec.timeout"),
        "the sandbox ages"
    );
    let _other = start();
    clock.forward(90);
    assert_eq!(stream.settle(), before);
}

#[test]
fn stream_ends_with_the_server() {
    let client = Client::fresh();
    let mut stream = Stream::open(&client, None);
    drop(client);
    let begun = Instant::now();
    while stream.pull() {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
