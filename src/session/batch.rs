//! One change to several objects: a few at a time, with one result each, in the order given.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Session;
use super::send::Change;
use crate::api::Id;
use crate::api::reply::Reply;
use crate::api::request::Endpoint;
use crate::error::{Error, Exit};
use crate::ui::progress::Unit;
use crate::view::column::{Cell, Column};

/// The words for an action in results and messages.
pub struct ActionLabels<'a> {
    /// The participle: `paused`.
    pub done: &'a str,
    /// The sentence on a terminal for one object: `Paused execution on`, followed by the ID, `place`, and `.`.
    pub sentence: &'a str,
    /// Where it was done, with the space before it: ` in ws_team_a`. May be empty.
    pub place: &'a str,
    /// The object: `agent`.
    pub noun: &'a str,
}

/// The outcome of [`Session::apply_batch`].
pub struct BatchResult<'a> {
    /// The exit code.
    pub exit: Exit,
    /// The objects that were changed.
    pub done: Vec<&'a Id>,
    /// Their responses, in the same order.
    pub responses: Vec<Box<RawValue>>,
}

/// The result for one object.
struct Outcome {
    id: String,
    result: String,
    code: Option<String>,
    message: Option<String>,
    document: Result<Box<RawValue>, Value>,
}

const COLUMNS: &[Column<Outcome>] = &[
    Column::id("ID", |row| row.id.as_str().into()),
    Column::state("RESULT", |row| row.result.as_str().into()),
    Column::text("CODE", |row| Cell::from(&row.code)),
    Column::text("MESSAGE", |row| Cell::from(&row.message)),
];

impl Session<'_> {
    /// Applies one endpoint to each ID. The response for a single ID is shown like that of any action; several IDs give
    /// a table. `check` returns the command that shows an object's current status.
    ///
    /// # Errors
    /// With one ID, the error of its request. With several, failures are rows: the exit code is 15 if some failed. If
    /// all failed, it is their common code, or else 1.
    pub async fn apply_batch<'i, E: Endpoint>(
        &self,
        ids: &'i [Id],
        concurrency: usize,
        labels: &ActionLabels<'_>,
        endpoint: impl Fn(&Id) -> Result<E, Error>,
        check: impl Fn(&Id) -> String,
    ) -> Result<BatchResult<'i>, Error> {
        let mut distinct: Vec<&Id> = Vec::new();
        for id in ids {
            if !distinct.contains(&id) {
                distinct.push(id);
            }
        }
        self.check_protection()?;
        if self.is_dry() {
            let requests = distinct.iter().map(|id| endpoint(id));
            let requests: Vec<_> = requests
                .map(|endpoint| endpoint.map(|endpoint| endpoint.request()))
                .collect::<Result<_, _>>()?;
            self.plan(&requests)?;
            return Ok(BatchResult {
                exit: Exit::Success,
                done: Vec::new(),
                responses: Vec::new(),
            });
        }
        if let [id] = distinct[..] {
            let reply = self.change(&endpoint(id)?, &check(id)).await?;
            if let Some(reply) = &reply {
                let sentence = format!("{} {id}{}.", labels.sentence, labels.place);
                self.done(reply, id.as_str(), labels.done, &sentence)?;
            }
            return Ok(BatchResult {
                exit: Exit::Success,
                done: distinct,
                responses: reply.into_iter().map(|reply| reply.document).collect(),
            });
        }
        let several = format!(
            "interrupted: it is unknown which of the {}s were {}; check each one: {} {}",
            labels.noun,
            labels.done,
            self.ui().program(),
            check(distinct[0])
        );
        let _hold = self
            .context
            .interrupt
            .hold(Some(self.ui().last_word(several)));
        let noun = format!("{}s", labels.noun);
        let results = self
            .run(&distinct, concurrency, &noun, endpoint, &check)
            .await;
        let done = distinct
            .iter()
            .zip(&results)
            .filter(|(_, result)| matches!(result, Some(Ok(_))))
            .map(|(id, _)| *id)
            .collect();
        let replies = results.iter().flatten().flatten();
        let responses = replies.map(|reply| reply.document.clone()).collect();
        let is_unknown = |result: &Option<Result<_, Error>>| {
            let error = result.as_ref().and_then(|result| result.as_ref().err());
            error.is_some_and(Error::is_outcome_unknown)
        };
        let unknown: Vec<&Id> = distinct
            .iter()
            .zip(&results)
            .filter(|(_, result)| is_unknown(result))
            .map(|(id, _)| *id)
            .collect();
        let exit = self.report(&distinct, results, labels)?;
        for id in unknown {
            self.ui().next(&format!("check {id}"), &check(id));
        }
        Ok(BatchResult {
            exit,
            done,
            responses,
        })
    }

    /// Runs the changes, `concurrency` at a time. `None` marks a change that was not tried.
    async fn run<E: Endpoint>(
        &self,
        ids: &[&Id],
        concurrency: usize,
        what: &str,
        endpoint: impl Fn(&Id) -> Result<E, Error>,
        check: impl Fn(&Id) -> String,
    ) -> Vec<Option<Result<Reply<E::Reply>, Error>>> {
        let mut results: Vec<_> = ids.iter().map(|_| None).collect();
        let mut waiting: VecDeque<usize> = (0..ids.len()).collect();
        let mut under_way = FuturesUnordered::new();
        let mut refused = false;
        let total = Unit::Of(ids.len() as u64);
        let progress = self.ui().progress(&self.context.interrupt, what, total);
        let (mut done, mut failed) = (0, 0);
        loop {
            // A key that lacks permission for one lacks it for all. After Ctrl-C, nothing more is started.
            let go_on = !refused && self.context.interrupt.raised().is_none();
            while go_on && under_way.len() < concurrency {
                let Some(index) = waiting.pop_front() else {
                    break;
                };
                let request = match endpoint(ids[index]) {
                    Ok(endpoint) => endpoint.request(),
                    Err(error) => {
                        results[index] = Some(Err(error));
                        continue;
                    }
                };
                let check = check(ids[index]);
                under_way.push(async move {
                    let change = Change::new(&request, &check);
                    (index, self.commit::<E::Reply>(&change).await)
                });
            }
            let Some((index, result)) = under_way.next().await else {
                return results;
            };
            if let Err(error) = &result {
                refused |= error.exit() == Exit::Auth;
                failed += 1;
            }
            done += 1;
            progress.set(what, done, failed);
            results[index] = Some(result);
        }
    }

    fn report<T>(
        &self,
        ids: &[&Id],
        results: Vec<Option<Result<Reply<T>, Error>>>,
        labels: &ActionLabels<'_>,
    ) -> Result<Exit, Error> {
        let at = crate::time::utc(self.ui().now());
        let program = self.ui().program();
        let describe = |error: &Error| error.document(&at, &program);
        let rows: Vec<Outcome> = ids
            .iter()
            .zip(&results)
            .map(|(id, result)| Outcome::new(id, result.as_ref(), labels, describe))
            .collect();
        self.show_rows(&rows).map_err(|error| lost(error, &rows))?;
        let tried = || results.iter().flatten();
        if results.iter().all(|result| matches!(result, Some(Ok(_)))) {
            return Ok(Exit::Success);
        }
        if tried().any(Result::is_ok) {
            return Ok(Exit::Partial);
        }
        let count = ids.len();
        let errors: Vec<Error> = results
            .into_iter()
            .flatten()
            .filter_map(Result::err)
            .collect();
        let unknown = errors.iter().any(Error::is_outcome_unknown);
        let none = if unknown { "is known to be" } else { "was" };
        let summary = format!(
            "none of the {count} {}s {none} {}",
            labels.noun, labels.done
        );
        let mut errors = errors.into_iter();
        let Some(first) = errors.next() else {
            return Err(Error::new(Exit::Failure, summary));
        };
        let exit = first.exit();
        let common = errors.all(|error| error.exit() == exit);
        Err(first
            .because_of(summary)
            .with_exit(if common { exit } else { Exit::Failure }))
    }

    /// Shows that a selection is empty: a result without rows, or in a dry run without requests, and a sentence.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn show_no_match(&self, nouns: &str) -> Result<(), Error> {
        if self.is_dry() {
            self.plan(&[])?;
        } else {
            self.show_rows(&[])?;
        }
        self.ui().note(&format!("no {nouns} match"));
        Ok(())
    }

    fn show_rows(&self, outcomes: &[Outcome]) -> Result<(), Error> {
        let mut rows = self.renderer().rows(COLUMNS);
        // An ID without a result would read as success.
        let names_only = self.render_options.format.is_name();
        rows.begin(["{\"data\":["])?;
        for outcome in outcomes {
            if outcome.document.is_ok() || !names_only {
                rows.row(&outcome.document(), || Ok(outcome))?;
            }
        }
        rows.end(&["]}"])?;
        let failed = outcomes.iter().filter(|outcome| outcome.document.is_err());
        for outcome in failed.filter(|_| names_only) {
            let message = outcome.message.as_deref().unwrap_or_default();
            self.ui()
                .warn_always(&format!("{} {}: {message}", outcome.id, outcome.result));
        }
        Ok(())
    }
}

