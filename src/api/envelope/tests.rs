//! Tests: which bodies are errors, and what is read from them.

use super::{Expectation, is_error, read};

const READ: Expectation = Expectation {
    writes: false,
    may_be_run: false,
    has_bare_errors: false,
};
const ACT: Expectation = Expectation {
    writes: true,
    ..READ
};
const RUN: Expectation = Expectation {
    may_be_run: true,
    ..ACT
};

/// Bodies that are errors whatever was asked.
pub(super) const ERRORS: &[&str] = &[
    r#"{"code":"agent_not_found","message":"no such agent"}"#,
    r#"{"code":"odd","message":"no"}"#,
    r#"{"code":5,"message":"not found","details":[]}"#,
    r#"{"code":403,"message":"no"}"#,
    r#"{"status":"error","message":"no"}"#,
    r#"{"status":"fail","message":"no","data":null}"#,
    r#"{"status":403,"title":"Forbidden"}"#,
    r#"{"statusCode":"403","detail":"no","instance":"/x"}"#,
    r#"{"type":"https://errors.example/denied","title":"Denied"}"#,
    r#"{"type":"authentication_error","message":"no","code":null,"param":null}"#,
    r#"{"__type":"AccessDeniedException","Message":"no"}"#,
    r#"{"object":"error","message":"no"}"#,
    r#"{"errors":[{"message":"no"}]}"#,
    r#"{"errors":["no"]}"#,
    r#"{"errors":{"name":["no"]}}"#,
    r#"{"data":null,"errors":[{"message":"no"}]}"#,
    r#"{"Error":{"Message":"no"}}"#,
    r#"{"ERROR":{"message":"no"}}"#,
    r#"{"ERROR":"no"}"#,
    r#"{"data":{"error":{"message":"no"}}}"#,
    r#"{"result":{"error":"no"}}"#,
    r#"{"data":[{"error":{"message":"no"}}]}"#,
    r#"{"response":{"data":{"error":{"message":"no"}}}}"#,
    r#"{"success":false}"#,
    r#"{"ok":false,"message":"no"}"#,
    r#"{"isError":true,"message":"no"}"#,
    r#"{"fault":{"faultstring":"no","code":"x"}}"#,
    r#"{"exception":"no"}"#,
    r#"{"error":"denied","error_description":"no"}"#,
];

#[test]
fn recognizes_every_error_form() {
    for body in ERRORS {
        for expected in [READ, ACT, RUN] {
            assert!(is_error(body, expected), "{body} {expected:?}");
        }
    }
}

#[test]
fn content_beside_error_excuses_only_reads() {
    for body in [
        r#"{"success":false,"count":0}"#,
        r#"{"status":403,"title":"Forbidden","balance":30}"#,
        r#"{"code":"agent_not_found","message":"no","agent":"agt_1"}"#,
        r#"{"errors":[{"message":"no"}],"count":0}"#,
        r#"{"deleted":0,"error":"denied"}"#,
        r#"{"status":"error","data":{"name":"is required"}}"#,
        r#"{"agent":{"error":{"message":"no"}}}"#,
        r#"{"results":[{"error":{"message":"no"},"index":0},{"error":"no"}]}"#,
    ] {
        assert!(!is_error(body, READ), "{body}");
        assert!(is_error(body, ACT), "{body}");
        assert!(is_error(body, RUN), "{body}");
    }
}

#[test]
fn id_beside_error_proves_only_a_run() {
    let failed = r#"{"id":"inv_1","status":"failed","error":{"message":"no","code":"x"}}"#;
    assert!(!is_error(failed, READ));
    assert!(is_error(failed, ACT));
    assert!(!is_error(failed, RUN));
    assert!(!is_error(&format!("{{\"data\":{failed}}}"), RUN));
    for body in [
        r#"{"id":"inv_1","error":{"message":"no"}}"#,
        r#"{"id":"inv_1","status":"active","error":{"code":"x"}}"#,
        r#"{"id":"inv_1","status":null,"error":"denied"}"#,
        r#"{"id":"inv_1","errors":[{"message":"no"}]}"#,
        r#"{"agent_id":"agt_1","code":"agent_not_found","message":"no"}"#,
        r#"{"id":"agt_1","status":404,"message":"no"}"#,
        r#"{"data":{"id":"inv_1","error":{"message":"no"}}}"#,
        r#"{"data":{"id":"inv_1"},"error":{"message":"no"}}"#,
    ] {
        assert!(is_error(body, ACT), "{body}");
        assert!(is_error(body, RUN), "{body}");
    }
}

