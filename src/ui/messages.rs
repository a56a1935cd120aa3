//! Notes, hints, warnings, and the trace: messages on standard error beside the result.

use super::{INDENT, Ui};
use crate::error;
use crate::sanitize;
use crate::tone::Tone;

/// Notes and warnings are cut to this many characters.
const LONGEST_REMARK: usize = 4_000;

impl Ui {
    /// Prints a note. `-q` suppresses it.
    pub fn note(&self, text: &str) {
        self.remark(None, text);
    }

    /// Prints a hint. `-q` suppresses it, and so does a program that reads the result.
    pub fn hint(&self, text: &str) {
        if !self.output_mode().machine {
            self.hint_in_every_format(text);
        }
    }

    /// Prints a hint without which the result is misunderstood, such as that a list was cut. `-q` suppresses it.
    pub fn hint_in_every_format(&self, text: &str) {
        self.remark(
            Some(("hint", Tone::Hint)),
            &error::to_fill_in(text.to_owned()),
        );
    }

    /// Prints a hint with a command to run next against the same router (see [`Error::next`]). `-q` suppresses it.
    pub fn next(&self, text: &str, command: &str) {
        let program = self.program();
        self.hint(&format!("{text}: {program} {command}"));
    }

    /// As [`Ui::next`], for outcomes that are not final.
    pub fn next_in_every_format(&self, text: &str, command: &str) {
        let program = self.program();
        self.hint_in_every_format(&format!("{text}: {program} {command}"));
    }

    /// Prints a warning. `-q` suppresses it.
    pub fn warn(&self, text: &str) {
        self.remark(Some(("warning", Tone::Warning)), text);
    }

    /// Prints a warning even with `-q`.
    pub fn warn_always(&self, text: &str) {
        self.line(Some(("warning", Tone::Warning)), text);
    }

    /// Prints a line of the trace with `-v` (level 1) or `-vv` (level 2).
    pub fn trace(&self, level: u8, text: &str) {
        if self.output_mode().verbose >= level {
            self.line(Some(("trace", Tone::Faint)), text);
        }
    }

    fn remark(&self, label: Option<(&str, Tone)>, text: &str) {
        if !self.output_mode().quiet {
            self.line(label, text);
        }
    }

    fn line(&self, label: Option<(&str, Tone)>, text: &str) {
        let mut state = self.state();
        let color = state.output_mode.color_error;
        let text = state.secrets.redact(text);
        let text = match label {
            // The output of -vv is not cut, nor are commands, whose length is limited where they are built.
            Some((_, Tone::Faint | Tone::Hint)) => text,
            _ => sanitize::capped(&text, LONGEST_REMARK).into_owned().into(),
        };
        let text = sanitize::cell(&text);
        let line = match label {
            // A command stays on one line, so that it can be copied.
            Some((word, tone @ Tone::Hint)) if holds_command(&text) => {
                format!("{}: {text}", tone.paint(word, color))
            }
            Some((word, tone)) => {
                let line = state.wrapped(&format!("{word}: {text}"), INDENT);
                tone.paint(word, color) + &line[word.len()..]
            }
            None => state.wrapped(&text, INDENT),
        };
        state.say(&(line + "\n"));
    }
}

/// Whether a hint ends with a command, which follows a colon.
pub(super) fn holds_command(hint: &str) -> bool {
    hint.contains(": ")
}
