//! `/exec/executions/stream`: what happens to calls, as Server-Sent Events.
//!
//! Nothing tells this process what others write, so it looks at the state again and again. An event's id is its place
//! in the order of all events: the second in which it happens, the write that settled it, its step. Since a write
//! settles only what is yet to come, an id that was sent is greater than all that had come before it.

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

use super::app::{App, Route};
use super::call::Call;
use super::clock::Seconds;
use super::course::Moment;
use super::reply::{Answer, Refusal};
use super::state::{Document, Invocation};
use super::store::Store;
use super::tools;

pub(super) const ROUTES: &[Route] = &[(MethodFilter::GET, "/exec/executions/stream", events)];

/// How long to wait before looking again.
const LOOK: Duration = Duration::from_millis(200);

/// How long to be silent at most.
const SILENCE: Duration = Duration::from_secs(15);

/// Tells the client how many milliseconds to wait before it connects again.
const HELLO: &str = "retry: 1000\n\n";

/// A place in the order of all events.
type Place = (Seconds, u64, u8);

struct Reader {
    store: Arc<Store>,
    /// What was sent last, or could have been.
    place: Place,
    spoke: Instant,
}

/// From now on, or from behind the event that the client saw last.
fn events(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let here = app.store.read(|document, now| Ok(present(document, now)))?;
    let seen = call.header("last-event-id").and_then(parse);
    let reader = Reader {
        store: app.store.clone(),
        // An event that is yet to come was never sent from here.
        place: seen.filter(|place| *place <= here).unwrap_or(here),
        spoke: Instant::now(),
    };
    let hello = stream::iter([Ok(HELLO.to_owned())]);
    let rest = stream::unfold(reader, async |mut reader| {
        let text = reader.next().await.ok()?;
        Some((Ok::<_, Infallible>(text), reader))
    });
    let body = Body::from_stream(hello.chain(rest));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl Reader {
    /// What there is to send next, sooner or later.
    async fn next(&mut self) -> Result<String, Refusal> {
        loop {
            let place = self.place;
            let (text, here) = self.store.read(|document, now| {
                let here = present(document, now).max(place);
                Ok((since(document, place, now), here))
            })?;
            self.place = here;
            let text = if text.is_empty() && self.spoke.elapsed() >= SILENCE {
                ": keep-alive\n\n".to_owned()
            } else {
                text
            };
            if !text.is_empty() {
                self.spoke = Instant::now();
                return Ok(text);
            }
            sleep(LOOK).await;
        }
    }
}

/// Behind all that has happened, before all that is yet to come or to be written.
fn present(document: &Document, now: Seconds) -> Place {
    (now, document.sequence, u8::MAX)
}

/// The events behind a place that have happened, in their order.
fn since(document: &Document, place: Place, now: Seconds) -> String {
    let calls = document.invocations.iter();
    let all = calls.flat_map(|call| call.moments().into_iter().map(move |moment| (call, moment)));
    let mut new: Vec<(Place, &Invocation, Moment)> = all
        .map(|(call, moment)| ((moment.at, moment.sequence, moment.step), call, moment))
        .filter(|(at, ..)| *at > place && at.0 <= now)
        .collect();
    new.sort_by_key(|(at, ..)| *at);
    new.iter()
        .map(|(at, call, moment)| event(*at, call, moment))
        .collect()
}

fn event((at, sequence, step): Place, call: &Invocation, moment: &Moment) -> String {
    let mut data = json!({
        "invocation_id": call.id,
        "tool_name": call.tool_name,
        "workspace_id": call.workspace_id,
        "status": moment.status,
        "risk": tools::risk(&call.tool_name),
    });
    if let Some(gate) = &call.gate {
        data["approval_id"] = gate.approval_id.as_str().into();
    }
    if let Some(run) = call.run.as_ref().filter(|run| run.started_at <= moment.at) {
        data["execution_id"] = run.execution_id.as_str().into();
    }
    format!(
        "id: {at}-{sequence}-{step}\nevent: {}\ndata: {data}\n\n",
        moment.name
    )
}

fn parse(id: &str) -> Option<Place> {
    let mut parts = id.splitn(3, '-');
    let place = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    Some(place)
}
