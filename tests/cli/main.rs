//! Commands in this process: whole outputs (standard output, standard error, exit code) in one snapshot each.

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod approvals;
mod approvals_decide;
mod approvals_digest;
mod approvals_usage;
mod base_urls;
mod config;
mod config_file;
mod consent;
mod dry_run;
mod exec_args;
mod exec_consent;
mod exec_deadlines;
mod exec_dry_run;
mod exec_hostile;
mod exec_invoke;
mod exec_json;
mod exec_lists;
mod exec_lookup;
mod exec_objects;
mod exec_usage;
mod formats;
mod help;
mod hostile;
mod join_keys;
mod paging;
mod properties;
mod resolve;
mod secrets;
mod shown;
mod squads_after;
mod squads_config;
mod squads_connection;
mod squads_context;
mod squads_dialects;
mod squads_dialects_changes;
mod squads_dialects_keys;
mod squads_names;
mod squads_table;
mod tokens;
mod usage;
mod verbs;
