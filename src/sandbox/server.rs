//! HTTP server: one thread, one listener, and all routes.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::{Router, on};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use super::app_state::AppState;
use super::connection::{Connection, ConnectionListener};
use super::options::{Options, PROJECT};
use super::pagination::PageLimits;
use super::request::{ApiRequest, no_route};
use super::response::ApiError;
use super::state::Keys;
use super::store::Store;
use super::{
    agent_actions, agents, approvals, candidates, diagnostics, event_stream, exec_context,
    executions, introspection, invocations, join_keys, learnings, middleware, tools,
};

/// The running server; dropping it stops it.
pub(super) struct HttpServer {
    port: u16,
    keys: Keys,
    /// Nothing is sent on it; dropping it stops the server.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Receives nothing; it closes when the thread ends.
    ended: Mutex<mpsc::Receiver<()>>,
}

/// Base URL of a sandbox on this port.
pub(super) fn base_url(port: u16) -> String {
    format!("http://{}:{port}/{PROJECT}/v1", Ipv4Addr::LOCALHOST)
}

impl HttpServer {
    pub(super) fn start(store: Store, options: Options) -> io::Result<Self> {
        // Bound before the thread starts, so that the port is known and connections are queued.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let keys = store.keys().clone();
        let app = Arc::new(AppState {
            store: Arc::new(store),
            page_limits: PageLimits::new(options.page_size),
            base_url: base_url(port),
            port,
            latency: options.latency,
            faults: Mutex::new(options.faults),
            dialect: options.dialect,
        });
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                let _end: mpsc::Sender<()> = end;
                serve(&runtime, listener, app, stopped);
            })?;
        Ok(Self {
            port,
            keys,
            stop: Some(stop),
            thread: Some(thread),
            ended: Mutex::new(ended),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Waits until the thread ends or `limit` has passed. Returns true if the limit was reached.
    pub(super) fn wait(mut self, limit: Option<Duration>) -> bool {
        if let Some(limit) = limit
            && let Ok(ended) = self.ended.lock()
            && ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout)
        {
            return true;
        }
        self.join();
        false
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported already.
            drop(thread.join());
        }
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stop.take();
        self.join();
    }
}

/// Serves until `stopped`. Requests in progress end with the runtime.
fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    app: Arc<AppState>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        // Without a registered socket nothing can be served, and clients are refused a connection.
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
            return;
        };
        let service = router(app).into_make_service_with_connect_info::<Connection>();
        tokio::select! {
            _ = stopped => {}
            _ = axum::serve(ConnectionListener(listener), service).into_future() => {}
        }
    });
}

fn router(app: Arc<AppState>) -> Router {
    let tables = [
        agents::ROUTES,
        agent_actions::ROUTES,
        candidates::ROUTES,
        join_keys::ROUTES,
        tools::ROUTES,
        invocations::ROUTES,
        executions::ROUTES,
        event_stream::ROUTES,
        approvals::ROUTES,
        introspection::ROUTES,
        learnings::ROUTES,
        exec_context::ROUTES,
        diagnostics::ROUTES,
    ];
    let mut router = Router::new();
    for &(method, path, handler) in tables.into_iter().flatten() {
        let handler = move |State(app): State<Arc<AppState>>, request: ApiRequest| async move {
            handler(&app, &request)
        };
        router = router.route(&format!("/{PROJECT}/v1{path}"), on(method, handler));
    }
    router
        .fallback(async |uri: Uri| no_route(uri.path()))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            middleware::handle,
        ))
        .with_state(app)
}

/// 405; axum's router adds the `Allow` header.
async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    let message = format!("{method} is not allowed on '{}'.", uri.path());
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, None, message)
}
