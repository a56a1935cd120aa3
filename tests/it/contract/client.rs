//! The client against a server of bytes: it sends the documented request and prints the documented response.

use std::process::{Command, Stdio};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::contract::transcript::{Answer, Api, Json, Transcript};
use crate::support::Home;
use crate::support::process::{Ended, Running};
use crate::support::router::{self, Asked, Router};

const KEY: &str = "key_of_the_transcripts";

/// Runs the line of a transcript and compares.
#[track_caller]
pub(crate) fn check(name: &str) {
    let told = Transcript::read(name);
    let (asked, ended) = run(&told, "json");
    requests(&told, &asked);
    printed(&told, &ended);
}

/// Runs the line in this format; returns what was asked, and how it ended.
pub(crate) fn run(told: &Transcript, format: &str) -> (Vec<Asked>, Ended) {
    let mut answers = vec![(
        told.request.method.clone(),
        path(told, &told.request.path),
        answer(&told.answer),
    )];
    for other in &told.beside {
        answers.push((
            other.method.clone(),
            without_query(&path(told, &other.path)).to_owned(),
            router::Answer::json(other.status, other.body.get()),
        ));
    }
    let server = Router::rules(move |asked| {
        let found = answers
            .iter()
            .find(|(method, path, _)| *method == asked.method && *path == path_of(asked));
        match found {
            Some((.., answer)) => answer.clone(),
            None => router::Answer::new(418, "text/plain", "no document has this"),
        }
    });
    let home = match told.api {
        Api::Router => Home::new()
            .with("XEROCTL_BASE_URL", &server.base_url())
            .with("XEROCTL_API_KEY", KEY),
        Api::Squads => Home::new()
            .with("SLAW_API_URL", &server.root())
            .with("SLAW_API_KEY", KEY),
    };
    for (name, text) in &told.files {
        std::fs::write(home.path().join(name), text).expect(name);
    }
    let mut command: Command = home.binary();
    command
        .args(&told.argv)
        .args(["-o", format])
        .envs(&told.environment)
        .stdin(Stdio::null());
    let ended = Running::start(&mut command).end();
    (server.asked(), ended)
}

/// The documented response, as bytes.
fn answer(told: &Answer) -> router::Answer {
    let answer = match (&told.body, &told.bytes) {
        (Some(body), _) => router::Answer::json(told.status, body.get()),
        (None, Some(bytes)) if bytes.starts_with("id: ") => {
            router::Answer::new(told.status, "text/event-stream", bytes.as_str())
        }
        (None, Some(bytes)) => {
            router::Answer::new(told.status, "application/octet-stream", bytes.as_str())
        }
        (None, None) => router::Answer::empty(told.status),
    };
    told.headers
        .iter()
        .fold(answer, |answer, (name, value)| answer.header(name, value))
}

/// A documented path as it is sent.
fn path(told: &Transcript, path: &str) -> String {
    match told.api {
        Api::Router => format!("/proj_1/v1{path}"),
        Api::Squads => path.to_owned(),
    }
}

fn path_of(asked: &Asked) -> &str {
    without_query(&asked.target)
}

