//! The screen as lines: a function of the state, the size, and the time.

use unicode_width::UnicodeWidthStr as _;

use super::keys::HELP;
use super::rows::Item;
use super::state::{Access, Detail, List, Mode, Panel, State};
use super::text;
use crate::sanitize;
use crate::tone::Tone;
use crate::ui::stream::Size;
use crate::view::RenderOptions;

/// The columns in front of a row, which mark the selected one.
const MARGIN: usize = 2;
/// Below this number of lines, only the panel that has the focus is shown.
const LEAST_ROWS: usize = 14;
/// The share of each panel in hundredths.
const SHARES: [usize; 4] = [40, 20, 20, 20];

/// The number of rows that Page Up and Page Down move by.
pub(super) fn page(size: Size) -> usize {
    (size.rows / 4).max(1)
}

/// The lines of the screen, at most as many and as wide as it has room for.
pub(super) fn draw(state: &State, size: Size, options: &RenderOptions) -> Vec<String> {
    let canvas = Canvas {
        size,
        options: options.clone(),
    };
    let mut lines = match &state.mode {
        Mode::Help => canvas.help(),
        Mode::Detail(detail) => canvas.detail(detail),
        Mode::Lists | Mode::Filter => canvas.lists(state),
    };
    // The last line is at the bottom.
    let body = size.rows.saturating_sub(1);
    lines.resize(body, String::new());
    lines.push(canvas.footer(state));
    lines.truncate(size.rows);
    let lines = lines.iter();
    lines
        .map(|line| text::clipped(line, size.columns, options.ellipsis()))
        .collect()
}

struct Canvas {
    size: Size,
    options: RenderOptions,
}

impl Canvas {
    fn paint(&self, tone: Tone, text: &str) -> String {
        tone.paint(&sanitize::cell(text), self.options.color)
    }

    fn heading(&self, text: &str) -> String {
        self.paint(Tone::Heading, text)
    }

    fn lists(&self, state: &State) -> Vec<String> {
        let mut lines = vec![self.header(state)];
        let filter = &state.filter;
        let wanted = [
            self.wanted(&state.agents, filter),
            self.wanted(&state.runs, filter),
            self.wanted(&state.approvals, filter),
            self.wanted(&state.events, filter),
        ];
        let focus = Panel::ALL.iter().position(|panel| *panel == state.focus);
        let rows = self.size.rows.saturating_sub(2);
        let heights = heights(wanted, rows, focus.unwrap_or_default());
        for (panel, height) in Panel::ALL.into_iter().zip(heights) {
            lines.extend(match panel {
                Panel::Agents => self.panel(state, panel, &state.agents, height),
                Panel::Runs => self.panel(state, panel, &state.runs, height),
                Panel::Approvals => self.panel(state, panel, &state.approvals, height),
                Panel::Events => self.panel(state, panel, &state.events, height),
            });
        }
        lines
    }

    fn header(&self, state: &State) -> String {
        let mut header =
            self.heading("xeroctl top") + "  " + &self.paint(Tone::Plain, &state.place);
        if let Some(updated) = &state.updated {
            let (now, zone) = (self.options.server_now(), &self.options.zone);
            let updated = updated.show(self.options.time, now, zone);
            header += &self.paint(Tone::Faint, &format!("  updated {updated}"));
        }
        header
    }

    /// The lines that a panel needs to show everything.
    fn wanted<T: Item>(&self, list: &List<T>, filter: &str) -> usize {
        match list.visible(filter, &self.options).0.len() {
            0 => 2,
            count => count + 2,
        }
    }

    fn panel<T: Item>(
        &self,
        state: &State,
        panel: Panel,
        list: &List<T>,
        height: usize,
    ) -> Vec<String> {
        let is_focused = panel == state.focus;
        let (items, selected) = list.visible(&state.filter, &self.options);
        let mut lines = vec![self.title(state, panel, items.len())];
        let empty = match &list.access {
            Access::Refused(why) => Some(format!("not available: {why}")),
            Access::Failing(why) if !list.is_read => Some(format!("not available: {why}")),
            Access::Loading => Some("reading".to_owned()),
            _ if !items.is_empty() => None,
            _ if state.filter.is_empty() => Some("none".to_owned()),
            _ => Some("no match".to_owned()),
        };
        if let Some(empty) = empty.filter(|_| items.is_empty()) {
            lines.push(format!("    {}", self.paint(Tone::Faint, &empty)));
            lines.truncate(height);
            return lines;
        }
        let has_headers = self.options.headers && height > 3;
        let rows = height.saturating_sub(1 + usize::from(has_headers));
        let start = selected
            .saturating_sub(rows / 2)
            .min(items.len().saturating_sub(rows));
        let shown = &items[start..items.len().min(start + rows)];
        let width = self.size.columns.saturating_sub(MARGIN);
        let options = RenderOptions {
            headers: has_headers,
            ..text::options(&self.options, width)
        };
        let shown: Vec<&T::Value> = shown.iter().map(|item| item.value()).collect();
        let plain = text::table(
            T::COLUMNS,
            &shown,
            RenderOptions {
                color: false,
                ..options.clone()
            },
        );
        let rows = text::table(T::COLUMNS, &shown, options);
        let first = usize::from(has_headers);
        for (index, (row, plain)) in rows.iter().zip(&plain).enumerate() {
            let is_selected = is_focused && index >= first && index - first + start == selected;
            lines.push(if is_selected {
                format!("> {}", Tone::Heading.paint(plain, self.options.color))
            } else {
                format!("  {row}")
            });
        }
        lines.truncate(height);
        lines
    }

