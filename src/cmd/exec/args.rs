//! The arguments of a tool call, from the line to the text of one JSON object.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::cmd::{input, values};
use crate::error::Error;
use crate::json;
use crate::session::Context;

/// The options that give the arguments of a tool.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct Given {
    /// All arguments: a JSON object, @FILE, or `-` for standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true, value_parser = values::text)]
    args: Option<String>,
    /// One argument that is text; may be repeated, and counts over --args
    #[arg(long = "arg", value_name = "NAME=TEXT", allow_hyphen_values = true, value_parser = values::pair)]
    texts: Vec<(String, String)>,
    /// One argument that is JSON, such as a number; may be repeated, and counts over --args
    #[arg(long = "arg-json", value_name = "NAME=JSON", allow_hyphen_values = true, value_parser = json_pair)]
    values: Vec<(String, String)>,
}

fn json_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = values::pair(text)?;
    if let Err(error) = json::check(&value) {
        return Err(format!(
            "the value is no JSON ({error}); a text goes with --arg"
        ));
    }
    match json::doubled(&value) {
        Some(double) => Err(format!("the member {double:?} comes twice")),
        None => Ok((name, value)),
    }
}

impl Given {
    /// Puts the arguments together.
    ///
    /// # Errors
    /// Exit 2 when there are none, or what is given is no JSON object or names a member twice.
    pub(super) fn assemble(self, context: &Context) -> Result<String, Error> {
        if self.args.is_none() && self.texts.is_empty() && self.values.is_empty() {
            return Err(Error::usage("the arguments of the tool are missing").hint(
                "a tool that takes none is called with --args '{}'; others with --args JSON, --arg NAME=TEXT or --arg-json NAME=JSON",
            ));
        }
        let mut members = match &self.args {
            Some(given) => {
                let (place, text) = text(given, context)?;
                object(&place, &text, place == "--args")?
            }
            None => Vec::new(),
        };
        let texts = self.texts.into_iter().map(|(name, text)| {
            let value = Value::from(text).to_string();
            (name, value)
        });
        let single: Vec<(String, String)> = texts.chain(self.values).collect();
        for (index, (name, _)) in single.iter().enumerate() {
            if single[..index].iter().any(|(known, _)| known == name) {
                return Err(Error::usage(format!("the argument {name} is given twice")));
            }
        }
        for (name, value) in single {
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

/// What `--args` stands for, and where it comes from.
fn text(given: &str, context: &Context) -> Result<(String, String), Error> {
    let place = match given.strip_prefix('@') {
        Some(place) => place,
        None if given == "-" => given,
        None => return Ok(("--args".to_owned(), given.to_owned())),
    };
    let text = input::file("--args", place, context)?;
    Ok((format!("--args: {}", input::told(place)), text))
}

fn object(place: &str, text: &str, is_typed: bool) -> Result<Vec<(String, String)>, Error> {
    if let Err(error) = json::check(text) {
        let error = Error::usage(format!("{place} is no JSON: {error}"));
        return Err(if is_typed {
            error.hint(
                "shells, ssh and PowerShell eat quotes: --args @FILE reads a file, --args - standard input, and --arg NAME=TEXT needs no quotes",
            )
        } else {
            error
        });
    }
    if let Some(double) = json::doubled(text) {
        return Err(Error::usage(format!(
            "{place} names the member {double:?} twice"
        )));
    }
    let Some(members) = json::members(text) else {
        return Err(Error::usage(format!("{place} is JSON, but no object"))
            .hint("the arguments of a tool are named: --args '{\"name\": \"value\"}'"));
    };
    let compact = |value: Box<RawValue>| json::compact(value.get());
    Ok(members
        .into_iter()
        .map(|(name, value)| (name, compact(value)))
        .collect())
}
