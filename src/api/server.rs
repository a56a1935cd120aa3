//! Which of the two servers is asked: they word their errors differently, and so do we.

/// A kind of server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Server {
    /// The router of the fleet.
    #[default]
    Router,
    /// The squads API.
    Squads,
}

impl Server {
    /// What it is called.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Router => "router",
            Self::Squads => "squads API",
        }
    }
}
