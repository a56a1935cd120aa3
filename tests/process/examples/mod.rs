//! Every command line of the documentation of `xeroctl agents`, word for word, against a fresh sandbox: it works, it
//! prints the documented columns in the documented order, and it does what the text around it says.

mod example;

mod agents;
mod api;
mod approvals;
mod exec;
mod exec_help;
mod join_keys;
mod squads;
mod verbs;
mod walkthroughs;
