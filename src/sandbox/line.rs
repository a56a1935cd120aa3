//! Connections that can be cut from within a request, for the fault `drop`.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};

/// A second handle on a request's connection; none where the system had no descriptor left for it.
#[derive(Debug, Clone)]
pub(super) struct Line(Option<Arc<std::net::TcpStream>>);

impl Line {
    /// Closes the connection in both directions at once: the client sees the end of an answer that never began.
    pub(super) fn cut(&self) {
        if let Some(stream) = &self.0 {
            // One that the client has closed already is as good as cut.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

/// A listener whose connections come with their [`Line`].
pub(super) struct Lines(pub(super) TcpListener);

impl Listener for Lines {
    type Io = TcpStream;
    type Addr = Line;

    async fn accept(&mut self) -> (TcpStream, Line) {
        loop {
            // This `accept` rides out errors, running out of descriptors included.
            let (stream, _): (TcpStream, SocketAddr) = Listener::accept(&mut self.0).await;
            if let Ok(pair) = split(stream) {
                return pair;
            }
        }
    }

    fn local_addr(&self) -> io::Result<Line> {
        Ok(Line(None))
    }
}

fn split(stream: TcpStream) -> io::Result<(TcpStream, Line)> {
    // Answers are small and complete: there is nothing to gain from waiting for more.
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let line = Line(stream.try_clone().ok().map(Arc::new));
    Ok((TcpStream::from_std(stream)?, line))
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.remote_addr().clone()
    }
}
