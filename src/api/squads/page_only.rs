//! Requests whose body suits both dialects, and their reduced form for a server that accepts only documented members.

use serde_json::{Map, Value};

use crate::api::request::{Endpoint, Request};

/// A request whose body also has undocumented members.
pub trait TwoDialects: Endpoint {
    /// The documented members of the body.
    const PAGE: &'static [&'static str];
}

/// The same request with only the documented members.
pub struct PageOnly<'a, E>(pub &'a E);

impl<E: TwoDialects> Endpoint for PageOnly<'_, E> {
    type Reply = E::Reply;

    fn request(&self) -> Request {
        let request = self.0.request();
        let mut members = body(&request);
        members.retain(|name, _| E::PAGE.contains(&name.as_str()));
        request.body(&members)
    }
}

/// The undocumented members of a request's body.
pub fn extra_members<E: TwoDialects>(endpoint: &E) -> Vec<String> {
    let members = body(&endpoint.request());
    let names = members.into_iter().map(|(name, _)| name);
    names
        .filter(|name| !E::PAGE.contains(&name.as_str()))
        .collect()
}

fn body(request: &Request) -> Map<String, Value> {
    let body = request.body.as_deref().unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}
