//! `xeroctl sandbox serve`.

use std::time::Duration;

use serde_json::json;

use super::local;
use crate::cmd::report;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::sandbox::{self, Fault, LARGEST_FLEET, Options, Sandbox};
use crate::session::Context;
use crate::time;

/// Serve the sandbox on a loopback port until interrupted
///
/// Prints the base URLs and keys of the router and the squads API. The state is shared with `--context sandbox`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox serve --port 8080
  xeroctl sandbox serve -o json | jq -r .base_url
  xeroctl sandbox serve --page-size 5 --latency 300ms
  xeroctl sandbox serve --agents 1000 --fail 'POST *=429:5%'
  xeroctl sandbox serve --dialect server --fail 'GET /api/agents/me=503'
  xeroctl sandbox serve --fail 'GET /management/agents=503:2' \\
      --fail 'POST /*=429'")]
pub struct Args {
    /// Port on 127.0.0.1 (a free one if omitted)
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    port: u16,
    /// Default and maximum page size
    #[arg(long, value_name = "N", value_parser = values::limit)]
    page_size: Option<usize>,
    /// Add a generated fleet of N agents, and keep the state in memory
    #[arg(long, value_name = "N", value_parser = fleet_size)]
    agents: Option<usize>,
    /// Delay before each response
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    latency: Option<Duration>,
    /// Inject an error: 'METHOD PATTERN=STATUS[:COUNT]', where STATUS may also be drop, html, or hang, and COUNT a rate such as 5% (repeatable)
    #[arg(long, value_name = "FAULT")]
    fail: Vec<Fault>,
    /// Behavior of the squads API: as documented (page) or as its server implements it (server)
    #[arg(long, value_name = "DIALECT", default_value = "page")]
    dialect: Dialect,
}

fn fleet_size(text: &str) -> Result<usize, String> {
    values::limit(text)
        .ok()
        .filter(|size| *size <= LARGEST_FLEET)
        .ok_or_else(|| format!("write a whole number from 1 to {LARGEST_FLEET}"))
}

/// Dialect of the squads API.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Dialect {
    Page,
    Server,
}

impl From<Dialect> for sandbox::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Page => Self::Page,
            Dialect::Server => Self::Server,
        }
    }
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 17 if the port is unavailable.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if context.globals.dry_run {
            return report::dry(
                context,
                &format!("would serve the sandbox on 127.0.0.1:{}", self.port),
            );
        }
        let defaults = local::options(context);
        let sandbox = Sandbox::start(Options {
            port: self.port,
            agents: self.agents,
            page_size: self.page_size.unwrap_or(defaults.page_size),
            latency: self.latency.unwrap_or(defaults.latency),
            faults: self.fail,
            dialect: self.dialect.into(),
            ..defaults
        })
        .map_err(local::failed)?;
        if let Some(warning) = sandbox.warning() {
            context.ui.warn(warning);
        }
        let (base_url, key) = (sandbox.base_url(), sandbox.key());
        let fields = [
            ("base_url", json!(base_url)),
            ("key", json!(key)),
            ("port", json!(sandbox.port())),
            ("squads_url", json!(sandbox.squads_url())),
            ("squads_operator_key", json!(sandbox.squads_operator_key())),
            ("squads_agent_key", json!(sandbox.squads_agent_key())),
            ("squad_id", json!(sandbox.squads_squad_id())),
        ];
        let text = format!(
            "BASE_URL\t{base_url}\nKEY\t{key}\nSQUADS_URL\t{}\nSQUADS_OPERATOR_KEY\t{}\nSQUADS_AGENT_KEY\t{}\nSQUAD_ID\t{}",
            sandbox.squads_url(),
            sandbox.squads_operator_key(),
            sandbox.squads_agent_key(),
            sandbox.squads_squad_id(),
        );
        let summary = report::summary(&base_url, &text, &fields);
        // Always one line, since scripts wait for it to know that the server is up.
        report::show_on_one_line(context, &summary)?;
        context.ui.hint(&format!(
            "try it: curl -H 'Authorization: Bearer {key}' {base_url}/management/agents"
        ));
        context.ui.note("Press Ctrl-C to stop.");
        let limit = context.globals.timeout;
        if sandbox.wait(limit.map(|limit| limit.saturating_sub(context.started.elapsed()))) {
            let limit = limit.map(time::show_duration).unwrap_or_default();
            context
                .ui
                .note(&format!("stopped serving after --timeout {limit}"));
            return Ok(Exit::Deadline);
        }
        Ok(Exit::Success)
    }
}
