//! Finds one join key in the list, because the router has no route to a single key.

use crate::api::Id;
use crate::api::join_keys::{JoinKey, List};
use crate::api::page::ListParams;
use crate::cmd::suggestions::{self, Group};
use crate::error::{Error, Exit};
use crate::session::{Scope, Session, described};

/// Shows one key as a document. The router cannot return a single key, so the documented list is searched for it, and
/// then all pages, revoked and expired keys included.
///
/// # Errors
/// Exit 5 if neither contains the key.
pub(super) async fn show(session: &Session<'_>, id: &Id, span: &ListParams) -> Result<Exit, Error> {
    let everything = ListParams {
        all: true,
        ..ListParams::default()
    };
    for (include_terminal, span) in [(false, span), (true, &everything)] {
        let list = List { include_terminal };
        let mut pages = session.pages(&list, span, Scope::Command);
        while let Some(fetched) = pages.next().await? {
            for raw in fetched.page.items() {
                let key = serde_json::from_str::<JoinKey>(raw);
                if key.is_ok_and(|key| key.id.as_deref() == Some(id.as_str())) {
                    session.show_document(raw, Some(id.as_str()))?;
                    return Ok(Exit::Success);
                }
            }
        }
    }
    Err(
        Error::new(Exit::NotFound, format!("join key {id} was not found")).next(
            "list all join keys",
            "agents join-keys --include-terminal --all",
        ),
    )
}

/// The notice whether the list holds the requested key. It is printed once, before the list.
pub(super) struct Notice<'a> {
    id: &'a Id,
    /// Suggestions if the ID is a word such as `add`.
    words: &'static Group,
    shown: bool,
    /// Whether the list contains every key.
    is_all: bool,
}

impl<'a> Notice<'a> {
    pub(super) fn new(id: &'a Id, words: &'static Group, is_all: bool) -> Self {
        Self {
            id,
            words,
            shown: false,
            is_all,
        }
    }

    pub(super) fn see(
        &mut self,
        session: &Session<'_>,
        keys: &mut dyn Iterator<Item = JoinKey>,
        last: bool,
    ) {
        if self.shown {
            return;
        }
        let id = self.id;
        let mut keys = keys;
        let key = (&mut keys).find(|key| key.id.as_deref() == Some(id.as_str()));
        let ui = session.ui();
        if let Some(key) = &key {
            let status = key.status.as_deref().unwrap_or("unknown");
            ui.note(&format!(
                "found {id}: status {status} (the router has no route to a single join key, so this is the list)"
            ));
        } else if last {
            ui.note(&format!(
                "{id} is not in this list (the router has no route to a single join key)"
            ));
            if !self.is_all {
                ui.next(
                    "search all join keys",
                    "agents join-keys --include-terminal --all",
                );
            }
            if let Some(meant) = suggestions::not_an_id(self.words, id.as_str()) {
                ui.hint(&meant);
            }
        }
        self.shown = last || key.is_some();
    }
}

/// A join key as a prompt names it. The router has no route to a single key, so the list is searched if there will be a
/// prompt.
pub(super) async fn subject(session: &Session<'_>, id: &Id, forced: bool) -> Result<String, Error> {
    let bare = format!("join key {id}");
    if !session.will_prompt(forced) {
        return Ok(bare);
    }
    match find(session, id).await {
        Ok(Some(key)) => {
            let facts = [key.status.as_ref(), key.region.as_ref()];
            let key = described("", id, key.name.as_ref(), &facts);
            Ok(format!("join key {}", key.trim_start()))
        }
        Ok(None) => {
            session
                .ui()
                .note(&format!("{id} was not found in the list of join keys"));
            Ok(bare)
        }
        Err(error) => session.skip_read(id, error).map(|()| bare),
    }
}

/// The maximum number of pages to search for one key's name.
const MOST_PAGES: usize = 10;

async fn find(session: &Session<'_>, id: &Id) -> Result<Option<JoinKey>, Error> {
    let list = List {
        include_terminal: true,
    };
    let span = ListParams {
        all: true,
        ..ListParams::default()
    };
    let mut pages = session.pages(list, &span, Scope::Command);
    for _ in 0..MOST_PAGES {
        let Some(fetched) = pages.next().await? else {
            break;
        };
        let items = fetched.page.items();
        let mut keys = items.filter_map(|item| serde_json::from_str::<JoinKey>(item).ok());
        if let Some(key) = keys.find(|key| key.id.as_deref() == Some(id.as_str())) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}
