//! Pages of lists, which together are the list.

use std::collections::BTreeSet;

use xeroctl::sandbox::Options;

use crate::sandbox::http::{Client, Clock};

const LISTS: &[&str] = &[
    "/management/agents",
    "/management/agents/agt_abc123/events",
    "/management/join-keys",
    "/management/join-keys?include_terminal=true",
    "/exec/tools",
    "/exec/invocations",
    "/exec/executions",
    "/exec/approvals",
    "/exec/learnings?workspace_id=ws_a1b2c3d4",
];

#[test]
fn every_page_size_gives_the_same_list() {
    let client = Client::start(Clock::new().options());
    for list in LISTS {
        let whole = client.all(list, 100);
        assert!(whole.len() > 5, "{list}");
        assert_eq!(
            whole.iter().collect::<BTreeSet<_>>().len(),
            whole.len(),
            "{list}"
        );
        for size in [1, 7] {
            assert_eq!(client.all(list, size), whole, "{list} by {size}");
        }
    }
}

#[test]
fn default_page_has_twenty_items() {
    let client = Client::fresh();
    assert_eq!(client.get("/management/agents").ids().len(), 20);
    assert_eq!(client.get("/management/agents?limit=33").ids().len(), 33);
    let page = client.get("/management/agents?limit=100");
    assert_eq!(
        (page.ids().len(), page.json()["has_more"].as_bool()),
        (40, Some(false))
    );
}

#[test]
fn custom_page_size_is_a_maximum() {
    for (size, unasked, asked) in [(5, 5, 5), (30, 30, 30), (0, 1, 1), (1000, 40, 40)] {
        let client = Client::start(Options {
            page_size: size,
            ..Options::default()
        });
        assert_eq!(client.get("/management/agents").ids().len(), unasked);
        assert_eq!(
            client.get("/management/agents?limit=100").ids().len(),
            asked
        );
        assert_eq!(client.get("/management/agents?limit=1").ids().len(), 1);
        assert_eq!(client.all("/management/agents", 100).len(), 40);
    }
}

#[test]
fn cursor_continues_after_its_object() {
    let client = Client::start(Clock::new().options());
    for (list, cursor) in [
        ("/management/agents", "agt_abc123"),
        ("/management/agents/agt_abc123/events", "evt_xyz"),
        ("/management/join-keys", "jk_abc123"),
    ] {
        let whole = client.all(list, 100);
        let at = whole
            .iter()
            .position(|id| id == cursor)
            .expect("the documented id is in its list");
        assert!(at > 0 && at + 1 < whole.len());
        assert_eq!(
            client
                .get(&format!("{list}?limit=100&after={cursor}"))
                .ids(),
            whole[at + 1..]
        );
    }
}

#[test]
fn page_after_the_last_is_empty() {
    let client = Client::fresh();
    let last = client
        .all("/management/agents", 100)
        .pop()
        .expect("there are agents");
    let page = client
        .get(&format!("/management/agents?after={last}"))
        .json();
    assert_eq!(page["data"], serde_json::json!([]));
    assert!(page["first_id"].is_null() && page["last_id"].is_null());
    assert_eq!(page["has_more"], false);
}
