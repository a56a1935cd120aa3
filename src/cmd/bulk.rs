//! Changes to several objects: which ones, and the consent to it.

use super::input;
use crate::api::Id;
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::session::{Consent, Context, Session};

/// So many objects are shown before a change.
const SHOWN: usize = 10;

/// An object to be changed.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Its ID.
    pub id: Id,
    /// How it is shown: name, ID, and facts, as far as they are known.
    pub subject: String,
}

/// The IDs in a file, one per line. Empty lines and lines that start with `#` are skipped.
///
/// # Errors
/// Exit 2 if the file can't be read, holds no ID, or holds something else.
pub(super) fn ids_from(place: &str, context: &Context) -> Result<Vec<Id>, Error> {
    let text = input::file("--ids-from", place, context)?;
    let label = input::label(place);
    let mut ids = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_word = !line.contains(char::is_whitespace);
        let id: Result<Id, String> = line.parse();
        match id.ok().filter(|_| is_word) {
            Some(id) => ids.push(id),
            None => {
                return Err(Error::usage(format!(
                    "--ids-from: line {} of {label} is not an ID",
                    index + 1
                ))
                .hint("write one ID per line, as -o name prints them"));
            }
        }
    }
    if ids.is_empty() {
        return Err(Error::usage(format!("--ids-from: {label} holds no ID")));
    }
    Ok(ids)
}

/// The IDs without duplicates, in order.
pub(super) fn distinct(ids: Vec<Id>) -> Vec<Id> {
    let mut seen = std::collections::HashSet::new();
    let is_new = |id: &Id| seen.insert(id.as_str().to_owned());
    let mut ids = ids;
    let mut is_new = is_new;
    ids.retain(|id| is_new(id));
    ids
}

/// Refuses a selection of another size than expected.
///
/// # Errors
/// Exit 6 if it has another size.
pub(super) fn check_count(noun: &str, expected: Option<u32>, found: usize) -> Result<(), Error> {
    match expected {
        Some(expected) if usize::try_from(expected) != Ok(found) => Err(Error::new(
            Exit::Conflict,
            format!(
                "{found} {noun}s are selected, but --expect-count is {expected}; nothing was changed"
            ),
        )),
        _ => Ok(()),
    }
}

/// `3 agents`, `1 agent`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Shows what was selected, and asks for the count to be typed.
///
/// # Errors
/// As [`Session::confirm`].
pub(super) fn confirm(
    session: &Session<'_>,
    targets: &[Target],
    noun: &str,
    question: &str,
    force: bool,
) -> Result<(), Error> {
    session.check_protection()?;
    if session.is_dry() {
        return Ok(());
    }
    let count = targets.len();
    let title = format!("{} in {}:", counted(count, noun), session.place());
    let shown = targets.iter().take(SHOWN);
    let mut lines = vec![title];
    lines.extend(shown.map(|target| format!("  {}", target.subject)));
    if count > SHOWN {
        lines.push(format!("  … and {} more", count - SHOWN));
    }
    let prompts = session.will_prompt(force);
    for line in &lines {
        let line = sanitize::cell(line);
        if prompts {
            session.ui().say(&format!("{line}\n"));
        } else {
            session.ui().note(&line);
        }
    }
    session.confirm(question, &Consent::Word(&count.to_string()), force)
}
