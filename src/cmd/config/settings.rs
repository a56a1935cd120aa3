//! Common parts of `config add`, `config set`, and `config init`: settings, validated and written.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use serde::Serialize;

use super::new_key::{self, KeyOptions, NewKey};
use crate::api::{Id, ca_bundle};
use crate::base_url::BaseUrl;
use crate::cmd::values;
use crate::config::edit::Edit;
use crate::config::file::Deployment;
use crate::config::{KeySource, SANDBOX, keychain};
use crate::error::Error;
use crate::redact::MASK;
use crate::secret::Secret;
use crate::session::Context;
use crate::view::Format;

/// The settings that are not global options. `--base-url`, `--api-key`, `--api-key-file`, and `--allow-http` are, and
/// `config add` and `config set` store them. `--output` is not stored: it is the format of this command.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Options {
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyOptions,
    /// PEM file of CA certificates (replaces the system's)
    #[arg(long, value_name = "FILE", value_parser = values::file, hide_short_help = true)]
    pub ca_cert: Option<PathBuf>,
    /// Root URL of the squads API, with or without /api
    #[arg(long, value_name = "URL", value_parser = values::squads_url)]
    pub squads_url: Option<String>,
    /// Read the squads API key from a file (- for standard input)
    #[arg(long, value_name = "FILE", value_parser = values::path)]
    pub squads_api_key_file: Option<PathBuf>,
    /// Default squad for `xeroctl squads`
    #[arg(long, value_name = "ID")]
    pub squad: Option<Id>,
    /// Require --context on the command line for changes
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub protected: Option<bool>,
    /// Default output format
    #[arg(long, value_name = "FORMAT")]
    pub default_output: Option<Format>,
    /// Make this the current deployment
    #[arg(long = "use")]
    pub make_current: bool,
}

/// One setting before and after `config set`, as it may be shown.
#[derive(Serialize)]
pub struct Change {
    /// The name in the file.
    pub setting: &'static str,
    /// The previous value; `None` if it was not set.
    pub old: Option<String>,
    /// The new value.
    pub new: String,
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let old = self.old.as_deref().unwrap_or("-");
        write!(f, "{}: {old} → {}", self.setting, self.new)
    }
}

/// Validated settings.
#[derive(Default)]
pub struct Settings {
    /// The router.
    pub base_url: Option<BaseUrl>,
    /// The key.
    pub key: Option<NewKey>,
    /// The default format.
    pub output: Option<Format>,
    /// An absolute path.
    pub ca_cert: Option<PathBuf>,
    /// See [`Options::protected`].
    pub protected: Option<bool>,
    /// Whether the key may be sent over plain HTTP.
    pub allow_http: Option<bool>,
    /// The root of the squads API.
    pub squads_url: Option<BaseUrl>,
    /// The key of the squads API.
    pub squads_key: Option<Secret>,
    /// The squad.
    pub squad: Option<String>,
}

impl Settings {
    /// Validates the options.
    ///
    /// # Errors
    /// Exit 2 if a value is invalid.
    pub fn read(options: &Options, context: &Context) -> Result<Self, Error> {
        let flags = &context.globals;
        if flags.context.is_some() {
            return Err(Error::usage(
                "`config` takes the deployment's name as an argument, not as `--context`",
            ));
        }
        let base_url = flags
            .base_url
            .as_deref()
            .map(BaseUrl::parse)
            .transpose()
            .map_err(|why| Error::usage(format!("--base-url: {why}")))?;
        let key = new_key::read(&options.key, context)?;
        let ca_cert = options
            .ca_cert
            .as_ref()
            .map(|path| context.env.absolute(path));
        if let Some(path) = &ca_cert {
            ca_bundle::read(path, &context.wait_limit())
                .map_err(|why| Error::usage(format!("--ca-cert {}: {why}", path.display())))?;
        }
        let squads_url = options.squads_url.as_deref().map(BaseUrl::parse_root);
        let squads_url = squads_url.transpose();
        Ok(Self {
            base_url,
            key,
            output: options.default_output,
            ca_cert,
            protected: options.protected,
            allow_http: flags.allow_http,
            squads_url: squads_url.map_err(|why| Error::usage(format!("--squads-url: {why}")))?,
            squads_key: squads_key(options, context)?,
            squad: options.squad.as_ref().map(Id::to_string),
        })
    }

