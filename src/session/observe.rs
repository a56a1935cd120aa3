//! Tells what happens on the wire: waits to everybody, requests with `-v`, headers and bodies with `-vv`.

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::api::answer::Answer;
use crate::api::client::{Event, Observer};
use crate::api::composed;
use crate::time;
use crate::ui::Ui;

/// Headers whose values may be shown. Everything else is masked: an unknown header may hold a secret.
const HEADERS: &[&str] = &[
    "content-type",
    "content-length",
    "content-encoding",
    "date",
    "location",
    "retry-after",
    "server",
    "x-request-id",
];

/// Members of JSON bodies whose values may be shown. Everything else is masked.
const MEMBERS: &[&str] = &[
    "id",
    "object",
    "data",
    "first_id",
    "last_id",
    "has_more",
    "name",
    "status",
    "region",
    "worker_id",
    "supported_tiers",
    "max_concurrent_requests",
    "max_enrollments",
    "current_enrollments",
    "enrollments",
    "enrollment_count",
    "ttl_seconds",
    "router_addrs",
    "agent_role",
    "agent_id",
    "created_at",
    "updated_at",
    "expires_at",
    "last_heartbeat",
    "last_heartbeat_at",
    "event_type",
    "tool_name",
    "workspace_id",
    "invocation_id",
    "execution_id",
    "approval_id",
    "risk",
    "domain",
    "timeout_ms",
    "exit_code",
    "completed_at",
    "resolved_at",
    "score",
    "source_type",
    "workspace",
    "reason",
    "request_id",
    "error",
    "message",
    "type",
    "code",
    "param",
    "retry_after",
];

/// Writes what happens to the user's side.
pub(super) struct Tracer {
    ui: Ui,
}

impl Tracer {
    pub(super) fn new(ui: Ui) -> Self {
        Self { ui }
    }

    fn answered(&self, answer: &Answer, took: std::time::Duration) {
        let id = answer.request_id().unwrap_or_else(|| "-".to_owned());
        self.ui.trace(
            1,
            &format!(
                "HTTP {} request id {id}, {} bytes in {} ms",
                answer.status,
                answer.body.len(),
                took.as_millis()
            ),
        );
        if self.ui.manner().verbose < 2 {
            return;
        }
        self.headers(&answer.headers);
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(body) => self.ui.trace(2, &format!("< {}", masked(body))),
            Err(_) if answer.body.is_empty() => {}
            Err(_) => self.ui.trace(2, "< (a body that is no JSON)"),
        }
    }
}

impl Tracer {
    fn headers(&self, headers: &HeaderMap) {
        for (name, value) in headers {
            let shown = if HEADERS.contains(&name.as_str()) {
                value.to_str().unwrap_or("***")
            } else {
                "***"
            };
            self.ui.trace(2, &format!("< {name}: {shown}"));
        }
    }
}

impl Observer for Tracer {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Sending {
                request,
                url,
                attempt,
            } => {
                let again = if attempt > 1 {
                    format!(" (attempt {attempt})")
                } else {
                    String::new()
                };
                let url = composed::shown_url(url);
                self.ui
                    .trace(1, &format!("{} {url}{again}", request.method.word()));
                self.ui.trace(2, "> authorization: ***");
                for (name, value) in composed::shown_headers(request) {
                    self.ui.trace(2, &format!("> {name}: {value}"));
                }
                if let Some(body) = request.body.as_deref() {
                    let body = serde_json::from_str(body).unwrap_or_default();
                    self.ui.trace(2, &format!("> {}", masked(body)));
                }
            }
            Event::Answered { answer, took } => self.answered(answer, took),
            Event::Opened { incoming, took } => {
                let id = incoming.header("x-request-id").unwrap_or("-");
                self.ui.trace(
                    1,
                    &format!(
                        "HTTP {} request id {id}, the head in {} ms",
                        incoming.status,
                        took.as_millis()
                    ),
                );
                self.headers(&incoming.headers);
            }
            Event::Failed { message } => self.ui.trace(1, message),
            Event::Waiting {
                delay,
                reason,
                noticeable,
            } => {
                let text = format!("{reason}; trying again in {}", time::show_duration(delay));
                if noticeable {
                    self.ui.note(&text);
                } else {
                    self.ui.trace(1, &text);
                }
            }
        }
    }
}

/// The same document with every value masked that is not on the list.
fn masked(body: Value) -> Value {
    match body {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = if MEMBERS.contains(&name.as_str()) {
                    masked(value)
                } else {
                    Value::from("***")
                };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(masked).collect(),
        other => other,
    }
}
