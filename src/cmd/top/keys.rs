//! What keys do: a function from the state and a key to the next state and an effect.

use super::state::{Detail, Mode, Panel, State};
use crate::cmd::approvals::interactive::Choice;
use crate::ui::keyboard::Key;
use crate::view::RenderOptions;

/// What a key does beyond the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The command ends.
    Quit,
    /// Everything is read again.
    Refresh,
    /// An object is read.
    Open(Panel, String),
    /// Prompts lead to a decision on an approval.
    Decide(String, Choice),
}

/// The keys, for the help.
pub const HELP: &[(&str, &str)] = &[
    ("Up Down j k", "select a row"),
    ("PgUp PgDn g G", "move by a page, or to an end"),
    ("Tab 1 2 3 4", "select a panel"),
    ("Enter", "open the selected object"),
    ("a", "approve the selected approval, after a prompt"),
    ("r", "reject the selected approval, after a prompt"),
    ("/", "filter the rows of all panels; Esc clears the filter"),
    ("R", "read everything again"),
    ("?", "show this help"),
    ("q Ctrl-C", "quit"),
];

/// The longest filter, in characters.
const LONGEST_FILTER: usize = 60;

/// Handles a key. `page` is the number of rows of a page.
pub fn press(mut state: State, key: Key, page: usize, options: &RenderOptions) -> (State, Effect) {
    state.remark = None;
    if key == Key::Gone {
        return (state, Effect::Quit);
    }
    if key == Key::Redraw {
        return (state, Effect::Refresh);
    }
    let effect = match &state.mode {
        Mode::Lists => in_lists(&mut state, key, page, options),
        Mode::Filter => in_filter(&mut state, key),
        Mode::Help => {
            state.mode = Mode::Lists;
            if key == Key::Char('q') {
                Effect::Quit
            } else {
                Effect::None
            }
        }
        Mode::Detail(detail) => {
            let (detail, effect) = in_detail(detail.clone(), key, page);
            state.mode = detail.map_or(Mode::Lists, Mode::Detail);
            effect
        }
    };
    (state, effect)
}

fn in_lists(state: &mut State, key: Key, page: usize, options: &RenderOptions) -> Effect {
    let page = isize::try_from(page.max(1)).unwrap_or(isize::MAX);
    match key {
        Key::Char('q') => return Effect::Quit,
        Key::Char('?' | 'h') => state.mode = Mode::Help,
        Key::Char('/') => state.mode = Mode::Filter,
        Key::Char('R') => return Effect::Refresh,
        Key::Escape => state.filter.clear(),
        Key::Tab => state.focus = neighbor(state.focus, 1),
        Key::BackTab => state.focus = neighbor(state.focus, Panel::ALL.len() - 1),
        Key::Char(digit @ '1'..='4') => {
            let index = digit as usize - '1' as usize;
            state.focus = Panel::ALL[index];
        }
        Key::Up | Key::Char('k') => state.select(-1, options),
        Key::Down | Key::Char('j') => state.select(1, options),
        Key::PageUp => state.select(-page, options),
        Key::PageDown | Key::Char(' ') => state.select(page, options),
        Key::Home | Key::Char('g') => state.select(isize::MIN, options),
        Key::End | Key::Char('G') => state.select(isize::MAX, options),
        Key::Enter => return open(state, options),
        Key::Char('a') => return decide(state, Choice::Approve, options),
        Key::Char('r') => return decide(state, Choice::Reject, options),
        _ => {}
    }
    Effect::None
}

/// The panel so many panels behind.
fn neighbor(panel: Panel, by: usize) -> Panel {
    let index = Panel::ALL.iter().position(|other| *other == panel);
    Panel::ALL[(index.unwrap_or_default() + by) % Panel::ALL.len()]
}

fn open(state: &mut State, options: &RenderOptions) -> Effect {
    let Some(id) = state.selected(options) else {
        state.remark = Some("nothing is selected that can be opened".to_owned());
        return Effect::None;
    };
    let panel = match state.focus {
        Panel::Events => Panel::Runs,
        panel => panel,
    };
    state.mode = Mode::Detail(Detail {
        panel,
        id: id.clone(),
        lines: Vec::new(),
        top: 0,
    });
    Effect::Open(panel, id)
}

fn decide(state: &mut State, choice: Choice, options: &RenderOptions) -> Effect {
    let id = match state.focus {
        Panel::Approvals => state.selected(options),
        _ => None,
    };
    if let Some(id) = id {
        return Effect::Decide(id, choice);
    }
    state.remark = Some("select an approval first (3)".to_owned());
    Effect::None
}

fn in_filter(state: &mut State, key: Key) -> Effect {
    match key {
        Key::Enter => state.mode = Mode::Lists,
        Key::Escape => {
            state.filter.clear();
            state.mode = Mode::Lists;
        }
        Key::Clear => state.filter.clear(),
        Key::Backspace if state.filter.is_empty() => state.mode = Mode::Lists,
        Key::Backspace => drop(state.filter.pop()),
        Key::Char(c) if state.filter.chars().count() < LONGEST_FILTER => state.filter.push(c),
        _ => {}
    }
    Effect::None
}

/// None when it is closed.
fn in_detail(mut detail: Detail, key: Key, page: usize) -> (Option<Detail>, Effect) {
    let last = detail.lines.len().saturating_sub(1);
    let down = |by: usize| detail.top.saturating_add(by).min(last);
    match key {
        Key::Escape | Key::Enter | Key::Backspace => return (None, Effect::None),
        Key::Char('q') => return (None, Effect::Quit),
        Key::Char('a' | 'r') if detail.panel == Panel::Approvals => {
            let choice = if key == Key::Char('a') {
                Choice::Approve
            } else {
                Choice::Reject
            };
            let id = detail.id.clone();
            return (None, Effect::Decide(id, choice));
        }
        Key::Up | Key::Char('k') => detail.top = detail.top.saturating_sub(1),
        Key::Down | Key::Char('j') => detail.top = down(1),
        Key::PageUp => detail.top = detail.top.saturating_sub(page),
        Key::PageDown | Key::Char(' ') => detail.top = down(page),
        Key::Home | Key::Char('g') => detail.top = 0,
        Key::End | Key::Char('G') => detail.top = last,
        _ => {}
    }
    (Some(detail), Effect::None)
}
