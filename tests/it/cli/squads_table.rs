//! How the table of endpoints and dialects is checked: a row has a command line, its requests in either dialect, and
//! the responses of each.

use crate::cli::shown::transcript;
use crate::support::router::{Answer, Router};
use crate::support::squads::{Dialect, KEY, RUN, all_raw, home};

/// An endpoint of the contract.
pub(crate) struct Row<'a> {
    /// The words after the program's name.
    pub line: &'a str,
    /// What is sent, written after the contract: the method and the target, and the body in a second line.
    pub sent: &'a [&'a str],
    /// What the page's dialect answers, request by request.
    pub page: Vec<Answer>,
    /// What the server answers.
    pub server: Vec<Answer>,
}

impl Row<'_> {
    /// Runs the line in three formats against both dialects. Each time exactly these bytes are sent, and nothing else;
    /// what comes out is the transcript.
    #[track_caller]
    pub(crate) fn told(&self) -> String {
        let mut runs = String::new();
        for dialect in Dialect::BOTH {
            let answers = match dialect {
                Dialect::Page => &self.page,
                Dialect::Server => &self.server,
            };
            runs.push_str(&format!("=== {dialect:?} ===\n\n"));
            for format in ["table", "json", "name"] {
                let server = Router::script(answers.iter().cloned());
                let line = format!("{} -o {format}", self.line);
                let run = home(&server).run(&line);
                assert_eq!(
                    all_raw(&server),
                    self.raw(),
                    "{dialect:?} {line}: {}",
                    run.stderr
                );
                runs.push_str(&transcript(&[run]));
                runs.push('\n');
            }
        }
        runs
    }

    /// The requests with the headers of the contract: the key on each, the run only on changes, the type where there
    /// is a body.
    fn raw(&self) -> Vec<String> {
        let requests = self.sent.iter().map(|sent| {
            let (line, body) = match sent.split_once('\n') {
                Some((line, body)) => (line, Some(body)),
                None => (*sent, None),
            };
            let mut lines = vec![line.to_owned(), format!("authorization: Bearer {KEY}")];
            if body.is_some() {
                lines.push("content-type: application/json".to_owned());
            }
            if !line.starts_with("GET ") {
                lines.push(format!("x-slaw-run-id: {RUN}"));
            }
            if let Some(body) = body {
                lines.extend([String::new(), body.to_owned()]);
            }
            lines.join("\n")
        });
        requests.collect()
    }
}
