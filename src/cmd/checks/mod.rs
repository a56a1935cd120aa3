//! Checks: what `status` and `doctor` find out, one row each.

pub mod connection;
mod squads;

use std::time::Duration;

use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};
use crate::view::{RenderOptions, Renderer};

/// The time limit of all checks together.
pub const LIMIT: Duration = Duration::from_secs(10);

/// The hints after the checks.
const MOST_HINTS: usize = 2;

/// The result of one check.
#[derive(Serialize)]
pub struct Finding {
    check: &'static str,
    status: &'static str,
    detail: String,
    latency_ms: Option<u64>,
    next: Option<String>,
    #[serde(skip)]
    error: Option<Error>,
}

const COLUMNS: &[Column<Finding>] = &[
    Column::id("CHECK", |check| check.check.into()),
    Column::state("STATUS", |check| check.status.into()),
    Column::text("DETAIL", |check| Cell::from(check.detail.as_str())),
    Column::extra("NEXT", |check| Cell::from(&check.next)),
];

/// The results so far.
pub struct Report<'c> {
    /// What every command is given.
    pub context: &'c Context,
    checks: Vec<Finding>,
    /// Whether `doctor` runs, which no hint may name then.
    pub is_doctor: bool,
    /// How results are rendered, if the session says so.
    pub render_options: Option<RenderOptions>,
}

impl<'c> Report<'c> {
    /// Nothing checked yet.
    pub fn new(context: &'c Context) -> Self {
        Self {
            context,
            checks: Vec::new(),
            is_doctor: false,
            render_options: None,
        }
    }

    /// Everything is in order.
    pub fn ok(&mut self, check: &'static str, detail: impl Into<String>) {
        self.push(check, "ok", detail.into());
    }

    /// The same with the time that a response took.
    pub fn ok_after(&mut self, check: &'static str, detail: impl Into<String>, took: Duration) {
        let check = self.push(check, "ok", detail.into());
        check.latency_ms = u64::try_from(took.as_millis()).ok();
    }

    /// Something needs attention; `next` is the command that shows more.
    pub fn warn(&mut self, check: &'static str, detail: impl Into<String>, next: Option<&str>) {
        let program = self.context.ui.program();
        let check = self.push(check, "warn", detail.into());
        check.next = next.map(|next| format!("{program} {next}"));
    }

    /// Something doesn't work.
    pub fn fail(&mut self, check: &'static str, error: Error) {
        let program = self.context.ui.program();
        let error = self.without_itself(error);
        let check = self.push(check, "fail", error.message().to_owned());
        // The first hint with a command.
        let mut hints = error.hints(&program).into_iter();
        check.next = hints.find_map(|hint| {
            let (_, command) = hint.split_once(": xeroctl ")?;
            Some(format!("xeroctl {command}"))
        });
        check.error = Some(error);
    }

    /// The error with a hint at another command than this one.
    fn without_itself(&self, error: Error) -> Error {
        let hints = error.hints("xeroctl");
        if self.is_doctor && hints.iter().any(|hint| hint.ends_with(": xeroctl doctor")) {
            let error = error.without_hints();
            return error.next("show where the settings come from", "config show");
        }
        error
    }

    /// Reads the configuration. A file that can't be read is a failed check.
    pub fn config(&mut self) -> Option<Config> {
        let context = self.context;
        match Config::read(&context.env, &context.wait_limit()) {
            Ok(config) => Some(config),
            Err(error) => {
                self.fail("configuration", error);
                None
            }
        }
    }

    fn push(&mut self, check: &'static str, status: &'static str, detail: String) -> &mut Finding {
        let row = Finding {
            check,
            status,
            detail,
            latency_ms: None,
            next: None,
            error: None,
        };
        // A later response may reveal a problem with a passed check.
        let known = self.checks.iter().position(|known| known.check == check);
        let at = known.filter(|_| status == "fail");
        let at = at.unwrap_or(self.checks.len());
        self.checks
            .splice(at..(at + 1).min(self.checks.len()), [row]);
        &mut self.checks[at]
    }

    /// Shows the results. If a check failed, the first failure is the error.
    ///
    /// # Errors
    /// The error of the first check that failed.
    pub fn finish(mut self) -> Result<Exit, Error> {
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        let render_options = match self.render_options.take() {
            Some(render_options) => render_options,
            None => self.context.render_options()?,
        };
        let ui = &self.context.ui;
        Renderer::new(ui, render_options).computed_list(COLUMNS, &self.checks)?;
        let total = self.checks.len();
        let failed = self.checks.iter().filter(|check| check.error.is_some());
        let names: Vec<&str> = failed.map(|check| check.check).collect();
        if !names.is_empty() {
            let summary = if names.len() == 1 {
                format!("a check failed: {}", names[0])
            } else {
                format!(
                    "{} of {total} checks failed: {}",
                    names.len(),
                    names.join(", ")
                )
            };
            let mut errors = self.checks.into_iter().filter_map(|check| check.error);
            let first = errors.next();
            return Err(first.map_or_else(
                || Error::new(Exit::Failure, summary.clone()),
                |error| error.because_of(summary.clone()),
            ));
        }
        let warned = self.checks.iter().filter(|check| check.next.is_some());
        for check in warned.take(MOST_HINTS) {
            let next = check.next.as_deref().unwrap_or_default();
            ui.hint(&format!("{}: {next}", check.check));
        }
        Ok(Exit::Success)
    }
}
