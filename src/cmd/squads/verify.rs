//! After a change: whether the server kept what was asked for. It drops what it does not know without a word, and gives
//! another name where one is taken.

use crate::session::Session;

/// Warns if a response shows other values than the requested ones. Values that it does not show are skipped.
pub(super) fn compare(session: &Session<'_>, asked: &[(&str, Option<&str>, Option<&str>)]) {
    for (what, asked, kept) in asked {
        if let (Some(asked), Some(kept)) = (asked, kept)
            && asked != kept
        {
            session.ui().warn(&format!(
                "the {what} is {kept} now, not {asked} as was asked for"
            ));
        }
    }
}

/// Warns if a response shows everything else but this value.
pub(super) fn missed(session: &Session<'_>, what: &str, asked: Option<&str>, kept: Option<&str>) {
    if asked.is_some() && kept.is_none() {
        session.ui().warn(&format!(
            "the response does not show the {what}: the server may not have kept it"
        ));
    }
}
