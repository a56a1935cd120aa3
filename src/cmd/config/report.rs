//! How the results of `config` are shown: they are our own documents, in the same formats as the router's.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Error, Exit};
use crate::session::{Context, document_text};
use crate::view::column::{self, Column};
use crate::view::{Format, plain, table};

/// Says that something was done to a deployment: `<name>⇥<done>`, on a terminal a sentence.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn done(context: &Context, name: &str, done: &str, sentence: &str) -> Result<(), Error> {
    let look = context.look()?;
    let text = match look.format {
        Format::Csv => plain::csv(&["NAME", "RESULT"], &[name, done], look.headers),
        _ if look.on_terminal() => format!("{sentence}\n"),
        _ => format!("{name}\t{done}\n"),
    };
    if !look.on_terminal() && !look.format.is_machine() {
        context.ui.note(sentence);
    }
    say(
        context,
        &text,
        name,
        &json!({ "name": name, "result": done }),
    )
}

/// Says what would be done.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn dry(context: &Context, what: &str) -> Result<Exit, Error> {
    say(
        context,
        &format!("{what}\n"),
        what,
        &json!({ "dry_run": true, "action": what }),
    )?;
    Ok(Exit::Done)
}

/// Prints the form that the format asks for: text, the name, or the document.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn say(
    context: &Context,
    text: &str,
    name: &str,
    document: &Value,
) -> Result<(), Error> {
    let look = context.look()?;
    match look.format {
        Format::Json | Format::Ndjson => context
            .ui
            .print(&document_text(&document.to_string(), &look)),
        Format::Name => context.ui.print(&format!("{name}\n")),
        _ => context.ui.print(text),
    }
}

/// Shows a list of our own.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn list<T: Serialize>(
    context: &Context,
    columns: &[Column<T>],
    rows: &[T],
) -> Result<(), Error> {
    let look = context.look()?;
    let object = |row: &T| serde_json::to_value(row).unwrap_or_default();
    let text = match look.format {
        Format::Json => {
            let rows: Vec<Value> = rows.iter().map(object).collect();
            document_text(
                &json!({ "object": "list", "data": rows }).to_string(),
                &look,
            )
        }
        Format::Ndjson => rows
            .iter()
            .map(|row| document_text(&object(row).to_string(), &look))
            .collect(),
        Format::Name => rows
            .iter()
            .filter_map(|row| column::name_of(columns, row, &look))
            .map(|name| name + "\n")
            .collect(),
        Format::Table | Format::Wide if look.on_terminal() => {
            table::table(columns, rows, &look).text
        }
        Format::Table | Format::Wide | Format::Csv => {
            let header = if look.headers {
                plain::header(columns, &look)
            } else {
                String::new()
            };
            header + &plain::rows(columns, rows, &look)
        }
    };
    context.ui.print(&text)
}
