//! Tool arguments: assembled from the command line into the text of one JSON object.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::cmd::{input, values};
use crate::error::Error;
use crate::json;
use crate::schema::{self, Types};
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

/// A tool's arguments as given, in order.
pub(super) struct GivenArgs(Vec<(String, GivenValue)>);

/// The value of an argument.
#[derive(Clone, Debug)]
enum GivenValue {
    Json(String),
    /// Text whose type the schema decides.
    Text(String),
}

/// Reads `NAME=VALUE` or `NAME:=JSON`.
fn word(word: &str) -> Result<(String, GivenValue), Error> {
    let wrong = |why: String| Error::usage(format!("invalid argument '{word}': {why}"));
    let (name, value) =
        values::pair(word).map_err(|_| wrong("expected NAME=VALUE or NAME:=JSON".to_owned()))?;
    let Some(name) = name.strip_suffix(':') else {
        return Ok((name, GivenValue::Text(value)));
    };
    let (name, json) = json_pair(&format!("{name}={value}"))
        .map_err(|why| wrong(why.replace("--arg", "NAME=VALUE")))?;
    Ok((name, GivenValue::Json(json)))
}

impl ToolArgs {
    /// Reads the arguments, and `words` such as `tail=5`. `may_be_empty` accepts none at all.
    ///
    /// # Errors
    /// Exit 2 if there are none, or if they are not a JSON object with distinct members.
    pub(super) fn read(
        self,
        words: &[String],
        may_be_empty: bool,
        context: &Context,
    ) -> Result<GivenArgs, Error> {
        let has_options = self.args.is_some() || !self.texts.is_empty() || !self.values.is_empty();
        if !has_options && words.is_empty() && !may_be_empty {
            return Err(Error::usage("missing tool arguments").hint(
                "pass NAME=VALUE, --args JSON, --arg NAME=TEXT, or --arg-json NAME=JSON (--args '{}' for a tool without arguments)",
            ));
        }
        let words: Result<Vec<_>, Error> = words.iter().map(|text| word(text)).collect();
        let words = words?;
        let members = match &self.args {
            Some(value) => {
                let (source, text) = text(value, context)?;
                object(&source, &text, source == "--args")?
            }
            None => Vec::new(),
        };
        let json = |(name, value)| (name, GivenValue::Json(value));
        let mut members: Vec<(String, GivenValue)> = members.into_iter().map(json).collect();
        let texts = self.texts.into_iter().map(|(name, text)| {
            let value = Value::from(text).to_string();
            (name, value)
        });
        let pairs: Vec<_> = texts.chain(self.values).map(json).chain(words).collect();
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
        Ok(GivenArgs(members))
    }
}

impl GivenArgs {
    /// Whether the type of a value depends on the schema.
    pub(super) fn is_untyped(&self) -> bool {
        let values = self.0.iter();
        values
            .into_iter()
            .any(|(_, value)| matches!(value, GivenValue::Text(_)))
    }

    /// The text of the JSON object. Without types, text is a string.
    ///
    /// # Errors
    /// Exit 2 if a value has a duplicate member.
    pub(super) fn object(&self, types: Option<&Types>) -> Result<String, Error> {
        let mut members = Vec::new();
        for (name, value) in &self.0 {
            let json = match value {
                GivenValue::Json(json) => json.clone(),
                GivenValue::Text(text) => match types.and_then(|types| types.typed(name, text)) {
                    Some(json) => json::compact(&json),
                    None => Value::from(text.as_str()).to_string(),
                },
            };
            if let Some(duplicate) = json::duplicate_key(&json) {
                return Err(Error::usage(format!(
                    "invalid argument {name}: duplicate member {duplicate:?}"
                )));
            }
            members.push((name.as_str(), json));
        }
        let members = members.iter();
        Ok(json::object(members.map(|(name, value)| (*name, &**value))))
    }
}

/// Longer suggestions, in bytes, help no one.
const LONGEST_LINE: usize = 500;

/// The arguments in an object as words that give them in the types of the schema. Values of a wrong type are converted, or
/// replaced with a placeholder, as are missing ones. None if these words would not work either.
pub(super) fn working_words(types: &Types, schema: &str, args: &str) -> Option<Vec<String>> {
    let members = json::entries(args)?;
    let given = members.iter().map(|(name, value)| {
        let word = types.word(name, value.get());
        let is_same = matches!(self::word(&word), Ok((same, _)) if same == *name);
        is_same.then_some((name.clone(), word))
    });
    let mut words = given.collect::<Option<Vec<_>>>()?;
    for name in types.required() {
        if !words.iter().any(|(known, _)| *known == name) {
            let word = types.placeholder(&name);
            words.push((name, word));
        }
    }
    let parsed = words.iter().map(|(_, text)| word(text).ok());
    let object = GivenArgs(parsed.collect::<Option<_>>()?)
        .object(Some(types))
        .ok()?;
    let is_filled = |path: &str| {
        // What is still to be filled in can't be right yet.
        let open = words
            .iter()
            .filter(|(name, word)| *word == types.placeholder(name));
        open.into_iter().any(|(name, _)| path == format!("/{name}"))
    };
    let violations = schema::violations(schema, &object).ok()?;
    let works = violations
        .iter()
        .all(|violation| is_filled(&violation.path));
    let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
    let length: usize = words.iter().map(String::len).sum();
    let is_plain = !words.iter().any(|word| word.chars().any(char::is_control));
    (works && is_plain && length <= LONGEST_LINE).then_some(words)
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
