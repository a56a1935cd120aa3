//! An id of an invocation in the place of an execution's: looked up once.

use crate::api::Id;
use crate::api::invocations::{Get, Invocation, ending};
use crate::api::reply::Reply;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::Session;

/// What an id that is no execution's turned out to be.
pub(super) enum Found {
    /// An invocation that ran: the id of its execution.
    Execution(Id),
    /// An invocation that did not run, or not yet.
    Unrun(Box<Reply<Invocation>>),
}

/// After a 404 for an execution: looks the id up as an invocation. `error` is what the first request came to.
///
/// # Errors
/// `error` itself where it is no 404 or the id is no invocation's either.
pub(super) async fn as_invocation(
    session: &Session<'_>,
    id: &Id,
    error: Error,
) -> Result<Found, Error> {
    if error.router().http_status != Some(404) {
        return Err(error);
    }
    let reply = match session.fetch(&Get(id)).await {
        Ok(Some(reply)) => reply,
        Err(other) if matches!(other.exit(), Exit::Interrupted | Exit::Terminated) => {
            return Err(other);
        }
        _ => return Err(error.next("the executions that there are", "exec list")),
    };
    let execution = reply.value.execution_id.as_deref();
    match execution.and_then(|execution| execution.parse::<Id>().ok()) {
        Some(execution) => {
            session.ui().note(&format!(
                "{id} is an invocation; going on with its execution {execution}"
            ));
            Ok(Found::Execution(execution))
        }
        None => Ok(Found::Unrun(Box::new(reply))),
    }
}

/// The error of an invocation that has no execution, where one is needed.
pub(super) fn unrun(id: &Id, reply: &Reply<Invocation>) -> Error {
    let status = reply.value.status.as_deref().unwrap_or("unknown");
    let message = format!("{id} is an invocation without an execution: its state is {status}");
    let id = line::id(id.as_str());
    let error = Error::new(Exit::NotFound, message);
    if ending(status).is_some() {
        error.next("what there is", format!("exec show {id}"))
    } else {
        error.next("follow it", format!("exec watch {id}"))
    }
}
