//! The sandbox as it is seen over plain HTTP: a client of its own, none of the program's.

#[path = "sandbox/approvals.rs"]
mod approvals;
#[path = "sandbox/auth.rs"]
mod auth;
#[path = "sandbox/executions.rs"]
mod executions;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/fleet.rs"]
mod fleet;
#[path = "sandbox/http.rs"]
mod http;
#[path = "sandbox/invocations.rs"]
mod invocations;
#[path = "sandbox/lifecycle.rs"]
mod lifecycle;
#[path = "sandbox/paging.rs"]
mod paging;
#[path = "sandbox/routes.rs"]
mod routes;
#[path = "sandbox/squads.rs"]
mod squads;
#[path = "sandbox/squads_access.rs"]
mod squads_access;
#[path = "sandbox/squads_http.rs"]
mod squads_http;
#[path = "sandbox/squads_traps.rs"]
mod squads_traps;
#[path = "sandbox/state.rs"]
mod state;
#[path = "sandbox/stream.rs"]
mod stream;
#[path = "sandbox/strict.rs"]
mod strict;
#[path = "sandbox/values.rs"]
mod values;
#[path = "sandbox/workspaces.rs"]
mod workspaces;
