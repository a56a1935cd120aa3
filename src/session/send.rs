//! Sends one request, or says what would be sent; shows one answer.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Mode, Session};
use crate::api::answer::Answer;
use crate::api::client;
use crate::api::composed;
use crate::api::reply::Reply;
use crate::api::request::{Endpoint, Request};
use crate::error::{Error, Exit};
use crate::json;
use crate::sanitise;
use crate::view::column::{self, Column};
use crate::view::{Format, Look, plain, record};

/// How long an interrupted change may still wait for its answer.
const GRACE: Duration = Duration::from_secs(10);

impl Session<'_> {
    /// Reads something; none in a dry run, which prints the request instead.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn fetch<E: Endpoint>(&self, endpoint: &E) -> Result<Option<Reply<E::Reply>>, Error> {
        let request = endpoint.request();
        if self.is_dry() {
            self.plan(&[request])?;
            return Ok(None);
        }
        Reply::read_object(&self.read(&request).await?).map(Some)
    }

    /// Reads something that a loop of the caller reads again and again: the caller sees to deadline and signals.
    ///
    /// # Errors
    /// As [`Session::fetch`].
    pub async fn poll<E: Endpoint>(&self, endpoint: &E) -> Result<Reply<E::Reply>, Error> {
        Reply::read_object(&self.ask(&endpoint.request()).await?)
    }

    /// The answer to a read of which the caller sees to deadline and signals.
    ///
    /// # Errors
    /// As [`Session::fetch`].
    pub async fn ask(&self, request: &Request) -> Result<Answer, Error> {
        let client = self.client()?.without_deadline();
        client.send(request, std::future::pending()).await
    }

    /// The moment at which `--timeout` passes.
    #[must_use]
    pub fn deadline(&self) -> Option<client::Deadline> {
        self.client().ok().and_then(client::Client::deadline)
    }

    /// Changes something; none in a dry run, which prints the request instead. `check` is the command that tells what
    /// became of it should the answer be lost.
    ///
    /// # Errors
    /// As [`Session::fetch`]; exit 3 where a protected deployment was not named on the line.
    pub async fn apply<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let request = endpoint.request();
        self.check_protection()?;
        if self.is_dry() {
            self.plan(&[request])?;
            return Ok(None);
        }
        self.change(&request, check).await.map(Some)
    }

    /// Takes back a change of this same command, even after a signal.
    ///
    /// # Errors
    /// As [`Session::fetch`].
    pub async fn take_back<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Reply<E::Reply>, Error> {
        self.finish(&endpoint.request(), check).await
    }

    /// Sends a read; a signal ends it at once.
    pub(super) async fn read(&self, request: &Request) -> Result<Answer, Error> {
        let client = self.client()?;
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        let _hold = interrupt.hold(None);
        tokio::select! {
            answer = client.send(request, std::future::pending()) => answer,
            () = interrupt.wait() => Err(interrupt.error()),
        }
    }

    /// Sends a change, unless a signal has come.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        request: &Request,
        check: &str,
    ) -> Result<Reply<T>, Error> {
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        self.finish(request, check).await
    }

    async fn finish<T: DeserializeOwned>(
        &self,
        request: &Request,
        check: &str,
    ) -> Result<Reply<T>, Error> {
        let answer = self.deliver(request, check).await;
        let reply = answer.and_then(|answer| Reply::read(&answer).map_err(Error::unknown_outcome));
        reply.map_err(|error| telling_what_became_of_it(error, check))
    }

    /// Sends a change that somebody else composed, and leaves its answer as it came.
    ///
    /// # Errors
    /// As [`Session::apply`].
    pub async fn submit(&self, request: &Request, check: &str) -> Result<Answer, Error> {
        self.check_protection()?;
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        let answer = self.deliver(request, check).await;
        answer.map_err(|error| telling_what_became_of_it(error, check))
    }

    /// Sends a change; a signal leaves it ten seconds to be answered.
    async fn deliver(&self, request: &Request, check: &str) -> Result<Answer, Error> {
        let client = self.client()?;
        let interrupt = &self.context.interrupt;
        let lost = format!(
            "interrupted: it is unknown whether the {} did this: {}; see: {} {check}",
            self.server.noun(),
            request.action,
            self.ui().program()
        );
        let _hold = interrupt.hold(Some(self.ui().last_word(&lost)));
        let send = client.send(request, interrupt.wait());
        let mut send = std::pin::pin!(send);
        let answer = tokio::select! {
            // First, so that a signal between two attempts ends here.
            biased;
            answer = &mut send => answer,
            () = interrupt.wait() => {
                if interrupt.is_news() {
                    self.ui().note("interrupted: waiting for the answer to the change under way (Ctrl-C again ends at once)");
                }
                match tokio::time::timeout(GRACE, send).await {
                    Ok(answer) => answer,
                    Err(_) => Err(Error::new(interrupt.error().exit(), lost).unknown_outcome()),
                }
            }
        };
        if answer.is_ok() {
            self.ui().set_changed(&request.action);
        }
        answer
    }

    pub(super) fn client(&self) -> Result<&client::Client, Error> {
        match &self.mode {
            Mode::Online { client, .. } => Ok(client),
            Mode::Dry { .. } => Err(Error::new(Exit::Other, "a dry run has no client")),
        }
    }

    /// Prints requests in the place of sending them.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn plan(&self, requests: &[Request]) -> Result<(), Error> {
        let Mode::Dry { base_url } = &self.mode else {
            return Ok(());
        };
        let describe = |request: &Request| {
            format!(
                "\"action\":{},\"method\":{},\"url\":{},\"body\":{}",
                json!(request.action),
                json!(request.method.word()),
                json!(composed::shown_url(&client::url(base_url, request))),
                described_body(request),
            )
        };
        if self.look.format.is_json() {
            let members = if let [request] = requests {
                describe(request)
            } else {
                let requests = requests
                    .iter()
                    .map(|request| format!("{{{}}}", describe(request)));
                let requests: Vec<_> = requests.collect();
                format!("\"requests\":[{}]", requests.join(","))
            };
            return self.print_document(&format!("{{\"dry_run\":true,{members}}}"));
        }
        let mut text = String::new();
        for request in requests {
            text.push_str(request.method.word());
            text.push(' ');
            text.push_str(&composed::shown_url(&client::url(base_url, request)));
            text.push('\n');
            for header in composed::shown_headers(request) {
                text.push_str(&format!("{}: {}\n", header.0, sanitise::cell(header.1)));
            }
            let body = request.body.as_deref();
            let body = body.map(|body| json::indented(&composed::shown_body(request, body)));
            let payload =
                request
                    .payload
                    .as_deref()
                    .map(|bytes| match std::str::from_utf8(bytes) {
                        Ok(text) => sanitise::block(text),
                        Err(_) => format!("({} bytes that are no text)", bytes.len()),
                    });
            if let Some(body) = body.or(payload) {
                text.push_str(&body);
                text.push('\n');
            }
        }
        self.ui().print(&text)?;
        self.ui().note("dry run: nothing was sent");
        Ok(())
    }

    /// Shows one object.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn show<T>(&self, reply: &Reply<T>, columns: &[Column<T>]) -> Result<(), Error> {
        self.show_as(&reply.value, reply.document.get(), columns)
    }

    /// Shows one object whose document is `document`.
    ///
    /// # Errors
    /// As [`Session::show`].
    pub fn show_as<T>(
        &self,
        value: &T,
        document: &str,
        columns: &[Column<T>],
    ) -> Result<(), Error> {
        match self.look.format {
            Format::Table | Format::Wide | Format::Csv => {
                self.ui().print(&record::record(columns, value, &self.look))
            }
            Format::Json | Format::Ndjson => self.print_document(document),
            Format::Name => {
                let name = column::name_of(columns, value, &self.look);
                self.ui()
                    .print(&name.map_or_else(String::new, |name| name + "\n"))
            }
        }
    }

    /// Shows any object, whose members nobody knows beforehand; `name` is what `-o name` prints.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn show_object(&self, document: &str, name: &str) -> Result<(), Error> {
        match self.look.format {
            Format::Table | Format::Wide | Format::Csv => {
                self.ui().print(&record::object(document, &self.look))
            }
            Format::Json | Format::Ndjson => self.print_document(document),
            Format::Name => self
                .ui()
                .print(&format!("{}\n", crate::sanitise::cell(name))),
        }
    }

    /// Says that an action without an object was done: `<id>⇥<done>`, on a terminal a sentence.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn done<T>(
        &self,
        reply: &Reply<T>,
        id: &str,
        done: &str,
        sentence: &str,
    ) -> Result<(), Error> {
        let id = &crate::sanitise::cell(id);
        let text = match self.look.format {
            Format::Json | Format::Ndjson => return self.print_document(reply.document.get()),
            Format::Name => format!("{id}\n"),
            Format::Csv => plain::csv(&["ID", "RESULT"], &[id, done], self.look.headers),
            Format::Table | Format::Wide if self.look.on_terminal() => {
                format!("{}\n", crate::sanitise::cell(sentence))
            }
            Format::Table | Format::Wide => format!("{id}\t{done}\n"),
        };
        self.ui().print(&text)
    }

    /// Prints a JSON document in the way of the format.
    pub(super) fn print_document(&self, document: &str) -> Result<(), Error> {
        self.ui().print(&document_text(document, &self.look))
    }
}

