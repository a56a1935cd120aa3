//! The exit codes.

/// The exit codes of `xeroctl`: the same for every command and every output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// The command did what it was asked to do; an empty list counts.
    Success = 0,
    /// Unclassified, or standard output could not be written.
    Failure = 1,
    /// The command line is wrong, or a question would be needed that may not be asked.
    Usage = 2,
    /// The configuration file or the environment is missing, unreadable or contradictory.
    Config = 3,
    /// The router does not know the key, or the key lacks a scope.
    Auth = 4,
    /// The named object does not exist.
    NotFound = 5,
    /// The object is in a state that excludes the action.
    Conflict = 6,
    /// The router refused the input.
    BadRequest = 7,
    /// Accepted, but a reviewer must approve first.
    Pending = 8,
    /// Throttled, out of quota, or billing.
    Throttled = 9,
    /// The run ended `failed`.
    RunFailed = 10,
    /// The run ended `rejected`.
    RunRejected = 11,
    /// The run ended `cancelled`.
    RunCancelled = 12,
    /// The run ended `timeout`.
    RunTimeout = 13,
    /// Our own deadline passed; the run continues.
    Deadline = 14,
    /// Several objects, of which some failed.
    Partial = 15,
    /// The user said no.
    Declined = 16,
    /// The router can't be reached or can't be understood.
    Unavailable = 17,
    /// Ended by SIGHUP (the terminal was closed).
    HungUp = 129,
    /// Ended by SIGINT (Ctrl-C).
    Interrupted = 130,
    /// Ended by SIGQUIT (Ctrl-\).
    Quit = 131,
    /// Ended by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// Every code with its meaning, in the order of the numbers: the text of `xeroctl help exit-codes`.
    pub const MEANINGS: &'static [(Self, &'static str)] = &[
        (Self::Success, "success (including an empty list)"),
        (
            Self::Failure,
            "unclassified failure, or standard output could not be written",
        ),
        (
            Self::Usage,
            "usage error, or confirmation required while prompts are disabled",
        ),
        (
            Self::Config,
            "configuration error (no deployment, unknown --context, invalid file or environment)",
        ),
        (
            Self::Auth,
            "authentication failed, or the key lacks a scope",
        ),
        (Self::NotFound, "not found"),
        (Self::Conflict, "conflict"),
        (Self::BadRequest, "the router rejected the input"),
        (Self::Pending, "pending: accepted, but requires approval"),
        (
            Self::Throttled,
            "throttled, quota exceeded, or billing problem",
        ),
        (Self::RunFailed, "the run failed"),
        (Self::RunRejected, "the run was rejected"),
        (Self::RunCancelled, "the run was canceled"),
        (Self::RunTimeout, "the run timed out"),
        (
            Self::Deadline,
            "stopped waiting at the deadline; the run continues",
        ),
        (Self::Partial, "partial failure (several objects)"),
        (Self::Declined, "declined at the prompt"),
        (
            Self::Unavailable,
            "unavailable (DNS, TCP, TLS, 3xx, 5xx, invalid response, --timeout); after a write, the outcome is unknown",
        ),
        (Self::HungUp, "ended by SIGHUP (the terminal was closed)"),
        (Self::Interrupted, "ended by SIGINT (Ctrl-C)"),
        (Self::Quit, "ended by SIGQUIT (Ctrl-\\)"),
        (Self::Terminated, "ended by SIGTERM"),
    ];

    /// The number handed to the shell.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Whether a signal ended the command.
    pub fn is_by_signal(self) -> bool {
        matches!(
            self,
            Self::HungUp | Self::Interrupted | Self::Quit | Self::Terminated
        )
    }

    /// Our own word for an error that no router named: the `code` of the JSON error line.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Usage => Some("usage"),
            Self::Config => Some("config"),
            Self::Declined => Some("declined"),
            Self::Unavailable => Some("unavailable"),
            Self::Deadline => Some("deadline"),
            _ if self.is_by_signal() => Some("interrupted"),
            _ => None,
        }
    }
}
