//! `xeroctl status`.

use super::checks::{Report, connection};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Check the deployment, the router, and the key
///
/// One line per check: the deployment and its project, whether the router
/// responds and how fast, TLS, whether the key is accepted and where it comes
/// from, and which scopes answer. Only reads are sent, and nothing is asked.
/// The squads API is checked if one is configured.
///
/// Exits with 0 if each check is ok or warn. Otherwise, the exit code is that
/// of the first check that failed: 3 for the configuration, 4 for the key and
/// its scopes, 5 for the project, and 17 for the router. All checks together
/// take at most 10 seconds; --timeout lowers this limit.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl status
  xeroctl status --timeout 3s
  xeroctl status -o json | jq -r '.data[] | select(.status != \"ok\").detail'")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// The error of the first check that failed.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut report = Report::new(context);
        let Some(config) = report.config() else {
            return report.finish();
        };
        for warning in &config.warnings {
            context.ui.warn(warning);
        }
        let connection = connection::check(&mut report, &config).await;
        if let Some(connection) = &connection
            && connection.session.is_dry()
        {
            connection.session.plan(&connection::requests())?;
            return Ok(Exit::Success);
        }
        if connection.is_some() {
            connection::check_squads(&mut report, &config).await;
        }
        report.finish()
    }
}
