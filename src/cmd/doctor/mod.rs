//! `xeroctl doctor`.

mod fleet;
mod network;
mod routes;

use super::checks::{Report, connection};
use crate::api::join_keys;
use crate::api::page::ListEndpoint as _;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Check everything that status checks, and look for common problems
///
/// Adds to xeroctl status: the permissions of the configuration file, DNS,
/// the proxy, the router's clock, routes that the router's documents do not
/// specify, active agents without a recent heartbeat, agents paused for over
/// a day, and join keys that expire within 7 days. Only reads are sent, and
/// nothing is asked. Up to 1,000 agents and join keys are looked at.
///
/// The exit code is that of xeroctl status: a warning never changes it. All
/// checks together take at most 10 seconds; --timeout lowers this limit.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl doctor
  xeroctl doctor -o wide
  xeroctl doctor -o json | jq -r '.data[] | select(.status == \"warn\").detail'")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// The error of the first check that failed.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut report = Report::new(context);
        report.is_doctor = true;
        let Some(config) = report.config() else {
            return report.finish();
        };
        let is_dry = context.globals.dry_run;
        if !is_dry {
            configuration(&mut report, &config);
        }
        let connection = connection::check(&mut report, &config).await;
        let Some(connection) = connection else {
            return report.finish();
        };
        if is_dry {
            let keys = join_keys::List {
                include_terminal: false,
            };
            let [management, execution] = connection::requests();
            let session = &connection.session;
            session.plan(&[management, execution, keys.request()])?;
            return Ok(Exit::Success);
        }
        network::check(&mut report, &connection).await;
        if connection.is_reached {
            let agents = fleet::agents(&connection.session).await;
            let keys = fleet::join_keys(&connection.session);
            let paused = fleet::paused(&connection.session, agents.as_ref().ok());
            let routes = routes::check(&connection.session, agents.as_ref().ok());
            let (keys, paused, routes) = tokio::join!(keys, paused, routes);
            fleet::report(&mut report, &connection.session, agents, keys, &paused);
            routes::report(&mut report, routes);
        }
        connection::check_squads(&mut report, &config).await;
        report.finish()
    }
}

/// The file and its permissions.
fn configuration(report: &mut Report<'_>, config: &Config) {
    let file = match &config.path {
        Some(path) if path.exists() => path.display().to_string(),
        Some(path) => format!("{} does not exist", path.display()),
        None => "no home directory, and so no file".to_owned(),
    };
    if config.warnings.is_empty() {
        report.ok("configuration", file);
    }
    for warning in &config.warnings {
        report.warn("configuration", warning.clone(), Some("config path"));
    }
}
