//! Filters of JSON, as jq has them, by the jaq library. A filter sees its input and nothing else: no environment, no
//! files, no standard input, and it cannot end the program.

mod functions;
mod guard;
mod mistake;
mod spell;

use std::rc::Rc;

use jaq_core::data::JustLut;
use jaq_core::load::parse::Def;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, unwrap_valr};
use jaq_json::{Val, read};

use crate::error::{Error, Exit};
use crate::json;

/// The name of the filter as a definition.
const MAIN: &str = "__main";

/// What filters work on.
type Data = JustLut<Val>;

/// A compiled filter.
#[derive(Clone)]
pub struct Filter(Rc<jaq_core::Filter<Data>>);

/// A value that a filter returned.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A string, without quotes.
    Text(String),
    /// Any other value, as JSON on one line.
    Json(String),
}

impl Filter {
    /// Compiles a filter; `option` is the option that it was given with.
    ///
    /// # Errors
    /// Exit 2, with the position, if it is not a filter or uses something that filters do not have here.
    pub fn parse(text: &str, option: &str) -> Result<Self, Error> {
        let wrong = |mistake: mistake::Mistake| mistake.error(text, option);
        let arena = Arena::default();
        let program = File {
            code: text,
            path: (),
        };
        let loaded = Loader::new([])
            .load(&arena, program)
            .map_err(|errors| wrong(mistake::of_syntax(text, errors)))?;
        load::import(&loaded, |_| Err(String::new()))
            .map_err(|errors| wrong(mistake::of_syntax(text, errors)))?;
        // The library compiles what it has loaded itself, which can't be changed, but for definitions.
        let body = load::parse(text, |parser| parser.term()).unwrap_or_default();
        let main = guard::definition(Def {
            name: MAIN,
            args: Vec::new(),
            body,
        });
        let modules = Loader::new(functions::definitions().chain([main]))
            .load(
                &arena,
                File {
                    code: MAIN,
                    path: (),
                },
            )
            .map_err(|errors| wrong(mistake::of_syntax(text, errors)))?;
        let filter = Compiler::default()
            .with_funs(functions::natives())
            .compile(modules)
            .map_err(|errors| wrong(mistake::of_names(text, errors)))?;
        Ok(Self(Rc::new(filter)))
    }

    /// Calls `each` with every value that the filter returns for a document.
    ///
    /// # Errors
    /// Exit 1 if the filter fails; whatever `each` fails with.
    pub fn run(
        &self,
        document: &str,
        mut each: impl FnMut(Found) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let input = value(document).map_err(|why| failed(&why))?;
        let Self(filter) = self;
        guard::start();
        let context = Ctx::<Data>::new(&filter.lut, Vars::new([]));
        for result in filter.id.run((context, input)) {
            let value = unwrap_valr(result).map_err(|error| failed(&reason(error)))?;
            each(match &value {
                Val::TStr(text) => Found::Text(String::from_utf8_lossy(text).into_owned()),
                value => Found::Json(spell::json(value).map_err(|why| failed(&why))?),
            })?;
        }
        Ok(())
    }
}

/// Reads a document; `Err` says why it can't be.
fn value(document: &str) -> Result<Val, String> {
    // Reading it is recursive.
    if json::is_too_deep(document) {
        return Err("the document is nested too deeply".to_owned());
    }
    let read = read::parse_single(document.as_bytes());
    // Half of a surrogate pair is no text for the library.
    let read = read.or_else(|_| read::parse_single(json::unicode_only(document).as_bytes()));
    read.map_err(|error| error.to_string())
}

/// What an error of the library says; one that a filter raised itself may be any value.
fn reason(error: jaq_core::Error<Val>) -> String {
    match error.into_val() {
        Val::TStr(text) => String::from_utf8_lossy(&text).into_owned(),
        value => spell::json(&value).unwrap_or_else(|why| why),
    }
}

fn failed(why: &str) -> Error {
    Error::new(Exit::Failure, format!("the filter failed: {why}"))
        .hint("see the filter's input: the same command with -o json instead of --jq")
}

#[cfg(test)]
mod tests;
