//! The client against a router that errs: every documented error code, foreign and broken answers, retries, lists that
//! break off. The router is scripted byte by byte and shares no code with the client.

mod api;
#[cfg(unix)]
mod assumed;
#[cfg(unix)]
mod assumed_lines;
mod bodies;
mod bundles;
mod codes;
mod connections;
mod damaged_responses;
mod embedded_errors;
mod exec_approvals;
mod exec_args;
mod exec_call;
mod exec_changed;
mod exec_decided;
mod exec_deciding;
mod exec_feed;
mod exec_lists;
mod exec_raw;
mod exec_schema;
mod exec_streams;
mod exec_wait;
mod exec_watch;
mod facts;
mod fleet;
mod fleet_resume;
mod list_watch;
mod lists;
mod lists_endless;
mod lists_large;
mod network;
mod proxies;
mod retries;
mod several;
mod shapes;
mod squads;
mod squads_hostile;
mod squads_retries;
mod squads_shapes;
mod tls;
mod waits;
mod wrong_responses;
