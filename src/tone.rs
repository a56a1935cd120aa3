//! What a piece of text means, and its look. Commands name meanings, never colors.

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
    /// A state in which all is well.
    Good,
    /// A state on its way to another.
    Waiting,
    /// A state that someone chose and that holds something back.
    Held,
    /// A state that needs a look.
    Bad,
    /// The word `error`.
    Error,
    /// The word `warning`.
    Warning,
    /// The word `hint`, and commands to run next.
    Hint,
}

/// Whether a terminal of this kind (`TERM`) can rewrite a line that it shows.
pub fn can_rewrite(term: Option<&str>) -> bool {
    !is_dumb(term)
}

/// Whether a terminal of this kind shows nothing but text: `dumb`, its variants such as `dumb-emacs-ansi`, and a kind that
/// no one has named.
fn is_dumb(term: Option<&str>) -> bool {
    match term {
        // Windows names no kind, and its terminals understand escape sequences.
        None | Some("") => !cfg!(windows),
        Some(term) => term == "dumb" || term.starts_with("dumb-"),
    }
}

/// The state words of the platform with their meaning. The set is open: others are shown plainly.
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
            "terminated",
            "irreversible",
        ],
    ),
];

impl Tone {
    /// The meaning of a state word.
    pub fn of_state(word: &str) -> Self {
        STATES
            .iter()
            .find(|(_, words)| words.contains(&word))
            .map_or(Self::Plain, |(tone, _)| *tone)
    }

    /// `text`, with the look of its meaning where `color` is wanted.
    pub fn paint(self, text: &str, color: bool) -> String {
        if color && self != Self::Plain && !text.is_empty() {
            text.style(self.style()).to_string()
        } else {
            text.to_owned()
        }
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

/// Whether a stream gets color. `flag` is `--color always|never`; `variable` reads the environment.
///
/// The order: the flag, a non-empty `NO_COLOR` (no-color.org), `CLICOLOR_FORCE`, `CLICOLOR=0`, a `TERM`
/// that is unset or dumb, and at last whether the stream is a terminal.
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
