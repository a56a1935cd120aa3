//! Prints results that come from this program instead of a server, in every output format.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::error::{Error, Exit};
use crate::session::Context;
use crate::ui::Ui;
use crate::view::render::Sink;
use crate::view::{Renderer, Summary};

/// A result with the members of its document, which are its columns in CSV. `text` is the table's content.
pub(super) fn summary<'a>(
    name: &'a str,
    text: &'a str,
    fields: &'a [(&'a str, Value)],
) -> Summary<'a> {
    Summary {
        name,
        line: text,
        sentence: text,
        fields,
        json: None,
    }
}

/// Shows one result without masking the keys in it. JSON is on one line, even on a terminal.
///
/// # Errors
/// If standard output can't be written.
pub(super) fn show_on_one_line(context: &Context, summary: &Summary<'_>) -> Result<(), Error> {
    let sink = Unmasked(&context.ui);
    Renderer::new(&sink, context.render_options()?.on_one_line()).done(summary)
}

/// Standard output without masking.
struct Unmasked<'a>(&'a Ui);

impl Sink for Unmasked<'_> {
    fn print(&self, text: &str) -> Result<(), Error> {
        self.0.reveal(text)
    }

    fn note(&self, text: &str) {
        self.0.note(text);
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    fn with_change(&self, error: Error) -> Error {
        self.0.with_change(error)
    }
}

/// Reports a completed action: `<name>⇥<done>`, or a sentence on a terminal.
pub(super) fn done(context: &Context, name: &str, done: &str, sentence: &str) -> Result<(), Error> {
    done_with(context, name, done, sentence, &[])
}

/// The same with more members in the document.
pub(super) fn done_with(
    context: &Context,
    name: &str,
    done: &str,
    sentence: &str,
    more: &[(&str, Value)],
) -> Result<(), Error> {
    context.ui.set_changed(sentence);
    let render_options = context.render_options()?;
    if !render_options.on_terminal() && !render_options.format.is_machine() {
        context.ui.note(sentence);
    }
    let mut fields = vec![("name", json!(name)), ("result", json!(done))];
    fields.extend_from_slice(more);
    context.renderer()?.done(&Summary {
        name,
        line: &format!("{name}\t{done}"),
        sentence,
        fields: &fields,
        json: None,
    })
}

/// Notes what would be done.
pub(super) fn dry(context: &Context, what: &str) -> Result<Exit, Error> {
    let fields = [("dry_run", json!(true)), ("action", json!(what))];
    context.renderer()?.done(&summary(what, what, &fields))?;
    Ok(Exit::Success)
}

/// Shows a path.
pub(super) fn path(context: &Context, path: &std::path::Path) -> Result<Exit, Error> {
    let path = path.display().to_string();
    let fields = [("path", json!(path))];
    context.renderer()?.done(&summary(&path, &path, &fields))?;
    Ok(Exit::Success)
}
