//! Prints lists of routes without pages or a cursor.

use std::borrow::Cow;

use super::pages::Fetched;
use super::show::PageWriter;
use super::{Scope, Session};
use crate::api::document::ListItem as _;
use crate::api::page::{ListEndpoint, ListParams, Page};
use crate::error::{Error, Exit};
use crate::json::{self, Members};
use crate::view::column::Column;

/// A summary of the list that was shown.
#[derive(Clone, Copy, Debug)]
pub struct ListSummary {
    /// The number of items.
    pub count: usize,
    /// Whether the response is an array without an envelope.
    pub is_bare: bool,
}

impl Session<'_> {
    /// Shows the items of a list that `keep` selects. `hide` masks each document that is shown as JSON; `summarize` is
    /// called once the list is written.
    pub async fn list_unpaged<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        keep: impl Fn(&L::Item) -> bool,
        hide: impl Fn(&str) -> String,
        summarize: impl FnOnce(ListSummary),
    ) -> Result<Exit, Error> {
        self.declare(columns)?;
        let mut pages = self.pages(listing, &ListParams::default(), Scope::Command);
        if self.is_dry() {
            self.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let Some(Fetched { page, .. }) = pages.next().await? else {
            return Ok(Exit::Success);
        };
        let is_json = self.render_options.format.has_documents();
        let kept = || {
            page.items().filter_map(|raw| {
                Some(match L::Item::read(raw) {
                    Some(item) if keep(&item) => Ok((raw, Some(item))),
                    Some(_) => return None,
                    // A program gets the server's JSON even if it can't be interpreted.
                    None if is_json => Ok((raw, None)),
                    None => Err(not_objects()),
                })
            })
        };
        let mut writer = PageWriter::new(self, columns, false);
        let is_written = writer.rows.whole(|| {
            let kept = kept().map(|kept| kept.map(|(raw, _)| raw));
            let kept = kept.collect::<Result<Vec<_>, _>>()?;
            let document = if kept.len() == page.count() {
                hide(page.document)
            } else {
                hide(&with_items(&page, L::MEMBER, kept.iter().copied()))
            };
            Ok((document, kept.len()))
        })?;
        if !is_written {
            writer.begin(&page, true)?;
            for kept in kept() {
                let (raw, item) = kept?;
                let raw = if is_json {
                    Cow::Owned(hide(raw))
                } else {
                    Cow::Borrowed(raw)
                };
                let value = || item.ok_or_else(not_objects);
                writer.rows.row::<L::Item>(&raw, value)?;
            }
            writer.finish(None, false)?;
        }
        summarize(ListSummary {
            count: writer.rows.count(),
            is_bare: page.bare,
        });
        Ok(Exit::Success)
    }
}

fn not_objects() -> Error {
    Error::unavailable("the list contains an item that is not an object")
}

/// The document of a page with its items replaced.
fn with_items<'a>(page: &Page<'_>, member: &str, items: impl Iterator<Item = &'a str>) -> String {
    let mut array = String::from("[");
    for item in items {
        if array.len() > 1 {
            array.push(',');
        }
        array.push_str(item);
    }
    array.push(']');
    if page.bare {
        return array;
    }
    let mut document = String::from("{");
    for (name, value) in Members::of(page.document) {
        let is_list = json::string(name) == member;
        if document.len() > 1 {
            document.push(',');
        }
        document.push_str(name);
        document.push(':');
        document.push_str(if is_list { &array } else { value });
    }
    document + "}"
}
