//! `xeroctl sandbox serve` over plain HTTP: it accepts the documented request and returns the documented form. Uses no
//! code of the client.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::contract::shape;
use crate::contract::transcript::{Api, Dialect, Transcript};
use crate::support::Home;
use crate::support::process::{LIMIT, Running, command};

/// A new sandbox.
pub(crate) struct Sandbox {
    _home: Home,
    _running: Running,
    port: u16,
    said: Value,
}

/// What it answers.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Asks a new sandbox what a transcript asks and compares.
#[track_caller]
pub(crate) fn check(name: &str) {
    let told = Transcript::read(name);
    let reply = Sandbox::start(&told).ask(&told);
    let answer = &told.answer;
    let text = String::from_utf8_lossy(&reply.body);
    let source = &told.source;
    assert!(
        reply.status == answer.status || answer.other_statuses.contains(&reply.status),
        "{source}: {} {text}",
        reply.status
    );
    for name in answer.headers.keys() {
        assert!(
            reply.header(name).is_some(),
            "{source}: {name} in {reply:?}"
        );
    }
    if answer.bytes.is_some() {
        assert!(!reply.body.is_empty(), "{source}");
    }
    let Some(body) = &answer.body else { return };
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let documented: Value = serde_json::from_str(body.get()).expect("JSON");
    let given: Value = serde_json::from_str(&text).expect("JSON");
    let faults = shape::faults(&documented, &given, &answer.may_be);
    assert!(faults.is_empty(), "{source}: {faults:#?} in {text}");
    // What an error is called is no matter of shape.
    if told.api == Api::Router && answer.status >= 400 {
        assert_eq!(
            given["error"]["code"], documented["error"]["code"],
            "{source}"
        );
    }
}

impl Sandbox {
    /// Serves as a transcript needs it.
    #[track_caller]
    pub(crate) fn start(told: &Transcript) -> Self {
        let home = Home::new();
        let mut command = command(&home, "sandbox serve -o json");
        command.args(&told.in_sandbox.options);
        if let Some(dialect) = told.dialect {
            let name = match dialect {
                Dialect::Page => "page",
                Dialect::Server => "server",
            };
            command.args(["--dialect", name]);
        }
        let running = Running::start(&mut command);
        running.wait_for_output("\n");
        let said: Value = serde_json::from_str(&running.output()).expect("one line of JSON");
        let port = said["port"].as_u64().and_then(|port| port.try_into().ok());
        Self {
            port: port.expect("a port"),
            _home: home,
            _running: running,
            said,
        }
    }

    fn key(&self, told: &Transcript) -> &str {
        let name = match (told.api, told.in_sandbox.key.as_deref()) {
            (_, Some("wrong")) => return "wrong",
            (Api::Router, _) => "key",
            (Api::Squads, Some("agent")) => "squads_agent_key",
            (Api::Squads, _) => "squads_operator_key",
        };
        self.said[name].as_str().expect(name)
    }

    /// The documented request, with what this sandbox has in place of the IDs that it does not know.
    pub(crate) fn ask(&self, told: &Transcript) -> Reply {
        Reply::read(self.send(told))
    }

    /// The same; returns the connection on which the response comes.
    pub(crate) fn send(&self, told: &Transcript) -> TcpStream {
        let here = |text: &str| {
            let ids = told.in_sandbox.ids.iter();
            ids.fold(text.to_owned(), |text, (id, known)| text.replace(id, known))
        };
        let documented = &told.request;
        let mut target = here(&documented.path);
        if told.api == Api::Router {
            let project = told.in_sandbox.project.as_deref();
            target = format!("/{}/v1{target}", project.unwrap_or("proj_sandbox"));
        }
        let query = documented.query.iter();
        for ((name, value), mark) in query.zip(std::iter::once('?').chain(std::iter::repeat('&'))) {
            target = format!("{target}{mark}{name}={}", here(value));
        }
        let mut head = format!(
            "{} {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n",
            documented.method, self.port
        );
        for (name, value) in &documented.headers {
            let value = value.replace("KEY", self.key(told));
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = documented.body.as_ref().map(|body| here(body.get()));
        if let Some(body) = &body {
            head.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
        let request = format!("{head}\r\n{}", body.unwrap_or_default());
        stream.write_all(request.as_bytes()).expect("a request");
        stream
    }
}

impl Reply {
    fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let body = bytes.split_off(end.expect("a head") + 4);
        let head = String::from_utf8(bytes).expect("a head of text");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let reply = Self {
            status: status.expect("a status"),
            head,
            body,
        };
        match reply.header("content-length") {
            Some(length) => assert_eq!(length, reply.body.len().to_string()),
            None => assert_eq!(reply.header("transfer-encoding"), None, "{reply:?}"),
        }
        reply
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}