/// The body of a request as JSON, and the headers that the line gave it. A body that is no JSON is a text, and of one that
/// is no text the length is told.
fn described_body(request: &Request) -> String {
    let body = match (&request.body, &request.payload) {
        (Some(body), _) => composed::shown_body(request, body).into_owned(),
        (None, Some(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text).to_string(),
            Err(_) => format!("null,\"body_bytes\":{}", bytes.len()),
        },
        (None, None) => "null".to_owned(),
    };
    let headers: serde_json::Map<_, _> = composed::shown_headers(request)
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if headers.is_empty() {
        body
    } else {
        format!("{body},\"headers\":{}", json!(headers))
    }
}

fn telling_what_became_of_it(error: Error, check: &str) -> Error {
    if error.is_outcome_unknown() {
        error.next("what became of it", check)
    } else {
        error
    }
}

/// A JSON document as text: for `json` its own bytes off a terminal and indented on one, for `ndjson` on one line.
#[must_use]
pub fn document_text(document: &str, look: &Look) -> String {
    let mut text = match look.format {
        Format::Ndjson if look.on_terminal() => json::escaped(&json::compact(document)),
        Format::Ndjson => json::compact(document),
        _ if look.on_terminal() => json::indented(document),
        _ => document.to_owned(),
    };
    text.push('\n');
    text
}
