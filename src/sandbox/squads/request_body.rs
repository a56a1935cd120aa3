//! Request body validation: field rules and error formats of each dialect.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::super::fields::UniqueMembers;
use super::super::request::is_json;
use super::super::response::ApiError;
use super::dialect::Dialect;
use super::state::is_uuid;

/// A member's name, type, and flags ([`PAGE`] etc.).
pub(super) struct FieldRule(pub(super) &'static str, pub(super) ValueKind, pub(super) u8);

/// Accepted by the page dialect, which rejects everything else.
pub(super) const PAGE: u8 = 1;
/// Accepted by the server dialect, which drops everything else.
pub(super) const SERVER: u8 = 2;
/// Accepted by both dialects.
pub(super) const BOTH: u8 = PAGE | SERVER;
/// Required by the page dialect.
pub(super) const PAGE_REQUIRED: u8 = 4;
/// Required by the server dialect.
pub(super) const SERVER_REQUIRED: u8 = 8;

/// Type of a member's value.
#[derive(Clone, Copy)]
pub(super) enum ValueKind {
    /// Non-blank string.
    Text,
    /// String, which may be empty.
    AnyText,
    /// String or null.
    Note,
    /// UUID or null.
    Id,
    Flag,
    /// Array of strings.
    Texts,
    Object,
    /// Object whose `files` member maps names to strings.
    Files,
    /// Agent role; an enumeration in the server dialect.
    Role,
    /// Agent status. The page dialect accepts two, the server dialect all.
    Status,
    /// ISO 8601 time or null.
    Time,
}

const ROLES: &[&str] = &[
    "squad_lead",
    "engineering_lead",
    "marketing_lead",
    "finance_lead",
    "security",
    "engineer",
    "designer",
    "pm",
    "qa",
    "devops",
    "researcher",
    "general",
];

const STATUSES: &[&str] = &[
    "active",
    "paused",
    "idle",
    "running",
    "error",
    "pending_approval",
    "terminated",
];

/// A validation error as reported by the server.
struct Violation {
    code: &'static str,
    path: Vec<&'static str>,
    message: String,
}

impl ValueKind {
    /// Validates a value. Returns the validator's code, the path inside the value, and the expectation.
    fn violation(
        self,
        dialect: Dialect,
        value: &Value,
    ) -> Option<(&'static str, &'static str, String)> {
        let text = value.as_str();
        let blank = text.is_some_and(|text| text.trim().is_empty());
        let word = |words: &[&str]| match text {
            None => Some(("invalid_type", "", "must be a string".to_owned())),
            Some(word) if words.contains(&word) => None,
            Some(_) => {
                let expected = format!("must be one of {}", words.join(", "));
                Some(("invalid_enum_value", "", expected))
            }
        };
        let require =
            |fits: bool, expected: &str| (!fits).then(|| ("invalid_type", "", expected.to_owned()));
        match self {
            Self::Role if !dialect.is_page() => word(ROLES),
            Self::Status if dialect.is_page() => word(&STATUSES[..2]),
            Self::Status => word(STATUSES),
            Self::Text | Self::Role if blank => {
                Some(("too_small", "", "must not be empty".to_owned()))
            }
            Self::Text | Self::Role | Self::AnyText => require(text.is_some(), "must be a string"),
            Self::Note => require(
                text.is_some() || value.is_null(),
                "must be a string or null",
            ),
            Self::Id if text.is_some_and(|text| !is_uuid(text)) => {
                Some(("invalid_string", "", "must be a UUID".to_owned()))
            }
            Self::Id => require(text.is_some() || value.is_null(), "must be a UUID or null"),
            Self::Flag => require(value.is_boolean(), "must be true or false"),
            Self::Object => require(value.is_object(), "must be an object"),
            Self::Texts => {
                let all = value.as_array();
                let fits = all.is_some_and(|all| all.iter().all(Value::is_string));
                require(fits, "must be a list of strings")
            }
            Self::Files => {
                let files = value["files"].as_object();
                let fits = files.is_some_and(|files| files.values().all(Value::is_string));
                (!fits).then(|| {
                    let expected = "must be an object of strings".to_owned();
                    ("invalid_type", "files", expected)
                })
            }
            Self::Time => {
                let is_time = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
                let fits = value.is_null() || text.is_some_and(is_time);
                require(fits, "must be an ISO 8601 time")
            }
        }
    }
}

/// Parses and validates the body, without members that the dialect drops.
pub(super) fn read(
    dialect: Dialect,
    rules: Option<&'static [FieldRule]>,
    headers: &HeaderMap,
    body: Option<&[u8]>,
) -> Result<Map<String, Value>, ApiError> {
    let Some(body) = body else {
        return Err(if dialect.is_page() {
            let message = "The body is too large";
            dialect.error(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message)
        } else {
            dialect.internal_error()
        });
    };
    let value = if dialect.is_page() {
        read_strict(dialect, rules.is_some(), headers, body)?
    } else {
        read_lenient(dialect, headers, body)?
    };
    // The server dialect does not read a body if the route expects no members.
    let Some(rules) = rules.filter(|rules| dialect.is_page() || !rules.is_empty()) else {
        return Ok(Map::new());
    };
    let (accepted, required) = if dialect.is_page() {
        (PAGE, PAGE_REQUIRED)
    } else {
        (SERVER, SERVER_REQUIRED)
    };
    let Value::Object(mut members) = value else {
        let violation = Violation {
            code: "invalid_type",
            path: Vec::new(),
            message: "The body must be an object".to_owned(),
        };
        return Err(validation_error(dialect, &[violation]));
    };
    let is_known = |name: &str| {
        rules
            .iter()
            .any(|rule| rule.0 == name && rule.2 & accepted != 0)
    };
    if dialect.is_page() {
        if let Some(name) = members.keys().find(|name| !is_known(name)) {
            return Err(dialect.invalid(format!("Unknown field '{name}'")));
        }
    } else {
        members.retain(|name, _| is_known(name));
    }
    let mut violations = Vec::new();
    for &FieldRule(name, kind, flags) in rules {
        let violation = match members.get(name) {
            None if flags & required == 0 => None,
            None => Some(("invalid_type", "", "is required".to_owned())),
            Some(value) => kind.violation(dialect, value),
        };
        if let Some((code, inside, expected)) = violation {
            let path = [name, inside].into_iter().filter(|part| !part.is_empty());
            let path: Vec<_> = path.collect();
            let message = format!("'{}' {expected}", path.join("."));
            violations.push(Violation {
                code,
                path,
                message,
            });
        }
    }
    if violations.is_empty() {
        Ok(members)
    } else {
        Err(validation_error(dialect, &violations))
    }
}

/// Page dialect: requires a JSON content type, unique members, and no unexpected body.
fn read_strict(
    dialect: Dialect,
    expected: bool,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    if !expected {
        return Err(dialect.invalid("This request does not accept a body"));
    }
    if !is_json(headers) {
        return Err(dialect.invalid("The body must be sent with 'Content-Type: application/json'"));
    }
    match serde_json::from_slice(body) {
        Ok(UniqueMembers(members)) => Ok(Value::Object(members)),
        Err(error) if error.is_data() => Err(dialect.invalid(format!("Invalid body: {error}"))),
        Err(error) => Err(dialect.error(
            StatusCode::BAD_REQUEST,
            "invalid_json",
            format!("The body is not valid JSON: {error}"),
        )),
    }
}

/// Server dialect: ignores a body without a JSON content type; malformed JSON is an internal error.
fn read_lenient(dialect: Dialect, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() || !is_json(headers) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .ok()
        .filter(|value: &Value| value.is_object() || value.is_array())
        .ok_or_else(|| dialect.internal_error())
}

/// 400: the page dialect reports the first violation, the server dialect all of them.
fn validation_error(dialect: Dialect, violations: &[Violation]) -> ApiError {
    if dialect.is_page() {
        let first = violations
            .first()
            .map(|violation| violation.message.as_str());
        return dialect.invalid(first.unwrap_or_default());
    }
    let details: Vec<Value> = violations
        .iter()
        .map(|violation| json!({ "code": violation.code, "path": violation.path, "message": violation.message }))
        .collect();
    let document = json!({ "error": "Validation error", "details": details });
    ApiError::with_document(StatusCode::BAD_REQUEST, document)
}
