//! The functions of filters: the library's, without those that reach outside or end the program, and our own for what
//! other libraries of this program already do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jaq_core::load::parse::Def;
use jaq_core::native::{Filter, Fun, bome, run, unary, v};
use jaq_core::{Cv, Error, RunPtr, ValR};
use jaq_json::{Num, Val};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Regex, RegexBuilder};

use super::Data;

/// What `@uri` encodes.
const URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Definitions of the library whose functions do not exist here.
const DROPPED: [&str; 13] = [
    "stderr",
    "debug",
    "halt",
    "halt_error",
    "logb",
    "significand",
    "pow10",
    "drem",
    "nexttoward",
    "scalb",
    "gamma",
    "@htmld",
    "@urid",
];

/// Our own definitions, in the language of filters.
const OWN: &str = r"
def date: todate;
def toarray: if isarray then . else [.] end;
def trimstr($s): ltrimstr($s) | rtrimstr($s);
def @csv: csv_line;
def @tsv: tsv_line;
";

/// The definitions that every filter can use.
pub(super) fn definitions<'s>() -> impl Iterator<Item = Def<&'s str>> {
    let own = jaq_core::load::parse(OWN, |parser| parser.defs()).unwrap_or_default();
    jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .filter(|definition| !DROPPED.contains(&definition.name))
        .chain(own)
        .map(short_lived)
}

/// The definition with the lifetime of the filter that follows it.
fn short_lived<'s>(definition: Def<&'static str>) -> Def<&'s str> {
    definition
}

/// The functions that every filter can use.
pub(super) fn natives() -> impl Iterator<Item = Fun<Data>> {
    jaq_core::funs()
        .chain(jaq_std::base_funs())
        .chain(jaq_json::funs())
        .filter(|(name, ..)| !["halt", "fromjson"].contains(name))
        .chain(
            own()
                .into_iter()
                .chain([super::guard::native()])
                .map(|native: Native| run::<Data>(native)),
        )
}

type Native = Filter<RunPtr<Data>>;

fn own() -> Vec<Native> {
    vec![
        ("fromjson", v(0), |cv| bome(from_json(&cv.1))),
        ("matches", v(2), |cv| bome(search(cv, false, true))),
        ("split_matches", v(2), |cv| bome(search(cv, true, true))),
        ("split_", v(2), |cv| bome(search(cv, true, false))),
        ("now", v(0), |_| {
            bome(Ok(seconds(Timestamp::now().as_microsecond())))
        }),
        ("fromdateiso8601", v(0), |cv| bome(from_date(&cv.1))),
        ("todateiso8601", v(0), |cv| {
            bome(at(&cv.1).map(|at| string(at.to_string())))
        }),
        ("strftime", v(1), |cv| {
            unary(cv, |time, format| format_time(&time, &text(&format)?))
        }),
        ("escape_html", v(0), |cv| bome(changed(&cv.1, html))),
        ("encode_uri", v(0), |cv| {
            bome(changed(&cv.1, |text| {
                utf8_percent_encode(text, URI).to_string()
            }))
        }),
        ("encode_base64", v(0), |cv| {
            bome(changed(&cv.1, |text| STANDARD.encode(text)))
        }),
        ("decode_base64", v(0), |cv| bome(from_base64(&cv.1))),
        ("csv_line", v(0), |cv| bome(line(&cv.1, ",", csv))),
        ("tsv_line", v(0), |cv| bome(line(&cv.1, "\t", tsv))),
        ("sqrt", v(0), |cv| bome(computed(&cv.1, f64::sqrt))),
        ("log", v(0), |cv| bome(computed(&cv.1, f64::ln))),
        ("log2", v(0), |cv| bome(computed(&cv.1, f64::log2))),
        ("log10", v(0), |cv| bome(computed(&cv.1, f64::log10))),
        ("exp", v(0), |cv| bome(computed(&cv.1, f64::exp))),
        ("trunc", v(0), |cv| bome(computed(&cv.1, f64::trunc))),
        ("fabs", v(0), |cv| bome(computed(&cv.1, f64::abs))),
        ("pow", v(2), |mut cv| {
            let exponent = cv.0.pop_var();
            let base = cv.0.pop_var();
            bome(number(&exponent).and_then(|by| computed(&base, |base| base.powf(by))))
        }),
    ]
}

fn string(text: impl Into<String>) -> Val {
    Val::from(text.into())
}

