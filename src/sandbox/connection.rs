//! Connections that a request can close, for the injected fault `drop`.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};

/// A second handle to a request's connection; `None` if no file descriptor was available.
#[derive(Debug, Clone)]
pub(super) struct Connection(Option<Arc<std::net::TcpStream>>);

impl Connection {
    /// Closes the connection in both directions, so that the client sees it end without a response.
    pub(super) fn close(&self) {
        if let Some(stream) = &self.0 {
            // Fails only if the client has closed the connection already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

/// A listener that provides the [`Connection`] of each request.
pub(super) struct ConnectionListener(pub(super) TcpListener);

impl Listener for ConnectionListener {
    type Io = TcpStream;
    type Addr = Connection;

    async fn accept(&mut self) -> (TcpStream, Connection) {
        loop {
            // This `accept` retries on errors, including a lack of file descriptors.
            let (stream, _): (TcpStream, SocketAddr) = Listener::accept(&mut self.0).await;
            if let Ok(pair) = with_handle(stream) {
                return pair;
            }
        }
    }

    fn local_addr(&self) -> io::Result<Connection> {
        Ok(Connection(None))
    }
}

fn with_handle(stream: TcpStream) -> io::Result<(TcpStream, Connection)> {
    // Responses are small and complete, so delaying packets gains nothing.
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let connection = Connection(stream.try_clone().ok().map(Arc::new));
    Ok((TcpStream::from_std(stream)?, connection))
}

impl Connected<IncomingStream<'_, ConnectionListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, ConnectionListener>) -> Self {
        stream.remote_addr().clone()
    }
}
