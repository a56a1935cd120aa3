//! Changes to several objects: which ones, and the consent to it.

use super::{input, values};
use crate::api::Id;
use crate::api::page::{ListEndpoint, ListParams};
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::session::{Consent, Context, Scope, Session};

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

/// The options that select objects, besides IDs and filters.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub(super) struct BulkArgs {
    /// Read IDs from FILE, one per line (- for standard input)
    #[arg(long, value_name = "FILE", value_parser = values::text, help_heading = "Selection")]
    pub(super) ids_from: Option<String>,
    /// Select all, or all that match the filters
    #[arg(long, help_heading = "Selection")]
    pub(super) all: bool,
    /// Change nothing unless exactly N are selected (exit code 6)
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = values::count, help_heading = "Selection")]
    pub(super) expect_count: Option<u32>,
}

/// An object to be changed, and as it was listed; it was not if its ID was given.
pub(super) type Selected<T> = (Target, Option<T>);

impl BulkArgs {
    /// Checks that objects are selected in exactly one way. `has_filter` is whether a filter was given.
    ///
    /// # Errors
    /// Exit 2 if they are not.
    pub(super) fn check(&self, noun: &str, ids: &[Id], has_filter: bool) -> Result<(), Error> {
        let ways = [
            !ids.is_empty(),
            self.ids_from.is_some(),
            self.all || has_filter,
        ];
        match ways.iter().filter(|way| **way).count() {
            1 => Ok(()),
            0 => Err(Error::usage(format!("no {noun} is selected"))
                .hint("give IDs, --ids-from FILE, a filter, or --all")),
            _ => Err(Error::usage(
                "IDs, `--ids-from`, and filters can't be combined",
            )),
        }
    }

    /// The selected objects. `describe` is given each listed object, and returns how it is shown if it is wanted. The list
    /// is read also in a dry run, because the selection can't be shown without; a dry run that has no key prints the
    /// request for the list instead, and returns none.
    ///
    /// # Errors
    /// Exit 2 for a file that holds no IDs; exit 6 if another number is expected; whatever reading the list fails with.
    pub(super) async fn resolve<L: ListEndpoint>(
        &self,
        session: &Session<'_>,
        noun: &str,
        ids: &[Id],
        list: &L,
        describe: impl Fn(&L::Item) -> Option<Target>,
    ) -> Result<Option<Vec<Selected<L::Item>>>, Error> {
        let context = session.context;
        let ids = match &self.ids_from {
            Some(place) => ids_from(place, context)?,
            None => ids.to_vec(),
        };
        if !ids.is_empty() {
            let named = |id: Id| {
                let subject = format!("{noun} {id}");
                (Target { id, subject }, None)
            };
            return Ok(Some(distinct(ids).into_iter().map(named).collect()));
        }
        if !session.is_dry() {
            return listed(session, list, describe).await.map(Some);
        }
        let reader = match context.open_for_reading() {
            Err(error) if error.exit() == Exit::Config => {
                let list = session.pages(list, &everything(), Scope::Command);
                session.plan(&[list.request()])?;
                context.ui.note(&format!(
                    "without a key, the {noun}s can't be listed: one request for each would follow"
                ));
                return Ok(None);
            }
            reader => reader?,
        };
        let selected = listed(&reader, list, describe).await?;
        context.ui.note(&format!(
            "the list of {noun}s was read to resolve the selection"
        ));
        Ok(Some(selected))
    }
}

fn everything() -> ListParams {
    ListParams {
        all: true,
        ..ListParams::default()
    }
}

async fn listed<L: ListEndpoint>(
    session: &Session<'_>,
    list: &L,
    describe: impl Fn(&L::Item) -> Option<Target>,
) -> Result<Vec<Selected<L::Item>>, Error> {
    let pages = session.pages(list, &everything(), Scope::Command).ahead();
    let items = pages.collect().await?.into_iter();
    let selected = items.filter_map(|item| Some((describe(&item)?, Some(item))));
    Ok(selected.collect())
}

/// The IDs in a file, one per line. Empty lines and lines that start with `#` are skipped.
///
/// # Errors
/// Exit 2 if the file can't be read, holds no ID, or holds something else.
fn ids_from(place: &str, context: &Context) -> Result<Vec<Id>, Error> {
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
    let mut ids = ids;
    ids.retain(|id| seen.insert(id.as_str().to_owned()));
    ids
}

/// Refuses a change of another number of objects than expected.
///
/// # Errors
/// Exit 6 if it is another.
pub(super) fn check_count(noun: &str, expected: Option<u32>, found: usize) -> Result<(), Error> {
    let wrong = wrong_count(noun, expected, found);
    wrong.map_or(Ok(()), |wrong| {
        let message = format!("{wrong}; nothing was changed");
        Err(Error::new(Exit::Conflict, message))
    })
}

/// Refuses to read another number of objects than expected.
///
/// # Errors
/// Exit 6 if it is another.
pub(super) fn check_count_of_read(
    noun: &str,
    expected: Option<u32>,
    found: usize,
) -> Result<(), Error> {
    let wrong = wrong_count(noun, expected, found);
    wrong.map_or(Ok(()), |wrong| Err(Error::new(Exit::Conflict, wrong)))
}

fn wrong_count(noun: &str, expected: Option<u32>, found: usize) -> Option<String> {
    let expected = expected.filter(|expected| usize::try_from(*expected) != Ok(found))?;
    let (found, is) = match found {
        1 => (counted(1, noun), "is"),
        found => (counted(found, noun), "are"),
    };
    Some(format!(
        "{found} {is} selected, but --expect-count is {expected}"
    ))
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
