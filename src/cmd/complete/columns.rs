//! The columns of lists, for the options that name some.

use crate::cmd::{agents, approvals, exec};
use crate::view::column::Column;

/// The names of the columns of the list that this command shows.
pub(super) fn of(path: &[&str]) -> Vec<String> {
    match path {
        ["agents"] => names(agents::AGENT),
        ["agents", "join-keys"] | ["join-keys"] => names(agents::join_keys::JOIN_KEY),
        ["agents", "candidates", "list"] => names(agents::candidates::CANDIDATE),
        ["exec", "tools"] => names(exec::tools::TOOL),
        ["exec", "list"] => names(exec::list::EXECUTION),
        ["exec", "invocations"] => names(exec::invocations::INVOCATION),
        ["exec", "learnings", "list"] => names(exec::learnings::LEARNING),
        ["approvals", "list"] => names(approvals::list::APPROVAL),
        _ => Vec::new(),
    }
}

/// The headings as they are typed.
fn names<T>(columns: &[Column<T>]) -> Vec<String> {
    let names = columns.iter().map(|column| column.heading);
    names
        .map(|name| name.to_ascii_lowercase().replace(' ', "_"))
        .collect()
}
