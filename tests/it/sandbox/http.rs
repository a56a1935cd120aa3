//! A small HTTP/1.1 client, and sandboxes to use it with.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use xeroctl::sandbox::{Options, PROJECT, Sandbox};

/// base64 of 32 zero bytes.
pub(crate) const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A response, taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self:?}"
        );
        serde_json::from_str(&self.text).expect("the body is JSON")
    }

    /// The IDs of a list.
    pub(crate) fn ids(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{self:?}");
        let list = self.json();
        let rows = list["data"].as_array().expect("a list has data").iter();
        rows.map(|row| {
            row["id"]
                .as_str()
                .or(row["name"].as_str())
                .expect("a row has an id")
                .to_owned()
        })
        .collect()
    }

    /// Checks that this is an error in the envelope, and returns (status, code, param).
    pub(crate) fn error(&self) -> (u16, Option<String>, Option<String>) {
        let document = self.json();
        let error = document["error"]
            .as_object()
            .expect("an error has an envelope");
        assert_eq!(document.as_object().map(serde_json::Map::len), Some(1));
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty()),
            "{self:?}"
        );
        assert!(error["type"].is_string(), "{self:?}");
        let text = |name: &str| error[name].as_str().map(str::to_owned);
        (self.status, text("code"), text("param"))
    }
}

/// Sends bytes as they are and reads until the server closes.
pub(crate) fn exchange(port: u16, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Takes a response apart whose body may be any bytes.
fn split(answer: &[u8]) -> (Reply, Vec<u8>) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.expect("the answer has a head") + 4);
    (parse(head), body.to_vec())
}

fn parse(answer: &[u8]) -> Reply {
    let text = std::str::from_utf8(answer).expect("the answer is UTF-8");
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no head in {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Reply {
        status: status.expect("the answer has a status"),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        text: body.to_owned(),
    }
}

/// A request to a given path of the server, with exactly these headers.
pub(crate) fn send(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() {
        request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    request.push_str("\r\n");
    request.push_str(body);
    parse(&exchange(port, request.as_bytes()).expect("the sandbox answers"))
}

/// A sandbox with its key.
pub(crate) struct Client(pub(crate) Sandbox);

impl Client {
    pub(crate) fn start(options: Options) -> Self {
        Self(Sandbox::start(options).expect("the sandbox starts"))
    }

    /// One that keeps all in memory.
    pub(crate) fn fresh() -> Self {
        Self::start(Options::default())
    }

    pub(crate) fn path(path: &str) -> String {
        format!("/{PROJECT}/v1{path}")
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.0.key())
    }

    pub(crate) fn raw(&self, method: &str, path: &str, content_type: &str, body: &str) -> Reply {
        let bearer = self.bearer();
        let mut headers = vec![("Authorization", bearer.as_str())];
        if !content_type.is_empty() {
            headers.push(("Content-Type", content_type));
        }
        send(self.0.port(), method, &Self::path(path), &headers, body)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.raw("GET", path, "", "")
    }

    /// The head of a response, and its body as it came.
    pub(crate) fn download(&self, path: &str) -> (Reply, Vec<u8>) {
        let (path, bearer) = (Self::path(path), self.bearer());
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {bearer}\r\n\r\n"
        );
        split(&exchange(self.0.port(), request.as_bytes()).expect("the sandbox answers"))
    }

    /// Calls a tool in `ws_a1b2c3d4`.
    pub(crate) fn invoke(&self, tool: &str, args: &Value) -> Reply {
        self.post("/exec/invocations", &call(tool, args))
    }

    /// A call that is accepted; its ID.
    pub(crate) fn invoked(&self, tool: &str, args: &Value) -> String {
        let reply = self.invoke(tool, args);
        assert_eq!(reply.status, 201, "{reply:?}");
        text(&reply.json()["id"])
    }

    pub(crate) fn invocation(&self, id: &str) -> Value {
        self.get(&format!("/exec/invocations/{id}")).json()
    }

    pub(crate) fn execution(&self, id: &str) -> Value {
        self.get(&format!("/exec/executions/{id}")).json()
    }

    pub(crate) fn approval(&self, id: &str) -> Value {
        self.get(&format!("/exec/approvals/{id}")).json()
    }

    pub(crate) fn delete(&self, path: &str) -> Reply {
        self.raw("DELETE", path, "", "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.raw("POST", path, "application/json", &body.to_string())
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Reply {
        self.raw("PATCH", path, "application/json", &body.to_string())
    }

    /// A POST without a body.
    pub(crate) fn act(&self, path: &str) -> Reply {
        self.raw("POST", path, "", "")
    }

    /// What happened to an agent, the newest first.
    pub(crate) fn event_types(&self, agent: &str) -> Vec<String> {
        let list = self
            .get(&format!("/management/agents/{agent}/events"))
            .json();
        let events = list["data"].as_array().expect("a list has data").iter();
        let words = events.filter_map(|event| event["event_type"].as_str());
        words.map(str::to_owned).collect()
    }

    /// The IDs of a list, followed to its end.
    pub(crate) fn all(&self, path: &str, limit: usize) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let after = ids
                .last()
                .map(|id| format!("&after={}", id.replace('/', "%2F")))
                .unwrap_or_default();
            let page = self.get(&format!("{path}{mark}limit={limit}{after}"));
            let list = page.json();
            let new = page.ids();
            assert!(new.len() <= limit);
            assert_eq!(list["object"], "list");
            assert_eq!(list["first_id"].as_str(), new.first().map(String::as_str));
            assert_eq!(list["last_id"].as_str(), new.last().map(String::as_str));
            ids.extend(new);
            if list["has_more"] == false {
                return ids;
            }
        }
    }
}

/// The least that makes an agent.
pub(crate) fn agent(name: &str) -> Value {
    json!({ "name": name, "worker_id": "w-1", "public_key": KEY, "region": "us-east" })
}

/// The least that makes a join key.
pub(crate) fn join_key(name: &str) -> Value {
    json!({ "name": name, "region": "us-east", "router_addrs": ["tcp://router:5555"] })
}

/// A tool call.
pub(crate) fn call(tool: &str, args: &Value) -> Value {
    json!({ "workspace_id": "ws_a1b2c3d4", "tool_name": tool, "args": args })
}

/// The text of a member.
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// A document with one member set.
pub(crate) fn with(mut document: Value, name: &str, value: Value) -> Value {
    document[name] = value;
    document
}

/// A 400, as [`Reply::error`] tells it.
pub(crate) fn refusal(code: &str, param: &str) -> (u16, Option<String>, Option<String>) {
    (400, Some(code.to_owned()), Some(param.to_owned()))
}

/// A clock that stands until it is moved.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

/// 2026-07-01T00:00:00Z
pub(crate) const START: i64 = 1_782_864_000;

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn options(&self) -> Options {
        let seconds = self.0.clone();
        Options {
            now: Arc::new(move || {
                let seconds = u64::try_from(seconds.load(Ordering::SeqCst)).expect("after 1970");
                SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
            }),
            ..Options::default()
        }
    }
}

/// A time of the wire as Unix seconds.
pub(crate) fn seconds(value: &Value) -> i64 {
    let parsed = value
        .as_i64()
        .or_else(|| Some(value.as_str()?.parse::<jiff::Timestamp>().ok()?.as_second()));
    parsed.unwrap_or_else(|| panic!("{value} is no time"))
}
