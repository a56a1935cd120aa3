//! The meaning of text, and its style. Commands use meanings, never colors.

use owo_colors::{OwoColorize, Style};

/// The meaning of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary text.
    Plain,
    /// A heading or a field name.
    Heading,
    /// Absent or secondary.
    Faint,
    /// A good status.
    Good,
    /// A transitional status.
    Waiting,
    /// A status set on purpose that blocks something, such as `paused`.
    Held,
    /// A status that needs attention.
    Bad,
    /// The word `error`.
    Error,
    /// The word `warning`.
    Warning,
    /// The word `hint`, and commands to run next.
    Hint,
}

/// Whether a terminal of this type (`TERM`) can rewrite a line.
pub fn can_rewrite(term: Option<&str>) -> bool {
    !is_dumb(term)
}

/// Whether a terminal of this type shows only text: `dumb`, variants such as `dumb-emacs-ansi`, or an unset or empty
/// type.
fn is_dumb(term: Option<&str>) -> bool {
    match term {
        // Windows doesn't set TERM, and its terminals support escape sequences.
        None | Some("") => !cfg!(windows),
        Some(term) => term == "dumb" || term.starts_with("dumb-"),
    }
}

/// The punctuation of this program's messages in ASCII.
pub fn in_ascii(text: &str) -> String {
    text.replace('…', "...")
        .replace('→', "->")
        .replace(['–', '—'], "-")
        .replace(['‘', '’'], "'")
}

/// The platform's status words and their meanings. Unknown words are shown without a style.
const STATES: &[(Tone, &[&str])] = &[
    (
        Tone::Good,
        &[
            "active",
            "idle",
            "approved",
            "completed",
            "running",
            "enrolled",
            "ok",
            "read",
        ],
    ),
    (
        Tone::Waiting,
        &[
            "pending",
            "queued",
            "pending_approval",
            "dispatched",
            "write",
        ],
    ),
    (
        Tone::Held,
        &[
            "suspended",
            "paused",
            "exhausted",
            "warn",
            "cancelled",
            "destructive",
        ],
    ),
    (
        Tone::Bad,
        &[
            "disconnected",
            "dead",
            "failed",
            "rejected",
            "revoked",
            "expired",
            "timeout",
            "timed_out",
            "error",
            "fail",
            "terminated",
            "irreversible",
        ],
    ),
];

impl Tone {
    /// The meaning of a status word.
    pub fn of_state(word: &str) -> Self {
        STATES
            .iter()
            .find(|(_, words)| words.contains(&word))
            .map_or(Self::Plain, |(tone, _)| *tone)
    }

    /// `text` in the style of its meaning, if `color` is set.
    pub fn paint(self, text: &str, color: bool) -> String {
        if color && self != Self::Plain && !text.is_empty() {
            text.style(self.style()).to_string()
        } else {
            text.to_owned()
        }
    }

    /// `text` in color, and marked as changed.
    pub fn paint_marked(self, text: &str) -> String {
        text.style(self.style().reversed()).to_string()
    }

    fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Plain => style,
            Self::Heading => style.bold(),
            Self::Faint => style.dimmed(),
            Self::Good => style.green(),
            Self::Waiting | Self::Hint => style.cyan(),
            Self::Held | Self::Warning => style.yellow(),
            Self::Bad => style.red(),
            Self::Error => style.red().bold(),
        }
    }
}

/// Whether to color a stream. `flag` is `--color always|never`; `variable` reads the environment.
///
/// The precedence: the flag, a non-empty `NO_COLOR` (no-color.org), `CLICOLOR_FORCE`, `CLICOLOR=0`, an unset or dumb
/// `TERM`, and finally whether the stream is a terminal.
pub fn wants_color(
    flag: Option<bool>,
    variable: impl Fn(&str) -> Option<String>,
    terminal: bool,
) -> bool {
    let is = |name: &str, word: &str| variable(name).is_some_and(|value| value == word);
    if let Some(flag) = flag {
        flag
    } else if variable("NO_COLOR").is_some() {
        false
    } else if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        true
    } else if is("CLICOLOR", "0") || is_dumb(variable("TERM").as_deref()) {
        false
    } else {
        terminal
    }
}
