//! Option values read from a file or standard input.

use std::path::Path;

use crate::error::Error;
use crate::files::{self, Unreadable};
use crate::session::Context;

/// The maximum size.
const LONGEST: usize = 8 * 1024 * 1024;

/// The text of a file, or of standard input with `-`, without a byte order mark.
///
/// # Errors
/// Exit 2 if it cannot be read or is not UTF-8, or if the key comes from standard input too.
pub(super) fn file(option: &str, name: &str, context: &Context) -> Result<String, Error> {
    let bytes = bytes(option, name, context)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let name = label(name);
        Error::usage(format!("{option}: {name} is not UTF-8 text"))
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The bytes of a file, or of standard input with `-`.
///
/// # Errors
/// Exit 2 if they cannot be read, or if the key comes from standard input too.
pub(super) fn bytes(option: &str, name: &str, context: &Context) -> Result<Vec<u8>, Error> {
    if name.is_empty() {
        return Err(Error::usage(format!(
            "{option}: the file name is missing: write @FILE"
        )));
    }
    let bytes = if name == "-" {
        let key = context.globals.api_key_file.as_deref();
        if key.is_some_and(|path| path == "-") {
            return Err(Error::usage(format!(
                "{option} and --api-key-file can't both be read from standard input"
            )));
        }
        context.ui.claim_input(option).map_err(Error::usage)?;
        if context.ui.terminals().input {
            context
                .ui
                .note("reading standard input; press Ctrl-D on an empty line to finish");
        }
        let limit = context.wait_limit();
        let wait = limit.wait_for_input();
        let slice = || wait.slice().map_err(Unreadable::late);
        context.ui.read_input(LONGEST, slice)
    } else {
        files::read(Path::new(name), LONGEST, &context.wait_limit())
    };
    bytes.map_err(|why| {
        let sentence = format!("{option}: {} {why}", label(name));
        if why.is_late {
            Error::unavailable(sentence)
        } else {
            Error::usage(sentence)
        }
    })
}

/// An option's text, or the text of the file that it names as `@FILE` (`@-` is standard input).
///
/// # Errors
/// As [`file`]; exit 2 if it is empty.
pub(super) fn text(option: &str, given: &str, context: &Context) -> Result<String, Error> {
    let Some(name) = given.strip_prefix('@') else {
        return Ok(given.to_owned());
    };
    let text = file(option, name, context)?;
    if text.is_empty() {
        let name = label(name);
        return Err(Error::usage(format!("{option}: {name} is empty")));
    }
    Ok(text)
}

/// How a message names a file, or standard input.
pub(super) fn label(name: &str) -> String {
    if name == "-" {
        "standard input".to_owned()
    } else {
        format!("the file {name}")
    }
}