    /// Whether there is nothing to set.
    pub fn is_empty(&self) -> bool {
        self.base_url.is_none()
            && self.key.is_none()
            && self.output.is_none()
            && self.ca_cert.is_none()
            && self.protected.is_none()
            && self.allow_http.is_none()
            && self.squads_url.is_none()
            && self.squads_key.is_none()
            && self.squad.is_none()
    }

    /// The settings that differ from those of a deployment. Keys are masked; one that is stored again counts as
    /// changed.
    pub fn changes(&self, old: &Deployment) -> Vec<Change> {
        let url = |url: &Option<BaseUrl>| url.as_ref().map(|url| url.as_str().to_owned());
        let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let masked = |key: &Option<Secret>| key.as_ref().map(|_| MASK.to_owned());
        let old_key = old.key_origin().or_else(|| masked(&old.api_key));
        let new_key = self.key.as_ref();
        let output = self.output.map(|format| format.word().to_owned());
        let pairs = [
            ("base_url", old.base_url.clone(), url(&self.base_url)),
            (
                new_key.map_or("api_key", NewKey::setting),
                old_key,
                new_key.map(NewKey::shown),
            ),
            ("output", old.output.clone(), output),
            ("ca_cert", path(&old.ca_cert), path(&self.ca_cert)),
            ("protected", flag(old.protected), flag(self.protected)),
            ("allow_http", flag(old.allow_http), flag(self.allow_http)),
            ("squads_url", old.squads_url.clone(), url(&self.squads_url)),
            (
                "squads_api_key",
                masked(&old.squads_api_key),
                masked(&self.squads_key),
            ),
            ("squad_id", old.squad_id.clone(), self.squad.clone()),
        ];
        let pairs = pairs.into_iter().filter_map(|(setting, old, new)| {
            let new = new?;
            let is_changed = old.as_ref() != Some(&new) || new == MASK;
            is_changed.then_some(Change { setting, old, new })
        });
        pairs.collect()
    }

    /// Stores the key in the keychain, if it is to be there, before the file refers to it.
    ///
    /// # Errors
    /// Exit 3 if the keychain can't be written.
    pub fn store_key(&self, context: &Context) -> Result<(), Error> {
        match &self.key {
            Some(NewKey::Keychain(entry, Some(key))) => {
                keychain::store(entry, key, &context.tools())
            }
            _ => Ok(()),
        }
    }

    /// Writes the settings into a deployment of the file.
    pub fn write(&self, edit: &mut Edit, name: &str) {
        if let Some(base_url) = &self.base_url {
            edit.set(name, "base_url", base_url.as_str());
        }
        if let Some(key) = &self.key {
            match key {
                NewKey::Stored(key) => edit.set_key(name, "api_key", key.expose()),
                NewKey::File(path) => {
                    edit.set_key(name, "api_key_file", path.display().to_string());
                }
                NewKey::Command(words) => {
                    let words: toml_edit::Array = words.iter().collect();
                    edit.set_key(name, "api_key_command", words);
                }
                NewKey::Keychain(entry, _) => {
                    edit.set_key(name, "api_key_keychain", entry.as_str());
                }
            }
        }
        if let Some(output) = self.output {
            edit.set(name, "output", output.word());
        }
        if let Some(url) = &self.squads_url {
            edit.set(name, "squads_url", url.as_str());
        }
        if let Some(key) = &self.squads_key {
            edit.set(name, "squads_api_key", key.expose());
        }
        if let Some(squad) = &self.squad {
            edit.set(name, "squad_id", squad.as_str());
        }
        if let Some(path) = &self.ca_cert {
            edit.set(name, "ca_cert", path.display().to_string());
        }
        if let Some(protected) = self.protected {
            edit.set(name, "protected", protected);
        }
        if let Some(allow_http) = self.allow_http {
            edit.set(name, "allow_http", allow_http);
        }
    }
}

