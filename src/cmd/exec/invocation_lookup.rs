//! Accepts an invocation ID in place of an execution ID: one lookup after a 404.

use crate::api::Id;
use crate::api::invocations::{Get, Invocation, ending};
use crate::api::reply::Reply;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::Session;

/// The result of looking up an ID as an invocation.
pub(super) enum Found {
    /// The execution of the invocation, and the invocation.
    Execution(Id, Box<Invocation>),
    /// An invocation without an execution.
    NotRun(Box<Reply<Invocation>>),
}

/// Looks up `id` as an invocation after a 404 for an execution.
///
/// # Errors
/// `error`, the result of the first request, if it is not a 404 or there is no such invocation either.
pub(super) async fn as_invocation(
    session: &Session<'_>,
    id: &Id,
    error: Error,
) -> Result<Found, Error> {
    if error.api_error().http_status != Some(404) {
        return Err(error);
    }
    let reply = match session.get(&Get(id)).await {
        Ok(Some(reply)) => reply,
        Err(other) if other.exit().is_by_signal() => {
            return Err(other);
        }
        // The error of another cause has its own advice.
        _ if !error.is_without_hint() => return Err(error),
        _ => return Err(error.next("list the executions", "exec list")),
    };
    let execution = reply.value.execution_id.as_deref();
    match execution.and_then(|execution| execution.parse::<Id>().ok()) {
        Some(execution) => {
            session.ui().note(&format!(
                "{id} is an invocation ID; using its execution {execution}"
            ));
            Ok(Found::Execution(execution, Box::new(reply.value)))
        }
        None => Ok(Found::NotRun(Box::new(reply))),
    }
}

/// The error for an invocation without an execution, if one is required.
pub(super) fn not_run_error(id: &Id, reply: &Reply<Invocation>) -> Error {
    let status = reply.value.status.as_deref().unwrap_or("unknown");
    let message =
        format!("{id} is an invocation ID, and the invocation ({status}) has no execution");
    let id = command_line::id(id.as_str());
    let error = Error::new(Exit::NotFound, message);
    if ending(status).is_some() {
        error.next("show the invocation", format!("exec show {id}"))
    } else {
        error.next("follow it", format!("exec watch {id}"))
    }
}
