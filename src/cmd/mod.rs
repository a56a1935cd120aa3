//! The commands, one file each. A new one needs a file, a `mod` line, and a line in a `commands!` list.

pub mod agents;
pub mod alias;
pub mod aliases;
pub mod api;
pub mod approvals;
mod bulk;
mod byte_output;
pub mod checks;
pub mod complete;
pub mod completions;
mod condition;
pub mod config;
pub mod doctor;
pub mod examples;
pub mod exec;
pub mod explain;
pub mod global;
pub mod grammar;
pub mod help;
mod input;
mod list_changes;
mod list_options;
mod list_watch;
pub mod live_feed;
pub mod man;
pub mod next_command;
pub mod option_rules;
pub mod paging;
pub mod period;
mod polling;
mod report;
pub mod sandbox;
pub mod squads;
pub mod status;
pub mod suggestions;
mod token;
pub mod top;
mod topics;
pub mod values;
pub mod version;
mod wait;
mod watch_frame;

/// Defines the enum of a group's commands, one line each: the variant, then the module that holds its `Args`.
macro_rules! commands {
    ($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $variant:ident: $module:ident,)+ }) => {
        $(#[$meta])*
        #[derive(clap::Subcommand)]
        #[allow(missing_docs, reason = "a comment on a variant would take the place of its command's help")]
        pub enum $name {
            $($(#[$attribute])* $variant(Box<$module::Args>),)+
        }

        impl $name {
            /// The modules of the commands, each with what builds its part of the tree.
            pub const PARTS: &[(&'static str, fn(clap::Command) -> clap::Command)] =
                &[$((stringify!($module), <$module::Args as clap::Args>::augment_args),)+];

            /// Runs the command.
            pub async fn run(
                self,
                context: &$crate::session::Context,
            ) -> Result<$crate::error::Exit, $crate::error::Error> {
                match self {
                    $(Self::$variant(args) => (*args).run(context).await,)+
                }
            }
        }
    };
}
pub(crate) use commands;

/// Defines a group that requires a subcommand: its `Args`, with the help of the group, and its commands.
macro_rules! command_group {
    ($(#[$help:meta])* Args { $($variant:ident: $module:ident,)+ }) => {
        $crate::cmd::commands! {
            /// The commands of the group.
            Subcommand { $($variant: $module,)+ }
        }

        #[derive(clap::Args)]
        $(#[$help])*
        #[command(subcommand_value_name = "COMMAND", subcommand_help_heading = "Commands")]
        pub struct Args {
            #[command(subcommand)]
            subcommand: Subcommand,
        }

        impl Args {
            /// Runs the command.
            pub async fn run(
                self,
                context: &$crate::session::Context,
            ) -> Result<$crate::error::Exit, $crate::error::Error> {
                Box::pin(self.subcommand.run(context)).await
            }
        }
    };
}
pub(crate) use command_group;

use std::sync::LazyLock;
use std::time::Duration;

use agents::join_keys;

commands! {
    /// Every command of the first level.
    Command {
        Agents: agents,
        JoinKeys: join_keys,
        Exec: exec,
        Approvals: approvals,
        Squads: squads,
        Api: api,
        Config: config,
        Sandbox: sandbox,
        Status: status,
        Doctor: doctor,
        Top: top,
        Explain: explain,
        Completions: completions,
        Man: man,
        Version: version,
        Help: help,
    }
}

impl Command {
    /// The commands that `named` selects. To build all of them takes longer than everything else before the request.
    pub fn only(named: &dyn Fn(&str) -> bool) -> Vec<clap::Command> {
        // clap keeps names that live as long as the program.
        static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
            let modules = Command::PARTS.iter().map(|(module, _)| module);
            modules.map(|module| module.replace('_', "-")).collect()
        });
        let parts = NAMES.iter().zip(Self::PARTS);
        let named = parts.filter(|(name, _)| named(name));
        named
            .map(|(name, (_, augment))| augment(clap::Command::new(name.as_str())))
            .collect()
    }

    /// The command's own limit for its run, which `--timeout` lowers.
    pub fn time_limit(&self) -> Option<Duration> {
        matches!(self, Self::Status(_) | Self::Doctor(_)).then_some(checks::LIMIT)
    }

    /// Whether the command needs no runtime: it waits for nothing.
    pub fn is_immediate(&self) -> bool {
        matches!(
            self,
            Self::Explain(_)
                | Self::Completions(_)
                | Self::Man(_)
                | Self::Version(_)
                | Self::Help(_)
        )
    }
}

/// The arguments of the program, except for the global options (see [`global`]).
#[derive(clap::Parser)]
#[command(
    name = "xeroctl",
    version,
    disable_help_subcommand = true,
    about = "Operate a fleet of AI agents through the Xerotier router",
    after_help = "\
Examples:
  xeroctl --context sandbox agents        try xeroctl without a router
  xeroctl config init                     set up a router
  xeroctl status                          check the router and the key
  xeroctl agents                          list the fleet
  xeroctl top                             watch the fleet on one live screen
  xeroctl agents -o json | jq '.data[].id'
  xeroctl explain scope_insufficient      what an error code means

Topics (xeroctl help TOPIC): options, contexts, environment, formats, filtering,
exit-codes"
)]
pub struct Cli {
    /// The command; without one, the short help is printed.
    #[command(subcommand)]
    pub command: Option<Command>,
}
