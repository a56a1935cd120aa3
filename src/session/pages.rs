//! The pages of a list, requested one after another.

use std::pin::Pin;

use super::{Scope, Session};
use crate::api::document::ListItem;
use crate::api::page::{Cursor, ListEndpoint, ListParams, Page};
use crate::api::paginator::{PageStep, Paginator, Position};
use crate::api::request::Request;
use crate::api::response::Response;
use crate::error::Error;
use crate::ui::progress::{Progress, Unit};

/// The pages of a list: an asynchronous iterator that lends each page.
pub struct Pages<'s, L> {
    session: &'s Session<'s>,
    list: L,
    scope: Scope,
    /// The state after the pages so far.
    pub walk: Paginator,
    /// The position before the last page.
    before: Position,
    response: Option<Response>,
    /// The request for the next page, sent while this one is shown.
    ahead: Option<PageRequest<'s>>,
    /// Whether to send it ahead.
    reads_ahead: bool,
    /// The last page was read.
    pub is_over: bool,
    /// The cursor to more of the list behind the last page.
    pub more: Option<Cursor>,
    /// How many items were read, if the list is read to its end.
    progress: Progress,
}

/// A sent request for a page.
type PageRequest<'s> = Pin<Box<dyn Future<Output = Result<Response, Error>> + 's>>;

/// The number of turns of the scheduler that send a request, or process the data received for it.
const TURNS: usize = 3;

/// One page of a list.
pub struct Fetched<'a> {
    /// The page, cut to the items that are wanted.
    pub page: Page<'a>,
    /// No other page follows.
    pub is_last: bool,
    response: &'a Response,
}

impl Fetched<'_> {
    /// Reads an item of the page.
    ///
    /// # Errors
    /// Exit 17 if it is not an object.
    pub fn read<T: ListItem>(&self, item: &str) -> Result<T, Error> {
        T::read(item).ok_or_else(|| {
            self.response
                .undecodable("a list with an item that is not an object")
        })
    }
}

impl Session<'_> {
    /// The pages of a list. In a [`Scope::Caller`], the caller handles the deadline and signals.
    pub fn pages<L: ListEndpoint>(&self, list: L, span: &ListParams, scope: Scope) -> Pages<'_, L> {
        let walk = Paginator::new(span);
        let progress = if span.all && scope == Scope::Command && self.ui().has_own_output() {
            let action = list.request().action;
            let interrupt = &self.context.interrupt;
            self.ui().progress(interrupt, &action, Unit::Items)
        } else {
            Progress::none()
        };
        Pages {
            session: self,
            list,
            scope,
            before: walk.snapshot(),
            walk,
            response: None,
            ahead: None,
            reads_ahead: false,
            is_over: false,
            more: None,
            progress,
        }
    }
}

impl<L: ListEndpoint> Pages<'_, L> {
    /// The request for the next page.
    pub fn request(&self) -> Request {
        self.walk.request(self.list.request())
    }

    /// The same, with each page requested while the one before is shown: for a list that is read to its end.
    pub fn ahead(mut self) -> Self {
        self.reads_ahead = true;
        self
    }

    /// The response to the request for the next page.
    async fn response(&mut self) -> Result<Response, Error> {
        let Some(mut ahead) = self.ahead.take() else {
            return self.session.response(&self.request(), self.scope).await;
        };
        // Showing a page may have taken long, so data received meanwhile is processed before any limit applies.
        take_turns().await;
        self.session.finish_read(&mut ahead, self.scope).await
    }

    /// Requests the next page; none after the last one.
    ///
    /// # Errors
    /// Exit 17 if the response is not a page or the list does not end; otherwise as the request.
    pub async fn next(&mut self) -> Result<Option<Fetched<'_>>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let response = self.response().await?;
        let response = &*self.response.insert(response);
        let mut page = Page::read::<L>(response)?;
        self.before = self.walk.snapshot();
        self.progress.add(page.count() as u64);
        match self.walk.take(&mut page)? {
            PageStep::Next if self.reads_ahead => {
                let request = self.walk.request(self.list.request());
                self.ahead = Some(send_ahead(self.session, request, self.scope).await?);
            }
            PageStep::Next => {}
            PageStep::Last(more) => {
                self.is_over = true;
                self.more = more;
            }
        }
        Ok(Some(Fetched {
            page,
            is_last: self.is_over,
            response,
        }))
    }

    /// All items of the pages that are left, as far as they can be read.
    pub async fn collect(mut self) -> Result<Vec<L::Item>, Error> {
        let mut items = Vec::new();
        while let Some(Fetched { page, .. }) = self.next().await? {
            items.extend(page.items().filter_map(L::Item::read));
        }
        Ok(items)
    }

    /// Returns to the position after the first `count` items of the last page, the last of which has this cursor.
    pub fn abort(&mut self, count: usize, cursor: Option<Cursor>) {
        self.walk.abort(self.before.clone(), count, cursor);
    }
}

/// Lets the connections make progress.
async fn take_turns() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

/// Sends the request for a page, without waiting for its response.
async fn send_ahead<'s>(
    session: &'s Session<'s>,
    request: Request,
    scope: Scope,
) -> Result<PageRequest<'s>, Error> {
    // The connection of the last page is to be used again.
    take_turns().await;
    let mut ahead: PageRequest<'s> = Box::pin(session.begin_read(request, scope)?);
    for _ in 0..TURNS {
        tokio::select! {
            biased;
            response = &mut ahead => return Ok(Box::pin(std::future::ready(response))),
            () = tokio::task::yield_now() => {}
        }
    }
    Ok(ahead)
}
