//! `xeroctl exec`: tools, invocations, executions, and the agents that run them.

mod args;
pub mod cancel;
pub mod connectivity;
pub mod context;
pub mod environment;
mod follow;
mod introspect;
mod invocation_lookup;
pub mod invocations;
pub mod invoke;
pub mod learnings;
pub mod list;
pub mod manifest;
mod outcome;
mod output;
mod poll;
pub mod raw;
pub mod rerun;
pub mod show;
mod status_reporter;
pub mod stream;
pub mod tool_show;
pub mod tools;
mod wait_budget;
pub mod watch;

use super::command_group;

command_group! {
    /// Invoke governed tools, watch their runs, and read their output
    ///
    /// A tool call is an invocation. Once it runs, it has an execution: the record of the run, with its output. Risky tools
    /// need an approval first (see `xeroctl approvals`). The key needs the execution scope.
    #[command(after_help = "\
Examples:
  xeroctl exec tools
  xeroctl exec tool-show kubectl_get
  xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \\
      --arg resource=pods --arg namespace=default --wait --raw
  xeroctl exec list --status failed
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08")]
    Args {
        Tools: tools,
        ToolShow: tool_show,
        Invoke: invoke,
        Watch: watch,
        Cancel: cancel,
        List: list,
        Show: show,
        Raw: raw,
        Rerun: rerun,
        Invocations: invocations,
        Stream: stream,
        Manifest: manifest,
        Environment: environment,
        Connectivity: connectivity,
        Learnings: learnings,
        Context: context,
    }
}