fn text(value: &Val) -> Result<String, Error<Val>> {
    match value {
        Val::TStr(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        other => Err(Error::typ(other.clone(), "string")),
    }
}

fn changed(value: &Val, change: impl FnOnce(&str) -> String) -> ValR<Val> {
    text(value).map(|text| string(change(&text)))
}

fn number(value: &Val) -> Result<f64, Error<Val>> {
    let Val::Num(number) = value else {
        return Err(Error::typ(value.clone(), "number"));
    };
    // Only this keeps all of its kinds, and how each is spelled is a number to Rust.
    number.to_string().parse().map_err(Error::str)
}

fn computed(value: &Val, compute: impl FnOnce(f64) -> f64) -> ValR<Val> {
    number(value).map(|number| Val::from(compute(number)))
}

fn from_json(value: &Val) -> ValR<Val> {
    let text = text(value)?;
    super::value(&text).map_err(|why| Error::str(format_args!("cannot parse as JSON: {why}")))
}

fn from_base64(value: &Val) -> ValR<Val> {
    let text = text(value)?;
    // As in jq, padding may be missing.
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    let bytes = STANDARD.decode(text + &padding).map_err(Error::str)?;
    Ok(string(String::from_utf8_lossy(&bytes)))
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// An array as one line of text.
fn line(value: &Val, between: &str, cell: fn(&str) -> String) -> ValR<Val> {
    let Val::Arr(items) = value else {
        return Err(Error::typ(value.clone(), "array"));
    };
    let cells = items.iter().map(|item| match item {
        Val::Null => Ok(String::new()),
        Val::TStr(_) => text(item).map(|text| cell(&text)),
        Val::Arr(_) | Val::Obj(_) => Err(Error::typ(item.clone(), "cell")),
        other => super::spell::json(other).map_err(Error::str),
    });
    let cells: Vec<String> = cells.collect::<Result<_, _>>()?;
    Ok(string(cells.join(between)))
}

fn csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn tsv(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

/// Seconds since 1970; whole ones are integers.
fn seconds(microseconds: i64) -> Val {
    const SECOND: i64 = 1_000_000;
    if microseconds % SECOND == 0 {
        return Val::Num(Num::from_integral(microseconds / SECOND));
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a float holds microseconds until the year 2255"
    )]
    Val::from(microseconds as f64 / 1e6)
}

fn from_date(value: &Val) -> ValR<Val> {
    let text = text(value)?;
    let at: Timestamp = text.parse().map_err(|_| {
        Error::str(format_args!(
            "{value} is not a date such as 2026-01-31T12:00:00Z"
        ))
    })?;
    Ok(seconds(at.as_microsecond()))
}

/// The time that a number of seconds since 1970 stands for.
fn at(value: &Val) -> Result<Timestamp, Error<Val>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is cut is less than a microsecond, or no time at all"
    )]
    let microseconds = (number(value)? * 1e6) as i64;
    Timestamp::from_microsecond(microseconds).map_err(Error::str)
}

fn format_time(value: &Val, format: &str) -> ValR<Val> {
    // A string is a date, so that no `fromdate` is needed.
    let value = match value {
        Val::TStr(_) => from_date(value)?,
        other => other.clone(),
    };
    let zoned = at(&value)?.to_zoned(TimeZone::UTC);
    let shown = jiff::fmt::strtime::format(format, &zoned).map_err(Error::str)?;
    Ok(string(shown))
}

/// Searches for a regular expression with flags: the texts between the matches, the matches, or both.
fn search(mut cv: Cv<'_, Data>, between: bool, matches: bool) -> ValR<Val> {
    let flags = match cv.0.pop_var() {
        Val::Null => String::new(),
        flags => text(&flags)?,
    };
    let pattern = regex(&text(&cv.0.pop_var())?, &flags)?;
    let input = text(&cv.1)?;
    let mut found = Vec::new();
    let mut end = 0;
    for captures in pattern.captures_iter(&input) {
        let Some(all) = captures.get(0) else {
            continue;
        };
        if flags.contains('n') && all.is_empty() {
            continue;
        }
        if between {
            found.push(string(&input[end..all.start()]));
            end = all.end();
        }
        if matches {
            let groups = captures.iter().zip(pattern.capture_names());
            let groups = groups.map(|(group, name)| described(&input, group, name));
            found.push(groups.collect::<Result<Vec<_>, _>>()?.into_iter().collect());
        }
        if !flags.contains('g') {
            break;
        }
    }
    if between {
        found.push(string(&input[end..]));
    }
    Ok(found.into_iter().collect())
}

fn regex(pattern: &str, flags: &str) -> Result<Regex, Error<Val>> {
    let mut builder = RegexBuilder::new(pattern);
    for flag in flags.chars() {
        match flag {
            'g' | 'n' => {}
            'i' => drop(builder.case_insensitive(true)),
            'x' => drop(builder.ignore_whitespace(true)),
            's' => drop(builder.dot_matches_new_line(true)),
            'm' => drop(builder.multi_line(true)),
            'p' => drop(builder.multi_line(true).dot_matches_new_line(true)),
            'l' => drop(builder.swap_greed(true)),
            other => {
                return Err(Error::str(format_args!(
                    "{other} is not a flag of regular expressions"
                )));
            }
        }
    }
    builder
        .build()
        .map_err(|_| Error::str(format_args!("{pattern:?} is not a regular expression")))
}

/// A group of a match as jq describes it. Offsets count characters.
fn described(input: &str, group: Option<regex::Match<'_>>, name: Option<&str>) -> ValR<Val> {
    let count = |text: &str| Val::Num(Num::from_integral(text.chars().count()));
    let (offset, length, text) = match group {
        Some(group) => (
            count(&input[..group.start()]),
            count(group.as_str()),
            string(group.as_str()),
        ),
        None => (Val::Num(Num::Int(-1)), count(""), Val::Null),
    };
    let members = [("offset", offset), ("length", length), ("string", text)];
    let name = name.map(|name| ("name", string(name)));
    let members = members.into_iter().chain(name);
    jaq_core::ValT::from_map(members.map(|(name, value)| (string(name), value)))
}
