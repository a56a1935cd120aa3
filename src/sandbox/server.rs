//! The server: one thread, one listener, and the routes of all resources.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::{Router, on};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use super::app::App;
use super::call::{Call, no_route};
use super::line::{Line, Lines};
use super::page::Pages;
use super::reply::Refusal;
use super::store::{Keys, Store};
use super::{
    Options, PROJECT, agents, approvals, candidates, context, executions, gate, introspection,
    invocations, join_keys, learnings, lifecycle, stream, tools,
};

/// The running server. Dropping it stops it.
pub(super) struct Server {
    port: u16,
    keys: Keys,
    /// Never sent to: dropping it is the signal.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The base URL of a sandbox on this port.
pub(super) fn base_url(port: u16) -> String {
    format!("http://{}:{port}/{PROJECT}/v1", Ipv4Addr::LOCALHOST)
}

impl Server {
    pub(super) fn start(store: Store, options: Options) -> io::Result<Self> {
        // Bound here rather than on the thread: the port is known, and connections queue, before it runs.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let keys = store.keys().clone();
        let app = Arc::new(App {
            store: Arc::new(store),
            pages: Pages::new(options.page_size),
            base_url: base_url(port),
            latency: options.latency,
            faults: Mutex::new(options.faults),
            dialect: options.dialect,
        });
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(&runtime, listener, app, stopped))?;
        Ok(Self {
            port,
            keys,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(super) fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic on the thread has been reported there.
            drop(thread.join());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.take();
        self.join();
    }
}

/// Serves until `stopped`; requests under way end with the runtime.
fn serve(runtime: &Runtime, listener: TcpListener, app: Arc<App>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        // A socket that cannot be registered leaves nothing to serve; clients are refused a connection.
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
            return;
        };
        let service = router(app).into_make_service_with_connect_info::<Line>();
        tokio::select! {
            _ = stopped => {}
            _ = axum::serve(Lines(listener), service).into_future() => {}
        }
    });
}

fn router(app: Arc<App>) -> Router {
    let tables = [
        agents::ROUTES,
        lifecycle::ROUTES,
        candidates::ROUTES,
        join_keys::ROUTES,
        tools::ROUTES,
        invocations::ROUTES,
        executions::ROUTES,
        stream::ROUTES,
        approvals::ROUTES,
        introspection::ROUTES,
        learnings::ROUTES,
        context::ROUTES,
    ];
    let mut router = Router::new();
    for &(method, path, work) in tables.into_iter().flatten() {
        let handler =
            move |State(app): State<Arc<App>>, call: Call| async move { work(&app, &call) };
        router = router.route(&format!("/{PROJECT}/v1{path}"), on(method, handler));
    }
    router
        .fallback(async |uri: Uri| no_route(uri.path()))
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            gate::pass,
        ))
        .with_state(app)
}

/// 405; the router adds the `Allow` header.
async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let message = format!("{method} is not possible on '{}'.", uri.path());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, None, message)
}
