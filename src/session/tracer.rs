//! Reports network activity: long waits always, requests with `-v`, headers and bodies with `-vv`.

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::api::client::{Event, Observer};
use crate::api::raw_request;
use crate::api::response::Response;
use crate::redact;
use crate::time;
use crate::ui::Ui;

/// Longer bodies, in bytes, are not shown.
const LONGEST_BODY: usize = 1024 * 1024;

/// Writes network activity to standard error.
pub(super) struct Tracer {
    ui: Ui,
    /// The server's name in messages.
    noun: &'static str,
    /// Whether requests carry a key.
    has_key: bool,
}

impl Tracer {
    pub(super) fn new(ui: Ui, noun: &'static str, has_key: bool) -> Self {
        Self { ui, noun, has_key }
    }

    fn answered(&self, response: &Response, took: std::time::Duration) {
        let id = response.request_id().unwrap_or_else(|| "-".to_owned());
        self.ui.trace(
            1,
            &format!(
                "HTTP {} request ID {id}, {} bytes in {} ms",
                response.status,
                response.body.len(),
                took.as_millis()
            ),
        );
        if self.ui.output_mode().verbose < 2 {
            return;
        }
        self.headers(&response.headers);
        if !response.body.is_empty() {
            self.body('<', &response.body);
        }
    }

    /// Traces a body, marked with `arrow`. A long one is left out: masking it would take many times its size in memory.
    fn body(&self, arrow: char, body: &[u8]) {
        if self.ui.output_mode().verbose < 2 {
            return;
        }
        let shown = if body.len() > LONGEST_BODY {
            format!("(a body of {} bytes, too long to show)", body.len())
        } else {
            match serde_json::from_slice::<Value>(body) {
                Ok(body) => redact::traced(body).to_string(),
                Err(_) => "(a body that is not JSON)".to_owned(),
            }
        };
        self.ui.trace(2, &format!("{arrow} {shown}"));
    }
}

impl Tracer {
    fn headers(&self, headers: &HeaderMap) {
        for (name, value) in headers {
            let value = value.to_str().unwrap_or(redact::MASK);
            let shown = redact::shown_header(name.as_str(), value);
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
                if self.ui.output_mode().verbose == 0 {
                    return;
                }
                let again = if attempt > 1 {
                    format!(" (attempt {attempt})")
                } else {
                    String::new()
                };
                let url = redact::url(url);
                self.ui
                    .trace(1, &format!("{} {url}{again}", request.method.word()));
                if self.has_key {
                    self.ui.trace(2, "> authorization: ***");
                }
                for (name, value) in raw_request::shown_headers(request) {
                    self.ui.trace(2, &format!("> {name}: {value}"));
                }
                if let Some(body) = request.body.as_deref() {
                    self.body('>', body.as_bytes());
                }
            }
            Event::Answered { response, took } => self.answered(response, took),
            Event::Opened { incoming, took } => {
                let id = incoming.header("x-request-id").unwrap_or("-");
                self.ui.trace(
                    1,
                    &format!(
                        "HTTP {} request ID {id}, headers in {} ms",
                        incoming.status,
                        took.as_millis()
                    ),
                );
                self.headers(&incoming.headers);
            }
            Event::Failed { message } => self.ui.trace(1, message),
            Event::Stalled { connecting: true } => {
                let noun = self.noun;
                self.ui
                    .note(&format!("no connection to the {noun} yet; still trying"));
            }
            Event::Stalled { connecting: false } => {
                let noun = self.noun;
                self.ui
                    .note(&format!("no response from the {noun} yet; still waiting"));
            }
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
