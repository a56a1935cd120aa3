//! What `invoke` and `rerun` have in common: what becomes of a call once the router has accepted it.

use std::time::Duration;

use super::follow::{End, Follow};
use super::telling::{Form, Telling};
use super::{invocations, output};
use crate::api::invocations::{Invocation, ending, is_gated};
use crate::api::reply::Reply;
use crate::api::{Id, approvals};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::Session;

/// The options that decide how far a call is followed.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct Until {
    /// Wait for the end, through the approval if one is needed; the exit code tells how the run ended
    #[arg(long)]
    wait: bool,
    /// At the end print what the run returned, and nothing else, to standard output
    #[arg(long)]
    raw: bool,
    /// How often to ask while waiting without a live feed: 500ms to 60s, if nothing else is said 2s
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

/// How often to ask where nothing else is said. Documented.
const INTERVAL: Duration = Duration::from_secs(2);

impl Until {
    /// Refuses options that only mean something while waiting.
    ///
    /// # Errors
    /// Exit 2.
    pub(super) fn check(&self) -> Result<(), Error> {
        let given = [("--raw", self.raw), ("--interval", self.interval.is_some())];
        match given.iter().find(|(_, given)| *given && !self.wait) {
            Some((option, _)) => Err(Error::usage(format!("`{option}` needs `--wait`"))),
            None => Ok(()),
        }
    }
}

/// Where to look when it is unknown whether a call was accepted.
pub(super) const CHECK: &str = "exec invocations";

/// Shows an accepted call, and waits for its end where that is wanted.
///
/// # Errors
/// Whatever the router, the network or standard output made of it.
pub(super) async fn finish(
    session: &Session<'_>,
    reply: Reply<Invocation>,
    until: &Until,
) -> Result<Exit, Error> {
    if !until.wait {
        let shown = session.show(&reply, invocations::INVOCATION);
        let exit = accepted(session, &reply.value);
        return with_outcome(shown, exit, "").map(|()| exit);
    }
    let id = reply.value.id.clone().unwrap_or_default();
    let Ok(id) = id.parse::<Id>() else {
        let error =
            Error::unavailable("the call was accepted, but the answer holds no id to wait for");
        return Err(error.next("what was accepted", CHECK));
    };
    if reply.value.status.as_deref().is_some_and(is_gated) {
        how_to_approve(session, &reply.value);
    }
    let telling = Telling::new(session, Form::Notes);
    let interval = until.interval.unwrap_or(INTERVAL);
    let follow = Follow::wait(session, &id, interval, telling);
    let End { reply, exit } = follow.run(Some(reply)).await?;
    if let Some(reply) = &reply {
        let status = reply.value.status.as_deref().unwrap_or_default();
        let shown = if until.raw {
            raw(session, &reply.value, exit).await
        } else {
            session.show(reply, invocations::INVOCATION)
        };
        with_outcome(shown, exit, &format!("invocation {id}: {status}"))?;
    }
    let last = reply.as_ref().map(|reply| &reply.value);
    let shown = if until.raw {
        Shown::Output
    } else {
        Shown::Invocation
    };
    tell_end(session, &id, last, exit, shown);
    Ok(exit)
}

/// What became of a run does not change because nobody reads it: where the reader of standard output went away, the exit
/// code still tells the outcome, and where it can't be written, the error does.
pub(super) fn with_outcome(
    shown: Result<(), Error>,
    exit: Exit,
    outcome: &str,
) -> Result<(), Error> {
    shown.map_err(|error| {
        if error.is_closed_pipe() {
            Error::silent(exit)
        } else if outcome.is_empty() {
            error
        } else {
            error.detail(outcome)
        }
    })
}

