//! The demo data of a new sandbox.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::sandbox::http::{Client, Clock, START, seconds};

fn agents(client: &Client) -> Vec<Value> {
    let list = client.get("/management/agents?limit=100").json();
    list["data"].as_array().expect("rows").clone()
}

#[test]
fn fleet_has_every_status_and_many_scripts() {
    let client = Client::fresh();
    let agents = agents(&client);
    assert_eq!(agents.len(), 40);
    let texts = |name: &str| -> BTreeSet<String> {
        agents
            .iter()
            .filter_map(|agent| agent[name].as_str().map(str::to_owned))
            .collect()
    };
    let statuses = texts("status");
    assert_eq!(
        statuses.iter().collect::<Vec<_>>(),
        ["active", "dead", "disconnected", "pending", "suspended"]
    );
    assert!(texts("region").len() >= 6);
    assert_eq!(texts("id").len(), 40);
    assert_eq!(texts("public_key").len(), 40);
    let names = texts("name").into_iter().collect::<String>();
    for character in ['京', 'é', '🚀', 'ع', 'ת', ' '] {
        assert!(names.contains(character), "{character}");
    }
    for agent in &agents {
        let key = agent["public_key"].as_str().expect("a key");
        assert_eq!(STANDARD.decode(key).map(|bytes| bytes.len()), Ok(32));
        let limited = agent["storage_limit_bytes"].is_u64();
        assert_eq!(agent["storage_limit_enabled"].as_bool(), Some(limited));
        assert!(seconds(&agent["created_at"]) <= seconds(&agent["updated_at"]));
    }
    assert!(
        agents.iter().any(|agent| agent["created_at"].is_i64()),
        "some times are Unix seconds"
    );
    assert!(agents.iter().any(|agent| agent["created_at"].is_string()));
}

#[test]
fn heartbeats_follow_the_clock() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let beats = || -> BTreeMap<String, (String, Value)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let rows = agents(&client).into_iter();
        rows.map(|agent| {
            (
                text(&agent["id"]),
                (text(&agent["status"]), agent["last_heartbeat"].clone()),
            )
        })
        .collect()
    };
    let before = beats();
    clock.forward(600);
    let mut lags = BTreeSet::new();
    for (id, (status, beat)) in beats() {
        match status.as_str() {
            "active" | "suspended" => {
                let lag = START + 600 - seconds(&beat);
                assert!((0..30).contains(&lag), "{id} {lag}");
                assert!(seconds(&beat) > seconds(&before[&id].1));
                lags.insert(lag);
            }
            "pending" => assert!(beat.is_null()),
            _ => {
                assert_eq!(beat, before[&id].1);
                assert!(START - seconds(&beat) > 3600);
            }
        }
    }
    assert!(lags.len() > 5, "not all in step: {lags:?}");
}

#[test]
fn histories_are_newest_first_with_varied_details() {
    let client = Client::start(Clock::new().options());
    let ids = client.all("/management/agents", 100);
    for id in &ids {
        let list = client
            .get(&format!("/management/agents/{id}/events?limit=100"))
            .json();
        let events = list["data"].as_array().expect("rows");
        assert!(!events.is_empty());
        let times: Vec<i64> = events
            .iter()
            .map(|event| seconds(&event["created_at"]))
            .collect();
        assert!(
            times.is_sorted_by(|newer, older| newer >= older) && times[0] <= START,
            "{id}"
        );
        assert_eq!(
            events.last().map(|event| &event["event_type"]),
            Some(&"agent.created".into())
        );
    }
    let list = client
        .get("/management/agents/agt_abc123/events?limit=100")
        .json();
    let events = list["data"].as_array().expect("rows");
    assert!(events.len() > 36);
    for form in [Value::is_string, Value::is_object, Value::is_null] {
        assert!(events.iter().any(|event| form(&event["details"])));
    }
}

#[test]
fn join_keys_have_every_status() {
    let client = Client::fresh();
    let list = client
        .get("/management/join-keys?limit=100&include_terminal=true")
        .json();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let rows = list["data"].as_array().expect("rows");
    for row in rows {
        *counts
            .entry(row["status"].as_str().expect("a status"))
            .or_default() += 1;
        assert!(row.get("token").is_none());
    }
    assert_eq!(
        counts.keys().copied().collect::<Vec<_>>(),
        ["active", "exhausted", "expired", "revoked"]
    );
    assert!(counts["active"] > 20, "the live ones alone need two pages");
    assert_eq!(
        client
            .all("/management/join-keys?include_terminal=false", 100)
            .len(),
        counts["active"]
    );
    let known = rows
        .iter()
        .find(|row| row["id"] == "jk_abc123")
        .expect("the documented key");
    assert_eq!(known["status"], "active");
}
