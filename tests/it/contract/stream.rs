//! The event stream, whose response has no end and is therefore compared separately.

use std::io::{BufRead as _, BufReader};

use serde_json::Value;

use crate::contract::client;
use crate::contract::sandbox::Sandbox;
use crate::contract::shape;
use crate::contract::transcript::Transcript;

/// The fields of the first event of a feed, and its data.
fn event(lines: impl Iterator<Item = String>) -> (Vec<String>, Value) {
    let mut fields = Vec::new();
    let mut data = Value::Null;
    let begun = lines.skip_while(|line| !line.starts_with("id: "));
    for line in begun.take_while(|line| !line.is_empty()) {
        let (field, value) = line.split_once(": ").expect("a field");
        if field == "data" {
            data = serde_json::from_str(value).expect("JSON");
        }
        fields.push(field.to_owned());
    }
    (fields, data)
}

#[test]
fn client_sends_request() {
    let told = Transcript::read("exec_stream");
    let (asked, ended) = client::run(&told, "ndjson");
    // The documented feed ends, so the client takes it up again.
    client::request(&told, &asked[0]);
    assert_eq!(asked[0].header("last-event-id"), None);
    for again in &asked[1..] {
        client::request(&told, again);
        assert_eq!(again.header("last-event-id"), Some("1"));
    }
    assert_eq!(ended.status.code(), Some(told.exit), "{ended:#?}");
    let (_, data) = event(
        told.answer
            .bytes
            .as_deref()
            .unwrap_or_default()
            .lines()
            .map(str::to_owned),
    );
    let id = data["invocation_id"].as_str().expect("an id");
    assert!(ended.stdout.contains(id), "{ended:#?}");
}

#[test]
fn sandbox_returns_response() {
    let told = Transcript::read("exec_stream");
    let sandbox = Sandbox::start(&told);
    let mut lines = BufReader::new(sandbox.send(&told))
        .lines()
        .map_while(Result::ok);
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(head[0].starts_with("HTTP/1.1 200"), "{head:?}");
    assert!(
        head.iter()
            .any(|line| line.eq_ignore_ascii_case("content-type: text/event-stream")),
        "{head:?}"
    );
    // Something happens.
    sandbox.ask(&Transcript::read("exec_invoke"));
    let text = told.answer.bytes.unwrap_or_default();
    let (fields, data) = event(text.lines().map(str::to_owned));
    let (given_fields, given) = event(lines);
    assert_eq!(given_fields, fields);
    assert_eq!(shape::faults(&data, &given, &told.answer.may_be), [""; 0]);
}