fn without_query(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

/// Names and values of the query, in the order of their names.
fn query(asked: &Asked) -> Vec<(String, String)> {
    let Some((_, query)) = asked.target.split_once('?') else {
        return Vec::new();
    };
    let pairs = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').expect("a value");
        (decoded(name), decoded(value))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The documented request was sent, once, and nothing that no document has.
#[track_caller]
fn requests(told: &Transcript, asked: &[Asked]) {
    let beside = |asked: &Asked| {
        told.beside
            .iter()
            .find(|other| asked.method == other.method && asked.target == path(told, &other.path))
    };
    let (others, documented): (Vec<&Asked>, _) =
        asked.iter().partition(|asked| beside(asked).is_some());
    for asked in others {
        match beside(asked).and_then(|other| other.sent.as_ref()) {
            Some(sent) => assert_eq!(Json::read(&asked.body), Json::of(sent)),
            None => assert_eq!((asked.method.as_str(), asked.body.as_str()), ("GET", "")),
        }
    }
    assert!(
        documented.len() == 1 || told.request.repeats && !documented.is_empty(),
        "{}: {documented:#?}",
        told.source
    );
    for asked in documented {
        request(told, asked);
    }
}

/// This is the documented request.
#[track_caller]
pub(crate) fn request(told: &Transcript, asked: &Asked) {
    let documented = &told.request;
    assert_eq!(
        (asked.method.as_str(), path_of(asked)),
        (
            documented.method.as_str(),
            path(told, &documented.path).as_str()
        ),
        "{}",
        told.source
    );
    let expected: Vec<_> = documented.query.clone().into_iter().collect();
    assert_eq!(query(asked), expected, "{}", told.source);
    for (name, value) in &documented.headers {
        assert_eq!(
            asked.header(&name.to_ascii_lowercase()),
            Some(value.replace("KEY", KEY).as_str()),
            "{}: {name}",
            told.source
        );
    }
    let body = (!asked.body.is_empty()).then(|| Json::read(&asked.body));
    assert_eq!(body, told.sent(), "{}: {}", told.source, asked.body);
}

/// The documented list.
#[derive(serde::Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
}

/// Standard output is the documented response, and the exit code that of the conventions.
#[track_caller]
fn printed(told: &Transcript, ended: &Ended) {
    assert_eq!(
        ended.status.code(),
        Some(told.exit),
        "{}: {ended:#?}",
        told.source
    );
    if told.answer.status >= 400 {
        assert_eq!(ended.stdout, "", "{}", told.source);
        return is_told(told, ended);
    }
    if let (Some(index), Some(body)) = (told.answer.prints_item, &told.answer.body) {
        let page: Page = serde_json::from_str(body.get()).expect("a list");
        let expected = format!("{}\n", page.data[index].get());
        assert_eq!(ended.stdout, expected, "{}: {ended:#?}", told.source);
        return;
    }
    let expected = match (&told.answer.body, &told.answer.bytes) {
        (Some(body), _) if told.answer.adds.is_some() => {
            let members = body.get().trim_end_matches('}').trim_end();
            let adds = told.answer.adds.as_deref().unwrap_or_default();
            format!("{members},{adds}}}\n")
        }
        (Some(body), _) => format!("{}\n", body.get()),
        (None, Some(bytes)) => bytes.clone(),
        (None, None) => "{}\n".to_owned(),
    };
    assert_eq!(ended.stdout, expected, "{}: {ended:#?}", told.source);
}

/// The last line of standard error is the documented error.
#[track_caller]
fn is_told(told: &Transcript, ended: &Ended) {
    let last = ended.stderr.lines().last().unwrap_or_default();
    let said: Value = serde_json::from_str(last).unwrap_or_default();
    let said = &said["error"];
    let body = told.answer.body.as_deref().map_or("{}", RawValue::get);
    let answer: Value = serde_json::from_str(body).expect("JSON");
    let source = &told.source;
    // The squads API has its sentence where the router has an object.
    let (message, code) = match &answer["error"] {
        Value::Object(error) => (error["message"].clone(), error["code"].clone()),
        text => (text.clone(), answer["code"].clone()),
    };
    let message = message.as_str().expect("a message");
    let told_message = said["message"].as_str().unwrap_or_default();
    assert!(told_message.contains(message), "{source}: {last}");
    assert_eq!(said["code"], code, "{source}");
    assert_eq!(said["http_status"], told.answer.status, "{source}");
    assert_eq!(said["exit_code"], told.exit, "{source}");
    if let Some(id) = told.answer.headers.get("X-Request-ID") {
        assert_eq!(said["request_id"], id.as_str(), "{source}");
    }
}
