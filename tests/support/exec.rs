//! A router for governed execution: each route gives its responses in order.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::router::{Answer, Asked, Router};

/// The invocation that tests follow.
pub const INVOCATION: &str = "GET /exec/invocations/inv_1";
/// The live feed.
pub const STREAM: &str = "GET /exec/executions/stream";
/// The call of a tool.
pub const INVOKE: &str = "POST /exec/invocations";
/// The descriptor of the tool that is called.
pub const TOOL: &str = "GET /exec/tools/t";
/// The approval that is waited for.
pub const APPROVAL: &str = "GET /exec/approvals/apr_1";

/// The routes of a router. One that has no responses is answered with 404.
#[derive(Default)]
pub struct Routes {
    all: Vec<Route>,
    /// What must have been asked before anything else is answered, and whether it was.
    first: Option<String>,
    begun: (Mutex<bool>, Condvar),
}

#[derive(Default)]
struct Route {
    line: String,
    answers: Mutex<VecDeque<Answer>>,
    count: AtomicUsize,
    moments: Vec<(usize, Moment)>,
}

type Moment = Box<dyn Fn() + Send + Sync>;

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// A router whose invocation is in these states, one after another; the last one stays.
    pub fn invocation(states: &[&str]) -> Self {
        Self::new().on(INVOCATION, states.iter().map(|state| invocation(state)))
    }

    /// Answers a route: `GET /exec/tools`, whatever the query. The last answer is given again and again.
    pub fn on(mut self, line: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.route(line).answers = Mutex::new(answers.into_iter().collect());
        self
    }

    /// Does something when a route is asked for this time, counted from 1, before the response leaves.
    pub fn at(
        mut self,
        line: &str,
        time: usize,
        moment: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.route(line).moments.push((time, Box::new(moment)));
        self
    }

    /// Answers nothing before this route has been asked, so that the order at the beginning is certain.
    pub fn first(mut self, line: &str) -> Self {
        self.first = Some(line.to_owned());
        self
    }

    fn route(&mut self, line: &str) -> &mut Route {
        let index = self.all.iter().position(|route| route.line == line);
        let index = index.unwrap_or_else(|| {
            self.all.push(Route {
                line: line.to_owned(),
                ..Route::default()
            });
            self.all.len() - 1
        });
        &mut self.all[index]
    }

    pub fn start(self) -> Router {
        Router::rules(move |asked| self.answer(asked))
    }

    fn await_first(&self, line: &str) {
        let Some(first) = &self.first else { return };
        let (begun, changed) = &self.begun;
        if line == first {
            *lock(begun) = true;
            changed.notify_all();
        }
        // It ends anyway, so that a client that waits for the response fails by what it does.
        let waited =
            changed.wait_timeout_while(lock(begun), Duration::from_secs(5), |begun| !*begun);
        drop(waited);
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let line = line(asked);
        self.await_first(&line);
        let Some(route) = self.all.iter().find(|route| route.line == line) else {
            return Answer::fault(404, "route_not_found");
        };
        let time = route.count.fetch_add(1, Ordering::SeqCst) + 1;
        let mut answers = lock(&route.answers);
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        drop(answers);
        for (_, moment) in route.moments.iter().filter(|(at, _)| *at == time) {
            moment();
        }
        answer.unwrap_or_else(|| Answer::fault(404, "route_not_found"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Method and path without the mount, the project and the query.
pub fn line(asked: &Asked) -> String {
    let line = asked.line().replace("/proj_1/v1", "");
    line.split('?').next().unwrap_or_default().to_owned()
}

/// What was asked of one route.
pub fn asked_of(router: &Router, route: &str) -> Vec<Asked> {
    let asked = router.asked().into_iter();
    asked.filter(|asked| line(asked) == route).collect()
}

/// The document of the invocation in this state.
pub fn document(state: &str) -> String {
    format!(
        r#"{{"id":"inv_1","tool_name":"t","workspace_id":"ws_1","status":"{state}","execution_id":"ex_1","x":1.50}}"#
    )
}

/// The invocation in this state.
pub fn invocation(state: &str) -> Answer {
    Answer::json(200, document(state))
}

/// The invocation while it waits for the approval `apr_1`.
pub fn gated() -> Answer {
    Answer::json(
        200,
        r#"{"id":"inv_1","tool_name":"t","workspace_id":"ws_1","status":"pending_approval","risk":"destructive","approval_id":"apr_1","approval_url":"https://console.example/apr_1"}"#,
    )
}
