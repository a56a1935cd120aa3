//! `/exec/executions/stream`: invocation events as Server-Sent Events.
//!
//! The process is not notified of other processes' writes, so it polls the state. An event's ID is its cursor in the
//! order of all events: its second, the sequence number of the write that scheduled it, and its step. A write schedules
//! only future events, so an ID is always greater than all IDs sent before it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::MethodFilter;
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult};
use super::state::{Document, Invocation};
use super::store::Store;
use super::timeline::TimelineEvent;
use super::tools;

pub(super) const ROUTES: &[Route] = &[(MethodFilter::GET, "/exec/executions/stream", events)];

/// Polling interval of the state.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Maximum time between two messages.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells clients how many milliseconds to wait before reconnecting.
const RETRY_FIELD: &str = "retry: 1000\n\n";

/// Position in the order of all events: second, sequence number, step.
type EventCursor = (Seconds, u64, u8);

struct EventReader {
    store: Arc<Store>,
    /// Position up to which all events were sent.
    cursor: EventCursor,
    last_sent: Instant,
}

/// Streams events from now on, or after the `Last-Event-ID` of the request.
fn events(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let current = app
        .store
        .read(|document, now| Ok(current_cursor(document, now)))?;
    let seen = request.header("last-event-id").and_then(parse_cursor);
    let reader = EventReader {
        store: app.store.clone(),
        // A cursor in the future was never sent by this stream.
        cursor: seen.filter(|cursor| *cursor <= current).unwrap_or(current),
        last_sent: Instant::now(),
    };
    let first = stream::iter([Ok(RETRY_FIELD.to_owned())]);
    let rest = stream::unfold(reader, async |mut reader| {
        let text = reader.next().await.ok()?;
        Some((Ok::<_, Infallible>(text), reader))
    });
    let body = Body::from_stream(first.chain(rest));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl EventReader {
    /// Waits for the next text to send.
    async fn next(&mut self) -> Result<String, ApiError> {
        loop {
            let cursor = self.cursor;
            let (text, current) = self.store.read(|document, now| {
                let current = current_cursor(document, now).max(cursor);
                Ok((events_after(document, cursor, now), current))
            })?;
            self.cursor = current;
            let text = if text.is_empty() && self.last_sent.elapsed() >= KEEP_ALIVE {
                ": keep-alive\n\n".to_owned()
            } else {
                text
            };
            if !text.is_empty() {
                self.last_sent = Instant::now();
                return Ok(text);
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

/// The cursor after all events so far and before all future events.
fn current_cursor(document: &Document, now: Seconds) -> EventCursor {
    (now, document.sequence, u8::MAX)
}

/// Returns the events after a cursor that have happened, in order.
fn events_after(document: &Document, cursor: EventCursor, now: Seconds) -> String {
    let invocations = document.invocations.iter();
    let all = invocations.flat_map(|invocation| {
        invocation
            .events()
            .into_iter()
            .map(move |event| (invocation, event))
    });
    let mut new: Vec<(EventCursor, &Invocation, TimelineEvent)> = all
        .map(|(invocation, event)| ((event.at, event.sequence, event.step), invocation, event))
        .filter(|(at, ..)| *at > cursor && at.0 <= now)
        .collect();
    new.sort_by_key(|(at, ..)| *at);
    new.iter()
        .map(|(at, invocation, event)| encode_event(*at, invocation, event))
        .collect()
}

fn encode_event(
    (at, sequence, step): EventCursor,
    invocation: &Invocation,
    event: &TimelineEvent,
) -> String {
    let mut data = json!({
        "invocation_id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": event.status,
        "risk": tools::risk(&invocation.tool_name),
        "created_at": TimeEncoding::Rfc3339.encode(event.at),
    });
    if let Some(approval) = &invocation.approval {
        data["approval_id"] = approval.approval_id.as_str().into();
    }
    if let Some(execution) = invocation
        .execution
        .as_ref()
        .filter(|execution| execution.started_at <= event.at)
    {
        data["execution_id"] = execution.execution_id.as_str().into();
    }
    format!(
        "id: {at}-{sequence}-{step}\nevent: {}\ndata: {data}\n\n",
        event.name
    )
}

fn parse_cursor(id: &str) -> Option<EventCursor> {
    let mut parts = id.splitn(3, '-');
    let cursor = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    Some(cursor)
}
