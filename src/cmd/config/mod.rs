//! `xeroctl config`: manages the stored deployments.

pub mod add;
pub mod current;
pub mod init;
pub mod list;
pub mod new_key;
pub mod path;
pub mod remove;
pub mod rename;
pub mod set;
pub mod settings;
pub mod show;
#[path = "use.rs"]
pub mod use_;

use super::command_group;

command_group! {
    /// Manage deployments (routers and their keys)
    ///
    /// A deployment is a named base URL with a key and settings. One deployment is current; --context selects another
    /// for one command. The deployment `sandbox`, a built-in test router, always exists.
    #[command(after_help = "\
Examples:
  xeroctl config init
  xeroctl config add prod --base-url https://api.example/proj_1/v1 \\
      --api-key-file prod.key --protected
  xeroctl config use prod
  xeroctl config show")]
    Args {
        Init: init,
        Add: add,
        Set: set,
        Use: use_,
        Current: current,
        List: list,
        Show: show,
        Remove: remove,
        Rename: rename,
        Path: path,
    }
}
