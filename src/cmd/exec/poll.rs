//! One poll of an invocation and of the approval that it waits for.

use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::Id;
use crate::api::approvals;
use crate::api::invocations::Invocation;
use crate::api::reply::Reply;
use crate::api::request::Endpoint;
use crate::error::Error;
use crate::session::{Scope, Session};
use crate::time;

/// A poll in progress.
pub(super) type PendingPoll<'a> = Pin<Box<dyn Future<Output = Poll> + 'a>>;

/// The result of one poll.
pub(super) struct Poll {
    pub(super) invocation: Result<Reply<Invocation>, Error>,
    /// How long the approval is still valid, if that was read.
    pub(super) expires: Option<Duration>,
}

/// Waits for the poll in progress; forever if there is none.
pub(super) async fn response(pending: &mut Option<PendingPoll<'_>>) -> Poll {
    match pending {
        Some(poll) => poll.await,
        None => std::future::pending().await,
    }
}

/// Reads an object and the server's time, or the local time if the response has no date. The caller handles the deadline
/// and signals.
pub(super) async fn read<E: Endpoint>(
    session: &Session<'_>,
    endpoint: &E,
) -> Result<(Reply<E::Reply>, Timestamp), Error> {
    let request = endpoint.request();
    let response = session.response(&request, Scope::Caller).await?;
    let now = response.date().map(time::timestamp);
    let reply = Reply::read_object(&response, &request)?;
    Ok((reply, now.unwrap_or_else(|| session.ui().now())))
}

/// How long an approval is still valid, if its expiry time is known.
pub(super) async fn expires_in(session: &Session<'_>, approval: &Id) -> Option<Duration> {
    let (reply, now) = read(session, &approvals::Get(approval)).await.ok()?;
    let at = reply.value.expires_at?.at()?;
    Some(time::until(at, now))
}
