//! The live screen: its lines, its keys, and when there is none.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthChar as _;
use xeroctl::cmd::approvals::interactive::Choice;
use xeroctl::cmd::top::keys::{Effect, press};
use xeroctl::cmd::top::rows::{AgentRow, EventRow};
use xeroctl::cmd::top::screen;
use xeroctl::cmd::top::state::{Access, Mode, News, Panel, State};
use xeroctl::time::{TimeFormat, WireTime};
use xeroctl::ui::Terminals;
use xeroctl::ui::keyboard::Key;
use xeroctl::ui::stream::Size;
use xeroctl::view::{ClockSkew, Format, RenderOptions};

use crate::cli::shown::{sandbox, transcript};
use crate::support::Home;

const NOW: &str = "2026-11-22T12:00:00Z";

const SMALL: Size = Size {
    columns: 80,
    rows: 24,
};

fn now() -> WireTime {
    WireTime::read(NOW)
}

fn options(color: bool) -> RenderOptions {
    RenderOptions {
        format: Format::Table,
        filter: None,
        columns: None,
        width: Some(80),
        color,
        headers: true,
        time: TimeFormat::Relative,
        now: NOW.parse::<Timestamp>().expect("a time"),
        skew: ClockSkew::default(),
        zone: TimeZone::UTC,
        ascii: false,
    }
}

/// The objects that these documents describe.
fn read<T: serde::de::DeserializeOwned>(documents: impl IntoIterator<Item = Value>) -> Vec<T> {
    let read = |document: Value| serde_json::from_str(&document.to_string()).expect("an object");
    documents.into_iter().map(read).collect()
}

/// The agents that these documents describe.
fn agents(documents: impl IntoIterator<Item = Value>) -> Vec<AgentRow> {
    read(documents).into_iter().map(AgentRow::new).collect()
}

fn agent(index: usize, status: &str) -> Value {
    json!({
        "id": format!("agt_{index:012}"), "name": format!("gpu-worker-{index}"), "worker_id": format!("w-{index:03}"),
        "status": status, "region": "us-east", "last_heartbeat": format!("2026-11-22T11:59:{:02}Z", index % 60),
    })
}

fn approval(index: usize, risk: &str) -> Value {
    json!({
        "id": format!("apr_{index}"), "status": "pending", "risk": risk, "tool_name": "kubectl_drain",
        "workspace_id": "ws_1", "created_at": "2026-11-22T11:58:00Z",
        "expires_at": format!("2026-11-22T12:{:02}:00Z", 50 - index),
    })
}

fn run(index: usize, status: &str) -> Value {
    json!({
        "id": format!("inv_{index}"), "tool_name": "kubectl_get", "status": status, "workspace_id": "ws_1",
        "created_at": "2026-11-22T11:59:30Z",
    })
}

fn event(name: &str, status: &str) -> EventRow {
    EventRow {
        at: Some(WireTime::read("2026-11-22T11:59:58Z")),
        event: name.to_owned(),
        subject: Some("inv_7".to_owned()),
        invocation: Some("inv_7".to_owned()),
        name: Some("kubectl_get".to_owned()),
        status: Some(status.to_owned()),
    }
}

/// A fleet of which some needs attention.
fn fleet() -> State {
    let mut state = State::new("lab (acme-prod at api.example)".to_owned());
    let mut take = |news| state.take(news, &now());
    let statuses = (0..30).map(|index| match index {
        4 => agent(index, "dead"),
        9 | 12 => agent(index, "disconnected"),
        20 => agent(index, "draining"),
        _ => agent(index, "active"),
    });
    take(News::Agents(Ok((agents(statuses), false))));
    take(News::Runs(Ok((
        read([run(1, "running"), run(2, "queued")]),
        true,
    ))));
    let approvals = [approval(1, "destructive"), approval(2, "irreversible")];
    take(News::Approvals(Ok((read(approvals), false))));
    take(News::Connected);
    take(News::Event(Ok(event("exec.dispatched", "running"))));
    take(News::Event(Ok(event("exec.completed", "completed"))));
    state
}

fn shown(state: &State, size: Size) -> String {
    let lines = screen(state, size, &options(false));
    lines.join("\n") + "\n"
}

