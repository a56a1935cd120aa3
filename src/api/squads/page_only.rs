//! Requests whose body serves both dialects, and what is left of them for a server that keeps to its page.

use serde_json::{Map, Value};

use crate::api::request::{Endpoint, Request};

/// A request whose body also holds members that only the server knows, or only one of its routes.
pub trait TwoDialects: Endpoint {
    /// The members of the body that are on the page.
    const PAGE: &'static [&'static str];
}

/// The same request with the page's members alone.
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

/// The members of a request's body that are not on the page.
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
