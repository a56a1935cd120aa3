//! What exactly a server refused: the issues of a validator, each with the path to the member.

use super::document::Document;
use crate::json::{self, Items};

/// More lines than this say no more than these.
const MOST: usize = 20;

/// The lines of `details`, which must be valid JSON: of each issue its path and its message; of anything else the JSON itself.
pub(super) fn read(details: &str) -> Vec<String> {
    if !details.starts_with('[') {
        return vec![format!("details: {}", json::compact(details))];
    }
    Items::of(details).take(MOST).map(line).collect()
}

/// One issue on per line.
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