#[test]
fn own_members_of_an_object_are_not_errors() {
    for body in [
        "{}",
        "[]",
        "null",
        r#""error""#,
        r#"{"deleted":true}"#,
        r#"{"ok":true,"error":null,"errors":[]}"#,
        r#"{"message":"agent deleted"}"#,
        r#"{"status":"success","message":"deleted"}"#,
        r#"{"status":200,"message":"deleted"}"#,
        r#"{"code":0,"message":"ok"}"#,
        r#"{"code":200,"message":"ok"}"#,
        r#"{"code":"agent_deleted","message":"deleted"}"#,
        r#"{"code":"OK","message":"done"}"#,
        r#"{"id":"agt_1","status":"error"}"#,
        r#"{"agent":{"id":"agt_1","status":"error","lastError":"no"}}"#,
        r#"{"id":"agt_1","error":null}"#,
        r#"{"id":"agt_1","errors":3}"#,
        r#"{"errors":0}"#,
        r#"{"name":"n","status":"error"}"#,
        r#"{"succeeded":3,"failed":0}"#,
        r#"{"data":[]}"#,
        r#"{"data":{"id":"agt_1"},"message":"paused"}"#,
        r#"{"type":"agent","title":"n","status":"active"}"#,
        r#"{"results":[{"id":"a","ok":true},{"error":{"message":"no"}}]}"#,
    ] {
        for expected in [READ, ACT, RUN] {
            assert!(!is_error(body, expected), "{body} {expected:?}");
        }
    }
    // The status of a run without its ID.
    assert!(!is_error(r#"{"status":"failed"}"#, RUN));
    assert!(is_error(r#"{"status":"failed"}"#, ACT));
    assert!(is_error(r#"{"status":"failed","message":"no"}"#, RUN));
    // A read may be about other things' errors.
    for body in [
        r#"{"result":{"error":{"message":"x"},"latency":3}}"#,
        r#"{"router":{"error":{"message":"x"}}}"#,
        r#"{"status":"error"}"#,
        r#"{"data":[{"error":{"message":"x"},"event_type":"e"}]}"#,
    ] {
        assert!(!is_error(body, READ), "{body}");
    }
}

#[test]
fn reads_details_of_every_form() {
    for (body, message, code, status) in [
        (
            ERRORS[0],
            "no such agent",
            Some("agent_not_found"),
            Some(404),
        ),
        (
            r#"{"status":403,"title":"Forbidden","detail":"no key"}"#,
            "no key",
            None,
            Some(403),
        ),
        (r#"{"statusCode":"409","msg":"no"}"#, "no", None, Some(409)),
        (
            r#"{"errors":[{"detail":"no","code":"forbidden"}]}"#,
            "no",
            Some("forbidden"),
            Some(403),
        ),
        (r#"{"errors":["no"],"status":403}"#, "no", None, Some(403)),
        (
            r#"{"data":[{"error":{"message":"no","code":"conflict"}}]}"#,
            "no",
            Some("conflict"),
            Some(409),
        ),
        (
            r#"{"result":{"error":"Forbidden"}}"#,
            "Forbidden",
            None,
            Some(403),
        ),
        (
            r#"{"Error":{"Code":"AccessDenied","Message":"no"}}"#,
            "no",
            Some("AccessDenied"),
            Some(403),
        ),
        (r#"{"error":{"error":{"message":"no"}}}"#, "no", None, None),
        (r#"{"ok":false,"message":"no"}"#, "no", None, None),
        (r#"{"error":true,"message":"no"}"#, "no", None, None),
        (r#"{"status":"error","message":"no"}"#, "no", None, None),
    ] {
        let report = read(body).expect(body);
        assert_eq!(report.message.as_deref(), Some(message), "{body}");
        assert_eq!(report.code.as_deref(), code, "{body}");
        let of_code = code.and_then(crate::api::error_code::status_of);
        assert_eq!(of_code.or(report.status), status, "{body}");
    }
    for body in ["{}", r#"{"error":null}"#, "[1]", r#"{"data":{"id":"x"}}"#] {
        assert_eq!(read(body), None, "{body}");
    }
    let denial = read(r#"{"success":false}"#).expect("a denial");
    assert!(denial.is_denial && denial.message.is_none());
}
