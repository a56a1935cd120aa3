//! The exit codes, and what they mean.

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
    pub fn word(self) -> Option<&'static str> {
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

/// What an exit code means, and what to do.
#[derive(Debug)]
pub struct ExitInfo {
    /// The code.
    pub exit: Exit,
    /// What it reports.
    pub meaning: &'static str,
    /// The recommended action.
    pub action: &'static str,
    /// The command that shows more, without the program's name.
    pub next: &'static str,
    /// Whether a request that ends this way was retried.
    pub retried: &'static str,
}

/// Every exit code, in numerical order.
pub const EXITS: &[ExitInfo] = &[
    info(
        Exit::Success,
        "success (including an empty list)",
        "no action is needed",
        "help exit-codes",
        "no",
    ),
    info(
        Exit::Failure,
        "unclassified failure, or standard output could not be written",
        "read the error; if standard output is a file, check that its file system is not full",
        "doctor",
        "no",
    ),
    info(
        Exit::Usage,
        "usage error, or confirmation required while prompts are disabled",
        "correct the command line as the error says; in a script, give --force or the option that the error names",
        "help options",
        "no",
    ),
    info(
        Exit::Config,
        "configuration error (no deployment, unknown --context, invalid file or environment)",
        "correct the file or the variable that the error names",
        "config show",
        "no",
    ),
    info(
        Exit::Auth,
        "authentication failed, or the key lacks a scope",
        "check which key is used and which scopes it has",
        "status",
        "no",
    ),
    info(
        Exit::NotFound,
        "not found",
        "check the ID; list the objects to find the right one",
        "agents --all",
        "no",
    ),
    info(
        Exit::Conflict,
        "conflict",
        "the object's status prevents the action: look at it, then decide",
        "help filtering",
        "no",
    ),
    info(
        Exit::BadRequest,
        "the router rejected the input",
        "correct the value that the message names",
        "help options",
        "no",
    ),
    info(
        Exit::Pending,
        "pending: accepted, but requires approval",
        "have the run approved, then follow it with exec watch",
        "approvals list",
        "no",
    ),
    info(
        Exit::Throttled,
        "throttled, quota exceeded, or billing problem",
        "slow down, or wait; for a quota or billing problem, see the project's settings",
        "api GET /settings",
        "when throttled; not for quota and billing problems",
    ),
    info(
        Exit::RunFailed,
        "the run failed",
        "read the tool's output",
        "exec list --status failed",
        "no",
    ),
    info(
        Exit::RunRejected,
        "the run was rejected",
        "read the reviewer's reason, and ask again if the call is still needed",
        "exec list --status rejected",
        "no",
    ),
    info(
        Exit::RunCancelled,
        "the run was canceled",
        "run it again if it is still needed (exec rerun)",
        "exec list --status cancelled",
        "no",
    ),
    info(
        Exit::RunTimeout,
        "the run timed out",
        "run it again, or use a tool with a longer timeout",
        "exec list --status timeout",
        "no",
    ),
    info(
        Exit::Deadline,
        "stopped waiting at the deadline; the run continues",
        "continue with the command that was printed, or wait longer with --timeout",
        "exec list",
        "no",
    ),
    info(
        Exit::Partial,
        "partial failure (several objects)",
        "look at the rows with an error, and repeat the command for those",
        "help formats",
        "no",
    ),
    info(
        Exit::Declined,
        "declined at the prompt",
        "nothing was changed; answer y to go ahead",
        "help options",
        "no",
    ),
    info(
        Exit::Unavailable,
        "unavailable (DNS, TCP, TLS, 3xx, 5xx, invalid response, --timeout); after a write, the outcome is unknown",
        "check the connection; after a change, look at the object before you repeat it",
        "doctor",
        "reads are; a change only if it was not sent or had no effect",
    ),
    info(
        Exit::HungUp,
        "ended by SIGHUP (the terminal was closed)",
        "after a change, look at the object before you repeat it",
        "status",
        "no",
    ),
    info(
        Exit::Interrupted,
        "ended by SIGINT (Ctrl-C)",
        "after a change, look at the object before you repeat it",
        "status",
        "no",
    ),
    info(
        Exit::Quit,
        "ended by SIGQUIT (Ctrl-\\)",
        "after a change, look at the object before you repeat it",
        "status",
        "no",
    ),
    info(
        Exit::Terminated,
        "ended by SIGTERM",
        "after a change, look at the object before you repeat it",
        "status",
        "no",
    ),
];

const fn info(
    exit: Exit,
    meaning: &'static str,
    action: &'static str,
    next: &'static str,
    retried: &'static str,
) -> ExitInfo {
    ExitInfo {
        exit,
        meaning,
        action,
        next,
        retried,
    }
}
