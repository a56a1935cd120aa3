//! A terminal's screen as SVG: one text per run of cells with the same style, at the place of its first cell.

use std::num::NonZeroU16;

/// The size of a cell, in tenths of a pixel.
const CELL: (u32, u32) = (84, 190);
/// The space around the text, in tenths of a pixel.
const MARGIN: u32 = 160;
/// The rows of a screen that no recording fills.
const ROWS: u16 = 100;

const BACKGROUND: &str = "#1d2129";
const TEXT: &str = "#d5dae3";
/// The colors 0 to 15 of a terminal.
const PALETTE: [&str; 16] = [
    "#3b4252", "#e0616b", "#98c379", "#e5c07b", "#6ba8e5", "#c48be0", "#5fc4cf", "#d5dae3",
    "#7b8698", "#ee8088", "#b0d99a", "#f0d399", "#8cbff2", "#d6a8ee", "#84dbe4", "#ffffff",
];

#[derive(Clone, PartialEq)]
struct Style {
    fill: String,
    bold: bool,
    dim: bool,
}

/// A picture of what these bytes leave on a terminal of this many columns.
pub(super) fn picture(bytes: &str, columns: u16) -> String {
    let size = |count| NonZeroU16::new(count).expect("more than none");
    let mut parser = vt100::Parser::new(size(ROWS), size(columns), 0);
    parser.process(bytes.as_bytes());
    let screen = parser.screen();
    // A row that goes on in the next one counts too.
    let texts: Vec<String> = screen.rows(0, columns).collect();
    let last = texts.iter().rposition(|text| !text.trim().is_empty());
    let rows = last.map_or(0, |last| last + 1);
    let (width, height) = (
        u32::from(columns) * CELL.0 + 2 * MARGIN,
        u32::try_from(rows).expect("few rows") * CELL.1 + 2 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n",
        w = tenths(width),
        h = tenths(height),
    );
    for row in 0..u16::try_from(rows).expect("few rows") {
        for (column, text, style) in runs(screen, row, columns) {
            let cells = u32::try_from(text.chars().count()).expect("short");
            let weight = if style.bold {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let dim = if style.dim { " opacity=\"0.6\"" } else { "" };
            svg.push_str(&format!(
                "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{}\"{weight}{dim} xml:space=\"preserve\">{}</text>\n",
                tenths(MARGIN + u32::from(column) * CELL.0),
                tenths(MARGIN + (u32::from(row) + 1) * CELL.1 - 50),
                tenths(cells * CELL.0),
                style.fill,
                escaped(&text),
            ));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The runs of cells with the same style, without blanks around them.
fn runs(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<(u16, String, Style)> {
    let mut runs: Vec<(u16, String, Style)> = Vec::new();
    let mut blanks = 0;
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else {
            continue;
        };
        let text = cell.contents();
        if text.trim().is_empty() {
            blanks += 1;
            continue;
        }
        let style = Style {
            fill: match cell.fgcolor() {
                vt100::Color::Idx(index) if usize::from(index) < PALETTE.len() => {
                    PALETTE[usize::from(index)].to_owned()
                }
                vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
                _ => TEXT.to_owned(),
            },
            bold: cell.bold(),
            dim: cell.dim(),
        };
        match runs.last_mut() {
            // More blanks are between columns.
            Some((_, run, last)) if *last == style && blanks <= 1 => {
                run.push_str(&" ".repeat(blanks));
                run.push_str(text);
            }
            _ => runs.push((column, text.to_owned(), style)),
        }
        blanks = 0;
    }
    runs
}

fn tenths(value: u32) -> String {
    format!("{}.{}", value / 10, value % 10)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn colors_and_places_are_kept() {
    let made = picture("\u{1b}[1mA\u{1b}[0m  \u{1b}[32m<b c>\u{1b}[0m\r\n", 20);
    let lines: Vec<&str> = made.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            r##"<text x="16.0" y="30.0" textLength="8.4" fill="#d5dae3" font-weight="bold" xml:space="preserve">A</text>"##,
            r##"<text x="41.2" y="30.0" textLength="42.0" fill="#98c379" xml:space="preserve">&lt;b c&gt;</text>"##,
            "</svg>",
        ]
    );
}
