//! What is wrong with a filter, and where.

use jaq_core::compile::Undefined;
use jaq_core::load;

use crate::error::Error;

/// A longer line of a filter is not shown again.
const LONGEST: usize = 100;

/// Functions of jq that filters do not have here, because a filter only sees its input.
const LEFT_OUT: [&str; 16] = [
    "debug",
    "env",
    "get_search_list",
    "halt",
    "halt_error",
    "input",
    "input_filename",
    "input_line_number",
    "inputs",
    "localtime",
    "stderr",
    "strflocaltime",
    "$ENV",
    "$__prog_args",
    "modulemeta",
    "getenv",
];

/// What is wrong with a filter.
pub(super) struct Mistake {
    what: String,
    /// The byte where it is; the filter's length for its end.
    at: usize,
    hint: Option<&'static str>,
}

const ISOLATED: &str = "a filter only sees its input: no environment, files, or other documents";

/// The first mistake in the filter's syntax.
pub(super) fn of_syntax(text: &str, errors: load::Errors<&str, ()>) -> Mistake {
    let mut mistakes = errors.into_iter().filter_map(|(_, error)| match error {
        load::Error::Io(modules) => modules.into_iter().next().map(|(path, _)| Mistake {
            what: "modules are not supported".to_owned(),
            at: place(text, path),
            hint: Some(ISOLATED),
        }),
        load::Error::Lex(errors) => errors.into_iter().next().map(|(expected, found)| Mistake {
            what: match (expected, found.chars().next()) {
                (load::lex::Expect::Token, Some(found)) => format!("unexpected `{found}`"),
                (expected, _) => format!("expected {}", article(expected.as_str())),
            },
            at: place(text, found),
            hint: None,
        }),
        load::Error::Parse(errors) => errors.into_iter().next().map(|(expected, found)| {
            let expected = match expected {
                load::parse::Expect::Just(word) => format!("expected `{word}`"),
                load::parse::Expect::Nothing => format!("unexpected `{}`", first_line(found)),
                other => format!("expected {}", article(other.as_str())),
            };
            Mistake {
                what: expected,
                at: place(text, found),
                hint: None,
            }
        }),
    });
    mistakes.next().unwrap_or(Mistake {
        what: "it is not a filter".to_owned(),
        at: 0,
        hint: None,
    })
}

/// The first name in the filter that nothing has.
pub(super) fn of_names(text: &str, errors: jaq_core::compile::Errors<&str, ()>) -> Mistake {
    let mut names = errors.into_iter().flat_map(|(_, errors)| errors);
    let Some((name, kind)) = names.next() else {
        return Mistake {
            what: "it is not a filter".to_owned(),
            at: 0,
            hint: None,
        };
    };
    let what = match kind {
        Undefined::Filter(count) => format!("unknown function {name}/{count}"),
        kind => format!("unknown {} {name}", kind.as_str()),
    };
    Mistake {
        what,
        at: place(text, name),
        hint: LEFT_OUT.contains(&name).then_some(ISOLATED),
    }
}

impl Mistake {
    /// The error for the option that the filter was given with.
    pub(super) fn error(self, text: &str, option: &str) -> Error {
        let before = &text[..self.at];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = text[start..self.at].chars().count();
        let place = match (text[self.at..].trim().is_empty(), line) {
            (true, _) => "at the end".to_owned(),
            (false, 0) => format!("at column {}", column + 1),
            (false, line) => format!("at line {}, column {}", line + 1, column + 1),
        };
        let mut error = Error::usage(format!("{option}: {} {place}", self.what));
        let shown = first_line(&text[start..]);
        if !shown.is_empty()
            && shown.len() <= LONGEST
            && shown.bytes().all(|byte| matches!(byte, 0x20..0x7f))
        {
            error = error
                .detail(shown)
                .detail(format!("{}^", " ".repeat(column)));
        }
        match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn article(noun: &str) -> String {
    match noun {
        "else or end" => "`else` or `end`".to_owned(),
        noun if noun.starts_with(['a', 'e', 'i', 'o']) => format!("an {noun}"),
        noun => format!("a {noun}"),
    }
}

/// The position of a part of the filter; the end if it is not one.
fn place(text: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    if at <= text.len() && text.is_char_boundary(at) {
        at
    } else {
        text.len()
    }
}
