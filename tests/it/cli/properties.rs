//! Properties that hold for every text, number, and width.

use std::borrow::Cow;
use std::cell::RefCell;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;
use xeroctl::api::Id;
use xeroctl::cmd::values;
use xeroctl::error::Error;
use xeroctl::time::{self, TimeFormat};
use xeroctl::view::column::Cell;
use xeroctl::view::render::Sink;
use xeroctl::view::{ClockSkew, Column, Format, RenderOptions, Renderer};
use xeroctl::{base_url, command_line, json, sanitize};

use crate::support::noon;

/// Text of any characters, with those that matter more often than chance would have them.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{200b}', '\u{202e}',
        '\u{2028}', '\u{feff}', '\'', '"', '\\', ',', '$', '`', ' ', '-', '…', '日', '👩',
        '\u{200d}', '\u{fe0f}', '☁', 'e', '\u{301}',
    ]);
    prop::collection::vec(
        prop_oneof![special, any::<char>(), prop::char::range('a', 'z')],
        0..24,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

/// Any JSON document, as `serde_json` has it.
pub(crate) fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        // Quarters are exact, so that a reader of numbers that rounds can't be to blame.
        any::<i32>().prop_map(|number| (f64::from(number) / 4.0).into()),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same document with blanks wherever they may stand.
fn spaced(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value)
        .expect("JSON")
        .replace('\n', " \r\n\t")
}

fn look(format: Format, width: Option<usize>) -> RenderOptions {
    RenderOptions {
        format,
        filter: None,
        columns: None,
        width,
        color: false,
        headers: true,
        time: TimeFormat::Utc,
        now: time::timestamp(noon()),
        skew: ClockSkew::default(),
        zone: TimeZone::UTC,
        ascii: false,
    }
}

/// The printed text and the notes.
#[derive(Default)]
struct Memory {
    text: RefCell<String>,
    notes: RefCell<Vec<String>>,
}

impl Sink for Memory {
    fn print(&self, text: &str) -> Result<(), Error> {
        self.text.borrow_mut().push_str(text);
        Ok(())
    }

    fn note(&self, text: &str) {
        self.notes.borrow_mut().push(text.to_owned());
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    fn with_change(&self, error: xeroctl::error::Error) -> xeroctl::error::Error {
        error
    }
}

/// The rows as a list in this format: the text, and what was noted.
fn listed(rows: &[Row], look: RenderOptions) -> (String, Vec<String>) {
    let memory = Memory::default();
    let mut list = Renderer::new(&memory, look).rows(COLUMNS);
    assert!(list.begin([]).is_ok());
    for row in rows {
        assert!(list.row("{}", || Ok(row)).is_ok());
    }
    assert!(list.end(&[]).is_ok());
    drop(list);
    (memory.text.into_inner(), memory.notes.into_inner())
}

/// A row of three cells, the last of which may be absent.
type Row = (String, String, Option<String>);

const COLUMNS: &[Column<Row>] = &[
    Column::id("ID", |row| row.0.as_str().into()),
    Column::text("NAME", |row| row.1.as_str().into()),
    Column::text("DETAILS", |row| Cell::from(&row.2)),
    Column::extra("MORE", |row| row.1.as_str().into()),
];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let id = "[a-z_]{1,12}";
    prop::collection::vec((id, text(), prop::option::of(text())), 0..6)
}

