//! `xeroctl squads`: agents grouped in squads, managed by a separate server.

mod agent;
pub mod agents;
pub mod create;
pub mod create_key;
pub mod delete;
mod destructive_target;
pub mod health;
mod hints;
pub mod hire;
pub mod inbox;
pub mod instructions_path;
pub mod keys;
mod lifecycle;
pub mod me;
pub mod pause;
pub mod permissions;
mod prompt;
pub mod reset_session;
pub mod resume;
pub mod revoke_key;
pub mod runtime;
pub mod show;
mod squad_session;
pub mod terminate;
pub mod update;
mod verify;

use super::command_group;

command_group! {
    /// Manage agents grouped in squads (a separate server)
    ///
    /// The server comes from --squads-url, `SLAW_API_URL`, or the deployment's `squads_url`, and defaults to
    /// localhost:3100. The key comes from --api-key-file, `SLAW_API_KEY`, or `squads_api_key`; the router's key is
    /// never sent there. Most changes require an operator key; `me` and `inbox` require an agent key.
    #[command(after_help = "\
Examples:
  xeroctl --context sandbox squads agents
  xeroctl squads --help
  xeroctl squads health --squads-url http://localhost:3100
  xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o json")]
    Args {
        Me: me,
        Inbox: inbox,
        Agents: agents,
        Show: show,
        Create: create,
        Hire: hire,
        Update: update,
        Permissions: permissions,
        InstructionsPath: instructions_path,
        Pause: pause,
        Resume: resume,
        Terminate: terminate,
        Delete: delete,
        Keys: keys,
        CreateKey: create_key,
        RevokeKey: revoke_key,
        Runtime: runtime,
        ResetSession: reset_session,
        Health: health,
    }
}
