//! The live line: progress on the last line of the terminal, rewritten in place.

use unicode_width::UnicodeWidthChar as _;

use super::{State, Ui};
use crate::interrupt::{CleanupGuard, Interrupt};
use crate::sanitize;
use crate::tone;

/// Columns assumed if standard error is a terminal and standard output is not.
const USUAL_WIDTH: usize = 80;
/// Moves to the first column and clears the line.
const CLEAR: &str = "\r\u{1b}[K";

/// A live line, shown until it is dropped. Other output pushes it down; a signal removes it.
pub struct Live {
    ui: Ui,
    _undo: CleanupGuard,
}

impl Ui {
    /// Whether live lines are shown: on a terminal that can rewrite a line, and only in the foreground.
    pub fn has_live_line(&self) -> bool {
        let state = self.state();
        self.terminals().error
            && state.output_mode.live
            && !state.is_paging()
            && state.error.is_in_foreground()
    }

    /// Starts a live line. Shows nothing with `-q`, or if the terminal can't rewrite a line.
    pub fn live(&self, interrupt: &Interrupt) -> Option<Live> {
        let output_mode = self.output_mode();
        if !self.terminals().error || !output_mode.live || output_mode.quiet {
            return None;
        }
        let ui = self.clone();
        let undo = interrupt.cleanup(move || {
            // The holder of the lock may be waiting for the terminal.
            if let Ok(mut state) = ui.0.state.try_lock() {
                drop(state.clear_live_line());
            }
        });
        Some(Live {
            ui: self.clone(),
            _undo: undo,
        })
    }
}

impl Live {
    /// Rewrites the line, cut to the terminal's current width. A background job writes nothing.
    pub fn show(&self, text: &str) {
        let mut state = self.ui.state();
        let width = state.error.width();
        let width = width.or(self.ui.terminals().width).unwrap_or(USUAL_WIDTH);
        let mut left = width.saturating_sub(1);
        let text = if state.output_mode.ascii {
            tone::in_ascii(text)
        } else {
            text.to_owned()
        };
        let text: String = sanitize::cell(&text)
            .chars()
            .take_while(|c| {
                let columns = c.width().unwrap_or(0);
                let fits = columns <= left;
                left = left.saturating_sub(columns);
                fits
            })
            .collect();
        if state.is_paging() || !state.error.is_in_foreground() {
            state.live = None;
        } else if state.live.as_ref() != Some(&text) {
            drop(state.clear_live_line());
            state.drop_live(Some(text));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.ui.state().clear_live_line());
    }
}

impl State {
    /// Removes the live line from the terminal.
    pub(super) fn clear_live_line(&mut self) -> Option<String> {
        // In the background, that line belongs to the shell.
        let live = self.live.take().filter(|_| self.error.is_in_foreground());
        if live.is_some() {
            self.error.say(CLEAR);
        }
        live
    }

    /// Puts it back.
    pub(super) fn drop_live(&mut self, live: Option<String>) {
        if let Some(text) = live {
            self.error.say(&text);
            self.live = Some(text);
        }
    }
}