/// Reads one word as a POSIX shell does (IEEE 1003.1, section 2.2), for the forms that quoting makes: bare text, text in
/// single quotes, a backslash and what it quotes. None where a shell would do something else with it.
fn shell_word(quoted: &str) -> Option<String> {
    let mut word = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => loop {
                match chars.next()? {
                    '\'' => break,
                    c => word.push(c),
                }
            },
            '\\' => word.push(chars.next()?),
            c if c.is_whitespace() || "|&;<>()$`\"*?[]#~{}!".contains(c) => return None,
            c => word.push(c),
        }
    }
    Some(word)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn indenting_json_keeps_its_value(document in document()) {
        for text in [document.to_string(), spaced(&document)] {
            let (compact, indented) = (json::compact(&text), json::indented(&text));
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&compact).expect("JSON"), &document);
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&indented).expect("JSON"), &document);
            prop_assert_eq!(&compact, &document.to_string());
            prop_assert_eq!(json::compact(&compact), compact.clone());
            prop_assert_eq!(json::indented(&indented), indented.clone());
            prop_assert!(!compact.contains('\n'));
            prop_assert!(!sanitize::hides(&indented.replace('\n', "")));
        }
    }

    #[test]
    fn indenting_never_panics(text in text()) {
        let _ = (json::compact(&text), json::indented(&text));
    }

    #[test]
    fn sanitizing_hides_everything_hidden_and_nothing_visible(text in text()) {
        let cell = sanitize::cell(&text);
        prop_assert!(!sanitize::hides(&cell));
        if !sanitize::hides(&text) {
            prop_assert_eq!(&*cell, &*text);
        }
        prop_assert_eq!(&*sanitize::cell(&cell), &*cell);
    }

    #[test]
    fn table_line_fits_the_terminal(rows in rows(), width in 12_usize..160) {
        for format in [Format::Table, Format::Wide] {
            let (text, _) = listed(&rows, look(format, Some(width)));
            prop_assert_eq!(text.lines().count(), rows.len() + 1);
            for line in text.lines() {
                prop_assert!(line.width() <= width, "{} > {}: {:?}", line.width(), width, line);
            }
        }
    }

    #[test]
    fn wide_terminal_cuts_nothing(rows in rows()) {
        let (text, notes) = listed(&rows, look(Format::Wide, Some(4000)));
        prop_assert!(notes.is_empty());
        for (row, line) in rows.iter().zip(text.lines().skip(1)) {
            prop_assert!(line.starts_with(&row.0));
            prop_assert!(line.contains(sanitize::cell(&row.1).trim()), "{:?} in {:?}", row.1, line);
        }
    }

    #[test]
    fn tsv_has_a_cell_per_header(rows in rows()) {
        let (text, _) = listed(&rows, look(Format::Wide, None));
        let lines: Vec<&str> = text.split('\n').collect();
        prop_assert_eq!(lines.len(), rows.len() + 2, "{:?}", text);
        for line in &lines[..lines.len() - 1] {
            prop_assert_eq!(line.split('\t').count(), 4, "{:?}", line);
        }
    }

    #[test]
    fn csv_round_trips(rows in rows()) {
        let (text, _) = listed(&rows, look(Format::Csv, None));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("CSV");
        prop_assert_eq!(read.len(), rows.len());
        for ((id, name, details), record) in rows.iter().zip(&read) {
            let name = sanitize::cell(name);
            let details = details.as_deref().map(sanitize::cell).unwrap_or_default();
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), [id.as_str(), &*name, &*details]);
        }
    }

    #[test]
    fn quoted_word_is_one_shell_word(word in text()) {
        let quoted = command_line::quote(&word);
        prop_assert_eq!(shell_word(&quoted), Some(word));
        prop_assert!(!quoted.is_empty());
    }

    #[test]
    fn value_parsers_never_panic(text in text()) {
        let _ = (values::text(&text), values::path(&text), values::deployment(&text), values::region(&text));
        let _ = (values::positive(&text), values::count(&text), values::limit(&text), values::concurrency(&text));
        let _ = (values::tiers(&text), values::router_address(&text), values::public_key(&text));
        let _ = (time::duration(&text), base_url::BaseUrl::parse(&text), text.parse::<Id>());
        let _ = time::WireTime::read(text.as_str()).show(TimeFormat::Relative, time::timestamp(noon()), &TimeZone::UTC);
    }

    #[test]
    fn id_names_only_itself(text in text()) {
        let dangerous = text.is_empty() || text == "." || text == ".." || text.contains('/')
            || text.chars().any(char::is_control);
        prop_assert_eq!(text.parse::<Id>().is_ok(), !dangerous);
    }

    #[test]
    fn numbers_must_be_in_range(number in any::<i64>()) {
        let text = number.to_string();
        let most = i64::from(i32::MAX);
        prop_assert_eq!(values::count(&text).is_ok(), (0..=most).contains(&number));
        prop_assert_eq!(values::positive(&text).is_ok(), (1..=most).contains(&number));
        prop_assert_eq!(values::concurrency(&text).is_ok(), (1..=64).contains(&number));
    }

    #[test]
    fn region_is_1_to_24_printable_ascii_characters(text in "[ -~ü]{0,30}") {
        let fits = (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        prop_assert_eq!(values::region(&text).is_ok(), fits);
    }

    #[test]
    fn public_key_is_32_bytes_of_base64(bytes in prop::collection::vec(any::<u8>(), 0..48)) {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
        for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
            let key = engine.encode(&bytes);
            let read = values::public_key(&key);
            prop_assert_eq!(read.is_ok(), bytes.len() == 32, "{}", key);
            if let Ok(read) = read {
                prop_assert_eq!(read, key, "sent as given");
            }
        }
    }

    #[test]
    fn duration_is_number_times_unit(number in 0_u64..10_000_000, unit in 0_usize..6) {
        let (word, milliseconds) =
            [("ms", 1), ("s", 1_000), ("", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)][unit];
        let read = time::duration(&format!("{number}{word}"));
        match read {
            Ok(duration) => {
                prop_assert!(number > 0);
                prop_assert_eq!(duration.as_millis(), u128::from(number * milliseconds));
            }
            // A hundred years are more than any command takes.
            Err(_) => prop_assert!(number == 0 || number * milliseconds > 3_000_000_000_000),
        }
    }

    #[test]
    fn printed_duration_parses(milliseconds in 1_u64..4_000_000_000) {
        let printed = time::show_duration(std::time::Duration::from_millis(milliseconds));
        let read = time::duration(&printed);
        prop_assert_eq!(read.map(time::show_duration), Ok(printed));
    }

    #[test]
    fn duration_has_no_sign_or_space_and_one_unit(text in "[-+ ]?[0-9]{0,3}[-+ .]?(s|m|ms|sm|w| s)?") {
        let plain = text.trim_end_matches(char::is_alphabetic);
        let well_formed = !plain.is_empty()
            && plain.bytes().all(|byte| byte.is_ascii_digit())
            && ["", "s", "m", "ms"].contains(&&text[plain.len()..])
            && plain.bytes().any(|byte| byte != b'0');
        prop_assert_eq!(time::duration(&text).is_ok(), well_formed, "{}", text);
    }
}

#[test]
fn measures_combining_characters_together() {
    // U+FE0F makes the cloud before it two columns wide; a joiner makes one picture out of two.
    for name in ["☁\u{fe0f}", "👩\u{200d}💻", "e\u{301}", "日本"] {
        let rows = [("a".to_owned(), name.repeat(20), None)];
        for width in 14..60 {
            let (text, _) = listed(&rows, look(Format::Table, Some(width)));
            for line in text.lines() {
                assert!(
                    line.width() <= width,
                    "{} > {width}: {line:?}",
                    line.width()
                );
            }
        }
    }
}
