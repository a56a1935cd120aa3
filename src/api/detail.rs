//! What exactly a server refused: the issues of a validator, each with the path to the member.

use serde_json::value::RawValue;

use super::document::Document;
use crate::json;

/// More lines than this say no more than these.
const MOST: usize = 20;

/// The lines of `details`: of each issue its path and its message; of anything else the JSON itself.
pub(super) fn read(details: &str) -> Vec<String> {
    let Ok(issues) = serde_json::from_str::<Vec<Box<RawValue>>>(details) else {
        return vec![format!("details: {}", json::compact(details))];
    };
    issues
        .iter()
        .take(MOST)
        .map(|issue| line(issue.get()))
        .collect()
}

fn line(issue: &str) -> String {
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
