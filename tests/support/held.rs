//! A router whose responses wait for the test.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use super::Home;
use super::process::LIMIT;
use super::router::{Answer, Asked, Router};

/// A router whose answers wait until the test gives them.
pub struct Held {
    _router: Router,
    /// A home whose environment selects it.
    pub home: Home,
    arrived: Receiver<Asked>,
    answers: Sender<Answer>,
}

impl Held {
    pub fn new() -> Self {
        let (sender, arrived) = mpsc::channel();
        let (answers, answer) = mpsc::channel::<Answer>();
        let answer = Mutex::new(answer);
        let router = Router::rules(move |asked| {
            let _ = sender.send(asked.clone());
            let next = answer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv_timeout(LIMIT);
            next.unwrap_or_else(|_| Answer::dropped())
        });
        Self {
            home: router.home(),
            _router: router,
            arrived,
            answers,
        }
    }

    /// Waits for the next request.
    #[track_caller]
    pub fn request(&self) -> Asked {
        self.arrived.recv_timeout(LIMIT).expect("a request comes")
    }

    /// Whether nothing else was asked.
    pub fn is_quiet(&self) -> bool {
        self.arrived.try_recv().is_err()
    }

    /// Answers the request that waits.
    pub fn answer(&self, answer: Answer) {
        self.answers.send(answer).expect("the router is there");
    }
}
