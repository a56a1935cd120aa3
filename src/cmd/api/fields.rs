//! The `--field` and `--raw-field` options: members of a request's body, or parameters of a GET's query.

use std::collections::HashSet;

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};
use serde_json::Value;

use crate::cmd::{input, values};
use crate::error::Error;
use crate::json;
use crate::session::Context;

const RAW: &str = "raw-field";
const TYPED: &str = "field";

/// The fields in the order of the command line.
pub(super) struct Fields(Vec<Field>);

struct Field {
    name: String,
    value: String,
    /// Whether the value may be other JSON than a string.
    typed: bool,
}

impl Fields {
    /// Whether no field was given.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name)
    }

    /// The fields as names and JSON values. Numbers keep their spelling.
    ///
    /// # Errors
    /// Exit 2 if a file can't be read.
    pub(super) fn read(&self, context: &Context) -> Result<Vec<(String, String)>, Error> {
        let from_input = self
            .0
            .iter()
            .filter(|field| field.typed && field.value == "@-");
        if from_input.count() > 1 {
            return Err(Error::usage(
                "only one field can be read from standard input",
            ));
        }
        let read = |field: &Field| Ok((field.name.clone(), field.read(context)?));
        self.0.iter().map(read).collect()
    }

    /// The fields as a JSON object.
    ///
    /// # Errors
    /// As [`Fields::read`]; exit 2 for a duplicate name.
    pub(super) fn body(&self, context: &Context) -> Result<String, Error> {
        let mut names = HashSet::new();
        if let Some(double) = self.0.iter().find(|field| !names.insert(&field.name)) {
            return Err(Error::usage(format!("duplicate field {}", double.name)));
        }
        let fields = self.read(context)?;
        Ok(json::object(
            fields.iter().map(|(name, value)| (&**name, &**value)),
        ))
    }

    /// The fields as query parameters.
    pub(super) fn query(&self, context: &Context) -> Result<Vec<(String, String)>, Error> {
        let fields = self.read(context)?.into_iter();
        let text = |value: String| serde_json::from_str::<String>(&value).unwrap_or(value);
        Ok(fields.map(|(name, value)| (name, text(value))).collect())
    }
}

impl Field {
    fn read(&self, context: &Context) -> Result<String, Error> {
        let text = |text: &str| Value::from(text).to_string();
        if !self.typed {
            return Ok(text(&self.value));
        }
        if let Some(file) = self.value.strip_prefix('@') {
            let option = format!("--field {}", self.name);
            return Ok(text(&input::file(&option, file, context)?));
        }
        Ok(match self.value.as_str() {
            "true" | "false" | "null" => self.value.clone(),
            number if is_number(number) => number.to_owned(),
            other => text(other),
        })
    }
}

/// Whether a text is a JSON number, of any size (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && text.trim_end() == text
        && json::check(text).is_ok()
}

/// clap groups values by option; sorting by index restores the order of the command line.
impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut fields = Vec::new();
        for name in [RAW, TYPED] {
            let indices = matches.indices_of(name).into_iter().flatten();
            let given = matches.get_many::<(String, String)>(name);
            for (at, (field, value)) in indices.zip(given.into_iter().flatten()) {
                fields.push((
                    at,
                    Field {
                        name: field.clone(),
                        value: value.clone(),
                        typed: name == TYPED,
                    },
                ));
            }
        }
        fields.sort_by_key(|(at, _)| *at);
        Ok(Self(fields.into_iter().map(|(_, field)| field).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Fields {
    fn augment_args(command: Command) -> Command {
        let option = |name, short, help| {
            Arg::new(name)
                .long(name)
                .short(short)
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .allow_hyphen_values(true)
                .value_parser(values::pair)
                .help(help)
        };
        command
            .arg(option(RAW, 'f', "Add a string to the body, or to the query of a GET"))
            .arg(option(
                TYPED,
                'F',
                "Add a typed value: true, false, null, and numbers are JSON, and @FILE (or @-) reads a string from a file (or standard input)",
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
