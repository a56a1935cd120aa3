//! A client of the squads API, and the names in the demo data.

use serde_json::{Value, json};
use xeroctl::sandbox::{Dialect, Options};

use crate::sandbox::http::{Client, Reply, send};

pub(crate) const BOTH: [Dialect; 2] = [Dialect::Page, Dialect::Server];
pub(crate) const SQUAD: &str = "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";
pub(crate) const CAREFUL: &str = "b7e0c2d9-6a14-4f3b-8c55-91d2f0a3e648";
pub(crate) const CODER: &str = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";
pub(crate) const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A sandbox that speaks one of the dialects.
pub(crate) struct Squads {
    pub(crate) client: Client,
    pub(crate) dialect: Dialect,
    operator: String,
    agent: String,
}

impl Squads {
    pub(crate) fn start(dialect: Dialect) -> Self {
        Self::with(Options {
            dialect,
            ..Options::default()
        })
    }

    pub(crate) fn with(options: Options) -> Self {
        let dialect = options.dialect;
        let client = Client::start(options);
        let bearer = |key: &str| format!("Bearer {key}");
        let operator = bearer(client.0.squads_operator_key());
        let agent = bearer(client.0.squads_agent_key());
        Self {
            client,
            dialect,
            operator,
            agent,
        }
    }

    pub(crate) fn is_page(&self) -> bool {
        self.dialect == Dialect::Page
    }

    /// A request with exactly these headers.
    pub(crate) fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let path = format!("/api{path}");
        send(self.client.0.port(), method, &path, headers, body)
    }

    fn by(&self, bearer: &str, method: &str, path: &str, body: &str) -> Reply {
        let mut headers = vec![("Authorization", bearer)];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        self.raw(method, path, &headers, body)
    }

    /// A request of the operator.
    pub(crate) fn operator(&self, method: &str, path: &str, body: &str) -> Reply {
        self.by(&self.operator, method, path, body)
    }

    /// A request of the agent `Coder`.
    pub(crate) fn agent(&self, method: &str, path: &str, body: &str) -> Reply {
        self.by(&self.agent, method, path, body)
    }

    pub(crate) fn bearing(&self, token: &str, method: &str, path: &str) -> Reply {
        self.by(&format!("Bearer {token}"), method, path, "")
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.operator("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.operator("POST", path, &body.to_string())
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Reply {
        self.operator("PATCH", path, &body.to_string())
    }

    /// What is in the envelope, or the whole where there is none.
    pub(crate) fn open(&self, name: &str, reply: &Reply) -> Value {
        let document = reply.json();
        if self.is_page() {
            assert_eq!(document.as_object().map(serde_json::Map::len), Some(1));
            document[name].clone()
        } else {
            document
        }
    }

    /// An agent of the list by its name.
    pub(crate) fn id(&self, name: &str) -> String {
        let list = self.open("agents", &self.get(&format!("/squads/{SQUAD}/agents")));
        let rows = list.as_array().expect("a list").iter();
        let mut named = rows.filter(|row| row["name"] == name);
        let id = named.next().expect("the agent")["id"].as_str();
        id.expect("an id").to_owned()
    }

    /// The agent as it is shown by itself.
    pub(crate) fn shown(&self, id: &str) -> Value {
        let reply = self.get(&format!("/agents/{id}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        self.open("agent", &reply)
    }

    /// Checks that this is an error of the dialect; returns the status, and on the page the code.
    pub(crate) fn error(&self, reply: &Reply) -> (u16, String) {
        let document = reply.json();
        let said = document["error"].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{reply:?}");
        let code = document["code"].as_str().unwrap_or_default();
        assert_eq!(code.is_empty(), !self.is_page(), "{reply:?}");
        (reply.status, code.to_owned())
    }

    /// Checks that each dialect refuses in its way.
    #[track_caller]
    pub(crate) fn refused(&self, reply: &Reply, page: (u16, &str), server: u16) {
        let expected = if self.is_page() { page } else { (server, "") };
        let (status, code) = self.error(reply);
        assert_eq!((status, code.as_str()), expected, "{reply:?}");
    }
}

/// What both dialects need to make an agent.
pub(crate) fn new_agent(name: &str) -> Value {
    json!({ "name": name, "role": "engineer", "adapterType": "claude_local" })
}
