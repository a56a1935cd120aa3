//! Handles an accepted call: shows it, waits for its end, and prints the hints. Shared by `invoke` and `rerun`.

use std::time::Duration;

use super::follow::{End, FollowError, Follower};
use super::status_reporter::{ReportStyle, StatusReporter, with_outcome};
use super::{invocations, output};
use crate::api::invocations::{Invocation, ending, is_gated};
use crate::api::reply::Reply;
use crate::api::{Id, approvals};
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::Session;

/// The options for waiting.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct WaitArgs {
    /// Wait until the run ends, including any approval (the exit code reports how it ended)
    #[arg(long)]
    wait: bool,
    /// Print only the run's output to standard output
    #[arg(long)]
    raw: bool,
    /// Polling interval, from 500ms to 60s [default: 2s]
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

impl WaitArgs {
    /// Refuses options that require `--wait`.
    ///
    /// # Errors
    /// Exit 2.
    pub(super) fn check(&self) -> Result<(), Error> {
        let options = [("--raw", self.raw), ("--interval", self.interval.is_some())];
        match options
            .iter()
            .find(|(_, is_present)| *is_present && !self.wait)
        {
            Some((option, _)) => Err(Error::usage(format!("`{option}` needs `--wait`"))),
            None => Ok(()),
        }
    }
}

/// The command that shows whether a call was accepted.
pub(super) const CHECK: &str = "exec invocations";

/// Shows an accepted call, and waits for its end if requested.
pub(super) async fn finish(
    session: &Session<'_>,
    reply: Reply<Invocation>,
    wait: &WaitArgs,
) -> Result<Exit, Error> {
    if !wait.wait {
        let shown = session.show(&reply, invocations::INVOCATION);
        let exit = accepted(session, &reply.value);
        return with_outcome(shown, exit, "").map(|()| exit);
    }
    let id = reply.value.id.clone().unwrap_or_default();
    let Ok(id) = id.parse::<Id>() else {
        let error =
            Error::unavailable("the call was accepted, but the response has no ID to wait for");
        return Err(error.next("list the invocations", CHECK));
    };
    if reply.value.status.as_deref().is_some_and(is_gated) {
        approval_hint(session, &reply.value);
    }
    let reporter = StatusReporter::new(session, ReportStyle::Notes);
    let follow = Follower::wait(session, &id, wait.interval, reporter);
    let End { reply, exit } = match follow.run(Some(reply)).await {
        Ok(end) => end,
        Err(FollowError { error, last }) => {
            // Print the accepted invocation although following it failed.
            if let Some(last) = last.filter(|_| !wait.raw && !error.is_silent()) {
                // `error` is more important than a failure to print.
                drop(session.show(&last, invocations::INVOCATION));
            }
            return Err(error);
        }
    };
    if let Some(reply) = &reply {
        let status = reply.value.status.as_deref().unwrap_or_default();
        let shown = if wait.raw {
            raw(session, &reply.value, exit).await
        } else {
            session.show(reply, invocations::INVOCATION)
        };
        with_outcome(shown, exit, &format!("invocation {id}: {status}"))?;
    }
    let last = reply.as_ref().map(|reply| &reply.value);
    let shown = if wait.raw {
        Shown::Output
    } else {
        Shown::Invocation
    };
    print_summary(session, &id, last, exit, shown);
    Ok(exit)
}

/// Prints the hints for a call that is not waited for, and returns the exit code.
fn accepted(session: &Session<'_>, invocation: &Invocation) -> Exit {
    let status = invocation.status.as_deref().unwrap_or_default();
    if let Some(exit) = ending(status) {
        if let Some(id) = &invocation.execution_id {
            let next = format!("exec raw {}", command_line::id(id));
            session.ui().next("print its output", &next);
        }
        return exit;
    }
    if is_gated(status) {
        session
            .ui()
            .note("accepted, but it needs an approval before it runs");
        approval_hint(session, invocation);
    }
    let ui = session.ui();
    if let Some(id) = &invocation.id {
        ui.next_in_every_format("follow it", &format!("exec watch {}", command_line::id(id)));
    } else {
        ui.warn("the call was accepted, but the response has no ID");
        ui.next("list the invocations", CHECK);
    }
    if is_gated(status) {
        Exit::Pending
    } else {
        Exit::Success
    }
}

