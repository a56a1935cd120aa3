//! `xeroctl approvals`: listing and deciding pending approvals.

pub mod approve;
mod decide;
mod digest;
pub mod interactive;
pub mod list;
mod new_approvals;
pub mod reject;
mod select;
pub mod show;
pub mod wait;
pub mod watch;

use super::command_group;

command_group! {
    /// List, approve, and reject pending approvals
    ///
    /// Destructive and irreversible tools run only after an approval. `show` shows the tool and its arguments, with a
    /// digest. Pass the digest to `approve --expect` to approve exactly that call. The key needs the execution scope.
    #[command(after_help = "\
Examples:
  xeroctl approvals list --status pending
  xeroctl approvals show apr_5a6b7c8d
  xeroctl approvals approve apr_5a6b7c8d --note 'node is cordoned'
  xeroctl approvals reject apr_5a6b7c8d --reason 'not during the release'
  xeroctl approvals watch --interactive")]
    Args {
        List: list,
        Show: show,
        Approve: approve,
        Reject: reject,
        Wait: wait,
        Watch: watch,
    }
}
