//! `xeroctl api`: any request to the router, for routes that no other command covers.

mod fields;
mod response_printer;

use self::fields::Fields;
use self::response_printer::{Anything, ITEM, ResponsePrinter};
use super::paging::Paging;
use super::{input, values};
use crate::api::page::ListParams;
use crate::api::raw_request::{self, Path};
use crate::api::request::{Method, Request};
use crate::command_line::quote;
use crate::error::{Error, Exit};
use crate::json;
use crate::redact;
use crate::session::{Consent, Context, ListText, Session};
use crate::view::Format;

/// Send any request to the router
///
/// For routes that no other command covers. The response is printed unchanged; -o selects another format for JSON. Only
/// GET requests are retried on transient errors.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl api GET /management/agents
  xeroctl api GET /exec/executions --all -o ndjson | jq .status
  xeroctl api POST /management/agents/agt_g0974f2pgyfa8vcq/pause-exec \\
      -f workspace=ws_team_a
  xeroctl api PATCH /management/agents/agt_g0974f2pgyfa8vcq \\
      -F max_concurrent_requests=16 --dry-run
  echo '{\"workspace_id\": \"ws_team_a\", \"context\": {}}' \\
    | xeroctl api PUT /exec/context --input -
  xeroctl api GET /management/agents -i -H 'accept-language: en'")]
pub struct Args {
    /// GET, POST, PUT, PATCH, or DELETE
    #[arg(value_name = "METHOD", value_parser = method)]
    method: Method,
    /// Path below the base URL, with its query (a leading /v1 is dropped)
    #[arg(value_name = "PATH")]
    path: Path,
    #[command(flatten)]
    fields: Fields,
    /// Send a file as the body (- for standard input)
    #[arg(long, value_name = "FILE", value_parser = values::text, conflicts_with_all = ["raw-field", "field"])]
    input: Option<String>,
    /// Add a header
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Print the response's status and headers too
    #[arg(long, short = 'i', conflicts_with_all = ["limit", "after", "all"])]
    include: bool,
    #[command(flatten)]
    paging: Paging,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

const LIST: ListText = ListText {
    empty: "the list is empty",
    paged: true,
};

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 for a usage error; exit 16 without consent; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let request = self.compose(context)?;
        let mut session = context.open()?;
        if !session.is_format_chosen && !session.is_dry() {
            session.render_options.format = Format::Json;
        }
        if self.is_list() {
            let span = ListParams::from(self.paging);
            let list = Anything(request);
            let listed = session.list(&list, ITEM, &span, &LIST, |_, _| {}).await;
            return listed.map_err(|error| match error.api_error().http_status {
                Some(200..300) => error
                    .hint("for a response that is not a list, omit --all, --limit, and --after"),
                _ => error,
            });
        }
        if session.is_dry() {
            session.plan(&[request])?;
            return Ok(Exit::Success);
        }
        self.consent(&session)?;
        let sent = self.send(&session, &request).await;
        if let Err(error) = &sent
            && let Some(error_response) =
                error.api_error().response.as_ref().filter(|_| self.include)
        {
            response_printer::error_response(&session, error_response)?;
        }
        sent?;
        Ok(Exit::Success)
    }

    fn is_list(&self) -> bool {
        self.paging != Paging::default()
    }

    /// Builds the request from the command line.
    fn compose(&self, context: &Context) -> Result<Request, Error> {
        let mut request = self.path.request(self.method);
        for text in &self.headers {
            // Parsed here because clap's message would repeat the value, which may be a key.
            let header = raw_request::header(text);
            let (name, value) = header.map_err(|why| Error::usage(format!("--header: {why}")))?;
            request.headers.push((name.into(), value));
        }
        if self.method.writes() {
            if self.is_list() {
                return Err(Error::usage(
                    "`--all`, `--limit`, and `--after` require GET",
                ));
            }
            match &self.input {
                Some(file) => {
                    let bytes = input::bytes("--input", file, context)?;
                    if bytes.is_empty() && file == "-" {
                        context
                            .ui
                            .warn("standard input is empty, so the request has an empty body");
                    }
                    with_body(&mut request, bytes);
                }
                None if self.fields.is_empty() => {}
                None => request.body = Some(self.fields.body(context)?),
            }
            return Ok(request);
        }
        if self.input.is_some() {
            return Err(Error::usage(
                "`--input` can't be used with GET, which has no body",
            ));
        }
        if self.is_list() {
            let sets_limit = self.paging.all || self.paging.limit.is_some();
            for name in ["limit", "after"] {
                if self.has(name) && (name == "after" || sets_limit) {
                    return Err(Error::usage(format!(
                        "`{name}` is already in the query, and `--all`, `--limit`, and `--after` set it"
                    )));
                }
            }
        }
        let query = self.fields.query(context)?.into_iter();
        request.query = query.map(|(name, value)| (name.into(), value)).collect();
        Ok(request)
    }

    fn consent(&self, session: &Session<'_>) -> Result<(), Error> {
        if self.method != Method::Delete {
            return Ok(());
        }
        let question = format!(
            "Send DELETE {} to {}?",
            redact::url(self.path.as_str()),
            session.place()
        );
        session.confirm(&question, &Consent::Yes, self.force)
    }

    async fn send(&self, session: &Session<'_>, request: &Request) -> Result<(), Error> {
        if self.method.writes() {
            let check = format!("api GET {}", quote(&redact::url(self.path.as_str())));
            let response = session.change_response(request, &check).await?;
            return response_printer::response(session, &response, self.include);
        }
        let mut printer = ResponsePrinter::new(session, self.include);
        session.download(request, &mut printer).await?;
        if let Some(cursor) = printer.finish(request)? {
            session
                .ui()
                .hint_in_every_format(&self.more(session, &cursor.text));
        }
        Ok(())
    }

    /// The hint for a list with more pages.
    fn more(&self, session: &Session<'_>, cursor: &str) -> String {
        if self.include || self.has("after") {
            "more available: --all fetches all pages".to_owned()
        } else {
            let next = session.context.line.with("--after", cursor).command();
            format!("more available: {next}")
        }
    }

    /// Whether the query has a parameter of this name.
    fn has(&self, name: &str) -> bool {
        self.path.asks_for(name) || self.fields.has(name)
    }
}

/// Sets a request's body. A dry run shows JSON as JSON.
fn with_body(request: &mut Request, bytes: Vec<u8>) {
    match String::from_utf8(bytes) {
        Ok(text) if json::check(&text).is_ok() => request.body = Some(text),
        Ok(text) => request.payload = Some(text.into_bytes()),
        Err(error) => request.payload = Some(error.into_bytes()),
    }
}

fn method(text: &str) -> Result<Method, String> {
    Method::ALL
        .into_iter()
        .find(|method| method.word().eq_ignore_ascii_case(text))
        .ok_or_else(|| "expected GET, POST, PUT, PATCH, or DELETE".to_owned())
}
