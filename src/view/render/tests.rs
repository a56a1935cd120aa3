use std::cell::RefCell;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::*;
use crate::time::TimeFormat;
use crate::view::ClockSkew;
use crate::view::column::Cell;

/// What was printed, and how many bytes each piece had.
#[derive(Default)]
struct Memory {
    text: RefCell<String>,
    pieces: RefCell<Vec<usize>>,
    notes: RefCell<Vec<String>>,
}

impl Sink for Memory {
    fn print(&self, text: &str) -> Result<(), Error> {
        self.text.borrow_mut().push_str(text);
        self.pieces.borrow_mut().push(text.len());
        Ok(())
    }

    fn note(&self, text: &str) {
        self.notes.borrow_mut().push(text.to_owned());
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        text.replace("s3cret", "***").into()
    }

    fn with_change(&self, error: Error) -> Error {
        error.detail("changed")
    }
}

#[derive(Clone, Serialize)]
struct Count {
    id: String,
    calls: u32,
}

const COLUMNS: &[Column<Count>] = &[
    Column::id("ID", |count| count.id.as_str().into()),
    Column::text("CALLS", |count| Cell::from(count.calls.to_string())),
];

const FORMATS: [Format; 6] = [
    Format::Table,
    Format::Wide,
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::Name,
];

fn options(format: Format, width: Option<usize>) -> RenderOptions {
    RenderOptions {
        format,
        filter: None,
        columns: None,
        width,
        color: false,
        headers: true,
        time: TimeFormat::Utc,
        skew: ClockSkew::default(),
        now: Timestamp::UNIX_EPOCH,
        zone: TimeZone::UTC,
        ascii: false,
    }
}

fn rendered(
    format: Format,
    width: Option<usize>,
    write: impl FnOnce(Renderer<'_>) -> Result<(), Error>,
) -> String {
    let memory = Memory::default();
    assert!(write(Renderer::new(&memory, options(format, width))).is_ok());
    memory.text.into_inner()
}

fn counts() -> [Count; 2] {
    [("agt_1", 7), ("agt_2", 12)].map(|(id, calls)| Count {
        id: id.to_owned(),
        calls,
    })
}

#[test]
fn computed_object_is_shown_in_every_format() {
    let [count, _] = counts();
    let shown =
        FORMATS.map(|format| rendered(format, None, |renderer| renderer.computed(COLUMNS, &count)));
    assert_eq!(
        shown,
        [
            "ID\tagt_1\nCALLS\t7\n",
            "ID\tagt_1\nCALLS\t7\n",
            "{\"id\":\"agt_1\",\"calls\":7}\n",
            "{\"id\":\"agt_1\",\"calls\":7}\n",
            "ID,CALLS\nagt_1,7\n",
            "agt_1\n",
        ]
    );
}

#[test]
fn computed_list_is_shown_in_every_format() {
    let counts = counts();
    let shown = FORMATS.map(|format| {
        rendered(format, None, |renderer| {
            renderer.computed_list(COLUMNS, &counts)
        })
    });
    assert_eq!(
        shown,
        [
            "ID\tCALLS\nagt_1\t7\nagt_2\t12\n",
            "ID\tCALLS\nagt_1\t7\nagt_2\t12\n",
            "{\"object\":\"list\",\"data\":[{\"id\":\"agt_1\",\"calls\":7},{\"id\":\"agt_2\",\"calls\":12}]}\n",
            "{\"id\":\"agt_1\",\"calls\":7}\n{\"id\":\"agt_2\",\"calls\":12}\n",
            "ID,CALLS\nagt_1,7\nagt_2,12\n",
            "agt_1\nagt_2\n",
        ]
    );
}

#[test]
fn list_on_a_terminal_is_laid_out_as_its_document_is() {
    let document = "{\"object\":\"list\",\"data\":[{\"id\":\"agt_1\",\"calls\":7},{\"id\":\"agt_2\",\"calls\":12}]}";
    let list = rendered(Format::Json, Some(80), |renderer| {
        renderer.computed_list(COLUMNS, &counts())
    });
    let whole = rendered(Format::Json, Some(80), |renderer| {
        renderer.document(document, None)
    });
    assert_eq!(list, whole);
    assert!(list.lines().count() > 8, "{list}");
}

#[test]
fn streamed_rows_are_printed_one_by_one_and_closed() {
    let stream = |format, width, rows: &[Count]| {
        let memory = Memory::default();
        let mut stream = Renderer::new(&memory, options(format, width)).stream(COLUMNS);
        for row in rows {
            let json = to_json(row).unwrap_or_default();
            assert!(stream.row(&json, || Ok(row)).is_ok());
        }
        let before = memory.pieces.borrow().len();
        assert_eq!(before, rows.len(), "each row is printed when it comes");
        assert!(stream.end(&[]).is_ok());
        drop(stream);
        memory.text.into_inner()
    };
    let [first, second] = counts();
    let rows = [first, second];
    assert_eq!(
        stream(Format::Json, None, &rows),
        "{\"data\":[\n{\"id\":\"agt_1\",\"calls\":7},\n{\"id\":\"agt_2\",\"calls\":12}\n]}\n"
    );
    assert_eq!(stream(Format::Json, None, &[]), "{\"data\":[]}\n");
    assert_eq!(
        stream(Format::Csv, None, &rows),
        "ID,CALLS\nagt_1,7\nagt_2,12\n"
    );
    assert_eq!(stream(Format::Csv, None, &[]), "");
    assert_eq!(
        stream(Format::Table, Some(80), &rows),
        "ID     CALLS\nagt_1  7\nagt_2  12\n"
    );
}

#[test]
fn formats_of_json_never_read_a_value() {
    for format in [Format::Json, Format::Ndjson] {
        let shown = rendered(format, None, |renderer| {
            let mut rows = renderer.rows(COLUMNS);
            rows.begin(["["])?;
            rows.row::<Count>("{\"id\":1}", || {
                Err(Error::new(Exit::Failure, "it was read"))
            })?;
            rows.end(&["]"])
        });
        assert!(shown.contains("{\"id\":1}"), "{shown}");
    }
}

#[test]
fn long_list_is_printed_in_few_pieces() {
    let memory = Memory::default();
    let mut rows = Renderer::new(&memory, options(Format::Ndjson, None)).rows(COLUMNS);
    let json = format!("{{\"id\":\"{}\"}}", "x".repeat(100));
    assert!(rows.begin([]).is_ok());
    for _ in 0..10_000 {
        let value = || Err::<Count, _>(Error::new(Exit::Failure, "it was read"));
        assert!(rows.row(&json, value).is_ok());
    }
    assert!(rows.end(&[]).is_ok());
    let pieces = memory.pieces.borrow();
    assert!((10..40).contains(&pieces.len()), "{pieces:?}");
    assert!(pieces.iter().all(|piece| *piece < 2 * BATCH), "{pieces:?}");
}

#[test]
fn columns_without_room_are_reported() {
    let memory = Memory::default();
    let renderer = Renderer::new(&memory, options(Format::Table, Some(6)));
    assert!(renderer.computed_list(COLUMNS, &counts()).is_ok());
    assert_eq!(
        *memory.notes.borrow(),
        ["hidden columns (narrow terminal): CALLS"]
    );
}
