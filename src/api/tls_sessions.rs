//! A cache of TLS sessions for resumption. A lookup also records that a TLS handshake has started.

use rustls::NamedGroup;
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::pki_types::ServerName;

use super::connect::{PHASE, Phase};

/// The library's default number of sessions.
const MOST: usize = 256;

/// Keeps sessions in memory, and records in [`PHASE`] that a handshake has started.
#[derive(Debug)]
pub(super) struct TlsSessions(ClientSessionMemoryCache);

impl TlsSessions {
    pub(super) fn new() -> Self {
        Self(ClientSessionMemoryCache::new(MOST))
    }
}

impl ClientSessionStore for TlsSessions {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(server, group);
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        // Outside an attempt, the phase is not needed.
        let _ = PHASE.try_with(Phase::start_handshake);
        self.0.kx_hint(server)
    }

    fn set_tls12_session(&self, server: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(server, value);
    }

    fn tls12_session(&self, server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(server)
    }

    fn remove_tls12_session(&self, server: &ServerName<'static>) {
        self.0.remove_tls12_session(server);
    }

    fn insert_tls13_ticket(&self, server: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(server, value);
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(server)
    }
}
