//! The client against a router that errs: every documented error code, foreign and broken answers, retries, lists that
//! break off. The router is scripted byte by byte and shares no code with the client.

#[path = "../support/mod.rs"]
mod support;

mod api;
#[cfg(unix)]
mod assumed;
#[cfg(unix)]
mod assumed_lines;
mod codes;
mod exec_approvals;
mod exec_args;
mod exec_call;
mod exec_deciding;
mod exec_feed;
mod exec_lists;
mod exec_raw;
mod exec_schema;
mod exec_streams;
mod exec_wait;
mod exec_watch;
mod lists;
mod network;
mod retries;
mod several;
mod shapes;
mod squads;
mod squads_hostile;
mod squads_retries;
mod squads_shapes;
