//! `xeroctl config show`.

use serde::Serialize;

use super::settings;
use crate::base_url::BaseUrl;
use crate::cmd::values;
use crate::config::file::shown_command;
use crate::config::{
    Config, GlobalArgs, KeySource, Origin, SANDBOX, ServerLocation, Settings, Sources,
};
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Show the effective settings and their origins, or one deployment's settings
///
/// Keys are masked.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config show
  xeroctl --context prod config show
  xeroctl config show prod")]
pub struct Args {
    /// Deployment name [default: the effective settings]
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: Option<String>,
}

#[derive(Serialize)]
struct Row {
    setting: &'static str,
    value: Option<String>,
    origin: Option<String>,
}

const COLUMNS: &[Column<Row>] = &[
    Column::id("SETTING", |row| row.setting.into()),
    Column::text("VALUE", |row| Cell::from(&row.value)),
    Column::text("ORIGIN", |row| Cell::from(&row.origin)),
];

/// The placeholder for a missing key.
const MASK: &str = "***";

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let config = context.config()?;
        let mut rows = match self.name.as_deref() {
            Some(SANDBOX) => sandbox(context),
            Some(name) => stored(name, &config)?,
            None => {
                all_in_force(context, &config).map_err(|error| given(error, context, &config))?
            }
        };
        rows.push(Row {
            setting: "file",
            value: config.path.map(|path| path.display().to_string()),
            origin: context
                .env
                .os("XEROCTL_CONFIG")
                .map(|_| "XEROCTL_CONFIG".to_owned()),
        });
        context
            .renderer_of(COLUMNS)?
            .computed_list(COLUMNS, &rows)?;
        Ok(Exit::Success)
    }
}

/// If the sources contradict each other, the value from each.
fn given(error: Error, context: &Context, config: &Config) -> Error {
    let flags = &context.globals;
    let env = &context.env;
    let masked = |given: bool| given.then(|| MASK.to_owned());
    let sources = [
        ("--context", flags.context.clone()),
        ("--base-url", flags.base_url.clone()),
        ("--api-key", masked(flags.api_key.is_some())),
        ("XEROCTL_CONTEXT", env.text("XEROCTL_CONTEXT")),
        ("XEROCTL_BASE_URL", env.text("XEROCTL_BASE_URL")),
        (
            "XEROCTL_API_KEY",
            masked(env.os("XEROCTL_API_KEY").is_some()),
        ),
        ("XEROCTL_API_KEY_FILE", env.text("XEROCTL_API_KEY_FILE")),
        ("current", config.current.clone()),
    ];
    sources
        .into_iter()
        .filter_map(|(source, value)| Some(format!("{source} is {}", value?)))
        .fold(error, Error::detail)
}

/// The settings for both servers. If only the squads API is configured, the router's are left out.
fn all_in_force(context: &Context, config: &Config) -> Result<Vec<Row>, Error> {
    // Options that apply only to the router don't affect the squads API.
    let globals = GlobalArgs {
        base_url: None,
        ..context.globals.clone()
    };
    let squads =
        Sources::of_squads(None, None, &globals, &context.env, config).and_then(Sources::resolve);
    let router = Sources::of_router(&context.globals, &context.env, config);
    let mut rows = match router.and_then(Sources::resolve) {
        Ok(settings) => {
            context.warn_ignored_vars(&settings);
            in_force(&settings, context)
        }
        Err(error) => {
            let squads = squads.as_ref();
            if !squads.is_ok_and(|squads| is_alone(squads, context, config)) {
                return Err(error);
            }
            context.ui.note(error.message());
            Vec::new()
        }
    };
    let squads = squads?;
    context.warn_ignored_vars(&squads);
    rows.extend(squads_in_force(&squads, context));
    Ok(rows)
}

/// Whether the squads API is configured, but no router.
fn is_alone(squads: &Settings, context: &Context, config: &Config) -> bool {
    let is_named = squads.location.origin != Origin::Default
        || squads.squad.is_some()
        || !matches!(squads.key.value, KeySource::Missing);
    let deployment = squads.deployment.as_ref();
    let deployment = deployment.and_then(|name| config.deployments.get(&name.value));
    let has_router = context.globals.base_url.is_some()
        || context.env.os("XEROCTL_BASE_URL").is_some()
        || deployment.is_some_and(|deployment| deployment.base_url.is_some());
    is_named && !has_router
}

