//! Every documented example of `xeroctl agents`, word for word, against a new sandbox: it works, prints the
//! documented columns in order, and does what the documentation says.

mod example;

mod agents;
mod agents_subcommands;
mod api;
mod approvals;
mod exec;
mod exec_help;
mod join_keys;
mod squads;
mod walkthroughs;