/// Prints the command that approves a call, and the URL of the approval.
fn approval_hint(session: &Session<'_>, invocation: &Invocation) {
    match &invocation.approval_id {
        Some(id) => {
            let approve = format!("approvals approve {}", command_line::id(id));
            let tool = invocation.tool_name.as_deref();
            // Without a risk it is unknown whether the name will be required.
            let needs_name =
                invocation.risk.is_some() && approvals::needs_the_name(invocation.risk.as_deref());
            let approve = match tool.filter(|_| needs_name) {
                Some(tool) => {
                    let (id, tool) = (command_line::id(id), command_line::quote(tool));
                    format!("approvals approve --confirm {tool} {id}")
                }
                None => approve,
            };
            session.ui().next_in_every_format("approve it", &approve);
        }
        None => session.ui().next("list approvals", "approvals list"),
    }
    // The in-process sandbox ends with this command, so its URLs are unreachable.
    let url = invocation.approval_url.as_ref();
    if let Some(url) = url.filter(|_| !session.is_local()) {
        session
            .ui()
            .note(&format!("the approval in the browser: {url}"));
    }
}

async fn raw(session: &Session<'_>, invocation: &Invocation, exit: Exit) -> Result<(), Error> {
    if exit == Exit::Deadline {
        return Ok(());
    }
    let Some(id) = &invocation.execution_id else {
        if matches!(exit, Exit::RunRejected | Exit::RunCancelled) {
            session
                .ui()
                .note("the tool did not run, so there is no output");
            return Ok(());
        }
        return no_output(
            session,
            exit,
            Error::unavailable(
                "the router's response has no execution ID, so the output can't be read",
            )
            .next("list the executions", "exec list"),
        );
    };
    let id: Id = id.parse().map_err(|why| {
        Error::unavailable(format!(
            "invalid execution ID in the router's response: {why}"
        ))
    })?;
    match output::print(session, &id, false).await {
        // The exit code reports how the run ended.
        Err(error) if exit != Exit::Success && error.exit() == Exit::NotFound => {
            session.ui().note("the run has no output");
            Ok(())
        }
        Err(error) => {
            let raw = format!("exec raw {}", command_line::id(id.as_str()));
            no_output(
                session,
                exit,
                error.next("the run has ended; print its output", raw),
            )
        }
        Ok(()) => Ok(()),
    }
}

/// Handles a failure to read the output. If the run did not complete, the exit code still reports how it ended.
fn no_output(session: &Session<'_>, exit: Exit, error: Error) -> Result<(), Error> {
    if exit == Exit::Success || error.exit() != Exit::Unavailable || error.is_closed_pipe() {
        return Err(error);
    }
    session.ui().error(&error);
    Ok(())
}

/// What was printed to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The status changes.
    Changes,
    /// The final invocation.
    Invocation,
    /// The run's output.
    Output,
}

/// Notes how the invocation ended, unless it was shown, and prints the next commands.
pub(super) fn print_summary(
    session: &Session<'_>,
    id: &Id,
    invocation: Option<&Invocation>,
    exit: Exit,
    shown: Shown,
) {
    let ui = session.ui();
    let status = invocation.and_then(|invocation| invocation.status.as_deref());
    if exit == Exit::Deadline {
        let status = status.unwrap_or("unknown");
        ui.note(&format!(
            "stopped waiting; invocation {id} ({status}) is still running"
        ));
        for (what, command) in Follower::next_commands(id) {
            ui.next_in_every_format(what, &command);
        }
        return;
    }
    let Some(invocation) = invocation else {
        return;
    };
    // Without a live line, each status was already reported.
    let is_reported = shown == Shown::Output && !ui.has_live_line() && invocation.error.is_none();
    if shown != Shown::Invocation && !is_reported {
        ui.note(&match (status, &invocation.error) {
            (Some(status), Some(why)) => format!("invocation {id} ended {status}: {why}"),
            (status, _) => format!("invocation {id} ended {}", status.unwrap_or_default()),
        });
    }
    if let Some(execution) = invocation
        .execution_id
        .as_ref()
        .filter(|id| shown != Shown::Output && id.parse::<Id>().is_ok())
    {
        let next = format!("exec raw {}", command_line::id(execution));
        ui.next("print its output", &next);
    }
}