fn in_force(settings: &Settings, context: &Context) -> Vec<Row> {
    let row = |setting, value, origin: &Origin| Row {
        setting,
        value,
        origin: Some(origin.to_string()),
    };
    let mut rows = Vec::new();
    if let Some(deployment) = &settings.deployment {
        rows.push(row(
            "deployment",
            Some(deployment.value.clone()),
            &deployment.origin,
        ));
    }
    let base = match &settings.location.value {
        ServerLocation::At(base) => Some(base.clone()),
        ServerLocation::Sandbox => BaseUrl::parse(&context.local_base_url).ok(),
    };
    let origin = &settings.location.origin;
    if let Some(base) = base {
        rows.push(row("base_url", Some(base.as_str().to_owned()), origin));
        rows.push(row("project", Some(base.project().to_owned()), origin));
    }
    rows.push(row(
        "api_key",
        key_text(&settings.key.value),
        &settings.key.origin,
    ));
    let output = settings.output.value.word().to_owned();
    rows.push(row("output", Some(output), &settings.output.origin));
    let allow_http = settings.allow_http.value.to_string();
    rows.push(row(
        "allow_http",
        Some(allow_http),
        &settings.allow_http.origin,
    ));
    let ca = settings.ca.as_ref();
    let by_deployment = ca.is_some_and(|ca| ca.setting == "ca_cert");
    let deployment = settings.deployment.as_ref().filter(|_| by_deployment);
    rows.push(Row {
        setting: "ca_cert",
        value: ca.map(|ca| ca.path.display().to_string()),
        origin: Some(match deployment {
            Some(name) => format!("deployment.{}", name.value),
            None => ca.map_or("default", |ca| ca.setting).to_owned(),
        }),
    });
    let protection = settings.protection.as_ref();
    rows.push(Row {
        setting: "protected",
        value: Some(protection.is_some().to_string()),
        origin: Some(match protection {
            Some(protection) => format!("deployment.{}", protection.deployment),
            None => "default".to_owned(),
        }),
    });
    rows
}

/// The display form of a key, which never contains it.
fn key_text(key: &KeySource) -> Option<String> {
    match key {
        KeySource::Flag(_) | KeySource::Variable(..) | KeySource::Stored(..) => {
            Some(MASK.to_owned())
        }
        KeySource::FlagFile(_, path)
        | KeySource::VariableFile(_, path)
        | KeySource::StoredFile(path) => Some(format!("{MASK} (from {})", path.display())),
        KeySource::Command(words) => Some(format!("{MASK} (from {})", shown_command(words))),
        KeySource::Keychain(entry) => Some(format!("keychain entry {entry}")),
        KeySource::Sandbox => Some("built in".to_owned()),
        KeySource::Missing => None,
    }
}

/// The server of the squads API, its key, and the squad.
fn squads_in_force(squads: &Settings, context: &Context) -> Vec<Row> {
    let row = |setting, value, origin: &Origin| Row {
        setting,
        value,
        origin: Some(origin.to_string()),
    };
    let (url, local) = match &squads.location.value {
        ServerLocation::At(url) => (url.as_str().to_owned(), None),
        ServerLocation::Sandbox => (context.local_squads_url.clone(), Some(context.local_squad)),
    };
    let squad = squads.squad.as_ref();
    let squad_id = squad.map(|squad| squad.value.clone());
    vec![
        row("squads_url", Some(url), &squads.location.origin),
        row(
            "squads_api_key",
            key_text(&squads.key.value),
            &squads.key.origin,
        ),
        row(
            "squad_id",
            squad_id.or(local.map(str::to_owned)),
            squad.map_or(&Origin::Default, |squad| &squad.origin),
        ),
    ]
}

fn stored(name: &str, config: &Config) -> Result<Vec<Row>, Error> {
    let Some(deployment) = config.deployments.get(name) else {
        return Err(settings::unknown(name, config));
    };
    let origin = format!("deployment.{name}");
    let base = deployment.base_url.as_deref();
    let project = base
        .and_then(|text| BaseUrl::parse(text).ok())
        .map(|base| base.project().to_owned());
    let path = deployment.ca_cert.as_ref();
    let values = [
        ("base_url", deployment.base_url.clone()),
        ("project", project),
        (
            "api_key",
            deployment.api_key.as_ref().map(|_| MASK.to_owned()),
        ),
        (
            "api_key_file",
            deployment
                .api_key_file
                .as_ref()
                .map(|path| path.display().to_string()),
        ),
        (
            "api_key_command",
            deployment.api_key_command.as_deref().map(shown_command),
        ),
        ("api_key_keychain", deployment.api_key_keychain.clone()),
        ("output", deployment.output.clone()),
        ("frontend_url", deployment.frontend_url.clone()),
        ("ca_cert", path.map(|path| path.display().to_string())),
        (
            "allow_http",
            deployment.allow_http.map(|value| value.to_string()),
        ),
        (
            "protected",
            deployment.protected.map(|value| value.to_string()),
        ),
        ("squads_url", deployment.squads_url.clone()),
        (
            "squads_api_key",
            deployment.squads_api_key.as_ref().map(|_| MASK.to_owned()),
        ),
        ("squad_id", deployment.squad_id.clone()),
    ];
    Ok(values
        .into_iter()
        .map(|(setting, value)| Row {
            setting,
            origin: value.as_ref().map(|_| origin.clone()),
            value,
        })
        .collect())
}

fn sandbox(context: &Context) -> Vec<Row> {
    let row = |setting, value: &str| Row {
        setting,
        value: Some(value.to_owned()),
        origin: Some("built in".to_owned()),
    };
    vec![
        row("deployment", SANDBOX),
        row("base_url", &context.local_base_url),
        row("api_key", "built in"),
        row("squads_url", &context.local_squads_url),
        row("squads_api_key", "built in"),
        row("squad_id", context.local_squad),
    ]
}
