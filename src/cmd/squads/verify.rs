//! Checks after a change whether the server kept the requested values. It silently drops unknown members, and picks
//! another name if one is taken.

use super::squad_session::Squads;
use crate::error::{Error, Exit};
use crate::session::Session;

/// Warns if a response shows other values than the requested ones. Values that it does not show are skipped.
pub(super) fn compare(session: &Session<'_>, asked: &[(&str, Option<&str>, Option<&str>)]) {
    for (what, asked, kept) in asked {
        if let (Some(asked), Some(kept)) = (asked, kept)
            && asked != kept
        {
            session
                .ui()
                .warn(&format!("the {what} is {kept}, not {asked} as requested"));
        }
    }
}

/// Warns if a response shows the other values, but not this one.
pub(super) fn missed(session: &Session<'_>, what: &str, asked: Option<&str>, kept: Option<&str>) {
    if asked.is_some() && kept.is_none() {
        session.ui().warn(&format!(
            "the response does not show the {what}: the server may not have kept it"
        ));
    }
}

/// The error for a prompt that the server did not keep, although it made the other changes. `done` describes these.
pub(super) fn lost_prompt(squads: &Squads<'_>, done: &str, agent: Option<&str>) -> Error {
    let error = Error::new(
        Exit::Failure,
        format!("{done}, but the server did not keep the prompt"),
    );
    match agent.and_then(|id| id.parse().ok()) {
        Some(id) => {
            let update = squads.about("update", &id);
            error.next(
                "write it to the agent's instructions file",
                format!("{update} --prompt @FILE"),
            )
        }
        None => error,
    }
}
