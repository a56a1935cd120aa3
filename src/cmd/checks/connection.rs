//! The checks of the connection: the deployment, the router, the key, and what the key may do.

use std::time::SystemTime;

use super::{Report, squads};
use crate::api::page::ListEndpoint as _;
use crate::api::request::Request;
use crate::api::response::Response;
use crate::api::{agents, executions};
use crate::base_url::BaseUrl;
use crate::config::{Config, Origin, ServerLocation, Settings, Sources};
use crate::error::{Error, Exit};
use crate::session::Session;

/// A read that any key with the scope may send, and whose response is small.
fn cheap(request: Request, action: &'static str) -> Request {
    Request {
        action: action.into(),
        ..request.query("limit", "1")
    }
}

/// Reads of the two scopes, which show whether the key has them.
pub fn requests() -> [Request; 2] {
    [
        cheap(agents::List.request(), "reach the management API"),
        cheap(executions::List.request(), "reach the execution API"),
    ]
}

/// A connection that works.
pub struct Connection<'c> {
    /// The session with the router.
    pub session: Session<'c>,
    /// The router's URL.
    pub base: Option<BaseUrl>,
    /// Whether the router responds.
    pub is_reached: bool,
    /// The router's clock when it responded.
    pub date: Option<SystemTime>,
}

/// Checks everything on the way to the router.
pub async fn check<'c>(report: &mut Report<'c>, config: &Config) -> Option<Connection<'c>> {
    let context = report.context;
    let sources = Sources::of_router(&context.globals, &context.env, config);
    let settings = match sources.and_then(Sources::resolve) {
        Ok(settings) => settings,
        Err(error) => {
            report.fail("deployment", error);
            return None;
        }
    };
    let named = named(&settings);
    let key = key(&settings);
    let allows_http = settings.allow_http.value;
    let ca = settings.ca.as_ref();
    let ca = ca.map(|file| format!("{} ({})", file.path.display(), file.setting));
    let is_sandbox = matches!(settings.location.value, ServerLocation::Sandbox);
    let session = match context.open_with(settings) {
        Ok(session) => session,
        Err(error) => {
            report.ok("deployment", named);
            let is_of_key = error.message().contains("key");
            report.fail(if is_of_key { "key" } else { "connection" }, error);
            return None;
        }
    };
    report.render_options = Some(session.render_options.clone());
    let base = BaseUrl::parse(session.base_url()).ok();
    if session.is_dry() {
        return Some(Connection {
            session,
            base,
            is_reached: false,
            date: None,
        });
    }
    report.ok("deployment", format!("{named}: {}", session.base_url()));
    if let Some(base) = &base {
        report.ok("project", base.project());
    }
    let [management, execution] = requests();
    let probe = session.probe(management).await;
    let date = probe.date();
    let answer = Answer::of(probe.result);
    if let Answer::Unreachable(error) = answer {
        let message = error.message();
        let is_of_tls = message.contains("TLS") || message.contains("certificate");
        report.fail(if is_of_tls { "tls" } else { "router" }, error);
        report.warn("key", format!("{key}; not checked"), None);
        return Some(Connection {
            session,
            base,
            is_reached: false,
            date: None,
        });
    }
    let took = crate::time::show_duration(probe.took);
    let way = session.proxy();
    let way = way.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
    report.ok_after("router", format!("responds in {took}{way}"), probe.took);
    match base.as_ref().filter(|base| base.origin().scheme != "https") {
        None => report.ok(
            "tls",
            ca.map_or_else(
                || "trusted by the system's certificates".to_owned(),
                |ca| format!("trusted by {ca}"),
            ),
        ),
        Some(_) if is_sandbox => report.ok("tls", "not used: the sandbox runs in this process"),
        Some(base) if base.is_loopback() => {
            report.ok("tls", "not used: the router is on this machine");
        }
        Some(_) if allows_http => report.warn("tls", "not used: the key is sent unencrypted", None),
        Some(_) => report.warn("tls", "not used", None),
    }
    scopes(report, &session, &key, answer, execution).await;
    Some(Connection {
        session,
        base,
        is_reached: true,
        date,
    })
}

/// Whether the key is accepted, and which scopes answer.
async fn scopes(
    report: &mut Report<'_>,
    session: &Session<'_>,
    key: &str,
    management: Answer,
    execution: Request,
) {
    if let Answer::Unauthenticated(error) = management {
        report.fail("key", error);
        return;
    }
    report.ok("key", format!("accepted ({key})"));
    if let Answer::NoProject(error) = management {
        report.fail("project", error);
        return;
    }
    let execution = Answer::of(session.probe(execution).await.result);
    let is_shut_out = matches!(
        (&management, &execution),
        (Answer::Denied(_), Answer::Denied(_))
    );
    for (scope, answer) in [("management", management), ("execution", execution)] {
        match answer {
            Answer::Answers => report.ok(scope, "answers"),
            Answer::Denied(error) if !is_shut_out => {
                let code = error.api_error().code.clone();
                let code = code.filter(|code| crate::api::advice::of(code).is_some());
                let next = code.map(|code| format!("explain {code}"));
                let why = format!("not for this key: {}", error.message());
                report.warn(scope, why, next.as_deref());
            }
            Answer::Throttled(error) => {
                report.warn(scope, error.message(), Some("explain 9"));
            }
            Answer::Denied(error)
            | Answer::Unauthenticated(error)
            | Answer::NoProject(error)
            | Answer::Unreachable(error) => report.fail(scope, error),
        }
    }
}

/// Checks the squads API, if one is configured.
pub async fn check_squads(report: &mut Report<'_>, config: &Config) {
    squads::check(report, config).await;
}

/// The deployment in words, and where it comes from.
fn named(settings: &Settings) -> String {
    let origin = &settings.location.origin;
    let is_given = matches!(origin, Origin::Flag(_) | Origin::Variable(_));
    match settings.deployment.as_ref().filter(|_| !is_given) {
        Some(name) => format!("{} (from {})", name.value, name.origin),
        None => format!("none (URL from {origin})"),
    }
}

/// Where the key comes from.
fn key(settings: &Settings) -> String {
    if matches!(settings.location.value, ServerLocation::Sandbox) {
        return "the sandbox's own".to_owned();
    }
    format!("from {}", settings.key.origin)
}

/// What a read says about the connection.
enum Answer {
    /// A 2xx response.
    Answers,
    /// The key was refused.
    Unauthenticated(Error),
    /// The key is known, but may not do this.
    Denied(Error),
    /// The project does not exist for this key.
    NoProject(Error),
    /// Too many requests, or a quota.
    Throttled(Error),
    /// No usable response.
    Unreachable(Error),
}

impl Answer {
    fn of(result: Result<Response, Error>) -> Self {
        let Err(error) = result else {
            return Self::Answers;
        };
        let router = error.api_error();
        let status = router.http_status;
        match router.code.as_deref() {
            Some("project_not_found" | "cross_project_access") => return Self::NoProject(error),
            Some("authentication_error") => return Self::Unauthenticated(error),
            _ => {}
        }
        match (error.exit(), status) {
            (Exit::Auth, Some(401)) => Self::Unauthenticated(error),
            (Exit::Auth, Some(403)) => Self::Denied(error),
            (Exit::Throttled, _) => Self::Throttled(error),
            _ => Self::Unreachable(error),
        }
    }
}