/// The exit code of a call that is not waited for, and what to do next.
fn accepted(session: &Session<'_>, invocation: &Invocation) -> Exit {
    let status = invocation.status.as_deref().unwrap_or_default();
    if let Some(exit) = ending(status) {
        if let Some(id) = &invocation.execution_id {
            let next = format!("exec raw {}", line::id(id));
            session.ui().next("what it returned", &next);
        }
        return exit;
    }
    if is_gated(status) {
        session
            .ui()
            .note("accepted, but nothing runs until a human approves");
        how_to_approve(session, invocation);
    }
    let ui = session.ui();
    if let Some(id) = &invocation.id {
        ui.next("follow it", &format!("exec watch {}", line::id(id)));
    } else {
        ui.warn("the call was accepted, but the answer holds no id");
        ui.next("what was accepted", CHECK);
    }
    if is_gated(status) {
        Exit::Pending
    } else {
        Exit::Done
    }
}

/// The exact line that approves a call, and where a human can do it.
fn how_to_approve(session: &Session<'_>, invocation: &Invocation) {
    match &invocation.approval_id {
        Some(id) => {
            let approve = format!("approvals approve {}", line::id(id));
            let tool = invocation.tool_name.as_deref();
            // Without the risk nobody knows yet whether the name will be needed.
            let named =
                invocation.risk.is_some() && approvals::needs_the_name(invocation.risk.as_deref());
            let approve = match tool.filter(|_| named) {
                Some(tool) => {
                    let (id, tool) = (line::id(id), line::quote(tool));
                    format!("approvals approve --confirm {tool} {id}")
                }
                None => approve,
            };
            let show = format!("approvals show {}", line::id(id));
            session.ui().next("look at it", &show);
            session.ui().next("approve it", &approve);
        }
        None => session.ui().next("what waits", "approvals list"),
    }
    // The sandbox in this process is gone before anybody could look.
    let url = invocation.approval_url.as_ref();
    if let Some(url) = url.filter(|_| !session.is_local()) {
        session.ui().hint(&format!("or decide there: {url}"));
    }
}

async fn raw(session: &Session<'_>, invocation: &Invocation, exit: Exit) -> Result<(), Error> {
    if exit == Exit::Deadline {
        return Ok(());
    }
    let Some(id) = &invocation.execution_id else {
        if matches!(exit, Exit::RunRejected | Exit::RunCancelled) {
            session.ui().note("nothing ran, so there is no output");
            return Ok(());
        }
        return lost(
            session,
            exit,
            Error::unavailable(
                "the router does not name the execution of the run, which has the output",
            )
            .next("look for it", "exec list"),
        );
    };
    let id: Id = id.parse().map_err(|why| {
        Error::unavailable(format!("the id of the execution can't be used: {why}"))
    })?;
    match output::print(session, &id, false).await {
        // How the run ended is known, and is what the exit code has to tell.
        Err(error) if exit != Exit::Done && error.exit() == Exit::NotFound => {
            session.ui().note("the run left no output");
            Ok(())
        }
        Err(error) => {
            let again = format!("exec raw {}", line::id(id.as_str()));
            lost(
                session,
                exit,
                error.next("the run itself has ended; its output", again),
            )
        }
        Ok(()) => Ok(()),
    }
}

/// The output of a run can't be had. Where the run did not complete, how it ended is what the exit code has to tell.
fn lost(session: &Session<'_>, exit: Exit, error: Error) -> Result<(), Error> {
    if exit == Exit::Done || error.exit() != Exit::Unavailable || error.is_closed_pipe() {
        return Err(error);
    }
    session.ui().error(&error);
    Ok(())
}

/// What standard output holds at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The states on the way.
    Changes,
    /// The invocation as it ended.
    Invocation,
    /// What the run returned.
    Output,
}

/// Says how it ended, unless the invocation was shown, and what to do next.
pub(super) fn tell_end(
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
            "the time to wait is over; invocation {id} is {status} and goes on"
        ));
        for (what, command) in Follow::next_lines(id) {
            ui.next(what, &command);
        }
        return;
    }
    let Some(invocation) = invocation else {
        return;
    };
    // Off a terminal each state was told when it came.
    let told = shown == Shown::Output && !ui.terminals().error && invocation.error.is_none();
    if shown != Shown::Invocation && !told {
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
        let next = format!("exec raw {}", line::id(execution));
        ui.next("what it returned", &next);
    }
}
