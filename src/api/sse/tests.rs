//! Tests of the parser for server-sent events, with any chunk boundaries.

use std::time::Duration;

use proptest::prelude::*;

use super::{Event, LONGEST_ID, Parser};

fn event(id: Option<&str>, name: &str, data: &str) -> Event {
    Event {
        id: id.map(str::to_owned),
        name: name.to_owned(),
        data: data.to_owned(),
    }
}

fn parse(text: &str) -> Vec<Event> {
    Parser::default().take(text.as_bytes())
}

#[test]
fn fields_form_events() {
    let text = "\u{feff}: hello\nretry: 1500\n\nid: 7\nevent: exec.completed\ndata: {\ndata:  \"a\": 1}\n\n\
                data\n\nid\ndata:x\n\nevent: alone\n\nid: 8\n\nfoo: bar\ndata: y\n\ndata: never ended";
    assert_eq!(
        parse(text),
        [
            event(Some("7"), "exec.completed", "{\n \"a\": 1}"),
            event(Some("7"), "message", ""),
            event(None, "message", "x"),
            event(Some("8"), "message", "y"),
        ]
    );
    let mut parser = Parser::default();
    parser.take(text.as_bytes());
    assert_eq!(parser.retry(), Some(Duration::from_millis(1500)));
    assert_eq!(parser.last_id(), Some("8"));
}

#[test]
fn accepts_every_line_ending() {
    let expected = [
        event(Some("1"), "a", "x\ny"),
        event(Some("1"), "message", "z"),
    ];
    let text = "id: 1\nevent: a\ndata: x\ndata: y\n\ndata: z\n\n";
    assert_eq!(parse(text), expected);
    assert_eq!(parse(&text.replace('\n', "\r")), expected);
    assert_eq!(parse(&text.replace('\n', "\r\n")), expected);
}

#[test]
fn id_survives_reconnection() {
    let mut parser = Parser::default();
    parser.take(b"retry: 1500\nid: 41\ndata: w\n\nid: 42\ndata: cut");
    let mut parser = parser.again();
    assert_eq!(parser.retry(), Some(Duration::from_millis(1500)));
    assert_eq!(
        parser.take(b"data: x\n\n"),
        [event(Some("41"), "message", "x")]
    );
}

#[test]
fn drops_incomplete_events() {
    let mut parser = Parser::default();
    parser.take(b"id: 1\ndata: x\n\nid: 2\nevent: e\ndata: y\n");
    assert_eq!(parser.last_id(), Some("1"));
    parser.take(b"\nid: 3\n\n");
    assert_eq!(parser.last_id(), Some("3"));
}

#[test]
fn ignores_ids_with_nul() {
    let mut parser = Parser::default();
    let events = parser.take(b"id: 1\ndata: x\n\nid: a\0b\ndata: y\n\n");
    assert_eq!(events[1], event(Some("1"), "message", "y"));
    assert_eq!(parser.last_id(), Some("1"));
}

#[test]
fn rejects_endless_lines() {
    let mut parser = Parser::default();
    for _ in 0..5 {
        parser.take(&vec![b'x'; 1024 * 1024]);
    }
    assert!(parser.is_broken());
}

proptest! {
    #[test]
    fn chunk_boundaries_do_not_matter(
        lines in proptest::collection::vec("(data|id|event|retry|:)?(: ?)?[a-z0-9é]{0,6}", 0..20),
        end in prop_oneof![Just("\n"), Just("\r"), Just("\r\n")],
        cuts in proptest::collection::vec(1_usize..7, 1..60),
    ) {
        let text = lines.join(end) + end + end;
        let mut parser = Parser::default();
        let mut rest = text.as_bytes();
        let mut events = Vec::new();
        for cut in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            events.extend(parser.take(piece));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(events, parse(&text));
    }

    #[test]
    fn accepts_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        Parser::default().take(&bytes);
    }
}

#[test]
fn drops_endless_ids() {
    let mut parser = Parser::default();
    let long = "9".repeat(LONGEST_ID + 1);
    let events = parser.take(format!("id: a\ndata: x\n\nid: {long}\ndata: y\n\n").as_bytes());
    let ids: Vec<_> = events.iter().map(|event| event.id.as_deref()).collect();
    assert_eq!(ids, [Some("a"), Some("a")]);
    assert_eq!(parser.last_id(), Some("a"));
    parser.take(format!("id: {}\ndata: z\n\n", &long[1..]).as_bytes());
    assert_eq!(parser.last_id(), Some(&long[1..]));
}
