//! The sandbox over plain HTTP, with a separate client that shares no code with the program's.

mod approvals;
mod auth;
mod executions;
mod faults;
mod fleet;
mod http;
mod invocations;
mod lifecycle;
mod paging;
mod routes;
mod squads;
mod squads_access;
mod squads_http;
mod squads_traps;
mod state;
mod stream;
mod strict;
mod values;
mod workspaces;
