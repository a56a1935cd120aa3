//! Lists that come in one piece: no pages, no cursor.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::list::Writer;
use super::{ListText, Session};
use crate::api::page::{Listing, Page};
use crate::error::{Error, Exit};
use crate::json;
use crate::view::column::Column;

impl Session<'_> {
    /// Shows those items of a list that `keep` picks. `hide` is given each document before it is shown as JSON.
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn whole<L: Listing>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        text: &ListText,
        keep: impl Fn(&L::Item) -> bool,
        hide: impl Fn(&str) -> String,
    ) -> Result<Exit, Error> {
        let Some(mut page) = self.get_whole(listing).await? else {
            return Ok(Exit::Done);
        };
        let count = page.items.len();
        let mut items = Vec::with_capacity(count);
        let mut kept = Vec::with_capacity(count);
        for raw in std::mem::take(&mut page.items) {
            match serde_json::from_str::<L::Item>(raw.get()) {
                Ok(item) if keep(&item) => items.push(item),
                Ok(_) => continue,
                // A program gets the server's own words, understood or not.
                Err(_) if self.look.format.is_json() => {}
                Err(_) => {
                    return Err(Error::unavailable(
                        "the list holds something else than objects",
                    ));
                }
            }
            kept.push(raw);
        }
        let left_out = count - kept.len();
        if self.look.format.is_json() {
            let document = if left_out == 0 {
                hide(page.document.get())
            } else {
                hide(&with_items(&page, L::MEMBER, &kept))
            };
            page.document = raw(document)?;
            let hidden = kept.iter().map(|item| raw(hide(item.get())));
            kept = hidden.collect::<Result<_, _>>()?;
        }
        page.items = kept;
        self.write_page(&page, items, columns)?;
        if page.items.is_empty() {
            self.ui().note(text.empty);
        }
        Ok(Exit::Done)
    }

    /// Shows a list that has come already.
    ///
    /// # Errors
    /// When standard output can't be written; exit 17 when an item is not what is listed.
    pub fn show_page<T: DeserializeOwned>(
        &self,
        page: &Page,
        columns: &[Column<T>],
    ) -> Result<(), Error> {
        let items = page.items.iter();
        let items = items.map(|item| serde_json::from_str(item.get()));
        let items = items.collect::<Result<Vec<T>, _>>();
        let items = items.map_err(|error| {
            Error::unavailable("the list holds something else than it should").cause(error)
        })?;
        self.write_page(page, items, columns)
    }

    fn write_page<T>(
        &self,
        page: &Page,
        items: Vec<T>,
        columns: &[Column<T>],
    ) -> Result<(), Error> {
        let mut writer = Writer::new(self, columns, false);
        writer.page(page, items, true)?;
        writer.finish(None, false)
    }

    /// The page that a list in one piece comes as; none in a dry run, which prints the request instead.
    ///
    /// # Errors
    /// As [`Session::fetch`].
    pub async fn get_whole<L: Listing>(&self, listing: &L) -> Result<Option<Page>, Error> {
        let request = listing.request();
        if self.is_dry() {
            self.plan(&[request])?;
            return Ok(None);
        }
        Page::read::<L>(&self.read(&request).await?).map(Some)
    }
}

/// The document of a page with other items.
fn with_items(page: &Page, member: &str, items: &[Box<RawValue>]) -> String {
    let items: Vec<&str> = items.iter().map(|item| item.get()).collect();
    let items = format!("[{}]", items.join(","));
    if page.bare {
        return items;
    }
    let members = json::members(page.document.get()).unwrap_or_default();
    json::object(members.iter().map(|(name, value)| {
        let value = if name == member { &items } else { value.get() };
        (name.as_str(), value)
    }))
}

fn raw(json: String) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(json)
        .map_err(|error| Error::new(Exit::Other, "the list can't be shown").cause(error))
}
