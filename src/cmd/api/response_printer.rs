//! Prints the response to `xeroctl api`: JSON in the selected format, everything else unchanged.

use serde_json::value::RawValue;

use crate::api::document;
use crate::api::page::{Cursor, ListEndpoint, Page};
use crate::api::request::Request;
use crate::api::response::{self, Response};
use crate::api::streaming_response::StreamingResponse;
use crate::cmd::byte_output::Stream;
use crate::error::{Error, RawResponse};
use crate::json;
use crate::sanitize;
use crate::session::{BodySink, Session};
use crate::view::column::{Cell, Column};

/// The maximum size of a JSON response, the same for every command.
const LARGEST: usize = 64 * 1024 * 1024;

/// A list of any JSON values.
pub(super) struct Anything(pub(super) Request);

impl ListEndpoint for Anything {
    type Item = Box<RawValue>;
    const ID: &'static [&'static str] = &["id", "name"];

    fn request(&self) -> Request {
        self.0.clone()
    }
}

/// The columns of a list of any JSON values.
pub(super) const ITEM: &[Column<Box<RawValue>>] = &[
    Column::id("ID", |item| {
        document::text_of(item.get(), Anything::ID).map_or(Cell::Absent, Cell::from)
    }),
    Column::text("ITEM", |item| Cell::from(json::compact(item.get()))),
];

/// Prints a response's status and headers, for `--include`.
pub(super) fn head(session: &Session<'_>, head: &str) -> Result<(), Error> {
    if session.ui().terminals().output {
        session.ui().print(&sanitize::block(head))
    } else {
        session.ui().print(head)
    }
}

/// Prints a complete response.
pub(super) fn response(
    session: &Session<'_>,
    response: &Response,
    include: bool,
) -> Result<(), Error> {
    if include {
        head(
            session,
            &response::head(response.version, response.status, &response.headers),
        )?;
    }
    if is_json(response.header("content-type")) {
        document(session, &response.body).map(drop)
    } else {
        bytes(session, &response.body)?;
        warn_unformatted(session, is_page(response.header("content-type")));
        Ok(())
    }
}

/// Notes that the output format was not applied. Warns about an HTML page, because it may come from a proxy instead of
/// the router.
fn warn_unformatted(session: &Session<'_>, is_page: bool) {
    let ui = session.ui();
    if is_page {
        ui.warn("the response is an HTML page, perhaps from a proxy; printed unchanged");
    } else if session.is_format_chosen {
        ui.note("the response is not JSON; printed unchanged");
    }
}

/// Whether the content type is HTML.
fn is_page(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
}

/// Prints an error response unchanged.
pub(super) fn error_response(session: &Session<'_>, response: &RawResponse) -> Result<(), Error> {
    head(session, &response.head)?;
    if json_of(&response.body).is_some() {
        document(session, &response.body).map(drop)
    } else {
        bytes(session, &response.body)
    }
}

/// The body as JSON text, or `None` if it is not JSON. An empty body is `{}`.
fn json_of(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']);
    let text = if text.is_empty() { "{}" } else { text };
    json::check(text).is_ok().then_some(text)
}

fn bytes(session: &Session<'_>, bytes: &[u8]) -> Result<(), Error> {
    let mut stream = Stream::new(session.ui(), false);
    stream.put(bytes)?;
    stream.finish()
}

/// Prints a body that may be JSON; other bodies are printed unchanged. For a page of a list, returns the cursor to the
/// next one.
fn document(session: &Session<'_>, body: &[u8]) -> Result<Option<Cursor>, Error> {
    let Some(text) = json_of(body) else {
        bytes(session, body)?;
        session
            .ui()
            .warn("the response is not JSON; printed unchanged");
        return Ok(None);
    };
    let page = Page::of::<Anything>(text);
    let more = page.as_ref().and_then(Page::more);
    let more = more.filter(Cursor::is_usable);
    if let Some(page) = page {
        session.show_page(&page, ITEM)?;
        return Ok(more);
    }
    let id = document::text_of(text, Anything::ID);
    session.show_document(text, id.as_deref())?;
    Ok(more)
}

/// Whether the content type is JSON. Without a content type, the body may be JSON.
fn is_json(kind: Option<&str>) -> bool {
    let Some(kind) = kind else {
        return true;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

/// Prints the response to a read: JSON once it is complete, everything else as it arrives.
pub(super) struct ResponsePrinter<'a> {
    session: &'a Session<'a>,
    include: bool,
    /// The JSON received so far; `None` if the response is not JSON.
    kept: Option<Vec<u8>>,
    /// The status and headers of a JSON response.
    head: Option<Response>,
    stream: Stream<'a>,
    began: bool,
    is_page: bool,
    /// The last bytes received, if they may be the start of a key.
    held: Vec<u8>,
}

impl<'a> ResponsePrinter<'a> {
    /// A printer before the first bytes.
    pub(super) fn new(session: &'a Session<'a>, include: bool) -> Self {
        Self {
            session,
            include,
            kept: None,
            head: None,
            stream: Stream::new(session.ui(), false),
            began: false,
            is_page: false,
            held: Vec::new(),
        }
    }

    /// Prints a JSON response. For a page of a list, returns the cursor to the next one.
    ///
    /// # Errors
    /// If standard output can't be written, or if the response contains an error despite its success status.
    pub(super) fn finish(mut self, request: &Request) -> Result<Option<Cursor>, Error> {
        if let (Some(body), Some(response)) = (self.kept, self.head) {
            let body = self.session.ui().redact_bytes(body);
            let response = response.with_body(body);
            self.session.check(request, &response)?;
            if self.include {
                let text = response::head(response.version, response.status, &response.headers);
                head(self.session, &text)?;
            }
            return document(self.session, &response.body);
        }
        self.stream.put(&self.held)?;
        self.stream.finish()?;
        warn_unformatted(self.session, self.is_page);
        Ok(None)
    }
}

impl BodySink for ResponsePrinter<'_> {
    fn begin(&mut self, incoming: &StreamingResponse) -> Result<(), Error> {
        self.is_page = is_page(incoming.header("content-type"));
        if is_json(incoming.header("content-type")) {
            self.kept = Some(Vec::new());
            self.head = Some(incoming.with_body(Vec::new()));
            return Ok(());
        }
        // It may be a stream of events.
        self.session.ui().stop_paging();
        if self.include && !std::mem::replace(&mut self.began, true) {
            let text = response::head(incoming.version, incoming.status, &incoming.headers);
            head(self.session, &text)?;
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.kept {
            Some(kept) if kept.len() + bytes.len() > LARGEST => {
                Err(Error::unavailable("the response is larger than 64 MiB"))
            }
            Some(kept) => {
                kept.extend_from_slice(bytes);
                Ok(())
            }
            None => {
                let bytes = self.session.ui().redact_piece(&mut self.held, bytes);
                self.stream.put(&bytes)
            }
        }
    }

    fn restart(&mut self) -> bool {
        let kept = self.kept.as_mut();
        kept.map(Vec::clear).is_some()
    }
}