fn squads_key(options: &Options, context: &Context) -> Result<Option<Secret>, Error> {
    let Some(file) = &options.squads_api_key_file else {
        return Ok(None);
    };
    let is_input = |file: &PathBuf| file.as_os_str() == "-";
    if is_input(file) && context.globals.api_key_file.as_ref().is_some_and(is_input) {
        return Err(Error::usage(
            "--squads-api-key-file and --api-key-file can't both be read from standard input",
        ));
    }
    let file = if is_input(file) {
        file.clone()
    } else {
        context.env.absolute(file)
    };
    let source = KeySource::FlagFile("--squads-api-key-file", file);
    context.key(&source, None).map(Some)
}

/// The error for a new deployment that lacks required settings.
pub fn missing(parts: &[(&str, bool)]) -> Error {
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, missing)| *missing)
        .map(|(part, _)| format!("`{part}`"))
        .collect();
    Error::usage(format!("`config add` needs {}", parts.join(" and ")))
        .hint("xeroctl config add NAME --base-url https://api.example/PROJECT/v1")
}

/// Refuses to change the built-in deployment.
///
/// # Errors
/// Exit 2 if it is the sandbox.
pub fn not_the_sandbox(name: &str) -> Result<(), Error> {
    if name == SANDBOX {
        Err(Error::usage(
            "`sandbox` is built in and cannot be added, changed, renamed, or removed",
        ))
    } else {
        Ok(())
    }
}

/// The error for an unknown deployment name.
pub fn unknown(name: &str, edit: &crate::config::Config) -> Error {
    Error::config(format!("unknown deployment {name}")).hint(format!(
        "list deployments ({}): xeroctl config list",
        edit.names()
    ))
}

/// Adds a deployment, and makes it current if it is the first or if requested. Returns a sentence for the result.
///
/// # Errors
/// Exit 2 if the name is taken; otherwise as [`Context::save`].
pub fn create(
    context: &Context,
    name: &str,
    settings: &Settings,
    make_current: bool,
) -> Result<String, Error> {
    not_the_sandbox(name)?;
    let Some(base_url) = &settings.base_url else {
        return Err(missing(&[("--base-url", true)]));
    };
    let mut edit = context.edit()?;
    if edit.config.deployments.contains_key(name) {
        return Err(
            Error::usage(format!("the deployment {name} already exists"))
                .hint(format!("change it: xeroctl config set {name} --help")),
        );
    }
    let first = edit.config.deployments.is_empty() && edit.config.current.is_none();
    settings.store_key(context)?;
    settings.write(&mut edit, name);
    if first || make_current {
        edit.make_current(name);
    }
    context.save(edit)?;
    let mut sentence = format!(
        "Added {name}: project {} at {}.",
        base_url.project(),
        base_url.origin().host
    );
    if first {
        sentence.push_str(" It is the first deployment, so it is now current.");
    } else if make_current {
        sentence.push_str(" It is now current.");
    }
    Ok(sentence)
}

/// Warns about missing settings of a new or changed deployment.
pub fn remarks(context: &Context, name: &str, settings: &Settings, has_key: bool) {
    if let Some(key) = &settings.key {
        context.ui.note(&key.whereabouts(context));
    }
    if !has_key {
        context.ui.warn(&format!(
            "no key is stored for {name}: give one with --api-key-file or XEROCTL_API_KEY, or store it: xeroctl config set {name} --api-key-file FILE"
        ));
    }
    let urls = [&settings.base_url, &settings.squads_url];
    for url in urls.into_iter().flatten() {
        if !url.is_safe_for_keys() && settings.allow_http != Some(true) {
            context.ui.warn(&format!(
                "{} is not https, so the key is not sent there unless you allow it: xeroctl config set {name} --allow-http",
                url.as_str()
            ));
        }
    }
}
