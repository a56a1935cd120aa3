//! `xeroctl sandbox`: the embedded test router. Only this module names `crate::sandbox`.

pub mod enroll;
pub mod local;
pub mod path;
pub mod reset;
pub mod serve;

use std::path::PathBuf;

use super::command_group;
use crate::env::Env;

command_group! {
    /// Run and reset the built-in test router
    ///
    /// With `--context sandbox`, it runs inside this program for a single command. Its state is kept between commands.
    #[command(after_help = "\
Examples:
  xeroctl --context sandbox agents
  xeroctl config use sandbox
  xeroctl sandbox serve --port 8080
  xeroctl sandbox enroll --token-file gpu-pool.token
  xeroctl sandbox reset")]
    Args {
        Serve: serve,
        Enroll: enroll,
        Reset: reset,
        Path: path,
    }
}

/// The sandbox's state directory; `None` without a home directory.
pub(super) fn state(env: &Env) -> Option<PathBuf> {
    env.state_dir().map(|dir| dir.join("sandbox"))
}
