//! The answer to a request that somebody composed: JSON in the format of the line, everything else as it came.

use serde_json::value::RawValue;

use crate::api::answer::{self, Answer};
use crate::api::document::Document;
use crate::api::incoming::Incoming;
use crate::api::page::{Listing, Page};
use crate::api::request::Request;
use crate::cmd::bytes::Stream;
use crate::error::{Error, Refusal};
use crate::json;
use crate::sanitise;
use crate::session::{Receiver, Session};
use crate::view::Format;
use crate::view::column::{Cell, Column};

/// No JSON that is kept whole is larger, as everywhere else.
const LARGEST: usize = 64 * 1024 * 1024;

/// A list of anything.
pub(super) struct Anything(pub(super) Request);

impl Listing for Anything {
    type Item = Box<RawValue>;
    const ID: &'static [&'static str] = &["id", "name"];

    fn request(&self) -> Request {
        self.0.clone()
    }
}

/// The columns of a list of anything.
pub(super) const ITEM: &[Column<Box<RawValue>>] = &[
    Column::id("ID", |item| {
        let document = serde_json::from_str::<Document>(item.get()).ok();
        let id = document.and_then(|document| document.text(Anything::ID));
        id.map_or(Cell::Absent, Cell::from)
    }),
    Column::text("ITEM", |item| Cell::from(json::compact(item.get()))),
];

/// Shows the head of an answer, for `--include`.
pub(super) fn head(session: &Session<'_>, head: &str) -> Result<(), Error> {
    // A server may repeat what it was sent.
    let head = session.ui().conceal(head);
    if session.ui().terminals().output {
        session.ui().print(&sanitise::block(&head))
    } else {
        session.ui().print(&head)
    }
}

/// Shows an answer that has come whole.
pub(super) fn answer(session: &Session<'_>, answer: &Answer, include: bool) -> Result<(), Error> {
    if include {
        head(
            session,
            &answer::head(answer.version, answer.status, &answer.headers),
        )?;
    }
    if is_json(answer.header("content-type")) {
        document(session, &answer.body).map(drop)
    } else {
        bytes(session, &answer.body)?;
        tell_unformatted(session);
        Ok(())
    }
}

/// Says that the format of the line does not count.
fn tell_unformatted(session: &Session<'_>) {
    if session.is_format_chosen {
        session
            .ui()
            .note("the answer is no JSON: it is shown as it came");
    }
}

/// Shows the answer to a request that was refused, as it came.
pub(super) fn refusal(session: &Session<'_>, refusal: &Refusal) -> Result<(), Error> {
    head(session, &refusal.head)?;
    if json_of(&refusal.body).is_some() {
        document(session, &refusal.body).map(drop)
    } else {
        bytes(session, &refusal.body)
    }
}

/// The JSON that a body is; an empty one is `{}`.
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

/// Shows a body that may be JSON. One that is none stays as it came. Returns the cursor to what follows where it is a page
/// of a list that goes on.
fn document(session: &Session<'_>, body: &[u8]) -> Result<Option<String>, Error> {
    let Some(text) = json_of(body) else {
        bytes(session, body)?;
        session
            .ui()
            .warn("the answer is no JSON: it is shown as it came");
        return Ok(None);
    };
    let page = Page::of::<Anything>(text);
    let more = page.as_ref().and_then(Page::more);
    if let Some(page) = page.filter(|_| session.look.format != Format::Json) {
        session.show_page(&page, ITEM)?;
        return Ok(more);
    }
    let id = serde_json::from_str::<Document>(text).ok();
    let id = id.and_then(|document| document.text(Anything::ID));
    if session.look.format != Format::Name || id.is_some() {
        session.show_object(text, &id.unwrap_or_default())?;
    }
    Ok(more)
}

/// Whether a body is JSON by its head. One that does not say may be.
fn is_json(kind: Option<&str>) -> bool {
    let Some(kind) = kind else {
        return true;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

/// Takes the answer to a read: JSON is kept until it is whole, everything else is shown as it comes.
pub(super) struct Taker<'a> {
    session: &'a Session<'a>,
    include: bool,
    /// The JSON that came so far; none where the answer is no JSON.
    kept: Option<Vec<u8>>,
    stream: Stream<'a>,
    began: bool,
}

impl<'a> Taker<'a> {
    /// Takes nothing yet.
    #[must_use]
    pub(super) fn new(session: &'a Session<'a>, include: bool) -> Self {
        Self {
            session,
            include,
            kept: None,
            stream: Stream::new(session.ui(), false),
            began: false,
        }
    }

    /// Shows what was kept. Returns the cursor to what follows where it is a page of a list that goes on.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub(super) fn finish(self) -> Result<Option<String>, Error> {
        if let Some(body) = self.kept {
            return document(self.session, &body);
        }
        self.stream.finish()?;
        tell_unformatted(self.session);
        Ok(None)
    }
}

impl Receiver for Taker<'_> {
    fn begin(&mut self, incoming: &Incoming) -> Result<(), Error> {
        if is_json(incoming.header("content-type")) {
            self.kept = Some(Vec::new());
        }
        if self.include && !std::mem::replace(&mut self.began, true) {
            let text = answer::head(incoming.version, incoming.status, &incoming.headers);
            head(self.session, &text)?;
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.kept {
            Some(kept) if kept.len() + bytes.len() > LARGEST => {
                Err(Error::unavailable("the answer is larger than 64 MiB"))
            }
            Some(kept) => {
                kept.extend_from_slice(bytes);
                Ok(())
            }
            None => self.stream.put(bytes),
        }
    }

    fn restart(&mut self) -> bool {
        let kept = self.kept.as_mut();
        kept.map(Vec::clear).is_some()
    }
}
