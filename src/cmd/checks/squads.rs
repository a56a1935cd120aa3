//! The check of the squads API.

use super::Report;
use crate::api::request::Endpoint as _;
use crate::api::squads::health;
use crate::config::{Config, GlobalArgs, KeySource, Origin, Sources};
use crate::error::Error;

/// Whether the squads API responds; nothing if none is configured.
pub(super) async fn check(report: &mut Report<'_>, config: &Config) {
    let context = report.context;
    // Options on the command line are the router's.
    let globals = GlobalArgs {
        base_url: None,
        api_key: None,
        api_key_file: None,
        ..context.globals.clone()
    };
    let sources = Sources::of_squads(None, None, &globals, &context.env, config);
    let settings = match sources.and_then(Sources::resolve) {
        Ok(settings) => settings,
        Err(error) => {
            report.fail("squads", error);
            return;
        }
    };
    let is_configured = settings.location.origin != Origin::Default
        || settings.squad.is_some()
        || !matches!(settings.key.value, KeySource::Missing | KeySource::Sandbox);
    if !is_configured {
        return;
    }
    let session = match context.open_squads_with(settings) {
        Ok(session) => session,
        Err(error) => {
            report.fail("squads", error);
            return;
        }
    };
    if session.is_dry() {
        return;
    }
    let probe = session.probe(health::Get.request()).await;
    let url = session.base_url().to_owned();
    match probe.result {
        Ok(_) => {
            let took = crate::time::show_duration(probe.took);
            report.ok_after("squads", format!("{url} responds in {took}"), probe.took);
        }
        Err(error) if answers(&error) => {
            let why = format!("{url} responds: {}", error.message());
            report.warn("squads", why, Some("squads health"));
        }
        Err(error) => report.fail("squads", error),
    }
}

/// Whether the server responded, if not as expected.
fn answers(error: &Error) -> bool {
    let status = error.api_error().http_status;
    status.is_some_and(|status| (400..500).contains(&status))
}
