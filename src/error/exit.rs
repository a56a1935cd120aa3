//! The exit codes.

/// The exit codes of `xeroctl`, the same for every command and output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Success, including an empty list.
    Success = 0,
    /// Unclassified failure, or standard output could not be written.
    Failure = 1,
    /// Usage error, or confirmation required while prompts are disabled.
    Usage = 2,
    /// Configuration error: the file or the environment is missing, unreadable, or contradictory.
    Config = 3,
    /// Authentication failed, or the key lacks a scope.
    Auth = 4,
    /// The named object does not exist.
    NotFound = 5,
    /// The object's status does not allow the action.
    Conflict = 6,
    /// The router rejected the input.
    BadRequest = 7,
    /// Accepted, but requires approval.
    Pending = 8,
    /// Throttled, quota exceeded, or billing problem.
    Throttled = 9,
    /// The run's status is `failed`.
    RunFailed = 10,
    /// The run's status is `rejected`.
    RunRejected = 11,
    /// The run's status is `cancelled`.
    RunCancelled = 12,
    /// The run's status is `timeout`.
    RunTimeout = 13,
    /// The client's own deadline passed; the run continues.
    Deadline = 14,
    /// Partial failure: some of several objects failed.
    Partial = 15,
    /// Declined at the prompt.
    Declined = 16,
    /// The server can't be reached, or its response is invalid.
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
    /// Every code with its meaning, in numerical order, for `xeroctl help exit-codes`.
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

    /// The number passed to the shell.
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

    /// The `code` in the JSON error line for an error without a code from the server.
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
