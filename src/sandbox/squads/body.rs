//! Bodies: what each dialect takes, and how it says what is wrong.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::super::call::is_json;
use super::super::fields::Members;
use super::super::reply::Refusal;
use super::Dialect;
use super::world::is_uuid;

/// A member of a body: its name, what it must be, and which dialect takes it (see [`PAGE`] and the others).
pub(super) struct Rule(pub(super) &'static str, pub(super) Kind, pub(super) u8);

/// The page takes it. It also takes the names of the server, since clients send both.
pub(super) const PAGE: u8 = 1;
/// The server takes it; what it does not take, it drops.
pub(super) const SERVER: u8 = 2;
/// Both take it.
pub(super) const BOTH: u8 = PAGE | SERVER;
/// On the page it must be there.
pub(super) const PAGE_MUST: u8 = 4;
/// On the server it must be there.
pub(super) const SERVER_MUST: u8 = 8;

/// What a member must be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Text with something in it.
    Text,
    /// Text or null.
    Note,
    /// A UUID or null.
    Id,
    Flag,
    /// A list of texts.
    Texts,
    Object,
    /// An object whose `files` are texts by name.
    Files,
    /// On the server a closed set.
    Role,
    /// The page can set two, the server knows them all.
    Status,
    /// ISO 8601, or null.
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

/// Something wrong with a body, in the terms of the server's validator.
struct Flaw {
    code: &'static str,
    path: Vec<&'static str>,
    message: String,
}

impl Kind {
    /// What is wrong with a value, if anything: the validator's code, where inside the value, and what was expected.
    fn flaw(self, dialect: Dialect, value: &Value) -> Option<(&'static str, &'static str, String)> {
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
        let unless =
            |fits: bool, expected: &str| (!fits).then(|| ("invalid_type", "", expected.to_owned()));
        match self {
            Self::Role if !dialect.is_page() => word(ROLES),
            Self::Status if dialect.is_page() => word(&STATUSES[..2]),
            Self::Status => word(STATUSES),
            Self::Text | Self::Role if blank => {
                Some(("too_small", "", "must not be empty".to_owned()))
            }
            Self::Text | Self::Role => unless(text.is_some(), "must be a string"),
            Self::Note => unless(
                text.is_some() || value.is_null(),
                "must be a string or null",
            ),
            Self::Id if text.is_some_and(|text| !is_uuid(text)) => {
                Some(("invalid_string", "", "must be a UUID".to_owned()))
            }
            Self::Id => unless(text.is_some() || value.is_null(), "must be a UUID or null"),
            Self::Flag => unless(value.is_boolean(), "must be true or false"),
            Self::Object => unless(value.is_object(), "must be an object"),
            Self::Texts => {
                let all = value.as_array();
                let fits = all.is_some_and(|all| all.iter().all(Value::is_string));
                unless(fits, "must be a list of strings")
            }
            Self::Files => {
                let files = value["files"].as_object();
                let fits = files.is_some_and(|files| files.values().all(Value::is_string));
                (!fits).then(|| {
                    let expected = "must be an object of texts by name".to_owned();
                    ("invalid_type", "files", expected)
                })
            }
            Self::Time => {
                let is_time = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
                let fits = value.is_null() || text.is_some_and(is_time);
                unless(fits, "must be a time of ISO 8601")
            }
        }
    }
}

/// The body as the route's function gets it: checked, and without what the dialect drops.
pub(super) fn read(
    dialect: Dialect,
    rules: Option<&'static [Rule]>,
    headers: &HeaderMap,
    body: Option<&[u8]>,
) -> Result<Map<String, Value>, Refusal> {
    let Some(body) = body else {
        return Err(if dialect.is_page() {
            let message = "The body is too long";
            dialect.refuse(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message)
        } else {
            dialect.crash()
        });
    };
    let value = if dialect.is_page() {
        strict(dialect, rules.is_some(), headers, body)?
    } else {
        lax(dialect, headers, body)?
    };
    // Where it expects nothing, the server does not look.
    let Some(rules) = rules.filter(|rules| dialect.is_page() || !rules.is_empty()) else {
        return Ok(Map::new());
    };
    let (taken, must) = if dialect.is_page() {
        (BOTH, PAGE_MUST)
    } else {
        (SERVER, SERVER_MUST)
    };
    let Value::Object(mut members) = value else {
        let flaw = Flaw {
            code: "invalid_type",
            path: Vec::new(),
            message: "The body must be an object".to_owned(),
        };
        return Err(refuse(dialect, &[flaw]));
    };
    let is_known = |name: &str| {
        rules
            .iter()
            .any(|rule| rule.0 == name && rule.2 & taken != 0)
    };
    if dialect.is_page() {
        if let Some(name) = members.keys().find(|name| !is_known(name)) {
            return Err(dialect.invalid(format!("Unknown field '{name}'")));
        }
    } else {
        members.retain(|name, _| is_known(name));
    }
    let mut flaws = Vec::new();
    for &Rule(name, kind, flags) in rules {
        let flaw = match members.get(name) {
            None if flags & must == 0 => None,
            None => Some(("invalid_type", "", "is required".to_owned())),
            Some(value) => kind.flaw(dialect, value),
        };
        if let Some((code, inside, expected)) = flaw {
            let path = [name, inside].into_iter().filter(|part| !part.is_empty());
            let path: Vec<_> = path.collect();
            let message = format!("'{}' {expected}", path.join("."));
            flaws.push(Flaw {
                code,
                path,
                message,
            });
        }
    }
    if flaws.is_empty() {
        Ok(members)
    } else {
        Err(refuse(dialect, &flaws))
    }
}

/// As the page reads: JSON that says so, no member twice, and no body where none belongs.
fn strict(
    dialect: Dialect,
    expected: bool,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    if !expected {
        return Err(dialect.invalid("This request takes no body"));
    }
    if !is_json(headers) {
        return Err(dialect.invalid("The body must be sent with 'Content-Type: application/json'"));
    }
    match serde_json::from_slice(body) {
        Ok(Members(members)) => Ok(Value::Object(members)),
        Err(error) if error.is_data() => {
            Err(dialect.invalid(format!("The body is refused: {error}")))
        }
        Err(error) => Err(dialect.refuse(
            StatusCode::BAD_REQUEST,
            "invalid_json",
            format!("The body is no JSON: {error}"),
        )),
    }
}

/// As the server reads: what does not say that it is JSON is not there, and what is broken breaks it.
fn lax(dialect: Dialect, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() || !is_json(headers) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .ok()
        .filter(|value: &Value| value.is_object() || value.is_array())
        .ok_or_else(|| dialect.crash())
}

/// 400: the page names the first flaw, the server lists them all.
fn refuse(dialect: Dialect, flaws: &[Flaw]) -> Refusal {
    if dialect.is_page() {
        let first = flaws.first().map(|flaw| flaw.message.as_str());
        return dialect.invalid(first.unwrap_or_default());
    }
    let details: Vec<Value> = flaws
        .iter()
        .map(|flaw| json!({ "code": flaw.code, "path": flaw.path, "message": flaw.message }))
        .collect();
    let document = json!({ "error": "Validation error", "details": details });
    Refusal::foreign(StatusCode::BAD_REQUEST, document)
}
