//! `xeroctl config list`.

use serde::Serialize;

use crate::base_url::BaseUrl;
use crate::config::SANDBOX;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// List the deployments
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config list
  xeroctl config list -o name")]
pub struct Args {}

#[derive(Serialize)]
struct Row {
    current: bool,
    name: String,
    project: Option<String>,
    base_url: Option<String>,
    key: Option<&'static str>,
    protected: bool,
}

/// Documented.
const COLUMNS: &[Column<Row>] = &[
    Column::text("CURRENT", |row| {
        if row.current {
            "*".into()
        } else {
            Cell::Absent
        }
    }),
    Column::id("NAME", |row| row.name.as_str().into()),
    Column::text("PROJECT", |row| Cell::from(&row.project)),
    Column::text("BASE_URL", |row| Cell::from(&row.base_url)),
    Column::text("KEY", |row| row.key.map_or(Cell::Absent, Cell::from)),
    Column::text("PROTECTED", |row| {
        if row.protected {
            "yes".into()
        } else {
            Cell::Absent
        }
    }),
];

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let config = context.config()?;
        let is_current = |name: &str| config.current.as_deref() == Some(name);
        let mut rows: Vec<Row> = config
            .deployments
            .iter()
            .filter(|(name, _)| *name != SANDBOX)
            .map(|(name, deployment)| Row {
                current: is_current(name),
                name: name.clone(),
                project: deployment
                    .base_url
                    .as_deref()
                    .and_then(|text| BaseUrl::parse(text).ok())
                    .map(|base| base.project().to_owned()),
                base_url: deployment.base_url.clone(),
                key: deployment
                    .key_settings()
                    .first()
                    .map(|setting| match *setting {
                        "api_key_file" => "file",
                        "api_key_command" => "command",
                        "api_key_keychain" => "keychain",
                        _ => "stored",
                    }),
                protected: deployment.protected == Some(true),
            })
            .collect();
        let sandbox = BaseUrl::parse(&context.local_base_url).ok();
        rows.push(Row {
            current: is_current(SANDBOX),
            name: SANDBOX.to_owned(),
            project: sandbox.map(|base| base.project().to_owned()),
            base_url: None,
            key: Some("built in"),
            protected: false,
        });
        context
            .renderer_of(COLUMNS)?
            .computed_list(COLUMNS, &rows)?;
        Ok(Exit::Success)
    }
}
