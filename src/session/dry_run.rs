//! Dry runs: prints the requests that would be sent.

use serde_json::json;

use super::{Mode, Session};
use crate::api::raw_request;
use crate::api::request::Request;
use crate::error::Error;
use crate::json;
use crate::redact;
use crate::sanitize;

impl Session<'_> {
    /// Prints requests instead of sending them.
    pub fn plan(&self, requests: &[Request]) -> Result<(), Error> {
        let Mode::Dry { base_url } = &self.mode else {
            return Ok(());
        };
        self.check_columns()?;
        let describe = |request: &Request| {
            format!(
                "\"action\":{},\"method\":{},\"url\":{},\"body\":{}",
                json!(request.action),
                json!(request.method.word()),
                json!(redact::url(&request.url(base_url))),
                described_body(request),
            )
        };
        if self.render_options.format.has_documents() {
            let members = if let [request] = requests {
                describe(request)
            } else {
                let requests = requests
                    .iter()
                    .map(|request| format!("{{{}}}", describe(request)));
                let requests: Vec<_> = requests.collect();
                format!("\"requests\":[{}]", requests.join(","))
            };
            let document = format!("{{\"dry_run\":true,{members}}}");
            return self.renderer().document(&document, None);
        }
        let mut text = String::new();
        for request in requests {
            text.push_str(request.method.word());
            text.push(' ');
            text.push_str(&redact::url(&request.url(base_url)));
            text.push('\n');
            for header in raw_request::shown_headers(request) {
                text.push_str(&format!("{}: {}\n", header.0, sanitize::cell(header.1)));
            }
            let body = request.body.as_deref();
            let body = body.map(|body| json::indented(&redact::body(body)));
            let payload =
                request
                    .payload
                    .as_deref()
                    .map(|bytes| match std::str::from_utf8(bytes) {
                        Ok(text) => sanitize::block(&redact::payload(text)),
                        Err(_) => format!("({} bytes that are not text)", bytes.len()),
                    });
            if let Some(body) = body.or(payload) {
                text.push_str(&body);
                text.push('\n');
            }
        }
        self.ui().print(&text)?;
        self.ui().note("dry run: nothing was sent");
        Ok(())
    }
}

/// The body of a request as JSON, and the headers given on the command line. A body that isn't JSON becomes a string.
/// For a body that isn't text, only the length is shown.
fn described_body(request: &Request) -> String {
    let body = match (&request.body, &request.payload) {
        (Some(body), _) => redact::body(body),
        (None, Some(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(redact::payload(text)).to_string(),
            Err(_) => format!("null,\"body_bytes\":{}", bytes.len()),
        },
        (None, None) => "null".to_owned(),
    };
    let headers: serde_json::Map<_, _> = raw_request::shown_headers(request)
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if headers.is_empty() {
        body
    } else {
        format!("{body},\"headers\":{}", json!(headers))
    }
}
