//! Extracts the details of an error.

use super::{
    Body, CODE, DEEPEST, MESSAGE, MOST, Part, STATUS, TYPE, is_text, is_truthy, is_uri, spelled,
};
use crate::api::document::{plain, value_of};
use crate::api::error_code::status_of;
use crate::api::validation_issues;
use crate::json::{self, Items, Members};

/// An error parsed from a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::api) struct Report {
    pub(in crate::api) message: Option<String>,
    pub(in crate::api) code: Option<String>,
    pub(in crate::api) kind: Option<String>,
    pub(in crate::api) param: Option<String>,
    /// The seconds to wait before a retry, as text.
    pub(in crate::api) wait: Option<String>,
    /// The individual validation errors.
    pub(in crate::api) details: Vec<String>,
    /// The HTTP status in the body, or the one its code maps to.
    pub(in crate::api) status: Option<u16>,
    /// Whether only a flag reports that the request failed.
    pub(in crate::api) is_denial: bool,
    /// Whether the body itself is the error, without a member for it.
    pub(in crate::api) is_flat: bool,
}

/// Parses the error from a body, or returns `None` if it has no part of an error.
pub(in crate::api) fn read(value: &str) -> Option<Report> {
    if !value.starts_with('{') {
        return None;
    }
    read_object(value, 0)
}

fn read_object(object: &str, depth: u8) -> Option<Report> {
    if depth > DEEPEST {
        return None;
    }
    let body = Body::of(object);
    let carried = || body.all(Part::Error).chain(body.all(Part::Fault));
    if let Some(error) = carried().find(|value| value.starts_with('{')) {
        let report = described(error);
        let is_bare = report.message.is_none() && report.code.is_none();
        let inner = is_bare.then(|| read_object(error, depth + 1)).flatten();
        return Some(inner.unwrap_or(report));
    }
    let text = carried().find(|value| is_text(value));
    if let Some(text) = text {
        let word = plain(text);
        let code = text_of(object, CODE);
        let details = value_of(object, &["details"]).map(validation_issues::read);
        return Some(Report {
            status: stated_status(object).or_else(|| status_of(&word)),
            message: Some(word),
            code,
            details: details.unwrap_or_default(),
            ..Report::default()
        });
    }
    let listed = body.all(Part::Errors).chain(body.all(Part::Error));
    let list = listed.filter(|errors| matches!(errors.as_bytes().first(), Some(b'[' | b'{')));
    for errors in list {
        let first = Items::of(errors).next();
        let mut report = match first {
            Some(first) if first.starts_with('{') => described(first),
            Some(first) => Report {
                message: Some(plain(first)),
                ..Report::default()
            },
            None if errors.starts_with('{') => Report {
                details: vec![json::compact(errors)],
                ..described(errors)
            },
            None => continue,
        };
        let more = Items::of(errors).skip(1).take(MOST);
        report.details.extend(more.map(validation_issues::line));
        report.message = report.message.or_else(|| text_of(object, MESSAGE));
        report.code = report.code.or_else(|| text_of(object, CODE));
        report.status = report.status.or_else(|| stated_status(object));
        return Some(report);
    }
    let flat = Report {
        is_flat: true,
        details: value_of(object, &["details"]).map_or_else(Vec::new, validation_issues::read),
        ..described(object)
    };
    let is_flag = body.any(Part::Error, is_truthy);
    let is_denial = !is_flag && body.is_denial() && flat.code.is_none() && flat.status.is_none();
    if is_flag || is_denial || flat.code.is_some() || flat.status.is_some() {
        return Some(Report {
            is_denial,
            is_flat: !(is_flag && flat.message.is_some()),
            ..flat
        });
    }
    let inner = body.wrapped().find_map(|(_, value)| {
        let first = Items::of(value).next().unwrap_or(value);
        first
            .starts_with('{')
            .then(|| read_object(first, depth + 1))?
    });
    inner.or_else(|| flat.message.is_some().then_some(flat))
}

/// The texts of an error object.
fn described(error: &str) -> Report {
    let code = text_of(error, CODE);
    Report {
        message: text_of(error, MESSAGE),
        status: stated_status(error),
        kind: text_of(error, TYPE).filter(|kind| !is_uri(kind)),
        param: text_of(error, &["param"]),
        wait: text_of(error, &["retryafter"]),
        code,
        ..Report::default()
    }
}

/// The HTTP status of an error, as a number or a word.
fn stated_status(error: &str) -> Option<u16> {
    text_of(error, STATUS).and_then(|status| status_of(&status))
}

/// The text of the first of these members that is present and neither null nor empty.
pub(super) fn text_of(object: &str, names: &[&str]) -> Option<String> {
    let mut letters = String::new();
    let rank = |name: &str, letters: &mut String| {
        let name = spelled(name, letters);
        names.iter().position(|known| *known == name)
    };
    let found = Members::of(object).filter(|(_, value)| !matches!(*value, "null" | "\"\""));
    let found = found.filter_map(|(name, value)| Some((rank(name, &mut letters)?, value)));
    let best = found.min_by_key(|(rank, _)| *rank);
    best.map(|(_, value)| plain(value))
}
