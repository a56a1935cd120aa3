//! Tool arguments: assembled from the command line into the text of one JSON object.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::cmd::{input, values};
use crate::error::Error;
use crate::json;
use crate::session::Context;

/// The options for a tool's arguments.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct ToolArgs {
    /// All arguments as a JSON object, @FILE, or `-` for standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true, value_parser = values::text)]
    args: Option<String>,
    /// String argument (repeatable; overrides --args)
    #[arg(long = "arg", value_name = "NAME=TEXT", allow_hyphen_values = true, value_parser = values::pair)]
    texts: Vec<(String, String)>,
    /// JSON argument, such as a number (repeatable; overrides --args)
    #[arg(long = "arg-json", value_name = "NAME=JSON", allow_hyphen_values = true, value_parser = json_pair)]
    values: Vec<(String, String)>,
}

fn json_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = values::pair(text)?;
    if let Err(error) = json::check(&value) {
        return Err(format!(
            "the value is not valid JSON ({error}); use --arg for strings"
        ));
    }
    match json::duplicate_key(&value) {
        Some(duplicate) => Err(format!("duplicate member {duplicate:?}")),
        None => Ok((name, value)),
    }
}

impl ToolArgs {
    /// Assembles the arguments.
    ///
    /// # Errors
    /// Exit 2 if there are none, or if they are not a JSON object with distinct members.
    pub(super) fn assemble(self, context: &Context) -> Result<String, Error> {
        if self.args.is_none() && self.texts.is_empty() && self.values.is_empty() {
            return Err(Error::usage("missing tool arguments").hint(
                "pass --args JSON, --arg NAME=TEXT, or --arg-json NAME=JSON (--args '{}' for a tool without arguments)",
            ));
        }
        let mut members = match &self.args {
            Some(value) => {
                let (source, text) = text(value, context)?;
                object(&source, &text, source == "--args")?
            }
            None => Vec::new(),
        };
        let texts = self.texts.into_iter().map(|(name, text)| {
            let value = Value::from(text).to_string();
            (name, value)
        });
        let pairs: Vec<(String, String)> = texts.chain(self.values).collect();
        for (index, (name, _)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(known, _)| known == name) {
                return Err(Error::usage(format!("duplicate argument {name}")));
            }
        }
        for (name, value) in pairs {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
        let members = members.iter();
        Ok(json::object(
            members.map(|(name, value)| (&**name, &**value)),
        ))
    }
}

/// Returns the label of the source of `--args`, and its text.
fn text(value: &str, context: &Context) -> Result<(String, String), Error> {
    let path = match value.strip_prefix('@') {
        Some(path) => path,
        None if value == "-" => value,
        None => return Ok(("--args".to_owned(), value.to_owned())),
    };
    let text = input::file("--args", path, context)?;
    Ok((format!("--args: {}", input::label(path)), text))
}

fn object(source: &str, text: &str, is_inline: bool) -> Result<Vec<(String, String)>, Error> {
    if let Err(error) = json::check(text) {
        let error = Error::usage(format!("{source} is not valid JSON: {error}"));
        return Err(if is_inline {
            error.hint(
                "shells can remove quotes; use --args @FILE, --args - (standard input), or --arg NAME=TEXT",
            )
        } else {
            error
        });
    }
    if let Some(duplicate) = json::duplicate_key(text) {
        return Err(Error::usage(format!(
            "{source} has the duplicate member {duplicate:?}"
        )));
    }
    let Some(members) = json::entries(text) else {
        return Err(Error::usage(format!("{source} is not a JSON object"))
            .hint("pass named arguments: --args '{\"name\": \"value\"}'"));
    };
    let compact = |value: Box<RawValue>| json::compact(value.get());
    Ok(members
        .into_iter()
        .map(|(name, value)| (name, compact(value)))
        .collect())
}
