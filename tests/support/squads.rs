//! A scripted squads server in either dialect that records requests. Written from the contract; it shares no code with
//! the client.

use super::Home;
use super::router::{Answer, Asked, Router};
use xeroctl::sandbox::{self, Options, Sandbox};

/// The key that [`home`] sends.
pub const KEY: &str = "slaw_test_0123456789";
/// The run that [`home`] is part of.
pub const RUN: &str = "7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b13";
/// The squad of [`home`].
pub const SQUAD: &str = "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";
/// The agent `Coder`.
pub const CODER: &str = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";
/// The agent `Manager`.
pub const MANAGER: &str = "0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9";
/// A key of `Coder`.
pub const CI_KEY: &str = "0b6f2c1e-6f0f-4f0a-8d8e-3c1f5a9b7d21";

/// A home whose environment selects this server, [`KEY`], [`SQUAD`] and [`RUN`].
pub fn home(server: &Router) -> Home {
    Home::new()
        .with("SLAW_API_URL", &server.root())
        .with("SLAW_API_KEY", KEY)
        .with("SLAW_SQUAD_ID", SQUAD)
        .with("SLAW_RUN_ID", RUN)
}

/// The ways in which the API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As its page describes it: answers in envelopes.
    Page,
    /// As its server 0.3.1 behaves: bare answers.
    Server,
}

impl Dialect {
    pub const BOTH: [Self; 2] = [Self::Page, Self::Server];

    /// A response about one agent.
    pub fn agent(self, status: u16, agent: &str) -> Answer {
        match self {
            Self::Page => Answer::json(status, format!(r#"{{"agent":{agent}}}"#)),
            Self::Server => Answer::json(status, agent),
        }
    }

    /// A response that lists what the page calls `name`.
    pub fn list(self, name: &str, items: &str) -> Answer {
        match self {
            Self::Page => Answer::json(200, format!(r#"{{"{name}":[{items}]}}"#)),
            Self::Server => Answer::json(200, format!("[{items}]")),
        }
    }

    /// An error of this dialect.
    pub fn fault(self, status: u16, message: &str, code: &str) -> Answer {
        match self {
            Self::Page => Answer::json(
                status,
                format!(r#"{{"error":"{message}","code":"{code}"}}"#),
            ),
            Self::Server => Answer::json(status, format!(r#"{{"error":"{message}"}}"#)),
        }
    }
}

/// The agents with these names, as a list of either dialect shows them; their IDs count up.
pub fn named(names: &[&str]) -> String {
    let agents = names.iter().enumerate().map(|(place, name)| {
        format!(
            r#"{{"id":"{}","name":"{name}","role":"engineer","title":"Number {place}","status":"active"}}"#,
            id(place)
        )
    });
    agents.collect::<Vec<_>>().join(",")
}

/// The ID of the agent at this place of [`named`].
pub fn id(place: usize) -> String {
    format!("00000000-0000-4000-8000-{place:012}")
}

/// The responses to what a line about [`CODER`] reads before it destroys something: the agent, and its keys `k` and
/// [`CI_KEY`].
pub fn read_before(line: &str) -> Vec<Answer> {
    let agent = Answer::json(
        200,
        format!(r#"{{"id":"{CODER}","name":"Coder","status":"active","squadId":"{SQUAD}"}}"#),
    );
    let keys = Answer::json(
        200,
        format!(r#"[{{"id":"{CI_KEY}","name":"ci"}},{{"id":"k","name":"other"}}]"#),
    );
    match line.split(' ').nth(1) {
        Some("terminate" | "delete") => vec![agent],
        Some("revoke-key") => vec![agent, keys],
        _ => Vec::new(),
    }
}

/// A request as text, with every header that matters: the line, the headers in the order of their names, an empty line,
/// the body. The headers that every request has must be there, and no others.
pub fn raw(asked: &Asked) -> String {
    let mut lines = Vec::new();
    for (name, value) in &asked.headers {
        match name.as_str() {
            "host" | "accept" | "accept-encoding" => {}
            "user-agent" => assert!(value.starts_with("xeroctl/"), "{value}"),
            "content-length" => assert_eq!(*value, asked.body.len().to_string()),
            _ => lines.push(format!("{name}: {value}")),
        }
    }
    lines.sort();
    lines.insert(0, asked.line());
    if !asked.body.is_empty() {
        lines.extend([String::new(), asked.body.clone()]);
    }
    lines.join("\n")
}

/// All requests so far, as [`raw`] tells them.
pub fn all_raw(server: &Router) -> Vec<String> {
    server.asked().iter().map(raw).collect()
}

/// The sandbox's squads API in either dialect, while it lives; what it does not keep is gone then.
pub struct Served(Sandbox);

impl Served {
    pub fn start(dialect: Dialect) -> Self {
        let options = Options {
            dialect: match dialect {
                Dialect::Page => sandbox::Dialect::Page,
                Dialect::Server => sandbox::Dialect::Server,
            },
            ..Options::default()
        };
        Self(Sandbox::start(options).expect("a sandbox"))
    }

    /// A home whose environment selects it, its squad and its operator's key.
    pub fn home(&self) -> Home {
        self.with_key(self.0.squads_operator_key())
    }

    /// The same with the key of the agent `Coder`.
    pub fn home_of_agent(&self) -> Home {
        self.with_key(self.0.squads_agent_key())
    }

    fn with_key(&self, key: &str) -> Home {
        Home::new()
            .with("SLAW_API_URL", &self.0.squads_url())
            .with("SLAW_API_KEY", key)
            .with("SLAW_SQUAD_ID", SQUAD)
    }

    /// The squad in which an agent needs an approval.
    pub fn careful_squad() -> &'static str {
        sandbox::APPROVAL_SQUAD
    }
}
