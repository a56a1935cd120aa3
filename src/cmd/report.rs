//! How results are shown that come from this machine and not from a router: our own documents, in the same formats.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Exit};
use crate::session::{Context, document_text};
use crate::view::column::Column;
use crate::view::{Format, Look, plain, rows};

/// One result of our own.
pub(super) struct Report<'a> {
    /// What `-o name` prints.
    pub name: &'a str,
    /// The line in a table.
    pub text: String,
    /// The members of the document, and in CSV the columns.
    pub fields: &'a [(&'a str, Value)],
}

/// Shows one result.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn show(context: &Context, report: &Report<'_>) -> Result<(), Error> {
    show_as(context, report, &context.look()?)
}

/// Shows one result, as JSON on one line wherever it goes.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn show_on_one_line(context: &Context, report: &Report<'_>) -> Result<(), Error> {
    let mut look = context.look()?;
    if look.format == Format::Json {
        look.format = Format::Ndjson;
    }
    show_as(context, report, &look)
}

fn show_as(context: &Context, report: &Report<'_>, look: &Look) -> Result<(), Error> {
    let Report { name, text, fields } = report;
    let text = match look.format {
        Format::Json | Format::Ndjson => {
            let members = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            let document = Value::Object(members.collect::<Map<_, _>>());
            document_text(&document.to_string(), look)
        }
        Format::Name => format!("{name}\n"),
        Format::Csv => {
            let headings: Vec<String> =
                fields.iter().map(|(name, _)| name.to_uppercase()).collect();
            let cells: Vec<String> = fields.iter().map(|(_, value)| cell(value)).collect();
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            plain::csv(&headings, &cells, look.headers)
        }
        Format::Table | Format::Wide => format!("{text}\n"),
    };
    context.ui.print(&text)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Says that something was done: `<name>⇥<done>`, on a terminal a sentence.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn done(context: &Context, name: &str, done: &str, sentence: &str) -> Result<(), Error> {
    context.ui.set_changed(sentence);
    let look = context.look()?;
    let text = if look.on_terminal() {
        sentence.to_owned()
    } else {
        format!("{name}\t{done}")
    };
    if !look.on_terminal() && !look.format.is_machine() {
        context.ui.note(sentence);
    }
    let fields = [("name", json!(name)), ("result", json!(done))];
    show(
        context,
        &Report {
            name,
            text,
            fields: &fields,
        },
    )
}

/// Says what would be done.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn dry(context: &Context, what: &str) -> Result<Exit, Error> {
    let fields = [("dry_run", json!(true)), ("action", json!(what))];
    let text = what.to_owned();
    show(
        context,
        &Report {
            name: what,
            text,
            fields: &fields,
        },
    )?;
    Ok(Exit::Done)
}

/// Shows a path.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn path(context: &Context, path: &std::path::Path) -> Result<Exit, Error> {
    let path = path.display().to_string();
    let fields = [("path", json!(path))];
    let text = path.clone();
    show(
        context,
        &Report {
            name: &path,
            text,
            fields: &fields,
        },
    )?;
    Ok(Exit::Done)
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
        _ => rows::text(columns, rows, &look).text,
    };
    context.ui.print(&text)
}
