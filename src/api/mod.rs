//! The HTTP API: requests and responses. Independent of terminals.
//!
//! Each resource has one file with its routes, its request bodies, and how its responses are read. Anything marked
//! *assumed* is not settled by a document.

pub mod advice;
pub mod agents;
pub mod approvals;
pub mod ca_bundle;
pub mod candidates;
pub mod client;
mod connect;
mod content_encoding;
mod denial;
pub mod document;
mod embedded_error;
mod envelope;
mod error_code;
pub mod error_response;
pub mod executions;
pub mod expected_object;
mod hints;
pub mod id;
pub mod invocations;
pub mod join_keys;
pub mod learnings;
pub mod names;
pub mod page;
pub mod paginator;
mod pinned_certificate;
mod probe;
pub mod proxy;
pub mod raw_request;
pub mod reply;
pub mod request;
pub mod response;
pub mod retry;
pub mod service;
pub mod squads;
pub mod sse;
pub mod streaming_response;
pub mod tls;
mod tls_error;
mod tls_sessions;
pub mod tools;
pub mod transport;
mod transport_error;
mod validation_issues;
pub mod workspaces;

pub use client::Client;
pub use id::Id;
pub use reply::Reply;
pub use request::{Endpoint, Method, Request};
pub use response::Response;
