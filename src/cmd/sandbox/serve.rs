//! `xeroctl sandbox serve`.

use std::time::Duration;

use serde_json::json;

use super::local;
use crate::cmd::report::{self, Report};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::sandbox::{self, Fault, Options, Sandbox};
use crate::session::Context;
use crate::time;

/// Serve the sandbox on a loopback port, for curl, scripts and other clients, until it is stopped
///
/// Prints the base URLs and the keys of the router and of the squads API. It shares its state with `--context sandbox`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox serve --port 8080
  xeroctl sandbox serve -o json | jq -r .base_url
  xeroctl sandbox serve --page-size 5 --latency 300ms
  xeroctl sandbox serve --dialect server --fail 'GET /api/agents/me=503'
  xeroctl sandbox serve --fail 'GET /management/agents=503:2' \\
      --fail 'POST /*=429'")]
pub struct Args {
    /// The port on 127.0.0.1; without it, any free one
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    port: u16,
    /// How many items a page has where no limit is asked for, and at most
    #[arg(long, value_name = "N", value_parser = values::limit)]
    page_size: Option<usize>,
    /// Answer everything this much later
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    latency: Option<Duration>,
    /// Fail on demand: 'METHOD PATTERN=STATUS[:COUNT]', STATUS also drop, html or hang; may be repeated
    #[arg(long, value_name = "FAULT")]
    fail: Vec<Fault>,
    /// How the squads API answers: as its page describes it, or as its server behaves
    #[arg(long, value_name = "DIALECT", default_value = "page")]
    dialect: Dialect,
}

/// A way in which the squads API is spoken.
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
    /// Exit 17 when the port can't be had.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if context.globals.dry_run {
            return report::dry(
                context,
                &format!("would serve the sandbox on 127.0.0.1:{}", self.port),
            );
        }
        let defaults = local::options(&context.env);
        let sandbox = Sandbox::start(Options {
            port: self.port,
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
        let said = Report {
            name: &base_url,
            text,
            fields: &fields,
        };
        // One line, on a terminal too: it is read by whoever waits for the server to be up.
        report::show_on_one_line(context, &said)?;
        context.ui.hint(&format!(
            "try it: curl -H 'Authorization: Bearer {key}' {base_url}/management/agents"
        ));
        context.ui.note("Ctrl-C stops it.");
        sandbox.wait();
        Ok(Exit::Done)
    }
}
