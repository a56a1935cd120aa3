//! `xeroctl completions`.

use crate::error::{Error, Exit};
use crate::session::Context;

/// Print the completion script of a shell
///
/// Completes commands, options, and values: agents, candidates, join keys,
/// tools, workspaces, executions, invocations, approvals, learnings, squads'
/// agents and their keys, deployments, and error codes. IDs come from the router within 300 milliseconds, or from a list
/// that is kept for 60 seconds in the state directory. If that fails, there
/// are no suggestions, and no message either. Words are never passed on a
/// command line, and a line with --api-key gets no suggestions from a router.
#[derive(clap::Args)]
#[command(after_help = "\
Install:
  bash        add to ~/.bashrc:
                source <(xeroctl completions bash)
  zsh         add to ~/.zshrc, after compinit:
                source <(xeroctl completions zsh)
  fish        run once:
                xeroctl completions fish \\
                  > ~/.config/fish/completions/xeroctl.fish
  powershell  add to $PROFILE:
                xeroctl completions powershell | Out-String | Invoke-Expression
  elvish      add to ~/.config/elvish/rc.elv:
                eval (xeroctl completions elvish | slurp)

Examples:
  xeroctl completions bash
  xeroctl completions fish")]
pub struct Args {
    /// Shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (script, file, install) = match self.shell {
            Shell::Bash => (
                include_str!("xeroctl.bash"),
                "~/.bashrc",
                "source <(xeroctl completions bash)",
            ),
            Shell::Zsh => (
                include_str!("xeroctl.zsh"),
                "~/.zshrc",
                "source <(xeroctl completions zsh)",
            ),
            Shell::Fish => (
                include_str!("xeroctl.fish"),
                "~/.config/fish/config.fish",
                "xeroctl completions fish | source",
            ),
            Shell::Powershell => (
                include_str!("xeroctl.ps1"),
                "$PROFILE",
                "xeroctl completions powershell | Out-String | Invoke-Expression",
            ),
            Shell::Elvish => (
                include_str!("xeroctl.elv"),
                "~/.config/elvish/rc.elv",
                "eval (xeroctl completions elvish | slurp)",
            ),
        };
        context.ui.print(script)?;
        // A script on a terminal is not what was wanted.
        if context.ui.terminals().output {
            context.ui.hint(&format!("add to {file}: {install}"));
        }
        Ok(Exit::Success)
    }
}
