//! Validation issues reported by a server, each with the path of the member.

use super::document::Document;
use crate::json::{self, Items};

/// The maximum number of lines.
const MOST: usize = 20;

/// Formats `details`, which must be valid JSON: each issue as its path and message, anything else as JSON.
pub(super) fn read(details: &str) -> Vec<String> {
    if !details.starts_with('[') {
        return vec![format!("details: {}", json::compact(details))];
    }
    Items::of(details).take(MOST).map(line).collect()
}

/// One issue per line.
pub(super) fn line(issue: &str) -> String {
    let document = serde_json::from_str::<Document>(issue).ok();
    let read = |issue: &Document| {
        let message = issue.text(&["message", "code"])?;
        let path = issue.texts(&["path"]).join(".");
        Some(if path.is_empty() {
            message
        } else {
            format!("{path}: {message}")
        })
    };
    document
        .as_ref()
        .and_then(read)
        .unwrap_or_else(|| json::compact(issue))
}