const NOT_TRIED: &str = "not tried";

impl Outcome {
    fn new<T>(
        id: &Id,
        result: Option<&Result<Reply<T>, Error>>,
        labels: &ActionLabels<'_>,
        describe: impl Fn(&Error) -> Value,
    ) -> Self {
        let id = id.to_string();
        match result {
            Some(Ok(reply)) => Self {
                id,
                result: labels.done.to_owned(),
                code: None,
                message: None,
                document: Ok(reply.document.clone()),
            },
            Some(Err(error)) => {
                let document = describe(error);
                let result = if error.is_outcome_unknown() {
                    "unknown"
                } else {
                    "failed"
                };
                Self {
                    id,
                    result: result.to_owned(),
                    code: document["code"].as_str().map(str::to_owned),
                    message: Some(error.message().to_owned()),
                    document: Err(document),
                }
            }
            None => {
                let error = Error::new(
                    Exit::Failure,
                    "not tried, because an earlier one was refused or interrupted",
                );
                Self {
                    id,
                    result: NOT_TRIED.to_owned(),
                    code: None,
                    message: Some(error.message().to_owned()),
                    document: Err(describe(&error)),
                }
            }
        }
    }

    /// `{"id", "ok", "reply" or "error"}`; the reply is the router's JSON response.
    fn document(&self) -> String {
        let id = json!(self.id);
        match &self.document {
            Ok(reply) => format!("{{\"id\":{id},\"ok\":true,\"reply\":{}}}", reply.get()),
            Err(error) => format!("{{\"id\":{id},\"ok\":false,\"error\":{error}}}"),
        }
    }
}

/// Adds the results to the error, because they must be reported even if standard output can't be written.
fn lost(error: Error, rows: &[Outcome]) -> Error {
    if error.is_closed_pipe() {
        return error;
    }
    rows.iter().fold(error, |error, row| {
        error.detail(format!("{}: {}", row.id, row.result))
    })
}
