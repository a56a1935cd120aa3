//! The live line: what goes on now, at the foot of the terminal, written anew in the same place.

use unicode_width::UnicodeWidthChar as _;

use super::{State, Ui};
use crate::interrupt::{Interrupt, Undo};
use crate::sanitise;

/// Columns assumed where standard error is a terminal and standard output is not.
const USUAL_WIDTH: usize = 80;
/// Back to the first column, and nothing to the right of it.
const CLEAR: &str = "\r\u{1b}[K";

/// A live line while it lives. Other output pushes it down; a signal removes it.
pub struct Live {
    ui: Ui,
    _undo: Undo,
}

impl Ui {
    /// Begins a live line; none where standard error is no terminal, and with `-q`.
    #[must_use]
    pub fn live(&self, interrupt: &Interrupt) -> Option<Live> {
        if !self.terminals().error || self.manner().quiet {
            return None;
        }
        let ui = self.clone();
        let undo = interrupt.cleanup(move || drop(ui.state().lift_live()));
        Some(Live {
            ui: self.clone(),
            _undo: undo,
        })
    }
}

impl Live {
    /// Writes the line anew, cut to the width of the terminal.
    pub fn show(&self, text: &str) {
        let width = self.ui.terminals().width.unwrap_or(USUAL_WIDTH);
        let mut left = width.saturating_sub(1);
        let text: String = sanitise::cell(text)
            .chars()
            .take_while(|c| {
                let columns = c.width().unwrap_or(0);
                let fits = columns <= left;
                left = left.saturating_sub(columns);
                fits
            })
            .collect();
        let mut state = self.ui.state();
        if state.live.as_ref() != Some(&text) {
            drop(state.lift_live());
            state.drop_live(Some(text));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.ui.state().lift_live());
    }
}

impl State {
    /// Takes the live line off the terminal.
    pub(super) fn lift_live(&mut self) -> Option<String> {
        let live = self.live.take();
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
