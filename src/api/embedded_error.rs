//! Errors in responses with a success status: recognizes them and maps their codes to a status.

use super::envelope::{self, Expectation};
use super::expected_object::Role;
use super::request::Request;
use super::response::Response;
use super::service::Service;

/// Whether a response with a success status is an error.
pub(super) fn is_error(response: &Response, request: &Request) -> bool {
    let expected = Expectation {
        writes: request.method.writes(),
        may_be_run: may_return_run(request),
        has_bare_errors: response.service == Service::SQUADS,
    };
    if is_problem(response) {
        return true;
    }
    if let Some((text, outline)) = response.outline()
        && let Some(members) = &outline.members
    {
        let members = members.iter();
        let members = members.map(|it| (&text[it.name.clone()], &text[it.value.clone()]));
        return envelope::has_error(members, expected);
    }
    let is_error = response.read_leading(|value| envelope::is_error(value, expected));
    is_error.unwrap_or(false)
}

/// Whether the media type declares the body a problem (RFC 9457) or another error.
fn is_problem(response: &Response) -> bool {
    let mut kinds = response.headers.get_all("content-type").iter();
    kinds.any(|kind| {
        let kind = kind.to_str().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        kind.starts_with("application/problem+") || kind.starts_with("application/vnd.error+")
    })
}

/// Whether the response may be a run. Only a run has its own error member; elsewhere, an ID next to an error proves
/// nothing.
fn may_return_run(request: &Request) -> bool {
    let is_run = |kind: &str| matches!(kind, "invocation" | "execution");
    let mut subjects = request.subjects.iter();
    request.starts_run
        || request.target.is_some()
        || subjects.any(|subject| subject.role == Role::Result && is_run(subject.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Method;

    fn is(service: &'static Service, request: &Request, body: &str) -> bool {
        let response = Response {
            unreadable: None,
            via: None,
            version: reqwest::Version::HTTP_11,
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec().into(),
            base_url: String::new(),
            service,
            outline: std::sync::OnceLock::new(),
        };
        is_error(&response, request)
    }

    #[test]
    fn recognizes_errors_for_every_request() {
        let read = Request::new("read", Method::Get, ["a"]);
        let act = Request::new("act", Method::Post, ["a"]).acts_on("agent", "a");
        for request in [&read, &act] {
            for (body, router, squads) in [
                (r#"{"error":{"code":"x"}}"#, true, true),
                (r#"{"error":{}}"#, true, true),
                (r#"{"data":[],"error":{"message":"x"}}"#, true, true),
                (r#"{"error":{"code":"x"},"error":null}"#, true, true),
                (r#"{"\u0065rror":{"code":"x"}}"#, true, true),
                (r#"{"error":"denied"}"#, true, true),
                (r#"{"error":"denied","code":"forbidden"}"#, true, true),
                (r#"{"error":true,"message":"denied"}"#, true, true),
                // A read may be about several things, and a change that is done has no error.
                (
                    r#"{"targets":[],"error":"one is down"}"#,
                    request.method.writes(),
                    true,
                ),
                (
                    r#"{"id":"a","error":"it failed"}"#,
                    request.method.writes(),
                    request.method.writes(),
                ),
                (
                    r#"{"id":"a","status":"error","error":"it failed"}"#,
                    false,
                    false,
                ),
                (r#"{"error":null}"#, false, false),
                (r#"{"error":""}"#, false, false),
                (r#"{"error":false,"ok":true}"#, false, false),
                (r#"{"errors":0}"#, false, false),
                (r#"[{"error":{"code":"x"}}]"#, false, false),
                (r#""error""#, false, false),
                (r#"{"error":{"code":"x"}}, and more"#, true, true),
                (r#"{"error":{"code":"x"}"#, false, false),
                ("", false, false),
            ] {
                assert_eq!(is(Service::ROUTER, request, body), router, "{body}");
                assert_eq!(is(Service::SQUADS, request, body), squads, "{body}");
            }
        }
    }

    #[test]
    fn run_may_contain_its_own_error() {
        let run = r#"{"id":"inv_1","status":"failed","error":{"message":"exit 1"}}"#;
        let cancel = Request::new("act", Method::Post, ["a"]).returns("invocation", "inv_1");
        let invoke = Request::new("act", Method::Post, ["a"]).starting_run();
        let create = Request::new("act", Method::Post, ["a"]);
        let delete = Request::new("act", Method::Delete, ["a"]).acts_on("agent", "agt_1");
        assert!(!is(Service::ROUTER, &cancel, run));
        assert!(!is(Service::ROUTER, &invoke, run));
        assert!(is(Service::ROUTER, &delete, run));
        assert!(is(Service::ROUTER, &create, run));
        assert!(!is(
            Service::ROUTER,
            &delete,
            r#"{"id":"agt_1","error":null}"#
        ));
    }
}