    fn title(&self, state: &State, panel: Panel, shown: usize) -> String {
        let (number, name, facts) = match panel {
            Panel::Agents => {
                let statuses = state.agents.items.iter().map(|agent| &agent.status);
                (1, "Agents", self.counts(statuses))
            }
            Panel::Runs => {
                let statuses = state.runs.items.iter().map(|run| &run.status);
                (2, "Invocations", self.counts(statuses))
            }
            Panel::Approvals => {
                let risks = state.approvals.items.iter().map(|approval| &approval.risk);
                (3, "Pending approvals", self.counts(risks))
            }
            Panel::Events => (4, "Events", String::new()),
        };
        let (access, is_read, is_cut, count) = match panel {
            Panel::Agents => facts_of(&state.agents),
            Panel::Runs => facts_of(&state.runs),
            Panel::Approvals => facts_of(&state.approvals),
            Panel::Events => facts_of(&state.events),
        };
        let marker = if panel == state.focus { ">" } else { " " };
        let mut title = format!("{marker} {}", self.heading(&format!("{number} {name}")));
        if !is_read && count == 0 {
            return title;
        }
        if state.filter.is_empty() {
            title += &format!("  {count}");
        } else {
            title += &format!("  {shown} of {count}");
        }
        if is_cut {
            title += &self.paint(Tone::Faint, " or more");
        }
        if !facts.is_empty() {
            title += &format!(": {facts}");
        }
        if matches!(access, Access::Failing(_)) {
            title += &format!("  {}", self.paint(Tone::Held, "not current"));
        }
        title
    }

    /// How many items have each status, in color.
    fn counts<'a>(&self, words: impl Iterator<Item = &'a Option<String>>) -> String {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for word in words {
            let word = word.as_deref().unwrap_or("unknown");
            match counts.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => counts.push((word, 1)),
            }
        }
        let counts = counts.iter().map(|(word, count)| {
            let word = self.paint(Tone::of_state(word), word);
            format!("{count} {word}")
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    fn detail(&self, detail: &Detail) -> Vec<String> {
        let name = match detail.panel {
            Panel::Agents => "Agent",
            Panel::Runs | Panel::Events => "Invocation",
            Panel::Approvals => "Approval",
        };
        let mut lines = vec![
            self.heading(&format!("{name} {}", detail.id)),
            String::new(),
        ];
        if detail.lines.is_empty() {
            lines.push(self.paint(Tone::Faint, "reading"));
        }
        let rest = detail.lines.iter().skip(detail.top);
        lines.extend(rest.flat_map(|line| text::wrapped(line, self.size.columns)));
        lines
    }

    fn help(&self) -> Vec<String> {
        let width = HELP.iter().map(|(keys, _)| keys.width()).max();
        let width = width.unwrap_or_default();
        let mut lines = vec![self.heading("Keys"), String::new()];
        lines.extend(HELP.iter().map(|(keys, effect)| {
            let keys = self.heading(&format!("{keys:width$}"));
            format!("  {keys}  {effect}")
        }));
        lines
    }

    fn footer(&self, state: &State) -> String {
        let hints = |keys: &str| self.paint(Tone::Faint, keys);
        match &state.mode {
            Mode::Filter => {
                return self.heading("/") + &self.paint(Tone::Plain, &state.filter) + "_";
            }
            Mode::Help => return hints("any key closes the help"),
            Mode::Detail(detail) if detail.panel == Panel::Approvals => {
                return hints("Esc back  Up Down scroll  a approve  r reject  q quit");
            }
            Mode::Detail(_) => return hints("Esc back  Up Down scroll  q quit"),
            Mode::Lists => {}
        }
        if let Some(remark) = &state.remark {
            return self.paint(Tone::Warning, remark);
        }
        if let Some(failure) = state.failure() {
            return self.paint(Tone::Held, &format!("{failure}; retrying"));
        }
        if !state.filter.is_empty() {
            return self.heading("filter: ")
                + &self.paint(Tone::Plain, &state.filter)
                + &hints("  (Esc clears it)");
        }
        let of_panel = if state.focus == Panel::Approvals {
            "  a approve  r reject"
        } else {
            ""
        };
        hints(&format!(
            "q quit  ? help  / filter  Tab panel  Enter open{of_panel}"
        ))
    }
}

fn facts_of<T>(list: &List<T>) -> (&Access, bool, bool, usize) {
    (&list.access, list.is_read, list.is_cut, list.items.len())
}

/// The lines of each panel: as many as it needs, or its share. What others leave goes first to the one that has the
/// focus.
fn heights(wanted: [usize; 4], rows: usize, focus: usize) -> [usize; 4] {
    let mut heights = [0; 4];
    if rows < LEAST_ROWS {
        heights[focus] = rows.min(wanted[focus]);
        return heights;
    }
    for (height, (wanted, share)) in heights.iter_mut().zip(wanted.iter().zip(SHARES)) {
        *height = (rows * share / 100).min(*wanted);
    }
    let order = [focus, 0, 1, 2, 3];
    for index in order {
        let left = rows.saturating_sub(heights.iter().sum());
        heights[index] += left.min(wanted[index].saturating_sub(heights[index]));
    }
    heights
}