fn pressed(state: State, keys: &[Key]) -> (State, Effect) {
    keys.iter().fold((state, Effect::None), |(state, _), key| {
        press(state, *key, 6, &options(false))
    })
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

#[test]
fn the_screen_at_80_by_24_and_at_120_by_40() {
    let large = Size {
        columns: 120,
        rows: 40,
    };
    let fleet = fleet();
    insta::assert_snapshot!(format!(
        "{}=====\n{}",
        shown(&fleet, SMALL),
        shown(&fleet, large)
    ));
}

#[test]
fn panels_that_can_not_be_read_say_so() {
    let mut state = fleet();
    let why = "could not list approvals: HTTP 403 (scope_insufficient)".to_owned();
    state.take(News::Approvals(Err(Access::Refused(why))), &now());
    let why = "could not list agents: HTTP 503".to_owned();
    state.take(News::Agents(Err(Access::Failing(why))), &now());
    let why = "the router has no event stream".to_owned();
    state.take(News::Event(Err(Access::Refused(why))), &now());
    insta::assert_snapshot!(shown(&state, SMALL));
    let mut state = State::new("lab".to_owned());
    let why = "could not list agents: HTTP 503".to_owned();
    state.take(News::Agents(Err(Access::Failing(why))), &now());
    let text = shown(&state, SMALL);
    assert!(
        text.contains("not available: could not list agents") && !text.contains("none"),
        "{text}"
    );
}

#[test]
fn small_windows_show_the_panel_with_the_focus() {
    let (state, _) = pressed(fleet(), &[Key::Char('3')]);
    let size = Size {
        columns: 40,
        rows: 8,
    };
    insta::assert_snapshot!(shown(&state, size));
}

#[test]
fn the_filter_applies_to_all_panels_and_escape_clears_it() {
    let keys = [vec![Key::Char('/')], typed("drain"), vec![Key::Enter]].concat();
    let (state, effect) = pressed(fleet(), &keys);
    assert_eq!(effect, Effect::None);
    insta::assert_snapshot!(shown(&state, SMALL));
    let (state, _) = pressed(state, &[Key::Escape]);
    assert_eq!(state.filter, "");
    let keys = [vec![Key::Char('/')], typed("xq"), vec![Key::Backspace]].concat();
    let (state, _) = pressed(state, &keys);
    assert_eq!((state.filter.as_str(), &state.mode), ("x", &Mode::Filter));
    let (state, _) = pressed(state, &[Key::Backspace, Key::Backspace]);
    assert_eq!(state.mode, Mode::Lists);
}

#[test]
fn keys_lead_to_effects() {
    // The one that needs attention most is first.
    let (state, effect) = pressed(fleet(), &[Key::Enter]);
    assert_eq!(
        effect,
        Effect::Open(Panel::Agents, "agt_000000000004".to_owned())
    );
    let (_, effect) = pressed(
        state,
        &[
            Key::Escape,
            Key::Down,
            Key::End,
            Key::Home,
            Key::Char('j'),
            Key::Enter,
        ],
    );
    assert_eq!(
        effect,
        Effect::Open(Panel::Agents, "agt_000000000012".to_owned())
    );
    // The approval that expires first is first.
    for (key, choice) in [('a', Choice::Approve), ('r', Choice::Reject)] {
        let (_, effect) = pressed(fleet(), &[Key::Tab, Key::Tab, Key::Char(key)]);
        assert_eq!(effect, Effect::Decide("apr_2".to_owned(), choice));
        let opened = [Key::Char('3'), Key::Down, Key::Enter, Key::Char(key)];
        let (state, effect) = pressed(fleet(), &opened);
        assert_eq!(effect, Effect::Decide("apr_1".to_owned(), choice));
        assert_eq!(state.mode, Mode::Lists);
        let (state, effect) = pressed(fleet(), &[Key::Char(key)]);
        assert_eq!(effect, Effect::None);
        assert_eq!(
            state.remark.as_deref(),
            Some("select an approval first (3)")
        );
    }
    let (_, effect) = pressed(fleet(), &[Key::BackTab, Key::Enter]);
    assert_eq!(effect, Effect::Open(Panel::Runs, "inv_7".to_owned()));
    for keys in [
        &[Key::Char('q')][..],
        &[Key::Char('?'), Key::Char('q')],
        &[Key::Enter, Key::Char('q')],
        &[Key::Gone],
    ] {
        assert_eq!(pressed(fleet(), keys).1, Effect::Quit);
    }
    assert_eq!(pressed(fleet(), &[Key::Char('R')]).1, Effect::Refresh);
}

#[test]
fn an_opened_object_scrolls_and_its_text_comes_later() {
    let (mut state, _) = pressed(fleet(), &[Key::Enter]);
    let lines: Vec<String> = (0..40).map(|index| format!("line {index}")).collect();
    state.take(
        News::Detail("another".to_owned(), vec!["nothing".to_owned()]),
        &now(),
    );
    assert!(shown(&state, SMALL).contains("reading"));
    state.take(News::Detail("agt_000000000004".to_owned(), lines), &now());
    let (state, _) = pressed(state, &[Key::PageDown, Key::Down]);
    let text = shown(&state, SMALL);
    assert!(
        text.contains("line 7\n") && !text.contains("line 6\n"),
        "{text}"
    );
    let (state, _) = pressed(state, &[Key::Escape]);
    assert_eq!(state.mode, Mode::Lists);
}

#[test]
fn the_selection_follows_its_object() {
    let (mut state, _) = pressed(fleet(), &[Key::Down, Key::Down]);
    let before = state.selected(&options(false));
    let statuses = (0..30).rev().map(|index| match index {
        1 | 2 => agent(index, "dead"),
        9 | 12 => agent(index, "disconnected"),
        _ => agent(index, "active"),
    });
    state.take(News::Agents(Ok((agents(statuses), false))), &now());
    assert_eq!(state.selected(&options(false)), before);
    // What changed since the last read is an event.
    let text = shown(
        &state,
        Size {
            columns: 80,
            rows: 60,
        },
    );
    for (name, status) in [
        ("gpu-worker-1", "dead"),
        ("gpu-worker-4", "active"),
        ("gpu-worker-20", "active"),
    ] {
        let mut lines = text.lines().filter(|line| line.contains("agent.status"));
        assert!(
            lines.any(|line| line.contains(name) && line.ends_with(status)),
            "{name}: {text}"
        );
    }
}

#[test]
fn there_is_no_screen_without_a_terminal_or_for_programs() {
    let terminals = Terminals {
        input: true,
        output: true,
        error: true,
        width: Some(80),
    };
    let home = sandbox();
    let on = |home: &Home, line: &str| home.run_on(terminals, "", line);
    let accessible = sandbox()
        .with("XEROCTL_ACCESSIBLE", "1")
        .with("TERM", "xterm");
    let dumb = sandbox().with("TERM", "dumb");
    let runs = [
        home.run("top"),
        home.run("top -o json"),
        on(&home, "top --jq .id"),
        on(&home, "top --columns ID"),
        on(&home, "top --interval 1ms"),
        on(&accessible, "top"),
        on(&dumb, "top"),
        home.run("top --dry-run"),
    ];
    insta::assert_snapshot!(transcript(&runs));
}

/// Text without styles.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            let style: String = chars.by_ref().take_while(|c| *c != 'm').collect();
            assert!(
                style
                    .chars()
                    .all(|c| c == '[' || c == ';' || c.is_ascii_digit()),
                "{line:?}"
            );
        } else {
            out.push(c);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn lines_fit_any_window_and_hide_no_control_characters(
        columns in 1_usize..200,
        rows in 1_usize..70,
        texts in proptest::collection::vec(any::<String>(), 0..12),
        keys in proptest::collection::vec(prop_oneof![
            Just(Key::Tab), Just(Key::Down), Just(Key::End), Just(Key::Enter), Just(Key::Escape),
            any::<char>().prop_map(Key::Char),
        ], 0..12),
        color: bool,
    ) {
        let mut state = fleet();
        let documents = texts.iter().map(|text| json!({"id": text, "name": text, "status": text, "region": text}));
        state.take(News::Agents(Ok((agents(documents), true))), &now());
        if let Some(text) = texts.first() {
            state.place.clone_from(text);
            state.take(News::Event(Ok(event(text, text))), &now());
            state.take(News::Runs(Err(Access::Failing(text.clone()))), &now());
            state.take(News::Approvals(Err(Access::Refused(text.clone()))), &now());
        }
        let (state, _) = pressed(state, &keys);
        let size = Size { columns, rows };
        let lines = screen(&state, size, &options(color));
        prop_assert_eq!(lines.len(), rows);
        for line in &lines {
            let text = plain(line);
            prop_assert!(!text.chars().any(char::is_control), "{:?}", text);
            let width: usize = text.chars().map(|c| c.width().unwrap_or(0)).sum();
            prop_assert!(width <= columns, "{} > {}: {:?}", width, columns, text);
            prop_assert!(color || !line.contains(char::is_control), "{:?}", line);
        }
    }
}
