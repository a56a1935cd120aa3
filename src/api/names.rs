//! Name resolution by itself, for `doctor`.

use std::io;
use std::net::IpAddr;

use tokio::sync::oneshot;

use super::connect;

/// The addresses of a host name. On a thread of its own: the system's resolver can't be interrupted.
///
/// # Errors
/// The resolver's own.
pub async fn resolve(host: &str) -> io::Result<Vec<IpAddr>> {
    let host = host.trim_matches(['[', ']']).to_owned();
    let (sender, found) = oneshot::channel();
    std::thread::Builder::new()
        .name("resolver".to_owned())
        // The receiver may be gone.
        .spawn(move || drop(sender.send(connect::system(&host))))?;
    let found = found.await.map_err(io::Error::other)??;
    let mut addresses: Vec<IpAddr> = found.iter().map(std::net::SocketAddr::ip).collect();
    addresses.dedup();
    Ok(addresses)
}
