//! Maps error codes to HTTP statuses.

/// The HTTP status for an error code, for errors in responses with a success status. Covers the contract's codes and
/// common ones, in any spelling: `NotFound`, `NOT_FOUND`, `not found`.
pub(super) fn status_of(code: &str) -> Option<u16> {
    if code.len() > LONGEST_CODE {
        return None;
    }
    let code = words(code);
    let bare = || {
        let ends = ["_error", "_exception"];
        let mut bare = ends.iter().filter_map(|end| code.strip_suffix(end));
        bare.next()
    };
    known_status(&code).or_else(|| bare().and_then(known_status))
}

/// The maximum length of a code.
const LONGEST_CODE: usize = 64;

/// A code in lower case with its words separated by `_`.
fn words(code: &str) -> String {
    let mut words = String::with_capacity(code.len());
    let mut before = ' ';
    for letter in code.chars() {
        if matches!(letter, ' ' | '-' | '.') {
            words.push('_');
        } else {
            if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
                words.push('_');
            }
            words.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    words
}

fn known_status(code: &str) -> Option<u16> {
    Some(match code {
        "invalid_body"
        | "invalid_request"
        | "json_parse_error"
        | "tool_not_mcp_visible"
        | "endpoint_task_mode_mismatch"
        | "invalid_tier"
        | "context_length_exceeded"
        | "bad_request"
        | "invalid_argument"
        | "validation_error"
        | "validation_failed" => 400,
        "authentication_error" | "unauthenticated" | "unauthorized" => 401,
        "insufficient_quota" | "billing_delinquent" => 402,
        "scope_insufficient"
        | "cross_project_access"
        | "endpoint_restricted"
        | "signing_public_key_required"
        | "access_denied"
        | "permission_denied"
        | "forbidden" => 403,
        "not_found" => 404,
        "invocation_terminal" | "approval_not_pending" | "already_exists" | "conflict" => 409,
        "rate_limit_exceeded"
        | "capacity_exceeded"
        | "quota_exceeded"
        | "resource_exhausted"
        | "too_many_requests" => 429,
        "internal_error" | "internal_server_error" => 500,
        "tool_executor_unavailable"
        | "endpoint_inactive"
        | "model_not_scoring"
        | "service_unavailable" => 503,
        code if code.ends_with("_not_found") => 404,
        // The status itself as the code.
        code => {
            return code
                .parse()
                .ok()
                .filter(|status| (400..600).contains(status));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_codes_to_statuses() {
        for (code, status) in [
            ("agent_not_found", Some(404)),
            ("internal_error", Some(500)),
            ("418", Some(418)),
            ("200", None),
            ("nobody_knows", None),
            ("AGENT_NOT_FOUND", Some(404)),
            ("NotFound", Some(404)),
            ("Not Found", Some(404)),
            ("AccessDeniedException", Some(403)),
            ("not-found-error", Some(404)),
        ] {
            assert_eq!(status_of(code), status, "{code}");
        }
    }
}
