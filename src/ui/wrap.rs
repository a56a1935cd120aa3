//! Wraps messages on a terminal. If the terminal wrapped long lines itself, text from a server could start at the left
//! edge and look like a message of this program.

use unicode_width::UnicodeWidthChar as _;

use super::State;

/// Columns assumed on a terminal that does not report its width.
const USUAL_WIDTH: usize = 80;
/// Narrower terminals wrap lines themselves.
const NARROWEST: usize = 20;

/// The text before a command.
const COMMAND: &str = ": xeroctl ";

impl State {
    /// A line of standard error, wrapped if that is a terminal. Continuation lines are indented.
    pub(super) fn wrapped(&self, line: &str, indent: usize) -> String {
        match self.width {
            // Read for each line, because the terminal may have been resized.
            Some(width) => wrapped(line, self.error.width().unwrap_or(width), indent),
            None => line.to_owned(),
        }
    }
}

/// The width for messages, or `None` if standard error is not a terminal.
pub(super) fn width(terminals: super::Terminals, error: &super::Sink) -> Option<usize> {
    let width = || terminals.width.or_else(|| error.width());
    terminals.error.then(|| width().unwrap_or(USUAL_WIDTH))
}

/// Wraps the text to lines of at most `width` columns, between words if possible.
fn wrapped(text: &str, width: usize, indent: usize) -> String {
    if width < NARROWEST {
        return text.to_owned();
    }
    // A command stays on one line, so that it can be copied.
    let at = text.rfind(COMMAND).map_or(text.len(), |at| at + 1);
    let (text, command) = text.split_at(at);
    let mut out = String::with_capacity(text.len() + command.len());
    let mut line = String::new();
    let mut columns = 0;
    // The start of the line's last word, and the columns before it.
    let mut word: Option<(usize, usize)> = None;
    let mut joined = false;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if columns + wide > width && wide > 0 && !joined {
            let (rest, before) = match word {
                Some((at, before)) if c != ' ' => (line.split_off(at), before),
                _ => (String::new(), columns),
            };
            if !line.trim_end().is_empty() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
            line = " ".repeat(indent) + rest.trim_start();
            columns = indent + (columns - before);
            word = None;
            if c == ' ' {
                continue;
            }
        }
        line.push(c);
        columns += wide;
        joined = c == '\u{200d}';
        if c == ' ' && columns > indent + 1 {
            word = Some((line.len(), columns));
        }
    }
    out + &line + command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indents_every_continuation() {
        let forged = format!("error: HTTP 400: {}error: all is well", "x".repeat(23));
        let spaced = format!("error: HTTP 400: {}error: all is well", " ".repeat(23));
        let wide = "日".repeat(200);
        for text in [
            forged.as_str(),
            &spaced,
            &wide,
            &"a b ".repeat(100),
            "short",
            "",
        ] {
            for width in [20, 40, 41, 80] {
                let shown = wrapped(text, width, 2);
                let mut lines = shown.lines();
                let first = lines.next().unwrap_or_default();
                assert!(text.starts_with(first), "{shown}");
                assert!(lines.all(|line| line.starts_with("  ")), "{shown}");
                let columns =
                    |line: &str| -> usize { line.chars().map(|c| c.width().unwrap_or(0)).sum() };
                assert!(shown.lines().all(|line| columns(line) <= width), "{shown}");
                let letters = |text: &str| text.replace([' ', '\n'], "");
                assert_eq!(letters(&shown), letters(text));
            }
        }
    }

    #[test]
    fn wraps_between_words() {
        let shown = wrapped("error: could not list agents: HTTP 400", 20, 2);
        assert_eq!(shown, "error: could not\n  list agents: HTTP\n  400");
        let shown = wrapped("warning: no key: store it: xeroctl config set lab", 20, 2);
        assert_eq!(
            shown,
            "warning: no key:\n  store it: xeroctl config set lab"
        );
    }
}
