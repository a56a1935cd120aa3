//! `xeroctl join-keys wait`. The router has no route to a single key, so the whole list is read each time.

use super::join_key_columns::JOIN_KEY;
use crate::api::Id;
use crate::api::join_keys::{JoinKey, List, STATUSES};
use crate::api::page::ListParams;
use crate::cmd::wait::{Reading, Snapshot, WaitArgs, Watched};
use crate::error::{Error, Exit};
use crate::session::{Scope, Session};

/// Join keys.
struct JoinKeys;

const ALL: List = List {
    include_terminal: true,
};

fn everything() -> ListParams {
    ListParams {
        all: true,
        ..ListParams::default()
    }
}

impl Watched for JoinKeys {
    type Item = JoinKey;
    const NOUN: &'static str = "join key";
    const STATUSES: &'static [&'static str] = STATUSES;

    async fn read(
        &self,
        session: &Session<'_>,
        id: &Id,
    ) -> Result<Option<Reading<JoinKey>>, Error> {
        let mut pages = session.pages(&ALL, &everything(), Scope::Command);
        while let Some(fetched) = pages.next().await? {
            for raw in fetched.page.items() {
                let item: JoinKey = fetched.read(raw)?;
                if item.id.as_deref() == Some(id.as_str()) {
                    let document = raw.to_owned();
                    return Ok(Some(Reading { item, document }));
                }
            }
        }
        Ok(None)
    }

    fn snapshot(key: &JoinKey) -> Snapshot {
        Snapshot {
            status: key.status.clone(),
            is_paused: None,
        }
    }
}

/// Waits for a key.
///
/// # Errors
/// As [`WaitArgs::run`].
pub(super) async fn wait(session: &Session<'_>, id: &Id, args: &WaitArgs) -> Result<Exit, Error> {
    session.declare(JOIN_KEY)?;
    if session.is_dry() {
        let pages = session.pages(&ALL, &everything(), Scope::Command);
        session.plan(&[pages.request()])?;
        return Ok(Exit::Success);
    }
    let ids = std::slice::from_ref(id);
    args.run(session, &JoinKeys, ids, JOIN_KEY).await
}
